/**
 * X-Wing: ML-KEM-768 with X25519 (docs/protocol.md, Primitives; draft-connolly-cfrg-xwing-kem). Called by step.ts and letter.ts.
 * noble has it whole; here its ML-KEM is joined with the platform's X25519, which halves the time of a step. A test holds this to
 * noble's `ml_kem768_x25519` byte by byte.
 */
import { type KEMPrepared, ml_kem768 } from '@noble/post-quantum/ml-kem.js'
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
const ML_KEM_COEFFICIENT_BYTES = 1_152 // the rest of the key is a 32-byte seed
const ML_KEM_Q = 3_329
const XWING_LABEL = fromHex('5c2e2f2f5e5c')

/** A key pair. The ML-KEM part is kept expanded: expanding a seed again would cost 0.4 ms at each opening. */
export interface KemPair {
  readonly publicKey: Bytes
  readonly mlKem: Bytes
  readonly x25519: Bytes
}

/** A key pair from a 32-byte seed, which is wiped. Throws `CryptoError('bad_length')`: SHAKE256 would take a seed of any length. */
export function kemPair(seed: Bytes): KemPair {
  if (seed.length !== KEM_SEED_BYTES) throw new CryptoError('bad_length', 'KEM seed has a wrong length')
  const expanded = shake256(seed, { dkLen: 96 })
  wipe(seed)
  const { publicKey, secretKey } = ml_kem768.keygen(expanded.subarray(0, 64))
  const x25519 = expanded.slice(64)
  wipe(expanded)
  return { publicKey: concat(publicKey, native.x25519PublicKey(x25519)), mlKem: secretKey, x25519 }
}

/**
 * Refuses a public key that nobody should encapsulate to, before it is kept: a coefficient not below q (FIPS 203 section 7.2) or an
 * X25519 share of low order. Throws `CryptoError('bad_key')`.
 */
export function admitKemKey(publicKey: Bytes): void {
  if (publicKey.length !== KEM_PUBLIC_BYTES) throw new CryptoError('bad_length', 'KEM key has a wrong length')
  for (let i = 0; i < ML_KEM_COEFFICIENT_BYTES; i += 3) {
    const [a, b, c] = [publicKey[i] ?? 0, publicKey[i + 1] ?? 0, publicKey[i + 2] ?? 0]
    // Two 12-bit coefficients in three bytes, low bits first (ByteDecode_12).
    if ((a | ((b & 15) << 8)) >= ML_KEM_Q || ((b >> 4) | (c << 4)) >= ML_KEM_Q)
      throw new CryptoError('bad_key', 'ML-KEM key refused')
  }
  // Any scalar finds a share of low order: clamping makes it a multiple of the cofactor, which gives zeros.
  wipe(agree(new Uint8Array(32), publicKey.subarray(ML_KEM_PUBLIC_BYTES)))
}

/** Forgets a key pair's secrets. */
export function wipeKem(pair: KemPair): void {
  wipe(pair.mlKem, pair.x25519)
}

/**
 * A ciphertext (1,120 bytes) and shared secret (32 bytes) for a public key (1,216 bytes), from 64 random bytes, which are wiped
 * whatever happens. Throws `CryptoError`: 'bad_length'; 'bad_key' for a coefficient not below q (FIPS 203 section 7.2) and for an
 * all-zero X25519 result.
 */
export function encapsulate(publicKey: Bytes, seed: Bytes): { readonly ct: Bytes; readonly secret: Bytes } {
  const used = [seed]
  try {
    if (publicKey.length !== KEM_PUBLIC_BYTES) throw new CryptoError('bad_length', 'KEM key has a wrong length')
    if (seed.length !== KEM_ENCAPSULATION_SEED_BYTES) throw new CryptoError('bad_length', 'KEM seed has a wrong length')
    const theirs = publicKey.subarray(ML_KEM_PUBLIC_BYTES)
    const ephemeral = seed.subarray(32)
    const x = agree(ephemeral, theirs)
    used.push(x)
    const mlKem = prepare(publicKey, 0)
    const m = attempt(() => mlKem.encapsulate(seed.subarray(0, 32)))
    used.push(m.sharedSecret)
    const ctX = native.x25519PublicKey(ephemeral)
    return { ct: concat(m.cipherText, ctX), secret: combine(m.sharedSecret, x, ctX, theirs) }
  } finally {
    wipe(...used)
  }
}

/**
 * The shared secret (32 bytes) of a ciphertext. A wrong ML-KEM part gives another secret (implicit rejection).
 * Throws `CryptoError`: 'bad_length'; 'bad_key' for an all-zero X25519 result.
 */
export function decapsulate(pair: KemPair, ct: Bytes): Bytes {
  if (ct.length !== KEM_CIPHERTEXT_BYTES) throw new CryptoError('bad_length', 'KEM ciphertext has a wrong length')
  const ctX = ct.subarray(ML_KEM_CIPHERTEXT_BYTES)
  const x = agree(pair.x25519, ctX)
  try {
    const mlKem = prepare(pair.mlKem, ML_KEM_COEFFICIENT_BYTES) // FIPS 203 section 7.1: behind the secret's coefficients
    const m = attempt(() => mlKem.decapsulate(ct.subarray(0, ML_KEM_CIPHERTEXT_BYTES), pair.mlKem))
    const secret = combine(m, x, ctX, pair.publicKey.subarray(ML_KEM_PUBLIC_BYTES))
    wipe(m)
    return secret
  } finally {
    wipe(x)
  }
}

/** By the array that holds the key. */
const prepared = new WeakMap<Bytes, KEMPrepared>()

/**
 * The ML-KEM public key at some place of an array, as noble expands it before use, which is a quarter of the work: kept as long as the
 * array, because a key serves for every step and letter until it is replaced. Public values only. The bytes are compared, so that an
 * array that was changed is no trap.
 */
function prepare(holder: Bytes, at: number): KEMPrepared {
  const mlKem = holder.subarray(at, at + ML_KEM_PUBLIC_BYTES)
  const known = prepared.get(holder)
  if (known !== undefined && equal(known.publicKey, mlKem)) return known
  const made = attempt(() => ml_kem768.prepare(mlKem))
  prepared.set(holder, made)
  return made
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
