/**
 * How many columns a text takes (docs/protocol.md, Shown text): the most that any terminal gives it. Called by everything that lays out rows.
 *
 * Terminals disagree: on joined pictures, which many draw one beside the other; on flags; on marks that Unicode named after their tables were
 * made, which then take a column; on marks of isolation. A row that is measured too narrow pushes what stands beside it aside, and pi-tui
 * throws. One that is measured too wide only ends early.
 */
import { visibleWidth } from '@earendil-works/pi-tui'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Every character takes one column, and stands for itself. */
const NARROW = /^[\x20-\x7e]*$/

/** Marks and joiners that all terminals draw onto what stands before them. Others may take a column. */
const ONTO_A_LETTER = new RegExp(
  [
    String.raw`^(?:[\u0300-\u036f\u0483-\u0486\u0591-\u05c7\u0610-\u0615\u064b-\u065e\u0670\u06d6-\u06ed\u0901\u0902\u093c\u0941-\u0948\u094d]`,
    String.raw`[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u20d0-\u20ef\u3099\u309a\ufe20-\ufe23]`,
    String.raw`[\u200c\u200d]`,
    String.raw`[\ufe00-\ufe0f\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}])$`,
  ].join('|'),
  'u',
)
const MARK = /^[\p{M}\p{Cf}]$/u
/** Ideographs and their neighbours, assigned or not: two columns to who goes by blocks. */
const WIDE = /^[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$/u

/** Clusters of characters whose width is known, at most, and the length (UTF-16) of those that are kept: one can be as long as a message. */
const KNOWN = 4_096
const KNOWN_LENGTH = 64
const known = new Map<string, number>()

/** The most columns that a terminal may give a text without line breaks and escape sequences. */
export function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length
  let columns = 0
  for (const { segment } of segmenter.segment(text)) columns += clusterColumns(segment)
  return columns
}

/** The characters of a text as people count them, each with its columns. */
export function* clusters(text: string): Generator<readonly [cluster: string, columns: number]> {
  for (const { segment } of segmenter.segment(text)) yield [segment, clusterColumns(segment)]
}

function clusterColumns(cluster: string): number {
  if (NARROW.test(cluster)) return cluster.length
  const found = known.get(cluster)
  if (found !== undefined) return found
  let apart = 0
  for (const char of cluster) apart += characterColumns(char)
  const columns = Math.max(apart, Bun.stringWidth(cluster), visibleWidth(cluster))
  if (cluster.length > KNOWN_LENGTH) return columns
  if (known.size >= KNOWN) known.clear()
  known.set(cluster, columns)
  return columns
}

function characterColumns(char: string): number {
  if (ONTO_A_LETTER.test(char)) return 0
  const least = WIDE.test(char) ? 2 : MARK.test(char) ? 1 : 0
  return Math.max(least, Bun.stringWidth(char), visibleWidth(char))
}
