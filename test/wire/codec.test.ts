/** Tests of lib/wire/codec.ts: what is written is read back, and what is broken is refused by name. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { toBase64, toHex } from '#lib/wire/bytes.ts'
import { decodeFromRelay, decodeToRelay, encodeFromRelay, encodeToRelay } from '#lib/wire/codec.ts'
import { ERROR_REASONS } from '#lib/wire/errors.ts'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import {
  CLAIM_CHARS,
  FRAME_FROM_RELAY_BYTES,
  FRAME_TO_RELAY_BYTES,
  KEM_KEY_CHARS,
  LARGEST_ROOM,
  SIG_CHARS,
  STEP_KEM_CHARS,
  STEP_WRAP_CHARS,
  USERNAME_CHARS,
} from '#lib/wire/limits.ts'
import { BROKEN_FRAMES } from '../harness/brokenframes.ts'
import { codeOf } from '../harness/codeof.ts'

const RUN = { seed: 1337, numRuns: 300 }

/** Texts of every character that UTF-8 can carry: no lone surrogates. */
const text = fc.string({ unit: 'binary' })
const sized = (minLength: number, maxLength: number) => fc.string({ unit: 'grapheme-ascii', minLength, maxLength })
const exactly = (length: number) => sized(length, length)
const inherited = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty')
const pn = fc.maxSafeNat()

const sealed = { payload: text, meta: text, sig: text }
const payloads = fc.dictionary(fc.oneof(text, inherited), fc.record({ kemCt: text, encSeed: text, pn }))

const toRelay: fc.Arbitrary<ToRelay> = fc.oneof(
  fc.record({ type: fc.constant('create' as const), adminToken: text, protocolVersion: fc.integer() }),
  fc.record({ type: fc.constant('create' as const), protocolVersion: fc.integer() }),
  fc.record({ type: fc.constant('join' as const), roomId: text, roomSecret: text, protocolVersion: fc.integer() }),
  fc.record({ type: fc.constant('identify' as const), username: text, ek: text, ratchetEk: text, claim: text }),
  fc.record({ type: fc.constant('relay' as const), to: fc.oneof(text, inherited), payload: text }),
  fc.record({ type: fc.constant('broadcast' as const), ...sealed }),
  fc.record({ type: fc.constant('ratchet_step' as const), payloads, newEk: text, claim: text, ...sealed }),
  fc.record({ type: fc.constant('ek_update' as const), ek: text, claim: text }),
  fc.record({ type: fc.constant('rekey' as const), ek: text, ratchetEk: text, claim: text }),
)

const username = sized(1, USERNAME_CHARS)
const key = exactly(KEM_KEY_CHARS)
const claim = sized(1, CLAIM_CHARS)
const forwarded = { payload: text, meta: text, sig: sized(1, SIG_CHARS) }
const seat = { username, ek: key, ratchetEk: key, claim }

/** A value of another type than any field has. */
const other = (field: string, value: unknown) => (field === 'members' ? value : [value])

const fromRelay: fc.Arbitrary<FromRelay> = fc.oneof(
  fc.record({
    type: fc.constant('room_created' as const),
    roomId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex),
    roomSecret: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toBase64),
    serverVersion: fc.nat(),
  }),
  fc.record({
    type: fc.constant('joined' as const),
    members: fc.array(fc.record(seat), { maxLength: 3 }),
    serverVersion: fc.nat(),
  }),
  fc.record({ type: fc.constant('peer_joined' as const), ...seat }),
  fc.record({ type: fc.constant('peer_left' as const), username }),
  fc.record({ type: fc.constant('relay' as const), from: username, payload: text }),
  fc.record({ type: fc.constant('broadcast' as const), from: username, ...forwarded }),
  fc.record({
    type: fc.constant('ratchet_step_fwd' as const),
    from: username,
    kemCt: exactly(STEP_KEM_CHARS),
    encSeed: exactly(STEP_WRAP_CHARS),
    pn,
    newEk: key,
    claim,
    ...forwarded,
  }),
  fc.record({ type: fc.constant('ek_update_fwd' as const), from: username, ek: key, claim }),
  fc.constant({ type: 'rekeyed' as const }),
  fc.record({ type: fc.constant('error' as const), reason: fc.constantFrom(...ERROR_REASONS) }),
  fc.record({ type: fc.constant('error' as const), reason: fc.constantFrom(...ERROR_REASONS), serverVersion: fc.nat() }),
)

