/**
 * Thieves of a member's signing key and of the room key, with the relay on their side: they may sit down, visibly unconfirmed, and get nothing
 * from before. What the members see of it.
 */
import { describe, expect, test } from 'bun:test'
import { ASK_BYTES, type AskLetter, type LetterContent, type StateLetter } from '#lib/client/letters.ts'
import { openClaim } from '#lib/crypto/claim.ts'
import { KEM_SEED_BYTES, kemPair } from '#lib/crypto/kem.ts'
import { ownKey } from '#lib/crypto/keyring.ts'
import { openLetter } from '#lib/crypto/letter.ts'
import type { Random } from '#lib/crypto/primitives.ts'
import { SEED_BYTES } from '#lib/crypto/epoch.ts'
import { startEpoch } from '#lib/crypto/sending.ts'
import { beginLog } from '#lib/room/transcript.ts'
import { fromBase64 } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { SEALED_CLAIM_BYTES } from '#lib/wire/limits.ts'
import { codeOf } from '../../harness/codeof.ts'
import { thiefsLetter } from '../../harness/forging.ts'
import type { GlassClient } from '../../harness/glass.ts'
import { drop, when } from '../../harness/liar.ts'
import { devices } from '../../harness/mallory.ts'
import { peerAt, write } from '../../harness/proving.ts'
import { seeded } from '../../harness/random.ts'
import { alarms, gapsOf, given, resets, shown } from '../../harness/seen.ts'
import { type Person, World } from '../../harness/world.ts'

/** alice and bob, and carol of glass, all talking; and a thief who has carol's signing key and the invite. */
function robbed(seed: number) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const invite = alice.create()
  bob.join(invite)
  const [carol, thief] = devices(world, ['carol', 'robber'])
  if (carol === undefined || thief === undefined) throw new Error('nobody')
  const act = (client: GlassClient, command: Parameters<GlassClient['do']>[0]) => {
    client.do(command)
    world.settle()
  }
  const say = (client: GlassClient, text: string) => act(client, { do: 'say', text, class: null })
  act(carol, { do: 'join', invite, name: 'carol' })
  world.advance(10_000)
  alice.say('a secret')
  say(carol, 'keep it')
  world.advance(10_000)
  return { world, invite, alice, bob, carol, thief, say, act, come: () => act(thief, { do: 'join', invite, name: 'carol' }) }
}

/** Seats of carol's, as somebody is shown them: presence and whether they are confirmed. */
function carols(person: Person): string[] {
  return [...person.client.store.view.members.values()]
    .filter(({ name }) => name === 'carol')
    .map(({ presence, confirmed }) => `${presence}${confirmed ? '' : ', unconfirmed'}`)
}

const ASK = { kind: 'ask', nonce: new Uint8Array(ASK_BYTES), state: true, roster: false, entries: [] } as const

/** A state of a thief's own making, for carol's log. */
function stateOf({ room }: GlassClient, asked: StateLetter['asked']): StateLetter {
  const { chain, headerKey, fileKey } = startEpoch(room.keys.roomId, room.me.seat, 50, seeded(1)(SEED_BYTES))
  const head = { log: room.log, n: 1, hash: new Uint8Array(32) }
  const start = { epoch: 50, chain, headerKey, fileKey }
  return { kind: 'state', start, head, began: head, heads: [], answers: null, asked, proofs: [], topic: [] }
}

