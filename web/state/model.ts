/**
 * The whole state of the page, but for the conversation itself, which is the store's, and the text that is being written, which is a signal of its
 * own (app.ts). Plain data; update.ts makes the next one, web/screen.tsx draws it. None of it is ever written to any storage.
 */
import type { Event } from '#lib/client/events.ts'
import type { Invite } from '#lib/client/index.ts'
import { emptyLog, type Log } from '#lib/text/log.ts'
import { beginning, type Standing } from '#lib/text/standing.ts'
import { emptyTraffic, type Traffic } from '#lib/text/traffic.ts'

export interface Model {
  readonly screen: Screen
  /** Somebody looks at this page, as far as the browser tells. */
  readonly focused: boolean
  /** What Tacet is and which page this is stands in place of everything. */
  readonly about: boolean
  readonly notices: Notices
  /** The address that a person wants to open, and has not been asked about yet. */
  readonly leaving: string | null
}

/** How a person hears of what comes while nobody looks: asked for by a click, and never more than a count. */
export interface Notices {
  readonly sound: boolean
  /** denied: the browser was asked, and does not let us. */
  readonly desktop: 'off' | 'on' | 'denied'
}

export type Screen = Form | Talk

export type FormName = 'landing' | 'create' | 'join'
export type FieldName = 'name' | 'relay' | 'token' | 'invite'

/** Screens with fields to fill in: the landing, what making a room takes, and what joining one takes. */
export interface Form {
  readonly is: FormName
  readonly fields: Readonly<Record<FieldName, string>>
  /** The one that was found in a link, a file or what was pasted. */
  readonly invite: Invite | null
  /** The person has read that the relay's address is not encrypted, and wants it all the same. */
  readonly plain: boolean
  /** Why it did not go on. */
  readonly wrong: Wrong | null
}

export interface Wrong {
  readonly at: FieldName | null
  readonly text: string
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
  readonly ended: string | null
  readonly log: Log
  readonly traffic: Traffic
  /** The newest message is in sight. */
  readonly atEnd: boolean
  readonly unread: Unread | null
  readonly pane: Pane | null
  readonly question: Question | null
  /** When the next try to connect is due, ms since 1970; null while none is. */
  readonly retry: number | null
}

/** What came while nobody looked. */
export interface Unread {
  /** The first item of it: the marker stands before it. */
  readonly from: number
  /** How much of it has not been looked at yet. */
  readonly count: number
  /** My name is in some of that. */
  readonly mentioned: boolean
}

export type Fingerprints = Event & { readonly is: 'fingerprints' }

/** What stands in place of the messages for a while. */
export type Pane =
  /** `asked`: the person wants to see it; else it is here until somebody comes. */
  | { readonly is: 'invite'; readonly asked: boolean; readonly note: string | null }
  | { readonly is: 'verify'; readonly code: Fingerprints }
  | { readonly is: 'members' | 'events' | 'room' }

export type PaneName = Pane['is']

/** What is asked before something is said. */
export interface Question {
  readonly text: string
  readonly why: string
}

const NO_FIELDS = { name: '', relay: '', token: '', invite: '' }

export function formOf(is: FormName, given: Partial<Form['fields']> = {}): Form {
  return { is, fields: { ...NO_FIELDS, ...given }, invite: null, plain: false, wrong: null }
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
    atEnd: true,
    unread: null,
    pane: null,
    question: null,
    retry: null,
  }
}

/** At first: the landing, with the relay to offer. */
export function modelOf(relay: string, focused: boolean): Model {
  return {
    screen: formOf('landing', { relay }),
    focused,
    about: false,
    notices: { sound: false, desktop: 'off' },
    leaving: null,
  }
}
