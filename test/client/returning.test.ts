/** Coming back after every kind of broken connection: the same member, nothing lost, nobody twice. */
import { describe, expect, test } from 'bun:test'
import { type Client, clientOver } from '#lib/client/client.ts'
import { entryState } from '#lib/client/store.ts'
import { all, delay, drop, from, ofType, sentBy, to, when } from '../harness/liar.ts'
import { expectBothHere, people, room, roomWith, seen, shown, verify, whatOf } from '../harness/pair.ts'
import { Person, World } from '../harness/world.ts'

const HOUR = 3_600_000

/** The most seats of one member that a screen shows at once from now on. */
function mostSeats({ store }: Client): () => number {
  let most = 0
  store.subscribe(({ members }) => {
    const counts = new Map<string, number>()
    for (const { member } of members.values()) counts.set(member, (counts.get(member) ?? 0) + 1)
    most = Math.max(most, ...counts.values())
  })
  return () => most
}

describe('a connection', () => {
  test('that is closed: the member comes back as itself, with what it missed and what it wrote meanwhile, in its place', () => {
    const { world, alice, bob } = room(601)
    verify(bob, alice)
    alice.say('one')
    const [first] = bob.of('seated')
    const most = [alice, bob].map(({ client }) => mostSeats(client))
    world.refuseDials(20_000)
    world.cut('bob')
    world.settle()
    alice.say('two')
    bob.say('three').say('four')
    const states = () => bob.client.store.view.entries.map((entry) => entryState(bob.client.store.view, entry))
    expect(states()).toEqual(['heard', 'waiting', 'waiting'])
    expect(people(alice)).toEqual(['alice here', 'bob reconnecting'])
    world.advance(60_000)
    expect(states().toSorted()).toEqual(['delivered', 'delivered', 'heard', 'repaired'])
    expect(alice.texts()).toEqual(['alice: one', 'alice: two', 'bob: three', 'bob: four'])
    expect(new Set(shown(bob))).toEqual(new Set(['one', 'two', 'three', 'four']))
    expect(shown(bob)).toHaveLength(4)
    expect(bob.entries().find(({ body }) => body['text'] === 'two')).toMatchObject({ repaired: true, who: { name: 'alice' } })
    expect(bob.of('sent')).toMatchObject([{ upTo: 2, readers: 1 }])
    expect(bob.of('seated').map(({ returned }) => returned)).toEqual([false, true])
    expectBothHere(alice, bob)
    expect(alice.of('member').filter(({ what }) => what === 'returned')).toMatchObject([
      { who: { seat: bob.seat(), member: first?.me.member }, instead: first?.me.seat },
    ])
    expect(bob.seat()).not.toBe(first?.me.seat ?? '')
    expect(seen(bob, 'alice')).toMatchObject({ verified: true, confirmed: true })
    expect(most.map((count) => count())).toEqual([1, 1])
    for (const person of [alice, bob]) expect(person.of('alarm')).toEqual([])
  })

  test('that is dialed again in vain is tried from 1 s to 30 s apart, each time later and somewhat at random', () => {
    const { world, bob } = room(602)
    world.refuseDials(300_000)
    world.cut('bob')
    world.settle()
    world.advance(200_000)
    const waits = bob.of('away').map(({ again }) => again)
    expect(waits.length).toBeGreaterThan(8)
    for (const [tries, wait] of waits.entries()) {
      const full = Math.min(30_000, 1_000 * 2 ** tries)
      expect(wait).toBeGreaterThanOrEqual(full / 2)
      expect(wait).toBeLessThanOrEqual(full)
    }
    expect(new Set(waits.slice(5)).size).toBe(waits.length - 5)
    expect(bob.of('dialing')).toHaveLength(1)
  })

  test('that is half-open is found dead within 45 s, and not while the relay still answers', () => {
    const { world, alice, bob } = room(603)
    world.advance(600_000)
    expect([alice, bob].flatMap((person) => person.of('away'))).toEqual([])
    alice.say('the last that he heard')
    world.freeze('bob', HOUR)
    world.advance(45_000)
    expect(bob.of('away')).toHaveLength(1)
    bob.say('back')
    world.advance(10_000)
    expect(alice.texts().at(-1)).toBe('bob: back')
    // The relay still shows the former seat, and later says that it is gone.
    expectBothHere(alice, bob)
    world.advance(HOUR)
    expect(whatOf(alice, 'bob').slice(-2)).toEqual(['arrived', 'returned'])
  })

  test('that the platform doubts is looked at at once, and given up within 15 s when it is dead', () => {
    const { world, bob } = room(607)
    world.advance(600_000)
    const before = world.recording.length
    bob.client.rouse()
    world.advance(1)
    expect(world.recording.slice(before).map(({ owner, way }) => `${owner} ${way}`)).toEqual(['bob to relay', 'bob from relay'])
    world.freeze('bob', HOUR)
    bob.client.rouse()
    world.advance(15_000)
    expect(bob.of('away')).toHaveLength(1)
  })

  test('that is lost is dialed at once when the network is another, and the next waits are short again', () => {
    const { world, bob } = room(608)
    world.refuseDials(200_000)
    world.cut('bob')
    world.advance(199_000)
    bob.client.rouse()
    world.settle()
    expect(bob.of('away').at(-1)?.again).toBeLessThanOrEqual(2_000)
    world.advance(1_000)
    bob.client.rouse()
    world.settle()
    expect(bob.of('seated')).toHaveLength(2)
  })

  test('that was gone for an hour still brings the same member back, by what it proves', () => {
    const { world, alice, bob } = room(604)
    verify(alice, bob)
    const [before] = bob.say('before').entries()
    world.refuseDials(HOUR)
    world.cut('bob')
    world.settle()
    world.advance(59_000)
    expect(alice.members().at(-1)).toBe('reconnecting bob')
    world.advance(2_000)
    expect(alice.members().at(-1)).toBe('gone bob')
    alice.say('in the meantime')
    bob.say('alone')
    world.advance(HOUR)
    expect(people(alice)).toEqual(['alice here', 'bob here'])
    expect(seen(alice, 'bob')).toMatchObject({ verified: true, confirmed: true })
    expect(new Set(shown(bob))).toEqual(new Set(['before', 'alone', 'in the meantime']))
    expect(alice.entries().at(-1)).toMatchObject({ log: before?.log, n: 2, body: { text: 'alone' } })
  })

  test('of both at once: each finds the other again, whoever is first', () => {
    const { world, alice, bob } = room(606)
    const most = [alice, bob].map(({ client }) => mostSeats(client))
    world.cut('alice')
    world.cut('bob')
    world.settle()
    alice.say('from alice')
    bob.say('from bob')
    world.advance(30_000)
    for (const person of [alice, bob]) {
      expect(people(person)).toEqual(['alice here', 'bob here'])
      expect(new Set(shown(person))).toEqual(new Set(['from alice', 'from bob']))
    }
    expect(most.map((count) => count())).toEqual([1, 1])
  })
})

