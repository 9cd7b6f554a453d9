/**
 * Makes a history that fails short: drops actions as long as it still fails in the same way (delta debugging: halves, quarters, … single
 * ones), then says less and calms sooner. Called by test/chaos.ts.
 */
import type { Action, History } from './history.ts'
import type { ProblemKind } from './problems.ts'
import { type Defect, run } from './run.ts'

/** Runs at most: a history that does not agree takes long. */
const MOST_RUNS = 300

/** A part of the history that still fails, and how. */
export function shrink(history: History, kind: ProblemKind, defect?: () => Defect): History {
  let runs = 0
  const fails = (actions: readonly Action[], until: number) => {
    if (runs++ >= MOST_RUNS) return false
    return run({ ...history, actions, until }, defect?.()).problems.some((problem) => problem.kind === kind)
  }
  let { actions, until } = history
  for (let size = Math.ceil(actions.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < actions.length;) {
      const fewer = actions.toSpliced(at, size)
      if (fails(fewer, until)) actions = fewer
      else at += size
    }
  }
  for (const [at, action] of actions.entries()) {
    if (action.do !== 'say' || action.times === 1) continue
    const less = actions.with(at, { ...action, times: 1 })
    if (fails(less, until)) actions = less
  }
  const sooner = (actions.at(-1)?.at ?? 0) + 1
  if (sooner < until && fails(actions, sooner)) until = sooner
  return { ...history, actions, until }
}
