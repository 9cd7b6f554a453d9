/** A relay that does its worst, attack by attack, over real sessions and the real room rules: what the members see of it. */
import { describe, expect, test } from 'bun:test'
import { admitKey } from '#lib/crypto/primitives.ts'
import { ASK_BYTES, type LetterContent } from '#lib/client/letters.ts'
import { fromBase64url, utf8 } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { letterFrom, thiefsLetter } from '../harness/forging.ts'
import { all, drop, from, hide, ofType, shuffle, tape, to, when } from '../harness/liar.ts'
import { trio } from '../harness/mallory.ts'
import { seeded } from '../harness/random.ts'
import { type Person, World } from '../harness/world.ts'

function room(seed: number) {
  const world = new World(seed)
  const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
  const invite = alice.create()
  bob.join(invite)
  carol.join(invite)
  world.advance(10_000)
  return { world, invite, alice, bob, carol }
}

const gapsNow = (person: Person) => person.of('gaps').at(-1)?.gaps ?? []
const repaired = (person: Person) => person.entries().filter((entry) => entry.repaired)
const alarms = (person: Person) => person.of('alarm').map(({ alarm }) => alarm)

describe('a relay that withholds', () => {
  test('one message: its readers say whose is missing, and get it from its author', () => {
    const { world, alice, bob } = room(901)
    world.rules.push(when(all(to('bob'), from('alice'), ofType('broadcast')), drop))
    alice.say('one')
    world.rules.length = 0
    alice.say('two')
    expect(gapsNow(bob)).toMatchObject([{ name: 'alice', from: 1, to: 1, by: null, unavailable: false }])
    world.advance(5_000)
    expect(bob.client.store.view.entries.map(({ body }) => body['text'])).toEqual(['one', 'two'])
    expect(repaired(bob)).toHaveLength(1)
    expect(gapsNow(bob)).toEqual([])
  })

  test('the tail: beats uncover it without anybody saying more', () => {
    const { world, alice, bob } = room(902)
    world.rules.push(when(all(to('bob'), from('alice'), ofType('broadcast')), drop))
    alice.say('the last word')
    world.rules.length = 0
    world.advance(10_000)
    expect(bob.texts()).toEqual(['alice: the last word'])
  })

  test('everything from one sender to one reader: a third member hands it on, and the sender shows as silent', () => {
    const { world, alice, bob } = room(903)
    world.rules.push(when(all(to('bob'), from('alice')), drop))
    for (let i = 0; i < 30; i++) alice.say(`line ${i}`)
    world.advance(160_000)
    expect(bob.texts()).toEqual(Array.from({ length: 30 }, (_, i) => `alice: line ${i}`))
    expect(bob.members()).toContain('silent alice')
  })

  test('only key steps: the keys are handed over anew, and nothing is lost', () => {
    const { world, alice, bob } = room(904)
    world.rules.push(when(all(to('bob'), ofType('ratchet_step_fwd')), drop))
    for (let i = 0; i < 60; i++) alice.say(`line ${i}`)
    world.advance(60_000)
    expect(bob.client.store.view.entries.map(({ body }) => body['text'])).toEqual(
      Array.from({ length: 60 }, (_, i) => `line ${i}`),
    )
    expect(bob.of('reset').length).toBeGreaterThan(0)
    expect(gapsNow(bob)).toEqual([])
  })

  test('a new ratchet key, and a step long after: the pair heals', () => {
    const { world, alice, bob } = room(905)
    world.rules.push(when(all(to('alice'), ofType('ek_update_fwd', 'ratchet_step_fwd')), drop))
    bob.do({ do: 'rename', name: 'robert' })
    world.advance(180_000)
    world.rules.length = 0
    alice.rotate()
    alice.say('after the step')
    world.advance(30_000)
    expect(bob.texts()).toContain('alice: after the step')
    expect(alice.members()).toContain('renamed robert')
  })

  test('everything from somebody who only reads: it notices within 150 s', () => {
    const { world, bob } = room(906)
    world.rules.push((passage) =>
      passage.way === 'from relay' && passage.conn.owner === 'bob' && passage.from !== 'bob' ? [] : [passage],
    )
    world.advance(150_000)
    expect(alarms(bob)).toContainEqual({ is: 'silence' })
    expect(bob.members()).toEqual(expect.arrayContaining(['silent alice', 'silent carol']))
  })
})

