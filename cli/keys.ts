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
  complete: { keys: ['tab'], does: 'complete a command, a name or a path' },
  redraw: { keys: ['ctrl+l'], does: 'draw the screen anew' },
  interrupt: { keys: ['ctrl+c'], does: 'leave at once' },
  end: { keys: ['ctrl+d'], does: 'leave, when nothing is typed and all is sent' },
  'go on': { keys: ['enter'], does: null },
  back: { keys: ['escape'], does: null },
  next: { keys: ['down'], does: null },
  previous: { keys: ['up', 'shift+tab'], does: null },
}

/** The keys of the editor that are worth knowing, for F1. */
export const EDITOR_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['Enter', 'send'],
  ['Alt-Enter, Shift-Enter', 'a new line'],
  ['Up, Down', 'what you said before'],
  ['Ctrl-W, Ctrl-U, Ctrl-K', 'cut a word, to the beginning, to the end'],
  ['Ctrl-Y', 'put back what was cut'],
  ['Ctrl-Z, Ctrl-_', 'undo'],
]

/** True when this is pressed for that. `data` is what the terminal sent. */
export function isFor(action: Action, data: string, keys: Keys): boolean {
  return keys[action].keys.some((key) => matchesKey(data, key))
}
