/**
 * What a part of the bench found, and how it is said: as a Markdown table, which docs/performance.md holds, or as JSON.
 * Called by every part and by main.ts.
 */
import type { Spread } from './stats.ts'

/** A figure that was taken several times, or a number that is what it is. */
export type Figure = Spread | number

/** One case of a part, as `20 members`, and its figures by name, unit included. */
export interface Row {
  readonly what: string
  readonly figures: Readonly<Record<string, Figure>>
}

export interface Part {
  readonly name: string
  /** What was measured, in a sentence. */
  readonly about: string
  readonly rows: readonly Row[]
}

/** A table of a part: a row for each case, a column for each figure. */
export function toMarkdown({ name, about, rows }: Part): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  const cells = rows.map(({ what, figures }) => [what, ...columns.map((column) => figureText(figures[column]))])
  const table = [[name, ...columns], ['---', ...columns.map(() => '---:')], ...cells]
  return `${about}\n\n${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`
}

/** A median with its quartiles, to three digits. */
function figureText(figure: Figure | undefined): string {
  if (figure === undefined) return ''
  if (typeof figure === 'number') return digits(figure)
  return `${digits(figure.median)} (${digits(figure.low)}–${digits(figure.high)})`
}

/** Three digits that count, thousands apart. */
function digits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 })
}
