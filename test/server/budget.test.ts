/** Tests of server/budget.ts: the token bucket. */
import { expect, test } from 'bun:test'
import { createBudget } from '../../server/budget.ts'

const rate = { perSecond: 10, burst: 20 }

test('a fresh budget holds its burst and no more', () => {
  const budget = createBudget(rate, 0)
  for (let i = 0; i < 20; i++) expect(budget.spend(1, 0)).toBe(true)
  expect(budget.spend(1, 0)).toBe(false)
})

test('a budget refills with time, up to its burst', () => {
  const budget = createBudget(rate, 5_000)
  expect(budget.spend(20, 5_000)).toBe(true)
  expect(budget.spend(1, 5_099)).toBe(false)
  expect(budget.spend(1, 5_100)).toBe(true)
  expect(budget.spend(20, 3_600_000)).toBe(true)
  expect(budget.spend(1, 3_600_000)).toBe(false)
})

test('a steady sender at the rate is never refused', () => {
  const budget = createBudget(rate, 0)
  for (let now = 0; now < 60_000; now += 100) expect(budget.spend(1, now)).toBe(true)
})

test('a refusal takes nothing', () => {
  const budget = createBudget(rate, 0)
  expect(budget.spend(21, 0)).toBe(false)
  expect(budget.spend(20, 0)).toBe(true)
})
