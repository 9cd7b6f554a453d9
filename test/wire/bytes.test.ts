/** Tests of lib/wire/bytes.ts: what is encoded comes back, and every text has one form. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import {
  concat,
  equal,
  fromBase64,
  fromBase64url,
  fromHex,
  fromUtf8,
  readU32,
  toBase64,
  toBase64url,
  toHex,
  u32,
  utf8,
  wipe,
} from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'

const SEEDED = { seed: 1, numRuns: 1_000 }
const bytes = fc.uint8Array({ maxLength: 70 })

/** Each text form: how it is written and read, its alphabet, its error, and texts that a laxer decoder takes. */
const FORMS = [
  {
    name: 'base64',
    encode: toBase64,
    decode: fromBase64,
    code: 'bad_base64',
    alphabet: 'ABCXYZabcxyz0189+/=',
    loose: [
      'AA',
      'AA=',
      'AB==',
      'AAB=',
      'AA==\n',
      ' AAAA',
      'AA AA',
      'AAAA=',
      '=',
      '====',
      'AAAAA',
      '-_==',
      'AA==AAAA',
      'ＡAAA',
      'AAA\0',
    ],
  },
  {
    name: 'base64url',
    encode: toBase64url,
    decode: fromBase64url,
    code: 'bad_base64',
    alphabet: 'ABCXYZabcxyz0189-_',
    loose: ['AA==', 'AAA=', 'AB', 'AAB', 'A', 'AAAAA', 'AA\n', ' AA', 'A A', '+/8', 'AAAA ', 'AA\0'],
  },
  {
    name: 'hexadecimal',
    encode: toHex,
    decode: fromHex,
    code: 'bad_hex',
    alphabet: '0123456789abcdef',
    loose: ['0', 'AA', 'aA', '0x00', ' 00', '00\n', '0 0', 'gg', '000', '００'],
  },
] as const

describe.each(FORMS)('$name', ({ encode, decode, code, alphabet, loose }) => {
  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(bytes, (value) => expect(decode(encode(value))).toEqual(value)),
      SEEDED,
    )
  })

  test('takes one text for each value', () => {
    const texts = fc.string({ unit: fc.constantFrom(...alphabet.split(''), ' ', '\n', 'é'), maxLength: 12 })
    fc.assert(
      fc.property(texts, (text) => {
        const refused = codeOf(() => decode(text))
        if (refused === 'nothing thrown') expect(encode(decode(text))).toBe(text)
        else expect(refused).toBe(code)
      }),
      { seed: 2, numRuns: 5_000 },
    )
  })

  test.each([...loose])('refuses %j', (text) => {
    expect(codeOf(() => decode(text))).toBe(code)
  })
})

test.each([
  ['', '', '', ''],
  ['f', 'Zg==', 'Zg', '66'],
  ['fo', 'Zm8=', 'Zm8', '666f'],
  ['foo', 'Zm9v', 'Zm9v', '666f6f'],
  ['foob', 'Zm9vYg==', 'Zm9vYg', '666f6f62'],
  ['fooba', 'Zm9vYmE=', 'Zm9vYmE', '666f6f6261'],
  ['foobar', 'Zm9vYmFy', 'Zm9vYmFy', '666f6f626172'],
  ['\u{ff}\u{fe}?', 'w7/Dvj8=', 'w7_Dvj8', 'c3bfc3be3f'],
])('%j is written as RFC 4648 says', (text, base64, base64url, hex) => {
  const value = utf8(text)
  expect([toBase64(value), toBase64url(value), toHex(value)]).toEqual([base64, base64url, hex])
})

describe('UTF-8', () => {
  test('gives back every well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => expect(fromUtf8(utf8(text))).toBe(text)),
      SEEDED,
    )
  })

  test('takes one byte string for each text', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const refused = codeOf(() => fromUtf8(value))
        if (refused === 'nothing thrown') expect(utf8(fromUtf8(value))).toEqual(value)
        else expect(refused).toBe('bad_utf8')
      }),
      SEEDED,
    )
  })

  test('keeps a byte order mark, which would otherwise make two byte strings of one text', () => {
    expect(fromUtf8(fromHex('efbbbf61'))).toBe('\ufeffa')
  })

  test.each([
    ['a stray continuation', '80'],
    ['a cut sequence', 'e282'],
    ['an overlong slash', 'c0af'],
    ['an overlong zero', 'c080'],
    ['a surrogate', 'eda080'],
    ['a code point above 10ffff', 'f4908080'],
    ['a byte that no text has', 'ff'],
  ])('refuses %s', (_, hex) => {
    expect(codeOf(() => fromUtf8(fromHex(hex)))).toBe('bad_utf8')
  })
})

describe('32-bit integers', () => {
  test('are four bytes, the highest first', () => {
    expect(toHex(u32(0x01020304))).toBe('01020304')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), bytes, (value, before) => {
        expect(readU32(concat(before, u32(value)), before.length)).toBe(value)
        expect(readU32(concat(before, u32(value)).subarray(before.length), 0)).toBe(value)
      }),
      SEEDED,
    )
  })

  test.each([-1, 2 ** 32, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('are not made of %d', (value) => {
    expect(() => u32(value)).toThrow(RangeError)
  })
})

test('joined parts stand in order, in an array of their own', () => {
  const [one, two] = [Uint8Array.of(1, 2), Uint8Array.of(3)]
  const joined = concat(one, new Uint8Array(0), two)
  one.fill(9)
  expect(joined).toEqual(Uint8Array.of(1, 2, 3))
  expect(concat()).toEqual(new Uint8Array(0))
})

test('two byte strings are equal when every byte is', () => {
  fc.assert(
    fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, difference) => {
      expect(equal(value, value.slice())).toBe(true)
      expect(equal(value, concat(value, Uint8Array.of(0)))).toBe(false)
      if (value.length === 0) return
      const other = value.slice()
      other[at % value.length] = (other[at % value.length] ?? 0) ^ difference
      expect(equal(value, other)).toBe(false)
    }),
    SEEDED,
  )
})

test('wiping leaves zeros, and touches no byte beside a view', () => {
  const buffer = Uint8Array.of(1, 2, 3, 4, 5)
  const other = Uint8Array.of(6)
  wipe(buffer.subarray(1, 4), other)
  expect(buffer).toEqual(Uint8Array.of(1, 0, 0, 0, 5))
  expect(other).toEqual(Uint8Array.of(0))
})
