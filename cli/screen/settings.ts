/**
 * What a person has set, as it applies (docs/terminal.md, Settings): put into a theme and tables of keys at the start, and seen and changed by
 * `/set` and `/theme`. Pure. Called by main.ts, updating/saying.ts and completing.ts.
 */
import { changeOf, type Config, DEFAULTS } from './config.ts'
import { mapped } from './keymap.ts'
import type { Settings } from './model.ts'
import { THEME_NAMES, type ThemeName, themeOf } from './themes.ts'

/** The settings with what was read from the file. `drawn` is the theme that it comes to on this terminal, `suits` the one that `auto` does. */
export function settled(settings: Settings, config: Config, drawn: ThemeName, suits: ThemeName): Settings {
  const made = mapped(config.keys)
  // The file is checked by the same tables.
  if ('faults' in made) throw new Error('keys were not checked')
  return { ...settings, config, suits, theme: themeOf(drawn), keys: made.keymap.ours, editorKeys: made.keymap.editor }
}

/** The settings on a terminal that told its ground since. */
export function suited(settings: Settings, suits: ThemeName): Settings {
  if (settings.suits === suits) return settings
  return settings.config.theme === 'auto' ? { ...settings, suits, theme: themeOf(suits) } : { ...settings, suits }
}

/** The settings after a change that a person makes. */
export function withChange(settings: Settings, change: Partial<Config>): Settings {
  const next = { ...settings, config: { ...settings.config, ...change } }
  if (change.theme === undefined) return next
  return { ...next, theme: themeOf(change.theme === 'auto' ? settings.suits : change.theme) }
}

/** What `/set` comes to: what is told, and what changes; or what is wrong. */
export type Set = { readonly told: readonly string[]; readonly change: Partial<Config> | null } | { readonly wrong: string }

/** `name` null: all are told. `value` null: what it is now. */
export function set(settings: Settings, name: string | null, value: string | null): Set {
  if (name !== null && /^keys(?:\.|$)/.test(name)) return { wrong: KEYS_WHERE }
  if (name === null) return { told: Object.entries(SETTABLE).map((one) => shown(settings, ...one)), change: null }
  const row = Object.hasOwn(SETTABLE, name) ? SETTABLE[name] : undefined
  if (row === undefined) return { wrong: `there is no such setting; there are ${Object.keys(SETTABLE).join(', ')}` }
  if (value === null && row.bare !== undefined) return cleared(settings, name, row, row.bare)
  if (value === null) return { told: [`${shown(settings, name, row)}; it can be ${row.values.join(', ')}`], change: null }
  const change = row.take(value, settings.config)
  if (typeof change === 'string') return { wrong: `${name}: ${change}` }
  return { told: [shown(withChange(settings, change), name, row)], change }
}

/** Keys that would do two things are found when all of them are read at once. */
const KEYS_WHERE =
  'keys are not changed here but in the file of settings, config.json, such as "keys": { "help": ["f1", "ctrl+g"] }, for the next start'

/** What was there is told, so that it can be set again. */
function cleared({ config }: Settings, name: string, { show }: Row, change: Partial<Config>): Set {
  const before = show(config)
  return before === ''
    ? { told: [`${name} is not set`], change: null }
    : { told: [`${name} is cleared; it was ${before}`], change }
}

function shown({ config, suits }: Settings, name: string, { show }: Row): string {
  const value = show(config)
  return `${name} = ${value}${name === 'theme' && value === 'auto' ? ` (${suits})` : ''}`
}

interface Row {
  readonly show: (config: Config) => string
  /** What it can be: words to take, or what to write instead of one. */
  readonly values: readonly string[]
  /** The change, or why there is none. */
  readonly take: (value: string, config: Config) => Partial<Config> | string
  /** The change that comes of no value; where there is none, what it is now is told. */
  readonly bare?: Partial<Config>
}

const NONE = 'none'
const SWITCH = { on: true, off: false } as const

const SETTABLE: Readonly<Record<string, Row>> = {
  theme: {
    show: ({ theme }) => theme,
    values: ['auto', ...THEME_NAMES],
    take: (value) => changeOf('theme', value),
  },
  ...Object.fromEntries(Object.keys(DEFAULTS.notices).map((name) => [`notices.${name}`, noticeRow(name)])),
  relay: {
    show: ({ relay }) => relay ?? NONE,
    values: ['wss://relay.example/ws', NONE],
    take: (value) => changeOf('relay', value === NONE ? null : value),
  },
  name: {
    show: ({ name }) => name ?? '',
    values: ['a name'],
    take: (value) => changeOf('name', value),
    // Any word may be a name, so that none can stand for no name.
    bare: { name: null },
  },
  copy: {
    show: ({ copy }) => copy?.join(' ') ?? NONE,
    values: ['a program and what it is given', NONE],
    take: (value) => changeOf('copy', value === NONE ? null : value.split(/\s+/)),
  },
}

function noticeRow(name: string): Row {
  const of = ({ notices }: Config) => new Map<string, boolean>(Object.entries(notices)).get(name) ?? false
  return {
    show: (config) => (of(config) ? 'on' : 'off'),
    values: Object.keys(SWITCH),
    take: (value, config) =>
      value === 'on' || value === 'off' ? changeOf('notices', { ...config.notices, [name]: SWITCH[value] }) : 'must be on or off',
  }
}

/** Names of settings, each with the words that it takes, for completion. */
export function settables(): readonly (readonly [name: string, values: readonly string[]])[] {
  return Object.entries(SETTABLE).map(([name, { values }]) => [name, values.filter((value) => /^\w+$/.test(value))])
}
