import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { readBroadcast, writeBroadcast } from '#lib/wire/broadcast.ts'
import { encodeToRelay } from '#lib/wire/codec.ts'

/** Texts in which what JSON treats specially is frequent, wherever it stands. */
const text = fc.string({ unit: fc.constantFrom(...Array.from('a= {}:,é\u007f'), '"', '\\', '\n', '\u0000', '\ud83d', '\ude00') })
const plainText = fc.string({ unit: fc.constantFrom(...Array.from('aB7+/= {}:,é\u007f\u2028')) })
const fields = fc.record({ payload: text, meta: text, sig: text })
const plainFields = fc.record({ payload: plainText, meta: plainText, sig: plainText })

test('a broadcast as our clients write it is read without a parser', () => {
  fc.assert(
    fc.property(plainFields, (sealed) => {
      expect(readBroadcast(encodeToRelay({ type: 'broadcast', ...sealed }))).toEqual(sealed)
    }),
  )
})

test('what is read without a parser is what the parser reads', () => {
  const broken = fc.tuple(plainFields, fc.nat(), fc.nat({ max: 12 }), text)
  let read = 0
  fc.assert(
    fc.property(broken, ([sealed, at, cut, put]) => {
      const whole = encodeToRelay({ type: 'broadcast', ...sealed })
      const from = at % whole.length
      const changed = whole.slice(0, from) + put + whole.slice(from + cut)
      const found = readBroadcast(changed)
      if (found === null) return
      read++
      expect(JSON.parse(changed)).toEqual({ type: 'broadcast', ...found })
    }),
    { numRuns: 20_000 },
  )
  expect(read).toBeGreaterThan(500)
})

test.each([
  ['a text with an escape', '{"type":"broadcast","payload":"\\u0041","meta":"","sig":"s"}'],
  ['a text with an escaped quote', '{"type":"broadcast","payload":"\\"","meta":"","sig":"s"}'],
  ['a text with a control character', '{"type":"broadcast","payload":"\t","meta":"","sig":"s"}'],
  ['a text with half a character', '{"type":"broadcast","payload":"\ud800","meta":"","sig":"s"}'],
  ['another order', '{"type":"broadcast","meta":"","payload":"","sig":"s"}'],
  ['white space', '{"type":"broadcast", "payload":"","meta":"","sig":"s"}'],
  ['a field more', '{"type":"broadcast","payload":"","meta":"","sig":"s","sig":"t"}'],
  ['a field less', '{"type":"broadcast","payload":"","meta":""}'],
  ['bytes after the end', '{"type":"broadcast","payload":"","meta":"","sig":"s"}}'],
  ['no end', '{"type":"broadcast","payload":"","meta":"","sig":"s"'],
  ['nothing', ''],
])('%s is left to the parser', (_, changed) => {
  expect(readBroadcast(changed)).toBeNull()
})

test('what is written is what JSON writes, and nothing when JSON has to escape', () => {
  fc.assert(
    fc.property(fc.oneof(plainText, text), fc.oneof(plainFields, fields), (from, sealed) => {
      const written = writeBroadcast(from, sealed)
      const json = JSON.stringify({ type: 'broadcast', from, ...sealed })
      const parts = [from, sealed.payload, sealed.meta, sealed.sig]
      const asItStands = parts.every((part) => JSON.stringify(part) === `"${part}"` && !/[\ud800-\udfff]/.test(part))
      expect(written).toBe(asItStands ? json : null)
    }),
    { numRuns: 2_000 },
  )
})
