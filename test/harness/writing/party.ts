/**
 * Somebody in a room as claims, letters and steps need them, made from fixed values: in hexadecimal where they are bytes, as vectors hold
 * them. Called by the makers of vectors beside this file, and by tests that draw the values.
 */
import { type Claim, type OpenedClaim, openClaim, ratchetKeyHash, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { seedCommitment } from '#lib/crypto/epoch.ts'
import { type KemPair, kemPair } from '#lib/crypto/kem.ts'
import { type Keyring, ownKey } from '#lib/crypto/keyring.ts'
import type { LetterSender } from '#lib/crypto/letter.ts'
import { type Random, signer, type Signer } from '#lib/crypto/primitives.ts'
import { type RoomKeys, roomKeys } from '#lib/crypto/room.ts'
import { type Bytes, fromHex, toBase64url, toHex } from '#lib/wire/bytes.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'

export interface GivenRoom {
  readonly roomId: string
  readonly roomKey: string
}

export interface GivenParty {
  /** Seed of the member's Ed25519 key. */
  readonly signingSeed: string
  /** Seed of the seat's X-Wing key. */
  readonly ratchetSeed: string
  readonly seat: string
  readonly name: string
  readonly seq: number
  readonly prev: string
  readonly time: number
  /** The step that the claim announces: `seed` is the epoch's. */
  readonly step: { readonly epoch: number; readonly seed: string; readonly heal: boolean } | null
  /** Seals the claim. */
  readonly nonce: string
}

export interface Party {
  readonly seat: string
  readonly signer: Signer
  readonly pair: KemPair
  readonly claim: Claim
  /** The claim's canonical bytes and the signature. */
  readonly signed: Bytes
  readonly claimHash: Bytes
  readonly sealedClaim: Bytes
  /** The claim as others open it. */
  readonly opened: OpenedClaim
  readonly keyring: Keyring
  /** X-Wing public key. */
  readonly key: Bytes
}

export function roomOf(given: GivenRoom): RoomKeys {
  return roomKeys(fromHex(given.roomId), fromHex(given.roomKey))
}

export function partyOf(room: RoomKeys, given: GivenParty): Party {
  const { seat, name, seq, time } = given
  const mine = signer(fromHex(given.signingSeed))
  const pair = kemPair(fromHex(given.ratchetSeed))
  const key = pair.publicKey
  const claim: Claim = {
    key: mine.publicKey,
    seat,
    name,
    ratchetKey: ratchetKeyHash(room.roomId, key),
    x25519: key.slice(ML_KEM_PUBLIC_BYTES),
    seq,
    prev: fromHex(given.prev),
    time,
    step: claimedStep(room, given),
  }
  const { signed, hash } = signClaim(room.roomId, claim, mine)
  const sealedClaim = sealClaim(room, seat, signed, fromHex(given.nonce))
  const opened = openClaim(room, seat, sealedClaim, null)
  const keyring = { current: ownKey(room.roomId, pair, hash), retired: [] }
  return { seat, signer: mine, pair, claim, signed, claimHash: hash, sealedClaim, opened, keyring, key }
}

function claimedStep(room: RoomKeys, { seat, step }: GivenParty): Claim['step'] {
  if (step === null) return null
  return { epoch: step.epoch, commitment: seedCommitment(room.roomId, seat, step.epoch, fromHex(step.seed)), heal: step.heal }
}

/** A party as the sender of a letter. */
export function senderOf({ seat, sealedClaim, claimHash, key, signer }: Party): LetterSender {
  return { seat, sealedClaim, claimHash, key, signer }
}

/** Values for a room, drawn. */
export function drawRoom(random: Random): GivenRoom {
  return { roomId: toHex(random(16)), roomKey: toHex(random(32)) }
}

/** Values for somebody's first claim, drawn. */
export function drawParty(random: Random, name: string): GivenParty {
  return {
    signingSeed: toHex(random(32)),
    ratchetSeed: toHex(random(32)),
    seat: toBase64url(random(18)),
    name,
    seq: 0,
    prev: '00'.repeat(32),
    time: Date.UTC(2026, 0, 1),
    step: null,
    nonce: toHex(random(24)),
  }
}
