/**
 * The roster: which member sits where (docs/protocol.md, Members, seats, claims). Its digest goes into every entry, so that a member
 * who was shown another room than the rest is found out; its names are compared by their looks, so that nobody passes for another.
 */
import { hash } from '#lib/crypto/primitives.ts'
import { type Bytes, concat, utf8 } from '#lib/wire/bytes.ts'
import { looks } from '#lib/wire/names.ts'

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

/** A name in use. */
export interface NameHolder {
  /** Member id in hexadecimal. */
  readonly member: string
  readonly name: string
}

/** The members (ids in hexadecimal) whose name looks like another member's. A member's further seats are no others. */
export function clashing(holders: readonly NameHolder[]): ReadonlySet<string> {
  const members = new Map<string, Set<string>>()
  for (const { member, name } of holders) {
    for (const look of looks(name)) members.set(look, (members.get(look) ?? new Set()).add(member))
  }
  const found = new Set<string>()
  for (const alike of members.values()) {
    if (alike.size > 1) for (const member of alike) found.add(member)
  }
  return found
}
