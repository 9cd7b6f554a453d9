/** Fields of canonical objects: each has its type and its size, or is refused by name (docs/protocol.md, Canonical objects). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type Json, parseCanonical } from '#lib/crypto/canonical.ts'
import { bytesField, bytesOf, integerField, listField, listOf, objectField, textField } from '#lib/crypto/fields.ts'
import { toBase64url, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'

/** One value of every type that JSON has. */
const VALUES: readonly Json[] = [null, true, 0, 1, 'text', '', [], ['text'], {}, { key: 'text' }]

/** What a reader makes of each of them, of a field that is missing, and of one that is inherited. */
function taken(read: (object: { readonly [key: string]: Json }, key: string) => unknown): Json[] {
  for (const missing of ['field', 'toString', 'constructor']) expect(codeOf(() => read({}, missing))).toBe('bad_object')
  return VALUES.filter((value) => codeOf(() => read({ field: value }, 'field')) === 'nothing thrown')
}

describe('a field', () => {
  test('of text takes texts alone', () => {
    expect(taken(textField)).toEqual(['text', ''])
    expect(textField({ field: 'text' }, 'field')).toBe('text')
  })

  test('of an object takes objects alone: a list and null are none', () => {
    expect(taken(objectField)).toEqual([{}, { key: 'text' }])
    expect(objectField({ field: { key: 1 } }, 'field')).toEqual({ key: 1 })
  })

  test('of a list takes lists alone', () => {
    expect(taken((object, key) => listField(object, key, 9))).toEqual([[], ['text']])
    expect(listField({ field: [1, 2] }, 'field', 2)).toEqual([1, 2])
  })

  test('of an integer takes integers in its range alone', () => {
    expect(taken((object, key) => integerField(object, key, 0, 9))).toEqual([0, 1])
    const read = (value: number) => codeOf(() => integerField({ field: value }, 'field', 3, 5))
    expect([2, 3, 5, 6].map(read)).toEqual(['bad_object', 'nothing thrown', 'nothing thrown', 'bad_object'])
  })

  test('of bytes takes base64url of their exact length alone', () => {
    expect(taken((object, key) => bytesField(object, key, 3))).toEqual(['text'])
    expect(bytesField({ field: 'AAEC' }, 'field', 3)).toEqual(Uint8Array.of(0, 1, 2))
  })
})

test('a list may have as many items as its limit and not one more', () => {
  expect(listOf([1, 2, 3], 3)).toEqual([1, 2, 3])
  expect(codeOf(() => listOf([1, 2, 3], 2))).toBe('too_large')
  expect(codeOf(() => listOf(undefined, 2))).toBe('bad_object')
})

describe('bytes', () => {
  test('are read back as they were written, and in no other length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = toBase64url(bytes)
        expect(bytesOf(text, bytes.length)).toEqual(bytes)
        expect(codeOf(() => bytesOf(text, bytes.length + 1))).toBe('bad_object')
        if (bytes.length > 0) expect(codeOf(() => bytesOf(text, bytes.length - 1))).toBe('bad_object')
      }),
      { seed: 1 },
    )
  })

  test.each([
    ['padding', 'AA=='],
    ['the letters of base64', '+/+/'],
    ['white space', 'AA A'],
    ['bits that no byte uses', 'AAB'],
  ])('are refused when their text has %s', (_, text) => {
    for (const length of [1, 2, 3]) expect(codeOf(() => bytesOf(text, length))).toBe('bad_object')
  })
})

test('a float, a negative zero and a number beyond all integers never reach a field: no canonical object holds them', () => {
  for (const text of ['{"n":1.5}', '{"n":-0}', '{"n":9007199254740993}', '{"n":1e400}']) {
    expect(codeOf(() => parseCanonical(utf8(text)))).toMatch(/^(?:bad_object|not_canonical)$/)
  }
})
