/**
 * Chaos: seeded rooms whose network and people do their worst, and what they come to (docs/threats.md): `./run chaos --seeds 10000`.
 * Prints the seeds that fail, a shrunk history of the first of them, and the spread of all measures. The exit code is 0 only when none failed.
 */
import { parseArgs } from 'node:util'
import { DEFECTS, firstFind } from './harness/chaos/defects.ts'
import { drawHistory, type Wishes } from './harness/chaos/history.ts'
import { runMany } from './harness/chaos/many.ts'
import { report, type Result } from './harness/chaos/report.ts'
import { type Defect, run } from './harness/chaos/run.ts'
import { shrink } from './harness/chaos/shrink.ts'

const USAGE = `usage: ./run chaos [options]

  --seeds N      how many rooms (300)
  --from K       the first seed (1)
  --loss P       percent of all frames that are lost until the network calms (0)
  --members M    members in each room (2 to 8, mostly few)
  --jobs J       processes (one for each core)
  --defect NAME  plants a defect, and stops at the first seed that finds it: ${Object.keys(DEFECTS).join(', ')}
  --problems     prints every problem of every seed that fails
`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    loss: { type: 'string', default: '0' },
    members: { type: 'string' },
    jobs: { type: 'string', default: String(navigator.hardwareConcurrency) },
    defect: { type: 'string' },
    problems: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    // For our own processes: one line of JSON for each seed.
    lines: { type: 'boolean', default: false },
    last: { type: 'string', default: '0' },
    step: { type: 'string', default: '1' },
  },
})

const wishes: Wishes = { loss: Number(values.loss), members: values.members === undefined ? null : Number(values.members) }
const from = Number(values.from)
const seeds = Number(values.seeds)

if (values.help) console.log(USAGE)
else if (values.lines) printLines(Number(values.last), Number(values.step))
else if (values.defect !== undefined) process.exitCode = findDefect(values.defect)
else process.exitCode = await runAll()

function printLines(last: number, step: number): void {
  for (let seed = from; seed <= last; seed += step) console.log(JSON.stringify({ seed, outcome: run(drawHistory(seed, wishes)) }))
}

async function runAll(): Promise<number> {
  const results = await runMany({ from, seeds, jobs: Number(values.jobs) }, wishes, ({ seed, outcome }) => {
    if (outcome.problems.length > 0 && !values.problems) console.log(`seed ${seed}: ${kinds({ seed, outcome }).join(', ')}`)
    if (values.problems) for (const { kind, text } of outcome.problems) console.log(`seed ${seed}: ${kind}: ${text}`)
  })
  const failed = results.filter(({ outcome }) => outcome.problems.length > 0)
  console.log(`\n${results.length} seeds, ${failed.length} failed`)
  for (const [kind, count] of countKinds(failed)) console.log(`  ${String(count).padStart(6)} ${kind}`)
  console.log(`\n${report(results)}`)
  const [first] = failed
  if (first !== undefined) printShrunk(first)
  return failed.length === 0 ? 0 : 1
}

/** A kind that says more than that there was no agreement, if there is one. */
function kinds({ outcome }: Result): readonly string[] {
  return [...new Set(outcome.problems.map(({ kind }) => kind))]
}

function countKinds(failed: readonly Result[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const result of failed) for (const kind of kinds(result)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

function printShrunk({ seed, outcome }: Result, defect?: () => Defect): void {
  const problem = outcome.problems.find(({ kind }) => kind !== 'no agreement') ?? outcome.problems[0]
  if (problem === undefined) return
  const short = shrink(drawHistory(seed, wishes), problem.kind, defect)
  console.log(`\nseed ${seed}, shrunk to what still fails with "${problem.kind}":\n${JSON.stringify(short)}`)
  for (const { kind, text } of run(short, defect?.()).problems) console.log(`  ${kind}: ${text}`)
}

function findDefect(name: string): number {
  const defect = DEFECTS[name]
  if (defect === undefined) {
    console.error(USAGE)
    return 1
  }
  const result = firstFind(defect, { from, seeds }, wishes)
  console.log(
    `"${name}" is ${result === null ? 'not found' : 'found'} by ${result === null ? `${seeds} seeds` : `seed ${result.seed}`}`,
  )
  if (result !== null) printShrunk(result, defect)
  return result === null ? 1 : 0
}
