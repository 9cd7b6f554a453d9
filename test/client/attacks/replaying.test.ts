/** A relay that plays frames again, later, elsewhere, or out of order. What the members see of it. */
import { describe, expect, test } from 'bun:test'
import type { FromRelay } from '#lib/wire/frames.ts'
import { all, drop, from, ofType, repeat, shuffle, tape, to, when } from '../../harness/liar.ts'
import { seeded } from '../../harness/random.ts'
import { alarms, friends, gapsOf, given, presence, resets, shown } from '../../harness/seen.ts'
import { type Person, World } from '../../harness/world.ts'

type Friends = ReturnType<typeof friends>

/** What can be seen of a person's room, refusals aside. */
function picture(person: Person) {
  const { members, entries, gaps } = person.client.store.view
  return structuredClone({ members: [...members.values()], entries, gaps, alarms: alarms(person), resets: person.of('reset') })
}

/** Gives somebody frames again, and says what was refused of them. */
function replay(world: World, person: Person, frames: readonly FromRelay[]): string[] {
  const before = person.refusals().length
  for (const frame of frames) world.inject(person.name, frame)
  world.settle()
  return person.refusals().slice(before)
}

/** All that alice sent to bob in a while in which she spoke, stepped, changed her name, and was asked for a line. */
function taped({ world, alice, bob }: Friends): FromRelay[] {
  const frames: FromRelay[] = []
  alice.say('one')
  world.rules = [when(all(to('bob'), from('alice')), tape(frames))]
  alice.say('two')
  alice.rotate()
  alice.do({ do: 'rename', name: 'alicia' })
  alice.do({ do: 'rename', name: 'alice' })
  alice.say('three')
  world.rules = []
  const types = new Set(frames.map(({ type }) => type))
  expect([...types].sort()).toEqual(['broadcast', 'ek_update_fwd', 'ratchet_step_fwd'])
  expect(shown(bob)).toEqual(['one', 'two', 'three'])
  return frames
}

describe('frames played again', () => {
  const refused = ['envelope replayed alice', 'step replayed alice', 'update stale alice']

  test('at once change nothing that is shown, and are refused one by one', () => {
    const room = friends(301)
    const frames = taped(room)
    const before = picture(room.bob)
    expect(replay(room.world, room.bob, frames)).toHaveLength(frames.length)
    expect(picture(room.bob)).toEqual(before)
    expect([...new Set(room.bob.refusals())].sort()).toEqual(refused)
  })

  test('after further steps change nothing either', () => {
    const room = friends(302)
    const { world, alice, bob } = room
    const frames = taped(room)
    for (let i = 0; i < 3; i++) alice.rotate()
    const before = picture(bob)
    expect(replay(world, bob, frames)).toHaveLength(frames.length)
    expect(picture(bob)).toEqual(before)
    // Also when their keys are long gone: they wait in vain for keys that would open them.
    world.advance(300_000)
    const entries = shown(bob)
    replay(world, bob, frames)
    world.advance(60_000)
    expect(shown(bob)).toEqual(entries)
    expect(gapsOf(bob)).toEqual([])
    expect(alarms(bob)).toEqual([])
    alice.say('four')
    expect(shown(bob)).toEqual(['one', 'two', 'three', 'four'])
  })

  test('after their author came back are of a seat that is gone', () => {
    const room = friends(303)
    const { world, alice, bob } = room
    const frames = taped(room)
    world.cut('alice')
    world.advance(10_000)
    expect(alice.of('seated').at(-1)?.returned).toBe(true)
    const before = picture(bob)
    const told = replay(world, bob, frames)
    expect(told).toHaveLength(frames.length)
    expect(new Set(told)).toEqual(
      new Set(['envelope unknown_seat alice', 'step unknown_seat alice', 'update unknown_seat alice']),
    )
    expect(picture(bob)).toEqual(before)
  })

  test('after their reader came back wait in vain: what they said stays said once', () => {
    const room = friends(304)
    const { world, alice, bob } = room
    const frames = taped(room)
    world.cut('bob')
    world.advance(10_000)
    replay(world, bob, frames)
    world.advance(60_000)
    expect(shown(bob)).toEqual(['one', 'two', 'three'])
    expect(alarms(bob)).toEqual([])
    alice.say('four')
    expect(shown(bob)).toEqual(['one', 'two', 'three', 'four'])
  })

  test('to their own author are refused as of the own seat', () => {
    const room = friends(305)
    const frames = taped(room)
    const before = picture(room.alice)
    const told = replay(room.world, room.alice, frames)
    expect(told).toHaveLength(frames.length)
    expect(picture(room.alice)).toEqual(before)
  })

  test('in another room are of nobody there', () => {
    const room = friends(306)
    const frames = taped(room)
    const { world } = room
    const dave = world.person('dave')
    world.person('erin').join(dave.create())
    const before = picture(dave)
    const told = replay(world, dave, frames)
    expect(new Set(told)).toEqual(new Set(['envelope unknown_seat ?', 'step unknown_seat ?', 'update not_opened ?']))
    expect(picture(dave)).toEqual(before)
  })
})

