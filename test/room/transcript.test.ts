/** The transcript: what is held and missing, in whatever order it came, and what contradicts it (docs/protocol.md, Transcript). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Head, NamedHead } from '#lib/room/entry.ts'
import { GAPS_OF_A_LOG } from '#lib/room/limits.ts'
import { gaps } from '#lib/room/gaps.ts'
import { headOf, wholeHead, wholeHeads } from '#lib/room/heads.ts'
import {
  addEntry,
  beginLog,
  type Contradiction,
  emptyTranscript,
  type Fork,
  noteHead,
  type Outcome,
  type Transcript,
} from '#lib/room/transcript.ts'
import { add, evidenceOf, hashOf, headAt, memberOf, note, signedAt, transcriptOf, ZEROS } from '../harness/transcripts.ts'

const kept = (filled: boolean): Outcome => ({ is: 'kept', filled, denied: [] })
const forkAt = (n: number, evidence: Fork['evidence'] = []): Fork => ({
  is: 'fork',
  log: 'a',
  member: memberOf('a'),
  n,
  evidence,
})
const contradictionAt = (n: number, by: string): Contradiction => ({
  is: 'contradiction',
  log: 'a',
  member: memberOf('a'),
  n,
  by,
})
const inWords = (transcript: Transcript) => gaps(transcript).map(({ log, from, to }) => `${log} ${from}-${to}`)

describe('an entry is', () => {
  test('kept at its place, once', () => {
    const transcript = transcriptOf({ a: 0 })
    expect(add(transcript, 'a', 1)).toEqual(kept(false))
    expect(add(transcript, 'a', 1)).toEqual({ is: 'known' })
    expect(add(transcript, 'a', 2)).toEqual(kept(false))
    expect(headOf(transcript, 'a')).toEqual({ n: 2, hash: hashOf('a', 2) })
  })

  test('told as filling when one after it is held, or somebody had named this very one', () => {
    const transcript = transcriptOf({ a: 0, b: 0 })
    add(transcript, 'a', 3)
    expect(add(transcript, 'a', 1)).toEqual(kept(true))
    note(transcript, 'b', 2)
    expect(add(transcript, 'b', 1)).toEqual(kept(false))
    expect(add(transcript, 'b', 2)).toEqual(kept(true))
    expect(add(transcript, 'b', 3)).toEqual(kept(false))
  })

  test('foreign when it lies before my time, and unknown in a log that I was never told of', () => {
    const transcript = transcriptOf({ a: 5 })
    expect([1, 4, 5].map((n) => add(transcript, 'a', n).is)).toEqual(['foreign', 'foreign', 'foreign'])
    expect(add(transcript, 'b', 1).is).toBe('unknown')
    expect(transcript).toEqual(transcriptOf({ a: 5 }))
    expect(wholeHeads(transcript)).toEqual([headAt('a', 5)])
    expect(gaps(transcript)).toEqual([])
  })
})

describe('a head is', () => {
  test('known when I hold its entry, or began there', () => {
    const transcript = transcriptOf({ a: 3 })
    add(transcript, 'a', 4)
    expect([3, 4].map((n) => note(transcript, 'a', n).is)).toEqual(['known', 'known'])
  })

  test('news of what I miss when it lies further', () => {
    const transcript = transcriptOf({ a: 0 })
    expect(note(transcript, 'a', 3)).toEqual(kept(false))
    expect(note(transcript, 'a', 2)).toEqual(kept(false))
    expect(inWords(transcript)).toEqual(['a 1-3'])
    expect(headOf(transcript, 'a')).toMatchObject({ n: 0, hash: ZEROS })
  })

  test('foreign when it lies before my time, unknown in a log that I was never told of, and nothing there when it is empty', () => {
    const transcript = transcriptOf({ a: 3 })
    expect(note(transcript, 'a', 2, { telling: 'another' }).is).toBe('foreign')
    expect(note(transcript, 'b', 1).is).toBe('unknown')
    expect(note(transcript, 'b', 0).is).toBe('foreign')
    expect([headOf(transcript, 'b'), wholeHead(transcript, 'b')]).toEqual([null, null])
  })
})

/** Entries 1, 2 and 4 of a, which began at 0. */
function heldOfA(): Transcript {
  const transcript = transcriptOf({ a: 0 })
  for (const n of [1, 2, 4]) add(transcript, 'a', n)
  return transcript
}

