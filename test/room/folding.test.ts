/**
 * Folding a conversation: whatever order its verified entries come in, and however often each comes, everybody ends with the same
 * transcript and shows it in an order that keeps who had seen what (docs/protocol.md, Transcript, Order).
 */
import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { memberId } from '#lib/crypto/claim.ts'
import { admitKey, signer } from '#lib/crypto/primitives.ts'
import type { EntryView, MemberView } from '#lib/client/events.ts'
import { emptyStore } from '#lib/client/store.ts'
import { type Entry, newLog, readEntry, signEntry, type SignedEntry } from '#lib/room/entry.ts'
import { SEEN_IN_ENTRY } from '#lib/room/limits.ts'
import { gaps } from '#lib/room/gaps.ts'
import { headOf, wholeHeads } from '#lib/room/heads.ts'
import { addEntry, beginLog, emptyTranscript, keptSince, noteHead, type Transcript } from '#lib/room/transcript.ts'
import { toHex } from '#lib/wire/bytes.ts'
import { seeded } from '../harness/random.ts'

const random = seeded(1)
const ROOM = random(16)
const ZEROS = new Uint8Array(32)

/** Three members, each with one log. */
const authors = ['alice', 'bob', 'carol'].map((name) => {
  const mine = signer(random(32))
  const id = memberId(ROOM, mine.publicKey)
  const view: MemberView = {
    seat: name,
    member: toHex(id),
    name,
    tag: '',
    clash: false,
    founder: false,
    me: false,
    confirmed: true,
    verified: false,
    presence: 'here',
  }
  return { signer: mine, id, view, log: newLog(id, random), member: admitKey(mine.publicKey) }
})

function authorOf(log: string): (typeof authors)[number] {
  const found = authors.find((author) => author.log === log)
  if (found === undefined) throw new Error('nobody writes there')
  return found
}

/** Who speaks, and whose newest entries it names. */
type Turn = readonly [number, readonly number[]]

/** What an entry does to a room is nothing to a transcript: they fold alike. */
const KINDS = [
  ['core.text', { text: 'x' }],
  ['org.example.poll', { question: 'tea?' }],
  ['core.leave', {}],
  ['core.close', {}],
] as const

/** Signs what is said, turn by turn, each entry naming what its author had seen. */
function write(turns: readonly Turn[]): SignedEntry[] {
  const newest = new Map<string, SignedEntry>()
  return turns.map(([speaker, looks], i) => {
    const [kind, body] = KINDS[(i * 7) % KINDS.length] ?? KINDS[0]
    const author = authors[speaker]
    if (author === undefined) throw new Error('no such author')
    const seen = looks.flatMap((other) => {
      const named = newest.get(authors[other]?.log ?? '')
      return other === speaker || named === undefined ? [] : [{ log: named.entry.log, n: named.entry.n, hash: named.hash }]
    })
    const last = newest.get(author.log)
    const said = { member: author.id, time: 0, kind, body, seen, roster: ZEROS, salt: random(16) }
    const entry: Entry = { ...said, log: author.log, n: (last?.entry.n ?? 0) + 1, prev: last?.hash ?? ZEROS }
    const signed = signEntry(ROOM, entry, author.signer)
    newest.set(author.log, signed)
    return signed
  })
}

const turns: fc.Arbitrary<Turn[]> = fc.array(fc.tuple(fc.nat(2), fc.uniqueArray(fc.nat(2), { maxLength: SEEN_IN_ENTRY })), {
  minLength: 1,
  maxLength: 14,
})

/** A conversation, and two orders in which it comes: some of it is lost at first, some comes several times. */
const conversations = turns.chain((said) => {
  const numbers = said.map((_, i) => i)
  const arrival = fc
    .tuple(
      fc.shuffledSubarray(numbers),
      fc.shuffledSubarray(numbers, { minLength: numbers.length }),
      fc.shuffledSubarray(numbers),
    )
    .map((parts) => parts.flat())
  return fc.tuple(fc.constant(said), arrival, arrival)
})

