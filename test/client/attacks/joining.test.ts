/**
 * What a relay, and a member beside it, try with somebody who is coming in: another's state in a new sealing, states that cross, an old claim in the
 * snapshot, a newcomer that never answers. What the members see of it.
 */
import { describe, expect, test } from 'bun:test'
import { decodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay, SeatRecord, ToRelay } from '#lib/wire/frames.ts'
import { rewrapped } from '../../harness/forging.ts'
import { GlassClient } from '../../harness/glass.ts'
import { all, alter, delay, drop, from, ofType, shuffle, tape, to, when } from '../../harness/liar.ts'
import { peerAt } from '../../harness/proving.ts'
import { seeded } from '../../harness/random.ts'
import { alarms, friends, gapsOf, presence, repaired, resets, shown } from '../../harness/seen.ts'
import { type Person, World } from '../../harness/world.ts'

/** Each hears what each says, and nobody is shown anything that went wrong. */
function expectTogether(people: readonly Person[]): void {
  for (const person of people) person.say(`I am ${person.name}`)
  for (const person of people) {
    expect(shown(person).slice(-people.length)).toEqual(people.map(({ name }) => `I am ${name}`))
    for (const { name } of people) if (name !== person.name) expect(presence(person, name)).toBe('here')
    expect(alarms(person)).toEqual([])
    expect(gapsOf(person)).toEqual([])
  }
}

describe('a state that a member was given and wraps anew for somebody else', () => {
  /** alice's states to mallory and to bob; he gets his only when it is let through. */
  function waiting(seed: number) {
    const world = new World(seed)
    const alice = world.person('alice')
    const invite = alice.create()
    const mallory = new GlassClient(world.edges('mallory'))
    const given: FromRelay[] = []
    const kept: FromRelay[] = []
    const letters = (owner: string) => all(to(owner), from('alice'), ofType('relay'))
    world.rules = [when(letters('mallory'), tape(given)), when(letters('bob'), (passage) => (tape(kept)(passage), []))]
    mallory.do({ do: 'join', invite, name: 'mallory' })
    world.settle()
    const bob = world.person('bob').join(invite)
    const wrap = (frame: FromRelay | undefined, i: number): FromRelay => {
      if (frame?.type !== 'relay') throw new Error('alice wrote nothing')
      const [author, reader] = [peerAt(mallory, alice.seat()), peerAt(mallory, bob.seat())]
      const payload = rewrapped(mallory.room, author, frame.payload, reader, seeded(i))
      return { type: 'relay', from: alice.seat(), payload }
    }
    const take = (frame: FromRelay) => {
      world.inject('bob', frame)
      world.settle()
    }
    return { world, alice, bob, mallory, given, kept, wrap, take }
  }

  test('in place of the real one is refused: whose it seems to be did not seal it to him, and the real one is taken', () => {
    const { world, alice, bob, given, kept, wrap, take } = waiting(701)
    expect(given).toHaveLength(1)
    take(wrap(given[0], 1))
    expect(bob.refusals()).toEqual(['letter bad_signature alice'])
    expect(presence(bob, 'alice')).toBe('joining')
    alice.say('welcome')
    expect(shown(bob)).toEqual([])
    world.rules = []
    for (const frame of kept) take(frame)
    expect(bob.refusals()).toHaveLength(1)
    expect(shown(bob)).toEqual(['welcome'])
    expectTogether([alice, bob])
  })

  test('behind the real one is refused too, and rolls nothing back', () => {
    const { world, alice, bob, given, kept, wrap, take } = waiting(702)
    world.rules = []
    for (const frame of kept) take(frame)
    alice.rotate()
    alice.say('in new keys')
    take(wrap(given[0], 2))
    expect(bob.refusals()).toEqual(['letter bad_signature alice'])
    expect(resets(bob, 'alice')).toBe(0)
    expect(shown(bob)).toEqual(['in new keys'])
    expectTogether([alice, bob])
  })

  test('as it was, sealed to the member itself, does not even open', () => {
    const { bob, given, take } = waiting(703)
    for (const frame of given) take(frame)
    expect(bob.refusals()).toEqual(['letter unknown_key alice'])
    expect(presence(bob, 'alice')).toBe('joining')
  })
})

describe('states that cross', () => {
  test('of two who come in the same moment: each joins, and hears what the other says at once', () => {
    for (let seed = 711; seed < 731; seed++) {
      const world = new World(seed)
      const dice = seeded(seed)
      const alice = world.person('alice')
      const invite = alice.create()
      const [bob, carol] = [world.person('bob'), world.person('carol')]
      world.rules = [
        when(
          ofType('relay'),
          delay(() => (dice(1)[0] ?? 0) * 4),
        ),
      ]
      for (const person of [bob, carol]) person.client.do({ do: 'join', invite, name: person.name })
      world.settle()
      for (const person of [bob, carol]) person.client.do({ do: 'say', text: `${person.name} is here`, class: null })
      world.advance(5_000)
      world.rules = []
      for (const person of [alice, bob, carol]) {
        expect(new Set(shown(person))).toEqual(new Set(['bob is here', 'carol is here']))
        expect(shown(person)).toHaveLength(2)
        expect(person.refusals()).toEqual([])
      }
      expectTogether([alice, bob, carol])
    }
  })

  test('of an elder that was asked, and its answer to the ask: each joins, and none of them is undone', () => {
    const { world, invite, alice, bob, carol } = friends(731)
    // alice's state is under way for longer than dave waits: it crosses his ask, and its answer follows.
    world.rules = [
      when(
        all(to('dave'), from('alice'), ofType('relay')),
        shuffle(() => 5_100),
      ),
    ]
    const dave = world.person('dave').join(invite)
    world.advance(5_000)
    expect([presence(dave, 'alice'), presence(dave, 'bob')]).toEqual(['unreachable', 'here'])
    expect(presence(alice, 'dave')).toBe('joining')
    world.advance(15_000)
    world.rules = []
    expectTogether([alice, bob, carol, dave])
  })
})

