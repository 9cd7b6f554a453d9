/** A relay that shows different members to different people: joins and goings that some are not told of. What the members see of it. */
import { describe, expect, test } from 'bun:test'
import type { Turn } from '#lib/client/effects.ts'
import type { Alarm, Event } from '#lib/client/events.ts'
import { takeRoster } from '#lib/client/rosters.ts'
import { toBase64url } from '#lib/wire/bytes.ts'
import { GlassClient } from '../../harness/glass.ts'
import { all, drop, from, hide, ofType, to, when } from '../../harness/liar.ts'
import { devices } from '../../harness/mallory.ts'
import { peerAt, write } from '../../harness/proving.ts'
import { seeded } from '../../harness/random.ts'
import { alarms, friends, gapsOf, presence, repaired, shown } from '../../harness/seen.ts'
import { type Person, World } from '../../harness/world.ts'

/** The roster alarms of one person, as `name: who is hidden`. */
function rosters(person: Person): string[] {
  return alarms(person)
    .filter((alarm): alarm is Alarm & { readonly is: 'roster' } => alarm.is === 'roster')
    .map(({ name, who, hidden }) => `${name}: ${who ?? 'somebody'} ${hidden}`)
    .sort()
}

describe('a join that is hidden from one member', () => {
  test('by its announcement alone comes out with the newcomer’s first letter: nobody is hidden', () => {
    const { world, invite, alice, bob } = friends(201)
    world.rules = [when(all(to('bob'), ofType('peer_joined')), drop)]
    const dave = world.person('dave').join(invite)
    world.advance(10_000)
    expect(presence(bob, 'dave')).toBe('here')
    dave.say('hello')
    bob.say('hello dave')
    expect(shown(bob)).toEqual(['hello', 'hello dave'])
    expect(shown(dave)).toEqual(['hello', 'hello dave'])
    world.advance(60_000)
    expect([alice, bob, dave].flatMap(rosters)).toEqual([])
  })

  test('with all that comes from the newcomer raises an alarm that names the seat, and who shares the room with it', () => {
    const { world, invite, alice, bob, carol } = friends(202)
    world.rules = [when(all(to('bob'), from('dave')), drop)]
    const dave = world.person('dave').join(invite)
    expect(presence(bob, 'dave')).toBeUndefined()
    alice.say('welcome')
    world.advance(15_000)
    expect(rosters(bob)).toContain('alice: somebody from me')
    const named = alarms(bob).map((alarm) => (alarm.is === 'roster' ? alarm.seat : ''))
    expect(new Set(named)).toEqual(new Set([dave.seat()]))
    // The others see the same from their side.
    world.advance(90_000)
    expect(rosters(bob)).toEqual(['alice: somebody from me', 'carol: somebody from me'])
    expect(rosters(alice)).toEqual(['bob: dave from them'])
    expect(rosters(carol)).toEqual(['bob: dave from them'])
    expect(presence(dave, 'bob')).toBe('unreachable')
    // What dave says bob hears from the others, who name it.
    dave.say('can bob hear me?')
    alice.say('I can')
    world.advance(15_000)
    expect(repaired(bob)).toEqual(['can bob hear me?'])
  })
})

test('a line that is kept back with every letter of its author comes from a third member, whoever else is hidden meanwhile', () => {
  const { world, invite, alice, bob } = friends(216)
  const letters = when(all(to('bob'), from('alice'), ofType('relay')), drop)
  const rules = [when(all(to('bob'), from('dave')), drop), letters]
  world.rules = rules
  world.person('dave').join(invite)
  alice.say('with a roster that bob asks about')
  world.advance(10_000)
  world.rules = [...rules, when(all(to('bob'), from('alice'), ofType('broadcast', 'ratchet_step_fwd')), drop)]
  alice.say('lost')
  world.rules = rules
  alice.say('heard')
  world.advance(20_000)
  expect(repaired(bob)).toEqual(['lost'])
  expect(gapsOf(bob)).toEqual([])
})

