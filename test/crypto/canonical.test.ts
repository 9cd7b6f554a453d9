/** Tests of lib/crypto/canonical.ts: RFC 8785, one spelling for each object, and what no one may sign. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { canonicalBytes, exactKeys, isObject, type Json, type JsonObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { type Bytes, concat, fromHex, fromUtf8, toHex, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import rfc8785 from '../vectors/rfc8785.json'

const text = fc.string({ unit: 'binary', maxLength: 8 })
const key = fc.oneof(text, fc.constantFrom('', '1', '10', '2', 'constructor', 'toJSON', 'prototype', '\u{1f600}', '\ufb33', 'a'))
const { object } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 12 },
    fc.oneof(fc.constant(null), fc.boolean(), fc.maxSafeInteger(), text),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(
    key.filter((name) => name !== '__proto__'),
    tie('json'),
    { maxKeys: 5, noNullPrototype: true },
  ),
}))

describe('RFC 8785', () => {
  test.each(rfc8785.canonical)('$name', ({ input, canonical }) => {
    const value = parsed(input)
    expect(toHex(canonicalBytes(value))).toBe(canonical)
    expect(parseCanonical(fromHex(canonical))).toEqual(value)
    expect(refusal(utf8(input))).toBe('not_canonical')
  })

  test('a list, which we sign within an object only', () => {
    const list: unknown = JSON.parse(rfc8785.list.input)
    expect(toHex(canonicalBytes(parsed(`{"list":${rfc8785.list.input}}`)))).toBe(
      `${toHex(utf8('{"list":'))}${rfc8785.list.canonical}${toHex(utf8('}'))}`,
    )
    expect(Array.isArray(list)).toBe(true)
    expect(refusal(fromHex(rfc8785.list.canonical))).toBe('bad_object')
  })

  test('floats, which we refuse, and the strings and literals beside them, which we do not', () => {
    const { numbers, ...rest } = parsed(rfc8785.floats.input)
    expect(unsignable({ numbers })).toBe('bad_object')
    expect(refusal(fromHex(rfc8785.floats.canonical))).toBe('bad_object')
    const withoutNumbers = fromUtf8(fromHex(rfc8785.floats.canonical)).replace(/"numbers":\[[^\]]*\],/, '')
    expect(fromUtf8(canonicalBytes(rest))).toBe(withoutNumbers)
  })
})

describe('every object', () => {
  test('has the bytes that a second reading of RFC 8785 gives', () => {
    fc.assert(
      fc.property(object, (value) => expect(fromUtf8(canonicalBytes(value))).toBe(jcs(value))),
      { seed: 1, numRuns: 1_000 },
    )
  })

  test('comes back from its bytes', () => {
    fc.assert(
      fc.property(object, (value) => expect(parseCanonical(canonicalBytes(value))).toEqual(value)),
      { seed: 2, numRuns: 1_000 },
    )
  })

  test('is refused with white space between any two of its tokens', () => {
    fc.assert(
      fc.property(object, fc.nat(), fc.constantFrom(' ', '\n', '\t', '\r'), (value, at, space) => {
        const tokens = fromUtf8(canonicalBytes(value)).match(/"(?:[^"\\]|\\.)*"|[-\w]+|./gs) ?? []
        tokens.splice(at % (tokens.length + 1), 0, space)
        expect(refusal(utf8(tokens.join('')))).toBe('not_canonical')
      }),
      { seed: 3, numRuns: 1_000 },
    )
  })

  test('is refused with its keys in any other order', () => {
    fc.assert(
      fc.property(object, fc.nat(), (value, turn) => {
        const members = Object.keys(value)
          .sort()
          .map((name) => `${JSON.stringify(name)}:${jcs(value[name] ?? null)}`)
        const by = turn % Math.max(members.length, 1)
        if (by !== 0) expect(refusal(utf8(`{${[...members.slice(by), ...members.slice(0, by)].join()}}`))).toBe('not_canonical')
      }),
      { seed: 4, numRuns: 1_000 },
    )
  })

  test('is refused with any flipped bit, unless these are the bytes of another object', () => {
    fc.assert(
      fc.property(object, fc.nat(), fc.integer({ min: 0, max: 7 }), (value, at, bit) => {
        const bytes = canonicalBytes(value)
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit)
        const refused = refusal(bytes)
        if (refused === 'nothing thrown') expect(canonicalBytes(parseCanonical(bytes))).toEqual(bytes)
        else expect(['not_canonical', 'bad_object']).toContain(refused)
      }),
      { seed: 5, numRuns: 3_000 },
    )
  })
})

describe('another spelling is refused', () => {
  test.each([
    ['a number with a fraction of zero', '{"n":1.0}'],
    ['a number with an exponent', '{"n":1e0}'],
    ['a large number with an exponent', '{"n":1E3}'],
    ['a leading zero', '{"n":01}'],
    ['a plus', '{"n":+1}'],
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, with two values', '{"a":1,"a":2}'],
    ['a letter as an escape', String.raw`{"a":"\u0041"}`],
    ['a key as an escape', String.raw`{"\u0061":1}`],
    ['an escaped slash', String.raw`{"a":"\/"}`],
    ['a line feed as a long escape', String.raw`{"a":"\u000a"}`],
    ['an escape in upper case', String.raw`{"a":"\u001F"}`],
    ['a surrogate pair as escapes', String.raw`{"a":"\ud83d\ude00"}`],
    ['a comma at the end', '{"a":1,}'],
    ['text after the end', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
    ['a comment', '{}/**/'],
    ['single quotes', "{'a':1}"],
    ['nothing', ''],
  ])('%s', (_, spelling) => {
    expect(refusal(utf8(spelling))).toBe('not_canonical')
  })

  test('bytes that are not UTF-8', () => {
    expect(refusal(concat(utf8('{"a":"'), fromHex('c0af'), utf8('"}')))).toBe('not_canonical')
    expect(refusal(concat(utf8('{"a":"'), fromHex('eda080'), utf8('"}')))).toBe('not_canonical')
  })
})

