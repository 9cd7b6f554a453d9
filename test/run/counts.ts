/** Reads what `bun test` says at its end. Called by test/run.ts. */

/** How many checks held, did not hold, and were left out. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/**
 * The counts in `output`, the standard error of a `bun test` that exited with `code`. The last summary is the real one: an earlier one may be printed by a
 * test that itself runs tests. A run that died before its summary, or that exited with an error yet names no failure, counts as one failure.
 */
export function readCounts(output: string, code: number): Counts {
  const summary = Bun.stripANSI(output).match(/\n\n((?: \d+ .+\n)+)Ran \d+ tests? across [^\n]+\n?$/)
  if (summary === null) return { passed: 0, failed: 1, skipped: 0 }
  const count = (word: string) => Number(summary[1]?.match(new RegExp(`^ (\\d+) ${word}s?$`, 'm'))?.[1] ?? 0)
  // An error between tests is already counted among the failures; the larger of the two holds, should that ever change.
  const failed = Math.max(count('fail'), count('error'), code === 0 ? 0 : 1)
  return { passed: count('pass'), failed, skipped: count('skip') + count('todo') }
}
