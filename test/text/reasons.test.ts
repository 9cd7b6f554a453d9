/** Reasons in words: one for each code, and nothing of what others wrote in any. */
import { describe, expect, test } from 'bun:test'
import { NAME_REASONS, nameReason, RELAY_REASONS, versionMismatch, WIRE_REASONS } from '#lib/text/reasons.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { ERROR_REASONS } from '#lib/wire/errors.ts'
import { PROTOCOL_VERSION } from '#lib/wire/limits.ts'

const tables = { relay: RELAY_REASONS, wire: WIRE_REASONS, name: NAME_REASONS }

describe.each(Object.entries(tables))('the reasons of the %s', (_of, table) => {
  test('are different sentences without a code, a full stop or anything that has to be made harmless', () => {
    const sentences = Object.values(table)
    expect(new Set(sentences).size).toBe(sentences.length)
    for (const sentence of sentences) {
      expect(sentence).toMatch(/^[a-z][^_]*[a-z0-9]$/i)
      expect(harmless(sentence)).toBe(sentence)
    }
  })
})

test('every reason of the relay contract has words', () => {
  expect(Object.keys(RELAY_REASONS).toSorted()).toEqual(ERROR_REASONS.toSorted())
})

test('a name that is too long is told both limits', () => {
  expect(nameReason('a'.repeat(33))).toBe('a name has 32 characters at most, and 128 bytes')
  expect(nameReason('a'.repeat(32))).toBeNull()
})

test('a version mismatch names both versions and who is too old', () => {
  expect(versionMismatch(PROTOCOL_VERSION + 1)).toBe('this client speaks protocol 0x01, the relay 0x02: this client is too old')
  expect(versionMismatch(0)).toBe('this client speaks protocol 0x01, the relay 0x00: the relay is too old')
  expect(versionMismatch(PROTOCOL_VERSION)).toBe('the relay refused protocol 0x01, and says that it speaks it')
  expect(versionMismatch(null)).toContain('0x01')
})
