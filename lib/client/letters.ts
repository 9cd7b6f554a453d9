/**
 * What letters say (docs/protocol.md, Letters): a state handed over, a question for one, a word that one has arrived.
 * Built and read by handshake.ts; sealed by lib/crypto/letter.
 */
import { exactKeys, type JsonObject } from '#lib/crypto/canonical.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { bytesField, bytesOf, integerField, listField, textField } from '#lib/crypto/fields.ts'
import { HASH_BYTES, KEY_BYTES } from '#lib/crypto/primitives.ts'
import type { EpochStart } from '#lib/crypto/receiving.ts'
import { headToJson, namedHead, type NamedHead } from '#lib/room/entry.ts'
import { type Bytes, toBase64url } from '#lib/wire/bytes.ts'
import { LARGEST_ROOM } from '#lib/wire/limits.ts'

export const ASK_BYTES = 16
const LAST = 0xffff_ffff

/** What lets a receiver follow the sender from here on, and nothing before. */
export interface StateLetter {
  readonly kind: 'state'
  /** Where the sender's current chain stands: never the epoch's seed. */
  readonly start: EpochStart
  /** The sender's own head: here its log begins for the receiver. */
  readonly head: NamedHead
  /** Heads that the sender holds of others. */
  readonly heads: readonly NamedHead[]
  /** Hash of the receiver's state letter that this one answers, or null. */
  readonly answers: Bytes | null
  /** Nonce of the receiver's ask that this one answers, or null. */
  readonly asked: Bytes | null
}

export type LetterContent =
  | StateLetter
  | { readonly kind: 'ask'; readonly nonce: Bytes }
  /** The state letter of this hash has arrived. */
  | { readonly kind: 'ack'; readonly state: Bytes }

/** A letter's content as it is signed. Key bytes in it become text: they live as long as the letter is being sealed. */
export function letterToJson(content: LetterContent): JsonObject {
  switch (content.kind) {
    case 'ask':
      return { kind: 'ask', nonce: toBase64url(content.nonce) }
    case 'ack':
      return { kind: 'ack', state: toBase64url(content.state) }
    case 'state':
      return stateToJson(content)
  }
}

/** Reads a letter's content. Throws `CryptoError('bad_object')`. */
export function letterOf(json: JsonObject): LetterContent {
  switch (json['kind']) {
    case 'state':
      return stateOf(json)
    case 'ask':
      exactKeys(json, ['kind', 'nonce'])
      return { kind: 'ask', nonce: bytesField(json, 'nonce', ASK_BYTES) }
    case 'ack':
      exactKeys(json, ['kind', 'state'])
      return { kind: 'ack', state: bytesField(json, 'state', HASH_BYTES) }
    default:
      throw new CryptoError('bad_object', 'unknown kind of letter')
  }
}

function stateToJson({ start, head, heads, answers, asked }: StateLetter): JsonObject {
  return {
    kind: 'state',
    epoch: start.epoch,
    counter: start.chain.next,
    chain: toBase64url(start.chain.key),
    header: toBase64url(start.headerKey),
    file: toBase64url(start.fileKey),
    head: headToJson(head),
    heads: heads.map(headToJson),
    answers: answers === null ? '' : toBase64url(answers),
    asked: asked === null ? '' : toBase64url(asked),
  }
}

function stateOf(json: JsonObject): StateLetter {
  exactKeys(json, ['kind', 'epoch', 'counter', 'chain', 'header', 'file', 'head', 'heads', 'answers', 'asked'])
  const head = namedHead(json['head'])
  return {
    kind: 'state',
    start: {
      epoch: integerField(json, 'epoch', 0, LAST),
      chain: { key: bytesField(json, 'chain', KEY_BYTES), next: integerField(json, 'counter', 0, LAST) },
      headerKey: bytesField(json, 'header', KEY_BYTES),
      fileKey: bytesField(json, 'file', KEY_BYTES),
    },
    head,
    heads: listField(json, 'heads', LARGEST_ROOM).map(namedHead),
    answers: optionalBytes(json, 'answers', HASH_BYTES),
    asked: optionalBytes(json, 'asked', ASK_BYTES),
  }
}

function optionalBytes(json: JsonObject, key: string, length: number): Bytes | null {
  return textField(json, key) === '' ? null : bytesOf(json[key], length)
}
