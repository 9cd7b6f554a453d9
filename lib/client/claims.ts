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
import { CLAIMS_KEPT } from './times.ts'

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

/** Claims of one seat that were taken or seen, by number. */
export type ClaimHistory = Map<number, { readonly hash: Bytes; readonly prev: Bytes }>

/**
 * Which of two claims of one seat stands: a higher number replaces, a lower one is old. One number with two hashes is a lie, and so is
 * a claim that does not chain to the one before or after it, where that was seen.
 */
export function compareClaims(held: OpenedClaim, history: ClaimHistory, other: OpenedClaim): Order {
  const { seq, prev } = other.claim
  const [same, before, after] = [history.get(seq), history.get(seq - 1), history.get(seq + 1)]
  if (same !== undefined && !equal(same.hash, other.hash)) return 'fork'
  if (before !== undefined && !equal(before.hash, prev)) return 'fork'
  if (after !== undefined && !equal(after.prev, other.hash)) return 'fork'
  if (seq === held.claim.seq) return 'same'
  return seq > held.claim.seq ? 'newer' : 'older'
}

/** Remembers a claim; the lowest numbers go first. */
export function remember(history: ClaimHistory, { claim, hash }: OpenedClaim): void {
  history.set(claim.seq, { hash, prev: claim.prev })
  if (history.size > CLAIMS_KEPT) history.delete(Math.min(...history.keys()))
}

/** True when the claims from `earlier` to `later` were all seen, and chain. */
export function isChained(history: ClaimHistory, earlier: OpenedClaim, later: OpenedClaim): boolean {
  for (let { seq, prev } = later.claim; seq > earlier.claim.seq;) {
    if (seq === earlier.claim.seq + 1) return equal(prev, earlier.hash)
    const before = history.get(seq - 1)
    if (before === undefined || !equal(before.hash, prev)) return false
    ;({ prev } = before)
    seq -= 1
  }
  return false
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
