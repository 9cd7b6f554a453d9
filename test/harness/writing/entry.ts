/** What lib/ makes of the values that vectors of entries, beats and rosters give. Called by test/vectors/make.ts and by the tests of each. */
import { isObject, type JsonObject } from '#lib/crypto/canonical.ts'
import { memberId } from '#lib/crypto/claim.ts'
import { signer } from '#lib/crypto/primitives.ts'
import { type Beat, type Entry, signBeat, signEntry } from '#lib/room/entry.ts'
import { rosterDigest } from '#lib/room/roster.ts'
import { fromHex, fromUtf8, toHex } from '#lib/wire/bytes.ts'
import { type GivenHead, headOf } from './letter.ts'

/** Bytes in hexadecimal. */
interface GivenSaid {
  readonly roomId: string
  readonly signingSeed: string
  readonly time: number
  readonly kind: string
  /** A JSON object. */
  readonly body: unknown
  readonly seen: readonly GivenHead[]
  readonly roster: string
  readonly salt: string
}

export interface GivenEntry extends GivenSaid {
  readonly log: string
  readonly n: number
  readonly prev: string
}

export interface GivenBeat extends GivenSaid {
  readonly seat: string
  readonly epoch: number
  readonly counter: number
  readonly head: GivenHead
}

export function makeEntry(given: GivenEntry) {
  const { log, n, prev } = given
  const entry: Entry = { ...saidOf(given), log, n, prev: fromHex(prev) }
  const mine = signer(fromHex(given.signingSeed))
  const { bytes, signature, hash } = signEntry(fromHex(given.roomId), entry, mine)
  return { ...madeBy(given), json: fromUtf8(bytes), signature: toHex(signature), entryHash: toHex(hash) }
}

export function makeBeat(given: GivenBeat) {
  const { seat, epoch, counter, head } = given
  const beat: Beat = { ...saidOf(given), seat, epoch, counter, head: headOf(head) }
  const { bytes, signature } = signBeat(fromHex(given.roomId), beat, signer(fromHex(given.signingSeed)))
  return { ...madeBy(given), json: fromUtf8(bytes), signature: toHex(signature) }
}

/** The author: key and member id. */
function madeBy({ roomId, signingSeed }: GivenSaid): { readonly key: string; readonly memberId: string } {
  const key = signer(fromHex(signingSeed)).publicKey
  return { key: toHex(key), memberId: toHex(memberId(fromHex(roomId), key)) }
}

function saidOf(given: GivenSaid) {
  const { time, kind, body, seen, roster, salt } = given
  const member = fromHex(madeBy(given).memberId)
  return { member, time, kind, body: objectOf(body), seen: seen.map(headOf), roster: fromHex(roster), salt: fromHex(salt) }
}

function objectOf(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error('not an object')
  return value
}

export interface GivenRoster {
  readonly seats: readonly { readonly seat: string; readonly memberId: string }[]
}

export function makeRoster({ seats }: GivenRoster) {
  return { digest: toHex(rosterDigest(seats.map((one) => ({ seat: one.seat, memberId: fromHex(one.memberId) })))) }
}
