/** Members and relays that lie inside a running room: what the others see, and that nothing else changes. */
import { describe, expect, test } from 'bun:test'
import type { Alarm } from '#lib/client/events.ts'
import type { Peer } from '#lib/client/state.ts'
import { ASK_BYTES, type LetterContent } from '#lib/client/letters.ts'
import { beginLog } from '#lib/room/transcript.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { letterFrom, thiefsLetter } from '../harness/forging.ts'
import { GlassClient } from '../harness/glass.ts'
import { devices, trio } from '../harness/mallory.ts'
import { seeded } from '../harness/random.ts'
import { type Person, World } from '../harness/world.ts'

function peerOf(client: GlassClient, seat: string): Peer {
  const peer = client.room.peers.get(seat)
  if (peer === undefined) throw new Error('no such peer')
  return peer
}

/** The log of whoever sits there, as mallory knows it. */
function logOf(client: GlassClient, seat: string): string {
  const { log } = peerOf(client, seat)
  if (log === null) throw new Error('no log')
  return log
}

const alarms = (person: Person): Alarm[] => person.of('alarm').map(({ alarm }) => alarm)
const ASK: LetterContent = { kind: 'ask', nonce: new Uint8Array(ASK_BYTES), state: true, roster: false, entries: [] }
const lastGaps = (person: Person) => person.of('gaps').at(-1)?.gaps
const letter = (from: string, payload: string): FromRelay => ({ type: 'relay', from, payload })

describe('a member that says what another did not', () => {
  test('is named with it: neither of the two is believed over the other', () => {
    const { alice, bob, mallory, say } = trio(41)
    bob.say('one')
    mallory.room.news.set(logOf(mallory, bob.seat()), { log: logOf(mallory, bob.seat()), n: 1, hash: new Uint8Array(32) })
    say('bob said something else')
    for (const person of [alice, bob]) {
      expect(alarms(person)).toMatchObject([{ is: 'contradiction', name: 'bob', n: 1, by: { name: 'mallory' } }])
      expect(lastGaps(person)).toBeUndefined()
    }
  })

  test('is found out when the entry that it spoke of comes', () => {
    const { alice, bob, mallory, say } = trio(42)
    mallory.room.news.set(logOf(mallory, bob.seat()), { log: logOf(mallory, bob.seat()), n: 1, hash: new Uint8Array(32) })
    say('bob is about to speak')
    expect(alarms(alice)).toEqual([])
    expect(lastGaps(alice)).toMatchObject([{ name: 'bob', from: 1, to: 1, by: 'mallory' }])
    bob.say('one')
    expect(alarms(alice)).toMatchObject([{ is: 'contradiction', name: 'bob', n: 1, by: { name: 'mallory' } }])
    expect(lastGaps(alice)).toEqual([])
  })

  test('cannot make anybody miss what it wrote itself', () => {
    const { alice, bob, mallory, say } = trio(43)
    mallory.room.news.set(logOf(mallory, bob.seat()), {
      log: logOf(mallory, bob.seat()),
      n: 4_000_000_000,
      hash: new Uint8Array(32),
    })
    say('bob has said a lot')
    expect(alarms(bob)).toMatchObject([{ is: 'contradiction', name: 'bob', by: { name: 'mallory' } }])
    expect(lastGaps(bob)).toBeUndefined()
    expect(lastGaps(alice)).toMatchObject([{ name: 'bob', from: 1, to: 4_000_000_000, by: 'mallory' }])
  })

  test('in the state that it hands a newcomer is named too', () => {
    const { world, invite, bob, mallory } = trio(44)
    bob.say('one')
    const log = mallory.room.transcript.logs.get(logOf(mallory, bob.seat()))
    const kept = log?.entries.get(1)
    if (log === undefined || kept === undefined) throw new Error('mallory heard nothing')
    log.entries.set(1, { ...kept, hash: new Uint8Array(32) })
    const carol = world.person('carol').join(invite)
    expect(alarms(carol)).toMatchObject([{ is: 'contradiction', name: 'bob', n: 1, by: { name: 'mallory' } }])
  })
})

describe('a member that lies about itself', () => {
  test('by two entries at one place is an alarm, and the second is not shown', () => {
    const { alice, bob, mallory, say } = trio(45)
    say('first')
    const { me, transcript, log } = mallory.room
    transcript.logs.delete(log)
    beginLog(transcript, log, me.view.member, { n: 0, hash: new Uint8Array(32) }, true)
    say('second')
    for (const person of [alice, bob]) {
      expect(alarms(person)).toMatchObject([{ is: 'fork', name: 'mallory', n: 1, evidence: [{}, {}] }])
      expect(person.texts()).toEqual(['mallory: first'])
    }
  })

  test('by a claim that does not follow the one before is an alarm, and the claim does not stand', () => {
    const { alice, mallory, act } = trio(46)
    mallory.room.me.claim = { ...mallory.room.me.claim, hash: new Uint8Array(32) }
    act({ do: 'rename', name: 'malory' })
    expect(alarms(alice)).toMatchObject([{ is: 'claim_fork', name: 'mallory' }])
    expect(alice.members()).not.toContain('renamed malory')
  })

  test('by closing a room that is not its own changes nothing, and is told', () => {
    const { alice, bob, mallory, act } = trio(47)
    mallory.room.me.view = { ...mallory.room.me.view, founder: true }
    act({ do: 'close' })
    expect(alarms(bob)).toMatchObject([{ is: 'not_allowed', name: 'mallory', kind: 'core.close' }])
    alice.say('still here')
    expect(bob.texts()).toEqual(['alice: still here'])
  })
})

