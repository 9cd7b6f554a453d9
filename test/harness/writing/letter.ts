/** What lib/ makes of the values that vectors of letters give. Called by test/vectors/make.ts and by the tests of letters. */
import { canonicalBytes } from '#lib/crypto/canonical.ts'
import { sealLetter } from '#lib/crypto/letter.ts'
import { letterToJson, type LetterContent } from '#lib/client/letters.ts'
import type { NamedHead } from '#lib/room/entry.ts'
import { type Bytes, fromHex, fromUtf8, toHex } from '#lib/wire/bytes.ts'
import { type GivenParty, type GivenRoom, partyOf, roomOf, senderOf } from './party.ts'

/** A head with its hash in hexadecimal. */
export interface GivenHead {
  readonly log: string
  readonly n: number
  readonly hash: string
}

/** What a letter of each kind says: bytes in hexadecimal, '' where there is nothing. */
export interface GivenState {
  readonly epoch: number
  readonly counter: number
  readonly chain: string
  readonly header: string
  readonly file: string
  readonly head: GivenHead
  readonly heads: readonly GivenHead[]
  readonly answers: string
  readonly asked: string
}

export interface GivenLetter {
  readonly room: GivenRoom
  readonly from: GivenParty
  readonly to: GivenParty
  /** The pair secret that proves a former seat, or null. */
  readonly pair: string | null
  /** The 64 bytes that X-Wing encapsulates from: 32 for ML-KEM, 32 for X25519. */
  readonly encapsulation: string
}

/** `payload` as the frame holds it. */
export function makeLetter(given: GivenLetter, says: LetterContent) {
  const room = roomOf(given.room)
  const [from, to] = [partyOf(room, given.from), partyOf(room, given.to)]
  const json = letterToJson(says)
  const pair = given.pair === null ? null : fromHex(given.pair)
  const sealed = sealLetter(room, senderOf(from), to, json, pair, () => fromHex(given.encapsulation))
  const { payload, hash, root } = sealed
  return {
    content: fromUtf8(canonicalBytes(json)),
    payload,
    letterHash: toHex(hash),
    root: toHex(root),
    pair: toHex(sealed.pair),
  }
}

export function askOf({ nonce }: { readonly nonce: string }): LetterContent {
  return { kind: 'ask', nonce: fromHex(nonce) }
}

export function ackOf({ state }: { readonly state: string }): LetterContent {
  return { kind: 'ack', state: fromHex(state) }
}

export function stateOf({ epoch, counter, chain, header, file, head, heads, answers, asked }: GivenState): LetterContent {
  const keys = { chain: { key: fromHex(chain), next: counter }, headerKey: fromHex(header), fileKey: fromHex(file) }
  const named = { head: headOf(head), heads: heads.map(headOf) }
  return { kind: 'state', start: { epoch, ...keys }, ...named, answers: bytesOrNull(answers), asked: bytesOrNull(asked) }
}

export function headOf({ log, n, hash }: GivenHead): NamedHead {
  return { log, n, hash: fromHex(hash) }
}

function bytesOrNull(hex: string): Bytes | null {
  return hex === '' ? null : fromHex(hex)
}
