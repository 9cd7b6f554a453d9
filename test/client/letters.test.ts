/** What letters say: read back as it was written, in the words of a second reading, and refused by name (docs/protocol.md, Letters). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { canonicalBytes, type Json, type JsonObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { letterOf, letterToJson, type LetterContent } from '#lib/client/letters.ts'
import { fromUtf8, toBase64url, utf8 } from '#lib/wire/bytes.ts'
import { LARGEST_ROOM, SEALED_CLAIM_BYTES } from '#lib/wire/limits.ts'
import { codeOf } from '../harness/codeof.ts'
import { seeded } from '../harness/random.ts'
import { readLetterContent } from '../harness/reading/letter.ts'
import { ackOf, askOf, repairOf, stateOf } from '../harness/writing/letter.ts'
import vectors from '../vectors/letter.json'

const random = seeded(1)
const SEAT = toBase64url(random(18))
const LAST = 0xffff_ffff
const hash32 = toBase64url(random(32))
const HEAD: Json = [SEAT, 1, hash32]

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const hex = (length: number) => bytes(length).map((drawn) => drawn.toHex())
const u32s = fc.oneof(fc.nat(), fc.constantFrom(0, LAST))
const heads = fc.record({ log: bytes(18).map(toBase64url), n: u32s, hash: hex(32) })
const seats = bytes(18).map(toBase64url)
const entries = fc.uint8Array({ minLength: 1, maxLength: 99 }).map((drawn) => drawn.toHex())
const state = fc.record({
  kind: fc.constant('state'),
  epoch: u32s,
  counter: u32s,
  chain: hex(32),
  header: hex(32),
  file: hex(32),
  head: heads,
  began: heads,
  heads: fc.array(heads, { maxLength: 6 }),
  answers: fc.oneof(fc.constant(''), hex(32)),
  asked: fc.oneof(fc.constant(''), hex(16)),
  proofs: fc.array(hex(16), { maxLength: 8 }),
  topic: fc.array(fc.record({ entry: entries, signature: hex(64), seat: seats, claim: hex(SEALED_CLAIM_BYTES) }), {
    maxLength: 2,
  }),
})
// A log begins where it is, or before.
const states = state.map((says) => Object.assign(says, { began: { ...says.head, n: 0 } }))
const ranges = fc
  .tuple(seats, fc.nat(), fc.nat())
  .map(([log, a, b]) => ({ log, from: 1 + Math.min(a, b), to: 1 + Math.max(a, b) }))
const ask = fc.record({
  kind: fc.constant('ask'),
  nonce: hex(16),
  state: fc.boolean(),
  roster: fc.boolean(),
  entries: fc.array(ranges, { maxLength: 16 }),
})

/** A content and what it says, with its bytes in hexadecimal. */
const contents: fc.Arbitrary<{ content: LetterContent; says: unknown }> = fc.oneof(
  states.map((says) => ({ content: stateOf(says), says })),
  ask.map((says) => ({ content: askOf(says), says })),
  fc.record({ kind: fc.constant('ack'), state: hex(32) }).map((says) => ({ content: ackOf(says), says })),
)

