/**
 * Letters: what one seat says to one other, sealed to the receiver's newest ratchet key (docs/protocol.md, Letters). Every `relay`
 * payload is one. Called by lib/client to hand over states and to ask for them; a letter also starts the directed root of its sender.
 */
import { type Bytes, concat, fromBase64, toBase64, utf8, wipe } from '#lib/wire/bytes.ts'
import { ML_KEM_PUBLIC_BYTES, SEALED_CLAIM_BYTES } from '#lib/wire/limits.ts'
import { canonicalBytes, type JsonObject, parseCanonical } from './canonical.ts'
import { claimedKey, type OpenedClaim, openClaim } from './claim.ts'
import { CryptoError } from './errors.ts'
import { decapsulate, encapsulate, KEM_CIPHERTEXT_BYTES, KEM_ENCAPSULATION_SEED_BYTES } from './kem.ts'
import { findKey, KEY_ID_BYTES, type Keyring, keyId, mustBeNew, takeOnce } from './keyring.ts'
import { pad, unpad } from './padding.ts'
import {
  derive,
  expand,
  hash,
  KEY_BYTES,
  type MemberKey,
  openOnce,
  type Random,
  sealOnce,
  sha256,
  SIGNATURE_BYTES,
  type Signer,
  SINGLE_USE_BYTES,
} from './primitives.ts'
import type { RoomKeys } from './room.ts'
import type { PairSecrets } from './step.ts'

/** The sender: its newest claim as sealed for frames, the claim's hash, and its ratchet key (1,216 bytes). */
export interface LetterSender {
  readonly seat: string
  readonly sealedClaim: Bytes
  readonly claimHash: Bytes
  readonly key: Bytes
  readonly signer: Signer
}

export interface LetterPeer {
  readonly seat: string
  readonly claimHash: Bytes
  readonly key: Bytes
}

const FLAGS = 0
const NO_PAIR = new Uint8Array(KEY_BYTES)
const FIXED_BYTES = 1 + SEALED_CLAIM_BYTES + ML_KEM_PUBLIC_BYTES + KEY_ID_BYTES + KEM_CIPHERTEXT_BYTES

/** A sealed letter, with the hash by which an answer names it and the secrets that it starts. */
export interface SealedLetter extends PairSecrets {
  readonly payload: string
  readonly hash: Bytes
}

/**
 * Seals `content` to a peer. `pair` is the pair secret that proves a former seat, or null.
 * Throws `CryptoError('bad_key')` when the peer's key is no good.
 */
export function sealLetter(
  room: RoomKeys,
  me: LetterSender,
  peer: LetterPeer,
  content: JsonObject,
  pair: Bytes | null,
  random: Random,
): SealedLetter {
  const { ct, secret } = encapsulate(peer.key, random(KEM_ENCAPSULATION_SEED_BYTES))
  const keys = letterKeys(room, me, peer, secret, ct, pair)
  const bytes = canonicalBytes(content)
  const signature = me.signer.sign('signLetter', signedBytes(room, me, peer, ct, bytes))
  const plain = pad(concat(bytes, signature))
  const mlKem = me.key.subarray(0, ML_KEM_PUBLIC_BYTES)
  const fixed = concat(Uint8Array.of(FLAGS), me.sealedClaim, mlKem, keyId(room.roomId, peer.claimHash), ct)
  const letter = concat(fixed, sealOnce(keys.key, concat(room.roomId, fixed), plain))
  wipe(secret, keys.key, plain, bytes)
  return { payload: toBase64(letter), hash: hash('letterHash', letter), root: keys.root, pair: keys.pair }
}

/** A letter that opened and verified, with its sender's newest claim and ratchet key. */
export interface OpenedLetter extends PairSecrets {
  readonly claim: OpenedClaim
  /** The claim as it came. */
  readonly sealedClaim: Bytes
  readonly key: Bytes
  readonly content: JsonObject
  readonly hash: Bytes
  /** The pair secret that it was salted with, one of those given; null when with none. */
  readonly proved: Bytes | null
}

/**
 * Opens a letter from a seat. `known` is the seat's admitted signing key, when it has one; `pairs` are the pair secrets that its sender
 * may have salted it with: nothing on the wire tells which, or whether with any.
 * Throws `CryptoError`: not_opened, unknown_key, bad_signature, replayed, and all that `openClaim` and `claimedKey` throw.
 */
