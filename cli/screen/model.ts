/**
 * The whole state of the full screen, but for the conversation itself, which is the store's, and the text in the editor, which is the
 * editor's. Plain data; update.ts makes the next one, screen.ts draws it.
 */
import type { Event } from '#lib/client/events.ts'
import type { Invite } from '#lib/client/index.ts'
import { type Config, DEFAULTS } from './config.ts'
import type { Ignored } from './ignoring.ts'
import type { Outcome } from '../reasons.ts'
import { type EditorKeys, KEYMAP } from './keymap.ts'
import type { Keys } from './keys.ts'
import { emptyLog, type Log } from '#lib/text/log.ts'
import { beginning, type Standing } from '#lib/text/standing.ts'
import { emptyTraffic, type Traffic } from '#lib/text/traffic.ts'
import { type Field, fieldOf } from './updating/field.ts'
import { type ThemeName, themeOf } from './themes.ts'
import type { Theme } from '../views/theme.ts'

/** What a person may choose, and what the environment says. */
export interface Settings {
  /** What is set for good. */
  readonly config: Config
  /** The theme that suits the terminal, as far as it is known. */
  readonly suits: ThemeName
  readonly theme: Theme
  readonly keys: Keys
  readonly editorKeys: EditorKeys
  /** A relay on another machine may be one without encryption. */
  readonly allowPlain: boolean
  /** Tell also whenever somebody's keys are renewed, and when everybody has what was said. */
  readonly verbose: boolean
  /** What a relay asks for before it makes a room, from TACET_ADMIN_TOKEN. */
  readonly adminToken: string | null
  /** Where the invite of a room is saved as soon as it is made. */
  readonly inviteFile: string | null
}

export const SETTINGS: Settings = {
  config: DEFAULTS,
  suits: '16',
  theme: themeOf('16'),
  keys: KEYMAP.ours,
  editorKeys: KEYMAP.editor,
  allowPlain: false,
  verbose: false,
  adminToken: null,
  inviteFile: null,
}

export interface Model {
  readonly settings: Settings
  readonly screen: Screen
  /** Somebody looks at this terminal; null: it does not tell. */
  readonly focused: boolean | null
}

export type Screen = Form | Talk

/** Screens with fields to fill in: the landing, what making a room takes, and what joining one takes. */
export interface Form {
  readonly is: FormName
  readonly fields: Readonly<Record<FieldName, Field>>
  readonly at: Stop
  /** Why it did not go on. */
  readonly wrong: Outcome | null
  /** Paths that the one which is typed can become. */
  readonly found: readonly string[]
}

export type FormName = 'landing' | 'create' | 'join'
export type FieldName = 'name' | 'relay' | 'token' | 'invite'
/** Where the cursor can be: a field, or one of the landing's two ways on. */
export type Stop = FieldName | 'to create' | 'to join'

export const STOPS: Readonly<Record<FormName, readonly Stop[]>> = {
  landing: ['name', 'to create', 'to join'],
  create: ['name', 'relay', 'token'],
  join: ['name', 'invite'],
}

/** What stands in the fields of a form from the beginning. */
export interface Given {
  readonly name?: string
  readonly relay?: string
  readonly token?: string
  readonly invite?: string
}

/** A form whose cursor is where something is missing. */
export function formOf(is: FormName, { name = '', relay = '', token = '', invite = '' }: Given): Form {
  const fields = { name: fieldOf(name), relay: fieldOf(relay), token: fieldOf(token), invite: fieldOf(invite) }
  return { is, fields, at: firstStop(is, fields), wrong: null, found: [] }
}

/** The same fields on another form. */
export function turnedTo(is: FormName, form: Form): Form {
  return { ...form, is, at: firstStop(is, form.fields), wrong: null, found: [] }
}

function firstStop(is: FormName, fields: Form['fields']): Stop {
  if (fields.name.text === '') return 'name'
  return ({ landing: 'to create', create: 'relay', join: 'invite' } as const)[is]
}

