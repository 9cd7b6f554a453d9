/**
 * Padding (docs/protocol.md, Padding): a sealed text tells its size class and no more. 1 KiB, 2 KiB, then Padmé, which
 * leaks O(log log n) bits at a cost of at most 12 % (Nikitin et al., PETS 2019, section 4). Layout: length (4 bytes) ‖ bytes ‖ zeros.
 */
import { type Bytes, concat, readU32, u32 } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'

const LENGTH_BYTES = 4
const SMALLEST = 1_024
const SECOND = 2_048

/** The padded size (bytes) of `bytes` bytes of content, its length field included. For content below 2^32 - 4 bytes. */
export function paddedSize(bytes: number): number {
  const size = bytes + LENGTH_BYTES
  if (size <= SMALLEST) return SMALLEST
  if (size <= SECOND) return SECOND
  const exponent = floorLog2(size)
  const free = 2 ** (exponent - (floorLog2(exponent) + 1))
  return Math.ceil(size / free) * free
}

/** Exact, unlike Math.log2, which a platform may approximate: two members must agree on every size. For 1 to 2^32 - 1. */
function floorLog2(value: number): number {
  return 31 - Math.clz32(value)
}

/** Pads to the size class, or to `size` bytes exactly. Throws `CryptoError('too_large')` when the content does not fit. */
export function pad(bytes: Bytes, size: number = paddedSize(bytes.length)): Bytes {
  if (bytes.length + LENGTH_BYTES > size) throw new CryptoError('too_large', 'content does not fit')
  return concat(u32(bytes.length), bytes, new Uint8Array(size - LENGTH_BYTES - bytes.length))
}

/** A view of the content. Throws `CryptoError('bad_padding')` unless `pad` would make these very bytes of it. */
export function unpad(padded: Bytes, size?: number): Bytes {
  const length = padded.length < LENGTH_BYTES ? -1 : readU32(padded, 0)
  const end = LENGTH_BYTES + length
  if (length < 0 || end > padded.length || padded.length !== (size ?? paddedSize(length))) {
    throw new CryptoError('bad_padding', 'wrong padded size')
  }
  let rest = 0
  for (let i = end; i < padded.length; i++) rest |= padded[i] ?? 0
  if (rest !== 0) throw new CryptoError('bad_padding', 'padding is not zeros')
  return padded.subarray(LENGTH_BYTES, end)
}
