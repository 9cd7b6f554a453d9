/** What the full screen touches, and how it begins (docs/terminal.md). program.ts is given both: by fullscreen.ts the real ones, by tests others. */
import type { Terminal } from '@earendil-works/pi-tui'
import type { Client, Invite, SavedTalk } from '#lib/client/index.ts'
import type { Completer } from './completing.ts'
import type { Config } from './config.ts'
import type { Form, Settings } from './model.ts'
import type { Outside } from './notices.ts'
import type { Ground, ThemeName } from './themes.ts'

/** The outside, handed in. */
export interface Ports {
  readonly terminal: Terminal
  /** A client of its own for each conversation. */
  client(): Client
  /** ms since 1970 */
  now(): number
  /** Calls back once after so many ms; returns how to call it off. */
  wake(after: number, then: () => void): () => void
  /** The text of a file, as far as an invite is looked for in it. Throws `Failure`. */
  read(path: string): Promise<string>
  /** Paths that a path can become. */
  complete(path: string): Promise<readonly string[]>
  /** Writes the invite into a new file. Throws `Failure`. */
  save(path: string, invite: Invite): void
  /** Writes a talk into a new file, under a passphrase or in clear text; tells how much of the work is done. Throws `Failure`. */
  saveTalk(path: string, talk: SavedTalk, passphrase: string | null, progress: (done: number) => void): Promise<void>
  /** Keeps settings for good. Throws `Failure`. */
  keep(change: Partial<Config>): void
  /** Gives a text to a program that copies it. Throws `Failure`. */
  pipe(program: readonly string[], text: string): Promise<void>
}

/** How it begins. `atOnce`: with the form as it is filled in. */
export interface Start {
  readonly form: Form
  readonly settings: Settings
  readonly atOnce: boolean
  readonly completers?: readonly Completer[]
  /** What stands around the terminal. */
  readonly outside: Outside
  /** The theme that suits a terminal with this ground; null: it does not tell. */
  suits(ground: Ground | null): ThemeName
}
