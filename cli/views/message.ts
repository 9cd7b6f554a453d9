/**
 * Rows of the log: what somebody said, what we tell, and rules between them. The first columns of a row, the gutter, are ours alone: what we
 * tell has its mark there in every row, and what somebody said never has it, so that nobody can put words into our mouth. Called by window.ts.
 */
import { reopened } from '#lib/text/bidi.ts'
import { bodyRows } from './body.ts'
import { cut, flushed, toColumn } from './columns.ts'
import { columnsOf } from './measure.ts'
import { wrappedText } from './spans.ts'
import { paint, paintKey, type Role, type Theme } from './theme.ts'

/** What is drawn of an entry. All texts are harmless already. */
export interface SaidProps {
  /** By its author's clock. */
  readonly time: string
  readonly name: string
  /** The tag of its key, where the name alone may mislead. */
  readonly tag: string | null
  readonly member: string
  readonly mine: boolean
  /** How far it has come, in two columns at most. */
  readonly mark: string
  readonly text: string
  /** The author's date, where it is another day's than that on which it came. */
  readonly date: string | null
  /** The name that stands out in the text; null: none. */
  readonly named: string | null
  /** An action begins with its author's name; of some kinds nothing is drawn. */
  readonly manner: 'text' | 'notice' | 'action' | 'unsupported'
}

export interface ToldProps {
  readonly time: string
  readonly as: 'ours' | 'alarm'
  readonly text: string
}

/** From so many columns on, names stand in a column of their own. */
const WIDE = 64
const NAME_COLUMNS = { wide: 14, narrow: 10 } as const
const GUTTER = 3
const MARKS = { ours: '*', alarm: '!' } as const
const BARS = { text: '▌', notice: '╎', action: '┊', unsupported: '▌' } as const

export function saidRows(props: SaidProps, columns: number, theme: Theme): readonly string[] {
  const wide = columns >= WIDE
  const label = nameLabel(props, wide ? NAME_COLUMNS.wide : NAME_COLUMNS.narrow)
  const name = wide ? flushed(label, NAME_COLUMNS.wide) : label
  const indent = GUTTER + (wide ? 6 + NAME_COLUMNS.wide : 1)
  const head = wide ? indent : GUTTER + 6 + columnsOf(name)
  const bar = paintKey(theme, props.member, BARS[props.manner])
  const first = `${paint(theme, 'faint', flushed(props.mark, 2))} ${paint(theme, 'faint', props.time)} ${nameText(props, name, theme)}`
  const { text, date, named, manner } = props
  const before = `${date === null ? '' : `[${date}] `}${manner === 'action' ? `${props.name} ` : ''}`
  const body = { text, before, isMarked: manner !== 'unsupported', named }
  const rows = bodyRows(body, Math.max(1, columns - head - 3), Math.max(1, columns - indent - 3), theme)
  const beside = wide ? `${first}${toColumn(indent)}` : first
  return rows.map((row, i) => `${i === 0 ? beside : ' '.repeat(indent)} ${bar} ${row}`)
}

/** The name, or as much of it as leaves room for the tag that tells it from others. */
function nameLabel({ name, tag }: SaidProps, columns: number): string {
  if (tag === null && columnsOf(name) <= columns) return name
  const shown = tag ?? ''
  return tag === null ? cut(name, columns) : `${cut(name, Math.max(3, columns - shown.length - 1))} ${shown}`
}

function nameText({ member, mine }: SaidProps, name: string, theme: Theme): string {
  return mine ? paint(theme, 'mine', name) : paintKey(theme, member, name)
}

export function toldRows({ time, as, text }: ToldProps, columns: number, theme: Theme): readonly string[] {
  const indent = GUTTER + 6
  const rows = reopened(text.split('\n')).flatMap((line) => wrappedText(line, Math.max(1, columns - indent)))
  return rows.map((row, i) => paint(theme, as, `${flushed(MARKS[as], 2)} ${i === 0 ? time : '     '} ${row}`))
}

/** A line across with a word in it: another day, what is new. */
export function ruleRow(word: string, columns: number, theme: Theme, as: Role = 'rule'): string {
  const label = cut(`── ${word} `, columns)
  return paint(theme, as, label + '─'.repeat(Math.max(0, columns - columnsOf(label))))
}
