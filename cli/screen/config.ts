/**
 * What a person has set for good, and its text: one JSON object, checked field by field. Never keys of a room, never invites, nothing of a
 * talk. Pure. Called by configfile.ts; main.ts and program.ts use what it reads.
 *
 * A file with anything wrong in it is not used at all: half of it would be a surprise.
 */
import { InviteError, parseInvite, relayUrl } from '#lib/client/index.ts'
import { nameReason } from '#lib/text/reasons.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { Failure } from '../exit.ts'
import { type Choice, mapped } from './keymap.ts'
import { THEME_NAMES, type ThemeName } from './themes.ts'

/** How a person is told of what comes while nobody looks. */
export interface Notices {
  readonly bell: boolean
  /** The count of what is unread in the window's title. */
  readonly title: boolean
  /** A notice of the desktop. */
  readonly desktop: boolean
  /** Where my name is said, it stands out. */
  readonly mentions: boolean
}

export interface Config {
  /** The relay's WebSocket that rooms are made on; null: as without a file. */
  readonly relay: string | null
  readonly name: string | null
  readonly theme: ThemeName | 'auto'
  /** Keys by the name of what they do. */
  readonly keys: Choice
  readonly notices: Notices
  /** A program and its words, which is given on its input what is copied; null: the terminal does it. */
  readonly copy: readonly string[] | null
}

export const DEFAULTS: Config = {
  relay: null,
  name: null,
  theme: 'auto',
  keys: {},
  notices: { bell: true, title: true, desktop: true, mentions: true },
  copy: null,
}

/** Reads settings. `path` is named in what is thrown, `Failure('usage')`. */
export function parseConfig(text: string, path: string): Config {
  const faults: string[] = []
  if (holdsInvite(text)) throw refused(path, ['there is an invite in it: anybody who reads the file could join. Take it out'])
  const fields = fieldsOf(text)
  if (fields === null) throw refused(path, ['it must be one JSON object'])
  const take = <K extends keyof Config>(name: K): Config[K] => {
    if (!fields.has(name)) return DEFAULTS[name]
    const checked = CHECKS[name](fields.get(name))
    if ('value' in checked) return checked.value
    faults.push(...checked.faults.map((fault) => `${name}${fault}`))
    return DEFAULTS[name]
  }
  const config: Config = {
    relay: take('relay'),
    name: take('name'),
    theme: take('theme'),
    keys: take('keys'),
    notices: take('notices'),
    copy: take('copy'),
  }
  faults.push(
    ...unknown(fields.keys(), Object.keys(CHECKS)).map(
      (name) => `${name}: there is no such field; there are ${listed(Object.keys(CHECKS))}`,
    ),
  )
  if (faults.length > 0) throw refused(path, faults)
  return config
}

/** A field set to a value, or what is wrong with that. */
export function changeOf(name: keyof Config, value: unknown): Partial<Config> | string {
  const checked = CHECKS[name](value)
  return 'value' in checked ? { [name]: checked.value } : checked.faults.map((fault) => fault.replace(/^: /, '')).join('; ')
}

/** Everything that is wrong with the file, a line each. */
export function refused(path: string, faults: readonly string[]): Failure {
  return new Failure('usage', faults.map((fault) => `${harmless(path)}: ${fault}`).join('\n'))
}

function holdsInvite(text: string): boolean {
  try {
    // As it would be pasted, and as JSON writes its line breaks.
    parseInvite(text.replaceAll(String.raw`\n`, '\n'), { allowPlain: true })
    return true
  } catch (error) {
    if (error instanceof InviteError) return false
    throw error
  }
}

