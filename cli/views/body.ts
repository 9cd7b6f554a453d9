/**
 * The rows of what somebody said: the writer's marks with their looks (lib/text/markup), my name where it is said, texts from right to left
 * contained in each row. Marks stay in sight, faintly: what is seen and copied is what was said. Called by message.ts.
 */
import { isolated } from '#lib/text/bidi.ts'
import { marked, type MarkedLine, type MarkedSpan } from '#lib/text/markup.ts'
import { mentionsOf, type Place } from '#lib/text/mentions.ts'
import { drawn, type Row, type Span, wrapped } from './spans.ts'
import type { Style, Theme } from './theme.ts'

export interface BodyProps {
  /** Harmless. */
  readonly text: string
  /** Of ours, before the text; may be empty. */
  readonly before: string
  /** Its marks mean something: it is a text, not what we say in its place. */
  readonly isMarked: boolean
  /** The name that stands out; null: none. */
  readonly named: string | null
}

/** Characters of a text whose marks are drawn: more would take longer than a screen may, and nobody marks up as much by hand. */
const MOST_MARKED = 8_192

/** The first row has room for `first` columns, the others for `rest`. */
export function bodyRows(props: BodyProps, first: number, rest: number, theme: Theme): readonly string[] {
  return linesOf(props, theme).flatMap((line, i) => wrapped(line, i === 0 ? first : rest, rest).map(drawn))
}

function linesOf({ text, before, isMarked, named }: BodyProps, { roles }: Theme): readonly Row[] {
  const faint = [roles.faint]
  const plain = isMarked ? [] : faint
  const lines =
    isMarked && text.length <= MOST_MARKED
      ? marked(text).map((line) => contained(withMentions(rowOf(line, roles), named, roles.mention)))
      : text.split('\n').map((line) => contained([{ text: line, styles: plain }]))
  const [first = [], ...others] = lines
  return [before === '' ? first : [{ text: before, styles: faint }, ...first], ...others]
}

function rowOf({ in: place, spans }: MarkedLine, roles: Theme['roles']): Row {
  return spans.map((span) => ({ text: span.text, styles: stylesOf(span, place, roles) }))
}

function stylesOf(
  { bold, italic, code, link, mark }: MarkedSpan,
  place: MarkedLine['in'],
  roles: Theme['roles'],
): readonly Style[] {
  const around = place === 'quote' ? [roles.quote] : []
  if (mark) return [...around, roles.faint]
  return [
    ...around,
    ...(bold ? [roles.bold] : []),
    ...(italic ? [roles.italic] : []),
    ...(code ? [roles.code] : []),
    ...(link ? [roles.link] : []),
  ]
}

function withMentions(row: Row, name: string | null, style: Style): Row {
  const places = name === null ? [] : mentionsOf(textOf(row), name)
  return places.length === 0 ? row : [...apart(row, places, style)]
}

/** The row cut where a place begins or ends, in one walk along both. */
function* apart(row: Row, places: readonly Place[], style: Style): Generator<Span> {
  let begin = 0
  let next = 0
  for (const { text, styles } of row) {
    const end = begin + text.length
    for (let from = begin; from < end;) {
      while ((places[next]?.to ?? Infinity) <= from) next += 1
      const { from: start, to: stop } = places[next] ?? { from: end, to: end }
      const isIn = start <= from
      const to = Math.min(end, isIn ? stop : start)
      yield { text: text.slice(from - begin, to - begin), styles: isIn ? [...styles, style] : styles }
      from = to
    }
    begin = end
  }
}

/** The row between marks of isolation, when some of it runs from right to left. */
function contained(row: Row): Row {
  const text = textOf(row)
  const whole = isolated(text)
  if (whole === text) return row
  return [{ text: whole.slice(0, 1), styles: [] }, ...row, { text: whole.slice(-1), styles: [] }]
}

function textOf(row: Row): string {
  return row.map(({ text }) => text).join('')
}
