/** A relay that keeps things back: one line, the last one, a whole sender, everybody, or key steps alone. What the members see of it. */
import { describe, expect, test } from 'bun:test'
import { all, drop, from, ofType, sentBy, to, when } from '../../harness/liar.ts'
import { alarms, friends, gapsOf, presence, repaired, resets, shown } from '../../harness/seen.ts'

describe('one line kept from one member', () => {
  test('is shown as a gap with the next line, and repaired from its author a second later, in its place', () => {
    const { world, alice, bob } = friends(101)
    world.rules = [when(all(to('bob'), from('alice'), ofType('broadcast')), drop)]
    alice.say('lost')
    world.rules = []
    alice.say('heard')
    expect(gapsOf(bob)).toMatchObject([{ name: 'alice', from: 1, to: 1, by: null, unavailable: false }])
    world.advance(1_000)
    expect(repaired(bob)).toEqual(['lost'])
    expect(shown(bob)).toEqual(['lost', 'heard'])
    expect(gapsOf(bob)).toEqual([])
    expect(alarms(bob)).toEqual([])
  })

  test('is repaired whatever its body holds, a log of nobody in the place of its own among it', () => {
    const { world, alice, bob } = friends(114)
    world.rules = [when(all(to('bob'), from('alice'), ofType('broadcast')), drop)]
    alice.do({ do: 'send', kind: 'com.example.note', body: { log: 'A'.repeat(24) } })
    world.rules = []
    alice.say('heard')
    world.advance(1_000)
    expect(bob.entries().map(({ kind }) => kind)).toEqual(['core.text', 'com.example.note'])
    expect(bob.refusals()).toEqual([])
    expect(gapsOf(bob)).toEqual([])
  })

  test('with the author gone meanwhile is repaired from a third member', () => {
    const { world, alice, bob } = friends(102)
    world.rules = [when(all(to('bob'), from('alice'), ofType('broadcast')), drop)]
    alice.say('lost')
    world.rules = []
    alice.leave()
    expect(presence(bob, 'alice')).toBe('left')
    expect(gapsOf(bob)).toMatchObject([{ name: 'alice', from: 1, to: 1, by: null }])
    world.advance(1_000)
    expect(repaired(bob)).toEqual(['lost'])
    expect(bob.entries().find((entry) => entry.repaired)?.who.name).toBe('alice')
    expect(gapsOf(bob)).toEqual([])
  })

  test('that nobody else got either is named as unavailable, and stays so', () => {
    const { world, alice, bob, carol } = friends(103)
    world.rules = [when(sentBy('alice'), drop)]
    alice.say('for nobody')
    world.rules = [when(all(from('alice'), ofType('relay')), drop)]
    alice.say('for all')
    world.advance(20_000)
    for (const person of [bob, carol]) {
      expect(shown(person)).toEqual(['for all'])
      expect(gapsOf(person)).toMatchObject([{ name: 'alice', from: 1, to: 1, by: null, unavailable: true }])
    }
    // It is asked for again, and its author has it still.
    world.rules = []
    world.advance(60_000)
    for (const person of [bob, carol]) {
      expect(shown(person)).toEqual(['for nobody', 'for all'])
      expect(gapsOf(person)).toEqual([])
    }
  })
})

test('the last line kept from one member is uncovered by a beat within six seconds, and repaired', () => {
  const { world, alice, bob } = friends(104)
  alice.say('first')
  world.rules = [when(all(to('bob'), from('alice'), ofType('broadcast')), drop)]
  alice.say('the tail')
  world.rules = []
  expect(gapsOf(bob)).toEqual([])
  world.advance(6_000)
  expect(bob.of('gaps')[0]?.gaps).toMatchObject([{ name: 'alice', from: 2, to: 2 }])
  world.advance(1_000)
  expect(repaired(bob)).toEqual(['the tail'])
  expect(gapsOf(bob)).toEqual([])
  world.advance(6_000)
  expect(alice.of('delivered').at(-1)?.upTo).toBe(2)
})

