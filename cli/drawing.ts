/**
 * Lines for a screen or a pipe (docs/scripting.md, Line mode): marks in front, line breaks and wraps shown as such, colour where it
 * is wanted. Every line of ours begins with a mark that no message line can have, so that nobody can put words into our mouth.
 */
import { reopened } from '#lib/text/bidi.ts'
import type { Told } from '#lib/text/told.ts'
import { wrappedText } from './views/spans.ts'

export interface Look {
  /** Columns of the terminal; null where nobody wraps. */
  readonly columns: number | null
  readonly colour: boolean
}

const MARKS = { ours: '* ', alarm: '! ', said: '' } as const
/** Before everything that goes on from the line above. */
const GOES_ON = '  | '

const DIM = ['\x1b[2m', '\x1b[22m'] as const
const BOLD = ['\x1b[1m', '\x1b[22m'] as const
const STYLES = { ours: DIM, alarm: BOLD, said: null } as const

/** Narrower than this, wrapping makes nothing clearer. */
const LEAST_COLUMNS = 12

/** The lines to print, without their ends. */
export function draw({ as, text }: Told, { columns, colour }: Look): readonly string[] {
  const paragraphs = text.split('\n')
  if (as === 'block') return paragraphs
  const mark = (row: number) => (row === 0 ? MARKS[as] : GOES_ON)
  const whole = reopened(paragraphs)
  const wrapped = columns === null ? whole : whole.flatMap((one, i) => wrap(one, columns, mark(i)))
  const rows = wrapped.map((row, i) => `${mark(i)}${row}`)
  const style = colour ? STYLES[as] : null
  return style === null ? rows : rows.map((row) => `${style[0]}${row}${style[1]}`)
}

/**
 * Wraps by hand what the terminal would wrap by itself: a text padded with spaces could else begin a row of the screen with what looks
 * like a line of ours. `mark` goes before the first row. One column stays free, for terminals that wrap at the last one.
 */
function wrap(paragraph: string, columns: number, mark: string): string[] {
  const most = Math.max(columns, LEAST_COLUMNS) - 1
  return wrappedText(paragraph, most - mark.length, most - GOES_ON.length)
}
