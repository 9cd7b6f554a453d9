/** Bytes with one bit turned: whatever is sealed, signed or checked has to refuse them. Called by the tests of every layout. */
import type { Bytes } from '#lib/wire/bytes.ts'
import { seeded } from './random.ts'

/** A copy with one bit turned. Bits count from the lowest of the first byte. */
export function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice()
  copy[bit >>> 3] = (copy[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

/** Every bit there is. */
export function everyBit(bytes: Bytes): readonly number[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => bit)
}

/** So many bits, drawn from a seed, where trying all would take too long. */
export function someBits(bytes: Bytes, count: number, seed: number): readonly number[] {
  const random = seeded(seed)
  return Array.from({ length: count }, () => new DataView(random(4).buffer).getUint32(0) % (bytes.length * 8))
}