describe('a frame to the relay', () => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(toRelay, (frame) => {
        expect(decodeToRelay(encodeToRelay(frame))).toEqual(frame)
      }),
      RUN,
    )
  })

  test.each([...BROKEN_FRAMES])('is refused by name when it is broken: %s', (_, broken) => {
    const code = codeOf(() => decodeToRelay(broken))
    expect(['not_json', 'not_object', 'unknown_type', 'bad_field']).toContain(code)
  })

  test('is refused or read, and nothing else, whatever JSON it is', () => {
    const types = ['create', 'join', 'identify', 'relay', 'broadcast', 'ratchet_step', 'ek_update', 'rekey', '__proto__']
    const hostile = fc.dictionary(
      fc.constantFrom('type', 'payload', 'payloads', 'meta', 'sig', 'claim', 'ek', 'ratchetEk', 'newEk', 'to', '__proto__'),
      fc.oneof(fc.constantFrom(...types), fc.jsonValue()),
    )
    fc.assert(
      fc.property(hostile, (value) => {
        expect(['nothing thrown', 'unknown_type', 'bad_field', 'not_object']).toContain(
          codeOf(() => decodeToRelay(JSON.stringify(value))),
        )
      }),
      { ...RUN, numRuns: 2000 },
    )
  })

  test('whose wrong values are answered is read with values that no gate lets pass', () => {
    expect(decodeToRelay('{"type":"create","adminToken":7}')).toEqual({
      type: 'create',
      adminToken: '',
      protocolVersion: Number.NaN,
    })
    expect(decodeToRelay('{"type":"join","roomId":[],"protocolVersion":"1"}')).toEqual({
      type: 'join',
      roomId: '',
      roomSecret: '',
      protocolVersion: Number.NaN,
    })
    const nobody = { type: 'identify', username: '', ek: '', ratchetEk: '', claim: '' } as const
    expect(decodeToRelay('{"type":"identify","username":null,"ek":{},"claim":"\\ud800"}')).toEqual(nobody)
  })

  test('keeps a member called __proto__ as a key of its own', () => {
    const part = { kemCt: 'c', encSeed: 'e', pn: 0 }
    const step = { newEk: 'n', claim: 'c', payload: 'p', meta: 'm', sig: 's' }
    const frame = decodeToRelay(
      `{"type":"ratchet_step","payloads":{"__proto__":${JSON.stringify(part)}},${JSON.stringify(step).slice(1)}`,
    )
    if (frame.type !== 'ratchet_step') throw new Error('another frame')
    expect(Object.keys(frame.payloads)).toEqual(['__proto__'])
    expect(Object.hasOwn(frame.payloads, 'kemCt')).toBe(false)
    expect(frame.payloads['kemCt']).toBeUndefined()
  })

  test('may have 2 MiB of UTF-8 and not a byte more, on both sides', () => {
    const frame = (payload: string) => ({ type: 'relay', to: '', payload }) as const
    const room = FRAME_TO_RELAY_BYTES - JSON.stringify(frame('')).length
    const fits = frame('€'.repeat(Math.floor(room / 3)).padEnd(Math.floor(room / 3) + (room % 3), '.'))
    expect(decodeToRelay(encodeToRelay(fits))).toEqual(fits)
    const over = frame(`${fits.payload}.`)
    expect(codeOf(() => encodeToRelay(over))).toBe('too_large')
    expect(codeOf(() => decodeToRelay(JSON.stringify(over)))).toBe('too_large')
  })
})

