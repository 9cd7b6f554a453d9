/**
 * What the terminal is asked to do beside drawing: bell, window title, desktop notice, reports of focus, clipboard. Pure: texts for
 * program.ts to write. Nothing of the talk is in any of them but what a person copies, and that is base64.
 *
 * Sequences: ECMA-48 and XTerm's ctlseqs (OSC 0, 2, 52, CSI 22 and 23 t, mode 1004), iTerm2's OSC 9, rxvt-unicode's OSC 777.
 */
import { noticeText, titleText } from '#lib/text/unread.ts'

/** What stands between us and the terminal that a person looks at, and passes on only what it is told to. */
export type Between = 'tmux' | 'screen' | null

/** How a terminal takes desktop notices. */
export type NoticeForm = 'osc9' | 'osc777'

/** What the environment says of the terminal. */
export interface Outside {
  readonly between: Between
  readonly notices: NoticeForm
}

const [ESC, BEL] = ['\x1b', '\x07']
const ST = `${ESC}\\`

export const BELL = BEL

/** The window tells when it gets and loses the focus: `CSI I`, `CSI O`. */
export const FOCUS_ON = `${ESC}[?1004h`
export const FOCUS_OFF = `${ESC}[?1004l`

/** The title that the window had is put aside, and put back. */
export const TITLE_KEPT = `${ESC}[22;2t`
export const TITLE_BACK = `${ESC}[23;2t`

/**
 * Reads the environment. Over ssh from within tmux or screen only TERM comes along, and `screen` may then be either: it counts as
 * neither, since what screen passes on would appear on the screen of tmux as letters.
 */
export function outsideOf(env: Readonly<Record<string, string | undefined>>): Outside {
  const { TMUX = '', STY = '', TERM = '', VTE_VERSION = '' } = env
  const tmux = TMUX !== '' || TERM.startsWith('tmux')
  const between = tmux ? 'tmux' : STY === '' ? null : 'screen'
  const notices = VTE_VERSION !== '' || /^(?:rxvt|foot)/.test(TERM) ? 'osc777' : 'osc9'
  return { between, notices }
}

/** The window's title: our name and how much is unread, and nothing else. */
export function title(unread: number, mentioned: boolean): string {
  return `${ESC}]2;${titleText(unread, mentioned)}${BEL}`
}

/** A notice of the desktop: how much is unread, and nothing else, since a locked screen may show it. */
export function notice(unread: number, mentioned: boolean, { between, notices }: Outside): string {
  const text = noticeText(unread, mentioned)
  // Some take OSC 9 with a number in front for something else: ours begins with a word.
  const sequence = notices === 'osc9' ? `${ESC}]9;Tacet: ${text}${BEL}` : `${ESC}]777;notify;Tacet;${text}${BEL}`
  return through(sequence, between)
}

/**
 * Most bytes of a text that is copied: in base64 they are just under 100,000 characters, beyond which terminals drop a sequence and say
 * nothing.
 */
export const COPY_BYTES = 74_994

/** Puts a text into the clipboard of the terminal's machine, also over ssh; null for one that is too long. The text may be anything. */
export function copy(text: string, { between }: Outside): string | null {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > COPY_BYTES) return null
  const sequence = `${ESC}]52;c;${bytes.toBase64()}${BEL}`
  // tmux may take it itself (set-clipboard) or pass it on (allow-passthrough), seldom both; the same text twice does no harm.
  return between === 'tmux' ? sequence + through(sequence, between) : through(sequence, between)
}

/** Screen drops a longer piece. */
const SCREEN_CHARS = 700

/** The sequence, wrapped so that it reaches the terminal behind tmux or screen. It ends in BEL: an ST would end the wrapping. */
function through(sequence: string, between: Between): string {
  switch (between) {
    case null:
      return sequence
    case 'tmux':
      return `${ESC}Ptmux;${sequence.replaceAll(ESC, ESC + ESC)}${ST}`
    case 'screen':
      return pieces(sequence)
        .map((piece) => `${ESC}P${piece}${ST}`)
        .join('')
  }
}

function pieces(sequence: string): readonly string[] {
  const number = Math.ceil(sequence.length / SCREEN_CHARS)
  return Array.from({ length: number }, (_, i) => sequence.slice(i * SCREEN_CHARS, (i + 1) * SCREEN_CHARS))
}
