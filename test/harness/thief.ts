/**
 * What somebody tries who has a recording and all that a client held: every chain, root and ratchet key on every frame. Called by the
 * tests of secrecy, each beside a twin that shows that the same attempt opens what it should.
 */
import { claimBytes, claimedKey, openClaim } from '#lib/crypto/claim.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { type Envelope, envelopeOf } from '#lib/crypto/message.ts'
import type { MemberKey } from '#lib/crypto/primitives.ts'
import { hash, sha256 } from '#lib/crypto/primitives.ts'
import { openEnvelope, type Receiving } from '#lib/crypto/receiving.ts'
import { openStep } from '#lib/crypto/step.ts'
import type { Room } from '#lib/client/state.ts'
import { type Bytes, equal, fromBase64, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import type { FromRelay, SealedFields, ToRelay } from '#lib/wire/frames.ts'

/** Everything in the room, copied before it is wiped. The signer cannot be copied and is not needed. */
export function stolen(room: Room): Room {
  const peers = new Map(
    [...room.peers].map(([seat, peer]) => [seat, { ...peer, in: structuredClone(peer.in), out: structuredClone(peer.out) }]),
  )
  return { ...room, keys: structuredClone(room.keys), me: { ...room.me, keyring: structuredClone(room.me.keyring) }, peers }
}

/** The text in an envelope, opened with all chains that a room holds: as they stand, and set back to where they could have been. */
export function openWithChains(room: Room, envelope: Envelope): string | null {
  for (const peer of room.peers.values()) {
    if (peer.in === null) continue
    for (const back of [peer.in.receiving, setBack(peer.in.receiving)]) {
      const opened = attempt(() =>
        openEnvelope(room.keys.roomId, structuredClone(back), envelope, 0, (content) => fromUtf8(content)),
      )
      if (opened !== null) return opened
    }
  }
  return null
}

/** The chain keys that are held, tried for counters from 0: as if they had belonged to the start of their epoch. */
function setBack(receiving: Receiving): Receiving {
  const clone = structuredClone(receiving)
  for (const epoch of clone.epochs) if (epoch.chain !== null) epoch.chain.next = 0
  return clone
}

/** Null when it is refused. */
export function attempt<T>(open: () => T): T | null {
  try {
    return open()
  } catch (error) {
    if (error instanceof CryptoError) return null
    throw error
  }
}

/** True when any wrap of a step opens with any root, for any receiver, under any ratchet key that a room holds. */
export function openAnyWrap(room: Room, step: ToRelay & { readonly type: 'ratchet_step' }): boolean {
  const roots = [...room.peers.values()].flatMap((peer) => (peer.in === null ? [] : [peer.in.root]))
  return [...room.peers.values()].some((peer) => {
    const claim = attempt(() => openClaim(room.keys, peer.seat, claimBytes(step.claim), null))
    if (claim === null) return false
    const key = claimedKey(room.keys.roomId, claim.claim, fromBase64(step.newEk))
    return Object.entries(step.payloads).some(([seat, payload]) =>
      roots.some((root) =>
        [seat, room.me.seat].some(
          (to) => attempt(() => openStep(room.keys, room.me.keyring, to, claim, key, root, payload)) !== null,
        ),
      ),
    )
  })
}

/** An entry as whoever may read it has it. */
export interface Known {
  readonly entry: Bytes
  readonly signature: Bytes
}

/** What a witness's state opens an envelope to: it stands where it did before the envelope came. */
export function knownFrom(roomId: Bytes, seen: Receiving, fields: SealedFields): Known {
  return openEnvelope(roomId, seen, envelopeOf(fields), 0, (content, signed) => ({
    entry: content.slice(),
    signature: signed.slice(),
  }))
}

/**
 * Which of these bytes confirm a guess of an entry, to the letter, to who has the members' keys: the entry itself, a hash of it, or
 * its signature anywhere. Throws when the guess's own signature does not verify: the measure would see nothing.
 */
export function confirming(
  members: readonly MemberKey[],
  { entry, signature }: Known,
  fields: readonly Bytes[],
): readonly string[] {
  const signs = (bytes: Bytes) => members.some((member) => member.verify('signEntry', entry, bytes))
  if (!signs(signature)) throw new Error('the guess is of nobody here')
  const digests = [entry, sha256(entry), hash('entryHash', entry), signature]
  return fields.flatMap((bytes, i) => {
    const held = digests.some((known) => holds(bytes, known))
    const signed = offsets(bytes, 64).some((at) => signs(bytes.subarray(at, at + 64)))
    return held || signed ? [`field ${i}`] : []
  })
}

/** Decoded bytes of every text of frames but their types and whom they name. */
export function sealedBytes(frames: readonly (ToRelay | FromRelay)[]): Bytes[] {
  return frames.flatMap((frame) => textsIn(frame).map(bytesIn))
}

function textsIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return key === 'type' || key === 'to' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([inner, held]) => textsIn(held, inner))
}

function bytesIn(text: string): Bytes {
  try {
    return fromBase64(text)
  } catch {
    return utf8(text)
  }
}

function holds(bytes: Bytes, part: Bytes): boolean {
  return offsets(bytes, part.length).some((at) => equal(bytes.subarray(at, at + part.length), part))
}

function offsets(bytes: Bytes, size: number): number[] {
  return [...Array(Math.max(0, bytes.length - size + 1)).keys()]
}
