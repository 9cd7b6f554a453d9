/** What goes into update.ts and what comes out of it: messages, effects, and the part of the world that it may look at. app.ts performs the effects. */
import type { Command } from '#lib/client/commands.ts'
import type { Event, Seen } from '#lib/client/events.ts'
import type { View } from '#lib/client/store.ts'
import type { FieldName, FormName, Notices, PaneName } from './model.ts'

export type Message =
  | { readonly is: 'typed'; readonly field: FieldName; readonly text: string }
  | { readonly is: 'allowed'; readonly plain: boolean }
  | { readonly is: 'turned'; readonly to: FormName }
  | { readonly is: 'submitted' }
  /** A text in which an invite is: a link's fragment, a file, something pasted. */
  | { readonly is: 'given'; readonly text: string }
  /** Not this invite. */
  | { readonly is: 'forgotten' }
  | { readonly is: 'about'; readonly shown: boolean }
  | { readonly is: 'heard'; readonly event: Event }
  | { readonly is: 'seen'; readonly seen: Seen }
  | { readonly is: 'focus'; readonly focused: boolean }
  | { readonly is: 'scrolled'; readonly atEnd: boolean }
  /** A time that was asked for by `wake` has come. */
  | { readonly is: 'woke' }
  | { readonly is: 'said'; readonly text: string }
  | { readonly is: 'answered'; readonly yes: boolean }
  | { readonly is: 'paned'; readonly pane: PaneName | null }
  | { readonly is: 'asked'; readonly command: Command }
  | { readonly is: 'handed'; readonly how: Handing }
  /** What came of it, in words. */
  | { readonly is: 'noted'; readonly note: string }
  /** The room was lost, and somebody made it anew: a text with its invite. */
  | { readonly is: 'found'; readonly text: string }
  /** The end of a conversation was read. */
  | { readonly is: 'over' }
  | { readonly is: 'opening'; readonly address: string | null }
  | { readonly is: 'notices'; readonly change: Partial<Notices> }

/** How an invite is handed out. */
export type Handing = 'text' | 'link' | 'file' | 'share'

export type Effect =
  /** A conversation begins: with a client of its own. */
  | { readonly do: 'begin'; readonly command: Command & { readonly do: 'create' | 'join' } }
  | { readonly do: 'act'; readonly command: Command }
  /** A text back into the field that it came from. */
  | { readonly do: 'draft'; readonly text: string }
  | { readonly do: 'hand'; readonly how: Handing; readonly text: string }
  | { readonly do: 'wake'; readonly after: number }
  /** Something came while nobody looked. */
  | { readonly do: 'ring'; readonly unread: number; readonly mentioned: boolean }

/** What update.ts may look at besides the model. */
export interface World {
  readonly view: View
  /** ms since 1970 */
  readonly now: number
  /** The address of this page, for links; null where nobody else could open it. */
  readonly page: string | null
}