describe('a relay that replays and reorders', () => {
  test('a message, after it, after a step, after a return, and to its author: it is said once', () => {
    const { world, alice, bob } = room(910)
    const kept: FromRelay[] = []
    world.rules.push(when(all(to('bob'), from('alice'), ofType('broadcast')), tape(kept)))
    alice.say('once')
    const again = () => {
      for (const frame of kept.slice(0, 1)) for (const owner of ['bob', 'alice']) world.inject(owner, frame)
      world.settle()
    }
    again()
    alice.rotate()
    again()
    world.cut('alice')
    world.settle()
    world.advance(10_000)
    again()
    expect(bob.texts()).toEqual(['alice: once'])
    expect(alice.texts()).toEqual(['alice: once'])
    expect(new Set(bob.refusals())).toEqual(new Set(['envelope replayed alice', 'envelope unknown_seat alice']))
  })

  test('within and across senders: each is shown once, in its author’s order', () => {
    const { world, alice, bob, carol } = room(911)
    const dice = seeded(911)
    world.rules.push(
      when(
        ofType('broadcast', 'ratchet_step_fwd'),
        shuffle(() => (dice(1)[0] ?? 0) * 3),
      ),
    )
    for (let i = 0; i < 40; i++) {
      alice.client.do({ do: 'say', text: `${i}`, notice: false })
      bob.client.do({ do: 'say', text: `${i}`, notice: false })
      world.advance(100)
    }
    world.rules.length = 0
    world.advance(60_000)
    const shown = carol.client.store.view.entries
    for (const name of ['alice', 'bob']) {
      const order = shown.filter(({ who }) => who.name === name).map(({ body }) => body['text'])
      expect(order).toEqual(Array.from({ length: 40 }, (_, i) => `${i}`))
    }
  })
})

describe('a relay that shows different rooms', () => {
  test('by forking one in two: each side learns which seats it is not shown', () => {
    const { world, invite, alice, bob } = room(920)
    const dave = world.person('dave')
    // dave is shown to bob alone, and bob alone to dave.
    world.rules.push(
      hide(
        (seat) => world.ownerOf(seat),
        (who, owner) => (who === 'dave' && owner === 'alice') || (who === 'alice' && owner === 'dave'),
      ),
    )
    dave.join(invite)
    world.advance(120_000)
    const seen = alarms(alice).filter(({ is }) => is === 'roster')
    expect(seen).toContainEqual(expect.objectContaining({ is: 'roster', name: 'bob', seat: dave.seat(), hidden: 'from me' }))
    expect(alarms(bob)).toContainEqual(
      expect.objectContaining({ is: 'roster', name: 'alice', seat: dave.seat(), hidden: 'from them' }),
    )
  })
})

describe('a member that lies', () => {
  test('by two entries at one place is shown with evidence that anybody can check', () => {
    const { alice, mallory, say } = trio(930)
    say('first')
    const { log, transcript, me } = mallory.room
    const kept = transcript.logs.get(log)
    if (kept === undefined) throw new Error('no log')
    const key = me.signer.publicKey
    kept.entries.clear()
    kept.head = { n: 0, hash: new Uint8Array(32) }
    kept.whole = 0
    say('second')
    const [fork] = alarms(alice)
    if (fork?.is !== 'fork') throw new Error('no fork')
    expect(fork.evidence.map(({ entry }) => JSON.parse(entry).body.text)).toEqual(['first', 'second'])
    for (const { entry, signature } of fork.evidence) {
      expect(admitKey(key).verify('signEntry', utf8(entry), fromBase64url(signature))).toBe(true)
    }
  })

  test('by a head that nobody wrote has its victims ask the author and itself, and nobody else', () => {
    const { world, alice, bob, mallory, say } = trio(931)
    const log = mallory.room.peers.get(bob.seat())?.log ?? ''
    mallory.room.news.set(log, { log, n: 900, hash: new Uint8Array(32) })
    say('bob said 900 things')
    world.advance(20_000)
    expect(gapsNow(alice)).toMatchObject([{ name: 'bob', from: 1, to: 900, by: 'mallory', unavailable: true }])
  })

  test('by a repair that nobody asked for, or of what it made up, changes nothing', () => {
    const { world, alice, mallory } = trio(932)
    const peer = mallory.room.peers.get(alice.seat())
    if (peer === undefined) throw new Error('nobody')
    const letter: LetterContent = {
      kind: 'repair',
      nonce: new Uint8Array(ASK_BYTES),
      entries: [{ bytes: utf8('{"log":"x"}'), signature: new Uint8Array(64) }],
      authors: [],
      roster: [],
    }
    world.inject('alice', {
      type: 'relay',
      from: mallory.room.me.seat,
      payload: letterFrom(mallory.room, peer, letter, seeded(1)),
    })
    world.settle()
    expect(alice.refusals()).toEqual(['letter not_asked mallory'])
    expect(alice.texts()).toEqual([])
  })
})

describe('who stole a member’s signing key and the room key', () => {
  test('is refused what the member said before, and its state, without the pair secret', () => {
    const { world, alice, mallory, say } = trio(940)
    say('mine')
    alice.say('before the theft')
    world.advance(10_000)
    const peer = mallory.room.peers.get(alice.seat())
    if (peer === undefined || peer.log === null) throw new Error('nobody')
    const ask: LetterContent = {
      kind: 'ask',
      nonce: new Uint8Array(ASK_BYTES),
      state: true,
      roster: true,
      entries: [{ log: peer.log, from: 1, to: 1 }],
    }
    const before = world.recording.length
    world.inject('alice', {
      type: 'relay',
      from: mallory.room.me.seat,
      payload: thiefsLetter(mallory.room, peer, ask, seeded(2)),
    })
    world.settle()
    expect(alice.refusals()).toEqual(['letter not_asked mallory'])
    expect(world.recording.slice(before).filter(({ way, text }) => way === 'to relay' && text.includes('"relay"'))).toEqual([])
  })
})