describe('a frame from the relay', () => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(fromRelay, (frame) => {
        expect(decodeFromRelay(encodeFromRelay(frame))).toEqual(frame)
      }),
      RUN,
    )
  })

  test('is refused by name when any one field is missing or of another type', () => {
    fc.assert(
      fc.property(fromRelay, fc.jsonValue(), (frame, value) => {
        for (const field of Object.keys(frame)) {
          if (field === 'serverVersion' && frame.type === 'error') continue
          expect(codeOf(() => decodeFromRelay(JSON.stringify({ ...frame, [field]: undefined })))).toMatch(
            /^(?:bad_field|unknown_type)$/,
          )
          const swapped = codeOf(() =>
            decodeFromRelay(JSON.stringify({ ...frame, [field]: typeof value === 'object' ? null : other(field, value) })),
          )
          expect(['bad_field', 'unknown_type', 'not_object']).toContain(swapped)
        }
      }),
      { ...RUN, numRuns: 100 },
    )
  })

  const member = { username: 'u', ek: 'e'.repeat(KEM_KEY_CHARS), ratchetEk: 'r'.repeat(KEM_KEY_CHARS), claim: 'c' }
  const joined = (members: readonly unknown[]) => JSON.stringify({ type: 'joined', members, serverVersion: 1 })

  test('that is a snapshot is read although one member’s values are wrong, which its claim will not bear out', () => {
    const odd = { ...member, ek: '', ratchetEk: 'short' }
    const none = { username: '', ek: '', ratchetEk: '', claim: '' }
    const wrong = [
      { ...member, username: 7, ek: null, ratchetEk: ['r'], claim: {} },
      { username: 'x'.repeat(65), ek: `${member.ek}e`, ratchetEk: `${member.ek}r`, claim: 'c'.repeat(4001) },
      { ['__proto__']: member },
      null,
      'member',
    ]
    const members = [member, odd, ...wrong.map(() => none)]
    expect(decodeFromRelay(joined([member, odd, ...wrong]))).toEqual({ type: 'joined', members, serverVersion: 1 })
  })

  test('that is a snapshot of more members than a client can serve is refused', () => {
    const crowd = (size: number) => Array.from({ length: size }, () => ({ username: 'u', ek: '', ratchetEk: '', claim: 'c' }))
    expect(codeOf(() => decodeFromRelay(joined(crowd(LARGEST_ROOM))))).toBe('nothing thrown')
    expect(codeOf(() => decodeFromRelay(joined(crowd(LARGEST_ROOM + 1))))).toBe('too_large')
  })

  test('may have 16 MiB and not a byte more', () => {
    const frame = (more: string) => JSON.stringify({ type: 'peer_left', username: 'u', more })
    const room = FRAME_FROM_RELAY_BYTES - frame('').length
    expect(codeOf(() => decodeFromRelay(frame('p'.repeat(room))))).toBe('nothing thrown')
    expect(codeOf(() => decodeFromRelay(frame('p'.repeat(room + 1))))).toBe('too_large')
  })

  test.each([
    ['a username of 65 characters', { type: 'peer_left', username: 'x'.repeat(65) }],
    ['an empty username', { type: 'peer_left', username: '' }],
    ['an unknown reason', { type: 'error', reason: 'because' }],
    ['a reason that objects inherit', { type: 'error', reason: '__proto__' }],
    [
      'a room secret that is no base64',
      { type: 'room_created', roomId: 'a'.repeat(32), roomSecret: '!'.repeat(24), serverVersion: 1 },
    ],
    ['a room secret of 18 bytes', { type: 'room_created', roomId: 'a'.repeat(32), roomSecret: 'A'.repeat(24), serverVersion: 1 }],
    ['a room id in capitals', { type: 'room_created', roomId: 'A'.repeat(32), roomSecret: 'x'.repeat(24), serverVersion: 1 }],
    ['a claim of 4001 characters', { type: 'peer_joined', ...member, claim: 'c'.repeat(4001) }],
    ['a key one character short', { type: 'peer_joined', ...member, ek: member.ek.slice(1) }],
    ['a version that is no integer', { type: 'joined', members: [], serverVersion: 1.5 }],
  ])('is refused for %s', (_, frame) => {
    expect(codeOf(() => decodeFromRelay(JSON.stringify(frame)))).toBe('bad_field')
  })

  test('is refused when a client sent it: the two directions share no reading', () => {
    for (const type of ['create', 'join', 'identify', 'ratchet_step', 'ek_update', 'rekey']) {
      expect(codeOf(() => decodeFromRelay(JSON.stringify({ type })))).toBe('unknown_type')
    }
  })
})
