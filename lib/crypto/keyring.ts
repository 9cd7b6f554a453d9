/**
 * A seat's own ratchet keys: the one that its newest claim names, and retired ones for letters and steps that were sealed to them
 * before the news arrived (docs/protocol.md, The ratchet). Called by letter.ts and step.ts; replaced by lib/client.
 */
import { type Bytes, equal, toBase64 } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'
import { type KemPair, wipeKem } from './kem.ts'
import { hash } from './primitives.ts'

export const KEY_ID_BYTES = 8
/** A retired key is kept so long (ms): without it, a step that crosses a peer's step would be lost. */
export const RETIRED_MS = 120_000

/** Letters that one ratchet key opens at most; more is a flood. A key lives 10 minutes and 2 more. */
const MOST_LETTERS = 16_384

/** A ratchet key with the claim it stands under. The same key under a new claim is another link. */
export interface OwnKey {
  readonly pair: KemPair
  readonly claimHash: Bytes
  readonly id: Bytes
  /** SHA-256 of the letters' ciphertexts that it has opened, in base64: each is taken once. Forgotten with the key. */
  readonly taken: Set<string>
}

export interface Keyring {
  readonly current: OwnKey
  readonly retired: readonly (OwnKey & { readonly until: number })[]
}

/** Which of the receiver's keys, under which of its claims, something was sealed to: 8 bytes. */
export function keyId(roomId: Bytes, claimHash: Bytes): Bytes {
  return hash('keyId', roomId, claimHash).slice(0, KEY_ID_BYTES)
}

export function ownKey(roomId: Bytes, pair: KemPair, claimHash: Bytes): OwnKey {
  return { pair, claimHash, id: keyId(roomId, claimHash), taken: new Set() }
}

/** The current key retires; `next` takes its place. */
export function replaceKey(keyring: Keyring, next: OwnKey, now: number): Keyring {
  return { current: next, retired: [{ ...keyring.current, until: now + RETIRED_MS }, ...keyring.retired] }
}

/** The key that an id names. Throws `CryptoError('unknown_key')`. */
export function findKey(keyring: Keyring, id: Bytes): OwnKey {
  const found = [keyring.current, ...keyring.retired].find((key) => equal(key.id, id))
  if (found === undefined) throw new CryptoError('unknown_key', 'sealed to a key that is gone')
  return found
}

/** Throws `CryptoError` when a ciphertext cannot be taken: replayed, or too_large when the key has opened too many. */
export function mustBeNew(key: OwnKey, ctHash: Bytes): void {
  if (key.taken.has(toBase64(ctHash))) throw new CryptoError('replayed', 'letter taken already')
  if (key.taken.size >= MOST_LETTERS) throw new CryptoError('too_large', 'too many letters')
}

/** Takes a ciphertext, once. Throws as `mustBeNew`. */
export function takeOnce(key: OwnKey, ctHash: Bytes): void {
  mustBeNew(key, ctHash)
  key.taken.add(toBase64(ctHash))
}

/** Wipes keys that have been retired long enough, unless a kept one still uses the same pair. */
export function forgetRetired(keyring: Keyring, now: number): Keyring {
  const retired = keyring.retired.filter((key) => key.until > now)
  const kept = new Set([keyring.current, ...retired].map((key) => key.pair))
  for (const key of keyring.retired) if (!kept.has(key.pair)) wipeKem(key.pair)
  return { current: keyring.current, retired }
}

export function wipeKeyring(keyring: Keyring): void {
  for (const key of [keyring.current, ...keyring.retired]) wipeKem(key.pair)
}
