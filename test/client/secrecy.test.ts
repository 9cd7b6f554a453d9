/**
 * What a recording is worth to who holds some of the keys: a late joiner, one who left, and the relay alone. Real sessions and their
 * whole state, and for each "opens nothing" a twin that shows that the same attempt opens what it should.
 */
import { describe, expect, test } from 'bun:test'
import { envelopeOf } from '#lib/crypto/message.ts'
import { openEnvelope } from '#lib/crypto/receiving.ts'
import { concat, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { decodeFromRelay, decodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import { GlassClient } from '../harness/glass.ts'
import { devices } from '../harness/mallory.ts'
import { attempt, confirming, knownFrom, openAnyWrap, openWithChains, sealedBytes, stolen } from '../harness/thief.ts'
import { type Recorded, World } from '../harness/world.ts'

type Spoken = FromRelay & { readonly type: 'broadcast' | 'ratchet_step_fwd' }

/** Every envelope that came to one person, in order. */
function envelopes(recording: readonly Recorded[], owner: string): Spoken[] {
  const came = recording.filter((record) => record.owner === owner && record.way === 'from relay')
  return came
    .map(({ text }) => decodeFromRelay(text))
    .filter((frame) => frame.type === 'broadcast' || frame.type === 'ratchet_step_fwd')
}

/** Frames that somebody sent, in order. */
function sent(recording: readonly Recorded[], owner: string): ToRelay[] {
  return toRelay(recording.filter((record) => record.owner === owner))
}

function toRelay(recording: readonly Recorded[]): ToRelay[] {
  return recording.filter(({ way }) => way === 'to relay').map(({ text }) => decodeToRelay(text))
}

/** alice and bob of flesh, and a client of glass that joins. */
function roomWithGlass(seed: number) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const invite = alice.create()
  bob.join(invite)
  const glass = new GlassClient(world.edges('mallory'))
  const join = (name = 'mallory') => {
    glass.do({ do: 'join', invite, name })
    world.settle()
  }
  return { world, alice, bob, glass, invite, join }
}

describe('a late joiner with the recording and all its keys', () => {
  test('opens no body from before it was given them, in the same epoch or an earlier one', () => {
    const { world, alice, bob, glass, join } = roomWithGlass(11)
    for (let i = 0; i < 40; i++) alice.say(`before ${i}`)
    alice.rotate()
    for (let i = 0; i < 5; i++) alice.say(`same epoch ${i}`)
    const before = envelopes(world.recording, 'bob')
    join()
    const opened = before.map((frame) => openWithChains(glass.room, envelopeOf(frame)))
    expect(before.length).toBeGreaterThan(45)
    expect(opened.filter((text) => text !== null)).toEqual([])
    expect(bob.texts()).toHaveLength(45)
  })

  test('opens what is sent after: the attempt sees', () => {
    const { world, alice, glass, join } = roomWithGlass(12)
    join()
    const held = structuredClone([...glass.room.peers.values()].map((peer) => peer.in?.receiving))
    alice.say('after')
    const [frame] = envelopes(world.recording, 'mallory').slice(-1)
    if (frame === undefined) throw new Error('nothing came')
    const opened = held.map((receiving) =>
      receiving === undefined
        ? null
        : attempt(() => openEnvelope(glass.room.keys.roomId, receiving, envelopeOf(frame), 0, (content) => fromUtf8(content))),
    )
    expect(opened.filter((text) => text?.includes('"after"'))).toHaveLength(1)
  })
})

describe('who has left, with the recording and all it held', () => {
  /** mallory's whole state at the moment of going, and what alice and bob say afterwards. */
  function afterLeaving(seed: number) {
    const { world, alice, bob, glass, join } = roomWithGlass(seed)
    join()
    alice.say('with mallory')
    bob.say('with mallory too')
    const held = stolen(glass.room)
    glass.do({ do: 'leave', now: false })
    world.settle()
    const from = world.recording.length
    alice.say('without mallory')
    bob.say('agreed')
    alice.say('good')
    return { held, after: world.recording.slice(from) }
  }

  test('opens nothing sent after, by chains, roots or ratchet keys', () => {
    const { held, after } = afterLeaving(21)
    const frames = envelopes(after, 'alice').concat(envelopes(after, 'bob'))
    expect(frames.length).toBeGreaterThanOrEqual(3)
    expect(frames.filter((frame) => openWithChains(held, envelopeOf(frame)) !== null)).toEqual([])
    const steps = [...sent(after, 'alice'), ...sent(after, 'bob')].filter((frame) => frame.type === 'ratchet_step')
    expect(steps).toHaveLength(2)
    expect(steps.filter((step) => openAnyWrap(held, step))).toEqual([])
  })

  test('would open a step that was still given to it: the attempt sees', () => {
    const { world, alice, glass, join } = roomWithGlass(22)
    join()
    const held = stolen(glass.room)
    alice.rotate()
    const step = sent(world.recording, 'alice').findLast((frame) => frame.type === 'ratchet_step')
    expect(step?.type === 'ratchet_step' && openAnyWrap(held, step)).toBe(true)
  })

  test('cannot confirm a correct guess of a later text, given every byte of the entry and every public key', () => {
    const { world, alice, glass, invite, join } = roomWithGlass(23)
    const witness = new GlassClient(world.edges('witness'))
    witness.do({ do: 'join', invite, name: 'witness' })
    world.settle()
    join()
    const members = [...glass.room.peers.values()].map((peer) => peer.claim.member)
    glass.do({ do: 'leave', now: false })
    world.settle()
    const from = world.recording.length
    alice.say('a step first')
    const seen = structuredClone(witness.room.peers.get(alice.seat())?.in?.receiving)
    alice.say('the safe is behind the painting')
    const after = world.recording.slice(from)
    const [frame] = envelopes(after, 'witness').slice(-1)
    if (seen === undefined || frame === undefined) throw new Error('the witness heard nothing')
    const guess = knownFrom(witness.room.keys.roomId, seen, frame)
    expect(fromUtf8(guess.entry)).toContain('the safe is behind the painting') // the guess is the very entry: only its signature is missing
    const fields = sealedBytes(toRelay(after))
    expect(confirming(members, guess, fields)).toEqual([])
    expect(confirming(members, guess, [...fields, concat(utf8('x'), guess.signature)])).toHaveLength(1)
    expect(fields.length).toBeGreaterThanOrEqual(8)
  })
})

describe('the relay alone', () => {
  test('finds no field that links the two seats of a member that came back with its key and name', () => {
    const world = new World(31)
    const alice = world.person('alice')
    const invite = alice.create()
    for (const client of devices(world, ['first', 'second'])) {
      client.do({ do: 'join', invite, name: 'mallory' })
      world.settle()
      client.do({ do: 'say', text: 'the very same words', class: null })
      client.do({ do: 'rotate' })
      world.settle()
      world.advance(10_000)
      client.do({ do: 'leave', now: false })
      world.settle()
    }
    const members = alice
      .of('member')
      .filter(({ what }) => what === 'arrived')
      .map(({ who }) => who.member)
    expect(members).toHaveLength(2)
    expect(new Set(members).size).toBe(1)
    const first = pieces(sent(world.recording, 'first'))
    const second = pieces(sent(world.recording, 'second'))
    expect(first.size).toBeGreaterThan(10_000)
    expect([...second].filter((piece) => first.has(piece))).toEqual([])
  })

  /** All 8-byte pieces of every field that a seat fills; the room's door and others' seats are the relay's own words. */
  function pieces(frames: readonly ToRelay[]): Set<string> {
    const found = new Set<string>()
    for (const frame of frames) {
      if (frame.type === 'join') continue
      for (const bytes of sealedBytes([frame])) {
        for (let at = 0; at + 8 <= bytes.length; at++) found.add(bytes.subarray(at, at + 8).toHex())
      }
    }
    return found
  }
})