describe('no one may sign or read', () => {
  test.each([
    ['a half', '0.5'],
    ['minus zero', '-0'],
    ['minus zero with a fraction', '-0.0'],
    ['2^53', '9007199254740992'],
    ['an integer that a double rounds', '9007199254740993'],
    ['a small number', '1e-7'],
    ['an infinite number', '1e999'],
    ['half a surrogate pair', String.raw`"\ud83d"`],
    ['a key that is half a surrogate pair', String.raw`{"\ude00":1}`],
    ['a key called __proto__', '{"__proto__":{"admin":true}}'],
    ['a key called __proto__ with a plain value', '{"__proto__":1}'],
    ['a key called __proto__ within a list', '[{"__proto__":[]}]'],
  ])('%s', (_, json) => {
    expect(refusal(utf8(`{"a":${json}}`))).toBe('bad_object')
    expect(unsignable(parsed(`{"a":${json}}`))).toBe('bad_object')
  })

  test.each([['[]'], ['"a"'], ['1'], ['null'], ['true']])('%s in place of an object', (json) => {
    expect(refusal(utf8(json))).toBe('bad_object')
  })

  const withToJson = Object.assign([1], { toJSON: () => 2 })
  const withHole: number[] = []
  withHole[1] = 1
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a bigint', 1n],
    ['not a number', Number.NaN],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['a set', new Set([1])],
    ['bytes', Uint8Array.of(1)],
    ['a boxed number', Object(1)],
    ['a boxed string', Object('a')],
    ['a list with a hole', withHole],
    ['an object of a class', new URLSearchParams()],
    ['an object with toJSON', { toJSON: () => 2 }],
    ['an object that inherits toJSON', Object.create({ toJSON: () => 2 })],
    ['a list with toJSON', withToJson],
    ['an object that inherits its keys', Object.create({ a: 1 })],
  ])('%s', (_, value) => {
    expect(unsignable({ a: value })).toBe('bad_object')
    expect(unsignable({ a: [[value]] })).toBe('bad_object')
  })

  test('a circle', () => {
    const circle: Record<string, unknown> = {}
    circle['a'] = [circle]
    expect(unsignable(circle)).toBe('bad_object')
  })

  test.each([
    ['objects', '{"a":', '}'],
    ['lists', '[', ']'],
  ])('more than 16 levels of %s', (_, open, close) => {
    const nested = (levels: number, inner: string) => `{"a":${open.repeat(levels - 1)}${inner}${close.repeat(levels - 1)}}`
    for (const inner of ['1', '"a"', 'null']) {
      expect(refusal(utf8(nested(16, inner)))).toBe('nothing thrown')
      expect(unsignable(parsed(nested(16, inner)))).toBe('nothing thrown')
    }
    for (const inner of ['1', '{}', '[]']) {
      expect(refusal(utf8(nested(17, inner)))).toBe('bad_object')
      expect(unsignable(parsed(nested(17, inner)))).toBe('bad_object')
    }
    expect(refusal(utf8(nested(16, '[]')))).toBe('bad_object')
  })

  test('a million levels, which must not use up the stack', () => {
    expect(['not_canonical', 'bad_object']).toContain(refusal(utf8(`{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`)))
    expect(refusal(utf8('['.repeat(1e6)))).toBe('not_canonical')
  })
})

