/** What a transcript keeps for others: how far it is whole, what may be given to whom, and what is forgotten (docs/protocol.md, Repair). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { KEPT_BYTES, KEPT_ENTRIES } from '#lib/room/limits.ts'
import { gaps } from '#lib/room/gaps.ts'
import { headOf, wholeHead, wholeHeads } from '#lib/room/heads.ts'
import {
  addEntry,
  beginEarlier,
  beginLog,
  emptyTranscript,
  introducedAt,
  introduceLog,
  keptSince,
  type Transcript,
  wipeTranscript,
} from '#lib/room/transcript.ts'
import { add, evidenceOf, hashOf, headAt, memberOf, note, signedAt, transcriptOf } from '../harness/transcripts.ts'

const LAST = 0xffff_ffff
const SIGNATURE = 64

/** Numbers of what may be given of a log to who was there since a count. */
function given(transcript: Transcript, log: string, since: number, from = 1, to = LAST): number[] {
  return keptSince(transcript, log, from, to, since).map(({ n }) => n)
}

/** A transcript that holds these entries of a, which came in this order. */
function holding(...numbers: readonly number[]): Transcript {
  const transcript = transcriptOf({ a: 0, b: 0 })
  for (const n of numbers) add(transcript, 'a', n)
  return transcript
}

describe('the head up to which a log is whole', () => {
  test('stops before the first hole, however far the log goes', () => {
    const transcript = holding(1, 2, 5, 4)
    expect(headOf(transcript, 'a')).toEqual({ n: 5, hash: hashOf('a', 5) })
    expect(wholeHead(transcript, 'a')).toEqual({ n: 2, hash: hashOf('a', 2) })
    add(transcript, 'a', 3)
    expect(wholeHead(transcript, 'a')).toEqual({ n: 5, hash: hashOf('a', 5) })
  })

  test('is where the log began as long as nothing follows on that, and null of a log that I was never told of', () => {
    const transcript = transcriptOf({ a: 3 })
    add(transcript, 'a', 5)
    expect(wholeHead(transcript, 'a')).toEqual({ n: 3, hash: hashOf('a', 3) })
    expect(wholeHead(transcript, 'b')).toBeNull()
  })

  test('is told of all logs in which there is anything, sorted', () => {
    const transcript = transcriptOf({ c: 2, a: 0, b: 0 })
    add(transcript, 'b', 1)
    expect(wholeHeads(transcript)).toEqual([headAt('b', 1), headAt('c', 2)])
    add(transcript, 'a', 2)
    expect(wholeHeads(transcript)).toEqual([headAt('b', 1), headAt('c', 2)])
    add(transcript, 'a', 1)
    expect(wholeHeads(transcript)).toEqual([headAt('a', 2), headAt('b', 1), headAt('c', 2)])
  })

  test('counts what a word says for nothing: only what is held', () => {
    const transcript = holding(1)
    note(transcript, 'a', 2)
    expect(wholeHead(transcript, 'a')).toEqual({ n: 1, hash: hashOf('a', 1) })
  })
})

