/** The liar of the tests does what it says, and nothing more. */
import { describe, expect, test } from 'bun:test'
import type { LineEvents } from '#lib/client/client.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { all, alter, delay, drop, from, hide, ofType, repeat, sentBy, shuffle, tape, to, when } from './liar.ts'
import type { Net, Rule } from './net.ts'
import { type Person, World } from './world.ts'

/** alice, bob and carol in a room, and then a liar. */
function roomWith(seed: number, ...rules: readonly Rule[]) {
  const world = new World(seed)
  const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
  const invite = alice.create()
  bob.join(invite)
  carol.join(invite)
  world.rules.push(...rules)
  return { world, alice, bob, carol, invite }
}

function say(person: Person, ...texts: readonly string[]): void {
  for (const text of texts) person.say(text)
}

/** What a client that only listens hears of its socket. */
function listen(net: Net, owner: string): string[] {
  const heard: string[] = []
  const on: LineEvents = {
    opened: () => heard.push('opened'),
    text: (text) => heard.push(text),
    binary: () => heard.push('binary'),
    closed: (code) => heard.push(`closed ${code}`),
  }
  net.edgesOf(owner, (bytes) => new Uint8Array(bytes)).dial('ws://127.0.0.1/ws', on)
  net.settle()
  return heard
}

/** How often somebody got frames of a type. */
function got({ recording }: Net, owner: string, type: FromRelay['type']): number {
  return recording.filter((frame) => frame.way === 'from relay' && frame.owner === owner && frame.text.includes(`"${type}"`))
    .length
}

describe('a rule', () => {
  test('drops what matches, and nothing else', () => {
    const { alice, bob, carol } = roomWith(1, when(all(to('bob'), from('alice'), ofType('broadcast')), drop))
    say(alice, 'one')
    say(carol, 'two')
    expect(bob.texts()).toEqual(['carol: two'])
    expect(carol.texts()).toEqual(['alice: one', 'carol: two'])
  })

  test('drops what somebody sends before the relay has it', () => {
    const { alice, bob, carol } = roomWith(2, when(sentBy('alice'), drop))
    say(alice, 'one')
    expect([bob.texts(), carol.texts()]).toEqual([[], []])
  })

  test('delays, and what follows does not overtake', () => {
    const delays = [300, 0]
    const { world, alice, bob, carol } = roomWith(
      3,
      when(
        all(to('bob'), ofType('broadcast')),
        delay(() => delays.shift() ?? 0),
      ),
    )
    say(alice, 'one', 'two')
    world.advance(299)
    expect([bob.texts(), carol.texts()]).toEqual([[], ['alice: one', 'alice: two']])
    world.advance(1)
    expect(bob.texts()).toEqual(['alice: one', 'alice: two'])
  })

  test('shuffles, and what follows overtakes', () => {
    const delays = [300, 0]
    const { world, alice, bob } = roomWith(
      4,
      when(
        all(to('bob'), ofType('broadcast')),
        shuffle(() => delays.shift() ?? 0),
      ),
    )
    say(alice, 'one', 'two')
    expect(bob.texts()).toEqual(['alice: two'])
    world.advance(300)
    expect(bob.texts()).toEqual(['alice: two', 'alice: one'])
  })

  test('repeats, once more and later', () => {
    const { world, alice, bob } = roomWith(
      5,
      when(
        all(to('bob'), ofType('broadcast')),
        repeat(() => 1_000),
      ),
    )
    say(alice, 'one')
    world.advance(1_000)
    expect(bob.texts()).toEqual(['alice: one'])
    expect(bob.refusals()).toEqual(['envelope replayed alice'])
  })

  test('alters a frame for one receiver alone', () => {
    const cut = alter((frame) => (frame.type === 'broadcast' ? [{ ...frame, meta: '' }] : [frame]))
    const { alice, bob, carol } = roomWith(6, when(to('bob'), cut))
    say(alice, 'one')
    expect([bob.texts(), carol.texts()]).toEqual([[], ['alice: one']])
    expect(bob.of('refused')).not.toEqual([])
  })

  test('keeps frames that pass, to be given to somebody later', () => {
    const kept: FromRelay[] = []
    const { world, alice, bob } = roomWith(7, when(all(to('bob'), ofType('broadcast')), tape(kept)))
    say(alice, 'one')
    expect([bob.texts(), kept.length]).toEqual([['alice: one'], 1])
    for (const frame of kept) world.inject('bob', frame)
    world.settle()
    expect(bob.refusals()).toEqual(['envelope replayed alice'])
  })

  test('hides some from others: two rooms in one', () => {
    const world = new World(8)
    const isLeft = (name: string) => name === 'alice' || name === 'bob'
    world.rules.push(
      hide(
        (seat) => world.ownerOf(seat),
        (who, other) => isLeft(who) !== isLeft(other),
      ),
    )
    const [alice, bob, carol, dave] = [world.person('alice'), world.person('bob'), world.person('carol'), world.person('dave')]
    const invite = alice.create()
    for (const person of [bob, carol, dave]) person.join(invite)
    say(alice, 'left')
    say(dave, 'right')
    expect([alice, bob, carol, dave].map((person) => person.texts())).toEqual([
      ['alice: left'],
      ['alice: left'],
      ['dave: right'],
      ['dave: right'],
    ])
  })
})

describe('a connection', () => {
  test('that is half-open carries nothing, and the relay alone finds out', () => {
    const { world, alice, bob, carol } = roomWith(9)
    world.freeze('bob', 10_000)
    say(carol, 'one')
    bob.client.do({ do: 'say', text: 'two', class: null })
    world.advance(9_999)
    expect([alice.texts(), bob.texts()]).toEqual([['carol: one'], ['bob: two']])
    expect(got(world, 'alice', 'peer_left')).toBe(0)
    world.advance(1)
    expect(got(world, 'alice', 'peer_left')).toBe(1)
  })

  test('is refused for as long as the relay takes none', () => {
    const world = new World(10)
    world.refuseDials(1_000)
    expect(listen(world, 'alice')).toEqual(['closed 1006'])
    world.advance(1_000)
    expect(listen(world, 'alice')).toEqual(['opened'])
  })

  test('is closed by a relay that restarts, which knows no room any more', () => {
    const { world, invite } = roomWith(11)
    const heard = listen(world, 'dave')
    world.restart()
    world.settle()
    expect(heard).toEqual(['opened', 'closed 1006'])
    const erin = world.person('erin').join(invite)
    expect(erin.of('ended').map(({ why }) => why)).toEqual([{ is: 'refused', reason: 'not_found' }])
  })
})
