/** How a room begins and ends for somebody: coming, going, silence, closing, names, and what a lying relay is caught at. */
import { describe, expect, test } from 'bun:test'
import type { Invite } from '#lib/crypto/invite.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { GlassClient } from '../harness/glass.ts'
import { type Person, World } from '../harness/world.ts'

interface Room {
  readonly world: World
  readonly invite: Invite
  readonly alice: Person
  readonly bob: Person
  readonly carol: Person
}

/** alice's room with bob and carol in it, settled. */
function room(seed = 1): Room {
  const world = new World(seed)
  const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
  const invite = alice.create()
  bob.join(invite)
  carol.join(invite)
  return { world, invite, alice, bob, carol }
}

/** Loses what `lost` says, on its way to one person. */
function lose(world: World, owner: string, lost: (frame: FromRelay) => boolean): void {
  world.meddle = (frame, to) => (to.owner === owner && lost(frame) ? [] : [frame])
}

const ending = (person: Person) => person.of('ended').at(-1)?.why

describe('a relay that does not answer', () => {
  test('the dial is given up after twenty seconds', () => {
    const { world, invite } = room()
    const dave = world.person('dave')
    dave.client.do({ do: 'join', invite, name: 'dave' })
    world.clock.advance(19_999)
    expect(ending(dave)).toBeUndefined()
    world.clock.advance(1)
    expect(ending(dave)).toEqual({ is: 'unreachable', host: '127.0.0.1:1337' })
  })

  test('leaves no room key behind in the session, and the invite of who asked as it was', () => {
    const { world, invite } = room()
    const glass = new GlassClient(world.edges('dave'))
    glass.do({ do: 'join', invite, name: 'dave' })
    const { session } = glass
    if (session.at !== 'dialing' || session.goal.is !== 'join') throw new Error('no dial')
    const { roomKey } = session.goal.invite
    expect(roomKey).toEqual(invite.roomKey)
    world.clock.advance(20_000)
    expect(roomKey.every((byte) => byte === 0)).toBe(true)
    expect(invite.roomKey.some((byte) => byte !== 0)).toBe(true)
  })

  test('the door is given up too when the relay took the connection and says nothing', () => {
    const { world, invite } = room()
    const dave = world.person('dave')
    lose(world, 'dave', (frame) => frame.type === 'joined')
    dave.join(invite)
    world.advance(20_000)
    expect(ending(dave)).toEqual({ is: 'silent' })
  })

  test('who is in is not thrown out by the time the door had', () => {
    const { world, bob } = room()
    world.advance(60_000)
    expect(ending(bob)).toBeUndefined()
  })
})

