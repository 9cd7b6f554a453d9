/** Entries and beats: known answers, what is read back, and every way in which one is refused (docs/protocol.md, Entries). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { canonicalBytes, type Json, type JsonObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { memberId } from '#lib/crypto/claim.ts'
import type { Label } from '#lib/crypto/labels.ts'
import { admitKey, signer } from '#lib/crypto/primitives.ts'
import {
  type Author,
  BEAT,
  type Beat,
  type Content,
  type Entry,
  entryHash,
  headToJson,
  isLogOf,
  type NamedHead,
  namedHead,
  newLog,
  readContent,
  readEntry,
  type Signed,
  signBeat,
  signEntry,
  type Writer,
} from '#lib/room/entry.ts'
import { ENTRY_BYTES, LAST_N, SEEN_IN_BEAT, SEEN_IN_ENTRY } from '#lib/room/limits.ts'
import { type Bytes, concat, fromBase64url, fromHex, toBase64url, toHex, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { flipped, someBits } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import { memberIdOf } from '../harness/reading/claim.ts'
import { readBeat, readEntry as readAgain } from '../harness/reading/entry.ts'
import { makeBeat, makeEntry } from '../harness/writing/entry.ts'
import vectors from '../vectors/entry.json'

const random = seeded(1)
const ROOM = random(16)
const alice = signer(random(32))
const bob = signer(random(32))
const MEMBER = memberId(ROOM, alice.publicKey)
const SEAT = toBase64url(random(18))
const OTHER_SEAT = toBase64url(random(18))
const LOG = newLog(MEMBER, random)
const EPOCH = 3
const COUNTER = 7

/** Who must have said a content, and in which envelope it came. */
const AUTHOR: Author = {
  roomId: ROOM,
  member: admitKey(alice.publicKey),
  memberId: MEMBER,
  seat: SEAT,
  epoch: EPOCH,
  counter: COUNTER,
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const numbers = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER))
const u32s = fc.oneof(fc.nat(), fc.constantFrom(0, LAST_N))
const seats = bytes(18).map(toBase64url)
/** Logs of the author. */
const logs = bytes(6).map((drawn) => toBase64url(concat(MEMBER.subarray(0, 12), drawn)))
const heads: fc.Arbitrary<NamedHead> = fc.record({ log: seats, n: u32s, hash: bytes(32) })
const texts = fc.string({ unit: 'grapheme', minLength: 1 })
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.constantFrom(null, true, false), fc.maxSafeInteger(), texts),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 3 }),
  ),
})).value

/** A kind with a body that suits it: core ones, one of a later version, and one that a program made up. */
const bodies: fc.Arbitrary<{ kind: string; body: JsonObject }> = fc.oneof(
  texts.map((text) => ({ kind: 'core.text', body: { text } })),
  texts.map((text) => ({ kind: 'core.text', body: { text, class: 'notice' } })),
  fc.constantFrom('core.leave', 'core.close').map((kind) => ({ kind, body: {} })),
  fc.dictionary(texts, json, { maxKeys: 4 }).map((body) => ({ kind: 'core.from-a-later-version', body })),
  fc.dictionary(texts, json, { maxKeys: 4 }).map((body) => ({ kind: 'org.example.poll', body })),
)
const saids = { member: fc.constant(MEMBER), time: numbers, roster: bytes(32), salt: bytes(16) }

const entries: fc.Arbitrary<Entry> = bodies.chain(({ kind, body }) =>
  fc.record({
    ...saids,
    kind: fc.constant(kind),
    body: fc.constant(body),
    seen: fc.array(heads, { maxLength: SEEN_IN_ENTRY }),
    log: logs,
    n: fc.oneof(fc.integer({ min: 1, max: LAST_N }), fc.constantFrom(1, LAST_N)),
    prev: bytes(32),
  }),
)

const beats: fc.Arbitrary<Beat> = fc.record({
  ...saids,
  kind: fc.constant(BEAT),
  body: fc.constant({}),
  seen: fc.array(heads, { maxLength: SEEN_IN_BEAT }),
  seat: seats,
  epoch: u32s,
  counter: u32s,
  head: heads,
})

const read = ({ bytes: content, signature }: Signed, author: Partial<Author> = {}): Content =>
  readContent(content, signature, { ...AUTHOR, ...author })