describe('a reconnect by who stole a member’s keys', () => {
  test('while the member is here is shown as a further device, not confirmed, and gets nothing from before', () => {
    const { world, alice, bob, carol, thief, say, come } = robbed(601)
    come()
    world.advance(40_000)
    for (const person of [alice, bob]) expect(carols(person)).toEqual(['here', 'here, unconfirmed'])
    const { log } = alice.of('entry')[0]?.entry ?? { log: '' }
    const ask: AskLetter = { ...ASK, state: false, entries: [{ log, from: 1, to: 9 }] }
    for (const person of [alice, bob]) {
      const answers = write(world, thief, { owner: person.name, seat: person.seat() }, ask)
      expect(answers).toMatchObject([{ kind: 'repair', entries: [] }])
    }
    say(carol, 'who is that?')
    say(thief, 'nobody')
    expect(shown(alice).slice(-2)).toEqual(['who is that?', 'nobody'])
    expect(
      alice
        .entries()
        .slice(-2)
        .map(({ who }) => who.confirmed),
    ).toEqual([true, false])
  })

  test('while the member is away takes no place and no log of its: the member comes back to both', () => {
    const { world, alice, bob, carol, thief, say, come } = robbed(602)
    const seat = carol.room.me.seat
    world.cut('carol')
    world.settle()
    carol.do({ do: 'say', text: 'written meanwhile', class: null })
    // The relay keeps her out, and lets the thief in.
    world.rules = [when((passage) => passage.conn.owner === 'carol', drop)]
    come()
    world.advance(15_000)
    for (const person of [alice, bob]) {
      expect(carols(person)[0]).toBe('reconnecting')
      expect(carols(person).slice(1)).toEqual(['here, unconfirmed'])
      expect(person.of('member').filter(({ what }) => what === 'returned')).toEqual([])
    }
    say(thief, 'it is me again')
    expect(alice.entries().at(-1)?.who).toMatchObject({ name: 'carol', confirmed: false })
    expect(alice.entries().at(-1)?.log).not.toBe(alice.entries().at(-2)?.log)
    world.rules = []
    world.advance(60_000)
    for (const person of [alice, bob]) {
      expect(person.of('member').filter(({ what }) => what === 'returned')).toMatchObject([
        { who: { name: 'carol', confirmed: true }, instead: seat },
      ])
      expect(carols(person).toSorted()).toEqual(['here', 'here, unconfirmed'])
      expect(shown(person)).toContain('written meanwhile')
      expect(gapsOf(person)).toEqual([])
    }
    expect(alice.entries().find(({ body }) => body['text'] === 'written meanwhile')?.who.confirmed).toBe(true)
  })
})

describe('who stole a member’s keys', () => {
  test('cannot write in its log while it is away: whoever could prove itself is waited for', () => {
    const { world, alice, bob, carol, thief, invite } = robbed(603)
    const { log } = carol.room
    world.cut('carol')
    world.settle()
    world.rules = [when((passage) => passage.conn.owner === 'carol', drop)]
    thief.do({ do: 'join', invite, name: 'carol' })
    while (thief.session.at !== 'seated') world.deliver(1)
    // Before its first state goes out.
    Object.assign(thief.room, { log })
    beginLog(thief.room.transcript, log, thief.room.me.view.member, { n: 1, hash: new Uint8Array(32) }, true)
    world.settle()
    world.advance(5_000)
    for (const person of [alice, bob]) {
      expect(person.refusals()).toContain('letter wrong_seat carol')
      expect(carols(person)).not.toContain('here, unconfirmed')
    }
  })

  test.each<[what: string, ask: (log: string) => AskLetter]>([
    ['its reader’s state', () => ASK],
    ['entries', (log) => ({ ...ASK, state: false, entries: [{ log, from: 1, to: 9 }] })],
    ['the roster', () => ({ ...ASK, state: false, roster: true })],
  ])('is refused when it asks in the member’s name for %s, without the pair secret', (_, ask) => {
    const { world, alice, carol } = robbed(604)
    const { log } = alice.of('entry')[0]?.entry ?? { log: '' }
    const payload = thiefsLetter(carol.room, peerAt(carol, alice.seat()), ask(log), seeded(1))
    const sent = world.recording.length
    world.inject('alice', { type: 'relay', from: carol.room.me.seat, payload })
    world.settle()
    expect(world.recording.slice(sent).filter(({ way }) => way === 'to relay')).toEqual([])
    expect(alice.refusals()).toEqual(['letter not_asked carol'])
  })
})

