/** The line that is always in sight: the connection first, then whatever is the matter, then the room. What does not fit is left out from the end. Called by screen.ts. */
import { cut } from './columns.ts'
import { columnsOf } from './measure.ts'
import { drawn, type Span } from './spans.ts'
import { type Role, type Theme } from './theme.ts'

/** A part of the line, harmless already. */
export interface StatusPart {
  readonly as: Role
  readonly text: string
}

const BETWEEN = ' · '

export function statusRow(parts: readonly StatusPart[], columns: number, { roles }: Theme): string {
  const { status } = roles
  const row: Span[] = [{ text: ' ', styles: [status] }]
  let width = 1
  for (const [i, { as, text }] of parts.entries()) {
    const before = i === 0 ? '' : BETWEEN
    const room = columns - width - before.length
    if (room < (i === 0 ? 1 : Math.min(columnsOf(text), 8))) break
    const shown = cut(text, room)
    row.push({ text: before, styles: [status] }, { text: shown, styles: [status, roles[as]] })
    width += before.length + columnsOf(shown)
    if (shown !== text) break
  }
  // The bar's own look begins anew with each part: one that ends would take it along.
  return drawn([...row, { text: ' '.repeat(Math.max(0, columns - width)), styles: [status] }])
}
