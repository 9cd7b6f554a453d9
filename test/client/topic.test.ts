/** The topic in a running room (docs/protocol.md, Topic): who may set it, what others make of who may not, and what a newcomer learns. */
import { describe, expect, test } from 'bun:test'
import type { HeldTopic } from '#lib/client/state.ts'
import { topicsToHand } from '#lib/client/topics.ts'
import type { GlassClient } from '../harness/glass.ts'
import { all, drop, from, ofType, sentBy, shuffle, to, when } from '../harness/liar.ts'
import { founderOfGlass, trio } from '../harness/mallory.ts'
import { type Person, World } from '../harness/world.ts'

/** How it stands for somebody: the topic, who set it, and whether it is locked. */
function topicOf({ client }: Person): readonly [string, string | null, boolean] {
  const { text, by, locked } = client.store.view.topic
  return [text, by?.name ?? null, locked]
}

const faults = (person: Person) => person.of('failed').map(({ command, fault }) => `${command} ${fault}`)
const alarms = (person: Person) => person.of('alarm').map(({ alarm }) => alarm)
const set = (text: string) => ({ do: 'topic', text }) as const
const lock = (locked = true) => ({ do: 'lock', locked }) as const

function pair(seed: number) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const invite = alice.create()
  bob.join(invite)
  return { world, invite, alice, bob }
}

test('a topic that a member missed, and whose author vanished, is had from who was only handed it', () => {
  const { world, invite, alice, bob } = pair(90)
  world.advance(10_000)
  world.rules = [when(all(to('bob'), from('alice')), drop)]
  alice.do(set('tea at five'))
  const carol = world.person('carol').join(invite)
  expect(topicOf(carol)).toEqual(['tea at five', 'alice', false])
  world.rules = [when(sentBy('alice'), drop), when(to('alice'), drop)]
  world.advance(120_000)
  expect(topicOf(bob)).toEqual(['tea at five', 'alice', false])
  expect(bob.of('gaps').at(-1)?.gaps).toEqual([])
})

describe('the topic', () => {
  test('is set and taken away by anybody, and told to everybody once each time', () => {
    const { alice, bob } = pair(1)
    bob.do(set('tea at five'))
    for (const person of [alice, bob]) expect(topicOf(person)).toEqual(['tea at five', 'bob', false])
    alice.do(set(''))
    for (const person of [alice, bob]) {
      expect(topicOf(person)).toEqual(['', 'alice', false])
      expect(person.of('topic')).toHaveLength(2)
    }
  })

  test('is one line of bounded length, or a fault with a name', () => {
    const { alice, bob } = pair(2)
    for (const text of ['two\nlines', '\ud800', 'x'.repeat(513)]) alice.do(set(text))
    expect(faults(alice)).toEqual(['topic bad_topic', 'topic bad_topic', 'topic too_large'])
    alice.do(set('x'.repeat(512)))
    expect(topicOf(bob)[0]).toHaveLength(512)
  })

  test('set by two at once is the same for everybody in the end', () => {
    const { world, invite, alice, bob } = pair(3)
    const carol = world.person('carol').join(invite)
    alice.client.do(set('alice’s'))
    bob.client.do(set('bob’s'))
    world.settle()
    expect(topicOf(alice)).toEqual(topicOf(bob))
    expect(topicOf(carol)).toEqual(topicOf(bob))
  })

  test('set while the connection is down is in force for everybody after the return', () => {
    const { world, alice, bob } = pair(4)
    world.advance(10_000)
    world.cut('bob')
    world.settle()
    bob.do(set('from far away'))
    expect(topicOf(bob)[0]).toBe('from far away')
    world.advance(60_000)
    expect(topicOf(alice)).toEqual(['from far away', 'bob', false])
  })
})

