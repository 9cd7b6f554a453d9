/**
 * Entries: signed, hash-chained events of a room, and beats, which are signed and not chained (docs/protocol.md, Entries). Built and
 * read by lib/client. An entry does not know which envelope carries it, so it can be sealed again for whoever missed it.
 */
import { canonicalBytes, exactKeys, type Json, type JsonObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { isSeat, MEMBER_ID_BYTES } from '#lib/crypto/claim.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { bytesField, bytesOf, integerField, listField, listOf, objectField, textField } from '#lib/crypto/fields.ts'
import { hash, HASH_BYTES, type MemberKey, type Random, type Signer } from '#lib/crypto/primitives.ts'
import { type Bytes, concat, equal, fromBase64url, toBase64url } from '#lib/wire/bytes.ts'
import { ROOM_ID_BYTES, SEAT_BYTES } from '#lib/wire/limits.ts'
import { kindFault } from './kinds.ts'
import { ENTRY_BYTES, LAST_N, SALT_BYTES, SEEN_IN_BEAT, SEEN_IN_ENTRY } from './limits.ts'

const VERSION = 1
export const BEAT = 'core.beat'

/** Where a log stands: its newest entry's number (0 = none yet) and hash (zeros then). */
export interface Head {
  readonly n: number
  readonly hash: Bytes
}

/** Of a log in which nothing was said. */
export const NO_HEAD: Head = { n: 0, hash: new Uint8Array(HASH_BYTES) }

/** A head of somebody's log, by the log's id. */
export interface NamedHead extends Head {
  readonly log: string
}

/** What both kinds of content say. */
interface Said {
  /** Member id, 16 bytes. */
  readonly member: Bytes
  /** The author's clock, ms since 1970. Shown, never used to order. */
  readonly time: number
  readonly kind: string
  readonly body: JsonObject
  /** Heads of others that the author had seen. */
  readonly seen: readonly NamedHead[]
  /** Digest of the seats that the author's epoch was given to. */
  readonly roster: Bytes
  /** 16 random bytes: a hash of the entry tells nothing to who may not read it. */
  readonly salt: Bytes
}

export interface Entry extends Said {
  readonly log: string
  readonly n: number
  readonly prev: Bytes
}

/** An unchained content: signed for one epoch and counter, so that it cannot be said twice. */
export interface Beat extends Said {
  readonly seat: string
  readonly epoch: number
  readonly counter: number
  /** The author's own head. */
  readonly head: NamedHead
}

/** A content as it goes into an envelope. */
export interface Signed {
  readonly bytes: Bytes
  readonly signature: Bytes
}

export interface SignedEntry extends Signed {
  readonly entry: Entry
  readonly hash: Bytes
}

/** Signs an entry. Throws `CryptoError`: too_large, or bad_object when the body is not to be signed. */
export function signEntry(roomId: Bytes, entry: Entry, signer: Signer): SignedEntry {
  const bytes = canonicalBytes({ ...saidToJson(roomId, entry), log: entry.log, n: entry.n, prev: toBase64url(entry.prev) })
  if (bytes.length > ENTRY_BYTES) throw new CryptoError('too_large', 'entry too large')
  return { entry, bytes, signature: signer.sign('signEntry', bytes), hash: entryHash(bytes) }
}

export function signBeat(roomId: Bytes, beat: Beat, signer: Signer): Signed {
  const { seat, epoch, counter } = beat
  const bytes = canonicalBytes({ ...saidToJson(roomId, beat), seat, epoch, counter, head: headToJson(beat.head) })
  return { bytes, signature: signer.sign('signUnchained', bytes) }
}

/** Hash of an entry's canonical bytes: its successor's `prev`, and what heads name. */
export function entryHash(bytes: Bytes): Bytes {
  return hash('entryHash', bytes)
}

/** Bytes of its member's id that a log id begins with: nobody can find another key for them. */
const LOG_MEMBER_BYTES = 12

/** A new device's log id: 12 bytes of its member's id ‖ 6 random bytes, in base64url. So a log says itself whose it is. */
export function newLog(memberId: Bytes, random: Random): string {
  return toBase64url(concat(memberId.subarray(0, LOG_MEMBER_BYTES), random(SEAT_BYTES - LOG_MEMBER_BYTES)))
}

/** True when the log id is one of that member. */
export function isLogOf(log: string, memberId: Bytes): boolean {
  return isSeat(log) && equal(fromBase64url(log).subarray(0, LOG_MEMBER_BYTES), memberId.subarray(0, LOG_MEMBER_BYTES))
}

/** Who must have said an entry. */
export interface Writer {
  readonly roomId: Bytes
  readonly member: MemberKey
  readonly memberId: Bytes
}

/** Who must have said a content, and in which envelope it came. */
export interface Author extends Writer {
  readonly seat: string
  readonly epoch: number
  readonly counter: number
}

export type Content = ({ readonly is: 'entry' } & SignedEntry) | { readonly is: 'beat'; readonly beat: Beat }

/**
 * Reads and verifies the content of an author's own envelope.
 * Throws `CryptoError`: too_large, not_canonical, bad_object, wrong_room, wrong_member, wrong_seat, wrong_epoch, bad_signature.
 */
export function readContent(bytes: Bytes, signature: Bytes, author: Author): Content {
  if (bytes.length > ENTRY_BYTES) throw new CryptoError('too_large', 'entry too large')
  const json = parseCanonical(bytes)
  const isBeat = json['kind'] === BEAT
  if (!author.member.verify(isBeat ? 'signUnchained' : 'signEntry', bytes, signature)) {
    throw new CryptoError('bad_signature', 'signature does not verify')
  }
  if (isBeat) return { is: 'beat', beat: beatOf(json, author) }
  return { is: 'entry', ...kept(entryOf(json, author), bytes, signature) }
}

/**
 * Reads and verifies an entry that somebody else kept: its own signature says who said it. Throws as `readContent`.
 */
export function readEntry(bytes: Bytes, signature: Bytes, writer: Writer): SignedEntry {
  if (bytes.length > ENTRY_BYTES) throw new CryptoError('too_large', 'entry too large')
  const json = parseCanonical(bytes)
  if (!writer.member.verify('signEntry', bytes, signature)) throw new CryptoError('bad_signature', 'signature does not verify')
  return kept(entryOf(json, writer), bytes, signature)
}

/** Copies: what an envelope opened to is wiped. */
function kept(entry: Entry, bytes: Bytes, signature: Bytes): SignedEntry {
  return { entry, bytes: bytes.slice(), signature: signature.slice(), hash: entryHash(bytes) }
}

const SAID_KEYS = ['v', 'room', 'member', 'time', 'kind', 'body', 'seen', 'roster', 'salt']

function saidToJson(roomId: Bytes, said: Said): Readonly<Record<string, Json>> {
  return {
    v: VERSION,
    room: toBase64url(roomId),
    member: toBase64url(said.member),
    time: said.time,
    kind: said.kind,
    body: said.body,
    seen: said.seen.map(headToJson),
    roster: toBase64url(said.roster),
    salt: toBase64url(said.salt),
  }
}

function saidOf(json: JsonObject, author: Writer, mostSeen: number): Said {
  if (json['v'] !== VERSION) throw new CryptoError('bad_object', 'unknown version')
  if (!equal(bytesField(json, 'room', ROOM_ID_BYTES), author.roomId)) throw new CryptoError('wrong_room', 'entry of another room')
  const member = bytesField(json, 'member', MEMBER_ID_BYTES)
  if (!equal(member, author.memberId)) throw new CryptoError('wrong_member', 'entry of another member')
  const [kind, body] = [textField(json, 'kind'), objectField(json, 'body')]
  if (kindFault(kind, body) !== null) throw new CryptoError('bad_object', 'body does not suit its kind')
  return {
    member,
    time: integerField(json, 'time', 0, Number.MAX_SAFE_INTEGER),
    kind,
    body,
    seen: listField(json, 'seen', mostSeen).map(namedHead),
    roster: bytesField(json, 'roster', HASH_BYTES),
    salt: bytesField(json, 'salt', SALT_BYTES),
  }
}

function entryOf(json: JsonObject, author: Writer): Entry {
  exactKeys(json, [...SAID_KEYS, 'log', 'n', 'prev'])
  const log = textField(json, 'log')
  if (!isLogOf(log, author.memberId)) throw new CryptoError('bad_object', 'not a log of its member')
  return {
    ...saidOf(json, author, SEEN_IN_ENTRY),
    log,
    n: integerField(json, 'n', 1, LAST_N),
    prev: bytesField(json, 'prev', HASH_BYTES),
  }
}

function beatOf(json: JsonObject, author: Author): Beat {
  exactKeys(json, [...SAID_KEYS, 'seat', 'epoch', 'counter', 'head'])
  const { seat, epoch, counter } = author
  if (json['seat'] !== seat) throw new CryptoError('wrong_seat', 'beat of another seat')
  if (json['epoch'] !== epoch || json['counter'] !== counter) throw new CryptoError('wrong_epoch', 'beat of another envelope')
  return { ...saidOf(json, author, SEEN_IN_BEAT), seat, epoch, counter, head: namedHead(json['head']) }
}

/** A head in JSON: [log, n, hash]. */
export function headToJson(head: NamedHead): Json {
  return [head.log, head.n, toBase64url(head.hash)]
}

/** Reads a head. Throws `CryptoError('bad_object')`. */
export function namedHead(value: Json | undefined): NamedHead {
  const [log, n, hash] = listOf(value, 3)
  if (typeof log !== 'string' || !isSeat(log)) throw new CryptoError('bad_object', 'not a log id')
  if (typeof n !== 'number' || n < 0 || n > LAST_N) throw new CryptoError('bad_object', 'head out of range')
  return { log, n, hash: bytesOf(hash, HASH_BYTES) }
}
