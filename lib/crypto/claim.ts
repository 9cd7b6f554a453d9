/**
 * Claims: what a member says of one of its seats, signed, padded and sealed (docs/protocol.md, Claims). A claim binds every public
 * value that peers use, so a relay that swaps a key beside it is found out. Made and opened by lib/client; read by the ratchet.
 */
import { type Bytes, concat, equal, fromBase64, fromBase64url, toBase64, toBase64url, utf8 } from '#lib/wire/bytes.ts'
import { CLAIM_PADDED_BYTES, ROOM_ID_BYTES, SEALED_CLAIM_BYTES, SEAT_CHARS } from '#lib/wire/limits.ts'
import { checkName } from '#lib/wire/names.ts'
import { canonicalBytes, exactKeys, type JsonObject, parseCanonical } from './canonical.ts'
import { CryptoError } from './errors.ts'
import { bytesField, integerField, objectField, textField } from './fields.ts'
import { admitKemKey, KEM_PUBLIC_BYTES } from './kem.ts'
import { pad, unpad } from './padding.ts'
import {
  admitKey,
  hash,
  HASH_BYTES,
  KEY_BYTES,
  type MemberKey,
  openRandom,
  sealRandom,
  SIGNATURE_BYTES,
  type Signer,
} from './primitives.ts'
import type { RoomKeys } from './room.ts'

const VERSION = 1
/** X-Wing, XChaCha20-Poly1305, Ed25519, SHA-256. */
const SUITE = 1
export const MEMBER_ID_BYTES = 16
const MOST = Number.MAX_SAFE_INTEGER

/** What a step's claim says besides: which epoch it starts, and under which seed (a commitment, so that all were given the same). */
export interface ClaimStep {
  readonly epoch: number
  readonly commitment: Bytes
  /** The step was asked for by hand: everybody steps before its next frame. */
  readonly heal: boolean
}

export interface Claim {
  /** The member's Ed25519 key, 32 bytes. */
  readonly key: Bytes
  readonly seat: string
  readonly name: string
  /** Hash of the seat's X-Wing ratchet key in this room (`ratchetKeyHash`). */
  readonly ratchetKey: Bytes
  /** The X25519 half of that key: the contract's fields have room for the ML-KEM half alone. */
  readonly x25519: Bytes
  /** From 0, one more with each claim of a seat. */
  readonly seq: number
  /** Hash of the claim before, zeros for the first. */
  readonly prev: Bytes
  /** The author's clock, ms since 1970. Never decides anything. */
  readonly time: number
  readonly step: ClaimStep | null
}

/** A claim that opened and verified. */
export interface OpenedClaim {
  readonly claim: Claim
  readonly hash: Bytes
  readonly member: MemberKey
  /** 16 bytes: who the member is in this room. */
  readonly memberId: Bytes
}

/** A member's id: SHA-256 over room and key, 16 bytes. The same key has another id in another room. */
export function memberId(roomId: Bytes, key: Bytes): Bytes {
  return hash('memberId', roomId, key).slice(0, MEMBER_ID_BYTES)
}

/** Hash of an X-Wing ratchet key (1,216 bytes) as claims name it. */
export function ratchetKeyHash(roomId: Bytes, key: Bytes): Bytes {
  return hash('ratchetKey', roomId, key)
}

/** Signs a claim. `signed` is its canonical bytes and the signature, to be sealed with `sealClaim`. */
export function signClaim(roomId: Bytes, claim: Claim, signer: Signer): { readonly signed: Bytes; readonly hash: Bytes } {
  const bytes = canonicalBytes(toJson(roomId, claim))
  return { signed: concat(bytes, signer.sign('signClaim', bytes)), hash: hash('claimHash', bytes) }
}

/** Seals a signed claim for its seat: 1,576 bytes, 2,104 characters in a frame. `nonce` is 24 random bytes. */
export function sealClaim(room: RoomKeys, seat: string, signed: Bytes, nonce: Bytes): Bytes {
  return sealRandom(room.claimKey, nonce, binding(room, seat), pad(signed, CLAIM_PADDED_BYTES))
}

/**
 * Opens and verifies a sealed claim. `known` is the seat's admitted key, when it has one: a seat never changes its member.
 * Throws `CryptoError`: not_opened, bad_object, not_canonical, wrong_room, wrong_seat, wrong_member, bad_key, bad_signature.
 */