describe('everything from one member to one other, kept back', () => {
  test('is repaired from a third one; the sender is shown as silent; what was lost of its keys is handed over anew', () => {
    const { world, alice, bob, carol } = friends(105)
    world.rules = [when(all(to('bob'), from('alice')), drop)]
    alice.say('one')
    alice.rotate()
    alice.say('two')
    carol.say('I heard you')
    expect(gapsOf(bob)).toMatchObject([{ name: 'alice', from: 1, to: 2, by: 'carol' }])
    // Its author is asked first, for five seconds at least, and does not get through.
    world.advance(5_000)
    expect(repaired(bob)).toEqual([])
    world.advance(6_000)
    expect(repaired(bob)).toEqual(['one', 'two'])
    expect(gapsOf(bob)).toEqual([])
    expect(presence(bob, 'alice')).toBe('here')
    world.advance(150_000)
    expect(presence(bob, 'alice')).toBe('silent')
    expect(presence(carol, 'alice')).toBe('here')
    // Not everybody is silent: that is no alarm.
    expect(alarms(bob)).toEqual([])
    world.rules = []
    alice.say('three')
    // The key that bob knows of hers is gone: he asks her once in vain, whereupon she announces another.
    world.advance(15_000)
    expect(alice.refusals()).toContain('letter unknown_key bob')
    expect(resets(bob, 'alice')).toBe(1)
    expect(resets(alice, 'bob')).toBe(1)
    expect(presence(bob, 'alice')).toBe('here')
    expect(shown(bob)).toEqual(['one', 'two', 'I heard you', 'three'])
    expect(gapsOf(bob)).toEqual([])
  })
})

describe('a member that only reads, shut off from everybody,', () => {
  test('notices within 150 seconds: everybody silent, and an alarm that says so', () => {
    const { world, alice, bob, carol } = friends(106)
    // The relay goes on answering for itself.
    world.rules = [
      when(
        all(to('bob'), (passage) => from('alice')(passage) || from('carol')(passage)),
        drop,
      ),
    ]
    for (let second = 0; second < 120; second += 20) {
      alice.say('hello?')
      carol.say('bob?')
      world.advance(20_000)
    }
    expect(alarms(bob)).toEqual([])
    world.advance(30_000)
    expect(alarms(bob)).toEqual([{ is: 'silence' }])
    expect([presence(bob, 'alice'), presence(bob, 'carol')]).toEqual(['silent', 'silent'])
    expect(bob.of('away')).toEqual([])
    // The others hear bob's beats, and that he has nothing of what they say.
    expect(alice.of('delivered')).toEqual([])
    world.rules = []
    world.advance(120_000)
    expect(shown(bob)).toHaveLength(12)
    expect(gapsOf(bob)).toEqual([])
    expect([presence(bob, 'alice'), presence(bob, 'carol')]).toEqual(['here', 'here'])
    expect(alarms(bob)).toEqual([{ is: 'silence' }])
  })
})

describe('key steps kept back, and nothing else,', () => {
  test('stop nobody: what was said under the lost keys waits for new ones, and the pair is shown as reset', () => {
    const { world, alice, bob } = friends(107)
    world.rules = [when(all(to('bob'), ofType('ratchet_step_fwd')), drop)]
    for (let i = 0; i < 60; i++) {
      alice.say(`${i}`)
      world.advance(1_000)
    }
    world.advance(10_000)
    expect(shown(bob)).toEqual([...Array(60).keys()].map(String))
    expect(gapsOf(bob)).toEqual([])
    expect(resets(bob, 'alice')).toBeGreaterThanOrEqual(2)
    expect(resets(alice, 'bob')).toBe(resets(bob, 'alice'))
    expect(alarms(bob)).toEqual([])
    expect(bob.refusals()).toContain('envelope not_opened alice')
  })

  test('stop nobody either when the member asked for its keys does not answer at first', () => {
    const { world, alice, bob } = friends(108)
    world.rules = [when(all(to('bob'), ofType('ratchet_step_fwd')), drop), when(all(to('bob'), ofType('relay')), drop)]
    alice.rotate()
    alice.say('in new keys')
    world.advance(30_000)
    expect(shown(bob)).toEqual([])
    world.rules = []
    world.advance(15_000)
    expect(shown(bob)).toEqual(['in new keys'])
    expect(resets(bob, 'alice')).toBe(1)
  })
})

test('a lost key update, and a step more than two minutes later that is sealed to the key before it, heals', () => {
  const { world, alice, bob, carol } = friends(109)
  world.rules = [when(all(from('bob'), ofType('ek_update_fwd')), drop)]
  bob.do({ do: 'rename', name: 'robert' })
  world.rules = [when(from('bob'), drop)]
  world.advance(160_000)
  world.rules = []
  alice.rotate()
  alice.say('sealed to an old key')
  world.advance(1_000)
  expect(bob.refusals()).toContain('step unknown_key alice')
  expect(shown(bob)).toEqual(['sealed to an old key'])
  expect(resets(bob, 'alice')).toBe(1)
  expect(alarms(bob)).toEqual([])
  // The letter that asked had the newest claim with it.
  expect(presence(alice, 'robert')).toBe('here')
  alice.rotate()
  alice.say('sealed to the new one')
  expect(shown(bob)).toEqual(['sealed to an old key', 'sealed to the new one'])
  expect(resets(carol, 'alice')).toBe(0)
})
