/** Conversations over an honest relay: real sessions, real relay rules, a clock turned by hand. */
import { describe, expect, test } from 'bun:test'
import { World } from '../harness/world.ts'

/** A room with these people in it, who have settled. */
function room(names: readonly string[], seed = 1) {
  const world = new World(seed)
  const [first, ...rest] = names.map((name) => world.person(name))
  if (first === undefined) throw new Error('nobody')
  const invite = first.create()
  for (const person of rest) person.join(invite)
  return { world, invite, people: [first, ...rest] as const }
}

/** Steps that the relay was sent so far. */
function steps(world: World): number {
  return world.recording.filter(({ way, text }) => way === 'to relay' && text.startsWith('{"type":"ratchet_step"')).length
}

describe('a conversation', () => {
  test('two people hear each other', () => {
    const { people } = room(['alice', 'bob'])
    const [alice, bob] = people
    alice.say('hello')
    bob?.say('hi')
    expect(alice.texts()).toEqual(['alice: hello', 'bob: hi'])
    expect(bob?.texts()).toEqual(['alice: hello', 'bob: hi'])
    expect(alice.refusals()).toEqual([])
    expect(bob?.refusals()).toEqual([])
  })

  test('a late joiner reads nothing from before and everything after', () => {
    const { world, invite, people } = room(['alice', 'bob'])
    people[0].say('before')
    const carol = world.person('carol').join(invite)
    people[1]?.say('after')
    expect(carol.texts()).toEqual(['bob: after'])
    expect(carol.refusals()).toEqual([])
    expect(carol.of('gaps')).toEqual([])
  })

  test('steps of each kind keep everybody together', () => {
    const { world, people } = room(['alice', 'bob', 'carol'])
    for (let i = 0; i < 60; i++) for (const person of people) person.say(`${i}`)
    // Every 25 messages of each, and nobody was asked.
    expect(steps(world)).toBe(6)
    people[0].rotate()
    for (const person of people) person.say('after a heal')
    const before = steps(world)
    world.advance(12 * 60_000)
    // With a beat.
    expect(steps(world) - before).toBe(3)
    for (const person of people) person.say('after ten minutes')
    for (const person of people) {
      expect(person.texts()).toHaveLength(3 * 62)
      expect(person.refusals()).toEqual([])
      expect(person.texts()).toEqual(people[0].texts())
    }
  })
})