describe('a lock', () => {
  test('is the founder’s to shut and to open; meanwhile the topic is the founder’s alone', () => {
    const { alice, bob } = pair(5)
    bob.do(lock())
    bob.do(set('bob’s'))
    alice.do(lock())
    expect(topicOf(bob)).toEqual(['bob’s', 'bob', true])
    bob.do(set('bob’s again'))
    expect(faults(bob)).toEqual(['lock not_founder', 'topic topic_locked'])
    alice.do(set('the founder’s'))
    expect(topicOf(bob)).toEqual(['the founder’s', 'alice', true])
    alice.do(lock(false))
    bob.do(set('open'))
    expect(topicOf(alice)).toEqual(['open', 'bob', false])
    expect([...alarms(alice), ...alarms(bob)]).toEqual([])
  })

  test('that crosses somebody’s topic on the wire voids it, and accuses nobody', () => {
    const { world, alice, bob } = pair(6)
    alice.do(set('before'))
    alice.client.do(lock())
    bob.client.do(set('meanwhile'))
    world.settle()
    for (const person of [alice, bob]) {
      expect(topicOf(person)).toEqual(['before', 'alice', true])
      expect(alarms(person)).toEqual([])
    }
  })

  test('that comes late, by repair, is the same as one in time', () => {
    const { world, invite, alice, bob } = pair(7)
    const carol = world.person('carol').join(invite)
    alice.do(set('kept'))
    world.rules = [
      when(all(from('alice'), ofType('broadcast', 'ratchet_step_fwd')), (passage) =>
        passage.conn.owner === 'carol' ? drop(passage) : [passage],
      ),
    ]
    alice.do(lock())
    carol.do(set('carol has not heard'))
    world.rules = []
    world.advance(20_000)
    for (const person of [alice, bob, carol]) {
      expect(topicOf(person)).toEqual(['kept', 'alice', true])
      expect(alarms(person)).toEqual([])
    }
  })

  test('that who is no founder signs is ignored, and an alarm', () => {
    const { alice, bob, mallory, act } = trio(8)
    mallory.room.me.view = { ...mallory.room.me.view, founder: true }
    act(lock())
    for (const person of [alice, bob]) {
      expect(topicOf(person)).toEqual(['', null, false])
      expect(alarms(person)).toEqual([
        { is: 'not_allowed', name: 'mallory', member: mallory.room.me.view.member, kind: 'core.policy' },
      ])
      expect(person.entries()).toEqual([])
    }
  })

  test('that somebody had seen and defies is an alarm, and the topic stays', () => {
    const { alice, bob, mallory, act } = trio(9)
    alice.do(set('kept'))
    alice.do(lock())
    mallory.room.me.view = { ...mallory.room.me.view, founder: true }
    act(set('mallory’s'))
    for (const person of [alice, bob]) {
      expect(topicOf(person)).toEqual(['kept', 'alice', true])
      expect(alarms(person)).toEqual([
        { is: 'not_allowed', name: 'mallory', member: mallory.room.me.view.member, kind: 'core.topic' },
      ])
    }
  })

  test('holds against who says that it had not heard of it', () => {
    const { alice, bob, mallory, act } = trio(10)
    alice.do(set('kept'))
    alice.do(lock())
    mallory.room.topics.clear()
    act(set('mallory’s'))
    for (const person of [alice, bob]) expect(topicOf(person)).toEqual(['kept', 'alice', true])
  })
})

describe('a newcomer', () => {
  test('learns topic and lock of whoever is there, also of who set them in an empty room, and no text', () => {
    const world = new World(11)
    const alice = world.person('alice')
    const invite = alice.create()
    alice.do(set('tea at five'))
    alice.say('not for bob')
    alice.do(lock())
    const bob = world.person('bob').join(invite)
    expect(topicOf(bob)).toEqual(['tea at five', 'alice', true])
    expect(bob.entries()).toEqual([])
    bob.do(set('mine'))
    expect(faults(bob)).toEqual(['topic topic_locked'])
  })

  test('learns them with their authors when those have left, and hands them on itself', () => {
    const { world, invite, alice, bob } = pair(12)
    alice.do(set('tea at five'))
    alice.do(lock())
    alice.leave()
    const carol = world.person('carol').join(invite)
    expect(topicOf(carol)).toEqual(['tea at five', 'alice', true])
    expect(carol.client.store.view.topic.by).toMatchObject({ founder: true, presence: 'gone' })
    bob.leave()
    const dave = world.person('dave').join(invite)
    expect(topicOf(dave)).toEqual(['tea at five', 'alice', true])
  })

  test('goes on from there: what it sets counts for those who were there before', () => {
    const { world, invite, alice, bob } = pair(13)
    for (const text of ['one', 'two', 'three']) bob.do(set(text))
    const carol = world.person('carol').join(invite)
    carol.do(set('four'))
    for (const person of [alice, bob, carol]) expect(topicOf(person)).toEqual(['four', 'carol', false])
  })

  /** carol joins a locked room in which mallory hands over what she likes, before the others do. */
  function lied(seed: number, lie: (mallory: GlassClient, held: readonly HeldTopic[]) => void) {
    const { world, invite, alice, mallory } = trio(seed)
    alice.do(set('old'))
    const old = [...mallory.room.topics.values()]
    alice.do(set('kept'))
    alice.do(lock())
    lie(mallory, old)
    const others = all(to('carol'), ofType('relay'), ({ from: who }) => who !== 'mallory')
    world.rules = [
      when(
        others,
        shuffle(() => 1_000),
      ),
    ]
    const carol = world.person('carol').join(invite)
    const first = topicOf(carol)
    world.advance(10_000)
    return { alice, carol, first }
  }

  test('is not led back to the founder’s former topic', () => {
    const { carol, first } = lied(14, ({ room }, old) => {
      room.topics.clear()
      for (const held of old) room.topics.set(held.stated.hash, held)
    })
    expect(first).toEqual(['old', 'alice', false])
    expect(topicOf(carol)).toEqual(['kept', 'alice', true])
    expect(alarms(carol)).toEqual([])
  })

  test('is not told another topic under the lock', () => {
    const { carol, first } = lied(15, (mallory) => {
      mallory.room.topics.clear()
      mallory.do(set('mallory’s'))
    })
    expect(first).toEqual(['mallory’s', 'mallory', false])
    expect(topicOf(carol)).toEqual(['kept', 'alice', true])
  })

  test('takes no lock that is not the founder’s, and names who signed it', () => {
    const { carol, first } = lied(19, (mallory) => {
      mallory.room.topics.clear()
      mallory.room.me.view = { ...mallory.room.me.view, founder: true }
      mallory.do(lock())
    })
    expect(first).toEqual(['', null, false])
    expect(alarms(carol)).toMatchObject([{ is: 'not_allowed', name: 'mallory', kind: 'core.policy' }])
    expect(topicOf(carol)).toEqual(['kept', 'alice', true])
  })

  test.each(['bytes', 'signature', 'sealedClaim'] as const)(
    'refuses one with a bit turned in its %s, and takes the rest of the state',
    (part) => {
      const { carol, alice } = lied(16, ({ room }) => {
        for (const [hash, held] of room.topics) {
          const turned = held[part].slice()
          turned[turned.length >> 1] = (turned[turned.length >> 1] ?? 0) ^ 1
          room.topics.set(hash, { ...held, [part]: turned })
        }
      })
      expect(topicOf(carol)).toEqual(['kept', 'alice', true])
      expect(carol.refusals().filter((refusal) => refusal.startsWith('letter'))).toHaveLength(2)
      expect(carol.members()).toContain('arrived mallory')
      alice.say('hello')
      expect(carol.texts()).toEqual(['alice: hello'])
    },
  )
})