/** A conversation, from dialing on. */
export interface Talk {
  readonly is: 'talk'
  /** The form it began with: shown again when the room is never reached. */
  readonly origin: Form
  readonly standing: Standing
  /** We have been in the room. */
  readonly seated: boolean
  /** We asked to leave: when what was said has gone out, or at once. */
  readonly leaving: 'in turn' | 'now' | null
  /** How it ended; null while it goes on. */
  readonly ended: Outcome | null
  readonly log: Log
  /** What went to the relay and came from it. */
  readonly traffic: Traffic
  readonly ignored: Ignored
  /** Where the window on the log is; null: at its end, and going with it. */
  readonly scroll: Scroll | null
  readonly unread: Unread | null
  /** When the last notice was, ms since 1970. */
  readonly noticed: number
  readonly pane: Pane | null
  readonly question: Question | null
  /** Whether the members' pane is shown; `auto`: where there is room. */
  readonly members: 'auto' | 'shown' | 'hidden'
  /** `/close` was the last thing said. */
  readonly closing: boolean
  /** When the next try to connect is due, ms since 1970; null while none is. */
  readonly retry: number | null
}

/** The last row of the window: a row of an item, counted from the item's first. */
export interface Scroll {
  readonly item: number
  readonly row: number
}

/** What came while nobody looked. */
export interface Unread {
  /** The first item of it: the marker stands before it. */
  readonly from: number
  /** How much of it has not been looked at yet. */
  readonly count: number
  /** I am named in that. */
  readonly named: boolean
  /** There was a notice of it. */
  readonly told: boolean
}

/** What stands in place of the messages for a while. A new pane is a variant here, its keys in updating/panes.ts, its lines in screen.ts. */
export type Pane =
  /** `asked`: the person wants to see it; else it is here until somebody comes. */
  | {
      readonly is: 'invite'
      readonly asked: boolean
      readonly form: InviteForm
      readonly file: Field | null
      readonly note: string | null
    }
  | { readonly is: 'help'; readonly from: number }
  /**
   * `chosen`: the place of a member among those that can be compared; null: none, the room's code is in sight. `from`: rows of that which are
   * scrolled away.
   */
  | { readonly is: 'verify'; readonly code: Fingerprints; readonly chosen: number | null; readonly from: number }
  /**
   * `found`: paths that the file's can become. `sure`: whether clear text is meant is being asked. `done`: how much of the work is, 0 to 1; null
   * before it.
   */
  | {
      readonly is: 'save'
      readonly fields: Readonly<Record<SaveField, Field>>
      readonly at: SaveStop
      readonly found: readonly string[]
      readonly wrong: string | null
      readonly sure: boolean
      readonly done: number | null
    }
  /** `chosen`: the id of a frame; null: the newest, whichever it is. `open`: those that are shown whole. */
  | { readonly is: 'events'; readonly chosen: number | null; readonly open: ReadonlySet<number> }

export type SaveField = 'file' | 'passphrase' | 'again'
/** Where the cursor of the pane for saving can be: a field, or the way without a passphrase. */
export type SaveStop = SaveField | 'clear'
export const SAVE_STOPS: readonly SaveStop[] = ['file', 'passphrase', 'again', 'clear']

/** How an invite is shown: as the block of text that a file holds, in one line, or for a camera. */
export type InviteForm = 'block' | 'line' | 'code'

/** What there is to compare. */
export type Fingerprints = Event & { readonly is: 'fingerprints' }

/** What is asked before something is done with a text that was pasted or is about to be said. */
export interface Question {
  readonly is: 'paste' | 'say'
  readonly text: string
  readonly why: string
}

export function talkOf(origin: Form, invite: Invite | null): Talk {
  return {
    is: 'talk',
    origin,
    standing: beginning(invite),
    seated: false,
    leaving: null,
    ended: null,
    log: emptyLog(),
    traffic: emptyTraffic(),
    ignored: new Map(),
    scroll: null,
    unread: null,
    noticed: 0,
    pane: null,
    question: null,
    members: 'auto',
    closing: false,
    retry: null,
  }
}
