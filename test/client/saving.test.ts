/** Saving a talk and opening it again (docs/protocol.md, Saved talk): what is kept, what is not, and what is refused. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import * as fc from 'fast-check'
import { openTalk, saveTalk, talkIn, talkOf } from '#lib/client/saving.ts'
import { canonicalBytes, type JsonObject } from '#lib/crypto/canonical.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { openSaved, sealSaved } from '#lib/crypto/saved.ts'
import { fromUtf8, toHex } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { seeded } from '../harness/random.ts'
import { World } from '../harness/world.ts'

// A passphrase takes a second or two to stretch, on a busy machine several.
setDefaultTimeout(120_000)

const random = seeded(1)
const NOW = 1_795_000_000_000
const still = () => undefined

function pair(seed: number) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  bob.join(alice.create())
  return { alice, bob }
}

test('a talk comes back from its file as it was seen, with names, tags, marks, times and topic', async () => {
  const { alice, bob } = pair(1)
  alice.say('hello\n\u202eworld')
  bob.do({ do: 'say', text: 'beep', class: 'notice' })
  bob.do({ do: 'say', text: 'waves', class: 'action' })
  bob.do({ do: 'topic', text: 'tea at five' })
  alice.do({ do: 'send', kind: 'org.example.poll', body: { text: 'tea?' } })
  const who = alice.entries().find(({ who: { me } }) => !me)?.who
  if (who === undefined) throw new Error('nobody spoke')
  alice.do({ do: 'verify', member: who.member, verified: true })
  const talk = talkOf(alice.client.store.view, NOW)
  const file = await saveTalk(talk, 'correct horse', random, still)
  expect(await openTalk(file, 'correct horse', still)).toEqual(talk)
  const tags = alice.entries().map(({ who: { tag } }) => tag)
  expect(talk).toMatchObject({
    time: NOW,
    topic: 'tea at five',
    entries: [
      { name: 'alice', tag: tags[0], verified: true, me: true, kind: 'core.text', text: 'hello\n\u202eworld', class: '' },
      // The mark was set after it was said.
      { name: 'bob', tag: who.tag, verified: true, me: false, kind: 'core.text', text: 'beep', class: 'notice' },
      { name: 'bob', kind: 'core.text', text: 'waves', class: 'action' },
      { name: 'bob', kind: 'core.topic', text: 'tea at five', class: '' },
      { name: 'alice', kind: 'org.example.poll', text: '', class: '' },
    ],
  })
})

test('no key, seat, id or hash goes into a file', async () => {
  const { alice, bob } = pair(2)
  bob.say('hello')
  const file = await saveTalk(talkOf(alice.client.store.view, NOW), 'x', random, still)
  const content = fromUtf8(await openSaved(file, 'x', still))
  const [{ log, who } = { log: '', who: null }] = alice.entries()
  for (const secret of [log, who?.seat, who?.member, alice.seat()]) {
    expect(secret?.length).toBeGreaterThan(20)
    expect(content).not.toContain(secret ?? '')
    expect(toHex(file)).not.toContain(secret ?? '')
  }
  expect(content).toContain('hello')
})

const entries = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  tag: fc.string({ maxLength: 6 }),
  verified: fc.boolean(),
  me: fc.boolean(),
  time: fc.nat(),
  kind: fc.constantFrom('core.text', 'core.leave', 'org.example.x'),
  text: fc.string({ unit: 'grapheme' }),
  class: fc.constantFrom('' as const, 'notice' as const, 'action' as const),
})

test('whatever was said comes back the same', async () => {
  const [talk] = fc.sample(
    fc.record({
      time: fc.nat(),
      topic: fc.string({ unit: 'grapheme' }),
      entries: fc.array(entries, { minLength: 200, maxLength: 400 }),
    }),
    { seed: 1, numRuns: 1 },
  )
  if (talk === undefined) throw new Error('no talk')
  expect(await openTalk(await saveTalk(talk, 'x', random, still), 'x', still)).toEqual(talk)
})

const ENTRY = { name: 'a', tag: 'b', verified: true, me: true, time: 0, kind: 'core.text', text: 'x', class: '' as const }
const TALK = { v: 1, time: 0, topic: '', entries: [ENTRY] }

describe('a content is refused', () => {
  test('but not when nothing is changed', () => {
    expect(talkIn(canonicalBytes(TALK))).toEqual({ time: 0, topic: '', entries: [ENTRY] })
  })

  test.each<readonly [string, JsonObject]>([
    ['of another version', { ...TALK, v: 2 }],
    ['of a class that there is not', { ...TALK, entries: [{ ...ENTRY, class: 'shout' }] }],
    ['with a field more', { ...TALK, more: 1 }],
    ['with a field of an entry of another type', { ...TALK, entries: [{ ...ENTRY, tag: 7 }] }],
    ['with a field of an entry more', { ...TALK, entries: [{ ...ENTRY, more: 1 }] }],
    ['without a list', { ...TALK, entries: 'x' }],
    ['with an entry that is none', { ...TALK, entries: [null] }],
    ['with a kind that is none', { ...TALK, entries: [{ ...ENTRY, kind: '\u001b[2J' }] }],
    ['with a time that is none', { ...TALK, entries: [{ ...ENTRY, time: -1 }] }],
  ])('%s', (_, json) => {
    expect(codeOf(() => talkIn(canonicalBytes(json)))).toBe('bad_object')
  })

  test('in the words of a file that does not open', async () => {
    const file = await sealSaved(canonicalBytes({ ...TALK, v: 2 }), 'x', random, still)
    const error: unknown = await openTalk(file, 'x', still).catch((caught: unknown) => caught)
    expect(error instanceof CryptoError && error.code).toBe('not_opened')
  })
})