describe('a fork is told, and changes nothing:', () => {
  const another = { telling: 'another' }
  const severed = signedAt('a', 3, { prev: hashOf('b', 2) })
  const told: readonly (readonly [string, Fork, (held: Transcript) => Outcome])[] = [
    [
      'another entry at a place that is held, with both as evidence',
      forkAt(
        2,
        [evidenceOf(signedAt('a', 2)), evidenceOf(signedAt('a', 2, another))].map((one) => expect.objectContaining(one)),
      ),
      (held) => add(held, 'a', 2, 'another'),
    ],
    [
      'one that names another before it, with that as evidence',
      forkAt(
        3,
        [evidenceOf(signedAt('a', 2)), evidenceOf(severed)].map((one) => expect.objectContaining(one)),
      ),
      (held) => addEntry(held, severed),
    ],
    [
      'one that the entry after it does not name, with that as evidence',
      forkAt(
        3,
        [evidenceOf(signedAt('a', 4)), evidenceOf(signedAt('a', 3, another))].map((one) => expect.objectContaining(one)),
      ),
      (held) => add(held, 'a', 3, 'another'),
    ],
    ['another head that the author names of its own', forkAt(2), (held) => note(held, 'a', 2, { by: memberOf('a'), ...another })],
    ['another head where its log began', forkAt(0), (held) => noteHead(held, { ...headAt('a', 1), n: 0 }, memberOf('a'))],
  ]
  test.each(told)('%s', (_, fork, tell) => {
    const transcript = heldOfA()
    expect(tell(transcript)).toEqual(fork)
    expect(transcript).toEqual(heldOfA())
    expect(add(transcript, 'a', 3)).toEqual(kept(true))
  })

  test('a first entry that does not follow where the log began, of which nothing is held to show', () => {
    const transcript = transcriptOf({ a: 5 })
    expect(addEntry(transcript, signedAt('a', 6, { prev: hashOf('a', 5, 'another') }))).toEqual(forkAt(6))
    expect(add(transcript, 'a', 6).is).toBe('kept')
  })

  test('an entry of an author that had named another at its place', () => {
    const transcript = transcriptOf({ a: 0 })
    note(transcript, 'a', 1, { by: memberOf('a'), ...another })
    expect(add(transcript, 'a', 1)).toEqual({ is: 'kept', filled: false, denied: [forkAt(1)] })
  })
})

describe('a contradiction is told with both names:', () => {
  test('another head that somebody names of an entry that is held', () => {
    const transcript = heldOfA()
    expect(note(transcript, 'a', 2, { by: 'x', telling: 'another' })).toEqual(contradictionAt(2, 'x'))
    expect(transcript).toEqual(heldOfA())
  })

  test('an entry that does not bear out what several had named', () => {
    const transcript = transcriptOf({ a: 0 })
    note(transcript, 'a', 1, { by: 'x', telling: 'another' })
    note(transcript, 'a', 1, { by: 'y' })
    note(transcript, 'a', 1, { by: 'z', telling: 'a third' })
    expect(add(transcript, 'a', 1)).toEqual({
      is: 'kept',
      filled: true,
      denied: [contradictionAt(1, 'x'), contradictionAt(1, 'z')],
    })
    expect(note(transcript, 'a', 1, { by: 'y' })).toEqual({ is: 'known' })
  })

  test('two heads that one member names for one place', () => {
    const transcript = transcriptOf({ a: 0 })
    expect(note(transcript, 'a', 1, { by: 'x' })).toEqual(kept(false))
    expect(note(transcript, 'a', 1, { by: 'x' })).toEqual(kept(false))
    expect(note(transcript, 'a', 1, { by: 'x', telling: 'another' })).toEqual(contradictionAt(1, 'x'))
  })

  test('more of my own log than I have written', () => {
    const transcript = emptyTranscript()
    beginLog(transcript, 'a', memberOf('a'), headAt('a', 0), true)
    add(transcript, 'a', 1)
    expect(note(transcript, 'a', 1)).toEqual({ is: 'known' })
    expect(note(transcript, 'a', 2)).toEqual(contradictionAt(2, 'x'))
    expect(gaps(transcript)).toEqual([])
  })
})