describe('a forced reset, by who stole a member’s keys,', () => {
  test('with a state that nobody asked for is refused', () => {
    const { world, alice, carol, say } = robbed(611)
    const before = alice.refusals().length
    const letter = thiefsLetter(carol.room, peerAt(carol, alice.seat()), stateOf(carol, null), seeded(2))
    world.inject('alice', { type: 'relay', from: carol.room.me.seat, payload: letter })
    world.settle()
    expect(alice.refusals().slice(before)).toEqual(['letter not_asked carol'])
    expect(resets(alice, 'carol')).toBe(0)
    say(carol, 'still followed')
    expect(shown(alice).at(-1)).toBe('still followed')
  })

  test('cannot even read what the member is asked, nor answer it: healing goes on, and the theft is told', () => {
    const { world, alice, bob, carol, say, act } = robbed(612)
    const { keys, me } = carol.room
    const { seat } = me
    // First a letter, by which alice takes the thief's ratchet key for carol's; then noise, for which she asks carol where she stands.
    const addressee = peerAt(carol, alice.seat())
    const thiefsKey = seeded(3)(KEM_SEED_BYTES)
    const deliver = (content: LetterContent, rest: Random) => {
      let drawn = 0
      const random: Random = (bytes) => (drawn++ === 0 ? thiefsKey.slice() : rest(bytes))
      const payload = thiefsLetter(carol.room, addressee, content, random)
      world.inject('alice', { type: 'relay', from: seat, payload })
      world.settle()
      return fromBase64(payload)
    }
    const letter = deliver({ kind: 'ack', state: new Uint8Array(32) }, seeded(4))
    const { hash } = openClaim(keys, seat, letter.subarray(1, 1 + SEALED_CLAIM_BYTES), null)
    const sent = given(world, 'carol').length
    const noise: FromRelay = { type: 'broadcast', from: seat, ...noiseLike(given(world, 'alice'), seat) }
    world.inject('alice', noise)
    world.settle()
    const asks = given(world, 'carol')
      .slice(sent)
      .flatMap((frame) => (frame.type === 'relay' && frame.from === alice.seat() ? [frame.payload] : []))
    expect(asks.length).toBeGreaterThan(0)
    // The thief has the key that they are sealed to, and not the pair secret that they are salted with.
    const ring = { current: ownKey(keys.roomId, kemPair(thiefsKey.slice()), hash), retired: [] }
    for (const payload of asks) {
      const open = () => openLetter(keys, ring, seat, alice.seat(), payload, addressee.claim.member, [])
      expect(codeOf(open)).toBe('not_opened')
    }
    // A state under a guessed nonce is no answer.
    deliver(stateOf(carol, new Uint8Array(ASK_BYTES)), seeded(5))
    expect(resets(alice, 'carol')).toBe(0)
    expect(alice.refusals()).toContain('letter not_asked carol')
    act(carol, { do: 'rotate' })
    say(carol, 'it is me')
    alice.rotate()
    alice.say('I hear you')
    world.advance(40_000)
    expect(shown(alice).slice(-2)).toEqual(['it is me', 'I hear you'])
    expect(alarms(alice)).toContainEqual(expect.objectContaining({ is: 'claim_fork', name: 'carol', seat }))
    expect(alarms(bob)).toEqual([])
    const heard = [...carol.room.transcript.logs.values()].find(({ log }) => log === peerAt(carol, alice.seat()).log)
    expect(heard?.head.n).toBe(2)
  })
})

/** The fields of a message of that seat, with its header made of zeros. */
function noiseLike(frames: readonly FromRelay[], seat: string) {
  const frame = frames.findLast((one) => one.type === 'broadcast' && one.from === seat)
  if (frame?.type !== 'broadcast') throw new Error('nothing was said')
  const { payload, meta, sig } = frame
  return { payload, meta: meta.replace(/^.{8}/, 'AAAAAAAA'), sig }
}
