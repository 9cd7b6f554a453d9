/**
 * Themes as data: for each role of the screen its colours. Called by program.ts, which picks one; views name
 * roles, never colours.
 *
 * Dark and light use the fixed part of the 256 colours, so that they look alike over ssh and in tmux, and leave the ground to the terminal:
 * each colour is readable on every usual ground of its kind. The theme of sixteen colours cannot know what a terminal makes of them: where it
 * uses one, it sets the ground too. A test holds all of them to a contrast of 4.5 (WCAG 2.2, section 1.4.3).
 */
import { type Role, ROLES, type Style, type Theme } from '../views/theme.ts'

/** Colours by their number among the 256; what is not said is the terminal's own. */
export interface Ink {
  readonly fg?: number
  readonly bg?: number
  readonly bold?: boolean
  readonly italic?: boolean
  readonly underlined?: boolean
  readonly reversed?: boolean
}

export interface Inks {
  readonly roles: Readonly<Record<Role, Ink>>
  /** Of members' keys. */
  readonly keys: readonly Ink[]
  /** Of the eight colours of a fingerprint: red, orange, yellow, green, cyan, blue, purple, white. */
  readonly swatches: readonly Ink[]
}

export const THEME_NAMES = ['dark', 'light', '16', 'none'] as const
export type ThemeName = (typeof THEME_NAMES)[number]

const [BLACK, WHITE] = [16, 231]

/** Alike on every ground, since each brings its own. */
const SWATCHES: readonly Ink[] = [
  { fg: WHITE, bg: 124 },
  { fg: BLACK, bg: 208 },
  { fg: BLACK, bg: 226 },
  { fg: BLACK, bg: 40 },
  { fg: BLACK, bg: 51 },
  { fg: WHITE, bg: 20 },
  { fg: WHITE, bg: 90 },
  { fg: BLACK, bg: WHITE },
]

const FORMS = {
  bold: { bold: true },
  italic: { italic: true },
  heading: { bold: true },
  key: { bold: true },
} as const

const dark: Inks = {
  roles: {
    ...FORMS,
    status: { fg: 253, bg: 236 },
    good: { fg: 114 },
    waiting: { fg: 221 },
    bad: { fg: 217, bold: true },
    ours: { fg: 117 },
    alarm: { fg: 217, bold: true },
    faint: { fg: 249 },
    rule: { fg: 248 },
    mine: { fg: 255, bold: true },
    chosen: { fg: BLACK, bg: 117 },
    cursor: { fg: BLACK, bg: 252 },
    code: { fg: 223 },
    quote: { fg: 152, italic: true },
    link: { fg: 117, underlined: true },
    mention: { fg: BLACK, bg: 221 },
    unread: { fg: 221, bold: true },
  },
  keys: [114, 117, 183, 217, 221, 80, 213, 156, 215, 146, 187, 79].map((fg) => ({ fg })),
  swatches: SWATCHES,
}

const light: Inks = {
  roles: {
    ...FORMS,
    status: { fg: 235, bg: 254 },
    good: { fg: 22 },
    waiting: { fg: 94 },
    bad: { fg: 124, bold: true },
    ours: { fg: 25 },
    alarm: { fg: 124, bold: true },
    faint: { fg: 240 },
    rule: { fg: 240 },
    mine: { fg: BLACK, bold: true },
    chosen: { fg: WHITE, bg: 25 },
    cursor: { fg: WHITE, bg: 238 },
    code: { fg: 88 },
    quote: { fg: 23, italic: true },
    link: { fg: 25, underlined: true },
    mention: { fg: BLACK, bg: 221 },
    unread: { fg: 94, bold: true },
  },
  keys: [22, 25, 90, 124, 94, 23, 53, 18, 88, 58, 54, 89].map((fg) => ({ fg })),
  swatches: SWATCHES,
}

