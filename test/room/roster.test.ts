/** The roster's digest and names that look alike (docs/protocol.md, Members, seats, claims). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { clashing, rosterDigest } from '#lib/room/roster.ts'
import { fromHex, toBase64url, toHex } from '#lib/wire/bytes.ts'
import { rosterDigestOf } from '../harness/reading/entry.ts'
import { makeRoster } from '../harness/writing/entry.ts'
import vectors from '../vectors/entry.json'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const rosters = fc.uniqueArray(fc.record({ seat: bytes(18).map(toBase64url), memberId: bytes(16) }), {
  selector: ({ seat }) => seat,
  maxLength: 12,
})

describe('the digest of a roster', () => {
  test.each(vectors.rosters)('that is known, $name, is made and read again', ({ given, made }) => {
    expect(makeRoster(given)).toEqual(made)
    const seats = given.seats.map(({ seat, memberId }) => ({ seat, memberId: fromHex(memberId) }))
    expect(toHex(rosterDigestOf(seats))).toBe(made.digest)
  })

  test('does not depend on the order of arrival, and leaves the roster as it was', () => {
    const orders = rosters.chain((seats) =>
      fc.tuple(fc.constant(seats), fc.shuffledSubarray(seats, { minLength: seats.length, maxLength: seats.length })),
    )
    fc.assert(
      fc.property(orders, ([seats, shuffled]) => {
        const before = [...shuffled]
        expect(rosterDigest(shuffled)).toEqual(rosterDigest(seats))
        expect(shuffled).toEqual(before)
      }),
      { seed: 1 },
    )
  })

  test('is another with a seat more or fewer, and with another member at a seat', () => {
    fc.assert(
      fc.property(rosters, bytes(18).map(toBase64url), bytes(16), (seats, seat, memberId) => {
        fc.pre(seats.every((held) => held.seat !== seat && toHex(held.memberId) !== toHex(memberId)))
        const others = [
          seats,
          [...seats, { seat, memberId }],
          ...seats.map((_, at) => seats.toSpliced(at, 1)),
          ...seats.map((held, at) => seats.with(at, { seat: held.seat, memberId })),
        ]
        expect(new Set(others.map((roster) => toHex(rosterDigest(roster)))).size).toBe(others.length)
      }),
      { seed: 2 },
    )
  })
})

describe('names that look alike', () => {
  const clashes = (...names: readonly (readonly [string, string])[]) =>
    [...clashing(names.map(([member, name]) => ({ member, name })))].toSorted()

  test('mark every member that has one, and nobody else', () => {
    expect(clashes(['1', 'alice'], ['2', 'bob'], ['3', 'ALICE'], ['4', 'carol'])).toEqual(['1', '3'])
    expect(clashes(['1', 'bob'], ['2', 'b\u043eb'], ['3', 'b0b'])).toContain('2')
    expect(clashes(['1', 'alice'], ['2', 'bob'])).toEqual([])
    expect(clashes()).toEqual([])
  })

  test('on several seats of one member are no clash', () => {
    expect(clashes(['1', 'alice'], ['1', 'alice'], ['1', '\u0430lice'])).toEqual([])
    expect(clashes(['1', 'alice'], ['1', 'alice'], ['2', 'alice'])).toEqual(['1', '2'])
  })

  test('are found in any order', () => {
    const holders = fc.array(
      fc.record({ member: fc.constantFrom('1', '2', '3'), name: fc.constantFrom('bob', 'b\u043eb', 'B0B', 'eve') }),
    )
    const orders = holders.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(orders, ([all, shuffled]) => {
        expect([...clashing(shuffled)].toSorted()).toEqual([...clashing(all)].toSorted())
      }),
      { seed: 3 },
    )
  })
})
