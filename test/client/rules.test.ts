/** When keys are renewed, and what a state must not do: rules that nothing else would miss if they went. */
import { describe, expect, test } from 'bun:test'
import { newestEpoch } from '#lib/crypto/receiving.ts'
import type { StateLetter } from '#lib/client/letters.ts'
import { letterFrom } from '../harness/forging.ts'
import { GlassClient } from '../harness/glass.ts'
import { founderOfGlass } from '../harness/mallory.ts'
import { seeded } from '../harness/random.ts'
import { type Person, World } from '../harness/world.ts'

function pair(seed = 1) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  bob.join(alice.create())
  world.advance(10_000) // keys that letters used are renewed
  return { world, alice, bob }
}

/** Types of the frames that somebody sends while something happens. */
function sentDuring(world: World, owner: string, happens: () => void): string[] {
  const before = world.recording.length
  happens()
  const sent = world.recording.slice(before).filter((record) => record.owner === owner && record.way === 'to relay')
  return sent.map(({ text }) => JSON.parse(text).type)
}

const say = (person: Person, texts: number) => () => {
  for (let i = 0; i < texts; i++) person.say('x')
}

describe('the next frame is a step', () => {
  test('with the 26th message of an epoch, and not before', () => {
    const { world, alice } = pair()
    alice.rotate() // a beat is the epoch's first message
    expect(new Set(sentDuring(world, 'alice', say(alice, 24)))).toEqual(new Set(['broadcast']))
    expect(sentDuring(world, 'alice', say(alice, 1))).toEqual(['ratchet_step'])
    expect(new Set(sentDuring(world, 'alice', say(alice, 24)))).toEqual(new Set(['broadcast'])) // the step carried the first
    expect(sentDuring(world, 'alice', say(alice, 1))).toEqual(['ratchet_step'])
  })

  test('after ten minutes of use, and not before', () => {
    const { world, alice } = pair()
    alice.rotate()
    // Beats are messages too: the one that follows the ten minutes is a step.
    const before = sentDuring(world, 'alice', () => world.advance(599_999))
    expect(before.filter((type) => type === 'broadcast').length).toBeGreaterThan(6)
    expect(before).not.toContain('ratchet_step')
    const after = sentDuring(world, 'alice', () => world.advance(81_000))
    expect(after.find((type) => type === 'ratchet_step' || type === 'broadcast')).toBe('ratchet_step')
  })

  test('when somebody renewed by hand; one such step asks for no other', () => {
    const { world, alice, bob } = pair()
    alice.rotate()
    expect(sentDuring(world, 'bob', say(bob, 2))).toEqual(['ratchet_step', 'broadcast'])
    expect(sentDuring(world, 'alice', say(alice, 1))).toEqual(['broadcast'])
  })
})

test('a ratchet key lives eleven and a half minutes at most, also where nobody speaks', () => {
  const { world, alice } = pair()
  const renewals = () =>
    sentDuring(world, 'bob', () => world.advance(690_000)).filter((type) => type === 'ek_update' || type === 'ratchet_step')
      .length
  alice.rotate()
  for (let i = 0; i < 3; i++) expect(renewals()).toBeGreaterThan(0)
})