describe('a stolen signing key, with the room key and the relay,', () => {
  test('is given no state by a newcomer that has one of the real seat', () => {
    const { world, invite, mallory } = trio(48)
    const carol = world.person('carol').join(invite)
    const seat = mallory.room.me.seat
    const ask = thiefsLetter(mallory.room, peerOf(mallory, carol.seat()), ASK, seeded(1))
    const before = world.recording.length
    world.inject('carol', letter(seat, ask))
    world.settle()
    expect(carol.refusals()).toEqual(['letter not_asked mallory'])
    expect(world.recording.slice(before).filter(({ way }) => way === 'to relay')).toEqual([])
  })

  test('is given no state by an elder either', () => {
    const { world, alice, mallory } = trio(49)
    const ask = thiefsLetter(mallory.room, peerOf(mallory, alice.seat()), ASK, seeded(1))
    world.inject('alice', letter(mallory.room.me.seat, ask))
    world.settle()
    expect(alice.refusals()).toEqual(['letter not_asked mallory'])
  })
})

test('who asks for a state again and again is answered once in ten seconds', () => {
  const world = new World(50)
  const alice = world.person('alice')
  const invite = alice.create()
  world.meddle = (frame, to) => (frame.type === 'relay' && to.owner === 'mallory' ? [] : [frame])
  const mallory = new GlassClient(world.edges('mallory'))
  mallory.do({ do: 'join', invite, name: 'mallory' })
  world.settle()
  const ask = (i: number) => {
    world.inject('alice', letter(mallory.room.me.seat, letterFrom(mallory.room, peerOf(mallory, alice.seat()), ASK, seeded(i))))
    world.settle()
  }
  ask(1)
  ask(2)
  expect(alice.refusals()).toEqual(['letter too_many mallory'])
})

describe('a relay that breaks', () => {
  test('one of the frames that wait for a state costs that one alone', () => {
    const { world, invite, alice, bob } = trio(51)
    const carol = world.person('carol')
    const letters: FromRelay[] = []
    world.meddle = (frame, to) => {
      if (to.owner !== 'carol') return [frame]
      if (frame.type === 'relay' && frame.from === alice.seat()) return letters.push(frame) > 0 ? [] : []
      return frame.type === 'broadcast' && frame.from === alice.seat() && letters.length === 1
        ? [{ ...frame, payload: frame.payload.replace(/^.{4}/, 'AAAA') }]
        : [frame]
    }
    carol.join(invite)
    alice.say('broken on the way')
    world.meddle = (frame) => [frame]
    alice.say('whole')
    expect(carol.texts()).toEqual([])
    for (const frame of letters) world.inject('carol', frame)
    world.settle()
    expect(carol.texts()).toEqual(['alice: whole'])
    expect(lastGaps(carol)).toMatchObject([{ name: 'alice', from: 1, to: 1, by: null }])
    expect(bob.texts()).toHaveLength(2)
  })

  test('one member of a snapshot costs a newcomer that one alone', () => {
    const { world, invite, alice, bob } = trio(52)
    world.meddle = (frame, to) => {
      if (frame.type !== 'joined' || to.owner !== 'carol') return [frame]
      return [{ ...frame, members: [...frame.members, { username: '', ek: '', ratchetEk: '', claim: '' }] }]
    }
    const carol = world.person('carol').join(invite)
    expect(carol.of('seated')[0]?.others).toBe(3)
    expect(carol.refusals()).toEqual(['claim not_opened ?'])
    alice.say('welcome')
    bob.say('hello')
    expect(carol.texts()).toEqual(['alice: welcome', 'bob: hello'])
  })
})

test('what a newcomer is handed does not grow with those who have left', () => {
  const { world, invite, alice } = trio(53)
  const sizeFor = (name: string) => {
    const from = world.recording.length
    world.person(name).join(invite)
    const letter = world.recording
      .slice(from)
      .find(({ owner, way, text }) => owner === 'alice' && way === 'to relay' && text.includes('"relay"'))
    return letter?.text.length ?? 0
  }
  const before = sizeFor('carol')
  for (let i = 0; i < 30; i++) world.person(`guest ${i}`).join(invite).say('I was here').leave()
  expect(alice.texts()).toHaveLength(30)
  expect(sizeFor('dave')).toBe(before)
})

test('a further device of a verified member is not shown as verified: it proved nothing', () => {
  const world = new World(54)
  const alice = world.person('alice')
  const invite = alice.create()
  for (const client of devices(world, ['first', 'second'])) {
    client.do({ do: 'join', invite, name: 'mallory' })
    world.settle()
    const member = alice.of('member').at(-1)?.who.member ?? ''
    alice.do({ do: 'verify', member, verified: true })
  }
  const seats = [...alice.client.store.view.members.values()].filter(({ me }) => !me)
  expect(seats.map(({ confirmed, verified }) => ({ confirmed, verified }))).toEqual([
    { confirmed: true, verified: true },
    { confirmed: false, verified: false },
  ])
})
