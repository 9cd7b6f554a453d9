/**
 * Texts cut and filled to columns (measure.ts). They come in harmless, without line breaks and without escape sequences. Called by every
 * view.
 */
import { clusters, columnsOf } from './measure.ts'

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
