/**
 * The one door to cryptographic primitives (docs/protocol.md, Primitives): hashes, key derivation, AEAD, signatures.
 * Everything in lib/ that hashes, derives, seals or signs calls this; kem.ts beside it holds X-Wing.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { native } from '#native'
import { type Bytes, concat, equal } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'
import { hkdf, hkdfExpand } from './hkdf.ts'
import { type Label, LABELS } from './labels.ts'
import type { VerifyBytes } from './native.ts'

/** Returns so many random bytes. Handed in by whoever runs the library, so that tests can seed it. */
export type Random = (bytes: number) => Bytes

export const HASH_BYTES = 32
export const KEY_BYTES = 32
export const NONCE_BYTES = 24
export const TAG_BYTES = 16
export const COMMIT_BYTES = 32
export const SIGNATURE_BYTES = 64
/** A single-use sealing key: key ‖ nonce ‖ commit. */
export const SINGLE_USE_BYTES = KEY_BYTES + NONCE_BYTES + COMMIT_BYTES

/** SHA-256 without a label: for parts of larger hashed or signed objects only. */
export function sha256(bytes: Bytes): Bytes {
  return native.sha256(bytes)
}

/** SHA-256(label ‖ 0x00 ‖ parts), 32 bytes. Parts must have fixed sizes, the last excepted. */
export function hash(label: Label, ...parts: readonly Bytes[]): Bytes {
  return native.sha256(concat(LABELS[label], ...parts))
}

/** HKDF-SHA-256 with info = label ‖ 0x00 ‖ context, 1 to 8,160 bytes. The caller wipes `ikm` and the result. */
export function derive(label: Label, salt: Bytes, ikm: Bytes, context: Bytes, length: number): Bytes {
  return hkdf(salt, ikm, concat(LABELS[label], context), length)
}

/** HKDF-Expand (RFC 5869 section 2.3) of a 32-byte key, info = label ‖ 0x00 ‖ context, 1 to 8,160 bytes. The caller wipes the result. */
export function expand(label: Label, key: Bytes, context: Bytes, length: number): Bytes {
  return hkdfExpand(key, concat(LABELS[label], context), length)
}

/** Seals under a long-lived key with a random nonce (24 bytes): nonce ‖ ciphertext ‖ tag. */
export function sealRandom(key: Bytes, nonce: Bytes, aad: Bytes, plain: Bytes): Bytes {
  return concat(nonce, xchacha20poly1305(key, nonce, aad).encrypt(plain))
}

/** Opens what `sealRandom` made, or null. */
export function openRandom(key: Bytes, aad: Bytes, sealed: Bytes): Bytes | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null
  return open(key, sealed.subarray(0, NONCE_BYTES), aad, sealed.subarray(NONCE_BYTES))
}

/**
 * Seals under a single-use key of 88 bytes (key ‖ nonce ‖ commit): commit ‖ ciphertext ‖ tag. The commit, bound to the key by the
 * KDF, stops one ciphertext from opening under two keys, which Poly1305 alone allows. The caller wipes the key.
 */
export function sealOnce(key: Bytes, aad: Bytes, plain: Bytes): Bytes {
  const { secret, nonce, commit } = split(key)
  return concat(commit, xchacha20poly1305(secret, nonce, aad).encrypt(plain))
}

/** Opens what `sealOnce` made, or null; the commit is compared in constant time first. The caller wipes the key. */
export function openOnce(key: Bytes, aad: Bytes, sealed: Bytes): Bytes | null {
  if (sealed.length < COMMIT_BYTES + TAG_BYTES) return null
  const { secret, nonce, commit } = split(key)
  if (!equal(commit, sealed.subarray(0, COMMIT_BYTES))) return null
  return open(secret, nonce, aad, sealed.subarray(COMMIT_BYTES))
}

/** Seals 64 bytes of signature under their own single-use key and nonce (56 bytes): ciphertext ‖ tag. */
export function sealSignature(key: Bytes, signature: Bytes): Bytes {
  return xchacha20poly1305(key.subarray(0, KEY_BYTES), key.subarray(KEY_BYTES)).encrypt(signature)
}

/** Opens what `sealSignature` made, or null. */
export function openSignature(key: Bytes, sealed: Bytes): Bytes | null {
  if (sealed.length !== SIGNATURE_BYTES + TAG_BYTES) return null
  return open(key.subarray(0, KEY_BYTES), key.subarray(KEY_BYTES), new Uint8Array(0), sealed)
}

function split(key: Bytes): { secret: Bytes; nonce: Bytes; commit: Bytes } {
  if (key.length !== SINGLE_USE_BYTES) throw new CryptoError('bad_length', 'single-use key has a wrong length')
  return {
    secret: key.subarray(0, KEY_BYTES),
    nonce: key.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
    commit: key.subarray(KEY_BYTES + NONCE_BYTES),
  }
}

function open(key: Bytes, nonce: Bytes, aad: Bytes, sealed: Bytes): Bytes | null {
  try {
    return xchacha20poly1305(key, nonce, aad).decrypt(sealed)
  } catch {
    return null // the tag did not match: the one thing that decrypt reports by throwing on inputs of these sizes
  }
}

/** A member's signing key in use. */
export interface Signer {
  readonly publicKey: Bytes
  /** 64-byte Ed25519 signature over label ‖ 0x00 ‖ message. */
  sign(label: Label, message: Bytes): Bytes
  /** Forgets the secret, as far as the platform lets us. It signs no more. */
  wipe(): void
}

/** A signer from a 32-byte seed; the seed may be wiped afterwards. */
export function signer(seed: Bytes): Signer {
  const key = native.signer(seed)
  return { publicKey: key.publicKey, sign: (label, message) => key.sign(concat(LABELS[label], message)), wipe: key.wipe }
}

/** A member's public key that passed admission. */
export interface MemberKey {
  readonly bytes: Bytes
  verify(label: Label, message: Bytes, signature: Bytes): boolean
}

/**
 * Admits a 32-byte Ed25519 key once: canonical, not of small order, free of torsion. After that every platform's verifier gives
 * the same answer to every crafted signature. Throws `CryptoError('bad_key')`.
 */
export function admitKey(bytes: Bytes): MemberKey {
  let point
  try {
    point = ed25519.Point.fromBytes(bytes) // strict: refuses y >= p
  } catch {
    throw new CryptoError('bad_key', 'signing key is not a point')
  }
  if (point.isSmallOrder() || !point.isTorsionFree()) throw new CryptoError('bad_key', 'signing key has torsion')
  const kept = bytes.slice()
  const verify: VerifyBytes = native.verifier(kept)
  return { bytes: kept, verify: (label, message, signature) => verify(concat(LABELS[label], message), signature) }
}