describe('what may be given to who was there since', () => {
  test('is what came after that, in its range and in order, with its bytes and its signature', () => {
    const transcript = holding(1, 2)
    const since = transcript.count
    for (const n of [3, 4, 5]) add(transcript, 'a', n)
    expect(given(transcript, 'a', since)).toEqual([3, 4, 5])
    expect(given(transcript, 'a', since, 4, 4)).toEqual([4])
    expect(given(transcript, 'a', since, 1, 2)).toEqual([])
    expect(given(transcript, 'a', 0)).toEqual([1, 2, 3, 4, 5])
    expect(keptSince(transcript, 'a', 4, 4, since)).toMatchObject([evidenceOf(signedAt('a', 4))])
    expect(keptSince(transcript, 'unknown', 1, LAST, 0)).toEqual([])
  })

  test('is not what was said before and came late: one after it had shown by then that it was there', () => {
    const transcript = holding(1, 3)
    const since = transcript.count
    add(transcript, 'a', 4)
    add(transcript, 'a', 2)
    expect(given(transcript, 'a', since)).toEqual([4])
    expect(given(transcript, 'a', 1)).toEqual([2, 3, 4])
  })

  test('is what came late and was said since', () => {
    const transcript = holding(1)
    const since = transcript.count
    for (const n of [4, 2, 3]) add(transcript, 'a', n)
    expect(given(transcript, 'a', since)).toEqual([2, 3, 4])
  })

  test('is what came late before one that came late itself, as that one is', () => {
    const transcript = holding(1, 5)
    const since = transcript.count
    for (const n of [4, 3, 2]) add(transcript, 'a', n)
    expect(given(transcript, 'a', since)).toEqual([])
    expect(given(transcript, 'a', 1)).toEqual([2, 3, 4, 5])
  })

  test('is, in whatever order entries came, what lies beyond all that was held by then', () => {
    const arrivals = fc
      .shuffledSubarray(
        Array.from({ length: 12 }, (_, i) => i + 1),
        { minLength: 1 },
      )
      .chain((order) => fc.tuple(fc.constant(order), fc.nat(order.length)))
    fc.assert(
      fc.property(arrivals, ([order, since]) => {
        const transcript = holding(...order)
        const before = order.slice(0, since)
        const numbers = given(transcript, 'a', since)
        const furthest = Math.max(0, ...before)
        expect(numbers).toEqual(order.filter((n) => n > furthest).toSorted((a, b) => a - b))
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

/** Adds entries of one log, from a number to another. */
function addMany(transcript: Transcript, log: string, from: number, to: number, size?: number): void {
  for (let n = from; n <= to; n++) addEntry(transcript, signedAt(log, n, size === undefined ? {} : { size }))
}

describe('over the bounds', () => {
  test('of 20,000 entries the oldest go, whoever wrote them; their log begins behind them from then on', () => {
    const transcript = transcriptOf({ a: 0, b: 0 })
    addMany(transcript, 'a', 1, 10)
    addMany(transcript, 'b', 1, KEPT_ENTRIES - 10)
    const [first] = keptSince(transcript, 'a', 1, 1, 0)
    expect(transcript.kept.size).toBe(KEPT_ENTRIES)
    addMany(transcript, 'b', KEPT_ENTRIES - 9, KEPT_ENTRIES - 7)
    expect(transcript.kept.size).toBe(KEPT_ENTRIES)
    expect(given(transcript, 'a', 0)).toEqual([4, 5, 6, 7, 8, 9, 10])
    expect(first?.bytes.every((byte) => byte === 0)).toBe(true)
    expect(gaps(transcript)).toEqual([])
    expect(wholeHead(transcript, 'a')).toEqual({ n: 10, hash: hashOf('a', 10) })
    expect([1, 3].map((n) => add(transcript, 'a', n).is)).toEqual(['foreign', 'foreign'])
    expect([4, 11].map((n) => add(transcript, 'a', n).is)).toEqual(['known', 'kept'])
    expect(KEPT_ENTRIES).toBe(20_000)
  })

  test('a log of which all is forgotten goes on where it stood', () => {
    const transcript = transcriptOf({ a: 0, b: 0 })
    addMany(transcript, 'a', 1, 2)
    addMany(transcript, 'b', 1, KEPT_ENTRIES)
    expect(given(transcript, 'a', 0)).toEqual([])
    expect(headOf(transcript, 'a')).toEqual({ n: 2, hash: hashOf('a', 2) })
    expect(wholeHead(transcript, 'a')).toEqual({ n: 2, hash: hashOf('a', 2) })
    expect(note(transcript, 'a', 2).is).toBe('known')
    expect(note(transcript, 'a', 2, { telling: 'another' }).is).toBe('contradiction')
    expect(add(transcript, 'a', 3, 'another').is).toBe('kept')
    expect(addEntry(transcript, signedAt('b', KEPT_ENTRIES + 1, { prev: hashOf('a', 1) })).is).toBe('fork')
  })

  test('a log that others introduced begins ever earlier, and what it lacks is told', () => {
    const transcript = transcriptOf({})
    introduceLog(transcript, 'a', memberOf('a'), headAt('a', 7))
    for (const n of [8, 9, 11]) add(transcript, 'a', n)
    for (const n of [5, 3]) {
      introduceLog(transcript, 'a', memberOf('a'), headAt('a', n - 1))
      expect(add(transcript, 'a', n).is).toBe('kept')
    }
    const missing = () => gaps(transcript).map(({ from, to }) => `${from}-${to}`)
    expect(missing()).toEqual(['4-4', '6-7', '10-10'])
    for (const n of [4, 7, 6]) add(transcript, 'a', n)
    expect(missing()).toEqual(['10-10'])
    expect(wholeHead(transcript, 'a')).toEqual({ n: 9, hash: hashOf('a', 9) })
    beginEarlier(transcript, 'a', headAt('a', 1))
    introduceLog(transcript, 'a', memberOf('a'), headAt('a', 0))
    expect(missing()).toEqual(['2-2', '10-10'])
  })

  test('a log that others introduced begins there for good: what is forgotten is asked for, and shown, no more', () => {
    const transcript = transcriptOf({ b: 0 })
    introduceLog(transcript, 'a', memberOf('a'), headAt('a', 2))
    add(transcript, 'a', 3)
    addMany(transcript, 'b', 1, KEPT_ENTRIES)
    introduceLog(transcript, 'a', memberOf('a'), headAt('a', 1))
    beginEarlier(transcript, 'a', headAt('a', 0))
    expect(introducedAt(transcript, 'a')).toBeNull()
    expect([1, 2, 3].map((n) => add(transcript, 'a', n).is)).toEqual(['foreign', 'foreign', 'foreign'])
    expect(gaps(transcript)).toEqual([])
  })

  test('a hole that nobody filled is forgotten with what came before it and after it', () => {
    const transcript = transcriptOf({ a: 0, b: 0 })
    for (const n of [1, 3, 4, 6]) add(transcript, 'a', n)
    expect(gaps(transcript).map(({ from, to }) => [from, to])).toEqual([
      [2, 2],
      [5, 5],
    ])
    addMany(transcript, 'b', 1, KEPT_ENTRIES - 2)
    expect(given(transcript, 'a', 0)).toEqual([4, 6])
    expect(gaps(transcript).map(({ from, to }) => [from, to])).toEqual([[5, 5]])
    expect(wholeHead(transcript, 'a')).toEqual({ n: 4, hash: hashOf('a', 4) })
    add(transcript, 'a', 5)
    expect(wholeHead(transcript, 'a')).toEqual({ n: 6, hash: hashOf('a', 6) })
  })

  test('of 32 MiB too: signatures count, and what is forgotten counts no more', () => {
    const transcript = emptyTranscript()
    beginLog(transcript, 'a', memberOf('a'), { n: 0, hash: hashOf('a', 0) })
    const size = 64 * 1024 - SIGNATURE
    const most = KEPT_BYTES / (64 * 1024)
    addMany(transcript, 'a', 1, most, size)
    expect([transcript.bytes, transcript.kept.size]).toEqual([KEPT_BYTES, most])
    addMany(transcript, 'a', most + 1, most + 1, 1)
    expect([transcript.bytes, transcript.kept.size]).toEqual([KEPT_BYTES - 64 * 1024 + 1 + SIGNATURE, most])
    expect(given(transcript, 'a', 0).slice(0, 2)).toEqual([2, 3])
    expect(KEPT_BYTES).toBe(32 * 1024 * 1024)
  })
})

test('a transcript that is wiped leaves nothing of what was said', () => {
  const transcript = holding(1, 2, 4)
  const held = keptSince(transcript, 'a', 1, LAST, 0).flatMap(({ bytes, signature }) => [bytes, signature])
  expect(held).toHaveLength(6)
  wipeTranscript(transcript)
  expect(held.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true)
  expect([transcript.kept.size, transcript.logs.size]).toEqual([0, 0])
})