describe('a state played again', () => {
  function letters({ world, bob, alice }: Friends): FromRelay[] {
    return given(world, 'bob').filter((frame) => frame.type === 'relay' && frame.from === alice.seat() && bob.seat() !== '')
  }

  test('is refused: a letter is taken once', () => {
    const room = friends(311)
    const states = letters(room)
    const before = picture(room.bob)
    expect(states.length).toBeGreaterThan(0)
    expect(replay(room.world, room.bob, states)).toEqual(states.map(() => 'letter replayed alice'))
    expect(picture(room.bob)).toEqual(before)
  })

  test('rolls nothing back when its reader is just asking for one', () => {
    const room = friends(312)
    const { world, alice, bob } = room
    const states = letters(room)
    alice.rotate()
    // bob loses a step, asks, and is given the old state in place of the answer.
    world.rules = [when(all(to('bob'), from('alice'), ofType('ratchet_step_fwd', 'relay')), () => [])]
    alice.rotate()
    alice.say('in new keys')
    expect(bob.refusals()).toContain('envelope not_opened alice')
    replay(world, bob, states)
    expect(resets(bob, 'alice')).toBe(0)
    expect(shown(bob)).toEqual([])
    world.rules = []
    world.advance(15_000)
    expect(resets(bob, 'alice')).toBe(1)
    expect(shown(bob)).toEqual(['in new keys'])
  })

  test('after its key is gone is refused, and does not stop the real one', () => {
    const room = friends(313)
    const { world, alice, bob } = room
    const states = letters(room)
    world.advance(200_000)
    expect(new Set(replay(world, bob, states))).toEqual(new Set(['letter unknown_key alice']))
    world.advance(10_000)
    alice.say('still here')
    expect(shown(bob)).toEqual(['still here'])
    expect(resets(bob, 'alice')).toBe(0)
  })
})

describe('frames out of order', () => {
  /** Says how texts of one person stand in what another is shown. */
  const by = (person: Person, name: string) =>
    person.client.store.view.entries.filter(({ who }) => who.name === name).map(({ n }) => n)

  test('of one sender are each shown once, at their place', () => {
    const { world, alice, bob } = friends(321)
    const dice = seeded(321)
    world.rules = [
      when(
        all(to('bob'), from('alice')),
        shuffle(() => (dice(1)[0] ?? 0) * 4),
      ),
    ]
    for (let i = 0; i < 60; i++) {
      alice.say(`${i}`)
      world.advance(100)
    }
    world.rules = []
    world.advance(30_000)
    const arrived = bob.texts()
    expect(arrived).toHaveLength(60)
    expect(arrived).not.toEqual(arrived.toSorted((a, b) => Number(a.slice(7)) - Number(b.slice(7))))
    expect(shown(bob)).toEqual([...Array(60).keys()].map(String))
    expect(gapsOf(bob)).toEqual([])
    expect(alarms(bob)).toEqual([])
  })

  test('of several senders never show an answer before what it answers, and keep each sender’s own order', () => {
    const { world, alice, bob, carol } = friends(322)
    const dice = seeded(322)
    world.rules = [
      when(
        to('bob'),
        shuffle(() => (dice(1)[0] ?? 0) * 4),
      ),
    ]
    for (let i = 0; i < 30; i++) {
      alice.say(`question ${i}`)
      carol.say(`answer ${i}`)
      world.advance(200)
    }
    world.rules = []
    world.advance(30_000)
    expect(bob.texts()).toHaveLength(60)
    const texts = shown(bob)
    for (let i = 0; i < 30; i++) expect(texts.indexOf(`question ${i}`)).toBeLessThan(texts.indexOf(`answer ${i}`))
    for (const name of ['alice', 'carol']) expect(by(bob, name)).toEqual([...Array(30).keys()].map((n) => n + 1))
    expect(gapsOf(bob)).toEqual([])
    expect(alarms(bob)).toEqual([])
  })

  test('and each of them twice are shown once', () => {
    const { world, alice, bob } = friends(323)
    const dice = seeded(323)
    world.rules = [
      when(
        to('bob'),
        repeat(() => (dice(1)[0] ?? 0) * 100),
      ),
    ]
    for (let i = 0; i < 30; i++) alice.say(`${i}`)
    world.advance(60_000)
    expect(shown(bob)).toEqual([...Array(30).keys()].map(String))
    expect(bob.refusals()).toContain('envelope replayed alice')
    expect(alarms(bob)).toEqual([])
  })
})

test('a letter that proves who sent it, kept back until after the goodbye, brings nobody back, given up once before or not', () => {
  const world = new World(330)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const letters = all(to('alice'), from('bob'), ofType('relay'))
  const invite = alice.create()
  world.rules = [when(letters, drop)]
  bob.join(invite)
  world.advance(90_000)
  expect(presence(alice, 'bob')).toBe('unreachable')
  // She kept what he can prove. He asks by it as long as she is silent; the first time that is kept back.
  const kept: FromRelay[] = []
  const keep = tape(kept)
  world.rules = [when(letters, (passage) => (kept.length === 0 ? keep(passage).slice(1) : [passage]))]
  world.advance(240_000)
  expect(presence(alice, 'bob')).toBe('here')
  bob.leave()
  expect(presence(alice, 'bob')).toBe('left')
  expect(replay(world, alice, kept)).toEqual(['letter unknown_seat bob'])
  expect(presence(alice, 'bob')).toBe('left')
})
