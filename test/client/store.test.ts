/** Where each entry stands, as both clients draw it: waiting, sent, delivered, heard, repaired. */
import { expect, test } from 'bun:test'
import { entryState } from '#lib/client/store.ts'
import { type Person, World } from '../harness/world.ts'

function states({ client }: Person): readonly string[] {
  const { view } = client.store
  return view.entries.map((entry) => `${JSON.stringify(entry.body['text'])} ${entryState(view, entry)}`)
}

test('an entry that nobody could read is not delivered by who comes later', () => {
  const world = new World(82)
  const alice = world.person('alice')
  const invite = alice.create()
  alice.say('to nobody')
  const bob = world.person('bob').join(invite)
  world.advance(90_000)
  expect(alice.of('delivered')).toEqual([])
  alice.say('to bob')
  world.advance(10_000)
  expect(alice.of('delivered')).toMatchObject([{ upTo: 2 }])
  expect(states(alice)).toEqual(['"to nobody" sent', '"to bob" delivered'])
  expect(bob.texts()).toEqual(['alice: to bob'])
})

test('an entry of mine is waiting, then sent, then delivered; another’s is heard, or repaired', () => {
  const world = new World(81)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  bob.join(alice.create())
  world.advance(10_000)
  alice.say('one')
  expect(states(alice)).toEqual(['"one" sent'])
  world.advance(10_000)
  expect(states(alice)).toEqual(['"one" delivered'])
  world.refuseDials(5_000)
  world.cut('bob')
  world.settle()
  alice.say('two')
  bob.say('three')
  expect(states(bob)).toEqual(['"one" heard', '"three" waiting'])
  world.advance(60_000)
  expect(states(bob)).toEqual(['"one" heard', '"three" delivered', '"two" repaired'])
  expect(states(alice)).toEqual(['"one" delivered', '"two" delivered', '"three" heard'])
})
