/** A room that the relay lost: it is made anew with the same keys, and nobody takes for said what may not have been heard. */
import { describe, expect, test } from 'bun:test'
import { clientOver } from '#lib/client/client.ts'
import { entryState } from '#lib/client/store.ts'
import { copyInvite, type Invite } from '#lib/crypto/invite.ts'
import { GlassClient } from '../harness/glass.ts'
import { all, drop, ofType, sentBy, when } from '../harness/liar.ts'
import { memberOf, room, seen, shown, verify } from '../harness/pair.ts'
import { Person, World } from '../harness/world.ts'

/** The invite of the room that somebody makes anew. */
function recreated(person: Person): Invite {
  const before = person.of('created').length
  person.do({ do: 'recreate', adminToken: null })
  const made = person.of('created')[before]
  if (made === undefined) throw new Error('no room')
  return copyInvite(made.invite)
}

describe('a room that the relay lost', () => {
  /** alice and bob verified each other, and bob wrote something before he knew that the room was lost. */
  function lost(seed: number) {
    const made = room(seed)
    const { world, alice, bob } = made
    verify(alice, bob)
    verify(bob, alice)
    alice.say('before')
    world.advance(10_000)
    world.restart()
    world.settle()
    bob.say('meanwhile')
    world.advance(10_000)
    expect([alice, bob].map(({ events }) => events.at(-1)?.is)).toEqual(['lost', 'lost'])
    return made
  }

  test('is made anew by its founder, with the same keys; what was written meanwhile is said there', () => {
    const { world, invite, alice, bob } = lost(605)
    const again = recreated(alice)
    expect(again.roomKey).toEqual(invite.roomKey)
    expect(again.roomId).not.toEqual(invite.roomId)
    bob.join(again)
    world.advance(10_000)
    expect(alice.texts()).toEqual(['alice: before', 'bob: meanwhile'])
    expect(shown(bob)).toEqual(['before', 'meanwhile'])
    expect(bob.client.store.view.entries.map(({ waiting }) => waiting)).toEqual([false, false])
    expect(seen(alice, 'bob')).toMatchObject({ verified: true, presence: 'here', founder: false })
    expect(seen(bob, 'alice')).toMatchObject({ verified: true, presence: 'here', founder: true })
    for (const person of [alice, bob]) expect(person.of('alarm')).toEqual([])
  })

  test('is made anew by another member, and is its founder’s all the same', () => {
    const { world, alice, bob } = lost(613)
    const again = recreated(bob)
    world.advance(60_000)
    alice.join(again)
    world.advance(10_000)
    // What he wrote waited for somebody to hear it.
    expect(alice.texts()).toEqual(['alice: before', 'bob: meanwhile'])
    const marked = { verified: true, presence: 'here' }
    expect([seen(bob, 'alice'), seen(alice, 'bob')]).toMatchObject([marked, marked])
    expect([seen(bob, 'alice')?.founder, seen(bob, 'bob')?.founder]).toEqual([true, false])
    bob.do({ do: 'close' })
    expect(bob.of('failed').at(-1)?.fault).toBe('not_founder')
    alice.do({ do: 'close' })
    expect(bob.of('ended')).toMatchObject([{ why: { is: 'closed', by: { name: 'alice' } } }])
  })

  test('and made anew shows what was and is written there alone at once, as waiting, in its order', () => {
    const { world, alice, bob } = lost(631)
    const again = recreated(bob)
    bob.say('alone')
    const states = () => bob.client.store.view.entries.map(({ body, waiting }) => [body['text'], waiting])
    const written = (waiting: boolean) => [
      ['before', false],
      ['meanwhile', waiting],
      ['alone', waiting],
    ]
    expect(states()).toEqual(written(true))
    world.cut('bob')
    world.advance(60_000)
    expect(states()).toEqual(written(true))
    alice.join(again)
    world.advance(10_000)
    expect(states()).toEqual(written(false))
    expect(bob.of('sent')).toMatchObject([{ upTo: 2, readers: 1 }])
    expect(alice.texts().slice(1)).toEqual(['bob: meanwhile', 'bob: alone'])
    expect(bob.client.store.view.entries.map((entry) => entryState(bob.client.store.view, entry)).at(-1)).toBe('delivered')
    expect([...alice.of('gaps'), ...alice.of('alarm')]).toEqual([])
  })

  test('and made anew is left at once by who is alone in it, though something waits', () => {
    const { world, bob } = lost(617)
    recreated(bob)
    world.advance(1_000)
    bob.leave()
    expect(bob.of('ended').at(-1)).toMatchObject({ why: { is: 'left' } })
  })

  test('and made anew knows who is verified before that one comes: another key under its name raises the alarm', () => {
    const { world, alice, bob } = lost(614)
    const again = recreated(bob)
    const impostor = new Person(world, 'alice', clientOver(world.edges('impostor')))
    impostor.join(again)
    world.advance(10_000)
    expect(bob.of('alarm')).toMatchObject([{ alarm: { is: 'changed_key', name: 'alice', member: memberOf(impostor) } }])
    alice.join(again)
    world.advance(10_000)
    expect(bob.of('alarm')).toHaveLength(1)
    const verified = [...bob.client.store.view.members.values()].filter((member) => member.verified && !member.me)
    expect(verified).toMatchObject([{ seat: alice.seat() }])
  })

  test('and made anew is entered by its heirs with their marks: whoever is there is verified at once, or alarms', () => {
    const { world, alice, bob } = lost(615)
    const again = recreated(bob)
    const impostor = new Person(world, 'bob', clientOver(world.edges('impostor')))
    impostor.join(again)
    alice.join(again)
    expect(alice.of('verified').slice(1)).toMatchObject([{ who: { seat: bob.seat(), verified: true } }])
    expect(alice.of('alarm')).toMatchObject([{ alarm: { is: 'changed_key', name: 'bob', member: memberOf(impostor) } }])
  })

  test('and that cannot be made anew now is lost still: it can be tried again', () => {
    const { world, invite, alice, bob } = lost(616)
    const { entries } = bob.client.store.view
    const me = bob.of('seated').at(-1)?.me
    world.refuseDials(5_000)
    bob.do({ do: 'recreate', adminToken: null })
    expect(bob.of('lost').at(-1)?.why).toEqual({ is: 'unreachable', host: '127.0.0.1:1337' })
    world.advance(5_000)
    bob.join({ ...invite, roomId: new Uint8Array(16) })
    expect(bob.of('lost').at(-1)?.why).toEqual({ is: 'refused', reason: 'not_found' })
    // Meanwhile nothing is taken off the screen.
    expect(bob.client.store.view.status).toMatchObject({ is: 'lost', me, why: { is: 'refused', reason: 'not_found' } })
    expect(bob.client.store.view.entries).toEqual(entries)
    expect(entries.map((entry) => entryState(bob.client.store.view, entry))).toEqual(['heard', 'waiting'])
    world.advance(5_000)
    bob.join(recreated(alice))
    world.advance(10_000)
    expect(alice.texts().at(-1)).toBe('bob: meanwhile')
  })

  test('and that cannot be made anew now leaves no invite behind, but the one that was told', () => {
    const world = new World(628)
    const tried: Invite[] = []
    const told: Invite[] = []
    const alice: GlassClient = new GlassClient(world.edges('alice'), (_input, events) => {
      if (alice.session.at === 'joining' && alice.session.goal.is === 'join') tried.push(alice.session.goal.invite)
      for (const event of events) if (event.is === 'created') told.push(event.invite)
    })
    alice.do({ do: 'create', url: 'ws://127.0.0.1:1337/ws', name: 'alice', adminToken: null })
    world.settle()
    const { invite } = alice.room
    world.restart()
    world.settle()
    world.advance(10_000)
    tried.length = 0
    world.rules.push(when(all(sentBy('alice'), ofType('join')), drop))
    alice.do({ do: 'recreate', adminToken: null })
    world.settle()
    world.cut('alice')
    world.settle()
    expect(alice.session.at).toBe('lost')
    expect(tried.length).toBeGreaterThan(0)
    for (const { roomKey, roomSecret } of tried) expect([...roomKey, ...roomSecret].every((byte) => byte === 0)).toBe(true)
    expect(told.map(({ roomKey }) => roomKey)).toEqual([invite.roomKey, invite.roomKey])
  })

  test('is left for another one: nothing of it is shown there', () => {
    const { world, alice, bob } = lost(629)
    const carol = world.person('carol')
    bob.join(carol.create())
    expect(bob.client.store.view).toMatchObject({ status: { is: 'seated' }, entries: [], alarms: [] })
    expect(bob.of('failed')).toMatchObject([{ fault: 'not_sent' }])
    expect(bob.of('dialing').at(-1)?.goesOn).toBe(false)
    recreated(alice)
    expect(shown(alice)).toEqual(['before'])
    expect(alice.of('dialing').at(-1)?.goesOn).toBe(true)
  })

  test('with what was sent last names it to its author: nobody knows who heard it', () => {
    const { world, alice, bob } = room(630)
    alice.say('heard by bob')
    world.advance(10_000)
    world.rules.push(when(all(sentBy('alice'), ofType('broadcast', 'ratchet_step')), drop))
    alice.say('heard by nobody').say('nor this')
    const states = () => alice.client.store.view.entries.map((entry) => entryState(alice.client.store.view, entry))
    expect(states()).toEqual(['delivered', 'sent', 'sent'])
    world.restart()
    world.advance(10_000)
    world.rules.pop()
    const [{ log } = { log: '' }] = alice.entries()
    expect(alice.of('lost')).toEqual([{ is: 'lost', why: { is: 'forgotten' }, unsure: { log, from: 2, upTo: 3 } }])
    expect(bob.of('lost')).toEqual([{ is: 'lost', why: { is: 'forgotten' }, unsure: null }])
    bob.join(recreated(alice))
    world.advance(10_000)
    alice.say('here again')
    world.advance(10_000)
    expect(states()).toEqual(['delivered', 'unsure', 'unsure', 'delivered'])
    expect(shown(bob)).toEqual(['heard by bob', 'here again'])
  })
})
