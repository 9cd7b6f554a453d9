/**
 * Lines for a screen or a pipe (docs/scripting.md, Line mode): marks in front, line breaks and wraps shown as such, colour where it
 * is wanted. Every line of ours begins with a mark that no message line can have, so that nobody can put words into our mouth.
 */

import { isolated } from './bidi.ts'

/** One thing to tell. `said` and what follows a line break in it are others' words, already harmless. */
export interface Told {
  /** ours: `* ` · alarm: `! ` · said: as it is, it begins with its time · block: as it is and never wrapped, for copying. */
  readonly as: 'ours' | 'alarm' | 'said' | 'block'
  readonly text: string
}

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
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The lines to print, without their ends. */
export function draw(told: Told, look: Look): readonly string[] {
  const { as, text } = told
  const rows = text.split('\n')
  if (as === 'block') return rows
  const marked = rows.map((row, i) => (i === 0 ? `${MARKS[as]}${row}` : `${GOES_ON}${isolated(row)}`))
  const { columns, colour } = look
  const wrapped = columns === null ? marked : marked.flatMap((row) => wrap(row, columns))
  const style = colour ? STYLES[as] : null
  return style === null ? wrapped : wrapped.map((row) => `${style[0]}${row}${style[1]}`)
}

/**
 * Wraps by hand what the terminal would wrap by itself: a text padded with spaces could else begin a row of the screen with what looks
 * like a line of ours. One column stays free, for terminals that count a character wider than we do.
 */
function wrap(row: string, columns: number): string[] {
  const most = Math.max(columns, LEAST_COLUMNS) - 1
  const rows: string[] = []
  let current = ''
  let width = 0
  for (const { segment } of segmenter.segment(row)) {
    const wide = Bun.stringWidth(segment)
    if (width + wide > most && current !== '') {
      const cut = cutAt(current)
      rows.push(current.slice(0, cut).trimEnd())
      current = `${GOES_ON}${isolated(current.slice(cut))}`
      width = Bun.stringWidth(current)
    }
    current += segment
    width += wide
  }
  return [...rows, current]
}

/** Where a full row is cut: after its last space, unless that would leave little. */
function cutAt(row: string): number {
  const space = row.lastIndexOf(' ') + 1
  return space > row.length / 2 ? space : row.length
}
