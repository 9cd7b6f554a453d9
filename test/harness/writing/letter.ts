/** What lib/ makes of the values that vectors of letters give. Called by test/vectors/make.ts and by the tests of letters. */
import { canonicalBytes } from '#lib/crypto/canonical.ts'
import { proofOf, sealLetter } from '#lib/crypto/letter.ts'
import { letterToJson, type LetterContent, type Range } from '#lib/client/letters.ts'
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
  /** Of the same log. */
  readonly began: GivenHead
  readonly heads: readonly GivenHead[]
  readonly answers: string
  readonly asked: string
  readonly proofs: readonly string[]
  readonly topic: readonly GivenTopic[]
}

/** An entry of the topic, and who said it. */
export interface GivenTopic {
  readonly entry: string
  readonly signature: string
  readonly seat: string
  readonly claim: string
}

export interface GivenAsk {
  readonly nonce: string
  readonly state: boolean
  readonly roster: boolean
  readonly entries: readonly Range[]
}

export interface GivenRepair {
  readonly nonce: string
  readonly entries: readonly { readonly entry: string; readonly signature: string }[]
  readonly authors: readonly { readonly log: string; readonly seat: string; readonly claim: string }[]
  readonly roster: readonly { readonly seat: string; readonly memberId: string }[]
}

export interface GivenLetter {
  readonly room: GivenRoom
  readonly from: GivenParty
  readonly to: GivenParty
  /** The pair secret that salts it, or null. */
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

export interface GivenProof {
  readonly roomId: string
  readonly pair: string
  readonly from: string
  readonly to: string
}

export function makeProof({ roomId, pair, from, to }: GivenProof) {
  return { proof: toHex(proofOf(fromHex(roomId), fromHex(pair), from, to)) }
}

export function askOf({ nonce, state, roster, entries }: GivenAsk): LetterContent {
  return { kind: 'ask', nonce: fromHex(nonce), state, roster, entries }
}

export function repairOf({ nonce, entries, authors, roster }: GivenRepair): LetterContent {
  return {
    kind: 'repair',
    nonce: fromHex(nonce),
    entries: entries.map(({ entry, signature }) => ({ bytes: fromHex(entry), signature: fromHex(signature) })),
    authors: authors.map(({ log, seat, claim }) => ({ log, seat, sealedClaim: fromHex(claim) })),
    roster: roster.map(({ seat, memberId }) => ({ seat, memberId: fromHex(memberId) })),
  }
}

export function ackOf({ state }: { readonly state: string }): LetterContent {
  return { kind: 'ack', state: fromHex(state) }
}

export function stateOf(given: GivenState): LetterContent {
  const { epoch, counter, chain, header, file, head, began, heads, answers, asked, proofs, topic } = given
  const keys = { chain: { key: fromHex(chain), next: counter }, headerKey: fromHex(header), fileKey: fromHex(file) }
  const from = { n: began.n, hash: fromHex(began.hash) }
  const named = { head: headOf(head), began: from, heads: heads.map(headOf) }
  const why = { answers: bytesOrNull(answers), asked: bytesOrNull(asked), proofs: proofs.map(fromHex) }
  const said = topic.map(({ entry, signature, seat, claim }) => ({
    bytes: fromHex(entry),
    signature: fromHex(signature),
    seat,
    sealedClaim: fromHex(claim),
  }))
  return { kind: 'state', start: { epoch, ...keys }, ...named, ...why, topic: said }
}

export function headOf({ log, n, hash }: GivenHead): NamedHead {
  return { log, n, hash: fromHex(hash) }
}

function bytesOrNull(hex: string): Bytes | null {
  return hex === '' ? null : fromHex(hex)
}
