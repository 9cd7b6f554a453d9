/** The pane of keys and commands. Called by screen.ts. */
import { cut, filled } from './columns.ts'
import { paint, type Theme } from './theme.ts'

export interface HelpProps {
  readonly keys: readonly (readonly [keys: string, does: string])[]
  readonly commands: readonly string[]
  /** Rows that are scrolled away. */
  readonly from: number
}

const KEY_COLUMNS = 24

export function helpRows({ keys, commands, from }: HelpProps, columns: number, rows: number, theme: Theme): readonly string[] {
  const width = columns - 2
  const all = [
    paint(theme, 'heading', cut('Keys', width)),
    ...keys.map(
      ([key, does]) =>
        `${paint(theme, 'key', filled(key, Math.min(KEY_COLUMNS, width)))} ${cut(does, Math.max(0, width - KEY_COLUMNS - 1))}`,
    ),
    '',
    paint(theme, 'heading', cut('Commands', width)),
    ...commands.map((command) => cut(command, width)),
  ]
  const room = Math.max(1, rows - 1)
  const start = Math.min(from, Math.max(0, all.length - room))
  const more = start + room < all.length ? 'Page Down shows more · Esc closes' : 'Esc closes'
  const shown = all.slice(start, start + room)
  const filler = Array.from({ length: room - shown.length }, () => '')
  return [...shown, ...filler, paint(theme, 'faint', cut(more, width))].map((row) => (row === '' ? '' : ` ${row}`))
}
