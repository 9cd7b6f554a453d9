/**
 * A key step: a fresh seed, wrapped for each receiver under its directed root and ratchet key (docs/protocol.md, Steps).
 * Called by lib/client. Roots go one way (RK(i→j) belongs to i's steps towards j), so that steps which cross never conflict; each is
 * replaced by its successor and wiped, so that an old private key alone opens nothing and a stolen signing key alone cannot step.
 */
import { type Bytes, concat, equal, fromBase64, readU32, toBase64, u32, utf8, wipe } from '#lib/wire/bytes.ts'
import type { StepPayload } from '#lib/wire/frames.ts'
import { STEP_KEM_BYTES, STEP_WRAP_BYTES } from '#lib/wire/limits.ts'
import type { OpenedClaim } from './claim.ts'
import { SEED_BYTES, seedCommitment } from './epoch.ts'
import { CryptoError } from './errors.ts'
import { decapsulate, encapsulate, KEM_ENCAPSULATION_SEED_BYTES } from './kem.ts'
import { findKey, KEY_ID_BYTES, type Keyring, keyId } from './keyring.ts'
import { derive, KEY_BYTES, openOnce, type Random, sealOnce, SINGLE_USE_BYTES } from './primitives.ts'
import type { RoomKeys } from './room.ts'

/** The stepping seat as its new claim names it. */
export interface Stepping {
  readonly seat: string
  readonly epoch: number
  readonly claimHash: Bytes
  /** The new X-Wing ratchet key, 1,216 bytes. */
  readonly key: Bytes
}

/** A receiver of a step. */
export interface StepPeer {
  readonly seat: string
  readonly claimHash: Bytes
  /** Its X-Wing ratchet key, 1,216 bytes. */
  readonly key: Bytes
  /** RK(me→peer), which `wrapStep` wipes. */
  readonly root: Bytes
  /** The newest of its epochs that I opened. */
  readonly opened: number
}

/** What a step leaves for one pair: the next root, and the secret by which a later seat proves that it continues this one. */
export interface PairSecrets {
  readonly root: Bytes
  readonly pair: Bytes
}

/**
 * Wraps the new epoch's seed for one peer. `previous` is how many messages the epoch before held; `roomKey` is the next generation
 * in a removal's step and zeros otherwise, so that sizes agree. Throws `CryptoError('bad_key')` when the peer's key is no good.
 */
export function wrapStep(
  room: RoomKeys,
  me: Stepping,
  peer: StepPeer,
  seed: Bytes,
  previous: number,
  roomKey: Bytes,
  random: Random,
): PairSecrets & { readonly payload: StepPayload } {
  const { ct, secret } = encapsulate(peer.key, random(KEM_ENCAPSULATION_SEED_BYTES))
  const keys = stepKeys(room, me, peer, peer.root, secret, ct)
  wipe(secret, peer.root)
  const plain = concat(seed, u32(previous), u32(peer.opened), roomKey)
  const wrap = sealOnce(keys.wrapKey, binding(room, me.seat, peer.seat), plain)
  wipe(plain, keys.wrapKey)
  const kemCt = toBase64(concat(keyId(room.roomId, peer.claimHash), ct))
  return { root: keys.root, pair: keys.pair, payload: { kemCt, encSeed: toBase64(wrap), pn: 0 } }
}

/** What a wrap held. The caller wipes seed and secrets. */
export interface OpenedStep extends PairSecrets {
  readonly epoch: number
  readonly seed: Bytes
  readonly previous: number
  /** The newest of my epochs that the peer had opened. */
  readonly opened: number
}

/**
 * Opens a peer's step that its verified claim announces. `root` is RK(peer→me) and stays: the caller wipes it when the whole step
 * holds. Throws `CryptoError`: unknown_key, not_opened, wrong_commitment, bad_object.
 */
export function openStep(
  room: RoomKeys,
  keyring: Keyring,
  mySeat: string,
  from: OpenedClaim,
  fromKey: Bytes,
  root: Bytes,
  payload: StepPayload,
): OpenedStep {
  const { step, seat } = from.claim
  if (step === null || payload.pn !== 0) throw new CryptoError('bad_object', 'not a step')
  const [kem, wrap] = [bytesOf(payload.kemCt, STEP_KEM_BYTES), bytesOf(payload.encSeed, STEP_WRAP_BYTES)]
  const mine = findKey(keyring, kem.subarray(0, KEY_ID_BYTES))
  const ct = kem.subarray(KEY_ID_BYTES)
  const secret = decapsulate(mine.pair, ct)
  const stepping = { seat, epoch: step.epoch, claimHash: from.hash, key: fromKey }
  const keys = stepKeys(room, stepping, { seat: mySeat, claimHash: mine.claimHash, key: mine.pair.publicKey }, root, secret, ct)
  const plain = openOnce(keys.wrapKey, binding(room, seat, mySeat), wrap)
  wipe(secret, keys.wrapKey)
  if (plain === null) throw refuse(keys, new CryptoError('not_opened', 'step does not open'))
  const seed = plain.slice(0, SEED_BYTES)
  const [previous, opened] = [readU32(plain, SEED_BYTES), readU32(plain, SEED_BYTES + 4)]
  wipe(plain)
  if (!equal(seedCommitment(room.roomId, seat, step.epoch, seed), step.commitment)) {
    wipe(seed)
    throw refuse(keys, new CryptoError('wrong_commitment', 'seed is not the claimed one'))
  }
  return { epoch: step.epoch, seed, previous, opened, root: keys.root, pair: keys.pair }
}

function refuse(keys: PairSecrets, error: CryptoError): CryptoError {
  wipe(keys.root, keys.pair)
  return error
}

function bytesOf(text: string, length: number): Bytes {
  try {
    const bytes = fromBase64(text)
    if (bytes.length === length) return bytes
  } catch {
    // not base64: refused below, as a wrong length is
  }
  throw new CryptoError('not_opened', 'step does not open')
}

function binding(room: RoomKeys, from: string, to: string): Bytes {
  return concat(room.roomId, utf8(from), utf8(to))
}

/** RK' ‖ pair' ‖ wrapKey = HKDF(salt = RK, ikm = ss ‖ psk, info = "step" ‖ roomId ‖ claim hashes ‖ keys ‖ ct ‖ epoch). */
function stepKeys(
  room: RoomKeys,
  from: Stepping,
  to: Pick<StepPeer, 'seat' | 'claimHash' | 'key'>,
  root: Bytes,
  secret: Bytes,
  ct: Bytes,
): PairSecrets & { readonly wrapKey: Bytes } {
  const ikm = concat(secret, room.psk)
  const context = concat(room.roomId, from.claimHash, to.claimHash, from.key, to.key, ct, u32(from.epoch))
  const out = derive('step', root, ikm, context, 2 * KEY_BYTES + SINGLE_USE_BYTES)
  const keys = { root: out.slice(0, 32), pair: out.slice(32, 64), wrapKey: out.slice(64) }
  wipe(ikm, out)
  return keys
}
