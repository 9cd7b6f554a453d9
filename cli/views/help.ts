/** The pane of keys and commands. Called by screen.ts. */
import { cut, filled } from './columns.ts'
import { columnsOf } from './measure.ts'
import { wrappedText } from './spans.ts'
import { paint, type Theme } from './theme.ts'

/** Keys that work in one place, or commands. */
interface KeyList {
  readonly place: string
  readonly keys: readonly (readonly [keys: string, does: string])[]
}

export interface HelpProps {
  readonly lists: readonly KeyList[]
  /** Rows that are scrolled away. */
  readonly from: number
  /** What keys do here. */
  readonly hints: { readonly more: string; readonly closes: string }
}

const KEY_COLUMNS = 24

export function helpRows(props: HelpProps, columns: number, rows: number, theme: Theme): readonly string[] {
  const { from, hints } = props
  const width = columns - 2
  const all = allRows(props, width, theme)
  const room = roomIn(rows)
  const start = Math.min(from, Math.max(0, all.length - room))
  const more = start + room < all.length ? [hints.more, hints.closes].filter((hint) => hint !== '').join(' · ') : hints.closes
  const shown = all.slice(start, start + room)
  const filler = Array.from({ length: room - shown.length }, () => '')
  return [...shown, ...filler, paint(theme, 'faint', cut(more, width))].map((row) => (row === '' ? '' : ` ${row}`))
}

/** The most rows that can be scrolled away. */
export function helpEnd(props: HelpProps, columns: number, rows: number, theme: Theme): number {
  return Math.max(0, allRows(props, columns - 2, theme).length - roomIn(rows))
}

/** The last row says what keys do. */
function roomIn(rows: number): number {
  return Math.max(1, rows - 1)
}

function allRows({ lists }: HelpProps, width: number, theme: Theme): readonly string[] {
  return lists.flatMap((list, i) => [...(i === 0 ? [] : ['']), ...listRows(list, width, theme)])
}

function listRows({ place, keys }: KeyList, width: number, theme: Theme): readonly string[] {
  const longest = Math.max(0, ...keys.map(([key]) => columnsOf(key)))
  const most = Math.min(longest, KEY_COLUMNS, Math.floor(width / 2))
  return [
    paint(theme, 'heading', cut(place, width)),
    ...keys.flatMap(([key, does]) => {
      const rows = wrappedText(does, Math.max(1, width - most - 1))
      const names = wrappedText(key, most)
      return Array.from(
        { length: Math.max(rows.length, names.length) },
        (_, i) => `${paint(theme, 'key', filled(names[i] ?? '', most))} ${rows[i] ?? ''}`,
      )
    }),
  ]
}
