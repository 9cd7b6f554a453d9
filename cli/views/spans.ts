/**
 * Rows of texts in several looks: wrapped by columns, drawn as what a terminal takes. Called by the views. Texts come in harmless
 * (lib/text/sanitize), without line breaks; a look is the escape sequences around a text.
 */
import { reopened } from '#lib/text/bidi.ts'
import { clusters, columnsOf } from './measure.ts'
import type { Style } from './theme.ts'

/** A piece of a row, all of one look. */
export interface Span {
  readonly text: string
  /** From the outermost on. */
  readonly styles: readonly Style[]
}

export type Row = readonly Span[]

/** Begins a text from right to left, which isolated() encloses. */
const ISOLATE = '\u2068'

/** Stands for a character that is wider than a row. */
const TOO_WIDE = '\u{fffd}'

/** A character with its look. */
interface Cell {
  readonly text: string
  readonly columns: number
  readonly styles: readonly Style[]
}

/**
 * The rows of one line: the first has room for `first` columns, the others for `rest`, one at least. Cut at spaces where that does not leave a
 * row nearly empty, never within a character. No row is wider than its room; only the spaces at cuts are lost.
 */
export function wrapped(line: Row, first: number, rest = first): readonly Row[] {
  // A row that is cut within isolated text gets two more marks.
  const spare = line.some(({ text }) => text.includes(ISOLATE)) ? 2 : 0
  const rooms = [first, rest].map((room) => Math.max(1, room - spare))
  const narrowest = Math.min(...rooms)
  const rows: Row[] = []
  let cells: Cell[] = []
  let columns = 0
  const room = () => rooms[rows.length > 0 ? 1 : 0] ?? 1
  const cut = (at: number) => {
    rows.push(rowOf(cells.slice(0, endBefore(cells, at))))
    cells = cells.slice(at)
    return widthOf(cells)
  }
  for (const found of cellsOf(line)) {
    const cell = fitting(found, narrowest)
    // A space at which a row is cut is seen as the cut.
    const isCut = cell.text === ' ' && columns + cell.columns > room() && columns > 0
    if (isCut) columns = cut(cells.length)
    // What is carried over may be too long for a row with less room, and is cut again.
    while (columns + cell.columns > room() && columns > 0) columns = cut(cutAt(cells, room()))
    if (isCut) continue
    cells.push(cell)
    columns += cell.columns
  }
  return reopenedRows([...rows, rowOf(cells)])
}

/** The rows of a text of one look, as texts. */
export function wrappedText(text: string, first: number, rest = first): string[] {
  return wrapped([{ text, styles: [] }], first, rest).map(textOf)
}

function fitting(cell: Cell, room: number): Cell {
  return cell.columns > room ? { ...cell, text: TOO_WIDE, columns: 1 } : cell
}

function* cellsOf(line: Row): Generator<Cell> {
  for (const { text, styles } of line) for (const [cluster, columns] of clusters(text)) yield { text: cluster, columns, styles }
}

/** Where a full row is cut: after the last space in its room, unless that would leave little. */
function cutAt(cells: readonly Cell[], room: number): number {
  let [columns, fits, space] = [0, 0, 0]
  for (const cell of cells) {
    columns += cell.columns
    if (columns > room) break
    fits += 1
    if (cell.text === ' ') space = fits
  }
  return space > fits / 2 ? space : fits
}

/** Where the row ends, its last spaces left out. */
function endBefore(cells: readonly Cell[], at: number): number {
  return cells.slice(0, at).findLastIndex(({ text }) => text !== ' ') + 1
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { columns }) => sum + columns, 0)
}

/** Neighbours of one look are one span. */
function rowOf(cells: readonly Cell[]): Row {
  const row: Span[] = []
  let texts: string[] = []
  for (const [at, { text, styles }] of cells.entries()) {
    texts.push(text)
    if (cells[at + 1]?.styles === styles) continue
    row.push({ text: texts.join(''), styles })
    texts = []
  }
  return row
}

/** A text from right to left that was cut is closed at the end of its row and opened again in the next. */
function reopenedRows(rows: readonly Row[]): readonly Row[] {
  const plain = rows.map(textOf)
  const marked = reopened(plain)
  return rows.map((row, at) => {
    const [before = '', after = ''] = [plain[at], marked[at]]
    if (before === after) return row
    const start = after.indexOf(before)
    const mark = (text: string): Row => (text === '' ? [] : [{ text, styles: [] }])
    return [...mark(after.slice(0, start)), ...row, ...mark(after.slice(start + before.length))]
  })
}

function textOf(row: Row): string {
  return row.map(({ text }) => text).join('')
}

/** The columns that a row may take. */
export function rowColumns(row: Row): number {
  return row.reduce((sum, { text }) => sum + columnsOf(text), 0)
}

/** The row as a terminal takes it. Each look ends where it began, so that none goes on into what stands behind. */
export function drawn(row: Row): string {
  return row
    .map(({ text, styles }) => styles.reduceRight((inner, [before, behind]) => `${before}${inner}${behind}`, text))
    .join('')
}
