/**
 * Texts cut and filled to columns (measure.ts). They come in harmless, without line breaks and without escape sequences. Called by every
 * view.
 */
import { clusters, columnsOf } from './measure.ts'

/**
 * Sends the terminal to a column (from 0) by itself: what it drew narrower before than we counted moves nothing behind it. It takes no column.
 */
export function toColumn(column: number): string {
  return `\x1b[${column + 1}G`
}

/** The text in so many columns at most; what is left out leaves a mark. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const [cluster, wide] of clusters(text)) {
    if (width + wide > columns - 1) break
    kept += cluster
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
