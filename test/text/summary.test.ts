/** Frames as people may look at them (docs/protocol.md, Relay contract): their sizes and kinds, and no piece of what is sealed or secret. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { harmless } from '#lib/text/sanitize.ts'
import { type Summary, summaryOf, summaryOfGarbage } from '#lib/text/summary.ts'
import type { Seen } from '#lib/client/events.ts'
import { copyInvite } from '#lib/crypto/invite.ts'
import { ERROR_REASONS } from '#lib/wire/errors.ts'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import { World } from '../harness/world.ts'

const base64 = (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => (i * 37) % 256)).toString('base64')
const SEAT = 'Xa3f9kQ0_-Zz8yXwVuTsRqPo'
const KEY = base64(1_184)
const CLAIM = base64(1_576)
const SEALED = { payload: base64(1_072), meta: base64(49), sig: base64(80) }

const FRAMES: readonly (readonly [ToRelay | FromRelay, string])[] = [
  [{ type: 'create', protocolVersion: 1 }, 'create, 1 KiB: asks for a room'],
  [{ type: 'create', adminToken: 'tell nobody', protocolVersion: 1 }, 'create, 1 KiB: asks for a room, with a token'],
  [
    { type: 'join', roomId: '0123456789abcdef0123456789abcdef', roomSecret: base64(16), protocolVersion: 1 },
    'join, 1 KiB: asks to be let into room 012345…, with its secret',
  ],
  [
    { type: 'room_created', roomId: '0123456789abcdef0123456789abcdef', roomSecret: base64(16), serverVersion: 1 },
    'room_created, 1 KiB: room 012345… and its secret',
  ],
  [{ type: 'joined', members: [], serverVersion: 1 }, 'joined, 1 KiB: let in, 0 seats there'],
  [
    { type: 'joined', members: [{ username: SEAT, ek: KEY, ratchetEk: KEY, claim: CLAIM }], serverVersion: 1 },
    'joined, 1 KiB: let in, 1 seat there',
  ],
  [
    { type: 'identify', username: SEAT, ek: KEY, ratchetEk: KEY, claim: CLAIM },
    'identify, 1 KiB: seat Xa3f9k…, sealed claim of 1.5 KiB',
  ],
  [
    { type: 'peer_joined', username: SEAT, ek: KEY, ratchetEk: KEY, claim: CLAIM },
    'peer_joined, 1 KiB: seat Xa3f9k…, sealed claim of 1.5 KiB',
  ],
  [{ type: 'peer_left', username: SEAT }, 'peer_left, 1 KiB: seat Xa3f9k… is gone'],
  [{ type: 'relay', to: SEAT, payload: base64(4_000) }, 'relay, 1 KiB: sealed letter of 3.9 KiB to seat Xa3f9k…'],
  [{ type: 'relay', from: SEAT, payload: base64(4_000) }, 'relay, 1 KiB: sealed letter of 3.9 KiB from seat Xa3f9k…'],
  [{ type: 'broadcast', ...SEALED }, 'broadcast, 1 KiB: sealed body of 1 KiB to all'],
  [{ type: 'broadcast', from: SEAT, ...SEALED }, 'broadcast, 1 KiB: sealed body of 1 KiB from seat Xa3f9k…'],
  [
    {
      type: 'ratchet_step',
      payloads: { [SEAT]: { kemCt: base64(1_128), encSeed: base64(120), pn: 0 } },
      newEk: KEY,
      claim: CLAIM,
      ...SEALED,
    },
    'ratchet_step, 1 KiB: new key for 1 seat, sealed body of 1 KiB',
  ],
  [
    {
      type: 'ratchet_step_fwd',
      from: SEAT,
      kemCt: base64(1_128),
      encSeed: base64(120),
      pn: 0,
      newEk: KEY,
      claim: CLAIM,
      ...SEALED,
    },
    'ratchet_step_fwd, 1 KiB: new key, sealed body of 1 KiB from seat Xa3f9k…',
  ],
  [{ type: 'ek_update', ek: KEY, claim: CLAIM }, 'ek_update, 1 KiB: new key, sealed claim of 1.5 KiB'],
  [
    { type: 'ek_update_fwd', from: SEAT, ek: KEY, claim: CLAIM },
    'ek_update_fwd, 1 KiB: new key, sealed claim of 1.5 KiB from seat Xa3f9k…',
  ],
  [{ type: 'rekey', ek: KEY, ratchetEk: KEY, claim: CLAIM }, 'rekey, 1 KiB: new key, sealed claim of 1.5 KiB'],
  [{ type: 'rekeyed' }, 'rekeyed, 1 KiB: the new key is kept'],
  [{ type: 'error', reason: 'room_full' }, 'error, 1 KiB: the room is full'],
]

test.each(FRAMES)('%j', (frame, line) => {
  expect(summaryOf(frame, 1_024).line).toBe(line)
})

test('expanded, each field says what the relay learns from it', () => {
  expect(
    summaryOf({ type: 'join', roomId: '0123456789abcdef0123456789abcdef', roomSecret: base64(16), protocolVersion: 1 }, 9).fields,
  ).toEqual([
    { name: 'roomId', shown: '012345…' },
    { name: 'roomSecret', shown: 'secret, not shown' },
    { name: 'protocolVersion', shown: '1' },
  ])
  expect(
    summaryOf(
      {
        type: 'ratchet_step',
        payloads: { [SEAT]: { kemCt: base64(1_128), encSeed: base64(120), pn: 0 } },
        newEk: KEY,
        claim: CLAIM,
        ...SEALED,
      },
      9,
    ).fields,
  ).toEqual([
    { name: 'newEk', shown: 'public key of 1.1 KiB, ACVKb5…' },
    { name: 'claim', shown: 'sealed, 1.5 KiB' },
    { name: 'payload', shown: 'sealed, 1 KiB' },
    { name: 'meta', shown: 'sealed, 49 bytes' },
    { name: 'sig', shown: 'sealed, 80 bytes' },
    { name: 'for seat Xa3f9k…, kemCt', shown: 'sealed, 1.1 KiB' },
    { name: 'for seat Xa3f9k…, encSeed', shown: 'sealed, 120 bytes' },
    { name: 'for seat Xa3f9k…, pn', shown: '0' },
  ])
})

test('of a list of a thousand seats, twenty are named', () => {
  const members = Array.from({ length: 1_000 }, () => ({ username: SEAT, ek: KEY, ratchetEk: KEY, claim: CLAIM }))
  const { line, fields } = summaryOf({ type: 'joined', members, serverVersion: 1 }, 5_000_000)
  expect(line).toBe('joined, 4.7 MiB: let in, 1,000 seats there')
  expect(fields).toHaveLength(1 + 20 * 4 + 1)
  expect(fields.at(-1)).toEqual({ name: '980 seats more', shown: 'as these' })
})

test('what is no frame is told by its reason', () => {
  expect(summaryOfGarbage('unknown_type', 12)).toEqual({
    line: 'not taken, 12 bytes: it is of a kind that this client does not know',
    fields: [],
  })
})

test.each(ERROR_REASONS)('the refusal %s has its words', (reason) => {
  expect(summaryOf({ type: 'error', reason }, 9).line).toMatch(/^error, 9 bytes: [a-z]/)
})

test('a seat that is called anything at all comes out harmless and short', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 64 }), (username) => {
      const { line } = summaryOf({ type: 'peer_left', username }, 9)
      expect(harmless(line)).toBe(line)
      expect(line.length).toBeLessThan(100)
    }),
    { seed: 1, numRuns: 2_000 },
  )
})

/** Words of the contract. */
const CONTRACT: ReadonlySet<string> = new Set(['type', 'reason'])
/** Their first six characters may be shown. */
const OPEN: ReadonlySet<string> = new Set(['roomId', 'username', 'to', 'from', 'ek', 'ratchetEk', 'newEk'])

