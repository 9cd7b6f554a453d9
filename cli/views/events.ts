/**
 * The pane of frames, as the relay sees them: a line for each, newest last, and of those that are open every field. Only rows that are seen are
 * laid out. Called by screen.ts.
 */
import type { Summary } from '#lib/text/summary.ts'
import { cut } from './columns.ts'
import { wrappedText } from './spans.ts'
import { paint, type Theme } from './theme.ts'

export interface EventsProps {
  readonly frames: readonly FrameProps[]
  /** The place of the one that a key acts on; -1 when there is none. */
  readonly chosen: number
  readonly isOpen: (frame: FrameProps) => boolean
  /** A time as the time of day. */
  readonly clock: (at: number) => string
  /** What keys do here. */
  readonly keys: string
}

/** Texts are harmless. */
export interface FrameProps {
  readonly id: number
  /** ms since 1970 */
  readonly at: number
  readonly way: 'in' | 'out'
  readonly summary: Summary
}

const ABOUT =
  'All that passes the relay. It sees seats, times and sizes; what is sealed it cannot open, and names and messages are sealed.'

const ARROWS = { out: '→', in: '←' } as const

export function eventRows(props: EventsProps, columns: number, rows: number, theme: Theme): readonly string[] {
  const about = wrappedText(ABOUT, columns).map((row) => paint(theme, 'heading', row))
  const keys = wrappedText(props.keys, columns).map((row) => paint(theme, 'key', row))
  const height = Math.max(1, rows - about.length - keys.length)
  const shown = windowRows(props, columns, height, theme)
  const filler = Array.from({ length: height - shown.length }, () => '')
  return [...about, ...filler, ...shown, ...keys]
}

/** The chosen frame and what is around it: half of the room below, as far as there is something. */
function windowRows(props: EventsProps, columns: number, height: number, theme: Theme): readonly string[] {
  const { frames, chosen } = props
  const rowsAt = (place: number) => {
    const frame = frames[place]
    if (frame === undefined) return []
    const look = { chosen: place === chosen, open: props.isOpen(frame), time: props.clock(frame.at) }
    return frameRows(frame, look, columns, theme)
  }
  const rows = rowsAt(chosen).slice(0, height)
  const below = Math.ceil((height - rows.length) / 2)
  const end = rows.length + below
  for (let place = chosen + 1; place < frames.length && rows.length < end; place++) rows.push(...rowsAt(place))
  const cutOff = rows.slice(0, end)
  for (let place = chosen - 1; place >= 0 && cutOff.length < height; place--) cutOff.unshift(...rowsAt(place))
  return cutOff.slice(-height)
}

interface FrameLook {
  readonly chosen: boolean
  readonly open: boolean
  readonly time: string
}

function frameRows(
  { way, summary: { line, fields } }: FrameProps,
  { chosen, open, time }: FrameLook,
  columns: number,
  theme: Theme,
): string[] {
  const head = `${time} ${ARROWS[way]} ${line}`
  const first = `${chosen ? '› ' : '  '}${paint(theme, chosen ? 'chosen' : 'ours', cut(head, columns - 2))}`
  if (!open) return [first]
  return [first, ...fields.map(({ name, shown }) => `    ${paint(theme, 'faint', cut(`${name}: ${shown}`, columns - 4))}`)]
}
