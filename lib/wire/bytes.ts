/**
 * Bytes and their text forms. Everything that encodes, joins, compares or wipes bytes comes from here.
 * Called by every layer. Encodings: RFC 4648 sections 4 (base64) and 5 (base64url, without padding), big-endian integers.
 */
import { WireError } from './errors.ts'

export type Bytes = Uint8Array

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

/** The text of UTF-8 bytes. Throws `WireError('bad_utf8')`. */
export function fromUtf8(bytes: Bytes): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new WireError('bad_utf8', 'not UTF-8')
  }
}

/** One new array holding all parts in order. */
export function concat(...parts: readonly Bytes[]): Bytes {
  let size = 0
  for (const part of parts) size += part.length
  const joined = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Unsigned 32-bit big-endian integer, 4 bytes. `value` must be an integer from 0 to 2^32 - 1. */
export function u32(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new RangeError('not an unsigned 32-bit integer')
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Reads an unsigned 32-bit big-endian integer at an offset that the caller has checked. */
export function readU32(bytes: Bytes, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at)
}

/** True when both hold the same bytes. Takes a time that depends on the length alone. */
export function equal(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}

/** Overwrites secrets with zeros. The buffers must not be used again. */
export function wipe(...secrets: readonly Bytes[]): void {
  for (const secret of secrets) secret.fill(0)
}

/** Base64 with padding, as the relay contract writes bytes. */
export function toBase64(bytes: Bytes): string {
  return bytes.toBase64()
}

/** Base64url without padding, as sealed objects, seats and links write bytes. */
export function toBase64url(bytes: Bytes): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** Bytes of canonical base64: one text for each byte string. Throws `WireError('bad_base64')`. */
export function fromBase64(text: string): Bytes {
  return decode(text, { alphabet: 'base64', lastChunkHandling: 'strict' }, toBase64)
}

/** Bytes of canonical base64url without padding. Throws `WireError('bad_base64')`. */
export function fromBase64url(text: string): Bytes {
  return decode(text, { alphabet: 'base64url', lastChunkHandling: 'loose' }, toBase64url)
}

function decode(text: string, form: Parameters<typeof Uint8Array.fromBase64>[1], encode: (bytes: Bytes) => string): Bytes {
  let bytes: Bytes
  try {
    bytes = Uint8Array.fromBase64(text, form)
  } catch {
    throw new WireError('bad_base64', 'not base64')
  }
  // The decoder skips white space and, when loose, stray bits: only the text that encoding gives back is canonical.
  if (encode(bytes) !== text) throw new WireError('bad_base64', 'not canonical base64')
  return bytes
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Bytes): string {
  return bytes.toHex()
}

/** Bytes of lower-case hexadecimal. Throws `WireError('bad_hex')`. */
export function fromHex(text: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new WireError('bad_hex', 'not lower-case hexadecimal')
  return Uint8Array.fromHex(text)
}
