/**
 * What letters say (docs/protocol.md, Letters): a state handed over, a question for one, a word that one has arrived.
 * Built and read by handshake.ts; sealed by lib/crypto/letter.
 */
import { exactKeys, type Json, type JsonObject } from '#lib/crypto/canonical.ts'
import { isSeat, MEMBER_ID_BYTES } from '#lib/crypto/claim.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { booleanField, bytesField, bytesOf, integerField, listField, listOf, textField } from '#lib/crypto/fields.ts'
import { PROOF_BYTES } from '#lib/crypto/letter.ts'
import { HASH_BYTES, KEY_BYTES, SIGNATURE_BYTES } from '#lib/crypto/primitives.ts'
import type { EpochStart } from '#lib/crypto/receiving.ts'
import { type Head, headToJson, namedHead, type NamedHead, type Signed } from '#lib/room/entry.ts'
import { ENTRY_BYTES } from '#lib/room/limits.ts'
import type { Seated } from '#lib/room/roster.ts'
import { type Bytes, toBase64url } from '#lib/wire/bytes.ts'
import { LARGEST_ROOM, SEALED_CLAIM_BYTES } from '#lib/wire/limits.ts'

export const ASK_BYTES = 16
const LAST = 0xffff_ffff
/** Ranges of entries in one ask. */
export const ASKED_RANGES = 16
/** Entries in one repair letter. */
export const REPAIRED_ENTRIES = 256
/** Proofs in a state: for each former seat that the receiver may know, by all pair secrets of the newest where it is not known which it has. */
export const MOST_PROOFS = 40
/** Entries of the topic in a state: the lock in force, and the topic. */
export const HANDED_TOPICS = 2
const ENTRY_CHARS = Math.ceil((ENTRY_BYTES * 4) / 3)

/** What lets a receiver follow the sender from here on, and nothing before. */
export interface StateLetter {
  readonly kind: 'state'
  /** Where the sender's current chain stands: never the epoch's seed. */
  readonly start: EpochStart
  /** The sender's own head. */
  readonly head: NamedHead
  /** Where the sender's log begins for the receiver: where it took its seat, if the receiver was there before, else its head. */
  readonly began: Head
  /** Heads that the sender holds of others. */
  readonly heads: readonly NamedHead[]
  /** Hash of the receiver's state letter that this one answers, or null. */
  readonly answers: Bytes | null
  /** Nonce of the receiver's ask that this one answers, or null. */
  readonly asked: Bytes | null
  /** That the sender continues a former seat: one for each that it may be for the receiver, 16 bytes. */
  readonly proofs: readonly Bytes[]
  /** The lock and the topic in force. */
  readonly topic: readonly HandedTopic[]
}

/** An entry of the topic for who was not here when it was said, and a claim that shows who said it. */
export interface HandedTopic extends Signed {
  readonly seat: string
  readonly sealedClaim: Bytes
}

/** Numbers of a log, both included. */
export interface Range {
  readonly log: string
  readonly from: number
  readonly to: number
}

/** A question. Answered by a state letter, by a repair letter, or by both. */
export interface AskLetter {
  readonly kind: 'ask'
  readonly nonce: Bytes
  /** Asks for the receiver's state. */
  readonly state: boolean
  /** Asks for the roster that the receiver's epoch was given to. */
  readonly roster: boolean
  /** Asks for entries. */
  readonly entries: readonly Range[]
}

/** Who wrote in a log: a claim of one of its seats, which the receiver may never have seen. */
export interface Introduction {
  readonly log: string
  readonly seat: string
  readonly sealedClaim: Bytes
}

export interface RepairLetter {
  readonly kind: 'repair'
  /** Of the ask that this answers. */
  readonly nonce: Bytes
  readonly entries: readonly Signed[]
  readonly authors: readonly Introduction[]
  /** Whom the sender's epoch was given to, when that was asked. */
  readonly roster: readonly Seated[]
}

export type LetterContent =
  | StateLetter
  | AskLetter
  | RepairLetter
  /** The state letter of this hash has arrived. */
  | { readonly kind: 'ack'; readonly state: Bytes }

/** A letter's content as it is signed. Key bytes in it become text: they live as long as the letter is being sealed. */
export function letterToJson(content: LetterContent): JsonObject {
  switch (content.kind) {
    case 'ask':
      return askToJson(content)
    case 'ack':
      return { kind: 'ack', state: toBase64url(content.state) }
    case 'state':
      return stateToJson(content)
    case 'repair':
      return repairToJson(content)
  }
}

/** Reads a letter's content. Throws `CryptoError`: bad_object, too_large. */
export function letterOf(json: JsonObject): LetterContent {
  switch (json['kind']) {
    case 'state':
      return stateOf(json)
    case 'ask':
      return askOf(json)
    case 'ack':
      exactKeys(json, ['kind', 'state'])
      return { kind: 'ack', state: bytesField(json, 'state', HASH_BYTES) }
    case 'repair':
      return repairOf(json)
    default:
      throw new CryptoError('bad_object', 'unknown kind of letter')
  }
}

function stateToJson({ start, head, began, heads, answers, asked, proofs, topic }: StateLetter): JsonObject {
  return {
    kind: 'state',
    epoch: start.epoch,
    counter: start.chain.next,
    chain: toBase64url(start.chain.key),
    header: toBase64url(start.headerKey),
    file: toBase64url(start.fileKey),
    head: headToJson(head),
    began: headToJson({ ...began, log: head.log }),
    heads: heads.map(headToJson),
    answers: answers === null ? '' : toBase64url(answers),
    asked: asked === null ? '' : toBase64url(asked),
    proofs: proofs.map(toBase64url),
    topic: topic.map(handedToJson),
  }
}

