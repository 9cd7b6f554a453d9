/**
 * My own claims (docs/protocol.md, Claims): the first one of a seat, and each that replaces it with a step, a new ratchet key or a
 * new name. Called by handshake.ts and rotation.ts.
 */
import { type Claim, type ClaimStep, type OpenedClaim, ratchetKeyHash, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { KEM_SEED_BYTES, type KemPair, kemPair } from '#lib/crypto/kem.ts'
import { type Keyring, ownKey, replaceKey } from '#lib/crypto/keyring.ts'
import { HASH_BYTES, NONCE_BYTES, type Signer } from '#lib/crypto/primitives.ts'
import type { RoomKeys } from '#lib/crypto/room.ts'
import { type Bytes, equal, toBase64, toBase64url } from '#lib/wire/bytes.ts'
import { ML_KEM_PUBLIC_BYTES, SEAT_BYTES } from '#lib/wire/limits.ts'
import type { Turn } from './effects.ts'
import type { Me, Room } from './state.ts'

/** A new seat: random, so that the relay cannot link it to another. */
export function newSeat(turn: Turn): string {
  return toBase64url(turn.random(SEAT_BYTES))
}

/** A seat's first claim, with the key that it names. */
export function firstClaim(
  keys: RoomKeys,
  seat: string,
  name: string,
  signer: Signer,
  turn: Turn,
): { readonly claim: Me['claim']; readonly keyring: Keyring } {
  const pair = newPair(turn)
  const claim = {
    ...keyFields(keys, pair),
    key: signer.publicKey,
    seat,
    name,
    seq: 0,
    prev: new Uint8Array(HASH_BYTES),
    time: turn.now,
  }
  const made = seal(keys, { ...claim, step: null }, signer, turn)
  return { claim: made, keyring: { current: ownKey(keys.roomId, pair, made.hash), retired: [] } }
}

/** Replaces my claim and my ratchet key; the former key retires. */
export function renewClaim(room: Room, name: string, step: ClaimStep | null, turn: Turn): void {
  const { me, keys } = room
  const pair = newPair(turn)
  const { key, seat, seq } = me.claim.opened
  const claim: Claim = { ...keyFields(keys, pair), key, seat, name, seq: seq + 1, prev: me.claim.hash, time: turn.now, step }
  me.claim = seal(keys, claim, me.signer, turn)
  me.keyring = replaceKey(me.keyring, ownKey(keys.roomId, pair, me.claim.hash), turn.now)
  room.keySince = turn.now
  room.updateAt = null
}

/** The ML-KEM half of a ratchet key, as frames have it. */
export function kemText(publicKey: Bytes): string {
  return toBase64(publicKey.subarray(0, ML_KEM_PUBLIC_BYTES))
}

/** How another claim of a seat stands to the one held. */
export type Order = 'newer' | 'same' | 'older' | 'fork'

/**
 * Which of two claims of one seat stands: a higher number replaces, a lower one is old. One number with two hashes is a lie, and so is
 * a next claim that follows another one than the one before it.
 */
export function compareClaims(held: OpenedClaim, other: OpenedClaim): Order {
  if (other.claim.seq === held.claim.seq) return equal(other.hash, held.hash) ? 'same' : 'fork'
  const [earlier, later] = other.claim.seq > held.claim.seq ? [held, other] : [other, held]
  if (later.claim.seq === earlier.claim.seq + 1 && !equal(later.claim.prev, earlier.hash)) return 'fork'
  return later === other ? 'newer' : 'older'
}

function newPair(turn: Turn): KemPair {
  return kemPair(turn.random(KEM_SEED_BYTES))
}

function keyFields(keys: RoomKeys, pair: KemPair): Pick<Claim, 'ratchetKey' | 'x25519'> {
  return { ratchetKey: ratchetKeyHash(keys.roomId, pair.publicKey), x25519: pair.publicKey.slice(ML_KEM_PUBLIC_BYTES) }
}

function seal(keys: RoomKeys, claim: Claim, signer: Signer, turn: Turn): Me['claim'] {
  const { signed, hash } = signClaim(keys.roomId, claim, signer)
  return { opened: claim, hash, sealed: sealClaim(keys, claim.seat, signed, turn.random(NONCE_BYTES)) }
}
