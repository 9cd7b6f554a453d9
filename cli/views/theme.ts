/**
 * What a theme is: for each role of the screen, the escape sequences around a text of that role. Themes themselves are data (THEME is the
 * one there is until a person chooses). Called by every view; a view names roles, never colours.
 */

/** What a text on the screen is. */
export type Role =
  /** The line that is always in sight. */
  | 'status'
  /** In that line: all is well, something is the matter, something is wrong. */
  | 'good'
  | 'waiting'
  | 'bad'
  /** What we tell by ourselves, and alarms. */
  | 'ours'
  | 'alarm'
  /** Times, rules between parts, hints. */
  | 'faint'
  | 'rule'
  /** My own name. */
  | 'mine'
  | 'heading'
  /** What a key does now. */
  | 'chosen'
  | 'key'
  /** The cursor in a field. */
  | 'cursor'

/** What goes before and behind a text. */
export type Style = readonly [before: string, behind: string]

export interface Theme {
  readonly roles: Readonly<Record<Role, Style>>
  /** Colours of keys: a member's mark and name have the one of its key, as far as so few tell keys apart. */
  readonly keys: readonly Style[]
  /** The eight colours of a fingerprint: red, orange, yellow, green, cyan, blue, purple, white. */
  readonly swatches: readonly Style[]
}

function sgr(on: string, off: string): Style {
  return [`\x1b[${on}m`, `\x1b[${off}m`]
}

const BOLD = sgr('1', '22')
const DIM = sgr('2', '22')
const REVERSE = sgr('7', '27')
const colour = (number: number): Style => sgr(String(number), '39')

/** The sixteen colours of the terminal itself, so that the person's own palette decides. */
export const THEME: Theme = {
  roles: {
    status: REVERSE,
    good: colour(32),
    waiting: colour(33),
    bad: sgr('1;31', '22;39'),
    ours: colour(36),
    alarm: sgr('1;31', '22;39'),
    faint: DIM,
    rule: DIM,
    mine: BOLD,
    heading: BOLD,
    chosen: REVERSE,
    key: BOLD,
    cursor: REVERSE,
  },
  keys: [31, 32, 33, 34, 35, 36, 91, 92, 93, 94, 95, 96].map(colour),
  // Each with a ground of its own: nothing else is readable on every palette.
  swatches: ['97;41', '30;101', '30;103', '30;42', '30;46', '97;44', '97;45', '30;107'].map((on) => sgr(on, '39;49')),
}

const NONE: Style = ['', '']

/** For terminals that shall have no colour: bold, faint and reversed alone. */
export const COLOURLESS: Theme = {
  roles: { ...THEME.roles, good: NONE, waiting: BOLD, bad: BOLD, ours: DIM, alarm: BOLD },
  keys: [NONE],
  swatches: Array.from({ length: 8 }, () => NONE),
}

/** The text as its role is drawn. */
export function paint(theme: Theme, role: Role, text: string): string {
  return styled(theme.roles[role], text)
}

/** The text in the colour of a member's key. */
export function paintKey(theme: Theme, member: string, text: string): string {
  const number = Number.parseInt(member.slice(0, 6), 16) || 0
  return styled(theme.keys[number % theme.keys.length] ?? NONE, text)
}

function styled([before, behind]: Style, text: string): string {
  return text === '' ? '' : `${before}${text}${behind}`
}
