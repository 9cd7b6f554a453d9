/**
 * Columns of a terminal: how many a text takes, and texts cut and wrapped to them. Terminals disagree on joined pictures, many draw
 * their parts one beside the other; what counts here is the most that one may take. Texts come in harmless, without line breaks and
 * without escape sequences. Called by every view and by drawing.ts.
 */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Every character takes one column, and stands for itself. */
const NARROW = /^[\x20-\x7e]*$/

/** Stands for what is wider than the room there is. */
const TOO_WIDE = '\u{fffd}'

/** The most columns that a terminal may give a text. */
export function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length
  let apart = 0
  for (const char of text) apart += Bun.stringWidth(char)
  return Math.max(apart, Bun.stringWidth(text))
}

/** The text in so many columns at most; what is left out leaves a mark. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of segmenter.segment(text)) {
    const wide = columnsOf(segment)
    if (width + wide > columns - 1) break
    kept += segment
    width += wide
  }
  return columns > 0 ? `${kept}…` : ''
}

/** The text in exactly so many columns, cut or filled with spaces. */
export function filled(text: string, columns: number): string {
  const fits = cut(text, columns)
  return fits + ' '.repeat(Math.max(0, columns - columnsOf(fits)))
}

/** The same, with the spaces in front. */
export function flushed(text: string, columns: number): string {
  const fits = cut(text, columns)
  return ' '.repeat(Math.max(0, columns - columnsOf(fits))) + fits
}

/**
 * The rows of a paragraph: the first has room for `first` columns, the others for `rest`. Cut at spaces where that does not leave a row
 * nearly empty, never within a character. No row is wider than its room.
 */
export function wrapped(paragraph: string, first: number, rest = first): string[] {
  const rows: string[] = []
  let [current, width, most] = ['', 0, first]
  for (const { segment: found } of segmenter.segment(paragraph)) {
    const segment = columnsOf(found) > Math.min(first, rest) ? TOO_WIDE : found
    const wide = columnsOf(segment)
    if (width + wide > most && current !== '') {
      const at = segment === ' ' ? current.length : cutAt(current)
      rows.push(current.slice(0, at).trimEnd())
      current = current.slice(at)
      width = columnsOf(current)
      most = rest
      // A space at which a row is cut is seen as the cut.
      if (segment === ' ') continue
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