describe('gaps', () => {
  test('are all that somebody named and I do not hold, in ranges, with their owners and whose word they are', () => {
    const transcript = transcriptOf({ a: 0, b: 2, c: 0 })
    for (const n of [2, 5, 6]) add(transcript, 'a', n)
    note(transcript, 'b', 4, { by: 'x' })
    note(transcript, 'b', 5, { by: 'y' })
    expect(gaps(transcript)).toEqual([
      { log: 'a', member: memberOf('a'), from: 1, to: 1, by: null },
      { log: 'a', member: memberOf('a'), from: 3, to: 4, by: null },
      { log: 'b', member: memberOf('b'), from: 3, to: 5, by: 'y' },
    ])
    note(transcript, 'b', 4, { by: memberOf('b') })
    expect(gaps(transcript).slice(2)).toEqual([
      { log: 'b', member: memberOf('b'), from: 3, to: 4, by: null },
      { log: 'b', member: memberOf('b'), from: 5, to: 5, by: 'y' },
    ])
  })

  test('are not vouched for by a word of the author that its entry has borne out', () => {
    const transcript = transcriptOf({ a: 0 })
    note(transcript, 'a', 1, { by: memberOf('a') })
    add(transcript, 'a', 1)
    note(transcript, 'a', 3, { by: 'x' })
    expect(gaps(transcript)).toMatchObject([{ from: 2, to: 3, by: 'x' }])
  })

  test('of four billion entries, which a member may claim, cost what is held and no more', () => {
    const transcript = transcriptOf({ a: 0 })
    add(transcript, 'a', 3)
    note(transcript, 'a', 0xffff_ffff)
    expect(inWords(transcript)).toEqual(['a 1-2', 'a 4-4294967295'])
  })

  test('of a member that leaves out every other number are told up to a limit: the last one stands for the rest', () => {
    const transcript = transcriptOf({ a: 0 })
    for (let n = 2; n <= 4 * GAPS_OF_A_LOG; n += 2) add(transcript, 'a', n)
    const told = gaps(transcript)
    expect(told).toHaveLength(GAPS_OF_A_LOG)
    expect(told.slice(0, -1).every(({ from, to }) => from === to)).toBe(true)
    expect(told.at(-1)).toMatchObject({ from: 2 * GAPS_OF_A_LOG - 1, to: 4 * GAPS_OF_A_LOG })
  })
})

test('a log that exists is left as it is when it is begun again', () => {
  const transcript = transcriptOf({ a: 0 })
  add(transcript, 'a', 1)
  const later: Head = { n: 9, hash: hashOf('a', 9) }
  beginLog(transcript, 'a', 'somebody else', later)
  expect(wholeHeads(transcript)).toEqual([headAt('a', 1)])
  expect(add(transcript, 'a', 2).is).toBe('kept')
})

/** What happens to a transcript: an entry comes, or a member names a head. */
interface News {
  readonly is: 'entry' | 'head'
  readonly log: string
  readonly n: number
  readonly by: string
}

const BASES = { a: 0, b: 3, c: 0 }
const members = fc.constantFrom('x', 'y', memberOf('a'))
const news: fc.Arbitrary<News> = fc.record({
  is: fc.constantFrom('entry', 'entry', 'entry', 'head'),
  log: fc.constantFrom('a', 'b', 'c', 'unknown'),
  n: fc.integer({ min: 1, max: 15 }),
  by: members,
})

/** A list and the same in another order. */
function inTwoOrders<T>(lists: fc.Arbitrary<T[]>): fc.Arbitrary<[T[], T[]]> {
  return lists.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
}

function take(transcript: Transcript, { is, log, n, by }: News): Outcome {
  return is === 'entry' ? add(transcript, log, n) : note(transcript, log, n, { by })
}

