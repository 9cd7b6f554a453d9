/**
 * What goes into update.ts and what comes out of it: messages, effects, and the part of the world that it may look at. program.ts makes
 * the former and performs the latter.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Event, Seen } from '#lib/client/events.ts'
import type { Invite } from '#lib/client/index.ts'
import type { View } from '#lib/client/store.ts'
import type { Config } from './config.ts'
import type { Outcome } from '../reasons.ts'
import type { ThemeName } from './themes.ts'

export type Message =
  /** A key, or a paste, as the terminal sent it. */
  | { readonly is: 'key'; readonly data: string }
  /** The wheel was turned by so many rows; down is positive. */
  | { readonly is: 'wheel'; readonly rows: number }
  | { readonly is: 'focus'; readonly focused: boolean }
  | { readonly is: 'heard'; readonly event: Event }
  /** A frame went out or came in. */
  | { readonly is: 'seen'; readonly seen: Seen }
  /** Enter was pressed in the editor. */
  | { readonly is: 'entered'; readonly text: string }
  /** A time that was asked for by `wake` has come. */
  | { readonly is: 'woke' }
  /** Begin with the form as it is filled in. */
  | { readonly is: 'begin' }
  /** A file was read in search of an invite. */
  | { readonly is: 'read'; readonly text: string; readonly why: 'join' | 'join anew' }
  | { readonly is: 'unreadable'; readonly reason: string; readonly why: 'join' | 'join anew' }
  /** What a path can become. */
  | { readonly is: 'completed'; readonly path: string; readonly found: readonly string[] }
  /** The invite was saved; or why not. */
  | { readonly is: 'saved'; readonly path: string; readonly fault: string | null }
  /** A text was copied; or why not. */
  | { readonly is: 'copied'; readonly fault: string | null }
  /** A setting applies, but could not be kept for good. */
  | { readonly is: 'not kept'; readonly reason: string }
  /** The terminal told its ground: this theme suits it. */
  | { readonly is: 'ground'; readonly suits: ThemeName }
  /** So much of the work on the passphrase of a saved talk is done, 0 to 1. */
  | { readonly is: 'stretched'; readonly done: number }
  /** The talk was saved; or why not. `sealed`: under a passphrase. */
  | { readonly is: 'talk saved'; readonly path: string; readonly sealed: boolean; readonly fault: string | null }
  /** A signal asks to end. */
  | { readonly is: 'signal' }

export type Effect =
  /** A conversation begins: with a client of its own. */
  | { readonly do: 'begin'; readonly command: Command & { readonly do: 'create' | 'join' } }
  | { readonly do: 'act'; readonly command: Command }
  /** A key for the editor. */
  | { readonly do: 'type'; readonly data: string }
  /** A text at the editor's cursor. */
  | { readonly do: 'insert'; readonly text: string }
  /** A text into the editor's history. */
  | { readonly do: 'remember'; readonly text: string }
  | { readonly do: 'copy'; readonly text: string }
  | { readonly do: 'read'; readonly path: string; readonly why: 'join' | 'join anew' }
  | { readonly do: 'complete'; readonly path: string }
  | { readonly do: 'save'; readonly path: string; readonly invite: Invite }
  | { readonly do: 'bell' }
  /** A notice of the desktop: how much is new, and whether I am named in it. */
  | { readonly do: 'notice'; readonly count: number; readonly named: boolean }
  /** What was said so far into a new file; `passphrase` null: in clear text. */
  | { readonly do: 'save talk'; readonly path: string; readonly passphrase: string | null }
  /** Keeps settings for good. */
  | { readonly do: 'keep'; readonly change: Partial<Config> }
  /** Everything goes from the terminal, what it remembers too. */
  | { readonly do: 'erase' }
  /** Whatever stands on the screen that is not ours goes. */
  | { readonly do: 'redraw' }
  | { readonly do: 'wake'; readonly after: number }
  | { readonly do: 'quit'; readonly outcome: Outcome }

/** What update.ts may look at besides the model. */
export interface World {
  readonly view: View
  /** ms since 1970 */
  readonly now: number
  /** The log's place on the screen, as it was drawn last. */
  readonly columns: number
  readonly rows: number
  /** The members' pane was drawn. */
  readonly membersShown: boolean
  /** Something is typed in the editor. */
  readonly typed: boolean
}
