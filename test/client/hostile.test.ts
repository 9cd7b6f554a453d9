/** What a hostile member, thief or relay must not get from a session. */
import { describe, expect, test } from 'bun:test'
import { letterOf } from '#lib/client/letters.ts'
import { kemText } from '#lib/client/claims.ts'
import { claimText, ratchetKeyHash, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { kemPair } from '#lib/crypto/kem.ts'
import { openLetter } from '#lib/crypto/letter.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'
import { letterFrom } from '../harness/forging.ts'
import { GlassClient } from '../harness/glass.ts'
import { founderOfGlass, trio } from '../harness/mallory.ts'
import { seeded } from '../harness/random.ts'
import { World } from '../harness/world.ts'

describe('a stolen signing key', () => {
  test('does not push its member aside unnoticed by a claim of a far higher number', () => {
    const { world, alice, mallory, act, say } = trio(9)
    const { keys, me } = mallory.room
    const pair = kemPair(seeded(1)(32))
    const { key, seat, name, time } = me.claim.opened
    const fields = { ratchetKey: ratchetKeyHash(keys.roomId, pair.publicKey), x25519: pair.publicKey.slice(ML_KEM_PUBLIC_BYTES) }
    const claim = { key, seat, name, ...fields, seq: 1_000, prev: new Uint8Array(32), time, step: null }
    const sealed = sealClaim(keys, seat, signClaim(keys.roomId, claim, me.signer).signed, seeded(2)(24))
    world.inject('alice', { type: 'ek_update_fwd', from: seat, ek: kemText(pair.publicKey), claim: claimText(sealed) })
    world.settle()
    act({ do: 'rotate' }) // the real one goes on
    say('it is me')
    expect(alice.of('alarm').map(({ alarm }) => alarm.is)).toEqual(['claim_fork'])
    expect(alice.texts()).toEqual(['mallory: it is me'])
  })
})

describe('a step that arrives late, as an honest member sent it,', () => {
  /** mallory, who is honest here, steps; alice gets the step only after what `meanwhile` brings her. */
  function late(seed: number, meanwhile: (room: ReturnType<typeof trio>) => void) {
    const room = trio(seed)
    const { world, act, say } = room
    const steps: FromRelay[] = []
    world.meddle = (frame, to) => {
      if (to.owner !== 'alice' || frame.type !== 'ratchet_step_fwd') return [frame]
      steps.push(frame)
      return []
    }
    act({ do: 'rotate' })
    meanwhile(room)
    world.meddle = (frame) => [frame]
    for (const step of steps) world.inject('alice', step)
    world.settle()
    say('after it')
    return room
  }

  test('behind the member’s next key, is taken, and the newer key stays', () => {
    const { alice, mallory } = late(11, ({ act }) => act({ do: 'rename', name: 'renamed' }))
    expect(alice.of('alarm')).toEqual([])
    expect(alice.texts()).toEqual(['renamed: after it'])
    expect(alice.client.store.view.members.get(mallory.room.me.seat)?.name).toBe('renamed')
  })

  test('behind a letter under its own claim, is taken without an alarm', () => {
    const { alice } = late(12, ({ world, alice, mallory }) => {
      const to = mallory.room.peers.get(alice.seat())
      if (to === undefined) throw new Error('nobody')
      const content = { kind: 'ack', state: new Uint8Array(32) } as const
      world.inject('alice', {
        type: 'relay',
        from: mallory.room.me.seat,
        payload: letterFrom(mallory.room, to, content, seeded(3)),
      })
      world.settle()
    })
    expect(alice.of('alarm')).toEqual([])
    expect(alice.texts()).toEqual(['mallory: after it'])
  })
})

test('an old ratchet key gets no state of a newcomer to whom the relay shows an old claim', () => {
  const world = new World(40)
  const alice = world.person('alice')
  const invite = alice.create()
  const bob = new GlassClient(world.edges('bob'))
  bob.do({ do: 'join', invite, name: 'bob' })
  world.settle()
  const old = world.recording.map(({ text }) => JSON.parse(text)).findLast(({ type }) => type === 'identify')
  const stolen = structuredClone(bob.room.me.keyring)
  for (let i = 0; i < 2; i++) {
    bob.do({ do: 'rotate' })
    world.settle()
    alice.rotate()
  }
  world.advance(300_000) // healed: the old key is wiped everywhere but at the thief's
  const stale = (frame: FromRelay & { type: 'joined' }) =>
    frame.members.map((one) => (one.username === old.username ? { ...one, ratchetEk: old.ratchetEk, claim: old.claim } : one))
  world.meddle = (frame, to) => {
    if (to.owner !== 'dave') return [frame]
    if (frame.type === 'joined') return [{ ...frame, members: stale(frame) }]
    return frame.type === 'relay' && frame.from === old.username ? [] : [frame]
  }
  const dave = world.person('dave').join(invite)
  world.advance(5_000)
  const sent = world.recording
    .filter(({ owner, way }) => owner === 'dave' && way === 'to relay')
    .map(({ text }) => JSON.parse(text))
  const kinds = sent
    .filter(({ type, to }) => type === 'relay' && to === old.username)
    .map(({ payload }) => openLetter(bob.room.keys, structuredClone(stolen), old.username, dave.seat(), payload, null, []))
    .map(({ content }) => letterOf(content).kind)
  expect(kinds).toEqual(['ask'])
})

describe('a member', () => {
  test('whose false word about another is never borne out makes nothing of the other late', () => {
    const { alice, bob, mallory, say } = trio(3)
    mallory.room.news.set('', { log: mallory.room.peers.get(bob.seat())?.log ?? '', n: 0xffff_ffff, hash: new Uint8Array(32) })
    say('the last line')
    for (const text of ['one', 'two']) bob.say(text)
    expect(alice.entries().map(({ late }) => late)).toEqual([false, false, false])
  })

  test('that says its log begins later for me is not silent for me alone', () => {
    const world = new World(4)
    const mallory = founderOfGlass(world, 'mallory')
    const log = mallory.room.transcript.logs.get(mallory.room.log)
    if (log === undefined) throw new Error('no log')
    const head = log.head
    log.head = { n: 0xffff_ffff, hash: new Uint8Array(32) }
    const dave = world.person('dave').join(mallory.room.invite)
    log.head = head
    mallory.do({ do: 'say', text: 'not for dave', class: null })
    world.settle()
    expect(dave.refusals()).toEqual(['envelope stale mallory'])
  })

  test('whose frames waited for its state takes their room with it when it goes', () => {
    const world = new World(7)
    const alice = founderOfGlass(world, 'alice')
    world.meddle = (frame, to) =>
      to.owner === 'alice' && frame.type === 'relay' && frame.from !== alice.room.me.seat ? [] : [frame]
    const eve = world.person('eve').join(alice.room.invite)
    eve.say('unheard')
    expect(alice.room.heldChars).toBeGreaterThan(1_000)
    world.refuseDials(3_600_000)
    world.cut('eve')
    world.settle()
    world.advance(60_000)
    expect(alice.room.peers.size).toBe(0)
    expect(alice.room.heldChars).toBe(0)
  })

  test('with the name of one who went is marked as looking like it, and alarms who had verified that one', () => {
    const { world, alice, bob, invite, mallory } = trio(8)
    const verified = [...alice.client.store.view.members.values()].find(({ name }) => name === 'bob')?.member ?? ''
    alice.do({ do: 'verify', member: verified, verified: true })
    bob.leave()
    const impostor = world.person('bob').join(invite)
    const view = alice.client.store.view.members.get(impostor.seat())
    expect(view).toMatchObject({ clash: true, verified: false })
    expect(alice.of('alarm').map(({ alarm }) => alarm)).toEqual([
      { is: 'changed_key', name: 'bob', member: view?.member ?? '', verified },
    ])
    expect(mallory.room.clashes.has(view?.member ?? '')).toBe(true)
  })
})

test('a relay that refuses once does not make a second try use a wiped room key', () => {
  const world = new World(2, 1)
  const invite = world.person('alice').create()
  const bob = world.person('bob')
  const mine = invite
  for (let i = 0; i < 2; i++) bob.do({ do: 'join', invite: mine, name: 'bob' })
  const joins = world.recording.filter(({ owner, way }) => owner === 'bob' && way === 'to relay').map(({ text }) => text)
  expect(joins).toHaveLength(2)
  expect(new Set(joins).size).toBe(1)
})