/** What somebody has sent, from a place of the recording on. */
function sentBy(world: World, owner: string, since = 0): readonly ToRelay[] {
  return world.recording
    .slice(since)
    .filter((record) => record.owner === owner && record.way === 'to relay')
    .map(({ text }) => decodeToRelay(text))
}

/** A claim of somebody's, as the relay saw it at first. */
function firstClaim(world: World, owner: string): SeatRecord {
  const frame = sentBy(world, owner).find(({ type }) => type === 'identify')
  if (frame?.type !== 'identify') throw new Error('nobody took a seat')
  const { username, ek, ratchetEk, claim } = frame
  return { username, ek, ratchetEk, claim }
}

/** The relay shows it to a newcomer in the snapshot. */
function showing(owner: string, stale: SeatRecord) {
  return when(
    all(to(owner), ofType('joined')),
    alter((frame) => {
      if (frame.type !== 'joined') return [frame]
      return [{ ...frame, members: frame.members.map((one) => (one.username === stale.username ? stale : one)) }]
    }),
  )
}

describe('an old claim of a member, in the snapshot that a newcomer gets,', () => {
  test('stands until that member’s first letter, which has its newest: each joins, under the newest name', () => {
    const { world, invite, alice, bob, carol } = friends(741)
    const stale = firstClaim(world, 'alice')
    alice.do({ do: 'rename', name: 'alicia' })
    for (let i = 0; i < 3; i++) alice.rotate()
    alice.do({ do: 'rename', name: 'alice' })
    world.rules = [showing('dave', stale)]
    const dave = world.person('dave').join(invite)
    expect(dave.refusals()).toEqual([])
    expect(resets(dave, 'alice')).toBe(0)
    expectTogether([alice, bob, carol, dave])
  })

  test('while its key is gone, and that member’s first letter is lost: it is shown as unreachable, announces its key, and each joins', () => {
    const { world, invite, alice, bob, carol } = friends(742)
    const stale = firstClaim(world, 'alice')
    alice.rotate()
    world.advance(300_000)
    world.rules = [showing('dave', stale), when(all(to('dave'), from('alice'), ofType('relay')), drop)]
    const dave = world.person('dave').join(invite)
    alice.say('welcome')
    world.advance(6_000)
    expect(presence(dave, 'alice')).toBe('unreachable')
    // He asked her, sealed to a key that she wiped long ago.
    expect(alice.refusals()).toEqual(['letter unknown_key dave'])
    world.rules = []
    world.advance(20_000)
    expect(shown(dave)).toEqual(['welcome'])
    expectTogether([alice, bob, carol, dave])
  })
})

describe('a newcomer that never answers', () => {
  test('is shown as joining, and after a minute as unreachable, and is given no more keys from then on', () => {
    const { world, invite, alice, bob, carol } = friends(751)
    const mute = (...owners: readonly string[]) => owners.map((owner) => when(all(to(owner), from('dave')), hushed))
    world.rules = mute('alice', 'bob', 'carol')
    const dave = world.person('dave').join(invite)
    const friendsOf = [alice, bob, carol]
    alice.say('who is that?')
    for (const person of friendsOf) expect(presence(person, 'dave')).toBe('joining')
    // Whoever sits there can read so far, and is counted as a reader.
    expect(shown(dave)).toEqual(['who is that?'])
    expect(alice.entries().at(-1)?.readers).toBe(3)
    world.advance(55_000)
    for (const person of friendsOf) expect(presence(person, 'dave')).toBe('joining')
    world.advance(10_000)
    for (const person of friendsOf) {
      expect(presence(person, 'dave')).toBe('unreachable')
      expect(person.events.filter((event) => event.is === 'member' && event.what === 'unreachable')).toHaveLength(1)
    }
    const before = world.recording.length
    alice.say('nobody, it seems')
    const [said] = sentBy(world, 'alice', before)
    if (said?.type !== 'ratchet_step') throw new Error('no step')
    expect(Object.keys(said.payloads).toSorted()).toEqual([bob.seat(), carol.seat()].toSorted())
    expect(alice.entries().at(-1)?.readers).toBe(2)
    bob.say('I think so too')
    expect(shown(dave)).toEqual(['who is that?'])
    for (const person of friendsOf) expect(shown(person)).toEqual(['who is that?', 'nobody, it seems', 'I think so too'])
    // That is no lie of anybody's.
    world.advance(60_000)
    for (const person of friendsOf) expect(alarms(person)).toEqual([])
  })

  test('within its minute, since its answers are under way for longer, is given keys anew when they come', () => {
    const { world, invite, alice, bob, carol } = friends(752)
    world.rules = [
      when(
        all(from('dave'), ofType('relay', 'broadcast'), ({ conn }) => conn.owner !== 'dave'),
        shuffle(() => 70_000),
      ),
    ]
    const dave = world.person('dave').join(invite)
    world.advance(65_000)
    alice.say('without dave')
    expect(presence(alice, 'dave')).toBe('unreachable')
    expect(shown(dave)).toEqual([])
    world.rules = []
    world.advance(30_000)
    expect(repaired(dave)).toEqual(['without dave'])
    expectTogether([alice, bob, carol, dave])
  })
})

/** What a member says is lost; that it came, and went, is told. */
const hushed = when(ofType('relay', 'broadcast', 'ratchet_step_fwd', 'ek_update_fwd'), drop)