export function openLetter(
  room: RoomKeys,
  keyring: Keyring,
  mySeat: string,
  from: string,
  payload: string,
  known: MemberKey | null,
  pairs: readonly Bytes[],
): OpenedLetter {
  const letter = letterBytes(payload)
  const [claimEnd, keyEnd] = [1 + SEALED_CLAIM_BYTES, 1 + SEALED_CLAIM_BYTES + ML_KEM_PUBLIC_BYTES]
  const claim = openClaim(room, from, letter.subarray(1, claimEnd), known)
  const key = claimedKey(room.roomId, claim.claim, letter.subarray(claimEnd, keyEnd))
  const mine = findKey(keyring, letter.subarray(keyEnd, keyEnd + KEY_ID_BYTES))
  const ct = letter.subarray(keyEnd + KEY_ID_BYTES, FIXED_BYTES)
  // Before the dear part: a letter played back costs a hash.
  const ctHash = sha256(ct)
  mustBeNew(mine, ctHash)
  const secret = decapsulate(mine.pair, ct)
  const sender = { seat: from, claimHash: claim.hash, key }
  const me = { seat: mySeat, claimHash: mine.claimHash, key: mine.pair.publicKey }
  const sealed = { aad: concat(room.roomId, letter.subarray(0, FIXED_BYTES)), bytes: letter.subarray(FIXED_BYTES) }
  const opened = openWithAny([null, ...pairs], sealed, (pair) => letterKeys(room, sender, me, secret, ct, pair))
  wipe(secret)
  if (opened === null) throw new CryptoError('not_opened', 'letter does not open')
  const { root, pair, plain, proved } = opened
  try {
    const content = read(room, sender, me, ct, plain, claim.member)
    takeOnce(mine, ctHash)
    const sealedClaim = letter.slice(1, claimEnd)
    return { claim, sealedClaim, key, content, hash: hash('letterHash', letter), root, pair, proved }
  } catch (error) {
    wipe(root, pair)
    throw error
  } finally {
    wipe(plain)
  }
}

/** Tries each salt: one costs a key derivation and 32 compared bytes. */
function openWithAny(
  salts: readonly (Bytes | null)[],
  sealed: { readonly aad: Bytes; readonly bytes: Bytes },
  keysFor: (salt: Bytes | null) => ReturnType<typeof letterKeys>,
): (PairSecrets & { readonly plain: Bytes; readonly proved: Bytes | null }) | null {
  for (const salt of salts) {
    const { key, root, pair } = keysFor(salt)
    const plain = openOnce(key, sealed.aad, sealed.bytes)
    wipe(key)
    if (plain !== null) return { root, pair, plain, proved: salt }
    wipe(root, pair)
  }
  return null
}

function letterBytes(payload: string): Bytes {
  try {
    const bytes = fromBase64(payload)
    if (bytes.length > FIXED_BYTES && bytes[0] === FLAGS) return bytes
  } catch {
    // not base64: refused below, as a wrong length or unknown flags are
  }
  throw new CryptoError('not_opened', 'letter does not open')
}

function read(room: RoomKeys, from: LetterPeer, to: LetterPeer, ct: Bytes, plain: Bytes, member: MemberKey): JsonObject {
  const signed = unpad(plain)
  if (signed.length <= SIGNATURE_BYTES) throw new CryptoError('bad_object', 'letter too short')
  const bytes = signed.subarray(0, -SIGNATURE_BYTES)
  if (!member.verify('signLetter', signedBytes(room, from, to, ct, bytes), signed.subarray(-SIGNATURE_BYTES))) {
    throw new CryptoError('bad_signature', 'letter signature does not verify')
  }
  return parseCanonical(bytes)
}

export const PROOF_BYTES = 16

/**
 * What shows a peer that a seat continues a former one: it knows the pair secret that the peer gave that one. For this pair of seats
 * and this way alone. EXPAND("proof", pair secret, roomId ‖ from seat ‖ to seat, 16).
 */
export function proofOf(roomId: Bytes, pair: Bytes, from: string, to: string): Bytes {
  return expand('proof', pair, concat(roomId, utf8(from), utf8(to)), PROOF_BYTES)
}

/** What the sender signs: who says what to whom under which claims and in which sealing, so that nobody can wrap it again. */
function signedBytes(
  room: RoomKeys,
  from: Omit<LetterPeer, 'key'>,
  to: Omit<LetterPeer, 'key'>,
  ct: Bytes,
  content: Bytes,
): Bytes {
  return concat(room.roomId, utf8(from.seat), utf8(to.seat), from.claimHash, to.claimHash, sha256(ct), content)
}

/** K ‖ RK ‖ pair = HKDF(salt = psk ‖ pair secret or zeros, ikm = ss, info = "letter" ‖ roomId ‖ seats ‖ claim hashes ‖ keys ‖ ct). */
function letterKeys(
  room: RoomKeys,
  from: LetterPeer,
  to: LetterPeer,
  secret: Bytes,
  ct: Bytes,
  pair: Bytes | null,
): PairSecrets & { readonly key: Bytes } {
  const salt = concat(room.psk, pair ?? NO_PAIR)
  const context = concat(room.roomId, utf8(from.seat), utf8(to.seat), from.claimHash, to.claimHash, from.key, to.key, ct)
  const out = derive('letter', salt, secret, context, SINGLE_USE_BYTES + 2 * KEY_BYTES)
  const [key, root] = [out.slice(0, SINGLE_USE_BYTES), out.slice(SINGLE_USE_BYTES, SINGLE_USE_BYTES + KEY_BYTES)]
  const keys = { key, root, pair: out.slice(SINGLE_USE_BYTES + KEY_BYTES) }
  wipe(salt, out)
  return keys
}
