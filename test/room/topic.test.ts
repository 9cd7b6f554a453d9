/** Which topic is in force (docs/protocol.md, Topic): the same for everybody, whatever order things come in, and under a lock the founder's word alone. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { JsonObject } from '#lib/crypto/canonical.ts'
import { kindFault } from '#lib/room/kinds.ts'
import { KEPT_TOPICS, LAST_TURN, TOPIC_BYTES } from '#lib/room/limits.ts'
import {
  inForce,
  isDefiant,
  leastOf,
  lockBody,
  POLICY,
  statementOf,
  TOPIC,
  type Topic,
  topicBody,
  type Lock,
} from '#lib/room/topic.ts'
import { toBase64url } from '#lib/wire/bytes.ts'
import { seeded } from '../harness/random.ts'

const FOUNDER = 0
const random = seeded(1)

type Said = Map<string, Topic | Lock>

function stated(kind: string, body: JsonObject, founder: boolean): Topic | Lock {
  expect(kindFault(kind, body)).toBeNull()
  const found = statementOf(kind, body, random(32).toHex(), founder)
  if (found === null) throw new Error('states nothing')
  return found
}

function put(said: Said, one: Topic | Lock): Topic | Lock {
  said.set(one.hash, one)
  return one
}

const set = (said: Said, text: string, founder = false) => put(said, stated(TOPIC, topicBody(said, text), founder))
const lock = (said: Said, locked: boolean) => put(said, stated(POLICY, lockBody(said, locked), true))

function textInForce(said: Said): string | null {
  return inForce(said).topic?.text ?? null
}

/** Who speaks, what: a topic, a lock or an opening, and whose words reach the speaker first. */
const turns = fc.array(
  fc.tuple(fc.nat(3), fc.constantFrom('topic', 'topic', 'topic', 'lock', 'open'), fc.subarray([0, 1, 2, 3])),
  {
    minLength: 1,
    maxLength: 16,
  },
)

/** What four members say, each knowing what has reached it; only the founder locks. Who knows of a lock keeps to it, as clients do. */
function conversation(said: readonly (readonly [number, string, readonly number[]])[]): (Topic | Lock)[] {
  const known: Said[] = [new Map(), new Map(), new Map(), new Map()]
  return said.flatMap(([speaker, what, reach], at) => {
    const mine = known[speaker] ?? new Map()
    for (const other of reach) for (const one of known[other]?.values() ?? []) mine.set(one.hash, one)
    const isFounder = speaker === FOUNDER
    if (what !== 'topic' && isFounder) return [lock(mine, what === 'lock')]
    if (inForce(mine).lock?.locked === true && !isFounder) return []
    return [set(mine, `${at}`, isFounder)]
  })
}

function folded(some: readonly (Topic | Lock)[]): Said {
  return new Map(some.map((one) => [one.hash, one]))
}

const conversations = turns.chain((said) => {
  const all = conversation(said)
  const order = fc.shuffledSubarray(all, { minLength: all.length })
  return fc.record({ all: fc.constant(all), one: order, other: order })
})