describe('a going that is hidden from one member', () => {
  test('with its goodbye is repaired by who heard it', () => {
    const { world, alice, bob, carol } = friends(203)
    world.rules = [when(all(to('alice'), from('bob')), drop)]
    bob.leave()
    expect(presence(carol, 'bob')).toBe('left')
    expect(presence(alice, 'bob')).toBe('here')
    world.advance(20_000)
    expect(presence(alice, 'bob')).toBe('left')
    expect(gapsOf(alice)).toEqual([])
    expect(rosters(alice)).toEqual([])
  })

  test('without a word is shown by silence, and by whoever gives that seat no keys any more', () => {
    const { world, alice, bob, carol } = friends(204)
    world.rules = [when(all(to('alice'), ofType('peer_left')), drop)]
    world.refuseDials(3_600_000)
    world.cut('bob')
    world.advance(80_000)
    expect(presence(carol, 'bob')).toBe('gone')
    carol.say('bob is gone')
    world.advance(15_000)
    expect(rosters(alice)).toEqual(['carol: bob from them'])
    expect(alarms(alice)).toMatchObject([{ seat: bob.seat() }])
    world.advance(55_000)
    expect(presence(alice, 'bob')).toBe('silent')
  })
})

test('a member that the relay takes from one other shows on all three sides', () => {
  const { world, alice, bob, carol } = friends(205)
  world.rules = [when(all(to('alice'), from('bob')), drop)]
  world.inject('alice', { type: 'peer_left', username: bob.seat() })
  world.settle()
  expect(presence(alice, 'bob')).toBe('reconnecting')
  world.advance(60_000)
  expect(presence(alice, 'bob')).toBe('gone')
  bob.say('I am still here')
  carol.say('I hear you')
  alice.say('where is bob?')
  world.advance(90_000)
  // alice sees him gone, and reads what he says in carol's memory.
  expect(repaired(alice)).toEqual(['I am still here'])
  // carol sees that alice's keys are not given to him.
  expect(rosters(carol)).toEqual(['alice: bob from them'])
  expect(alarms(carol)).toMatchObject([{ seat: bob.seat(), name: 'alice' }])
  // He cannot open what she says, reads it in carol's memory, and then sees her silent.
  expect(bob.refusals()).toContain('envelope not_opened alice')
  expect(repaired(bob)).toEqual(['where is bob?'])
  world.advance(60_000)
  expect(presence(bob, 'alice')).toBe('silent')
  // The relay lets him through again: he is taken back by the pair secret that she gave him.
  world.rules = []
  world.advance(90_000)
  expect([presence(alice, 'bob'), presence(bob, 'alice')]).toEqual(['here', 'here'])
  bob.say('back')
  alice.say('at last')
  expect(shown(alice).slice(-2)).toEqual(['back', 'at last'])
  expect(shown(bob).slice(-2)).toEqual(['back', 'at last'])
})

test('a member that says it does not know me is named, and so am I', () => {
  const world = new World(209)
  const told: Event[] = []
  const alice = new GlassClient(world.edges('alice'), (_, events) => told.push(...events))
  alice.do({ do: 'create', url: 'ws://127.0.0.1:1337/ws', name: 'alice', adminToken: null })
  world.settle()
  const mallory = new GlassClient(world.edges('mallory'))
  mallory.do({ do: 'join', invite: alice.room.invite, name: 'mallory' })
  world.settle()
  world.advance(10_000)
  // Her digest is of nobody's room; asked for the list, she says that she sits there alone.
  world.rules = [when(all(to('mallory'), from('alice'), ofType('relay')), drop)]
  mallory.room.roster = new Uint8Array(32)
  mallory.do({ do: 'say', text: 'hello', class: null })
  world.settle()
  const { seat, memberId } = mallory.room.me
  const her = peerAt(alice, seat)
  const answer = () => {
    const { nonce } = her.repair ?? {}
    if (nonce === undefined) throw new Error('she was not asked')
    write(
      world,
      mallory,
      { owner: 'alice', seat: alice.room.me.seat },
      { kind: 'repair', nonce, entries: [], authors: [], roster: [{ seat, memberId }] },
    )
  }
  const isAsked = () => her.repair !== null
  for (let second = 0; second < 10 && !isAsked(); second++) world.advance(1_000)
  answer()
  expect(told.filter(({ is }) => is === 'alarm')).toEqual([])
  for (let second = 0; second < 10 && !isAsked(); second++) world.advance(1_000)
  answer()
  expect(told.filter((event) => event.is === 'alarm').map(({ alarm }) => alarm)).toEqual([
    {
      is: 'roster',
      name: 'mallory',
      member: her.member,
      seat: alice.room.me.seat,
      who: 'alice',
      hidden: 'from them',
    },
  ])
})

