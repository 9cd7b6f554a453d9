/**
 * The symmetric chain of one epoch (docs/protocol.md, Chain): each message has its own key, and a used key tells nothing of the
 * ones before. Called by sending.ts and receiving.ts. A chain is consumed: advancing wipes the key it stood at.
 */
import { type Bytes, concat, u32, wipe } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'
import { expand, KEY_BYTES } from './primitives.ts'

/** A receiver derives at most so many keys to reach one message, and keeps at most so many for messages still on their way. */
export const MAX_SKIP = 2_000

/** Where a chain stands: `key` gives the message key of counter `next`. */
export interface Chain {
  key: Bytes
  next: number
}

/** The key of one message, 32 bytes, to be wiped by who used it. */
export interface MessageKey {
  readonly counter: number
  readonly key: Bytes
}

/** Takes the next message key and moves on. */
export function advance(roomId: Bytes, chain: Chain): MessageKey {
  const { key, next } = step(roomId, chain.key, chain.next)
  const taken = { counter: chain.next, key }
  wipe(chain.key)
  chain.key = next
  chain.next += 1
  return taken
}

/** Keys derived from a chain that has not moved: `commit` moves it, `abandon` forgets them. */
export interface Ahead {
  /** Keys of the messages in between, not yet seen. */
  readonly skipped: readonly MessageKey[]
  /** The key that was asked for. */
  readonly at: MessageKey
  readonly after: Chain
}

/**
 * Derives the key of `counter` without moving the chain, so that a forged message costs derivations and nothing else.
 * Throws `CryptoError('too_far_ahead')` before deriving anything.
 */
export function lookAhead(roomId: Bytes, chain: Chain, counter: number): Ahead {
  if (counter - chain.next >= MAX_SKIP) throw new CryptoError('too_far_ahead', 'counter too far ahead')
  const passed: MessageKey[] = []
  let key = chain.key
  for (let at = chain.next; at <= counter; at++) {
    const derived = step(roomId, key, at)
    if (at !== chain.next) wipe(key)
    passed.push({ counter: at, key: derived.key })
    key = derived.next
  }
  const at = passed.pop()
  if (at === undefined) throw new CryptoError('replayed', 'counter already passed')
  return { skipped: passed, at, after: { key, next: counter + 1 } }
}

/** Moves the chain to where `ahead` reached. The caller keeps the skipped keys. */
export function commit(chain: Chain, ahead: Ahead): void {
  wipe(chain.key)
  chain.key = ahead.after.key
  chain.next = ahead.after.next
}

/** Forgets what was derived; the chain stands as before. */
export function abandon(ahead: Ahead): void {
  wipe(ahead.at.key, ahead.after.key, ...ahead.skipped.map((skipped) => skipped.key))
}

/** CK', MK = HKDF-Expand(CK, "chain" ‖ roomId ‖ counter). */
function step(roomId: Bytes, chainKey: Bytes, counter: number): { readonly next: Bytes; readonly key: Bytes } {
  const out = expand('chain', chainKey, concat(roomId, u32(counter)), 2 * KEY_BYTES)
  const next = out.slice(0, KEY_BYTES)
  const key = out.slice(KEY_BYTES)
  wipe(out)
  return { next, key }
}
