/** Names that look alike: everybody who has one is shown with a tag, from the moment that there are two. */
import { expect, test } from 'bun:test'
import { friends } from '../harness/seen.ts'
import type { Person } from '../harness/world.ts'

/** Whoever is shown with a tag, by the person's own list. */
function tagged(person: Person): string[] {
  return [...person.client.store.view.members.values()]
    .filter(({ clash }) => clash)
    .map(({ name }) => name)
    .toSorted()
}

test('a newcomer with a name like a member’s marks both, and both marks go when one takes another name', () => {
  const { world, invite, alice, bob, carol } = friends(931)
  const double = world.person('b0b').join(invite)
  world.advance(10_000)
  for (const person of [alice, bob, carol, double]) expect(tagged(person)).toEqual(['b0b', 'bob'])
  expect(alice.of('member').filter(({ what }) => what === 'alike')).toMatchObject([{ who: { name: 'bob', clash: true } }])
  expect(bob.of('member').filter(({ what }) => what === 'alike')).toMatchObject([{ who: { me: true, clash: true } }])
  double.do({ do: 'rename', name: 'robert' })
  world.advance(1_000)
  for (const person of [alice, bob, carol, double]) expect(tagged(person)).toEqual([])
})