/** Every text in a frame, with the name of its field. */
function textsIn(value: unknown, name = ''): readonly (readonly [name: string, text: string])[] {
  if (typeof value === 'string') return [[name, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([inner, one]) => textsIn(one, inner))
}

function words({ line, fields }: Summary): string {
  return [line, ...fields.flatMap(({ name, shown }) => [name, shown])].join('\n')
}

describe('of a real conversation', () => {
  const world = new World()
  const alice = world.person('alice')
  const seen: Seen[] = []
  alice.client.watch((one) => seen.push(one))
  alice.do({ do: 'create', url: 'ws://127.0.0.1:1337/ws', name: 'alice', adminToken: 'JBSWY3DPEHPK3PXP' })
  const created = alice.of('created')[0]
  if (created === undefined) throw new Error('no room')
  const bob = world.person('bob').join(copyInvite(created.invite))
  alice.say('the words of alice')
  bob.say('the words of bob')
  bob.rotate()
  bob.leave()

  test('frames of both ways and of most kinds went by', () => {
    const kinds = seen.map(({ way, frame }) => `${way} ${frame?.type}`)
    for (const kind of [
      'out create',
      'in room_created',
      'out identify',
      'in peer_joined',
      'out relay',
      'in relay',
      'out broadcast',
    ]) {
      expect(kinds).toContain(kind)
    }
    expect(kinds).toContain('in ratchet_step_fwd')
  })

  test('no piece of anything in them is shown but the beginning of ids and of public keys', () => {
    let looked = 0
    for (const { frame, bytes } of seen) {
      if (frame === null) continue
      const shown = words(summaryOf(frame, bytes))
      for (const [name, text] of textsIn(frame)) {
        if (CONTRACT.has(name) || text.length < 7) continue
        for (let at = OPEN.has(name) ? 1 : 0; at + 6 <= text.length; at++) {
          if (shown.includes(text.slice(at, at + 6))) throw new Error(`${name} of ${frame.type} is shown`)
        }
        looked += 1
      }
    }
    expect(looked).toBeGreaterThan(30)
  })
})
