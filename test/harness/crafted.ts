/**
 * Ed25519 keys and signatures on which verifiers of good name disagree (Chalkias, Garillot, Nikolaenko: Taming the many EdDSAs), made from
 * their definitions. Called by test/crypto/signature.test.ts.
 */
import { createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { type Bytes, concat, fromHex, toHex } from '#lib/wire/bytes.ts'
import type { Signed } from './verdicts.ts'

/** A signature with the one right answer to it. */
export interface Crafted extends Signed {
  readonly name: string
  readonly valid: boolean
}

const { Point } = ed25519
const L = Point.Fn.ORDER
const P = Point.Fp.ORDER

/** The eight points of small order, the neutral one first: the multiples of one of order eight. */
export const TORSION = Array.from({ length: 8 }, (_, i) =>
  Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a').multiplyUnsafe(BigInt(i)),
)

/** Encodings of the neutral point that are not its canonical one: y + p, and x = -0. */
const OTHER_NEUTRALS = [encoded(P + 1n, 0), encoded(1n, 1), encoded(P + 1n, 1)]

/** Every encoding that is no point's canonical one: each y from p to 2^255 - 1, and x = -0 at y = 1 and y = -1; both signs. */
export const NON_CANONICAL = [
  ...Array.from({ length: 19 }, (_, i) => P + BigInt(i)).flatMap((y) => [encoded(y, 0), encoded(y, 1)]),
  encoded(1n, 1),
  encoded(P - 1n, 1),
]

/** The key of a seed with each point of small order but the neutral one added to it. */
export function mixedOrderKeys(seed: Bytes): readonly Bytes[] {
  const { point } = ed25519.utils.getExtendedPublicKey(seed)
  return TORSION.slice(1).map((small) => point.add(small).toBytes())
}

/** Signatures by one key over one message: honest ones, forged ones, and those that only some verifiers take. */
export function craft(seed: Bytes, nonce: Bytes, message: Bytes): readonly Crafted[] {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed)
  const r = integer(nonce) % L
  const honest = Point.BASE.multiply(r)
  /** R as these bytes, S as if R were `secret` times the base point, `add` times L too large. */
  const made = (name: string, valid: boolean, commitment: Bytes, secret: bigint, add = 0n): Crafted => {
    const k = integer(createHash('sha512').update(commitment).update(pointBytes).update(message).digest()) % L
    const signature = concat(commitment, encoded(((secret + k * scalar) % L) + add * L, 0))
    return { name, valid, publicKey: toHex(pointBytes), message: toHex(message), signature: toHex(signature) }
  }
  const good = made('honest', true, honest.toBytes(), r)
  const cut = (name: string, signature: Bytes): Crafted => ({ ...good, name, valid: false, signature: toHex(signature) })
  const bytes = fromHex(good.signature)
  return [
    good,
    ...[1n, 2n, 7n, 8n, 15n].map((times) => made(`S + ${times} L`, false, honest.toBytes(), r, times)),
    // Whoever makes this one tells its secret key. All verifiers of ours take it, and RFC 8032 does; libsodium alone does not.
    made('R neutral', true, Point.ZERO.toBytes(), 0n),
    ...OTHER_NEUTRALS.map((other) => made(`R neutral, written ${toHex(other)}`, false, other, 0n)),
    ...TORSION.slice(1).map((small, i) => made(`R of small order (${i + 1})`, false, small.toBytes(), 0n)),
    ...TORSION.slice(1).map((small, i) => made(`R of mixed order (${i + 1})`, false, honest.add(small).toBytes(), r)),
    ...NON_CANONICAL.map((other) => made(`R written ${toHex(other)}`, false, other, r)),
    made('R of another point', false, honest.double().toBytes(), r),
    ...[0, 32, 63].map((size) => cut(`${size} bytes`, bytes.subarray(0, size))),
    ...[65, 96, 128].map((size) => cut(`${size} bytes`, concat(bytes, new Uint8Array(size - 64)))),
    cut('S zero', concat(bytes.subarray(0, 32), new Uint8Array(32))),
    cut('all zeros', new Uint8Array(64)),
    cut('all ones', new Uint8Array(64).fill(255)),
  ]
}

/** 32 bytes, little-endian, the top bit from `sign`. */
function encoded(value: bigint, sign: 0 | 1): Bytes {
  const bytes = fromHex(value.toString(16).padStart(64, '0')).reverse()
  bytes[31] = (bytes[31] ?? 0) | (sign << 7)
  return bytes
}

function integer(bytes: Bytes): bigint {
  return BigInt(`0x${toHex(bytes.toReversed())}`)
}
