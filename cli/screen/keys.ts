/**
 * Keys of the full screen (docs/terminal.md, Keys): what is pressed as what it does, by a table that a person may change. Called by update.ts; the
 * editor's own keys (words, kill ring, undo, history) are pi-tui's.
 */
import { type KeyId, matchesKey } from '@earendil-works/pi-tui'

/** What a key does, wherever it does anything. */
export type Action =
  | 'interrupt'
  | 'end'
  | 'help'
  | 'members'
  | 'verify'
  | 'events'
  | 'page up'
  | 'page down'
  | 'oldest'
  | 'newest'
  | 'go on'
  | 'back'
  | 'next'
  | 'previous'
  | 'complete'
  | 'redraw'

export interface Binding {
  readonly keys: readonly KeyId[]
  /** For F1; null for what every program does alike. */
  readonly does: string | null
}

export type Keys = Readonly<Record<Action, Binding>>

export const KEYS: Keys = {
  help: { keys: ['f1'], does: 'keys and commands' },
  members: { keys: ['f2'], does: 'show or hide who is here' },
  verify: { keys: ['f3'], does: 'fingerprints to compare' },
  events: { keys: ['f4'], does: 'what the relay sees' },
  'page up': { keys: ['pageUp'], does: 'older messages (so does the wheel)' },
  'page down': { keys: ['pageDown'], does: 'newer messages' },
  oldest: { keys: ['ctrl+home'], does: 'the oldest message (Home, when nothing is typed)' },
  newest: { keys: ['ctrl+end'], does: 'the newest message (End, when nothing is typed)' },
  complete: { keys: ['tab'], does: 'complete a path, or further down' },
  redraw: { keys: ['ctrl+l'], does: 'draw the screen anew' },
  interrupt: { keys: ['ctrl+c'], does: 'leave at once' },
  end: { keys: ['ctrl+d'], does: 'leave, when nothing is typed and all is sent' },
  'go on': { keys: ['enter'], does: 'go on, or do what is chosen' },
  back: { keys: ['escape'], does: 'go back, or close' },
  next: { keys: ['down'], does: 'further down' },
  previous: { keys: ['up', 'shift+tab'], does: 'further up' },
}

/** The first key for something, as it is shown; empty when it has none. */
export function keyFor(action: Action, keys: Keys): string {
  const [key] = keys[action].keys
  return key === undefined ? '' : keyName(key)
}

/** `ctrl+home` as `Ctrl-Home`. */
export function keyName(key: KeyId): string {
  return key
    .replace('escape', 'esc')
    .replace(/(?:^|\+)\w/g, (found) => found.toUpperCase())
    .replaceAll('+', '-')
}

/** What keys do, as a screen says it: `Up, Down choose · Esc closes`. What has no key is left out. */
export function hints(keys: Keys, ...list: readonly (readonly [actions: readonly Action[], does: string])[]): string {
  return list
    .map(([actions, does]) => [actions.map((action) => keyFor(action, keys)).filter((key) => key !== ''), does] as const)
    .flatMap(([names, does]) => (names.length === 0 ? [] : [`${names.join(', ')} ${does}`]))
    .join(' · ')
}

/** True when this is pressed for that. `data` is what the terminal sent. */
export function isFor(action: Action, data: string, keys: Keys): boolean {
  return keys[action].keys.some((key) => matchesKey(data, key))
}

/** Home and End go to the first and the last of whatever is in sight, where no text has them. */
export function isHome(data: string): boolean {
  return matchesKey(data, 'home')
}

export function isEnd(data: string): boolean {
  return matchesKey(data, 'end')
}
