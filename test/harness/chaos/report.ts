/** What many runs came to: how each measure is spread over the seeds, and how many seeds each kind of fault struck. Called by test/chaos.ts. */
import { FAULTS, type FaultKind } from './history.ts'
import type { Outcome } from './run.ts'

export interface Result {
  readonly seed: number
  readonly outcome: Outcome
}

/** Percent of all seeds in which a kind of fault struck. */
export function reach(results: readonly Result[], kind: FaultKind): number {
  return (100 * results.filter(({ outcome }) => (outcome.faults[kind] ?? 0) > 0).length) / Math.max(1, results.length)
}

/** Tables of all measures, as text. */
export function report(results: readonly Result[]): string {
  const measures: readonly (readonly [string, (outcome: Outcome) => number])[] = [
    ['members who stayed', ({ stayed }) => stayed],
    ['entries', ({ entries }) => entries],
    ['steps', ({ steps }) => steps],
    ['repairs by the author', ({ repairs }) => repairs.author],
    ['repairs by a third', ({ repairs }) => repairs.third],
    ['gaps told', ({ gaps }) => gaps.told],
    ['gaps that stay', ({ gaps }) => gaps.left],
    ['resets', ({ resets }) => resets],
    ['alarms', ({ alarms }) => alarms],
    ['s to agreement', ({ agreement }) => (agreement ?? Number.NaN) / 1_000],
    ['beats to agreement', ({ agreement }) => (agreement ?? Number.NaN) / BEAT_MS],
  ]
  const faults = FAULTS.map((kind) => [`fault: ${kind}`, ({ faults }: Outcome) => faults[kind] ?? 0] as const)
  const head = row('', ['in seeds', 'median', '90 %', 'most', 'all'])
  return [
    head,
    ...[...measures, ...faults].map(([name, of]) =>
      spread(
        name,
        results.map(({ outcome }) => of(outcome)),
      ),
    ),
  ].join('\n')
}

/** A beat comes every 60 s. */
const BEAT_MS = 60_000

function spread(name: string, all: readonly number[]): string {
  const known = all.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)
  const at = (part: number) => known[Math.min(known.length - 1, Math.floor(known.length * part))] ?? 0
  const share = (100 * known.filter((value) => value > 0).length) / Math.max(1, all.length)
  const sum = known.reduce((total, value) => total + value, 0)
  return row(name, [
    `${share.toFixed(1)} %`,
    ...[at(0.5), at(0.9), at(1), sum].map((value) => String(Math.round(value * 10) / 10)),
  ])
}

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(24) + cells.map((cell) => cell.padStart(10)).join('')
}
