/** What can be asked while the connection is lost, and leaving then: nothing overtakes, nothing is lost unsaid. */
import { describe, expect, test } from 'bun:test'
import { drop, sentBy, when } from '../harness/liar.ts'
import { people, room, whatOf } from '../harness/pair.ts'
import { World } from '../harness/world.ts'

const HOUR = 3_600_000

describe('without a connection', () => {
  test('256 entries wait; the next are refused, and none is lost or said twice', () => {
    const { world, alice, bob } = room(617)
    world.cut('bob')
    world.settle()
    for (let i = 0; i < 257; i++) bob.say(`${i}`)
    expect(bob.of('failed').map(({ fault }) => fault)).toEqual(['busy'])
    world.advance(30_000)
    expect(alice.texts()).toEqual(Array.from({ length: 256 }, (_, i) => `bob: ${i}`))
    expect(bob.of('sent')).toMatchObject([{ upTo: 256, readers: 1 }])
    expect(bob.of('delivered').at(-1)?.upTo).toBe(256)
  })

  test('what needs the others at once fails, and says why', () => {
    const { world, alice } = room(618)
    world.cut('alice')
    world.settle()
    alice.rotate().do({ do: 'close' }).do({ do: 'accept', seat: alice.seat() })
    expect(alice.of('failed').map(({ command, fault }) => `${command} ${fault}`)).toEqual([
      'rotate away',
      'close away',
      'accept away',
    ])
  })

  test('a new name is taken along on the way back, unless it is none', () => {
    const { world, alice, bob } = room(619)
    world.cut('bob')
    world.settle()
    bob.do({ do: 'rename', name: '\u202ebob' }).do({ do: 'rename', name: 'robert' })
    expect(bob.of('failed')).toMatchObject([{ command: 'rename', fault: 'bad_name' }])
    world.advance(10_000)
    expect(people(alice)).toEqual(['alice here', 'robert here'])
    expect(alice.refusals()).toEqual([])
  })

  test('a new name that looks like another member’s is marked at once, and no more once it does not', () => {
    const { world, bob } = room(624)
    world.refuseDials(HOUR)
    world.cut('bob')
    world.settle()
    bob.do({ do: 'rename', name: 'aIice' }).do({ do: 'rename', name: 'robert' })
    const renamed = bob.of('member').filter(({ what }) => what === 'renamed')
    expect(renamed.map(({ who, was }) => `${was} ${who.name} ${who.clash}`)).toEqual(['bob aIice true', 'aIice robert false'])
  })

  test('what was said before the handshake was over goes before what is said later', () => {
    const world = new World(625)
    const [alice, bob] = [world.person('alice'), world.person('bob')]
    const invite = alice.create()
    world.rules.push(when(sentBy('alice'), drop))
    bob.join(invite).say('first')
    expect(bob.texts()).toEqual([])
    world.cut('bob')
    world.settle()
    world.rules.pop()
    bob.say('second')
    expect(bob.entries().map(({ body, waiting }) => [body['text'], waiting])).toEqual([
      ['first', true],
      ['second', true],
    ])
    world.advance(20_000)
    expect(alice.texts()).toEqual(['bob: first', 'bob: second'])
  })
})

describe('who wants to leave without a connection', () => {
  test('goes at once when nothing waits', () => {
    const { world, bob } = room(621)
    world.cut('bob')
    world.settle()
    bob.leave()
    expect(bob.of('ended')).toMatchObject([{ why: { is: 'left' } }])
  })

  test('goes at once when told to go now, whatever waits', () => {
    const { world, bob } = room(622)
    world.cut('bob')
    world.settle()
    bob.say('never').do({ do: 'leave', now: true })
    expect(bob.of('failed')).toMatchObject([{ fault: 'not_sent' }])
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
    world.refuseDials(HOUR)
    world.cut('alice')
    world.settle()
    alice.say('never').leave()
    world.advance(29_999)
    expect(alice.of('ended')).toEqual([])
    world.advance(1)
    expect(alice.of('failed').at(-1)).toMatchObject({ fault: 'not_sent' })
    expect(alice.of('ended')).toMatchObject([{ why: { is: 'disconnected' } }])
  })

  test('is told by which code the connection was lost, not how it was given up', () => {
    const { world, bob } = room(626)
    world.refuseDials(HOUR)
    world.cut('bob', 1013)
    world.settle()
    bob.say('never').leave()
    world.advance(30_000)
    expect(bob.of('ended')).toEqual([{ is: 'ended', why: { is: 'disconnected', code: 1013 } }])
  })

  test('and is told to go now while it comes back says goodbye to whoever can hear it, after what is on its way', () => {
    const { world, invite, alice, bob } = room(627)
    world.person('carol').join(invite)
    world.advance(10_000)
    world.rules.push(when(sentBy('carol'), drop))
    world.cut('bob')
    world.settle()
    bob.say('kept')
    world.advance(2_000)
    // carol has not answered: what is said waits.
    expect(whatOf(alice, 'bob').at(-1)).toBe('returned')
    bob.say('and this')
    expect(alice.texts()).toEqual([])
    bob.do({ do: 'leave', now: true })
    expect(bob.of('ended')).toMatchObject([{ why: { is: 'left' } }])
    expect(bob.of('failed')).toEqual([])
    expect(alice.texts()).toEqual(['bob: kept', 'bob: and this'])
    expect(whatOf(alice, 'bob').at(-1)).toBe('left')
    world.advance(60_000)
    expect(alice.of('gaps')).toEqual([])
  })

  test('and whose room is lost, with something unsaid, gets out after 30 s', () => {
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
})