/** Colour 3 is yellow on one terminal and brown on the next: nothing can be read on both. */
const sixteen: Inks = {
  roles: {
    ...FORMS,
    status: { reversed: true },
    good: { fg: 0, bg: 2 },
    waiting: { fg: 0, bg: 6 },
    bad: { fg: 15, bg: 1 },
    ours: {},
    alarm: { fg: 15, bg: 1 },
    faint: {},
    rule: {},
    mine: { bold: true },
    chosen: { reversed: true },
    cursor: { reversed: true },
    code: { fg: 0, bg: 7 },
    quote: {},
    link: { underlined: true },
    mention: { fg: 15, bg: 5 },
    unread: { bold: true },
  },
  keys: [
    { fg: 0, bg: 2 },
    { fg: 0, bg: 6 },
    { fg: 15, bg: 4 },
    { fg: 15, bg: 5 },
    { fg: 0, bg: 7 },
  ],
  swatches: [
    { fg: 15, bg: 1 },
    { fg: 0, bg: 9 },
    { fg: 0, bg: 11 },
    { fg: 0, bg: 2 },
    { fg: 0, bg: 6 },
    { fg: 15, bg: 4 },
    { fg: 15, bg: 5 },
    { fg: 0, bg: 15 },
  ],
}

const none: Inks = {
  roles: {
    ...FORMS,
    status: { reversed: true },
    good: {},
    waiting: { bold: true },
    bad: { bold: true },
    ours: {},
    alarm: { bold: true },
    faint: {},
    rule: {},
    mine: { bold: true },
    chosen: { reversed: true },
    cursor: { reversed: true },
    code: { reversed: true },
    quote: {},
    link: { underlined: true },
    mention: { reversed: true },
    unread: { bold: true },
  },
  keys: [{}],
  swatches: Array.from({ length: 8 }, () => ({})),
}

export const INKS: Readonly<Record<ThemeName, Inks>> = { dark, light, '16': sixteen, none }

/** A theme as its escape sequences. */
export function themeOf(name: ThemeName): Theme {
  const { roles, keys, swatches } = INKS[name]
  return { roles: eachRole((role) => styleOf(roles[role])), keys: keys.map(styleOf), swatches: swatches.map(styleOf) }
}

function eachRole<T>(of: (role: Role) => T): Readonly<Record<Role, T>> {
  const made: Partial<Record<Role, T>> = {}
  for (const role of ROLES) made[role] = of(role)
  if (!isWhole(made)) throw new Error('a role is missing')
  return made
}

function isWhole<T>(made: Partial<Record<Role, T>>): made is Record<Role, T> {
  return ROLES.every((role) => Object.hasOwn(made, role))
}

function styleOf({ fg, bg, bold = false, italic = false, underlined = false, reversed = false }: Ink): Style {
  const codes: (readonly [on: string, off: string])[] = []
  if (bold) codes.push(['1', '22'])
  if (italic) codes.push(['3', '23'])
  if (underlined) codes.push(['4', '24'])
  if (reversed) codes.push(['7', '27'])
  if (fg !== undefined) codes.push([colour(fg, 30), '39'])
  if (bg !== undefined) codes.push([colour(bg, 40), '49'])
  if (codes.length === 0) return ['', '']
  return [`\x1b[${codes.map(([on]) => on).join(';')}m`, `\x1b[${codes.map(([, off]) => off).join(';')}m`]
}

/** A terminal of sixteen colours knows no other codes than these. */
function colour(number: number, base: 30 | 40): string {
  if (number < 8) return String(base + number)
  return number < 16 ? String(base + 60 + number - 8) : `${base + 8};5;${number}`
}

/** A terminal's background, each part from 0 to 255. */
export interface Ground {
  readonly r: number
  readonly g: number
  readonly b: number
}

/** The theme for a terminal: what a person chose, or what suits. `ground` is what the terminal told, if it did. */
export function themeFor(
  chosen: ThemeName | 'auto',
  env: Readonly<Record<string, string | undefined>>,
  ground: Ground | null,
): ThemeName {
  const { NO_COLOR = '', COLORTERM = '', TERM = '' } = env
  if (NO_COLOR !== '') return 'none'
  if (chosen !== 'auto') return chosen
  if (COLORTERM === '' && !/256|direct|kitty|ghostty|alacritty|foot|wezterm/.test(TERM)) return '16'
  return isLight(ground, env['COLORFGBG'] ?? '') ? 'light' : 'dark'
}

/** COLORFGBG ends in the number of the ground, of which 7 and from 9 on are light. */
function isLight(ground: Ground | null, colorFgBg: string): boolean {
  if (ground !== null) return 0.2126 * ground.r + 0.7152 * ground.g + 0.0722 * ground.b > 127
  const number = Number(/;(\d+)$/.exec(colorFgBg)?.[1] ?? 0)
  return number === 7 || number > 8
}