test('what is parsed never has a foreign prototype', () => {
  const value = parseCanonical(utf8('{"constructor":{"prototype":1},"hasOwnProperty":0}'))
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(Object.keys(value)).toEqual(['constructor', 'hasOwnProperty'])
})

test('an object without a prototype is signed like any other', () => {
  const bare: Record<string, number> = Object.create(null)
  bare['b'] = 1
  bare['a'] = 2
  expect(fromUtf8(canonicalBytes(bare))).toBe('{"a":2,"b":1}')
})

describe('exact keys', () => {
  test.each([
    ['all and no other', { a: 1, b: 2 }, 'nothing thrown'],
    ['all, and an optional one', { a: 1, b: 2, c: 3 }, 'nothing thrown'],
    ['one missing', { a: 1 }, 'bad_object'],
    ['one missing and the optional one there', { a: 1, c: 3 }, 'bad_object'],
    ['one unknown', { a: 1, b: 2, d: 4 }, 'bad_object'],
    ['none', {}, 'bad_object'],
  ])('%s', (_, value, expected) => {
    expect(codeOf(() => exactKeys(value, ['a', 'b'], ['c']))).toBe(expected)
  })

  test('are own keys: an inherited one is missing', () => {
    expect(codeOf(() => exactKeys({}, ['toString']))).toBe('bad_object')
    expect(codeOf(() => exactKeys({ toString: 1 }, ['toString']))).toBe('nothing thrown')
  })
})

function refusal(bytes: Bytes): string {
  return codeOf(() => parseCanonical(bytes))
}

/** What `canonicalBytes` says to a value that its types would not let in. */
function unsignable(value: unknown): string {
  if (!isObject(value)) throw new Error('not an object')
  return codeOf(() => canonicalBytes(value))
}

function parsed(json: string): JsonObject {
  const value: unknown = JSON.parse(json)
  if (!isObject(value)) throw new Error('not an object')
  return value
}

/** RFC 8785 read a second time, by hand: sections 3.2.2 (literals, strings, integers) and 3.2.3 (keys by UTF-16 code units). */
function jcs(value: Json): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return String(value)
  if (isList(value)) return `[${value.map(jcs).join()}]`
  const keys = Object.keys(value).sort((a, b) => order(a, b))
  return `{${keys.map((name) => `${quoted(name)}:${jcs(value[name] ?? null)}`).join()}}`
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function quoted(value: string): string {
  const short: Readonly<Record<string, string>> = {
    '\b': 'b',
    '\t': 't',
    '\n': 'n',
    '\f': 'f',
    '\r': 'r',
    '"': '"',
    '\\': '\\',
  }
  let out = ''
  for (const unit of value) {
    if (unit in short) out += `\\${short[unit]}`
    else if (unit < ' ') out += `\\u${(unit.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
    else out += unit
  }
  return `"${out}"`
}

function order(a: string, b: string): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.charCodeAt(i) - b.charCodeAt(i)
  }
  return a.length - b.length
}
