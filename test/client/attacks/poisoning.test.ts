/** Members that hand on what is not true, ask for what is not theirs, or ask without end. What the members see of it. */
import { describe, expect, test } from 'bun:test'
import { ASK_BYTES, type AskLetter, type LetterContent } from '#lib/client/letters.ts'
import { type Entry, readEntry, type Signed, signEntry } from '#lib/room/entry.ts'
import type { Kept } from '#lib/room/transcript.ts'
import { fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import type { GlassClient } from '../../harness/glass.ts'
import { GlassClient as Glass } from '../../harness/glass.ts'
import { all, drop, from, ofType, to, when } from '../../harness/liar.ts'
import { founderOfGlass, trio } from '../../harness/mallory.ts'
import { write } from '../../harness/proving.ts'
import { alarms, gapsOf, repaired, shown } from '../../harness/seen.ts'
import { World } from '../../harness/world.ts'

/** alice of glass, bob of flesh, and mallory of glass, who keeps alice's two lines; bob got neither. */
function robbed(seed: number) {
  const world = new World(seed)
  const alice = founderOfGlass(world, 'alice')
  const bob = world.person('bob').join(alice.room.invite)
  const mallory = new Glass(world.edges('mallory'))
  const act = (client: GlassClient, text: string) => {
    client.do({ do: 'say', text, class: null })
    world.settle()
  }
  mallory.do({ do: 'join', invite: alice.room.invite, name: 'mallory' })
  world.settle()
  world.advance(10_000)
  world.rules = [when(all(to('bob'), from('alice')), drop)]
  act(alice, 'one')
  act(alice, 'two')
  const { signer, memberId } = alice.room.me
  const log = mallory.room.transcript.logs.get(alice.room.log)
  const kept = log?.entries.get(2)
  if (log === undefined || kept === undefined) throw new Error('mallory heard nothing')
  const { member } = [...mallory.room.peers.values()].find(({ seat }) => seat === alice.room.me.seat)?.claim ?? {}
  if (member === undefined) throw new Error('nobody')
  const { entry } = readEntry(kept.bytes, kept.signature, { roomId: alice.room.keys.roomId, member, memberId })
  return { world, alice, bob, mallory, act, signer, entry, kept, put: (poison: Kept) => log.entries.set(2, poison) }
}

type Robbed = ReturnType<typeof robbed>

const keeping = (kept: Kept, { bytes, signature }: Signed): Kept => ({ ...kept, bytes, signature })

const POISONS: readonly [what: string, code: string, (room: Robbed) => Signed][] = [
  ['altered', 'bad_signature', ({ kept }) => ({ ...kept, bytes: utf8(fromUtf8(kept.bytes).replace('"two"', '"owt"')) })],
  [
    'invented, and signed by who hands it on,',
    'bad_signature',
    ({ entry, mallory }) => signEntry(mallory.room.keys.roomId, said(entry, 'never'), mallory.room.me.signer),
  ],
  ['of another room', 'wrong_room', ({ entry, signer }) => signEntry(new Uint8Array(16).fill(7), entry, signer)],
  [
    'that was not asked for',
    'bad_object',
    ({ entry, signer, mallory }) => signEntry(mallory.room.keys.roomId, { ...entry, n: 9 }, signer),
  ],
]

function said(entry: Entry, text: string): Entry {
  return { ...entry, body: { text } }
}

describe('a member that is asked for what another said, and hands on an entry', () => {
  test('as it was, is believed: the entry has its author’s own signature', () => {
    const { world, bob, mallory, act } = robbed(401)
    act(mallory, 'I heard alice')
    world.advance(20_000)
    expect(repaired(bob)).toEqual(['one', 'two'])
    expect(
      bob
        .entries()
        .filter((entry) => entry.repaired)
        .map(({ who }) => who.name),
    ).toEqual(['alice', 'alice'])
  })

  test.each(POISONS)('%s is refused and named, and the gap stays until the author fills it', (_, code, poison) => {
    const room = robbed(402)
    const { world, bob, mallory, act, kept, put } = room
    put(keeping(kept, poison(room)))
    act(mallory, 'I heard alice')
    world.advance(20_000)
    expect(bob.refusals()).toContain(`repair ${code} mallory`)
    expect(repaired(bob)).toEqual(['one'])
    expect(gapsOf(bob)).toMatchObject([{ name: 'alice', from: 2, to: 2, by: 'mallory', unavailable: true }])
    world.rules = []
    world.advance(60_000)
    expect(shown(bob).filter((text) => text !== 'I heard alice')).toEqual(['one', 'two'])
    expect(gapsOf(bob)).toEqual([])
    expect(alarms(bob)).toEqual([])
  })

  test('although nobody asked, is refused', () => {
    const { world, bob, mallory, kept } = robbed(403)
    const unasked: LetterContent = { kind: 'repair', nonce: new Uint8Array(ASK_BYTES), entries: [kept], authors: [], roster: [] }
    write(world, mallory, { owner: 'bob', seat: bob.seat() }, unasked)
    expect(bob.refusals()).toEqual(['letter not_asked mallory'])
    expect(repaired(bob)).toEqual([])
  })

  test('for another question than the one that is open, is refused', () => {
    const { world, bob, mallory, act, kept } = robbed(404)
    world.rules.push(when(all(to('bob'), from('mallory'), ofType('relay')), drop))
    act(mallory, 'I heard alice')
    const { seat } = mallory.room.me
    const before = world.recording.length
    const isAsked = () =>
      world.recording.slice(before).some(({ owner, text }) => owner === 'bob' && text.includes(`"to":"${seat}"`))
    for (let second = 0; second < 20 && !isAsked(); second++) world.advance(1_000)
    expect(isAsked()).toBe(true)
    const other: LetterContent = { kind: 'repair', nonce: new Uint8Array(ASK_BYTES), entries: [kept], authors: [], roster: [] }
    write(world, mallory, { owner: 'bob', seat: bob.seat() }, other)
    expect(bob.refusals()).toEqual(['letter not_asked mallory'])
    expect(repaired(bob)).toEqual([])
  })
})

function asking(log: string, nonce = 1): AskLetter {
  const entries = [{ log, from: 1, to: 1_000 }]
  return { kind: 'ask', nonce: new Uint8Array(ASK_BYTES).fill(nonce), state: false, roster: false, entries }
}

function textsIn(letters: readonly LetterContent[]): unknown[] {
  return letters
    .flatMap((letter) => (letter.kind === 'repair' ? letter.entries : []))
    .map(({ bytes }) => JSON.parse(fromUtf8(bytes)).body.text)
}

test('a member that asks for what came before its time gets nothing of it, of the author or of anybody', () => {
  const world = new World(411)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const invite = alice.create()
  bob.join(invite)
  for (const text of ['a secret', 'another']) alice.say(text)
  bob.say('I keep them')
  const mallory = new Glass(world.edges('mallory'))
  mallory.do({ do: 'join', invite, name: 'mallory' })
  world.settle()
  alice.say('welcome')
  const { log } = alice.of('entry')[0]?.entry ?? { log: '' }
  for (const person of [alice, bob]) {
    const letters = write(world, mallory, { owner: person.name, seat: person.seat() }, asking(log))
    expect(letters).toMatchObject([{ kind: 'repair' }])
    expect(textsIn(letters)).toEqual(['welcome'])
  }
})

test('a member that asks too much is refused: twenty answers in ten seconds, and then twenty more', () => {
  const { world, alice, mallory } = trio(412)
  alice.say('again and again')
  const { log } = alice.of('entry')[0]?.entry ?? { log: '' }
  const ask = (n: number) => write(world, mallory, { owner: 'alice', seat: alice.seat() }, asking(log, n))
  for (let i = 0; i < 20; i++) expect(textsIn(ask(i))).toEqual(['again and again'])
  expect(ask(20)).toEqual([])
  expect(alice.refusals()).toEqual(['letter too_many mallory'])
  world.advance(9_000)
  expect(ask(21)).toEqual([])
  world.advance(1_000)
  expect(textsIn(ask(22))).toEqual(['again and again'])
})

test('a member that asks for much is refused after four megabytes in ten seconds, however few letters they take', () => {
  const { world, alice, mallory } = trio(413)
  // Four of them fill a letter: a fifth would make it longer than 256 KiB.
  for (let i = 0; i < 5; i++) alice.say(`${i}`.padEnd(60_000, 'x'))
  const { log } = alice.of('entry')[0]?.entry ?? { log: '' }
  const ask = (n: number) =>
    write(world, mallory, { owner: 'alice', seat: alice.seat() }, asking(log, n))
      .flatMap((letter) => (letter.kind === 'repair' ? letter.entries : []))
      .reduce((sum, { bytes }) => sum + bytes.length, 0)
  let given = 0
  let letters = 0
  for (let got = ask(0); got > 0; got = ask(letters)) {
    expect(got).toBeWithin(4 * 60_000, 256 * 1_024)
    given += got
    letters += 1
  }
  // The letter that reaches the bound is the last.
  expect(given).toBeWithin(4 * 1_024 * 1_024, 4 * 1_024 * 1_024 + 256 * 1_024)
  expect(letters).toBeLessThan(20)
  expect(alice.refusals()).toEqual(['letter too_many mallory'])
  world.advance(9_000)
  expect(ask(100)).toBe(0)
  world.advance(1_000)
  expect(ask(101)).toBeGreaterThan(0)
})

test('a head that nobody wrote has its victims ask its author and the liar, and nobody else', () => {
  const { world, invite, alice, bob, mallory, say } = trio(931)
  world.person('carol').join(invite)
  world.advance(10_000)
  const log = mallory.room.peers.get(bob.seat())?.log ?? ''
  mallory.room.news.set(log, { log, n: 900, hash: new Uint8Array(32) })
  const before = world.recording.length
  say('bob said 900 things')
  world.advance(20_000)
  expect(gapsOf(alice)).toMatchObject([{ name: 'bob', from: 1, to: 900, by: 'mallory', unavailable: true }])
  const asked = world.recording
    .slice(before)
    .filter(({ owner, way, text }) => owner === 'alice' && way === 'to relay' && text.includes('"relay"'))
    .map(({ text }) => JSON.parse(text).to)
  expect(new Set(asked)).toEqual(new Set([bob.seat(), mallory.room.me.seat]))
})