const START_KEYS = ['epoch', 'counter', 'chain', 'header', 'file']
const STATE_KEYS = ['kind', ...START_KEYS, 'head', 'began', 'heads', 'answers', 'asked', 'proofs', 'topic']

function stateOf(json: JsonObject): StateLetter {
  exactKeys(json, STATE_KEYS)
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
    began: beganOf(namedHead(json['began']), head),
    heads: listField(json, 'heads', LARGEST_ROOM).map(namedHead),
    answers: optionalBytes(json, 'answers', HASH_BYTES),
    asked: optionalBytes(json, 'asked', ASK_BYTES),
    proofs: listField(json, 'proofs', MOST_PROOFS).map((proof) => bytesOf(proof, PROOF_BYTES)),
    topic: listField(json, 'topic', HANDED_TOPICS).map(handedOf),
  }
}

function handedToJson({ bytes, signature, seat, sealedClaim }: HandedTopic): Json {
  return [...signedToJson({ bytes, signature }), seat, toBase64url(sealedClaim)]
}

function handedOf(value: Json): HandedTopic {
  const [entry, signature, seat, claim] = tupleOf(value, 4)
  return { ...signedOf([entry ?? null, signature ?? null]), seat: seatOf(seat), sealedClaim: bytesOf(claim, SEALED_CLAIM_BYTES) }
}

function beganOf(began: NamedHead, head: NamedHead): Head {
  if (began.log !== head.log || began.n > head.n) throw new CryptoError('bad_object', 'log began elsewhere')
  return { n: began.n, hash: began.hash }
}

function askToJson({ nonce, state, roster, entries }: AskLetter): JsonObject {
  return {
    kind: 'ask',
    nonce: toBase64url(nonce),
    state,
    roster,
    entries: entries.map(({ log, from, to }) => [log, from, to]),
  }
}

function askOf(json: JsonObject): AskLetter {
  exactKeys(json, ['kind', 'nonce', 'state', 'roster', 'entries'])
  return {
    kind: 'ask',
    nonce: bytesField(json, 'nonce', ASK_BYTES),
    state: booleanField(json, 'state'),
    roster: booleanField(json, 'roster'),
    entries: listField(json, 'entries', ASKED_RANGES).map(rangeOf),
  }
}

function rangeOf(value: Json): Range {
  const [log, from, to] = tupleOf(value, 3)
  const numbers = typeof from === 'number' && typeof to === 'number' && from >= 1 && from <= to && to <= LAST
  if (!numbers) throw new CryptoError('bad_object', 'range out of order')
  return { log: seatOf(log), from, to }
}

function repairToJson({ nonce, entries, authors, roster }: RepairLetter): JsonObject {
  return {
    kind: 'repair',
    nonce: toBase64url(nonce),
    entries: entries.map(signedToJson),
    authors: authors.map(({ log, seat, sealedClaim }) => [log, seat, toBase64url(sealedClaim)]),
    roster: roster.map(({ seat, memberId }) => [seat, toBase64url(memberId)]),
  }
}

function repairOf(json: JsonObject): RepairLetter {
  exactKeys(json, ['kind', 'nonce', 'entries', 'authors', 'roster'])
  return {
    kind: 'repair',
    nonce: bytesField(json, 'nonce', ASK_BYTES),
    entries: listField(json, 'entries', REPAIRED_ENTRIES).map(signedOf),
    authors: listField(json, 'authors', ASKED_RANGES).map(introductionOf),
    roster: listField(json, 'roster', LARGEST_ROOM).map(seatedOf),
  }
}

function signedToJson({ bytes, signature }: Signed): readonly string[] {
  return [toBase64url(bytes), toBase64url(signature)]
}

function signedOf(value: Json): Signed {
  const [entry, signature] = tupleOf(value, 2)
  if (typeof entry !== 'string' || entry.length > ENTRY_CHARS) throw new CryptoError('bad_object', 'not an entry')
  const bytes = bytesOf(entry, Math.floor((entry.length * 3) / 4))
  return { bytes, signature: bytesOf(signature, SIGNATURE_BYTES) }
}

function introductionOf(value: Json): Introduction {
  const [log, seat, claim] = tupleOf(value, 3)
  return { log: seatOf(log), seat: seatOf(seat), sealedClaim: bytesOf(claim, SEALED_CLAIM_BYTES) }
}

function seatedOf(value: Json): Seated {
  const [seat, id] = tupleOf(value, 2)
  return { seat: seatOf(seat), memberId: bytesOf(id, MEMBER_ID_BYTES) }
}

function tupleOf(value: Json, length: number): readonly (Json | undefined)[] {
  const list = listOf(value, length)
  if (list.length !== length) throw new CryptoError('bad_object', 'not of its length')
  return list
}

function seatOf(value: Json | undefined): string {
  if (typeof value !== 'string' || !isSeat(value)) throw new CryptoError('bad_object', 'not a seat')
  return value
}

function optionalBytes(json: JsonObject, key: string, length: number): Bytes | null {
  return textField(json, key) === '' ? null : bytesOf(json[key], length)
}