describe('coming', () => {
  test('is told to everybody: joining, then arrived', () => {
    const { alice, carol } = room()
    expect(alice.members()).toEqual(['joining bob', 'arrived bob', 'joining carol', 'arrived carol'])
    expect(carol.members()).toEqual(['present alice', 'present bob', 'arrived alice', 'arrived bob'])
  })

  test('into an empty room says so and leaves nobody waiting', () => {
    const { world, invite, alice, bob, carol } = room()
    for (const person of [alice, bob, carol]) person.leave()
    const dave = world.person('dave').join(invite)
    expect(dave.of('seated')[0]?.others).toBe(0)
    const erin = world.person('erin').join(invite)
    dave.say('a room again')
    expect(erin.texts()).toEqual(['dave: a room again'])
  })

  test('says at once what was typed before the handshake was over, and in its order', () => {
    const { world, invite, alice } = room()
    const dave = world.person('dave')
    dave.client.do({ do: 'join', invite, name: 'dave' })
    while (dave.of('seated').length === 0) world.deliver(1)
    for (const text of ['one', 'two', 'three']) dave.client.do({ do: 'say', text, class: null })
    expect(dave.texts()).toEqual([])
    world.settle()
    expect(alice.texts()).toEqual(['dave: one', 'dave: two', 'dave: three'])
  })

  test('and going before the handshake is over says goodbye to who can hear it, and what was not said is told', () => {
    const { world, invite, alice, carol } = room()
    const dave = world.person('dave')
    lose(world, 'dave', (frame) => frame.type === 'relay' && frame.from === carol.seat())
    dave.join(invite)
    dave.say('never said')
    dave.do({ do: 'leave', now: true })
    expect(dave.of('failed').map(({ command, fault }) => `${command} ${fault}`)).toEqual(['say not_sent'])
    expect(alice.members().at(-1)).toBe('left dave')
    expect(carol.texts()).toEqual([])
  })

  test('and losing the connection before the handshake is over loses nothing that was said', () => {
    const { world, invite, alice, carol } = room()
    const dave = world.person('dave')
    lose(world, 'dave', (frame) => frame.type === 'relay' && frame.from === carol.seat())
    dave.join(invite)
    dave.say('one').do({ do: 'send', kind: 'org.example.x', body: {} }).leave()
    world.cut('dave')
    world.settle()
    world.advance(20_000)
    expect(alice.texts()).toEqual(['dave: one'])
    expect(alice.entries().map(({ kind }) => kind)).toEqual(['core.text', 'org.example.x', 'core.leave'])
    expect(ending(dave)).toEqual({ is: 'left' })
  })

  test('and losing it for good tells what was not said', () => {
    const { world, invite, carol } = room()
    const dave = world.person('dave')
    lose(world, 'dave', (frame) => frame.type === 'relay' && frame.from === carol.seat())
    dave.join(invite)
    dave.say('one').do({ do: 'send', kind: 'org.example.x', body: {} }).leave()
    world.refuseDials(60_000)
    world.cut('dave')
    world.settle()
    world.advance(30_000)
    expect(dave.events.slice(-3)).toMatchObject([
      { is: 'failed', command: 'say', fault: 'not_sent' },
      { is: 'failed', command: 'send', fault: 'not_sent' },
      { is: 'ended', why: { is: 'disconnected' } },
    ])
  })

  test('past a silent elder takes five seconds, shows it as unreachable, and stalls nobody else', () => {
    const { world, invite, alice, bob, carol } = room()
    const dave = world.person('dave')
    lose(world, 'dave', (frame) => frame.type === 'relay' && frame.from === carol.seat())
    dave.join(invite)
    dave.say('can you hear me')
    expect(alice.texts()).toEqual([])
    world.advance(5_000)
    expect(dave.members()).toContain('unreachable carol')
    expect(alice.texts()).toEqual(['dave: can you hear me'])
    expect(bob.texts()).toEqual(['dave: can you hear me'])
  })

  test('an elder whose first letter was lost answers when it is asked again', () => {
    const { world, invite, alice, carol } = room()
    const dave = world.person('dave')
    let lost = 0
    world.meddle = (frame, to) =>
      to.owner === 'dave' && frame.type === 'relay' && frame.from === carol.seat() && lost++ === 0 ? [] : [frame]
    dave.join(invite)
    world.advance(5_000)
    expect(dave.members()).toContain('arrived carol')
    carol.say('there you are')
    dave.say('and you')
    expect(dave.texts()).toEqual(['carol: there you are', 'dave: and you'])
    expect(carol.texts()).toEqual(['carol: there you are', 'dave: and you'])
    expect(alice.refusals()).toEqual([])
  })

  test('a claim played back by the relay makes nobody: it stays joining', () => {
    const { world, invite, alice, bob } = room()
    const frame = world.recording
      .filter(({ owner, way }) => owner === 'bob' && way === 'to relay')
      .map(({ text }) => JSON.parse(text))
      .find(({ type }) => type === 'identify')
    bob.leave()
    const dave = world.person('dave').join(invite)
    world.inject('dave', {
      type: 'peer_joined',
      username: frame.username,
      ek: frame.ek,
      ratchetEk: frame.ratchetEk,
      claim: frame.claim,
    })
    world.settle()
    expect(dave.members().filter((change) => change.endsWith('bob'))).toEqual(['joining bob'])
    expect(alice.texts()).toEqual([])
  })
})

describe('going', () => {
  test('is heard at once, and the next message is not for who left', () => {
    const { world, alice, bob, carol } = room()
    bob.leave()
    expect(alice.members().at(-1)).toBe('left bob')
    expect(ending(bob)).toEqual({ is: 'left' })
    const before = world.recording.length
    alice.say('without bob')
    const steps = world.recording.slice(before).filter(({ text }) => text.includes('"ratchet_step"'))
    expect(steps).toHaveLength(1)
    expect(Object.keys(JSON.parse(steps[0]?.text ?? '').payloads)).toEqual([carol.seat()])
    expect(carol.texts()).toEqual(['alice: without bob'])
  })

  test('without a word is what the relay says, and keys are renewed after a minute', () => {
    const { world, alice, carol } = room()
    world.refuseDials(3_600_000)
    world.cut('bob')
    world.settle()
    expect(alice.members().at(-1)).toBe('reconnecting bob')
    world.advance(60_000)
    expect(alice.members().at(-1)).toBe('gone bob')
    const before = world.recording.length
    alice.say('only us')
    expect(world.recording.slice(before).some(({ text }) => text.includes('"ratchet_step"'))).toBe(true)
    expect(carol.texts()).toEqual(['alice: only us'])
  })

  test('a relay that says so of somebody who is there is contradicted by the next message', () => {
    const { world, alice, bob } = room()
    world.inject('alice', { type: 'peer_left', username: bob.seat() })
    world.settle()
    bob.say('I am here')
    expect(alice.members().slice(-2)).toEqual(['reconnecting bob', 'arrived bob'])
    world.advance(120_000)
    expect(alice.members()).not.toContain('gone bob')
  })

  test('a socket that dies is told, and dialed again', () => {
    const { world, bob } = room()
    world.cut('bob')
    world.settle()
    expect(bob.events.at(-1)).toMatchObject({ is: 'away', code: 1006 })
    world.advance(2_000)
    expect(bob.of('seated').map(({ returned }) => returned)).toEqual([false, true])
  })
})

