/** What a relay, a ghost or a member makes up: claims from nowhere, another's counters, another's key, two stories, a wrong clock. */
import { describe, expect, test } from 'bun:test'
import { clientOver } from '#lib/client/client.ts'
import { kemText } from '#lib/client/claims.ts'
import { claimText, ratchetKeyHash, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { kemPair } from '#lib/crypto/kem.ts'
import { envelopeFields, sealHeader } from '#lib/crypto/message.ts'
import { admitKey, signer, type Signer } from '#lib/crypto/primitives.ts'
import { roomKeys, type RoomKeys } from '#lib/crypto/room.ts'
import { sealNext } from '#lib/crypto/sending.ts'
import { entryHash, readEntry, signEntry } from '#lib/room/entry.ts'
import { beginLog } from '#lib/room/transcript.ts'
import { type Bytes, fromBase64url, toBase64, utf8 } from '#lib/wire/bytes.ts'
import { decodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay, SeatRecord } from '#lib/wire/frames.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'
import type { GlassClient } from '../../harness/glass.ts'
import { all, alter, drop, from, ofType, to, when } from '../../harness/liar.ts'
import { devices, founderOfGlass, trio } from '../../harness/mallory.ts'
import { peerAt } from '../../harness/proving.ts'
import { seeded } from '../../harness/random.ts'
import { alarms, friends, gapsOf, presence, shown } from '../../harness/seen.ts'
import { Person, World } from '../../harness/world.ts'

const SEAT = 'ghostghostghostghost0000'

/** What a relay would show of a seat whose claim names this key, signed and sealed by whatever is given. */
function record(keys: RoomKeys, name: string, mine: Signer, key = mine.publicKey): SeatRecord {
  const pair = kemPair(seeded(5)(32))
  const fields = { ratchetKey: ratchetKeyHash(keys.roomId, pair.publicKey), x25519: pair.publicKey.slice(ML_KEM_PUBLIC_BYTES) }
  const claim = { key, seat: SEAT, name, ...fields, seq: 0, prev: new Uint8Array(32), time: 0, step: null }
  const sealed = sealClaim(keys, SEAT, signClaim(keys.roomId, claim, mine).signed, seeded(6)(24))
  const ek = kemText(pair.publicKey)
  return { username: SEAT, ek, ratchetEk: ek, claim: claimText(sealed) }
}

/** The record of somebody's seat in a room of their own. */
function fromAnotherRoom(world: World): SeatRecord {
  world.person('dave').create()
  const frame = world.recording
    .filter(({ owner, way }) => owner === 'dave' && way === 'to relay')
    .map(({ text }) => decodeToRelay(text))
    .find(({ type }) => type === 'identify')
  if (frame?.type !== 'identify') throw new Error('nobody took a seat')
  const { username, ek, ratchetEk, claim } = frame
  return { username, ek, ratchetEk, claim }
}

const GHOSTS: readonly [what: string, make: (world: World, roomId: Bytes) => SeatRecord][] = [
  [
    'with a claim of random bytes',
    () => ({
      ...record(roomKeys(seeded(1)(16), seeded(2)(32)), 'ghost', signer(seeded(3)(32))),
      claim: toBase64(seeded(4)(1_578)),
    }),
  ],
  ['with a claim of a room that never was', () => record(roomKeys(seeded(1)(16), seeded(2)(32)), 'ghost', signer(seeded(3)(32)))],
  [
    'with a claim for this very room id, by who has no room key',
    (_, roomId) => record(roomKeys(roomId, seeded(2)(32)), 'ghost', signer(seeded(3)(32))),
  ],
  ['with a member’s claim from another room', (world) => fromAnotherRoom(world)],
]

describe('a ghost', () => {
  test.each(GHOSTS)('%s is refused, shown to nobody, and given nothing', (_, make) => {
    const { world, invite, alice, bob } = friends(501)
    const ghost = make(world, invite.roomId)
    for (const person of [alice, bob]) world.inject(person.name, { type: 'peer_joined', ...ghost })
    world.settle()
    // A newcomer finds it in the snapshot.
    world.rules = [
      when(
        all(to('erin'), ofType('joined')),
        alter((frame) => (frame.type === 'joined' ? [{ ...frame, members: [...frame.members, ghost] }] : [frame])),
      ),
    ]
    const erin = world.person('erin').join(invite)
    world.advance(20_000)
    for (const person of [alice, bob, erin]) {
      expect(person.refusals()).toEqual(['claim not_opened ?'])
      expect(person.client.store.view.members.has(ghost.username)).toBe(false)
      expect(alarms(person)).toEqual([])
    }
    expect(erin.of('seated')[0]?.others).toBe(3)
    const addressed = world.recording.filter(
      // Dave in his own room asks the relay whether it knows his seat.
      ({ owner, way, text }) => owner !== 'dave' && way === 'to relay' && text.includes(`"to":"${ghost.username}"`),
    )
    expect(addressed).toEqual([])
    alice.say('among ourselves')
    expect(shown(erin)).toEqual(['among ourselves'])
  })
})

describe('a member’s key', () => {
  test('under another name, claimed by another member, is refused: it did not sign that', () => {
    const { world, alice, bob, mallory } = trio(511)
    const { keys, me } = mallory.room
    const stranger = record(keys, 'robert', me.signer, peerAt(mallory, bob.seat()).claim.claim.key)
    world.inject('alice', { type: 'peer_joined', ...stranger })
    world.settle()
    expect(alice.refusals()).toEqual(['claim bad_signature ?'])
    expect(alice.client.store.view.members.has(SEAT)).toBe(false)
  })

  test('under another name, by who has the key, is shown as a further device of that member, and not confirmed', () => {
    const world = new World(512)
    const alice = world.person('alice')
    const invite = alice.create()
    const names = ['mallory', 'mal'] as const
    for (const [i, client] of devices(world, names).entries()) {
      client.do({ do: 'join', invite, name: names[i] ?? '' })
      world.settle()
      world.advance(40_000)
    }
    const seats = [...alice.client.store.view.members.values()].filter(({ me }) => !me)
    expect(seats.map(({ name, confirmed }) => [name, confirmed])).toEqual([
      ['mallory', true],
      ['mal', false],
    ])
    expect(new Set(seats.map(({ member }) => member)).size).toBe(1)
    expect(new Set(seats.map(({ tag }) => tag)).size).toBe(1)
  })
})

describe('a name that looks like another’s', () => {
  /** Whom somebody is shown beside the last two lines, and whether the name is marked; with tags that differ. */
  function speakers(person: Person): string[] {
    const whose = person
      .entries()
      .slice(-2)
      .map(({ who }) => who)
    expect(new Set(whose.map(({ tag }) => tag)).size).toBe(2)
    return whose.map(({ name, clash }) => `${name}${clash ? ', like another' : ''}`)
  }

  test.each([
    ['with a Cyrillic letter', 'b\u043eb'],
    ['in capitals', 'BOB'],
    ['in wide letters', '\uff42\uff4f\uff42'],
    ['letter for letter', 'bob'],
  ])('%s, is marked as it comes, and both are beside all that they say, with the tags of their keys', (_, name) => {
    const { world, invite, alice, bob, carol } = friends(513)
    const impostor = new Person(world, name, world.person('eve').client).join(invite)
    for (const person of [alice, bob, carol]) {
      expect(person.client.store.view.members.get(impostor.seat())).toMatchObject({ name, clash: true })
    }
    impostor.say('I am bob')
    bob.say('no, I am')
    for (const person of [alice, bob, carol, impostor]) {
      expect(speakers(person)).toEqual([`${name}, like another`, 'bob, like another'])
    }
  })

  test('taken later, by a new claim, is told with the former one and marked, until it is given up', () => {
    const { alice, bob, carol } = friends(514)
    carol.do({ do: 'rename', name: 'b\u043eb' })
    for (const person of [alice, bob]) {
      expect(person.of('member').at(-1)).toMatchObject({ what: 'renamed', was: 'carol', who: { name: 'b\u043eb', clash: true } })
    }
    carol.say('I am bob')
    bob.say('no, I am')
    for (const person of [alice, bob, carol]) expect(speakers(person)).toEqual(['b\u043eb, like another', 'bob, like another'])
    carol.do({ do: 'rename', name: 'carol' })
    carol.say('it was a joke')
    bob.say('not a good one')
    for (const person of [alice, bob, carol]) expect(speakers(person)).toEqual(['carol', 'bob'])
  })
})

/** alice of glass, whose state is looked into; bob of flesh; mallory of glass, who can follow bob and so has his chain. */
function followed(seed: number) {
  const world = new World(seed)
  const alice = founderOfGlass(world, 'alice')
  const bob = world.person('bob').join(alice.room.invite)
  const mallory = trioMember(world, alice)
  world.advance(10_000)
  const receiving = () => {
    const { in: inbound } = peerAt(alice, bob.seat())
    if (inbound === null) throw new Error('alice does not follow bob')
    return inbound.receiving
  }
  const epoch = () => {
    const found = peerAt(mallory, bob.seat()).in?.receiving.epochs[0]
    if (found === undefined || found.chain === null) throw new Error('mallory does not follow bob')
    return { ...structuredClone({ ...found, chain: found.chain }), seat: bob.seat() }
  }
  const inject = (fields: Omit<FromRelay & { type: 'broadcast' }, 'type' | 'from'>) => {
    world.inject('alice', { type: 'broadcast', from: bob.seat(), ...fields })
    world.settle()
  }
  const heard = () => [...alice.room.transcript.logs.values()].find(({ log }) => log === peerAt(alice, bob.seat()).log)?.head.n
  return { world, alice, bob, mallory, receiving, epoch, inject, heard }
}

function trioMember(world: World, { room }: GlassClient): GlassClient {
  const [mallory] = devices(world, ['mallory', 'unused'])
  if (mallory === undefined) throw new Error('nobody')
  mallory.do({ do: 'join', invite: room.invite, name: 'mallory' })
  world.settle()
  return mallory
}

test('another’s counters are not burned by a member that knows the chain: refused, and the real line opens', () => {
  const { world, alice, bob, mallory, receiving, epoch, inject, heard } = followed(521)
  const { keys, me } = mallory.room
  const sending = epoch()
  const log = peerAt(mallory, bob.seat()).log ?? ''
  const before = structuredClone(receiving())
  const content = {
    member: me.memberId,
    time: 0,
    kind: 'core.text',
    body: { text: 'as bob' },
    seen: [],
    roster: new Uint8Array(32),
  }
  for (let i = 0; i < 10; i++) {
    const entry = { ...content, log, n: i + 1, prev: new Uint8Array(32), salt: new Uint8Array(16) }
    const { bytes, signature } = signEntry(keys.roomId, entry, me.signer)
    inject(envelopeFields(sealNext(keys.roomId, sending, bytes, signature, seeded(i))))
  }
  expect([...alice.room.refused]).toEqual([[`envelope bad_signature ${bob.seat()}`, 10]])
  expect(receiving()).toEqual(before)
  bob.say('it is really me')
  expect(heard()).toBe(1)
  world.advance(10_000)
  expect(alice.room.refused.size).toBe(1)
})

test('a flood of forged counters costs a bounded piece of work and changes nothing', () => {
  const { world, alice, bob, mallory, receiving, epoch, inject, heard } = followed(522)
  const { roomId } = mallory.room.keys
  const { seat, headerKey, epoch: number, chain } = epoch()
  const body = toBase64(seeded(1)(600))
  const random = seeded(2)
  const forged = (counter: number) => {
    const header = sealHeader(roomId, seat, headerKey, { epoch: number, counter, type: 'entry' }, random(24))
    return { ...envelopeFields({ header, body: random(600), signature: random(64) }), payload: body }
  }
  const before = structuredClone(receiving())
  const sent = () => world.recording.filter(({ owner, way }) => owner === 'alice' && way === 'to relay').length
  const quiet = sent()
  inject(forged(chain.next + 2 ** 31))
  for (let i = 0; i < 1_000; i++) inject(forged(chain.next + (i % 50 === 0 ? 1_999 - i : 2_000 + i * 4_000_000)))
  expect(receiving()).toEqual(before)
  expect(peerAt(alice, seat).held.length).toBeLessThanOrEqual(64)
  // She asks bob for his keys, thanks him, and asks once more, which he refuses: then no more for ten seconds.
  expect(sent() - quiet).toBe(3)
  bob.say('after the flood')
  expect(heard()).toBe(1)
})

test('a forged ciphertext at a valid counter is refused, and takes nothing from the real one', () => {
  const { world, alice, bob } = friends(523)
  const real: FromRelay[] = []
  const bent = (text: string) => text.slice(0, 99) + (text[99] === 'A' ? 'B' : 'A') + text.slice(100)
  world.rules = [
    when(
      all(to('bob'), ofType('broadcast')),
      alter((frame) => {
        if (frame.type !== 'broadcast') return [frame]
        real.push(frame)
        return [{ ...frame, payload: bent(frame.payload) }]
      }),
    ),
  ]
  alice.say('as I said it')
  world.rules = []
  expect(shown(bob)).toEqual([])
  expect(bob.refusals()).toEqual(['envelope not_opened alice'])
  for (const frame of real) world.inject('bob', frame)
  world.settle()
  expect(shown(bob)).toEqual(['as I said it'])
  alice.say('and on')
  world.advance(10_000)
  expect(shown(bob)).toEqual(['as I said it', 'and on'])
  expect(gapsOf(bob)).toEqual([])
  expect(alarms(bob)).toEqual([])
})

test('a member that tells two people two stories is found out by both, with evidence that anybody can check', () => {
  const { world, alice, bob, mallory, say } = trio(531)
  const { me, transcript, log, keys } = mallory.room
  const sending = structuredClone(mallory.room.sending)
  world.rules = [when(all(to('bob'), from('mallory')), drop)]
  say('yes')
  mallory.room.sending = sending
  transcript.logs.delete(log)
  beginLog(transcript, log, me.view.member, { n: 0, hash: new Uint8Array(32) }, true)
  world.rules = [when(all(to('alice'), from('mallory')), drop)]
  say('no')
  world.rules = []
  expect([shown(alice), shown(bob)]).toEqual([['yes'], ['no']])
  const member = me.view.member
  // Each names what it heard with the next thing that it says.
  alice.say('good')
  expect(alarms(bob)).toMatchObject([{ is: 'contradiction', name: 'mallory', member, n: 1, by: { name: 'alice' } }])
  bob.say('a pity')
  expect(alarms(alice)).toMatchObject([{ is: 'contradiction', name: 'mallory', member, n: 1, by: { name: 'bob' } }])
  // What mallory says next follows one of the two stories: whoever heard the other has both under her signature.
  say('as I said')
  const fork = alarms(alice).find((alarm) => alarm.is === 'fork')
  if (fork?.is !== 'fork') throw new Error('no alarm')
  expect(fork).toMatchObject({ name: 'mallory', member })
  const key = admitKey(me.signer.publicKey)
  const writer = { roomId: keys.roomId, member: key, memberId: me.memberId }
  const [first, second] = fork.evidence.map(({ entry, signature }) => readEntry(utf8(entry), fromBase64url(signature), writer))
  if (first === undefined || second === undefined) throw new Error('no evidence')
  expect([first.entry.n, second.entry.n]).toEqual([1, 2])
  expect(second.entry.prev).not.toEqual(entryHash(first.bytes))
  expect(shown(alice)).not.toContain('as I said')
})

test.each([
  ['ten years slow', -1],
  ['ten years fast', 1],
])('a member whose clock is %s is shown with its time, and nothing else depends on it', (_, way) => {
  const YEARS = way * 10 * 365 * 86_400_000
  const world = new World(541)
  const alice = world.person('alice')
  const invite = alice.create()
  const edges = world.edges('bob')
  const bob = new Person(world, 'bob', clientOver({ ...edges, now: () => edges.now() + YEARS })).join(invite)
  const carol = world.person('carol').join(invite)
  world.advance(10_000)
  // One of bob's lines comes late to alice, and takes its place by what its author and others had seen.
  alice.say('one')
  world.rules = [when(all(to('alice'), from('bob')), drop)]
  bob.say('two')
  world.rules = []
  carol.say('three')
  bob.say('four')
  alice.say('five')
  world.advance(20_000)
  for (const person of [alice, bob, carol]) {
    expect(shown(person)).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect(gapsOf(person)).toEqual([])
    expect(alarms(person)).toEqual([])
  }
  const two = alice.entries().find(({ body }) => body['text'] === 'two')
  expect(Math.abs((two?.time ?? 0) - world.clock.now() - YEARS)).toBeLessThan(60_000)
  world.advance(800_000)
  alice.rotate()
  bob.say('six')
  expect(shown(carol).at(-1)).toBe('six')
})

test('claims whose times are ten years before and after each other stand by their numbers', () => {
  const world = new World(542)
  const alice = world.person('alice')
  const invite = alice.create()
  const edges = world.edges('bob')
  let off = 0
  const bob = new Person(world, 'bob', clientOver({ ...edges, now: () => edges.now() + off })).join(invite)
  world.advance(10_000)
  for (const [name, years] of [
    ['bobby', 10],
    ['robert', -10],
    ['rob', 10],
    ['bob', 0],
  ] as const) {
    off = years * 365 * 86_400_000
    bob.do({ do: 'rename', name })
    off = 0
    expect(presence(alice, name)).toBe('here')
  }
  world.advance(10_000)
  alice.say('who are you now?')
  bob.say('I am bob')
  expect(shown(alice)).toEqual(['who are you now?', 'I am bob'])
  expect([...alice.refusals(), ...bob.refusals()]).toEqual([])
  expect([...alarms(alice), ...alarms(bob)]).toEqual([])
})
