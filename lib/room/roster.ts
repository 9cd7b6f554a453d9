/**
 * The roster: which member sits where (docs/protocol.md, Members, seats, claims). Its digest goes into every entry, so that a member
 * who was shown another room than the rest is found out; its names are compared by skeleton, so that nobody passes for another.
 */
import { hash } from '#lib/crypto/primitives.ts'
import { type Bytes, concat, utf8 } from '#lib/wire/bytes.ts'
import { skeleton } from '#lib/wire/names.ts'

/** One seat and who holds it. */
export interface Seated {
  readonly seat: string
  /** 16 bytes. */
  readonly memberId: Bytes
}

/** SHA-256 over the sorted (seat ‖ member id): order of arrival does not matter. */
export function rosterDigest(seats: readonly Seated[]): Bytes {
  const sorted = seats.toSorted((a, b) => (a.seat < b.seat ? -1 : 1))
  return hash('roster', ...sorted.map(({ seat, memberId }) => concat(utf8(seat), memberId)))
}

/** A name in use, in order of arrival. */
export interface NameHolder {
  /** Member id in hexadecimal. */
  readonly member: string
  readonly name: string
}

/** True when another member who came earlier holds a name that looks like this one. */
export function clashes(holders: readonly NameHolder[], holder: NameHolder): boolean {
  const shape = skeleton(holder.name)
  for (const earlier of holders) {
    if (earlier.member === holder.member) return false
    if (skeleton(earlier.name) === shape) return true
  }
  return false
}
