/** The pane of who is here: how each is there, its name, the tag of its key, and whether it was verified. Called by screen.ts. */
import { cut, filled, toColumn } from './columns.ts'
import { paint, paintKey, type Theme } from './theme.ts'

/** A member's seat. Texts are harmless already. */
export interface MemberProps {
  readonly name: string
  readonly tag: string
  readonly member: string
  readonly mine: boolean
  readonly verified: boolean
  readonly confirmed: boolean
  readonly founder: boolean
  /** How it is there, in words; null when it simply is. */
  readonly state: string | null
}

/** Columns that the pane takes, the rule at its left included. */
export const MEMBERS_COLUMNS = 28

/** `left` is the column that the pane begins at. */
export function memberRows(members: readonly MemberProps[], height: number, left: number, theme: Theme): readonly string[] {
  const inner = MEMBERS_COLUMNS - 2
  const rows = members.flatMap((member) => rowsOf(member, inner, left + 2, theme))
  const title = paint(theme, 'heading', filled(`${members.length} here`, inner))
  const more =
    rows.length > height - 1 ? [...rows.slice(0, height - 2), paint(theme, 'faint', filled('… /who lists all', inner))] : rows
  const all = [title, ...more].slice(0, height)
  const filler = Array.from({ length: Math.max(0, height - all.length) }, () => ' '.repeat(inner))
  return [...all, ...filler].map((row) => `${paint(theme, 'rule', '│')} ${row}`)
}

function rowsOf(
  { name, tag, member, mine, verified, confirmed, founder, state }: MemberProps,
  columns: number,
  left: number,
  theme: Theme,
): string[] {
  const mark = paintKey(theme, member, state === null ? '●' : '○')
  const flag = verified && !mine ? paint(theme, 'good', '✓') : ' '
  const named = filled(name, columns - tag.length - 5)
  const first = `${mark} ${mine ? paint(theme, 'mine', named) : named} ${toColumn(left + columns - tag.length - 2)}${paint(theme, 'faint', tag)} ${flag}`
  const words = [mine ? 'you' : '', founder ? 'founder' : '', confirmed ? '' : 'not confirmed', state ?? ''].filter(Boolean)
  if (words.length === 0) return [first]
  return [
    first,
    `  ${paint(theme, confirmed && state === null ? 'faint' : 'waiting', filled(cut(words.join(', '), columns - 2), columns - 2))}`,
  ]
}
