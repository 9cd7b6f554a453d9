/** The symmetric chain: known links, how far a receiver looks ahead, and what is wiped on the way (docs/protocol.md, Chain). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { abandon, advance, type Chain, commit, lookAhead, MAX_SKIP } from '#lib/crypto/chain.ts'
import { type Bytes, fromHex, toHex } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { readLink } from '../harness/reading/ratchet.ts'
import { seeded } from '../harness/random.ts'
import { makeLink } from '../harness/writing/ratchet.ts'
import vectors from '../vectors/epoch.json'

const ROOM = seeded(1)(16)
const ZEROS = '00'.repeat(32)

/** A chain that stands at `next`. */
function chainAt(next: number): Chain {
  return { key: seeded(2)(32), next }
}

/** The next keys of a chain, in hexadecimal, by advancing alone. */
function advanced(chain: Chain, count: number): string[] {
  return Array.from({ length: count }, () => toHex(advance(ROOM, chain).key))
}

test.each(vectors.links)('a known link, at $name, is made and read again', ({ given, made }) => {
  expect(makeLink(given)).toEqual(made)
  const link = readLink(fromHex(given.roomId), fromHex(given.chainKey), given.counter)
  expect([toHex(link.chainKey), toHex(link.messageKey)]).toEqual([made.chainKey, made.messageKey])
})

describe('advancing', () => {
  test('gives a key for each counter in turn, no two alike, and wipes the chain key that it left', () => {
    const chain = chainAt(7)
    const seen = new Set<string>()
    for (const counter of [7, 8, 9, 10]) {
      const before = chain.key
      const taken = advance(ROOM, chain)
      expect(taken.counter).toBe(counter)
      expect(toHex(before)).toBe(ZEROS)
      seen.add(toHex(taken.key)).add(toHex(chain.key))
    }
    expect(chain.next).toBe(11)
    expect(seen.size).toBe(8)
  })

  test('gives other keys in another room, at another counter, and from another key', () => {
    const key = (room: Bytes, chain: Chain) => toHex(advance(room, chain).key)
    const keys = [
      key(ROOM, chainAt(0)),
      key(seeded(9)(16), chainAt(0)),
      key(ROOM, chainAt(1)),
      key(ROOM, { key: seeded(9)(32), next: 0 }),
    ]
    expect(new Set(keys).size).toBe(4)
  })
})

describe('looking ahead', () => {
  test('finds the keys that advancing would, and the chain stands as it stood until it is committed', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(60), (next, distance) => {
        const chain = chainAt(next)
        const before = structuredClone(chain)
        const ahead = lookAhead(ROOM, chain, next + distance)
        expect(chain).toEqual(before)
        const keys = [...ahead.skipped, ahead.at]
        expect(keys.map(({ counter }) => counter)).toEqual(Array.from({ length: distance + 1 }, (_, i) => next + i))
        const straight = structuredClone(chain)
        expect(keys.map(({ key }) => toHex(key))).toEqual(advanced(straight, distance + 1))
        const left = chain.key
        commit(chain, ahead)
        expect(chain).toEqual(straight)
        expect(toHex(left)).toBe(ZEROS)
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  test('reaches 1,999 keys further and not one more', () => {
    const ahead = lookAhead(ROOM, chainAt(3), 3 + MAX_SKIP - 1)
    expect(MAX_SKIP).toBe(2_000)
    expect(ahead.skipped).toHaveLength(1_999)
    expect(ahead.at.counter).toBe(2_002)
    expect(codeOf(() => lookAhead(ROOM, chainAt(3), 3 + MAX_SKIP))).toBe('too_far_ahead')
  })

  test('at the furthest counter that a header can name derives nothing', () => {
    // Deriving four billion keys would take an hour.
    expect(codeOf(() => lookAhead(ROOM, chainAt(0), 0xffff_ffff))).toBe('too_far_ahead')
  })

  test('at a counter that has passed is refused', () => {
    expect(codeOf(() => lookAhead(ROOM, chainAt(5), 4))).toBe('replayed')
    expect(codeOf(() => lookAhead(ROOM, chainAt(5), 0))).toBe('replayed')
  })

  test('and abandoning it wipes all that was derived, and the chain gives the same keys again', () => {
    const chain = chainAt(0)
    const ahead = lookAhead(ROOM, chain, 5)
    const derived = [...ahead.skipped.map(({ key }) => key), ahead.at.key, ahead.after.key]
    expect(derived.map(toHex)).not.toContain(ZEROS)
    abandon(ahead)
    expect(derived.map(toHex)).toEqual(derived.map(() => ZEROS))
    expect(advanced(chain, 6)).toEqual(advanced(chainAt(0), 6))
  })
})
