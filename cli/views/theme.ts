/**
 * What a theme is: for each role of the screen, the escape sequences around a text of that role. Themes themselves are data (cli/screen/themes.ts).
 * Called by every view; a view names roles, never colours.
 */

/** What a text on the screen is. */
export const ROLES = [
  /** The line that is always in sight; and in it: all is well, something is the matter, something is wrong. */
  'status',
  'good',
  'waiting',
  'bad',
  /** What we tell by ourselves, and alarms. */
  'ours',
  'alarm',
  /** Times, rules between parts, hints. */
  'faint',
  'rule',
  /** My own name. */
  'mine',
  'heading',
  /** What a key does now, and keys. */
  'chosen',
  'key',
  /** The cursor in a field. */
  'cursor',
  /** In what people say. */
  'bold',
  'italic',
  'code',
  'quote',
  'link',
  /** I am named. */
  'mention',
  /** Where what is new begins. */
  'unread',
] as const

export type Role = (typeof ROLES)[number]

/** What goes before and behind a text. */
export type Style = readonly [before: string, behind: string]

export interface Theme {
  readonly roles: Readonly<Record<Role, Style>>
  /** Of members' keys, as far as so few tell keys apart. */
  readonly keys: readonly Style[]
  /** Of the eight colours of a fingerprint. */
  readonly swatches: readonly Style[]
}

/** The text as its role is drawn. */
export function paint({ roles }: Theme, role: Role, text: string): string {
  return styled(roles[role], text)
}

/** The text in the colour of a member's key. */
export function paintKey(theme: Theme, member: string, text: string): string {
  return styled(keyStyle(theme, member), text)
}

/** The colour of a member's key by its tag or id: the same on every screen with that theme. So few tell keys apart only at a glance. */
export function keyStyle({ keys }: Theme, tag: string): Style {
  let sum = 0
  for (const char of tag) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return keys[sum % keys.length] ?? ['', '']
}

function styled([before, behind]: Style, text: string): string {
  return text === '' ? '' : `${before}${text}${behind}`
}