test('what waits for the connection is handed to nobody', () => {
  const { world, mallory, act } = trio(20)
  world.advance(10_000)
  world.cut('mallory')
  world.settle()
  act(set('waits'))
  const { session } = mallory
  if (session.at !== 'away') throw new Error(session.at)
  expect(session.room.topics.size).toBe(1)
  expect(topicsToHand(session.room)).toEqual([])
})

test('who set it is called by the newest name, at whatever seat', () => {
  const { world, alice, bob } = pair(21)
  bob.do(set('tea at five'))
  bob.do({ do: 'rename', name: 'robert' })
  for (const person of [alice, bob]) expect(topicOf(person)).toEqual(['tea at five', 'robert', false])
  world.cut('bob')
  world.advance(30_000)
  expect(alice.client.store.view.topic.by?.presence).toBe('here')
  expect(alice.client.store.view.topic.by?.seat).toBe(bob.client.store.view.topic.by?.seat)
})

describe('in a room made anew', () => {
  /** The relay forgets the room, and somebody makes it anew: its invite. */
  function anew(world: World, maker: Person) {
    world.restart()
    world.advance(5_000)
    maker.do({ do: 'recreate', adminToken: null })
    const again = maker.of('created').at(-1)?.invite
    if (again === undefined) throw new Error('not made anew')
    return again
  }

  test('the topic is what it was, and the founder’s lock', () => {
    const { world, alice, bob } = pair(17)
    bob.do(set('tea at five'))
    alice.do(lock())
    const again = anew(world, alice)
    expect(topicOf(alice)).toEqual(['tea at five', 'alice', true])
    bob.do({ do: 'join', invite: again, name: 'bob' })
    const carol = world.person('carol').join(again)
    world.advance(10_000)
    for (const person of [bob, carol]) expect(topicOf(person)).toEqual(['tea at five', 'alice', true])
    bob.do(set('none of his'))
    expect(faults(bob)).toEqual(['topic topic_locked'])
  })

  test('that another makes, the founder locks it again when it comes, as it is by then', () => {
    const { world, alice, bob } = pair(22)
    alice.do(set('tea at five'))
    alice.do(lock())
    const again = anew(world, bob)
    expect(topicOf(bob)).toEqual(['tea at five', 'bob', false])
    alice.do({ do: 'join', invite: again, name: 'alice' })
    world.advance(10_000)
    for (const person of [alice, bob]) expect(topicOf(person)).toEqual(['tea at five', 'bob', true])
    expect(alice.of('alarm')).toEqual([])
  })

  test('the topic that waited takes the place of the one from before', () => {
    const { world, alice } = pair(23)
    alice.do(set('old'))
    world.restart()
    world.advance(5_000)
    alice.do(set('waits'))
    alice.do({ do: 'recreate', adminToken: null })
    const again = alice.of('created').at(-1)?.invite
    if (again === undefined) throw new Error('not made anew')
    const carol = world.person('carol').join(again)
    world.advance(10_000)
    expect(topicOf(carol)).toEqual(['waits', 'alice', false])
  })

  test('without a topic there is none', () => {
    const { world, alice, bob } = pair(24)
    alice.do(set('tea at five'))
    alice.do(set(''))
    const again = anew(world, alice)
    bob.do({ do: 'join', invite: again, name: 'bob' })
    world.advance(10_000)
    for (const person of [alice, bob]) expect(topicOf(person)).toEqual(['', null, false])
  })
})

test('leaving wipes what was said of the topic', () => {
  const world = new World(18)
  const alice = founderOfGlass(world, 'alice')
  alice.do(set('tea at five'))
  const held = [...alice.room.topics.values()].map(({ bytes }) => bytes)
  expect(held).toHaveLength(1)
  alice.do({ do: 'leave', now: true })
  expect(held.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true)
})
