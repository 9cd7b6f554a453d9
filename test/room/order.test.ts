/** The order in which a conversation is shown: causal, then arrival; claimed time never decides (docs/protocol.md, Order). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { insertLate, type Placed } from '#lib/room/order.ts'

const entry = (log: string, n: number, ...seen: readonly (readonly [string, number])[]): Placed => ({
  log,
  n,
  seen: seen.map(([log, n]) => ({ log, n })),
})

/** The names of what is shown once a late entry is in its place. */
function shownWith(shown: readonly Placed[], late: Placed): string[] {
  const list = [...shown]
  insertLate(list, late)
  return list.map(({ log, n }) => `${log}${n}`)
}

describe('a late entry goes', () => {
  test('to the end when nothing shown follows it', () => {
    expect(shownWith([], entry('a', 1))).toEqual(['a1'])
    expect(shownWith([entry('b', 1), entry('c', 1)], entry('a', 1))).toEqual(['b1', 'c1', 'a1'])
    expect(shownWith([entry('a', 1), entry('a', 2)], entry('a', 3))).toEqual(['a1', 'a2', 'a3'])
  })

  test('before the first later one of its own log', () => {
    const shown = [entry('a', 1), entry('b', 1), entry('a', 3), entry('a', 4)]
    expect(shownWith(shown, entry('a', 2))).toEqual(['a1', 'b1', 'a2', 'a3', 'a4'])
  })

  test('before the first whose author had seen it, or something after it', () => {
    expect(shownWith([entry('c', 1), entry('b', 1, ['a', 2]), entry('a', 3)], entry('a', 2))).toEqual(['c1', 'a2', 'b1', 'a3'])
    expect(shownWith([entry('c', 1), entry('b', 1, ['c', 1], ['a', 9])], entry('a', 2))).toEqual(['c1', 'a2', 'b1'])
  })

  test('behind those whose authors had seen less of its log, or as much of another', () => {
    expect(shownWith([entry('b', 1, ['a', 1]), entry('c', 1, ['d', 2])], entry('a', 2))).toEqual(['b1', 'c1', 'a2'])
  })

  test('with what it follows itself, where that stood further down', () => {
    expect(shownWith([entry('b', 1, ['a', 2]), entry('a', 1)], entry('a', 2))).toEqual(['a1', 'a2', 'b1'])
  })
})

/** Entries of some logs as authors could have written them, in an order of writing: each names what it had seen. */
const conversations = fc
  .array(fc.tuple(fc.nat(2), fc.array(fc.nat(2), { maxLength: 2 })), { minLength: 1, maxLength: 14 })
  .map((turns) => {
    const counts = [0, 0, 0]
    return turns.map(([author, looks]) => {
      const seen = looks.filter((log) => log !== author && counts[log]).map((log) => ({ log: `${log}`, n: counts[log] ?? 0 }))
      counts[author] = (counts[author] ?? 0) + 1
      return { log: `${author}`, n: counts[author] ?? 0, seen }
    })
  })

test('whatever order entries arrive in, none is shown before an earlier one of its log, or before one that it had seen', () => {
  const arrivals = conversations.chain((written) =>
    fc.tuple(fc.constant(written), fc.shuffledSubarray(written, { minLength: written.length, maxLength: written.length })),
  )
  fc.assert(
    fc.property(arrivals, ([written, arriving]) => {
      const shown: Placed[] = []
      for (const late of arriving) insertLate(shown, late)
      expect(shown).toHaveLength(written.length)
      for (const [at, one] of shown.entries()) {
        for (const later of shown.slice(at + 1)) {
          expect(later.log === one.log && later.n < one.n).toBe(false)
          expect(one.seen.some(({ log, n }) => log === later.log && n >= later.n)).toBe(false)
        }
      }
    }),
    { seed: 1, numRuns: 300 },
  )
})
