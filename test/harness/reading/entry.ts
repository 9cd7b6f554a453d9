/** The second reading of entries, beats, heads and the roster's digest (docs/protocol.md, Entries). Called by the tests of known answers. */
import {
  base64url,
  checkSignature,
  type Fields,
  haveFields,
  hexOf,
  join,
  labelled,
  Misread,
  type Octets,
  readObject,
  text,
  toHex,
} from './base.ts'

const SAID = ['v', 'room', 'member', 'time', 'kind', 'body', 'seen', 'roster', 'salt']

/** [log, n, hash]. */
export function readHead(value: unknown): { log: unknown; n: unknown; hash: string } {
  if (!Array.isArray(value) || value.length !== 3) throw new Misread('not a head')
  const [log, n, hash]: unknown[] = value
  return { log, n, hash: hexOf(hash) }
}

/** What both kinds of content say: bytes in hexadecimal. */
function readSaid(fields: Fields): Fields {
  const { v, room, member, time, kind, body, seen, roster, salt } = fields
  if (v !== 1 || !Array.isArray(seen)) throw new Misread('another version')
  const bytes = { room: hexOf(room), member: hexOf(member), roster: hexOf(roster), salt: hexOf(salt) }
  return { ...bytes, time, kind, body, seen: seen.map(readHead) }
}

/** A chained entry, signed under its own label; its hash is over the same bytes. */
export function readEntry(json: string, key: Octets, signature: Octets): { says: Fields; hash: string } {
  const octets = text(json)
  const fields = readObject(octets)
  haveFields(fields, ...SAID, 'log', 'n', 'prev')
  checkSignature('sign entry', key, octets, signature)
  const { log, member, n, prev } = fields
  const [owner, author] = [base64url(String(log)), base64url(String(member))].map((octets) => toHex(octets.slice(0, 12)))
  if (owner !== author || String(log).length !== 24) throw new Misread('not a log of its member')
  return { says: { ...readSaid(fields), log, n, prev: hexOf(prev) }, hash: toHex(labelled('entry hash', octets)) }
}

/** A beat: not chained, signed for one epoch and counter. */
export function readBeat(json: string, key: Octets, signature: Octets): { says: Fields } {
  const octets = text(json)
  const fields = readObject(octets)
  haveFields(fields, ...SAID, 'seat', 'epoch', 'counter', 'head')
  checkSignature('sign unchained', key, octets, signature)
  const { seat, epoch, counter, head } = fields
  return { says: { ...readSaid(fields), seat, epoch, counter, head: readHead(head) } }
}

/** SHA-256("roster" ‖ every seat ‖ member id, sorted by the bytes of the seat). */
export function rosterDigestOf(seats: readonly { readonly seat: string; readonly memberId: Octets }[]): Octets {
  const sorted = seats.toSorted((a, b) => Buffer.compare(Buffer.from(a.seat), Buffer.from(b.seat)))
  return labelled('roster', ...sorted.map(({ seat, memberId }) => join(text(seat), memberId)))
}
