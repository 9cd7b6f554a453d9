/** The platform's clock, which people and machines set back. */
import { expect, test } from 'bun:test'
import { steady } from '#lib/client/client.ts'

test('a clock that is set back goes on from where it was, and is right again about what passes', () => {
  const times = [1_000, 1_500, 500, 600, 10_000, 9_999]
  const now = steady(() => times.shift() ?? 0)
  expect([now(), now(), now(), now(), now(), now()]).toEqual([1_000, 1_500, 1_500, 1_600, 11_000, 11_000])
})