export function openClaim(room: RoomKeys, seat: string, sealed: Bytes, known: MemberKey | null): OpenedClaim {
  const padded = sealed.length === SEALED_CLAIM_BYTES ? openRandom(room.claimKey, binding(room, seat), sealed) : null
  if (padded === null) throw new CryptoError('not_opened', 'claim does not open')
  const signed = unpad(padded, CLAIM_PADDED_BYTES)
  if (signed.length <= SIGNATURE_BYTES) throw new CryptoError('bad_object', 'claim too short')
  const bytes = signed.subarray(0, -SIGNATURE_BYTES)
  const claim = fromJson(room.roomId, seat, parseCanonical(bytes))
  if (known !== null && !equal(known.bytes, claim.key)) throw new CryptoError('wrong_member', 'seat changed its member')
  const member = known ?? admitKey(claim.key)
  if (!member.verify('signClaim', bytes, signed.subarray(-SIGNATURE_BYTES))) {
    throw new CryptoError('bad_signature', 'claim signature does not verify')
  }
  return { claim, hash: hash('claimHash', bytes), member, memberId: memberId(room.roomId, claim.key) }
}

/**
 * The seat's whole X-Wing key: the ML-KEM half that the relay carried and the X25519 half that the claim holds.
 * Throws `CryptoError('wrong_key')` when the relay's half is not the claimed one, and `bad_key` for a key nobody should use.
 */
export function claimedKey(roomId: Bytes, claim: Claim, mlKem: Bytes): Bytes {
  const key = concat(mlKem, claim.x25519)
  if (key.length !== KEM_PUBLIC_BYTES || !equal(ratchetKeyHash(roomId, key), claim.ratchetKey)) {
    throw new CryptoError('wrong_key', 'ratchet key is not the claimed one')
  }
  admitKemKey(key)
  return key
}

/** Base64 as the frames' `claim` field has it. */
export function claimText(sealed: Bytes): string {
  return toBase64(sealed)
}

/** Bytes of a frame's `claim` field. Throws `CryptoError('not_opened')`: what is not ours is not a claim. */
export function claimBytes(text: string): Bytes {
  try {
    return fromBase64(text)
  } catch {
    throw new CryptoError('not_opened', 'claim does not open')
  }
}

function binding(room: RoomKeys, seat: string): Bytes {
  return concat(room.roomId, utf8(seat))
}

function toJson(roomId: Bytes, claim: Claim): JsonObject {
  const json = {
    v: VERSION,
    suite: SUITE,
    room: toBase64url(roomId),
    key: toBase64url(claim.key),
    seat: claim.seat,
    name: claim.name,
    kem: toBase64url(claim.ratchetKey),
    x25519: toBase64url(claim.x25519),
    seq: claim.seq,
    prev: toBase64url(claim.prev),
    time: claim.time,
  }
  if (claim.step === null) return json
  const { epoch, commitment, heal } = claim.step
  return { ...json, step: { epoch, seed: toBase64url(commitment), heal } }
}

const KEYS = ['v', 'suite', 'room', 'key', 'seat', 'name', 'kem', 'x25519', 'seq', 'prev', 'time']

function fromJson(roomId: Bytes, seat: string, json: JsonObject): Claim {
  exactKeys(json, KEYS, ['step'])
  if (json['v'] !== VERSION || json['suite'] !== SUITE) throw new CryptoError('bad_object', 'unknown version or suite')
  if (!equal(bytesField(json, 'room', ROOM_ID_BYTES), roomId)) throw new CryptoError('wrong_room', 'claim of another room')
  if (json['seat'] !== seat || !isSeat(seat)) throw new CryptoError('wrong_seat', 'claim of another seat')
  const name = textField(json, 'name')
  if (checkName(name) !== null) throw new CryptoError('bad_object', 'name against the rules')
  return {
    key: bytesField(json, 'key', KEY_BYTES),
    seat,
    name,
    ratchetKey: bytesField(json, 'kem', HASH_BYTES),
    x25519: bytesField(json, 'x25519', KEY_BYTES),
    seq: integerField(json, 'seq', 0, MOST),
    prev: bytesField(json, 'prev', HASH_BYTES),
    time: integerField(json, 'time', 0, MOST),
    step: Object.hasOwn(json, 'step') ? stepFromJson(objectField(json, 'step')) : null,
  }
}

function stepFromJson(json: JsonObject): ClaimStep {
  exactKeys(json, ['epoch', 'seed', 'heal'])
  if (typeof json['heal'] !== 'boolean') throw new CryptoError('bad_object', 'heal is not a boolean')
  return {
    epoch: integerField(json, 'epoch', 1, 0xffff_ffff),
    commitment: bytesField(json, 'seed', HASH_BYTES),
    heal: json['heal'],
  }
}

/** A seat is base64url of 18 bytes: 24 characters. Anything else never came from a Tacet client. */
export function isSeat(text: string): boolean {
  if (text.length !== SEAT_CHARS) return false
  try {
    return fromBase64url(text).length > 0
  } catch {
    return false
  }
}