describe('who did not come back when I did', () => {
  test('is shown as reconnecting and then as gone, also when I am cut again meanwhile', () => {
    const { world, alice } = room(607)
    world.rules.push(when(sentBy('bob'), drop))
    world.cut('alice')
    world.cut('bob')
    world.settle()
    world.advance(5_000)
    expect(people(alice)).toEqual(['alice here', 'bob reconnecting'])
    world.cut('alice')
    world.advance(70_000)
    expect(whatOf(alice, 'bob').slice(-2)).toEqual(['reconnecting', 'gone'])
    expect(people(alice)).toEqual(['alice here', 'bob gone'])
  })

  test('and never answered me before is gone at once: nothing could show that it is the same', () => {
    const world = new World(608)
    const [alice, bob] = [world.person('alice'), world.person('bob')]
    const invite = bob.create()
    world.rules.push(when(sentBy('bob'), drop))
    alice.join(invite)
    world.advance(10_000)
    world.cut('alice')
    world.cut('bob')
    world.advance(10_000)
    expect(whatOf(alice, 'bob')).toEqual(['present', 'unreachable', 'gone'])
  })
})

/** The lid of a laptop: while it is closed no timer rings, and those that should have ring when it opens. */
class Lid {
  readonly #missed: (() => void)[] = []
  #isClosed = false