describe('of what members said, knowing of each other or not,', () => {
  test('any order leaves the same in force', () => {
    fc.assert(
      fc.property(conversations, ({ one, other }) => {
        expect(inForce(folded(one))).toEqual(inForce(folded(other)))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('who knows all has the last word, if it may speak', () => {
    fc.assert(
      fc.property(conversations, ({ all, one }) => {
        const said = folded(one)
        if (inForce(said).lock?.locked !== true) {
          const bobs: Topic | Lock = set(said, 'bob’s')
          expect<Topic | Lock | null>(inForce(said).topic).toEqual(bobs)
        }
        const founders = set(said, 'the founder’s', true)
        expect<Topic | Lock | null>(inForce(said).topic).toEqual(founders)
        const locked = lock(said, all.length % 2 === 0)
        expect<Topic | Lock | null>(inForce(said).lock).toEqual(locked)
        expect(textInForce(said)).toBe('the founder’s')
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  test('nobody was defiant who kept to what it knew', () => {
    fc.assert(
      fc.property(conversations, ({ all }) => {
        const said = folded(all)
        expect(all.filter((one) => one.is === 'topic' && isDefiant(said, one))).toEqual([])
      }),
      { seed: 3, numRuns: 100 },
    )
  })
})

const crafted = fc.record({
  turn: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(LAST_TURN, LAST_TURN - 1)),
  under: fc.nat(),
})

test('under a lock nothing that others sign changes the topic, whatever it says that it follows', () => {
  fc.assert(
    fc.property(conversations, fc.array(crafted, { minLength: 1, maxLength: 8 }), ({ all }, lies) => {
      const said = folded(all)
      lock(said, true)
      const before = inForce(said)
      const names = ['', ...[...said.keys()].map((hash) => toBase64url(Uint8Array.fromHex(hash)))]
      for (const { turn, under } of lies) {
        put(said, stated(TOPIC, { text: 'mallory’s', turn, under: names[under % names.length] ?? '' }, false))
      }
      expect(inForce(said)).toEqual(before)
    }),
    { seed: 4, numRuns: 300 },
  )
})

test('a lock keeps the topic that its author saw, and no other that is dated back behind it', () => {
  const said: Said = new Map()
  const first = set(said, 'first')
  lock(said, true)
  put(said, stated(TOPIC, { text: 'earlier, it says', turn: 1, under: '' }, false))
  put(said, stated(TOPIC, { text: 'at the same time, it says', turn: 2, under: '' }, false))
  expect<Topic | Lock | null>(inForce(said).topic).toEqual(first)
})

test('a lock opened lets everybody set the topic again, and keeps it until somebody does', () => {
  const said: Said = new Map()
  set(said, 'first')
  lock(said, true)
  set(said, 'the founder’s', true)
  lock(said, false)
  expect(textInForce(said)).toBe('the founder’s')
  set(said, 'bob’s')
  expect(textInForce(said)).toBe('bob’s')
})

test('only who names the lock defied it', () => {
  const said: Said = new Map()
  const before = topicBody(said, 'had not heard')
  const { hash } = lock(said, true)
  const crossing = stated(TOPIC, before, false)
  const defiant = stated(TOPIC, { text: 'had', turn: 1, under: toBase64url(Uint8Array.fromHex(hash)) }, false)
  if (crossing.is !== 'topic' || defiant.is !== 'topic') throw new Error('no topics')
  expect([isDefiant(said, crossing), isDefiant(said, defiant)]).toEqual([false, true])
  expect(isDefiant(said, { ...defiant, founder: true })).toBe(false)
})

test('who takes the last turn there is keeps it until the founder speaks of the lock', () => {
  const said: Said = new Map()
  put(said, stated(TOPIC, { text: 'for ever', turn: LAST_TURN, under: '' }, false))
  lock(said, false)
  set(said, 'another')
  expect(textInForce(said)).toBe('another')
})

test('a lock of who is no founder states nothing', () => {
  expect(statementOf(POLICY, { topic: 'locked', turn: 1, keeps: '' }, '00', false)).toBeNull()
})

test('what is in force is never forgotten, and what is forgotten changes nothing', () => {
  const said: Said = new Map()
  set(said, 'kept')
  lock(said, true)
  lock(said, true)
  for (let i = 0; i < KEPT_TOPICS; i++) put(said, stated(TOPIC, { text: 'flood', turn: LAST_TURN, under: '' }, false))
  const before = inForce(said)
  for (let least = leastOf(said); least !== null; least = leastOf(said)) {
    said.delete(least)
    expect(inForce(said)).toEqual(before)
  }
  expect(said.size).toBe(2)
})

describe('a body', () => {
  const name = toBase64url(random(32))
  test.each([
    [TOPIC, { text: 'tea at five', turn: 1, under: '' }],
    [TOPIC, { text: '', turn: LAST_TURN, under: name }],
    [TOPIC, { text: 'x'.repeat(TOPIC_BYTES), turn: 1, under: '' }],
    [POLICY, { topic: 'locked', turn: 1, keeps: '' }],
    [POLICY, { topic: 'open', turn: 2, keeps: name }],
    [POLICY, { history: 'shared' }],
  ])('of %s may be %#', (kind, body) => {
    expect(kindFault(kind, body)).toBeNull()
  })

  test.each([
    [TOPIC, {}],
    [TOPIC, { text: 'x', turn: 1 }],
    [TOPIC, { text: 'x', turn: 1, under: '', more: 1 }],
    [TOPIC, { text: 'x', turn: 0, under: '' }],
    [TOPIC, { text: 'x', turn: LAST_TURN + 1, under: '' }],
    [TOPIC, { text: 'x', turn: '1', under: '' }],
    [TOPIC, { text: 'x', turn: 1, under: name.slice(1) }],
    [TOPIC, { text: 'x', turn: 1, under: null }],
    [TOPIC, { text: 'two\nlines', turn: 1, under: '' }],
    [TOPIC, { text: 'x'.repeat(TOPIC_BYTES + 1), turn: 1, under: '' }],
    [TOPIC, { text: '"'.repeat(TOPIC_BYTES / 2 + 1), turn: 1, under: '' }],
    [TOPIC, { text: 7, turn: 1, under: '' }],
    [POLICY, { topic: 'shut', turn: 1, keeps: '' }],
    [POLICY, { topic: 'open', turn: 1 }],
    [POLICY, { topic: 'open', turn: 1, keeps: '', history: 'shared' }],
  ])('of %s may not be %#', (kind, body) => {
    expect(kindFault(kind, body)).toBe('bad_body')
  })
})
