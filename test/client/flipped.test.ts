/**
 * Frames with one bit turned, given to a real session before the true one: each is refused, and nothing that follows is different. The
 * frames are those of a real conversation, of every type that carries what peers say (docs/protocol.md, Reading in a client).
 */
import { describe, expect, test } from 'bun:test'
import { clientOver, type Edges, type LineEvents } from '#lib/client/client.ts'
import type { Event } from '#lib/client/events.ts'
import { type Bytes, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { flipped, someBits } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import { Person, World } from '../harness/world.ts'

/** Of a sealed field or a key so many bits are tried; of everything else in a frame all are. */
const TRIED = 40
const LONG = /"[A-Za-z0-9+/=]{33,}"/g

/** Stands between a socket and its client: `hand` gets every text and may give any others. */
function tapped(edges: Edges, hand: (text: string, give: (text: string) => void) => void): Edges {
  return {
    ...edges,
    dial: (url, on) =>
      edges.dial(url, {
        opened: () => on.opened(),
        text: (text) => hand(text, (other) => on.text(other)),
        binary: () => on.binary(),
        closed: (code) => on.closed(code),
      }),
  }
}

/**
 * A frame with each of its bits turned in its turn. Frames are ASCII, since names are sealed; with its highest bit turned a byte is no UTF-8,
 * and a socket has to refuse that by itself (RFC 6455 section 8.1).
 */
function* turned(text: string, seed: number): Generator<string> {
  const bytes = utf8(text)
  for (const bit of bitsOf(text, bytes, seed)) if ((bit & 7) !== 7) yield fromUtf8(flipped(bytes, bit))
}

function bitsOf(text: string, bytes: Bytes, seed: number): number[] {
  const bits: number[] = []
  let done = 0
  const all = (end: number) => {
    for (; done < end; done++) for (let bit = 0; bit < 8; bit++) bits.push(done * 8 + bit)
  }
  for (const { index, 0: value } of text.matchAll(LONG)) {
    all(index + 1)
    done = index + value.length - 1
    bits.push(...someBits(bytes.subarray(index + 1, done), TRIED, seed).map((bit) => bit + (index + 1) * 8))
  }
  all(bytes.length)
  return bits
}

/** A conversation in which bob gets a frame of every type; `hand` stands at his socket once he has a seat. */
function play(hand: (bob: Person, text: string, give: (text: string) => void) => void) {
  const world = new World(5)
  const [alice, carol] = [world.person('alice'), world.person('carol')]
  const edges = world.edges('bob')
  const tap = tapped(edges, (text, give) => (bob.of('seated').length === 0 ? give(text) : hand(bob, text, give)))
  const bob: Person = new Person(world, 'bob', clientOver(tap))
  const invite = alice.create()
  carol.join(invite)
  bob.join(invite)
  alice.say('one')
  alice.rotate()
  world.person('dave').join(invite)
  world.advance(10_000)
  alice.say('two')
  carol.leave()
  alice.say('three')
  return { world, bob, invite }
}

const kinds = (events: readonly Event[]) => events.map(({ is }) => is)

const frameType = (text: string) => /"type":"([a-z_]+)"/.exec(text)?.[1] ?? '?'

describe('a frame with one bit turned', () => {
  const honest = play((_, text, give) => give(text))

  /** For each type of frame, what was told of every turned one. */
  const told = new Map<string, string[]>()
  const { bob } = play((bob, text, give) => {
    const type = frameType(text)
    const toldOfType = told.get(type) ?? []
    told.set(type, toldOfType)
    for (const wrong of turned(text, toldOfType.length)) {
      const before = bob.events.length
      give(wrong)
      toldOfType.push(kinds(bob.events.slice(before)).join())
    }
    give(text)
  })

  test.each(['broadcast', 'ratchet_step_fwd', 'ek_update_fwd', 'peer_joined', 'peer_left', 'relay'])('is refused: %s', (type) => {
    // What does not open waits for a state that may open it, and pushes out what waited before it.
    const kinds = new Set(told.get(type))
    kinds.delete('refused,refused')
    expect(kinds).toEqual(new Set(['refused']))
    expect(told.get(type)?.length).toBeGreaterThan(300)
  })

  test('changes nothing that is said or shown', () => {
    // But that keys are asked for anew, since a step might have been lost.
    const quiet = new Set<Event['is']>(['refused', 'reset', 'delivered', 'stepped'])
    const kept = (person: Person) => person.events.filter(({ is }) => !quiet.has(is)).map(({ is }) => is)
    expect(kept(bob)).toEqual(kept(honest.bob))
    expect(bob.texts()).toEqual(['alice: one', 'alice: two', 'alice: three'])
    expect(bob.members()).toEqual(honest.bob.members())
    expect(honest.bob.refusals()).toEqual([])
  })
})

describe('a snapshot with one bit turned', () => {
  const { world, invite } = play((_, text, give) => give(text))
  const [snapshot = ''] = world.recording
    .filter(({ owner, text }) => owner === 'bob' && frameType(text) === 'joined')
    .map(({ text }) => text)

  /** Somebody who joins and gets this snapshot: always the same one, at the same time. */
  function joining(text: string) {
    const sent: string[] = []
    const sockets: LineEvents[] = []
    const dial = (_: string, on: LineEvents) => {
      sockets.push(on)
      return { send: (frame: string) => void sent.push(frame), unsent: () => 0, close: () => undefined }
    }
    const edges = { dial, now: () => 0, random: seeded(6), wake: () => () => undefined }
    const person = new Person(world, 'erin', clientOver(edges))
    person.client.do({ do: 'join', invite, name: 'erin' })
    for (const on of sockets) on.opened()
    for (const on of sockets) on.text(text)
    const present = person.of('member').map(({ who }) => `${who.name} ${who.seat} ${who.member}`)
    return { person, sent, present }
  }

  const honest = joining(snapshot)
  const wrongs = Array.from(turned(snapshot, 1), joining)

  test('shows the true ones when no bit is turned', () => {
    expect(honest.person.of('seated')[0]?.others).toBe(2)
    expect(honest.present).toHaveLength(2)
    expect(honest.person.refusals()).toEqual([])
  })

  test('never shows anybody else: who was not changed is there, and who was is refused', () => {
    expect(wrongs.length).toBeGreaterThan(500)
    for (const { person, present } of wrongs) {
      expect(present.filter((shown) => !honest.present.includes(shown))).toEqual([])
      if (person.of('seated').length > 0) expect(present.length + person.of('refused').length).toBe(2)
    }
  })

  test('changes nothing in what is said: the same seat is taken with the same claim, or none', () => {
    const [join = '', identify = ''] = honest.sent
    for (const { sent } of wrongs) expect([[join], [join, identify]]).toContainEqual(sent)
  })

  test('is read, seat by seat, in every one of these ways', () => {
    const ways = wrongs.map(({ person, present }) => {
      if (person.of('ended').length > 0) return person.of('ended')[0]?.why.is
      return person.of('seated').length === 0 ? 'no frame' : `${present.length} present`
    })
    expect(new Set(ways)).toEqual(new Set(['no frame', 'version_mismatch', '1 present', '2 present']))
  })
})
