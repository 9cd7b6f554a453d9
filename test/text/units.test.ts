/** Sizes, counts and times as people read them. */
import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { bytes, calendarDay, clockTime, count, duration } from '#lib/text/units.ts'

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1_023, '1,023 bytes'],
  [1_024, '1 KiB'],
  [1_536, '1.5 KiB'],
  [10_239, '9.9 KiB'],
  [10_240, '10 KiB'],
  [1_048_575, '1,023 KiB'],
  [1_048_576, '1 MiB'],
  [20 * 1_048_576, '20 MiB'],
  [3.5 * 1_073_741_824, '3.5 GiB'],
  [2_000 * 1_024 ** 4, '2,000 TiB'],
])('%d bytes are %s', (size, shown) => {
  expect(bytes(size)).toBe(shown)
})

test.each([
  [0, '0 messages'],
  [1, '1 message'],
  [2, '2 messages'],
  [999, '999 messages'],
  [1_000, '1,000 messages'],
  [1_234_567, '1,234,567 messages'],
])('%d messages are %s', (number, shown) => {
  expect(count(number, 'message')).toBe(shown)
})

test('a noun may have a plural of its own', () => {
  expect([count(1, 'entry', 'entries'), count(2, 'entry', 'entries')]).toEqual(['1 entry', '2 entries'])
})

test.each([
  [0, 'less than 1 s'],
  [999, 'less than 1 s'],
  [1_000, '1 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [185_000, '3 min 5 s'],
  [3_599_999, '59 min 59 s'],
  [2 * 3_600_000, '2 h'],
  [2 * 3_600_000 + 59_000, '2 h'],
  [28 * 3_600_000, '1 d 4 h'],
  [1_200 * 86_400_000, '1,200 d'],
])('%d ms are %s', (ms, shown) => {
  expect(duration(ms)).toBe(shown)
})

test.each([
  [0, 0, '00:00'],
  [Date.UTC(2026, 10, 20, 21, 5, 59, 999), 0, '21:05'],
  [Date.UTC(2026, 10, 20, 23, 30), 60, '00:30'],
  [Date.UTC(2026, 10, 20, 0, 30), -300, '19:30'],
  [Date.UTC(2026, 10, 20, 12, 0), 345, '17:45'],
  [60_000, -2, '23:59'],
  [-1, 0, '--:--'],
  [Number.NaN, 0, '--:--'],
  [1e300, 0, '--:--'],
])('%d at %d minutes from UTC is %s', (time, offset, shown) => {
  expect(clockTime(time, offset)).toBe(shown)
})

test.each([
  [0, 0, '1970-01-01'],
  [0, -1, '1969-12-31'],
  [Date.UTC(2024, 1, 29, 23, 30), 60, '2024-03-01'],
  [253_402_300_799_999, 0, '9999-12-31'],
  [253_402_300_800_000, 0, '----------'],
  [-1, 0, '----------'],
  [Number.NaN, 0, '----------'],
])('%d at %d minutes from UTC is of the day %s', (time, offset, shown) => {
  expect(calendarDay(time, offset)).toBe(shown)
})

test('clock and calendar agree with those of the platform', () => {
  const time = fc.integer({ min: 0, max: 1e13 })
  const offset = fc.integer({ min: -14 * 60, max: 14 * 60 })
  fc.assert(
    fc.property(time, offset, (at, ahead) => {
      const local = new Date(at + ahead * 60_000).toISOString()
      expect(clockTime(at, ahead)).toBe(local.slice(-13, -8))
      expect(calendarDay(at, ahead)).toBe(local.slice(0, 10))
    }),
    { seed: 1 },
  )
})
