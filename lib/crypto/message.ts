/**
 * One envelope's three sealed fields (docs/protocol.md, Envelopes): header, body and signature. Called by sending.ts and
 * receiving.ts. Nothing here keeps state: the header key and the message key come from the epoch's secrets and its chain.
 */
import { type Bytes, concat, fromBase64, readU32, toBase64, u32, utf8, wipe } from '#lib/wire/bytes.ts'
import type { SealedFields } from '#lib/wire/frames.ts'
import { CryptoError } from './errors.ts'
import { pad, unpad } from './padding.ts'
import {
  expand,
  KEY_BYTES,
  NONCE_BYTES,
  openOnce,
  openRandom,
  openSignature,
  sealOnce,
  sealRandom,
  sealSignature,
  SINGLE_USE_BYTES,
} from './primitives.ts'

/** What a header says: all that a newcomer may learn of an epoch's earlier frames. */
export interface Header {
  readonly epoch: number
  readonly counter: number
  readonly type: 'entry' | 'chunk'
}

/** The bytes of a frame's `payload`, `meta` and `sig`. */
export interface Envelope {
  readonly header: Bytes
  readonly body: Bytes
  readonly signature: Bytes
}

const TYPES = ['entry', 'chunk'] as const

/** Header: sealed under the epoch's header key with room and seat as associated data. `nonce` is 24 random bytes. */
export function sealHeader(roomId: Bytes, seat: string, headerKey: Bytes, header: Header, nonce: Bytes): Bytes {
  const plain = concat(u32(header.epoch), u32(header.counter), Uint8Array.of(TYPES.indexOf(header.type)))
  return sealRandom(headerKey, nonce, concat(roomId, utf8(seat)), plain)
}

/** The header, or null when it is of another epoch or forged. */
export function openHeader(roomId: Bytes, seat: string, headerKey: Bytes, sealed: Bytes): Header | null {
  const plain = openRandom(headerKey, concat(roomId, utf8(seat)), sealed)
  const type = TYPES[plain?.[8] ?? TYPES.length]
  if (plain === null || plain.length !== 9 || type === undefined) return null
  return { epoch: readU32(plain, 0), counter: readU32(plain, 4), type }
}

/** Seals body and signature under a message key, which is wiped. Header, room and seat are the body's associated data. */
export function sealMessage(roomId: Bytes, seat: string, header: Bytes, key: Bytes, content: Bytes, signature: Bytes): Envelope {
  const keys = messageKeys(roomId, key)
  const padded = pad(content)
  const body = sealOnce(keys.body, concat(roomId, utf8(seat), header), padded)
  const sealed = sealSignature(keys.signature, signature)
  wipe(key, keys.body, keys.signature, padded)
  return { header, body, signature: sealed }
}

/** Content and signature, or null when either does not open. The message key is not wiped: the caller may have to keep it. */
export function openMessage(
  roomId: Bytes,
  seat: string,
  envelope: Envelope,
  key: Bytes,
): { readonly content: Bytes; readonly signature: Bytes } | null {
  const keys = messageKeys(roomId, key)
  const padded = openOnce(keys.body, concat(roomId, utf8(seat), envelope.header), envelope.body)
  const signature = openSignature(keys.signature, envelope.signature)
  wipe(keys.body, keys.signature)
  if (padded === null || signature === null) return null
  try {
    return { content: unpad(padded), signature }
  } catch (error) {
    wipe(padded, signature)
    throw error
  }
}

function messageKeys(roomId: Bytes, key: Bytes): { readonly body: Bytes; readonly signature: Bytes } {
  const out = expand('message', key, roomId, SINGLE_USE_BYTES + KEY_BYTES + NONCE_BYTES)
  return { body: out.subarray(0, SINGLE_USE_BYTES), signature: out.subarray(SINGLE_USE_BYTES) }
}

/** An envelope as a frame carries it. */
export function envelopeFields(envelope: Envelope): SealedFields {
  return { payload: toBase64(envelope.body), meta: toBase64(envelope.header), sig: toBase64(envelope.signature) }
}

/** The envelope in a frame. Throws `CryptoError('not_opened')` when a field is no base64. */
export function envelopeOf(fields: SealedFields): Envelope {
  try {
    return { header: fromBase64(fields.meta), body: fromBase64(fields.payload), signature: fromBase64(fields.sig) }
  } catch {
    throw new CryptoError('not_opened', 'envelope does not open')
  }
}