describe.each(vectors.entries)('a known entry: $name', ({ given, made }) => {
  const roomId = fromHex(given.roomId)
  const [key, signature] = [fromHex(made.key), fromHex(made.signature)]

  test('has these bytes and no others', () => {
    expect(makeEntry(given)).toEqual(made)
  })

  test('is read again', () => {
    const entry: unknown = readAgain(made.json, key, signature)
    const says = { ...given, roomId: undefined, signingSeed: undefined, room: given.roomId, member: made.memberId }
    expect(entry).toEqual({ says, hash: made.entryHash })
    expect(toHex(memberIdOf(roomId, key))).toBe(made.memberId)
  })

  test('is read by who knows its author', () => {
    const author = { ...AUTHOR, roomId, member: admitKey(key), memberId: fromHex(made.memberId) }
    const content = readContent(utf8(made.json), signature, author)
    if (content.is !== 'entry') throw new Error('not an entry')
    expect(toHex(content.hash)).toBe(made.entryHash)
    const { log, n, kind, time } = content.entry
    expect([log, n, kind, time]).toEqual([given.log, given.n, given.kind, given.time])
    expect({ is: 'entry', ...readEntry(utf8(made.json), signature, author) }).toEqual(content)
  })
})

describe.each(vectors.beats)('a known beat: $name', ({ given, made }) => {
  const [key, signature] = [fromHex(made.key), fromHex(made.signature)]

  test('has these bytes and no others', () => {
    expect(makeBeat(given)).toEqual(made)
  })

  test('is read again', () => {
    const beat: unknown = readBeat(made.json, key, signature)
    const says = { ...given, roomId: undefined, signingSeed: undefined, room: given.roomId, member: made.memberId }
    expect(beat).toEqual({ says })
  })

  test('is read by who knows its author', () => {
    const { roomId, seat, epoch, counter, head } = given
    const author = { roomId: fromHex(roomId), member: admitKey(key), memberId: fromHex(made.memberId), seat, epoch, counter }
    const content = readContent(utf8(made.json), signature, author)
    if (content.is !== 'beat') throw new Error('not a beat')
    expect(content.beat).toMatchObject({ seat, epoch, counter, head: { log: head.log, n: head.n } })
    expect(content.beat.seen).toHaveLength(given.seen.length)
  })
})