/** Newest heads, heads up to which a log is whole, and gaps, told from the set of what came, one number at a time. */
function expected(all: readonly News[]): { readonly newest: NamedHead[]; readonly whole: NamedHead[]; readonly gaps: string[] } {
  const missing: string[] = []
  const whole: NamedHead[] = []
  const newest = Object.entries(BASES).map(([log, base]) => {
    const mine = all.filter((one) => one.log === log && one.n > base)
    const entries = new Set(mine.filter(({ is }) => is === 'entry').map(({ n }) => n))
    const known = Math.max(base, ...mine.map(({ n }) => n))
    for (let n = base + 1; n <= known; n++) if (!entries.has(n)) missing.push(`${log} ${n}`)
    let upTo = base
    while (entries.has(upTo + 1)) upTo += 1
    if (upTo > 0) whole.push(headAt(log, upTo))
    return headAt(log, Math.max(base, ...entries))
  })
  return { newest, whole, gaps: missing }
}

const oneByOne = (transcript: Transcript) =>
  gaps(transcript).flatMap(({ log, from, to }) => Array.from({ length: to - from + 1 }, (_, i) => `${log} ${from + i}`))

test('any order of the same entries and heads gives the same held entries, gaps and heads, and never an alarm', () => {
  fc.assert(
    fc.property(inTwoOrders(fc.array(news, { maxLength: 40 })), ([all, shuffled]) => {
      for (const order of [all, shuffled]) {
        const transcript = transcriptOf(BASES)
        for (const outcome of order.map((one) => take(transcript, one))) {
          if (outcome.is === 'kept') expect(outcome.denied).toEqual([])
          else expect(['known', 'foreign', 'unknown']).toContain(outcome.is)
        }
        const { newest, whole, gaps: missing } = expected(all)
        for (const { log, n, hash } of newest) expect(headOf(transcript, log)).toEqual({ n, hash })
        expect(wholeHeads(transcript)).toEqual(whole)
        expect(oneByOne(transcript)).toEqual(missing)
        for (const one of all.filter(({ is }) => is === 'entry')) {
          const foreign = one.log === 'b' && one.n <= BASES.b
          expect(take(transcript, one).is).toBe(one.log === 'unknown' ? 'unknown' : foreign ? 'foreign' : 'known')
        }
      }
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a head that does not agree with the entry at its place is told once, whichever of the two came first', () => {
  const heard = fc.tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 8 }),
    fc.uniqueArray(fc.record({ by: members, n: fc.integer({ min: 1, max: 8 }), telling: fc.constantFrom('', 'another') }), {
      selector: ({ by }) => by,
    }),
  )
  const orders = heard.chain(([entries, words]) => {
    const all: { readonly n: number; readonly by?: string; readonly telling?: string }[] = [
      ...entries.map((n) => ({ n })),
      ...words,
    ]
    return fc.tuple(fc.constant(entries), fc.constant(words), fc.shuffledSubarray(all, { minLength: all.length }))
  })
  fc.assert(
    fc.property(orders, ([entries, words, order]) => {
      const transcript = transcriptOf({ a: 0 })
      const told = order.flatMap((one) => {
        const outcome = one.by === undefined ? add(transcript, 'a', one.n) : note(transcript, 'a', one.n, one)
        return outcome.is === 'kept' ? [...outcome.denied] : outcome.is === 'known' ? [] : [outcome]
      })
      const lies = words.filter(({ n, telling }) => telling !== '' && entries.includes(n))
      const wanted = lies.map(({ by, n }) => (by === memberOf('a') ? forkAt(n) : contradictionAt(n, by)))
      const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).toSorted()
      expect(sorted(told)).toEqual(sorted(wanted))
    }),
    { seed: 2, numRuns: 200 },
  )
})

test('of two entries at one place the first is kept and the second is a fork, whatever else came in between', () => {
  fc.assert(
    fc.property(fc.array(news, { maxLength: 20 }), fc.array(news, { maxLength: 20 }), (before, after) => {
      const transcript = transcriptOf(BASES)
      for (const one of before) take(transcript, one)
      expect(['kept', 'known']).toContain(add(transcript, 'a', 7).is)
      for (const one of after) take(transcript, one)
      expect(add(transcript, 'a', 7, 'another')).toMatchObject({ is: 'fork', n: 7, evidence: [evidenceOf(signedAt('a', 7)), {}] })
      expect(add(transcript, 'a', 7)).toEqual({ is: 'known' })
    }),
    { seed: 3, numRuns: 100 },
  )
})
