/** Seeded rooms whose network and people do their worst (test/harness/chaos): in the end all who stay hold the same, and nothing is lost in silence. */
import { describe, expect, test } from 'bun:test'
import { DEFECTS, firstFind } from '../harness/chaos/defects.ts'
import { drawHistory, FAULTS, NO_WISHES, type Wishes } from '../harness/chaos/history.ts'
import { runMany } from '../harness/chaos/many.ts'
import { reach } from '../harness/chaos/report.ts'
import { run } from '../harness/chaos/run.ts'

const SEEDS = 300
const PATIENCE = 240_000

/** Few enough members that a run is cheap, and enough that there is a third. */
const SMALL: Wishes = { loss: 0, members: 3 }

/** One for each core of the smallest machine that is meant to run this. */
const JOBS = 2

describe(`chaos in ${SEEDS} rooms`, () => {
  const all = runMany({ from: 1, seeds: SEEDS, jobs: JOBS }, NO_WISHES)

  test(
    'leaves all who stay with the same entries, each once and in order, and every gap named',
    async () => {
      const failed = (await all).filter(({ outcome }) => outcome.problems.length > 0)
      // `bun test/chaos.ts --from SEED --seeds 1` shrinks one.
      expect(failed.map(({ seed, outcome }) => ({ seed, problems: outcome.problems.slice(0, 3) }))).toEqual([])
    },
    PATIENCE,
  )

  test(
    'has every kind of fault in at least one room of twenty',
    async () => {
      const results = await all
      const rare = FAULTS.map((kind) => ({ kind, percent: reach(results, kind) })).filter(({ percent }) => percent < 5)
      expect(rare).toEqual([])
    },
    PATIENCE,
  )

  test(
    'has members that stay, entries that are repaired by their author and by others, and keys that are handed over anew',
    async () => {
      const outcomes = (await all).map(({ outcome }) => outcome)
      const count = (isSo: (outcome: (typeof outcomes)[number]) => boolean) => outcomes.filter(isSo).length
      expect(count(({ stayed }) => stayed > 1)).toBeGreaterThan(SEEDS / 2)
      expect(count(({ repairs }) => repairs.author > 0)).toBeGreaterThan(SEEDS / 20)
      expect(count(({ repairs }) => repairs.third > 0)).toBeGreaterThan(SEEDS / 20)
      expect(count(({ resets }) => resets > 0)).toBeGreaterThan(SEEDS / 20)
    },
    PATIENCE,
  )

  test('is the same each time that it has the same seed', () => {
    expect(run(drawHistory(7))).toEqual(run(drawHistory(7)))
  })
})

/** Seeds that once failed. What they showed is told by name in losing.test.ts. */
const ONCE_FAILED = [280, 319, 686, 1534, 1933, 1966, 2681, 3488, 5736, 6092, 6706, 8072, 9232]
const ONCE_FAILED_LOSING = [6845, 6863, 6891, 7024, 7095, 7724, 20056, 20099, 20113, 20127, 20307, 20310, 20433, 20462]

describe('chaos finds nothing any more', () => {
  const problems = (seed: number, wishes: Wishes) => run(drawHistory(seed, wishes)).problems

  test.each(ONCE_FAILED)(
    'in the room of seed %i',
    (seed) => {
      expect(problems(seed, NO_WISHES)).toEqual([])
    },
    60_000,
  )

  test.each(ONCE_FAILED_LOSING)(
    'in the room of seed %i, whose network loses one frame of twenty',
    (seed) => {
      expect(problems(seed, { loss: 5, members: null })).toEqual([])
    },
    60_000,
  )
})

describe('chaos finds', () => {
  for (const [name, plant] of Object.entries(DEFECTS)) {
    test(
      `a planted defect: ${name}`,
      () => {
        expect(firstFind(plant, { from: 1, seeds: SEEDS }, SMALL)).not.toBeNull()
      },
      PATIENCE,
    )
  }
})
