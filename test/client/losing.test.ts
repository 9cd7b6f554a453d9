/** A network that loses a frame of each kind at the worst moment: what nobody lies about, and heals by itself all the same. */
import { describe, expect, test } from 'bun:test'
import { all, alter, drop, from, ofType, sentBy, shuffle, to, when } from '../harness/liar.ts'
import type { Passage, Rule } from '../harness/net.ts'
import { alarms, friends, gapsOf, given, presence, resets, shown } from '../harness/seen.ts'
import { World } from '../harness/world.ts'

/** The first so many frames that match are lost. */
function first(count: number, match: Parameters<typeof when>[0]): Rule {
  let left = count
  return when((passage) => match(passage) && left-- > 0, drop)
}

describe('two who come at once, and each loses the news of the other,', () => {
  test('meet when a third member shows them that the other is there', () => {
    const world = new World(901)
    const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
    const invite = alice.create()
    world.rules = [when(all(to('bob'), from('carol')), drop), when(all(to('carol'), from('bob')), drop)]
    bob.client.do({ do: 'join', invite, name: 'bob' })
    carol.client.do({ do: 'join', invite, name: 'carol' })
    world.settle()
    world.rules = []
    expect([presence(bob, 'carol'), presence(carol, 'bob')]).toEqual([undefined, undefined])
    world.advance(30_000)
    expect([presence(bob, 'carol'), presence(carol, 'bob')]).toEqual(['here', 'here'])
    bob.say('hello carol')
    carol.say('hello bob')
    for (const person of [alice, bob, carol]) expect(shown(person)).toEqual(['hello carol', 'hello bob'])
  })

  test('are told that the relay may show different rooms when they still do not meet', () => {
    const world = new World(902)
    const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
    const invite = alice.create()
    world.rules = [when(all(to('bob'), from('carol')), drop), when(all(to('carol'), from('bob')), drop)]
    bob.client.do({ do: 'join', invite, name: 'bob' })
    carol.client.do({ do: 'join', invite, name: 'carol' })
    world.settle()
    world.advance(60_000)
    expect(presence(bob, 'carol')).toBeUndefined()
    expect(alarms(bob)).toContainEqual(expect.objectContaining({ is: 'roster', name: 'alice', hidden: 'from me' }))
  })
})

test('an announced key of a seat that has gone, played again, takes nobody in', () => {
  const { world, alice, bob, carol } = friends(903)
  carol.do({ do: 'rename', name: 'caroline' })
  const update = given(world, 'bob').findLast((frame) => frame.type === 'ek_update_fwd')
  if (update === undefined) throw new Error('carol announced nothing')
  carol.leave()
  world.inject('bob', update)
  world.settle()
  expect(bob.refusals()).toContain('update unknown_seat caroline')
  expect(presence(bob, 'caroline')).toBe('left')
  expect(alarms(alice)).toEqual([])
})

describe('what stands behind a hole that nobody can fill any more', () => {
  test('is had from whoever holds it, and the hole is named', () => {
    const { world, alice, bob, carol } = friends(904)
    alice.say('one')
    world.advance(10_000)
    // The second reaches nobody, the third bob alone; then alice vanishes.
    world.rules = [when(sentBy('alice'), drop)]
    alice.say('two')
    world.rules = [when(all(to('carol'), from('alice')), drop)]
    alice.say('three')
    world.rules = [when(sentBy('alice'), drop), when(to('alice'), drop)]
    world.advance(120_000)
    expect(shown(bob)).toEqual(['one', 'three'])
    expect(shown(carol)).toEqual(['one', 'three'])
    expect(gapsOf(carol)).toMatchObject([{ name: 'alice', from: 2, to: 2, unavailable: true }])
  })

  test('is not taken for delivered by an author who hears that it is held', () => {
    const { world, alice, bob } = friends(905)
    alice.say('one')
    world.advance(10_000)
    const before = alice.of('delivered').at(-1)?.upTo
    world.rules = [when(sentBy('alice'), drop)]
    alice.say('two')
    world.rules = []
    alice.say('three')
    // bob cannot ask her, nor hear her, and names what he holds.
    const isFriend = (passage: Passage) => passage.from === 'bob' || passage.from === 'carol'
    const toFriends = (passage: Passage) => to('bob')(passage) || to('carol')(passage)
    world.rules = [when(all(to('alice'), isFriend, ofType('relay')), drop), when(all(toFriends, from('alice')), drop)]
    world.advance(300_000)
    expect(shown(bob)).toEqual(['one', 'three'])
    expect(presence(bob, 'alice')).toBe('silent')
    expect(before).toBe(1)
    expect(alice.of('delivered').at(-1)?.upTo).toBe(1)
  })
})

