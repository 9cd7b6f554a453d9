/**
 * HKDF-SHA-256 (RFC 5869) over the platform's HMAC, without labels: primitives.ts, its one caller, puts them on (docs/protocol.md, Primitives).
 * Built here, not taken from the platform: node:crypto takes no more than 1,024 bytes of info, and a step binds two keys and a ciphertext.
 */
import { native } from '#native'
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'

const HASH_BYTES = 32
/** The block counter is one byte. */
const OUTPUT_BYTES = 255 * HASH_BYTES

/** Extract and expand: 1 to 8,160 bytes. The caller wipes `ikm` and the result. Throws `CryptoError('bad_length')`. */
export function hkdf(salt: Bytes, ikm: Bytes, info: Bytes, length: number): Bytes {
  const key = native.hmac(salt, ikm)
  try {
    return hkdfExpand(key, info, length)
  } finally {
    wipe(key)
  }
}

/** Expand alone (section 2.3): 1 to 8,160 bytes. The caller wipes the key and the result. Throws `CryptoError('bad_length')`. */
export function hkdfExpand(key: Bytes, info: Bytes, length: number): Bytes {
  const possible = Number.isInteger(length) && length >= 1 && length <= OUTPUT_BYTES
  if (!possible) throw new CryptoError('bad_length', 'no such derived length')
  const out = new Uint8Array(length)
  // T(i-1) ‖ info ‖ i, of which the first block has no T: one buffer for all blocks, since every message derives two keys in this way.
  const input = new Uint8Array(HASH_BYTES + info.length + 1)
  input.set(info, HASH_BYTES)
  for (let at = 0, i = 1; at < length; at += HASH_BYTES, i++) {
    input[input.length - 1] = i
    const block = native.hmac(key, i === 1 ? input.subarray(HASH_BYTES) : input)
    input.set(block)
    out.set(block.subarray(0, length - at), at)
    wipe(block)
  }
  wipe(input)
  return out
}
