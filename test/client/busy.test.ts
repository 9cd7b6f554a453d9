/** Plain busy rooms with an honest relay: everything that is said arrives everywhere, once, in order, with nothing repaired or refused. */
import { describe, expect, test } from 'bun:test'
import { seeded } from '../harness/random.ts'
import { delay } from '../harness/liar.ts'
import { type Person, World } from '../harness/world.ts'

/** A room of so many, the first of whom made it. */
function roomOf(world: World, count: number): readonly Person[] {
  const people = [...Array(count).keys()].map((i) => world.person(`p${i}`))
  const [founder, ...others] = people
  if (founder === undefined) throw new Error('a room of nobody')
  const invite = founder.create()
  for (const person of others) person.join(invite)
  return people
}

/** What each said, as each of the others heard it. */
function heardOf(listener: Person, speaker: Person): readonly string[] {
  return listener.texts().filter((text) => text.startsWith(`${speaker.name}: `))
}

/** Nothing went wrong that anybody would see. */
function expectQuiet(people: readonly Person[]): void {
  for (const person of people) {
    expect(person.refusals()).toEqual([])
    expect(person.of('alarm')).toEqual([])
    expect(person.of('gaps')).toEqual([])
    expect(person.of('reset')).toEqual([])
    expect(person.entries().filter(({ repaired, late }) => repaired || late)).toEqual([])
  }
}

function expectAllHeard(people: readonly Person[], said: (speaker: Person) => readonly string[]): void {
  for (const speaker of people) for (const listener of people) expect(heardOf(listener, speaker)).toEqual(said(speaker))
}

describe('a busy room', () => {
  test('of 10 who talk at once for 10 minutes, steps crossing all the time', () => {
    const world = new World(31)
    const dice = seeded(31)
    const people = roomOf(world, 10)
    // As far apart as two continents: what one says crosses what the others say.
    world.rules.push(delay(() => 20 + ((dice(1)[0] ?? 0) % 180)))
    const said = new Map(people.map((person) => [person.name, 0]))
    for (let second = 0; second < 600; second++) {
      for (let line = 0; line < 17; line++) {
        const person = people[(dice(1)[0] ?? 0) % people.length]
        if (person === undefined) continue
        const n = (said.get(person.name) ?? 0) + 1
        said.set(person.name, n)
        person.client.do({ do: 'say', text: `line ${n}`, class: null })
        world.advance(59)
      }
    }
    world.rules.length = 0
    world.advance(20_000)
    expectAllHeard(people, ({ name }) => [...Array(said.get(name)).keys()].map((i) => `${name}: line ${i + 1}`))
    for (const person of people) expect(person.of('stepped').filter(({ who }) => who.me).length).toBeGreaterThan(30)
    expectQuiet(people)
  }, 240_000)

  test('into which three come in the same moment', () => {
    const world = new World(32)
    const [alice, bob] = roomOf(world, 2)
    const invite = alice?.of('created')[0]?.invite
    if (alice === undefined || bob === undefined || invite === undefined) throw new Error('no room')
    const newcomers = ['x', 'y', 'z'].map((name) => world.person(name))
    for (const person of newcomers) person.client.do({ do: 'join', invite, name: person.name })
    world.settle()
    const people = [alice, bob, ...newcomers]
    for (const person of people) person.say('hello')
    expectAllHeard(people, ({ name }) => [`${name}: hello`])
    expectQuiet(people)
  })

  test('into which 20 come one after another, each heard by all who are there', () => {
    const world = new World(33)
    const alice = world.person('alice')
    const invite = alice.create()
    const people = [alice]
    for (let i = 0; i < 20; i++) {
      const person = world.person(`p${i}`).join(invite)
      people.push(person)
      person.say('here I am')
      world.advance(1000)
      for (const other of people) expect(heardOf(other, person)).toEqual([`p${i}: here I am`])
    }
    expectQuiet(people)
  })

  test('that everybody leaves but one, and comes back to', () => {
    const world = new World(34)
    const people = roomOf(world, 6)
    const [alice, ...others] = people
    const invite = alice?.of('created')[0]?.invite
    if (alice === undefined || invite === undefined) throw new Error('no room')
    for (const person of others) person.leave()
    alice.say('to nobody')
    for (const person of others) person.join(invite)
    world.advance(10_000)
    for (const person of people) person.say('again')
    expect(heardOf(alice, alice)).toEqual([`${alice.name}: to nobody`, `${alice.name}: again`])
    for (const person of others) {
      // What was said while they were gone, as other members with other keys, was not for them.
      for (const speaker of people) expect(heardOf(person, speaker)).toEqual([`${speaker.name}: again`])
      expect(person.of('gaps').at(-1)?.gaps ?? []).toEqual([])
    }
    for (const person of people) expect(person.of('alarm')).toEqual([])
  })

  test('whose connections all die at once, and come back', () => {
    const world = new World(35)
    const people = roomOf(world, 6)
    for (const person of people) person.say('before')
    for (const person of people) world.cut(person.name)
    world.settle()
    for (const person of people) person.say('meanwhile')
    world.advance(60_000)
    for (const person of people) person.say('after')
    expectAllHeard(people, ({ name }) => ['before', 'meanwhile', 'after'].map((text) => `${name}: ${text}`))
    for (const person of people) {
      expect(person.of('alarm')).toEqual([])
      expect(person.of('gaps').at(-1)?.gaps ?? []).toEqual([])
      expect([...person.client.store.view.members.values()].filter(({ confirmed }) => confirmed)).toHaveLength(6)
    }
  })
})
