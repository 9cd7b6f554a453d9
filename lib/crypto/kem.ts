/**
 * X-Wing: ML-KEM-768 with X25519 (docs/protocol.md, Primitives; draft-connolly-cfrg-xwing-kem). Called by ratchet.ts and letter.ts.
 * noble has it whole; here its ML-KEM is joined with the platform's X25519, which halves the time of a step. A test holds this to
 * noble's `ml_kem768_x25519` byte by byte.
 */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { sha3_256, shake256 } from '@noble/hashes/sha3.js'
import { native } from '#native'
import { type Bytes, concat, equal, fromHex, wipe } from '#lib/wire/bytes.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'
import { CryptoError } from './errors.ts'

export const KEM_SEED_BYTES = 32
export const KEM_PUBLIC_BYTES = ML_KEM_PUBLIC_BYTES + 32 // ML-KEM-768 ‖ X25519
export const KEM_CIPHERTEXT_BYTES = 1_088 + 32
export const KEM_ENCAPSULATION_SEED_BYTES = 64

const ML_KEM_CIPHERTEXT_BYTES = 1_088
const XWING_LABEL = fromHex('5c2e2f2f5e5c')

/** A key pair. The ML-KEM part is kept expanded: expanding a seed again would cost 0.4 ms at each opening. */
export interface KemPair {
  readonly publicKey: Bytes
  readonly mlKem: Bytes
  readonly x25519: Bytes
}

/** A key pair from a 32-byte seed, which is wiped. */
export function kemPair(seed: Bytes): KemPair {
  const expanded = shake256(seed, { dkLen: 96 })
  wipe(seed)
  const { publicKey, secretKey } = ml_kem768.keygen(expanded.subarray(0, 64))
  const x25519 = expanded.slice(64)
  wipe(expanded)
  return { publicKey: concat(publicKey, native.x25519PublicKey(x25519)), mlKem: secretKey, x25519 }
}

/** Forgets a key pair's secrets. */
export function wipeKem(pair: KemPair): void {
  wipe(pair.mlKem, pair.x25519)
}

/**
 * A ciphertext (1,120 bytes) and shared secret (32 bytes) for a public key (1,216 bytes), from 64 random bytes, which are wiped.
 * Throws `CryptoError('bad_key')`: wrong length, a coefficient not below q (FIPS 203 section 7.2), an all-zero X25519 result.
 */
export function encapsulate(publicKey: Bytes, seed: Bytes): { readonly ct: Bytes; readonly secret: Bytes } {
  if (publicKey.length !== KEM_PUBLIC_BYTES) throw new CryptoError('bad_length', 'KEM key has a wrong length')
  const theirs = publicKey.subarray(ML_KEM_PUBLIC_BYTES)
  const ephemeral = seed.subarray(32)
  const x = agree(ephemeral, theirs)
  const m = attempt(() => ml_kem768.encapsulate(publicKey.subarray(0, ML_KEM_PUBLIC_BYTES), seed.subarray(0, 32)))
  const ctX = native.x25519PublicKey(ephemeral)
  const secret = combine(m.sharedSecret, x, ctX, theirs)
  wipe(seed, m.sharedSecret, x)
  return { ct: concat(m.cipherText, ctX), secret }
}

/**
 * The shared secret (32 bytes) of a ciphertext. A wrong ML-KEM part gives another secret (implicit rejection).
 * Throws `CryptoError('bad_key')` on a wrong length or an all-zero X25519 result.
 */
export function decapsulate(pair: KemPair, ct: Bytes): Bytes {
  if (ct.length !== KEM_CIPHERTEXT_BYTES) throw new CryptoError('bad_length', 'KEM ciphertext has a wrong length')
  const ctX = ct.subarray(ML_KEM_CIPHERTEXT_BYTES)
  const x = agree(pair.x25519, ctX)
  const m = attempt(() => ml_kem768.decapsulate(ct.subarray(0, ML_KEM_CIPHERTEXT_BYTES), pair.mlKem))
  const secret = combine(m, x, ctX, pair.publicKey.subarray(ML_KEM_PUBLIC_BYTES))
  wipe(m, x)
  return secret
}

function agree(secret: Bytes, publicKey: Bytes): Bytes {
  const shared = attempt(() => native.x25519(secret, publicKey))
  if (equal(shared, new Uint8Array(32))) throw new CryptoError('bad_key', 'X25519 gave zeros')
  return shared
}

/** X-Wing's combiner: SHA3-256(ML-KEM secret ‖ X25519 secret ‖ X25519 ciphertext ‖ X25519 key ‖ label). */
function combine(m: Bytes, x: Bytes, ctX: Bytes, publicX: Bytes): Bytes {
  const input = concat(m, x, ctX, publicX, XWING_LABEL)
  const secret = sha3_256(input)
  wipe(input)
  return secret
}

/** Primitives throw errors of their own on a key they refuse: here they get our class and code. */
function attempt<T>(operation: () => T): T {
  try {
    return operation()
  } catch {
    throw new CryptoError('bad_key', 'KEM key or ciphertext refused')
  }
}
