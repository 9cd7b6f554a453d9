/**
 * What a recording is worth to who holds some of the keys: a late joiner, one who left, and the relay alone. Real sessions and their
 * whole state, and for each "opens nothing" a twin that shows that the same attempt opens what it should.
 */
import { describe, expect, test } from 'bun:test'
import { claimBytes, claimedKey, openClaim } from '#lib/crypto/claim.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { type Envelope, envelopeOf } from '#lib/crypto/message.ts'
import { hash, sha256 } from '#lib/crypto/primitives.ts'
import { openEnvelope } from '#lib/crypto/receiving.ts'
import { openStep } from '#lib/crypto/step.ts'
import type { Room } from '#lib/client/state.ts'
import { type Bytes, equal, fromBase64, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { decodeFromRelay, decodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import { GlassClient } from '../harness/glass.ts'
import { seeded } from '../harness/random.ts'
import { copy, type Recorded, World } from '../harness/world.ts'

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
  return recording.filter((record) => record.owner === owner && record.way === 'to relay').map(({ text }) => decodeToRelay(text))
}

/** The text in an envelope, opened with all chains that a room holds: as they stand, and set back to where they could have been. */
function openWithChains(room: Room, envelope: Envelope): string | null {
  for (const peer of room.peers.values()) {
    if (peer.in === null) continue
    for (const back of [peer.in.receiving, setBack(peer.in.receiving)]) {
      const opened = attempt(() =>
        openEnvelope(room.keys.roomId, structuredClone(back), envelope, 0, (content) => fromUtf8(content)),
      )
      if (opened !== null) return opened
    }
  }
  return null
}

/** The chain keys that are held, tried for counters from 0: as if they had belonged to the start of their epoch. */
function setBack(receiving: Parameters<typeof openEnvelope>[1]): Parameters<typeof openEnvelope>[1] {
  const clone = structuredClone(receiving)
  for (const epoch of clone.epochs) if (epoch.chain !== null) epoch.chain.next = 0
  return clone
}

/** Null when it is refused. */
function attempt<T>(open: () => T): T | null {
  try {
    return open()
  } catch (error) {
    if (error instanceof CryptoError) return null
    throw error
  }
}

/** The seed of any wrap in a step, opened with every root and every ratchet key that a room holds. */
function openAnyWrap(room: Room, step: ToRelay & { readonly type: 'ratchet_step' }): boolean {
  const roots = [...room.peers.values()].flatMap((peer) => (peer.in === null ? [] : [peer.in.root]))
  return [...room.peers.values()].some((peer) => {
    const claim = attempt(() => openClaim(room.keys, peer.seat, claimBytes(step.claim), null))
    if (claim === null) return false
    const key = claimedKey(room.keys.roomId, claim.claim, fromBase64(step.newEk))
    return Object.entries(step.payloads).some(([seat, payload]) =>
      roots.some((root) =>
        [seat, room.me.seat].some(
          (to) => attempt(() => openStep(room.keys, room.me.keyring, to, claim, key, root, payload)) !== null,
        ),
      ),
    )
  })
}

/** alice and bob of flesh, and a client of glass that joins. */
function roomWithGlass(seed: number) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const invite = alice.create()
  bob.join(invite)
  const glass = new GlassClient(world.edges('mallory'))
  const join = (name = 'mallory') => {
    glass.do({ do: 'join', invite: copy(invite), name })
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

  /** Everything in the room, copied before it is wiped. The signer cannot be copied and is not needed. */
  function stolen(room: Room): Room {
    const peers = new Map(
      [...room.peers].map(([seat, peer]) => [seat, { ...peer, in: structuredClone(peer.in), out: structuredClone(peer.out) }]),
    )
    return { ...room, keys: structuredClone(room.keys), me: { ...room.me, keyring: structuredClone(room.me.keyring) }, peers }
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
    witness.do({ do: 'join', invite: copy(invite), name: 'witness' })
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
    const { entry, signature } = openEnvelope(witness.room.keys.roomId, seen, envelopeOf(frame), 0, (content, signed) => ({
      entry: content.slice(),
      signature: signed.slice(),
    }))
    const confirms = (bytes: Bytes) => members.some((member) => member.verify('signEntry', entry, bytes))
    expect(confirms(signature)).toBe(true) // the guess is the very entry: only its signature is missing
    const digests = [entry, sha256(entry), hash('entryHash', entry), utf8('the safe is behind the painting'), signature]
    for (const bytes of fieldsOf(after)) {
      expect(digests.filter((known) => holds(bytes, known))).toEqual([])
      for (let at = 0; at + 64 <= bytes.length; at++)
        if (confirms(bytes.subarray(at, at + 64))) throw new Error(`confirmed at ${at}`)
    }
    expect(fieldsOf(after).length).toBeGreaterThanOrEqual(8)
  })
})

describe('the relay alone', () => {
  test('finds no field that links the two seats of a member that came back with its key and name', () => {
    const world = new World(31)
    const alice = world.person('alice')
    const invite = alice.create()
    const key = seeded(99)(32)
    for (const seat of ['first', 'second']) {
      const rest = seeded(seat.length)
      let calls = 0
      const client = new GlassClient(world.edges(seat, (bytes) => (calls++ === 0 ? key.slice() : rest(bytes))))
      client.do({ do: 'join', invite: copy(invite), name: 'mallory' })
      world.settle()
      client.do({ do: 'say', text: 'the very same words', notice: false })
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
      for (const text of textsIn(frame)) {
        const bytes = bytesIn(text)
        for (let at = 0; at + 8 <= bytes.length; at++) found.add(bytes.subarray(at, at + 8).toHex())
      }
    }
    return found
  }
})

/** Decoded bytes of every sealed field in a recording. */
function fieldsOf(recording: readonly Recorded[]): Bytes[] {
  return recording.filter(({ way }) => way === 'to relay').flatMap(({ text }) => textsIn(decodeToRelay(text)).map(bytesIn))
}

/** Every text of a frame but its type and whom it names. */
function textsIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return key === 'type' || key === 'to' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([inner, held]) => textsIn(held, inner))
}

function bytesIn(text: string): Bytes {
  try {
    return fromBase64(text)
  } catch {
    return utf8(text)
  }
}

function holds(bytes: Bytes, part: Bytes): boolean {
  for (let at = 0; at + part.length <= bytes.length; at++) if (equal(bytes.subarray(at, at + part.length), part)) return true
  return false
}