function fieldsOf(text: string): ReadonlyMap<string, unknown> | null {
  try {
    return mapOf(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function mapOf(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : null
}

/** A field's value, or what is wrong with it: each begins with the place within the field, if any, and a colon. */
type Checked<T> = { readonly value: T } | { readonly faults: readonly string[] }

const CHECKS: { readonly [K in keyof Config]: (value: unknown) => Checked<Config[K]> } = {
  relay: checkRelay,
  name: checkName,
  theme: (value) => {
    const found = [...THEME_NAMES, 'auto' as const].find((name) => name === value)
    return found === undefined ? wrong(`must be one of ${listed(['auto', ...THEME_NAMES])}`) : { value: found }
  },
  keys: checkKeys,
  notices: checkNotices,
  copy: (value) => {
    if (value === null) return { value }
    const words = textsIn(value)
    return words === null || words.length === 0
      ? wrong('must be null or a list of words: a program and what it is given, such as ["wl-copy"]')
      : { value: words }
  },
}

function wrong(why: string): { readonly faults: readonly string[] } {
  return { faults: [`: ${why}`] }
}

function checkRelay(value: unknown): Checked<string | null> {
  if (value === null) return { value }
  if (typeof value !== 'string') return wrong('must be a WebSocket address, such as "wss://relay.example/ws"')
  try {
    return { value: relayUrl(value, { allowPlain: true }) }
  } catch (error) {
    if (error instanceof InviteError) return wrong(`${error.message}; one is "wss://relay.example/ws"`)
    throw error
  }
}

function checkName(value: unknown): Checked<string | null> {
  if (value === null) return { value }
  if (typeof value !== 'string') return wrong('must be a text')
  const reason = nameReason(value)
  return reason === null ? { value } : wrong(reason)
}

function checkKeys(value: unknown): Checked<Choice> {
  const fields = mapOf(value)
  if (fields === null) return wrong('must be an object: what is done → its key, or a list of keys')
  const choice: [string, readonly string[]][] = []
  const faults: string[] = []
  for (const [action, keys] of fields) {
    const texts = textsIn(typeof keys === 'string' ? [keys] : keys)
    if (texts === null) faults.push(`.${shown(action)}: must be a key or a list of keys`)
    else choice.push([action, texts])
  }
  const made = mapped(Object.fromEntries(choice))
  if ('faults' in made) faults.push(...made.faults.map(({ action, why }) => `.${shown(action)}: ${why}`))
  return faults.length > 0 ? { faults } : { value: Object.fromEntries(choice) }
}

function checkNotices(value: unknown): Checked<Notices> {
  const fields = mapOf(value)
  const names = Object.keys(DEFAULTS.notices)
  if (fields === null) return wrong(`must be an object of ${listed(names)}`)
  const faults = unknown(fields.keys(), names).map((name) => `.${name}: there is no such field; there are ${listed(names)}`)
  const take = (name: keyof Notices): boolean => {
    const found = fields.has(name) ? fields.get(name) : DEFAULTS.notices[name]
    if (typeof found === 'boolean') return found
    faults.push(`.${name}: must be true or false`)
    return false
  }
  const notices = { bell: take('bell'), title: take('title'), desktop: take('desktop'), mentions: take('mentions') }
  return faults.length > 0 ? { faults } : { value: notices }
}

function textsIn(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null
}

function unknown(names: Iterable<string>, known: readonly string[]): string[] {
  return Array.from(names)
    .filter((name) => !known.includes(name))
    .map(shown)
}

/** So much of a name that is none helps to find it. */
const SHOWN_CHARS = 40

function shown(name: string): string {
  return harmless(name.length > SHOWN_CHARS ? `${name.slice(0, SHOWN_CHARS)}…` : name)
}

function listed(names: readonly string[]): string {
  return names.join(', ')
}

/** The file's text: what is as in DEFAULTS is left out. */
export function configText(config: Config): string {
  const said = Object.entries(config).filter(([name, value]) => !isDefault(name, value))
  return `${JSON.stringify(Object.fromEntries(said), null, 2)}\n`
}

function isDefault(name: string, value: unknown): boolean {
  return JSON.stringify(new Map<string, unknown>(Object.entries(DEFAULTS)).get(name)) === JSON.stringify(value)
}
