/** Coming back after every kind of broken connection: the same member, nothing lost, nobody twice. */
import { describe, expect, test } from 'bun:test'
import { copyInvite } from '#lib/crypto/invite.ts'
import { type Person, World } from '../harness/world.ts'

function room(seed: number) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const invite = alice.create()
  bob.join(invite)
  world.advance(10_000)
  return { world, invite, alice, bob }
}

const shown = (person: Person) => person.client.store.view.entries.map(({ body }) => body['text'])
/** Everybody that a person sees in the room, as `name presence`, and `?` for a device that is not confirmed. */
const people = (person: Person) =>
  [...person.client.store.view.members.values()].map(
    ({ name, presence, confirmed }) => `${name} ${presence}${confirmed ? '' : ' ?'}`,
  )

describe('a connection', () => {
  test('that is closed: the member comes back as itself, with what it missed and what it wrote meanwhile, in its place', () => {
    const { world, alice, bob } = room(601)
    bob.do({ do: 'verify', member: alice.of('seated')[0]?.me.member ?? '', verified: true })
    alice.say('one')
    world.refuseDials(20_000)
    world.cut('bob')
    world.settle()
    alice.say('two')
    bob.say('three').say('four')
    expect(
      bob
        .entries()
        .slice(-2)
        .map(({ waiting }) => waiting),
    ).toEqual([true, true])
    expect(people(alice)).toEqual(['alice here', 'bob reconnecting'])
    world.advance(60_000)
    expect(alice.texts()).toEqual(['alice: one', 'alice: two', 'bob: three', 'bob: four'])
    expect(new Set(shown(bob))).toEqual(new Set(['one', 'two', 'three', 'four']))
    expect(bob.of('sent')).toMatchObject([{ upTo: 2, readers: 1 }])
    expect(people(alice).toSorted()).toEqual(['alice here', 'bob here'])
    expect(people(bob).toSorted()).toEqual(['alice here', 'bob here'])
    const back = alice.of('member').find(({ what }) => what === 'returned')
    expect(back).toMatchObject({ who: { seat: bob.seat() }, instead: bob.of('seated')[0]?.me.seat })
    const verified = [...bob.client.store.view.members.values()].find(({ name }) => name === 'alice')
    expect(verified).toMatchObject({ verified: true, confirmed: true })
    for (const person of [alice, bob]) expect(person.of('alarm')).toEqual([])
  })

  test('that is dialed again in vain is tried from 1 s to 30 s apart', () => {
    const { world, bob } = room(602)
    world.refuseDials(300_000)
    world.cut('bob')
    world.settle()
    world.advance(200_000)
    const waits = bob.of('away').map(({ again }) => again)
    expect(waits[0]).toBeGreaterThanOrEqual(500)
    expect(waits[0]).toBeLessThanOrEqual(1_000)
    for (const wait of waits.slice(6)) expect(wait).toBeGreaterThanOrEqual(15_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
  })

  test('that is half-open is found dead within 45 s', () => {
    const { world, alice, bob } = room(603)
    world.freeze('bob', 3_600_000)
    world.advance(60_000)
    expect(bob.of('away')).toHaveLength(1)
    bob.say('back')
    world.advance(10_000)
    expect(alice.texts()).toEqual(['bob: back'])
    expect(people(alice).toSorted()).toEqual(['alice here', 'bob here'])
  })

  test('that was gone for an hour still brings the same member back', () => {
    const { world, alice, bob } = room(604)
    world.refuseDials(3_600_000)
    world.cut('bob')
    world.settle()
    world.advance(61_000)
    expect(alice.members().at(-1)).toBe('gone bob')
    alice.say('in the meantime')
    world.advance(3_600_000)
    expect(people(alice).toSorted()).toEqual(['alice here', 'bob here'])
    expect(shown(bob)).toEqual(['in the meantime'])
  })

  test('that is lost with the room: it is made anew, with the same keys, and what was written is said there', () => {
    const { world, alice, bob } = room(605)
    alice.do({ do: 'verify', member: bob.of('seated')[0]?.me.member ?? '', verified: true })
    world.restart()
    world.settle()
    bob.say('meanwhile')
    world.advance(10_000)
    expect([alice, bob].map(({ events }) => events.at(-1)?.is)).toEqual(['lost', 'lost'])
    alice.do({ do: 'recreate', adminToken: null })
    const made = alice.of('created').at(-1)
    if (made === undefined) throw new Error('no room')
    bob.do({ do: 'join', invite: copyInvite(made.invite), name: 'bob' })
    world.advance(10_000)
    expect(alice.texts().at(-1)).toBe('bob: meanwhile')
    const view = [...alice.client.store.view.members.values()].find(({ name }) => name === 'bob')
    expect(view).toMatchObject({ verified: true, presence: 'here' })
  })
})

describe('who wants to leave without a connection', () => {
  test('goes at once when nothing waits', () => {
    const { world, bob } = room(610)
    world.cut('bob')
    world.settle()
    bob.leave()
    expect(bob.of('ended')).toMatchObject([{ why: { is: 'left' } }])
  })

  test('says first what waits, or is told after 30 s that it was not sent', () => {
    const { world, alice, bob } = room(611)
    world.cut('bob')
    world.settle()
    bob.say('one more thing').leave()
    world.advance(10_000)
    expect(alice.texts()).toEqual(['bob: one more thing'])
    expect(alice.members().at(-1)).toBe('left bob')
    world.refuseDials(3_600_000)
    world.cut('alice')
    world.settle()
    alice.say('never').leave()
    world.advance(30_000)
    expect(alice.of('failed').at(-1)).toMatchObject({ fault: 'not_sent' })
    expect(alice.of('ended')).toMatchObject([{ why: { is: 'disconnected' } }])
  })
})

test('who wants to leave a room that is lost, with something unsaid, gets out after 30 s', () => {
  const { world, alice } = room(612)
  world.refuseDials(5_000)
  world.restart()
  world.settle()
  alice.say('never').leave()
  world.advance(10_000)
  expect(alice.events.at(-1)?.is).toBe('lost')
  world.advance(20_000)
  expect(alice.of('ended')).toMatchObject([{ why: { is: 'disconnected' } }])
})

test('a seat that was given up at the relay’s word, and was there all the time, is taken back', () => {
  const { world, alice, bob } = room(620)
  world.rules.push((passage) =>
    passage.way === 'from relay' && passage.conn.owner === 'alice' && passage.from === 'bob' ? [] : [passage],
  )
  world.inject('alice', { type: 'peer_left', username: bob.seat() })
  world.settle()
  world.advance(61_000)
  expect(alice.members().at(-1)).toBe('gone bob')
  world.rules.length = 0
  alice.say('without bob')
  // Once she has been silent for him.
  world.advance(240_000)
  expect(people(alice).toSorted()).toEqual(['alice here', 'bob here'])
  expect(shown(bob)).toEqual(['without bob'])
})