describe('a state', () => {
  /** mallory hands alice, who has her state, another one that starts at an epoch and counter. */
  function handed(seed: number, change: (state: StateLetter) => StateLetter) {
    const world = new World(seed)
    const alice = founderOfGlass(world, 'alice')
    const mallory = new GlassClient(world.edges('mallory'))
    mallory.do({ do: 'join', invite: alice.room.invite, name: 'mallory' })
    world.settle()
    mallory.do({ do: 'rotate' })
    world.settle()
    const [to, from] = [mallory.room.peers.get(alice.room.me.seat), alice.room.peers.get(mallory.room.me.seat)]
    if (to === undefined || from === undefined) throw new Error('nobody')
    const { epoch, chain, headerKey, fileKey } = mallory.room.sending
    const head = { log: mallory.room.log, n: 0, hash: new Uint8Array(32) }
    const state = change({
      kind: 'state',
      start: { epoch, chain, headerKey, fileKey },
      head,
      began: { n: 0, hash: head.hash },
      heads: [],
      answers: null,
      asked: null,
      proofs: [],
      topic: [],
    })
    return { world, alice, from, give: () => give(world, mallory, letterFrom(mallory.room, to, state, seeded(seed))) }
  }

  function give(world: World, { room }: GlassClient, payload: string) {
    world.inject('alice', { type: 'relay', from: room.me.seat, payload })
    world.settle()
  }

  test('that nobody asked for replaces none', () => {
    const { alice, from, give } = handed(61, (state) => state)
    const held = from.in
    give()
    expect(from.in).toBe(held)
    expect([...alice.room.refused.keys()]).toEqual([`letter not_asked ${from.seat}`])
  })

  test('never leads back, asked for or not', () => {
    const nonce = new Uint8Array(16).fill(1)
    const { alice, from, give } = handed(62, (state) => ({ ...state, start: { ...state.start, epoch: 0 }, asked: nonce }))
    from.asked = { nonce, at: 0, pair: null }
    give()
    expect(from.in === null ? -1 : newestEpoch(from.in.receiving)).toBe(1)
    expect([...alice.room.refused.keys()]).toEqual([`letter stale ${from.seat}`])
  })

  test('of another log than its seat’s is none', () => {
    const nonce = new Uint8Array(16).fill(1)
    const { alice, from, give } = handed(63, (state) => ({
      ...state,
      head: { ...state.head, log: 'A'.repeat(24) },
      asked: nonce,
    }))
    from.asked = { nonce, at: 0, pair: null }
    give()
    expect([...alice.room.refused.keys()]).toEqual([`letter wrong_seat ${from.seat}`])
  })
})

test('an entry or a beat of another log than its seat’s is refused', () => {
  const world = new World(64)
  const alice = world.person('alice')
  const invite = alice.create()
  const bob = world.person('bob').join(invite)
  const mallory = new GlassClient(world.edges('mallory'))
  mallory.do({ do: 'join', invite, name: 'mallory' })
  world.settle()
  // Her own log is bob's, to her client: entry and head name it.
  const log = mallory.room.peers.get(bob.seat())?.log
  if (log === undefined || log === null) throw new Error('no log')
  Object.assign(mallory.room, { log })
  mallory.do({ do: 'say', text: 'as bob', class: null })
  world.settle()
  expect(alice.texts()).toEqual([])
  expect(alice.of('refused').length).toBeGreaterThan(0)
})

test.each([{ do: 'leave', now: true }, { do: 'close' }] as const)('the end wipes every key that the room held: %j', (last) => {
  const world = new World(65)
  const alice = founderOfGlass(world, 'alice')
  const bob = world.person('bob').join(alice.room.invite)
  alice.do({ do: 'rotate' })
  world.settle()
  bob.rotate()
  const { room } = alice
  const [peer] = room.peers.values()
  if (peer?.in === null || peer?.in === undefined || peer.out === null) throw new Error('no pair')
  const epochs = peer.in.receiving.epochs.flatMap(({ headerKey, fileKey, chain }) => [
    headerKey,
    fileKey,
    ...(chain === null ? [] : [chain.key]),
  ])
  const ring = [room.me.keyring.current, ...room.me.keyring.retired].flatMap((key) => [key.pair.mlKem, key.pair.x25519])
  const pairs = [peer.in.root, peer.in.pair, peer.out.root, ...peer.out.pairs.map(({ secret }) => secret)]
  const mine = [room.sending.chain.key, room.sending.headerKey, room.sending.fileKey, room.keys.claimKey, room.keys.psk]
  const secrets = [...epochs, ...ring, ...pairs, ...mine, room.invite.roomKey, room.invite.roomSecret]
  const { signer } = room.me
  expect(secrets.some((secret) => secret.every((byte) => byte === 0))).toBe(false)
  alice.do(last)
  world.settle()
  expect(secrets.filter((secret) => secret.some((byte) => byte !== 0))).toEqual([])
  expect(() => signer.sign('signEntry', new Uint8Array(1))).toThrow()
})

