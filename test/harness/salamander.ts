/**
 * A ciphertext that Poly1305 takes under two keys (Dodis et al., "Fast message franking", CRYPTO 2018): what a key commitment is for. Two
 * tags are equal when one free block solves a linear equation modulo 2^130 - 5. Called by the tests of envelopes.
 */
import { xchacha20 } from '@noble/ciphers/chacha.js'
import { type Bytes, concat } from '#lib/wire/bytes.ts'

const P = 2n ** 130n - 5n
const TAG = 2n ** 128n
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn

/** Key 32 ‖ nonce 24 of XChaCha20-Poly1305, and what is bound to the seal. */
export interface Sealing {
  readonly key: Bytes
  readonly bound: Bytes
}

/**
 * The ciphertext with two blocks (32 bytes from `at`, a multiple of 16) chosen anew, and a tag that holds under both. What the first
 * ones decrypt to is nobody's choice; everything else stays as it was.
 */
export function salamander(one: Sealing, two: Sealing, ciphertext: Bytes, at: number): Bytes {
  const forged = ciphertext.slice()
  for (let attempt = 0; attempt < 1_000; attempt++) {
    forged[at] = attempt
    forged[at + 1] = attempt >>> 8
    forged.fill(0, at + 16, at + 32)
    const [mine, theirs] = [tagOf(one, forged, at + 16), tagOf(two, forged, at + 16)]
    for (let wraps = -4n; wraps <= 4n; wraps++) {
      const apart = theirs.pad - mine.pad + wraps * TAG + theirs.sum - mine.sum
      const block = mod(apart * inverse(mine.weight - theirs.weight))
      if (block >= TAG) continue // a block has 16 bytes: what lies beyond cannot be written
      forged.set(bytesOf(block), at + 16)
      const tags = [one, two].map((sealing) => tagOf(sealing, forged, at + 16).tag)
      if (tags[0] === tags[1]) return concat(forged, bytesOf(tags[0] ?? 0n))
    }
  }
  throw new Error('no block solves it')
}

/** RFC 8439 section 2.8 over large integers; `weight` is what the block at `free` is multiplied with. */
function tagOf({ key, bound }: Sealing, ciphertext: Bytes, free: number) {
  const oneTime = xchacha20(key.slice(0, 32), key.slice(32, 56), new Uint8Array(32))
  const r = numberOf(oneTime.subarray(0, 16)) & CLAMP
  const pad = numberOf(oneTime.subarray(16))
  const message = concat(whole(bound), whole(ciphertext), lengthOf(bound), lengthOf(ciphertext))
  const freeAt = whole(bound).length + free
  let [sum, weight] = [0n, 0n]
  for (let at = 0; at < message.length; at += 16) {
    sum = mod((sum + numberOf(message.subarray(at, at + 16)) + TAG) * r)
    weight = mod((weight + (at === freeAt ? 1n : 0n)) * r)
  }
  return { sum, weight, pad, tag: (sum + pad) % TAG }
}

/** Zeros up to a multiple of 16 bytes. */
function whole(bytes: Bytes): Bytes {
  return concat(bytes, new Uint8Array((16 - (bytes.length % 16)) % 16))
}

function lengthOf(bytes: Bytes): Bytes {
  return bytesOf(BigInt(bytes.length)).slice(0, 8)
}

function numberOf(bytes: Bytes): bigint {
  return BigInt(`0x${bytes.toReversed().toHex()}`)
}

function bytesOf(number: bigint): Bytes {
  return Uint8Array.fromHex(number.toString(16).padStart(32, '0')).toReversed()
}

function mod(number: bigint): bigint {
  return ((number % P) + P) % P
}

/** By Fermat: number^(P - 2). */
function inverse(number: bigint): bigint {
  let [result, base] = [1n, mod(number)]
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = mod(result * base)
    base = mod(base * base)
  }
  return result
}