/** What one member makes of what comes, as the session folds it: heads that an entry names first, then the entry. */
function fold(arriving: readonly SignedEntry[]): { readonly transcript: Transcript; readonly shown: readonly EntryView[] } {
  const transcript = emptyTranscript()
  const store = emptyStore()
  for (const { log, view } of authors) beginLog(transcript, log, view.member, { n: 0, hash: ZEROS })
  for (const { bytes, signature } of arriving) {
    const author = authorOf(logIn(bytes))
    const signed = readEntry(bytes, signature, { roomId: ROOM, member: author.member, memberId: author.id })
    const { entry } = signed
    for (const head of entry.seen)
      expect(noteHead(transcript, head, author.view.member)).toMatchObject({ is: expect.stringMatching(/^k/) })
    const outcome = addEntry(transcript, signed)
    if (outcome.is !== 'kept') {
      expect(outcome).toEqual({ is: 'known' })
      continue
    }
    expect(outcome.denied).toEqual([])
    const { log, n, kind, body, time, seen } = entry
    const told = { late: outcome.filled, repaired: false, waiting: false, readers: 0 }
    store.take({ is: 'entry', entry: { log, n, who: author.view, kind, body, time, seen, ...told } })
  }
  return { transcript, shown: store.view.entries }
}

function logIn(bytes: Uint8Array): string {
  return /"log":"([\w-]{24})"/.exec(new TextDecoder().decode(bytes))?.[1] ?? ''
}

/** All of a transcript that does not depend on when things came. */
function stateOf(transcript: Transcript) {
  const held = authors.map(({ log }) =>
    keptSince(transcript, log, 1, 100, -1).map(({ n, hash, bytes }) => [n, toHex(hash), toHex(bytes)]),
  )
  const heads = authors.map(({ log }) => headOf(transcript, log))
  return { held, heads, whole: wholeHeads(transcript), gaps: gaps(transcript), bytes: transcript.bytes, count: transcript.count }
}

test('any order of the same entries, however often each comes, gives the same transcript', () => {
  fc.assert(
    fc.property(conversations, ([said, one, other]) => {
      const written = write(said)
      const [first, second] = [one, other].map((order) => fold(order.flatMap((i) => written.slice(i, i + 1))))
      if (first === undefined || second === undefined) throw new Error('nothing folded')
      expect(stateOf(first.transcript)).toEqual(stateOf(second.transcript))
      expect(gaps(first.transcript)).toEqual([])
      expect(first.transcript.count).toBe(written.length)
    }),
    { seed: 1, numRuns: 60 },
  )
})

test('any order of the same entries is shown whole, once, each behind the earlier ones of its log and behind what it had seen', () => {
  fc.assert(
    fc.property(conversations, ([said, order]) => {
      const written = write(said)
      const { shown } = fold(order.flatMap((i) => written.slice(i, i + 1)))
      expect(shown).toHaveLength(written.length)
      const places = new Map(shown.map(({ log, n }, at) => [`${log} ${n}`, at]))
      for (const [at, { log, n, seen }] of shown.entries()) {
        for (const before of [{ log, n: n - 1 }, ...seen]) {
          expect(before.n === 0 ? -1 : (places.get(`${before.log} ${before.n}`) ?? Infinity)).toBeLessThan(at)
        }
      }
    }),
    { seed: 2, numRuns: 150 },
  )
})

test('what has come so far gives the same gaps in any order', () => {
  const partly = turns.chain((said) => {
    const numbers = said.map((_, i) => i)
    return fc
      .shuffledSubarray(numbers)
      .chain((some) => fc.tuple(fc.constant(said), fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })))
  })
  fc.assert(
    fc.property(partly, ([said, one, other]) => {
      const written = write(said)
      const [first, second] = [one, other].map((order) => fold(order.flatMap((i) => written.slice(i, i + 1))))
      if (first === undefined || second === undefined) throw new Error('nothing folded')
      const missing = ({ transcript }: { readonly transcript: Transcript }) =>
        gaps(transcript).flatMap(({ log, from, to }) => Array.from({ length: to - from + 1 }, (_, i) => `${log} ${from + i}`))
      expect(missing(first)).toEqual(missing(second))
      expect(wholeHeads(first.transcript)).toEqual(wholeHeads(second.transcript))
    }),
    { seed: 3, numRuns: 60 },
  )
})