test('who is gone leaves no key behind, nor does a step leave the root and the epoch before it', () => {
  const world = new World(66)
  const alice = founderOfGlass(world, 'alice')
  const bob = world.person('bob').join(alice.room.invite)
  const [peer] = alice.room.peers.values()
  if (peer?.in === null || peer?.in === undefined || peer.out === null) throw new Error('no pair')
  const wiped = (secrets: readonly Uint8Array[]) => secrets.every((secret) => secret.every((byte) => byte === 0))
  const before = [peer.in.root, peer.in.pair, peer.out.root, alice.room.sending.chain.key, alice.room.sending.headerKey]
  expect(before.some((secret) => wiped([secret]))).toBe(false)
  bob.rotate()
  alice.do({ do: 'rotate' })
  world.settle()
  expect(wiped(before)).toBe(true)
  const { root, pair: proof, receiving } = peer.in
  const after = [root, proof, peer.out.root, ...receiving.epochs.map(({ headerKey }) => headerKey)]
  bob.leave()
  expect(wiped(after)).toBe(true)
})

test('frames that wait for a state are bounded, of one sender and of all: the newest stay', () => {
  const world = new World(67)
  const alice = founderOfGlass(world, 'alice')
  world.meddle = (frame, to) => (to.owner === 'alice' && frame.type === 'relay' ? [] : [frame])
  const seats = ['eve', 'dan'].map((name) => world.person(name).join(alice.room.invite).seat())
  const flood = (from: string, count: number, chars: number) => {
    for (let i = 0; i < count; i++)
      world.inject('alice', { type: 'broadcast', from, payload: 'A'.repeat(chars), meta: 'AA', sig: 'AA' })
    world.settle()
  }
  flood(seats[0] ?? '', 70, 10)
  const held = (i: number) => alice.room.peers.get(seats[i] ?? '')?.held.length
  expect(held(0)).toBe(64)
  flood(seats[1] ?? '', 12, 2_000_000)
  expect(held(1)).toBe(8)
  expect(held(0)).toBe(64) // who sent little loses nothing
})

test('a seat that has left stays away: the relay’s late news of it is none, and its old claim brings nobody', () => {
  const { world, alice, bob } = pair(68)
  const old = world.recording.map(({ text }) => JSON.parse(text)).findLast(({ type }) => type === 'peer_joined')
  bob.leave()
  world.inject('alice', { type: 'peer_left', username: bob.seat() })
  world.inject('alice', old)
  world.settle()
  expect(alice.refusals()).toEqual(['claim wrong_seat bob'])
  expect(alice.members().at(-1)).toBe('left bob')
})

test('keys that wait for late frames are gone when their time is over', () => {
  const world = new World(69)
  const alice = founderOfGlass(world, 'alice')
  const bob = world.person('bob').join(alice.room.invite)
  alice.do({ do: 'rotate' })
  world.settle()
  bob.rotate()
  const receiving = () => [...alice.room.peers.values()][0]?.in?.receiving.epochs.length
  expect([alice.room.me.keyring.retired.length > 0, receiving()]).toEqual([true, 2])
  world.advance(120_000 + 30_000)
  expect([alice.room.me.keyring.retired.length, receiving()]).toEqual([0, 1])
})

test('256 commands wait for the handshake; the next are refused, and none is lost or said twice', () => {
  const world = new World(70)
  const alice = world.person('alice')
  const invite = alice.create()
  world.meddle = (frame, to) => (to.owner === 'bob' && frame.type === 'relay' ? [] : [frame])
  const bob = world.person('bob').join(invite)
  for (let i = 0; i < 260; i++) bob.say(`${i}`)
  expect(bob.of('failed').map(({ fault }) => fault)).toEqual(['busy', 'busy', 'busy', 'busy'])
  world.advance(5_000)
  expect(bob.texts()).toEqual(Array.from({ length: 256 }, (_, i) => `bob: ${i}`))
})