  close(): void {
    this.#isClosed = true
  }

  open(): void {
    this.#isClosed = false
    for (const ring of this.#missed.splice(0)) ring()
  }

  /** Waking under this lid. */
  over(wake: (after: number, then: () => void) => () => void): typeof wake {
    return (after, then) => {
      let isOff = false
      const ring = () => {
        if (!isOff) then()
      }
      const cancel = wake(after, () => (this.#isClosed ? void this.#missed.push(ring) : ring()))
      return () => {
        isOff = true
        cancel()
      }
    }
  }
}

/** alice's room with bob in it, on a laptop. */
function withLaptop(seed: number) {
  const lid = new Lid()
  const made = roomWith(seed, (world) => {
    const edges = world.edges('bob')
    return new Person(world, 'bob', clientOver({ ...edges, wake: lid.over((after, then) => edges.wake(after, then)) }))
  })
  return { ...made, lid }
}

describe('a laptop that slept for an hour', () => {
  test('and lost its connection unheard comes back within 15 s, as the same member, with what it missed', () => {
    const { world, alice, bob, lid } = withLaptop(609)
    lid.close()
    world.freeze('bob', 20_000)
    world.advance(HOUR / 2)
    alice.say('while you slept')
    world.advance(HOUR / 2)
    expect(people(alice)).toEqual(['alice here', 'bob gone'])
    expect(bob.of('away')).toEqual([])
    lid.open()
    world.advance(15_000)
    expect(bob.of('away')).toHaveLength(1)
    expectBothHere(alice, bob)
    expect(shown(bob)).toEqual(['while you slept'])
  })

  test('on a connection that lived takes nobody else for silent', () => {
    const { world, alice, bob, lid } = withLaptop(610)
    lid.close()
    const opens = world.clock.now() + HOUR
    const isAsleep = () => world.clock.now() < opens
    world.rules.push(
      when(
        all(to('bob'), isAsleep),
        delay(() => opens - world.clock.now()),
      ),
    )
    alice.say('while you slept')
    world.advance(HOUR - 1)
    lid.open()
    world.advance(30_000)
    expect(bob.of('away')).toEqual([])
    expect(bob.of('alarm')).toEqual([])
    expect(whatOf(bob, 'alice')).not.toContain('silent')
    expect(shown(bob)).toEqual(['while you slept'])
    expectBothHere(alice, bob)
  })
})

test('a seat that was given up at the relay’s word, and was there all the time, is taken back once it finds the other silent', () => {
  const { world, alice, bob } = room(620)
  world.rules.push(when(all(to('alice'), from('bob')), drop))
  world.inject('alice', { type: 'peer_left', username: bob.seat() })
  world.settle()
  world.advance(61_000)
  expect(alice.members().at(-1)).toBe('gone bob')
  world.rules.length = 0
  alice.say('without bob')
  world.advance(240_000)
  expectBothHere(alice, bob)
  expect(shown(bob)).toEqual(['without bob'])
  bob.say('and with him')
  expect(alice.texts().at(-1)).toBe('bob: and with him')
  for (const person of [alice, bob]) expect(person.of('seated')).toHaveLength(1)
})

test('a device that could not prove anything counts as its member’s once the person says so', () => {
  const { world, alice, bob } = room(623)
  verify(alice, bob)
  const former = bob.seat()
  // What bob would prove it with does not get through: for alice it is any device with his key.
  world.cut('bob')
  world.settle()
  world.rules.push(when(all(sentBy('bob'), ofType('relay')), drop))
  world.advance(40_000)
  const device = () => alice.client.store.view.members.get(bob.seat())
  expect(seen(alice, 'bob')).toMatchObject({ seat: former, presence: 'reconnecting', confirmed: true })
  expect(device()).toMatchObject({ confirmed: false, verified: false })
  alice.do({ do: 'accept', seat: bob.seat() })
  expect(device()).toMatchObject({ confirmed: true, verified: true })
  expect(alice.of('member').at(-1)?.what).toBe('accepted')
  alice.do({ do: 'accept', seat: 'a seat of nobody' })
  expect(alice.of('failed')).toMatchObject([{ command: 'accept', fault: 'no_such_seat' }])
})