describe('closing', () => {
  test('by the founder ends the room for everybody, who refuse its invite from then on', () => {
    const { invite, alice, bob, carol } = room()
    alice.do({ do: 'close' })
    for (const person of [alice, bob, carol]) expect(ending(person)).toMatchObject({ is: 'closed', by: { name: 'alice' } })
    bob.join(invite)
    expect(bob.of('failed').at(-1)?.fault).toBe('room_closed')
  })

  test('by anybody else is refused at home', () => {
    const { bob } = room()
    bob.do({ do: 'close' })
    expect(bob.of('failed').at(-1)?.fault).toBe('not_founder')
    expect(ending(bob)).toBeUndefined()
  })

  test('leaves the invite that was told to who heard it', () => {
    const { alice, invite } = room()
    alice.do({ do: 'close' })
    expect(alice.of('created')[0]?.invite).toEqual(invite)
  })
})

describe('names', () => {
  test('that look alike are marked on both, and a change is told with the former one', () => {
    const { world, invite, alice, bob } = room()
    world.person('b\u043eb').join(invite) // a Cyrillic letter in the middle
    const views = alice.client.store.view.members
    const clashing = [...views.values()].filter(({ clash }) => clash).map(({ name }) => name)
    expect(clashing).toContain('b\u043eb')
    bob.do({ do: 'rename', name: 'robert' })
    expect(alice.of('member').at(-1)).toMatchObject({ what: 'renamed', was: 'bob', who: { name: 'robert' } })
    expect(bob.of('member').at(-1)).toMatchObject({ what: 'renamed', was: 'bob', who: { name: 'robert', me: true } })
    bob.say('same keys')
    expect(alice.texts()).toEqual(['robert: same keys'])
  })
})

describe('a relay that drops', () => {
  test('one message is caught at the next one, and the gap has its owner', () => {
    const { world, alice, bob } = room()
    let drop = true
    lose(world, 'bob', (frame) => frame.type === 'broadcast' && drop)
    alice.say('lost')
    drop = false
    alice.say('heard')
    expect(bob.texts()).toEqual(['alice: heard'])
    expect(bob.of('gaps').at(-1)?.gaps).toMatchObject([{ name: 'alice', from: 1, to: 1 }])
  })

  test('the last message is caught by what others had seen', () => {
    const { world, alice, bob, carol } = room()
    lose(world, 'bob', (frame) => frame.type === 'broadcast' && frame.from === alice.seat())
    alice.say('for all')
    carol.say('I heard alice')
    expect(bob.of('gaps').at(-1)?.gaps).toMatchObject([{ name: 'alice', from: 1, to: 1 }])
  })

  test('and then delivers late fills the gap, before what was said after it', () => {
    const { world, alice, bob } = room()
    const late: FromRelay[] = []
    world.meddle = (frame, to) => {
      if (to.owner !== 'bob' || frame.type !== 'broadcast' || late.length > 0) return [frame]
      late.push(frame)
      return []
    }
    alice.say('first')
    alice.say('second')
    for (const frame of late) world.inject('bob', frame)
    world.settle()
    expect(bob.client.store.view.entries.map(({ body }) => body['text'])).toEqual(['first', 'second'])
    expect(bob.of('gaps').at(-1)?.gaps).toEqual([])
    expect(bob.refusals()).toEqual([])
  })
})

describe('a relay that repeats', () => {
  test('a message gets it refused, for its readers and for its author', () => {
    const { world, alice, bob } = room()
    alice.say('once')
    const frame = world.recording
      .map(({ text }) => JSON.parse(text))
      .findLast(({ type, from }) => type === 'broadcast' && from !== undefined)
    world.inject('bob', frame)
    world.inject('alice', frame)
    world.settle()
    expect(bob.texts()).toEqual(['alice: once'])
    expect(bob.refusals()).toEqual(['envelope replayed alice'])
    expect(alice.refusals()).toEqual(['envelope own_seat ?'])
  })
})