describe('a log that somebody met only by hearsay', () => {
  test('is asked for again when the answer was lost', () => {
    const { world, invite, bob, carol } = friends(906)
    const dave = world.person('dave')
    world.rules = [when(all(to('carol'), from('dave')), drop), when(all(to('dave'), from('carol')), drop)]
    dave.join(invite)
    dave.say('I was here')
    dave.leave()
    // Everything that carol is told of it is lost until she has asked everybody.
    world.rules = [when(all(to('carol'), ofType('relay')), drop)]
    world.advance(20_000)
    world.rules = []
    expect(shown(bob)).toContain('I was here')
    expect(shown(carol)).not.toContain('I was here')
    world.advance(120_000)
    expect(shown(carol)).toContain('I was here')
  })

  test('is asked for again when it goes on, though what came before was not for the reader', () => {
    const { world, invite, alice } = friends(913)
    const dave = world.person('dave').join(invite)
    dave.say('one')
    world.advance(10_000)
    const hidden = [when(all(to('erin'), from('dave')), drop), when(all(to('dave'), from('erin')), drop)]
    world.rules = hidden
    const erin = world.person('erin').join(invite)
    alice.say('welcome')
    world.advance(120_000)
    expect(shown(erin)).toEqual(['welcome'])
    dave.say('two')
    world.advance(120_000)
    expect(shown(erin)).toEqual(['welcome', 'two'])
  })

  test('goes as far back as anybody has it for the reader, not only as far as whoever handed it on first', () => {
    const { world, invite, bob, carol } = friends(907)
    const dave = world.person('dave')
    // carol is not shown dave at all; erin comes when he has said two things.
    const hidden = [when(all(to('carol'), from('dave')), drop), when(all(to('dave'), from('carol')), drop)]
    world.rules = hidden
    dave.join(invite)
    dave.say('one')
    dave.say('two')
    // He waits for carol, as for every elder.
    world.advance(6_000)
    const erin = world.person('erin').join(invite)
    dave.say('three')
    dave.leave()
    // She hears of it from erin first.
    const isElder = (passage: Passage) => passage.from === 'alice' || passage.from === 'bob'
    world.rules = [...hidden, when(all(to('carol'), isElder), drop)]
    erin.say('dave was here')
    world.advance(20_000)
    expect(shown(carol)).toEqual(['dave was here', 'three'])
    world.rules = hidden
    world.advance(120_000)
    expect(shown(carol)).toEqual(['one', 'two', 'dave was here', 'three'])
    expect(gapsOf(carol)).toEqual([])
    expect(shown(bob)).toEqual(['one', 'two', 'three', 'dave was here'])
  })
})

test('a newcomer whose every answer was lost, and who was given up, is taken in when it asks', () => {
  const world = new World(912)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  world.rules = [when(all(to('alice'), from('bob')), drop)]
  const invite = alice.create()
  world.rules = [when(all(to('alice'), from('bob'), ofType('relay')), drop)]
  bob.join(invite)
  world.advance(90_000)
  expect(presence(alice, 'bob')).toBe('unreachable')
  expect(presence(bob, 'alice')).toBe('here')
  world.rules = []
  world.advance(240_000)
  expect([presence(alice, 'bob'), presence(bob, 'alice')]).toEqual(['here', 'here'])
  alice.say('there you are')
  expect(shown(bob)).toEqual(['there you are'])
})

describe('who comes back', () => {
  test('tries again when the relay refuses what it let in before', () => {
    const { world, alice, bob } = friends(908)
    world.rules = [
      when(
        all(to('bob'), ofType('joined')),
        alter(() => [{ type: 'error', reason: 'forbidden' }]),
      ),
    ]
    world.cut('bob')
    world.advance(5_000)
    expect(bob.of('ended')).toEqual([])
    world.rules = []
    world.advance(60_000)
    expect(presence(alice, 'bob')).toBe('here')
  })

  test('is known again when every state that the other had of it was lost, and steps as well', () => {
    const world = new World(909)
    const [alice, bob] = [world.person('alice'), world.person('bob')]
    // alice never gets a letter of bob's, and is given his steps in vain; bob has hers.
    world.rules = [
      when(all(to('alice'), from('bob'), ofType('relay')), drop),
      when(all(to('bob'), ofType('ratchet_step_fwd')), drop),
    ]
    bob.join(alice.create())
    world.advance(6_000)
    for (let i = 0; i < 5; i++) alice.rotate()
    world.rules = []
    world.cut('bob')
    world.advance(60_000)
    const seats = [...alice.client.store.view.members.values()].filter(
      ({ name, presence: is }) => name === 'bob' && is === 'here',
    )
    expect(seats).toMatchObject([{ confirmed: true }])
    const alices = [...bob.client.store.view.members.values()].filter(({ name }) => name === 'alice')
    expect(alices).toMatchObject([{ presence: 'here', confirmed: true }])
  })

  test('proves it again when the letter that did so was lost', () => {
    const world = new World(910)
    const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
    const invite = alice.create()
    bob.join(invite)
    // carol's state never reaches alice.
    world.rules = [when(all(to('alice'), from('carol'), ofType('relay')), drop)]
    carol.join(invite)
    world.advance(3_000)
    world.rules = []
    world.cut('alice')
    world.rules = [first(1, all(to('carol'), from('alice'), ofType('relay')))]
    world.advance(60_000)
    const alices = [...carol.client.store.view.members.values()].filter(
      ({ name, presence: is }) => name === 'alice' && is === 'here',
    )
    expect(alices).toMatchObject([{ confirmed: true }])
  })
})

test('a state that was asked for and lost is asked for again, though nothing waits for it', () => {
  const { world, alice, bob } = friends(911)
  // What overtakes bob's step does not open, and alice asks; the step comes, and opens it; his answer is lost.
  world.rules = [
    when(
      all(to('alice'), from('bob'), ofType('ratchet_step_fwd')),
      shuffle(() => 50),
    ),
    first(1, all(to('alice'), from('bob'), ofType('relay'))),
  ]
  bob.rotate()
  bob.say('overtakes')
  world.advance(1_000)
  expect(shown(alice)).toEqual(['overtakes'])
  expect(resets(alice, 'bob')).toBe(0)
  world.rules = []
  world.advance(90_000)
  expect(resets(alice, 'bob')).toBe(1)
  const before = alice.refusals()
  bob.rotate()
  bob.say('heard at once')
  expect(shown(alice)).toEqual(['overtakes', 'heard at once'])
  expect(alice.refusals()).toEqual(before)
})
