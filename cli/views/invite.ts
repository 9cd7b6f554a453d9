/** The pane with a room's invite: to read off, to copy, to save, to hold before a camera. Called by screen.ts. */
import { cut } from './columns.ts'
import { type FormLine, lineRows } from './form.ts'
import { qrRows } from './qr.ts'
import { wrappedText } from './spans.ts'
import { paint, type Theme } from './theme.ts'

export interface InviteProps {
  /** Nobody else has come yet. */
  readonly alone: boolean
  readonly armored: string
  /** The same in one line, which is also the text of the QR code. */
  readonly line: string
  readonly form: 'block' | 'line' | 'code'
  /** The name of the file to save it in, while that is asked for. */
  readonly file: FormLine | null
  readonly note: string | null
  /** What keys do here, with and without that. */
  readonly keys: string
}

export function inviteRows(props: InviteProps, columns: number, rows: number, theme: Theme): readonly string[] {
  const width = columns - 2
  const title = props.alone ? 'The room is made. Nobody else is here yet.' : 'The invite to this room'
  const how =
    'Whoever has this invite can join. Hand it out over a way you trust; the others run tacet, choose “Join a room” and paste it.'
  const code = props.form === 'code' ? qrRows(props.line, width, rows - 4) : null
  const text = props.form === 'line' ? inPieces(props.line, width) : props.armored.split('\n').map((line) => cut(line, width))
  const shown = code ?? text
  const small = props.form === 'code' && code === null ? wrappedText('this screen is too small for the QR code', width) : []
  const last = [
    ...small.map((row) => paint(theme, 'waiting', row)),
    ...(props.note === null ? [] : wrappedText(props.note, width).map((row) => paint(theme, 'good', row))),
    ...(props.file === null ? [] : lineRows(props.file, width, theme)),
    ...wrappedText(props.keys, width).map((row) => paint(theme, 'key', row)),
  ]
  const first = [paint(theme, 'heading', cut(title, width)), ...(code === null ? wrappedText(how, width) : [])]
  const body = [...first, '', ...shown, '']
  // What can be done stays in sight; an invite that does not fit is copied or saved whole all the same.
  const room = Math.max(0, rows - last.length)
  return [...(body.length <= room ? body : [...first, ...shown].slice(0, room)), ...last].map((row) =>
    row === '' ? '' : ` ${row}`,
  )
}

/** One line, broken only by the screen's edge. */
function inPieces(line: string, width: number): readonly string[] {
  const size = Math.max(1, width)
  return Array.from({ length: Math.ceil(line.length / size) }, (_, i) => line.slice(i * size, (i + 1) * size))
}
