/** alice and bob in a room, and what each is shown of the other. Called by the tests of coming back and of lost rooms. */
import { expect } from 'bun:test'
import { Person, World } from './world.ts'

/** alice's room with bob in it, after the first keys have been renewed. */
export function room(seed: number) {
  return roomWith(seed, (world) => world.person('bob'))
}

export function roomWith<Bob extends Person>(seed: number, come: (world: World) => Bob) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), come(world)]
  const invite = alice.create()
  bob.join(invite)
  world.advance(10_000)
  return { world, invite, alice, bob }
}

export const shown = (person: Person) => person.client.store.view.entries.map(({ body }) => body['text'])
/** Everybody that a person sees in the room, as `name presence`, and `?` for a device that is not confirmed; by name. */
export const people = (person: Person) =>
  [...person.client.store.view.members.values()]
    .map(({ name, presence, confirmed }) => `${name} ${presence}${confirmed ? '' : ' ?'}`)
    .toSorted()
export const seen = (person: Person, name: string) =>
  [...person.client.store.view.members.values()].find((member) => member.name === name)
export const whatOf = (person: Person, name: string) =>
  person.of('member').flatMap(({ what, who }) => (who.name === name ? [what] : []))
export const memberOf = (person: Person) => person.of('seated').at(-1)?.me.member ?? ''
export const verify = (person: Person, other: Person) => person.do({ do: 'verify', member: memberOf(other), verified: true })

export function expectBothHere(alice: Person, bob: Person): void {
  for (const person of [alice, bob]) expect(people(person)).toEqual(['alice here', 'bob here'])
}