describe('a room that the relay forks into two', () => {
  const isLeft = (name: string) => name === 'alice' || name === 'bob'

  test('while all are in it falls silent: each half sees the other half silent within 150 seconds', () => {
    const { world, invite, alice, bob, carol } = friends(206)
    const dave = world.person('dave').join(invite)
    world.advance(10_000)
    world.rules = [
      hide(
        (seat) => world.ownerOf(seat),
        (who, other) => isLeft(who) !== isLeft(other),
      ),
    ]
    for (let i = 0; i < 5; i++) {
      alice.say('left')
      dave.say('right')
      world.advance(30_000)
    }
    expect([presence(alice, 'carol'), presence(alice, 'dave')]).toEqual(['silent', 'silent'])
    expect([presence(dave, 'alice'), presence(dave, 'bob')]).toEqual(['silent', 'silent'])
    expect(presence(alice, 'bob')).toBe('here')
    expect(presence(carol, 'dave')).toBe('here')
    expect(alice.of('delivered')).toEqual([])
    // Joined again, it is one room with one history.
    world.rules = []
    world.advance(120_000)
    for (const person of [alice, bob, carol, dave]) {
      expect(shown(person)).toHaveLength(10)
      expect(gapsOf(person)).toEqual([])
    }
  })

  test('with one member in both halves raises the roster alarm: it names the seats of the other half', () => {
    const { world, invite, alice, bob, carol } = friends(207)
    world.rules = [
      hide(
        (seat) => world.ownerOf(seat),
        (who, other) => (who === 'dave' && other === 'alice') || (who === 'alice' && other === 'dave'),
      ),
    ]
    const dave = world.person('dave').join(invite)
    world.advance(5_000)
    bob.say('we are four')
    world.advance(100_000)
    expect(rosters(alice)).toEqual(['bob: somebody from me', 'carol: somebody from me'])
    expect(rosters(dave)).toEqual(['bob: somebody from me', 'carol: somebody from me'])
    const named = (person: Person) => new Set(alarms(person).map((alarm) => (alarm.is === 'roster' ? alarm.seat : '')))
    expect(named(alice)).toEqual(new Set([dave.seat()]))
    expect(named(dave)).toEqual(new Set([alice.seat()]))
    expect(rosters(bob)).toEqual(['alice: dave from them', 'dave: alice from them'])
    expect(rosters(carol)).toEqual(['alice: dave from them', 'dave: alice from them'])
  })

  test('before its halves ever met shows in the code that people compare, and in nothing else', () => {
    const { world, invite, alice, bob } = friends(208)
    const isOld = (name: string) => name !== 'dave'
    world.rules = [
      hide(
        (seat) => world.ownerOf(seat),
        (who, other) => isOld(who) !== isOld(other),
      ),
    ]
    const dave = world.person('dave').join(invite)
    expect(dave.of('seated')[0]?.others).toBe(0)
    world.advance(200_000)
    const codes = [alice, bob, dave].map((person) => person.do({ do: 'fingerprints' }).of('fingerprints').at(-1)?.room)
    expect(codes[0]).toEqual(codes[1])
    expect(codes[2]).not.toEqual(codes[0])
    expect([alice, bob, dave].flatMap(alarms)).toEqual([])
  })
})

test('a member that makes up one list of hidden seats after the other is believed 64 of them, and no more is kept', () => {
  const world = new World(950)
  const alice = world.person('alice')
  const [carol] = devices(world, ['carol', 'nobody'])
  if (carol === undefined) throw new Error('nobody')
  carol.do({ do: 'join', invite: alice.create(), name: 'carol' })
  world.advance(10_000)
  const [peer] = carol.room.peers.values()
  if (peer === undefined) throw new Error('carol met nobody')
  const random = seeded(950)
  const turn: Turn = { now: world.clock.now(), random, effects: [] }
  for (let list = 0; list < 20; list++) {
    const theirs = Array.from({ length: 100 }, () => ({ seat: toBase64url(random(18)), memberId: random(32) }))
    for (const later of [0, 10_000]) takeRoster(carol.room, peer, theirs, { ...turn, now: turn.now + list * 20_000 + later })
  }
  expect(turn.effects.filter((effect) => effect.do === 'tell' && effect.event.is === 'alarm')).toHaveLength(64)
  expect(carol.room.rosterFaults.size).toBe(64)
})