test('whatever a letter says is read back, and the second reading reads the same', () => {
  fc.assert(
    fc.property(contents, ({ content, says }) => {
      const signed = canonicalBytes(letterToJson(content))
      expect(letterOf(parseCanonical(signed))).toEqual(content)
      const again: unknown = readLetterContent(fromUtf8(signed))
      expect(again).toEqual(says)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test.each([
  ...vectors.states.map(({ made, given }) => ({ json: made.content, content: stateOf(given.says) })),
  ...vectors.asks.map(({ made, given }) => ({ json: made.content, content: askOf(given.says) })),
  ...vectors.repairs.map(({ made, given }) => ({ json: made.content, content: repairOf(given.says) })),
  ...vectors.acks.map(({ made, given }) => ({ json: made.content, content: ackOf(given.says) })),
])('a known content is written and read: $content.kind', ({ json, content }) => {
  expect(letterOf(parseCanonical(utf8(json)))).toEqual(content)
  expect(fromUtf8(canonicalBytes(letterToJson(content)))).toBe(json)
})

const ASK = { kind: 'ask', nonce: toBase64url(random(16)), state: true, roster: false, entries: [[SEAT, 1, 2]] }
const SIGNATURE = toBase64url(random(64))
const CLAIM = toBase64url(random(SEALED_CLAIM_BYTES))
const REPAIR = {
  kind: 'repair',
  nonce: ASK.nonce,
  entries: [[hash32, SIGNATURE]],
  authors: [[SEAT, SEAT, CLAIM]],
  roster: [[SEAT, ASK.nonce]],
}
const ACK = { kind: 'ack', state: hash32 }
const STATE = {
  kind: 'state',
  epoch: 1,
  counter: 2,
  chain: hash32,
  header: hash32,
  file: hash32,
  head: HEAD,
  began: [SEAT, 0, hash32],
  heads: [HEAD],
  answers: '',
  asked: '',
  proofs: [ASK.nonce],
  topic: [[hash32, SIGNATURE, SEAT, CLAIM]],
}

const refusal = (json: JsonObject) => codeOf(() => letterOf(json))

describe('a content is refused', () => {
  test('but not when nothing is changed', () => {
    for (const honest of [ASK, ACK, STATE, REPAIR]) expect(refusal(honest)).toBe('nothing thrown')
  })

  test('when it is of another kind, or of one that objects inherit', () => {
    for (const kind of ['State', '', '__proto__', 'toString', 7, null]) expect(refusal({ ...STATE, kind })).toBe('bad_object')
    expect(refusal({})).toBe('bad_object')
  })

  test.each([ASK, ACK, STATE, REPAIR])('when a field is missing, or one is too many: $kind', (honest) => {
    expect(refusal({ ...honest, more: 1 })).toBe('bad_object')
    for (const key of Object.keys(honest)) {
      expect(refusal(Object.fromEntries(Object.entries(honest).filter(([name]) => name !== key)))).toBe('bad_object')
    }
  })

  const wrong: readonly (readonly [JsonObject, string, Json])[] = [
    [ASK, 'nonce', hash32],
    [ASK, 'nonce', ''],
    [ASK, 'nonce', null],
    [ACK, 'state', ASK.nonce],
    [ACK, 'state', ''],
    [ACK, 'state', 7],
    [STATE, 'epoch', -1],
    [STATE, 'epoch', LAST + 1],
    [STATE, 'epoch', '1'],
    [STATE, 'counter', -1],
    [STATE, 'counter', LAST + 1],
    [STATE, 'chain', hash32.slice(1)],
    [STATE, 'header', `${hash32}A`],
    [STATE, 'file', null],
    [STATE, 'file', ''],
    [STATE, 'head', null],
    [STATE, 'head', [SEAT, 1]],
    [STATE, 'head', ['seat', 1, hash32]],
    [STATE, 'head', [SEAT, LAST + 1, hash32]],
    [STATE, 'heads', {}],
    [STATE, 'heads', [[]]],
    [STATE, 'heads', [HEAD, null]],
    [STATE, 'answers', ASK.nonce],
    [STATE, 'answers', null],
    [STATE, 'asked', hash32],
    [STATE, 'asked', 7],
    [STATE, 'began', [SEAT, 2, hash32]],
    [STATE, 'began', [toBase64url(new Uint8Array(18)), 0, hash32]],
    [STATE, 'proofs', [hash32]],
    [STATE, 'proofs', null],
    [STATE, 'topic', [[hash32, SIGNATURE, SEAT]]],
    [STATE, 'topic', [[hash32, hash32, SEAT, CLAIM]]],
    [STATE, 'topic', [[hash32, SIGNATURE, 'seat', CLAIM]]],
    [STATE, 'topic', [[hash32, SIGNATURE, SEAT, hash32]]],
    [STATE, 'topic', [[null, SIGNATURE, SEAT, CLAIM]]],
    [ASK, 'state', 1],
    [ASK, 'roster', 'false'],
    [ASK, 'entries', [[SEAT, 0, 1]]],
    [ASK, 'entries', [[SEAT, 2, 1]]],
    [ASK, 'entries', [[SEAT, 1, LAST + 1]]],
    [ASK, 'entries', [['seat', 1, 1]]],
    [ASK, 'entries', [[SEAT, 1]]],
    [REPAIR, 'entries', [[hash32]]],
    [REPAIR, 'entries', [[hash32, hash32]]],
    [REPAIR, 'entries', [['not base64url', SIGNATURE]]],
    [REPAIR, 'authors', [[SEAT, SEAT, hash32]]],
    [REPAIR, 'roster', [[SEAT, hash32]]],
  ]
  test.each(wrong.map(([honest, field, value]) => [field, honest['kind'], value, honest] as const))(
    'when the field %s of %s is %j',
    (field, _, value, honest) => {
      expect(refusal({ ...honest, [field]: value })).toBe('bad_object')
    },
  )

  test('when it names more heads than a room has seats', () => {
    const named = (count: number) => refusal({ ...STATE, heads: Array.from({ length: count }, () => HEAD) })
    expect([named(LARGEST_ROOM), named(LARGEST_ROOM + 1)]).toEqual(['nothing thrown', 'too_large'])
  })

  test('when it hands on more than a lock and a topic', () => {
    const hands = (count: number) => refusal({ ...STATE, topic: Array.from({ length: count }, () => STATE.topic[0] ?? null) })
    expect([hands(0), hands(2), hands(3)]).toEqual(['nothing thrown', 'nothing thrown', 'too_large'])
  })

  test('when it asks for, or hands on, more than one letter may', () => {
    const asks = (count: number) => refusal({ ...ASK, entries: Array.from({ length: count }, () => [SEAT, 1, 1]) })
    const repairs = (count: number) => refusal({ ...REPAIR, entries: Array.from({ length: count }, () => [hash32, SIGNATURE]) })
    expect([asks(16), asks(17), repairs(256), repairs(257)]).toEqual([
      'nothing thrown',
      'too_large',
      'nothing thrown',
      'too_large',
    ])
  })
})
