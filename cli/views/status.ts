/** The line that is always in sight: the connection first, then whatever is the matter, then the room. What does not fit is left out from the end. Called by screen.ts. */
import { columnsOf, cut, filled } from './columns.ts'
import { type Role, type Theme } from './theme.ts'

/** A part of the line, harmless already. */
export interface StatusPart {
  readonly as: Role
  readonly text: string
}

const BETWEEN = ' · '

export function statusRow(parts: readonly StatusPart[], columns: number, theme: Theme): string {
  let drawn = ' '
  let width = 1
  for (const [i, { as, text }] of parts.entries()) {
    const before = i === 0 ? '' : BETWEEN
    const room = columns - width - before.length
    if (room < (i === 0 ? 1 : Math.min(columnsOf(text), 8))) break
    const shown = cut(text, room)
    const [on, off] = theme.roles[as]
    drawn += before + on + shown + off
    width += before.length + columnsOf(shown)
    if (shown !== text) break
  }
  const [on, off] = theme.roles.status
  return `${on}${drawn}${filled('', columns - width)}${off}`
}
