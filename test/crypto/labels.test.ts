/** Tests of lib/crypto/labels.ts: bytes made under one label never serve as bytes made under another. */
import { expect, test } from 'bun:test'
import { LABELS } from '#lib/crypto/labels.ts'
import { fromUtf8 } from '#lib/wire/bytes.ts'

const texts = Object.values(LABELS).map(fromUtf8)

test('no two labels are alike', () => {
  expect(new Set(texts).size).toBe(texts.length)
})

test('no label begins another', () => {
  for (const one of texts) expect(texts.filter((other) => other.startsWith(one))).toEqual([one])
})

test('every label is "tacet/1", a use in plain words, and one zero at its end', () => {
  for (const text of texts) expect(text).toMatch(/^tacet\/1 [a-z]+(?: [a-z]+)*\0$/)
})