describe('whatever is signed is read back', () => {
  test('as an entry, with its hash', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const signed = signEntry(ROOM, entry, alice)
        expect(read(signed)).toEqual({ is: 'entry', ...signed })
        expect(signed.entry).toEqual(entry)
        expect(readEntry(signed.bytes, signed.signature, AUTHOR)).toEqual(signed)
        expect(signed.hash).toEqual(entryHash(signed.bytes))
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  test('as a beat, in its own envelope', () => {
    fc.assert(
      fc.property(beats, (beat) => {
        const { seat, epoch, counter } = beat
        expect(read(signBeat(ROOM, beat, alice), { seat, epoch, counter })).toEqual({ is: 'beat', beat })
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  test('as a head in a list of three', () => {
    fc.assert(
      fc.property(heads, (head) => {
        expect(namedHead(headToJson(head))).toEqual(head)
      }),
      { seed: 3 },
    )
  })
})

const SAID = { member: MEMBER, time: 1, seen: [], roster: random(32), salt: random(16) }
const ENTRY: Entry = { ...SAID, kind: 'core.text', body: { text: 'hello' }, log: LOG, n: 1, prev: random(32) }
const HEAD: NamedHead = { log: LOG, n: 4, hash: random(32) }
const A_BEAT: Beat = { ...SAID, kind: BEAT, body: {}, seat: SEAT, epoch: EPOCH, counter: COUNTER, head: HEAD }

describe('an entry or a beat is refused', () => {
  test.each([
    ['an entry', signEntry(ROOM, ENTRY, alice)],
    ['a beat', signBeat(ROOM, A_BEAT, alice)],
  ])('when it is %s with any bit turned, of its bytes or of its signature', (_, signed) => {
    for (const bit of someBits(signed.bytes, 300, 1)) {
      const code = codeOf(() => read({ ...signed, bytes: flipped(signed.bytes, bit) }))
      expect(['bad_signature', 'not_canonical', 'bad_object']).toContain(code)
    }
    for (const bit of someBits(signed.signature, 200, 2)) {
      expect(codeOf(() => read({ ...signed, signature: flipped(signed.signature, bit) }))).toBe('bad_signature')
    }
  })

  test.each([
    ['wrong_room', 'in another room', { roomId: seeded(9)(16) }],
    [
      'wrong_member',
      'from another member id, though its log begins alike',
      { memberId: concat(MEMBER.subarray(0, 12), seeded(9)(4)) },
    ],
    ['bad_signature', "under another member's key", { member: admitKey(bob.publicKey) }],
  ])('as %s: one %s', (code, _, author) => {
    expect(codeOf(() => read(signEntry(ROOM, ENTRY, alice), author))).toBe(code)
    expect(codeOf(() => read(signBeat(ROOM, A_BEAT, alice), author))).toBe(code)
  })

  test('when it is a beat of another seat, epoch or counter: none is heard twice', () => {
    const beat = signBeat(ROOM, A_BEAT, alice)
    expect(codeOf(() => read(beat))).toBe('nothing thrown')
    expect(codeOf(() => read(beat, { seat: OTHER_SEAT }))).toBe('wrong_seat')
    expect(codeOf(() => read(beat, { epoch: EPOCH + 1 }))).toBe('wrong_epoch')
    expect(codeOf(() => read(beat, { counter: COUNTER + 1 }))).toBe('wrong_epoch')
  })

  test('but an entry may come in any envelope: it is sealed again for who missed it', () => {
    const entry = signEntry(ROOM, ENTRY, alice)
    expect(codeOf(() => read(entry, { seat: OTHER_SEAT, epoch: 0, counter: 0 }))).toBe('nothing thrown')
  })

  test('when an entry was signed as a beat, or a beat as an entry', () => {
    const entry = signEntry(ROOM, ENTRY, alice)
    const beat = signBeat(ROOM, A_BEAT, alice)
    expect(codeOf(() => read({ ...entry, signature: alice.sign('signUnchained', entry.bytes) }))).toBe('bad_signature')
    expect(codeOf(() => read({ ...beat, signature: alice.sign('signEntry', beat.bytes) }))).toBe('bad_signature')
    expect(codeOf(() => read({ ...entry, signature: alice.sign('signClaim', entry.bytes) }))).toBe('bad_signature')
  })

  test('when it has the fields of the other', () => {
    const said = parseCanonical(signEntry(ROOM, ENTRY, alice).bytes)
    const beatsFields = parseCanonical(signBeat(ROOM, A_BEAT, alice).bytes)
    expect(verdict({ ...said, kind: BEAT, body: {} }, 'signUnchained')).toBe('bad_object')
    expect(verdict({ ...beatsFields, kind: 'org.example.beat' }, 'signEntry')).toBe('bad_object')
  })
})

describe('an entry that somebody else kept', () => {
  const signed = signEntry(ROOM, ENTRY, alice)
  const bobs: Writer = { roomId: ROOM, member: admitKey(bob.publicKey), memberId: memberId(ROOM, bob.publicKey) }
  const code = ({ bytes: content, signature }: Signed, writer: Partial<Writer> = {}) =>
    codeOf(() => readEntry(content, signature, { ...AUTHOR, ...writer }))

  test('is read by its own signature, whoever hands it on', () => {
    expect(code(signed)).toBe('nothing thrown')
  })

  test('is refused with any bit turned, of its bytes or of its signature', () => {
    for (const bit of someBits(signed.bytes, 300, 1)) {
      expect(['bad_signature', 'not_canonical', 'bad_object']).toContain(code({ ...signed, bytes: flipped(signed.bytes, bit) }))
    }
    for (const bit of someBits(signed.signature, 200, 2)) {
      expect(code({ ...signed, signature: flipped(signed.signature, bit) })).toBe('bad_signature')
    }
  })

  test('is refused when it was said in another room, though its author signed it', () => {
    const foreign = signEntry(seeded(9)(16), ENTRY, alice)
    expect(code(foreign)).toBe('wrong_room')
  })

  test("is refused in another member's log: under its own signature, and under the log's owner's", () => {
    const other = { ...ENTRY, member: bobs.memberId }
    expect(code(signEntry(ROOM, other, bob))).toBe('bad_signature')
    expect(code(signEntry(ROOM, other, bob), bobs)).toBe('bad_object')
    expect(code(signEntry(ROOM, other, alice))).toBe('wrong_member')
    expect(code(signEntry(ROOM, { ...other, log: newLog(bobs.memberId, random) }, bob), bobs)).toBe('nothing thrown')
  })

  test('is refused when it is a beat, or signed as one: those are said once', () => {
    const beat = signBeat(ROOM, A_BEAT, alice)
    expect(code(beat)).toBe('bad_signature')
    expect(code({ ...beat, signature: alice.sign('signEntry', beat.bytes) })).toBe('bad_object')
    expect(code({ ...signed, signature: alice.sign('signUnchained', signed.bytes) })).toBe('bad_signature')
  })

  test('is refused when it is too large, before anything is read', () => {
    expect(code({ bytes: new Uint8Array(ENTRY_BYTES + 1), signature: new Uint8Array(64) })).toBe('too_large')
  })

  test('outlives the bytes that it was read from, as one that came in an envelope does', () => {
    const [content, signature] = [signed.bytes.slice(), signed.signature.slice()]
    const kept = readEntry(content, signature, AUTHOR)
    const heard = readContent(content, signature, AUTHOR)
    content.fill(0)
    signature.fill(0)
    expect([kept.bytes, kept.signature]).toEqual([signed.bytes, signed.signature])
    expect(heard).toEqual({ is: 'entry', ...signed })
  })
})

describe('a log id', () => {
  test('is one of its member, and of nobody else', () => {
    fc.assert(
      fc.property(bytes(16), bytes(16), fc.nat(), (mine, others, seed) => {
        const log = newLog(mine, seeded(seed))
        expect(log).toMatch(/^[A-Za-z0-9_-]{24}$/)
        expect(isLogOf(log, mine)).toBe(true)
        expect(isLogOf(log, others)).toBe(toHex(mine.subarray(0, 12)) === toHex(others.subarray(0, 12)))
      }),
      { seed: 4, numRuns: 50 },
    )
  })

  test('begins with 12 bytes of the member id, all of which count, and ends with 6 that differ from device to device', () => {
    const log = fromBase64url(LOG)
    expect(log.subarray(0, 12)).toEqual(MEMBER.subarray(0, 12))
    for (let bit = 0; bit < 96; bit++) expect(isLogOf(toBase64url(flipped(log, bit)), MEMBER)).toBe(false)
    for (let bit = 96; bit < 144; bit++) expect(isLogOf(toBase64url(flipped(log, bit)), MEMBER)).toBe(true)
    const devices = Array.from({ length: 50 }, () => newLog(MEMBER, random))
    expect(new Set(devices).size).toBe(50)
  })

  test('is no other text', () => {
    for (const wrong of ['', LOG.slice(1), `${LOG}A`, `${LOG.slice(0, 23)}=`, `${LOG.slice(0, 22)}+/`]) {
      expect(isLogOf(wrong, MEMBER)).toBe(false)
    }
  })
})

/** What becomes of an object under a signature of its author that holds. */
function verdict(object: JsonObject, label: Label): string {
  return verdictOf(canonicalBytes(object), label)
}

function verdictOf(content: Bytes, label: Label): string {
  return codeOf(() => read({ bytes: content, signature: alice.sign(label, content) }))
}

const hash32 = toBase64url(new Uint8Array(32))

/** Values that no entry and no beat may have in a field: both have these. */
const WRONG: readonly (readonly [string, Record<string, Json>])[] = [
  ['of another version', { v: 2 }],
  ['of a version that is a text', { v: '1' }],
  ['of a room id that is too short', { room: 'AAAA' }],
  ['of a member id that is too long', { member: `${toBase64url(MEMBER)}A` }],
  ['of a time before 1970', { time: -1 }],
  ['of a time that is null', { time: null }],
  ['of a kind that is a number', { kind: 7 }],
  ['of a kind without a dot', { kind: 'text' }],
  ['of a kind in capitals', { kind: 'core.Text' }],
  ['of a body that is a list', { body: [] }],
  ['of a body that is null', { body: null }],
  ['of a body that does not suit its kind', { body: { another: 'field' } }],
  ['of heads that are no list', { seen: {} }],
  ['of a head that is no list', { seen: [hash32] }],
  ['of a head of two items', { seen: [[SEAT, 1]] }],
  ['of a head whose log is no seat', { seen: [['log', 1, hash32]] }],
  ['of a head of a negative number', { seen: [[SEAT, -1, hash32]] }],
  ['of a head beyond the last number', { seen: [[SEAT, LAST_N + 1, hash32]] }],
  ['of a head whose hash is too short', { seen: [[SEAT, 1, hash32.slice(1)]] }],
  ['of a roster that is too short', { roster: hash32.slice(1) }],
  ['of a salt that is too long', { salt: hash32 }],
  ['with a field more', { more: 1 }],
]

const WRONG_ENTRIES: typeof WRONG = [
  ['of a log that is no id', { log: 'log' }],
  ['of a log of bytes that are too few', { log: LOG.slice(0, 20) }],
  ["of another member's log", { log: newLog(memberId(ROOM, bob.publicKey), random) }],
  ['of number 0', { n: 0 }],
  ['beyond the last number', { n: LAST_N + 1 }],
  ['of a number that is a text', { n: '1' }],
  ['of a former entry that is null', { prev: null }],
]

const WRONG_BEATS: typeof WRONG = [
  ['of a head that is null', { head: null }],
  ['of a head of four items', { head: [SEAT, 1, hash32, 1] }],
]

describe.each([
  ['entry', parseCanonical(signEntry(ROOM, ENTRY, alice).bytes), 'signEntry', [...WRONG, ...WRONG_ENTRIES]],
  ['beat', parseCanonical(signBeat(ROOM, A_BEAT, alice).bytes), 'signUnchained', [...WRONG, ...WRONG_BEATS]],
] as const)('a signed %s is refused', (what, honest, label, wrong) => {
  test('but not when nothing is changed', () => {
    expect(verdict(honest, label)).toBe('nothing thrown')
  })

  // Whoever says `core.beat` says a beat, which another label signs; so a beat of another kind is no beat at all.
  test.each(wrong.filter(([, change]) => what === 'entry' || !('kind' in change)))('when it is one %s', (_, change) => {
    expect(['bad_object', 'too_large']).toContain(verdict({ ...honest, ...change }, label))
  })

  test.each(Object.keys(honest).filter((key) => key !== 'kind'))('when it has no %s', (key) => {
    const rest = Object.fromEntries(Object.entries(honest).filter(([name]) => name !== key))
    expect(['bad_object', 'wrong_seat', 'wrong_epoch']).toContain(verdict(rest, label))
  })

  test('when its bytes are not the one way to write it', () => {
    const text = new TextDecoder().decode(canonicalBytes(honest))
    for (const other of [
      ` ${text}`,
      text.replace(',', ', '),
      text.replace('"v":1', '"v":1,"v":1'),
      text.replace('core', String.raw`\u0063ore`),
    ]) {
      expect(verdictOf(utf8(other), label)).toBe('not_canonical')
    }
  })

  test('when it names more heads than it may', () => {
    const most = what === 'entry' ? SEEN_IN_ENTRY : SEEN_IN_BEAT
    const named = (count: number) => verdict({ ...honest, seen: Array.from({ length: count }, () => headToJson(HEAD)) }, label)
    expect([named(most), named(most + 1)]).toEqual(['nothing thrown', 'too_large'])
  })
})

describe('the size of an entry', () => {
  const withText = (length: number): Entry => ({ ...ENTRY, body: { text: 'a'.repeat(length) } })
  const rest = signEntry(ROOM, withText(1), alice).bytes.length - 1

  test('is 64 KiB at most, for who writes and for who reads', () => {
    const largest = signEntry(ROOM, withText(ENTRY_BYTES - rest), alice)
    expect(largest.bytes).toHaveLength(65_536)
    expect(codeOf(() => read(largest))).toBe('nothing thrown')
    expect(codeOf(() => signEntry(ROOM, withText(ENTRY_BYTES - rest + 1), alice))).toBe('too_large')
    const json = { ...parseCanonical(largest.bytes), body: { text: 'a'.repeat(ENTRY_BYTES - rest + 1) } }
    expect(verdict(json, 'signEntry')).toBe('too_large')
  })

  test('is looked at before anything is read or verified', () => {
    expect(codeOf(() => read({ bytes: new Uint8Array(ENTRY_BYTES + 1), signature: new Uint8Array(64) }))).toBe('too_large')
  })
})

describe('a kind', () => {
  test('of a later version is kept with its body, whatever that is', () => {
    const later = { ...ENTRY, kind: 'core.topic2', body: { nested: [1, { deep: null }] } }
    const content = read(signEntry(ROOM, later, alice))
    expect(content).toMatchObject({ is: 'entry', entry: { kind: 'core.topic2', body: { nested: [1, { deep: null }] } } })
  })

  test('of this version has the body that it should have', () => {
    for (const body of [{}, { text: '' }, { text: 7 }, { text: 'x', class: 'loud' }, { text: 'x', more: 1 }]) {
      expect(codeOf(() => read(signEntry(ROOM, { ...ENTRY, body }, alice)))).toBe('bad_object')
    }
  })

  test('that no one may sign, for its body, is not signed', () => {
    expect(codeOf(() => signEntry(ROOM, { ...ENTRY, body: { text: 'x', n: 1.5 } }, alice))).toBe('bad_object')
    expect(codeOf(() => signEntry(ROOM, { ...ENTRY, body: { text: '\ud800' } }, alice))).toBe('bad_object')
  })
})

test('two entries that say the same have hashes that tell nothing of each other', () => {
  const one = signEntry(ROOM, ENTRY, alice)
  const other = signEntry(ROOM, { ...ENTRY, salt: seeded(8)(16) }, alice)
  expect(toHex(one.hash)).not.toBe(toHex(other.hash))
  expect(toHex(signEntry(ROOM, ENTRY, alice).hash)).toBe(toHex(one.hash))
})
