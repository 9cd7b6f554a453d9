/** Steps that cross on the wire: roots go one way, so nothing is lost whoever steps when. */
import { describe, expect, test } from 'bun:test'
import { seeded } from '../harness/random.ts'
import { type Person, World } from '../harness/world.ts'

const ROOMS = 15
const ROUNDS = 20

/** Both step toward the third at the same moment, say something around it, and their frames travel in an order that the seed chooses. */
function crossing(world: World, steppers: readonly Person[], seed: number): string[] {
  const draw = seeded(seed)
  const chance = (below: number) => (draw(1)[0] ?? 0) % below
  const said: string[] = []
  const say = (person: Person) => {
    const text = `${seed} ${said.length}`
    person.client.do({ do: 'say', text, class: null })
    said.push(`${person.name}: ${text}`)
  }
  for (const person of steppers) {
    for (let i = chance(3); i > 0; i--) say(person)
    person.client.do({ do: 'rotate' })
    for (let i = chance(3); i > 0; i--) say(person)
    world.deliver(chance(6))
  }
  for (const person of steppers) say(person)
  world.settle()
  return said
}

describe('steps that cross', () => {
  test(`lose nothing toward a third, over ${ROOMS * ROUNDS} seeds`, () => {
    for (let room = 0; room < ROOMS; room++) {
      const world = new World(room + 1)
      const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
      const invite = alice.create()
      bob.join(invite)
      carol.join(invite)
      const said: string[] = []
      for (let round = 0; round < ROUNDS; round++) said.push(...crossing(world, [alice, bob], room * ROUNDS + round))
      for (const person of [alice, bob, carol]) {
        expect(person.refusals()).toEqual([])
        expect(person.texts().toSorted()).toEqual(said.toSorted())
        for (const name of ['alice', 'bob']) {
          const inOrder = said.filter((text) => text.startsWith(name))
          expect(person.texts().filter((text) => text.startsWith(name))).toEqual(inOrder)
        }
      }
    }
  }, 120_000)

  test('of everybody at once leave everybody together', () => {
    const world = new World(9)
    const people = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'].map((name) => world.person(name))
    const [founder, ...rest] = people
    if (founder === undefined) throw new Error('nobody')
    const invite = founder.create()
    for (const person of rest) person.join(invite)
    for (let round = 0; round < 8; round++) {
      for (const person of people) person.client.do({ do: 'rotate' })
      for (const person of people) person.client.do({ do: 'say', text: `${round}`, class: null })
      world.settle()
    }
    for (const person of people) {
      expect(person.refusals()).toEqual([])
      expect(person.texts()).toHaveLength(6 * 8)
    }
  })

  test('cross a newcomer without losing it', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const world = new World(seed)
      const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
      const invite = alice.create()
      bob.join(invite)
      carol.client.do({ do: 'join', invite, name: 'carol' })
      world.deliver(seed % 12)
      alice.client.do({ do: 'rotate' })
      bob.client.do({ do: 'rotate' })
      world.deliver(seed % 5)
      alice.client.do({ do: 'say', text: 'while she comes', class: null })
      world.settle()
      for (const person of [alice, bob, carol]) person.say('all here')
      for (const person of [alice, bob, carol]) {
        expect(person.refusals()).toEqual([])
        expect(person.texts().slice(-3)).toEqual(['alice: all here', 'bob: all here', 'carol: all here'])
      }
    }
  }, 60_000)

  test('join at the same moment: everybody hears everybody', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const world = new World(seed)
      const alice = world.person('alice')
      const invite = alice.create()
      const rest = ['bob', 'carol', 'dave', 'erin'].map((name) => world.person(name))
      for (const [i, person] of rest.entries()) {
        person.client.do({ do: 'join', invite, name: person.name })
        world.deliver((seed * (i + 3)) % 7)
      }
      world.settle()
      world.advance(10_000)
      const people = [alice, ...rest]
      for (const person of people) person.say('here')
      for (const person of people) {
        expect(person.refusals()).toEqual([])
        expect(person.texts()).toHaveLength(5)
      }
    }
  }, 60_000)
})
