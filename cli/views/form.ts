/** A screen with fields and ways on, as a newcomer sees first. Called by screen.ts; the state of a field is updating/field.ts. */
import { CURSOR_MARKER } from '@earendil-works/pi-tui'
import { cut, filled } from './columns.ts'
import { columnsOf } from './measure.ts'
import { wrappedText } from './spans.ts'
import { paint, type Theme } from './theme.ts'

/** A field, or a way on. */
export type FormLine =
  | {
      readonly is: 'field'
      readonly label: string
      readonly text: string
      /** Characters before the cursor; null when it is elsewhere. */
      readonly cursor: number | null
      /** A secret: only how much of it there is is shown. */
      readonly hidden: boolean
      /** What is shown while nothing is typed. */
      readonly hint: string
    }
  | { readonly is: 'way'; readonly label: string; readonly does: string; readonly chosen: boolean }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'gap' }

export interface FormProps {
  readonly title: string
  readonly about: string
  readonly lines: readonly FormLine[]
  readonly wrong: string | null
  readonly keys: string
}

const LABEL = 12
/** Lines of a form are no wider than this: the eye has to find the next one. */
const WIDEST = 76

export function formRows(props: FormProps, columns: number, rows: number, theme: Theme): readonly string[] {
  const width = Math.min(columns - 2, WIDEST)
  const text = (words: string) => wrappedText(words, width)
  const top = [
    paint(theme, 'heading', cut(props.title, width)),
    ...text(props.about).map((row) => paint(theme, 'faint', row)),
    '',
  ]
  const body = props.lines.flatMap((line) => lineRows(line, width, theme))
  const wrong = props.wrong === null ? [] : ['', ...text(props.wrong).map((row) => paint(theme, 'bad', row))]
  const keys = ['', ...text(props.keys).map((row) => paint(theme, 'faint', row))]
  const all = [...top, ...body, ...wrong, ...keys]
  // On a small screen the reason and the fields matter more than what they are for.
  const kept = all.length <= rows ? all : [...body, ...wrong, ...keys].slice(0, rows)
  const above = Math.max(0, Math.min(4, Math.floor((rows - kept.length) / 3)))
  return [...Array.from({ length: above }, () => ''), ...kept].map((row) => (row === '' ? '' : ` ${row}`))
}

export function lineRows(line: FormLine, width: number, theme: Theme): readonly string[] {
  switch (line.is) {
    case 'gap':
      return ['']
    case 'text':
      return wrappedText(line.text, width).map((row) => paint(theme, 'faint', row))
    case 'way':
      return [wayRow(line, width, theme)]
    case 'field':
      return [fieldRow(line, width, theme)]
  }
}

function wayRow({ label, does, chosen }: FormLine & { readonly is: 'way' }, width: number, theme: Theme): string {
  const word = filled(label, LABEL + 4)
  return `${chosen ? `› ${paint(theme, 'chosen', word)}` : `  ${word}`} ${paint(theme, 'faint', cut(does, Math.max(0, width - LABEL - 7)))}`
}

function fieldRow(line: FormLine & { readonly is: 'field' }, width: number, theme: Theme): string {
  const label = filled(line.label, LABEL)
  const mark = line.cursor === null ? '  ' : '› '
  const room = Math.max(4, width - LABEL - 4)
  const shown = line.text === '' ? hintText(line, room, theme) : fieldText(line, room, theme)
  return `${mark}${line.cursor === null ? label : paint(theme, 'heading', label)} ${shown}`
}

function hintText({ hint, cursor }: FormLine & { readonly is: 'field' }, room: number, theme: Theme): string {
  const faint = paint(theme, 'faint', cut(hint, room - 2))
  return cursor === null ? faint : `${CURSOR_MARKER}${paint(theme, 'cursor', ' ')} ${faint}`
}

/** The part of the text around the cursor that fits, with the cursor as a cell of its own look. */
function fieldText({ text, cursor, hidden }: FormLine & { readonly is: 'field' }, room: number, theme: Theme): string {
  const seen = (part: string) => (hidden ? '•'.repeat(graphemesOf(part).length) : part)
  if (cursor === null) return cut(seen(text), room)
  const before = endOf(seen(text.slice(0, cursor)), room - 2)
  const [at = ' ', ...rest] = graphemesOf(seen(text.slice(cursor)))
  const after = cut(rest.join(''), Math.max(0, room - columnsOf(before) - columnsOf(at)))
  return `${before}${CURSOR_MARKER}${paint(theme, 'cursor', at)}${after}`
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

function graphemesOf(text: string): readonly string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}

/** The end of a text that fits. */
function endOf(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let kept = ''
  for (const one of graphemesOf(text).toReversed()) {
    if (columnsOf(one + kept) > columns - 1) break
    kept = one + kept
  }
  return `…${kept}`
}
