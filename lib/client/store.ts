/**
 * The view state that both clients draw from: a reduction of a session's events (docs/protocol.md, Client).
 * `reduce` is pure; a `Store` holds the newest result and tells who subscribed.
 */
import { insertLate } from '#lib/room/order.ts'
import type { Alarm, Ending, EntryView, Event, GapView, Loss, MemberView, TopicView } from './events.ts'

/** Alarms kept, the newest: a member can raise as many as it likes. */
const MOST_ALARMS = 200

/** Where a conversation stands. */
export type Status =
  | { readonly is: 'idle' }
  /** `me` is who I was in the lost room whose place another is to take. */
  | { readonly is: 'dialing'; readonly host: string; readonly me: MemberView | null }
  | { readonly is: 'seated'; readonly me: MemberView }
  /** The connection is lost: the next try is in `again` ms from when this was told. */
  | { readonly is: 'away'; readonly me: MemberView | null; readonly again: number }
  /** The relay does not know the room any more, and why what was tried since did not work. */
  | { readonly is: 'lost'; readonly me: MemberView | null; readonly why: Loss }
  | { readonly is: 'ended'; readonly why: Ending }

export interface View {
  readonly status: Status
  /** Everybody's seats, in order of arrival; those that left stay, marked so. */
  readonly members: ReadonlyMap<string, MemberView>
  /** Entries in the order to show them: causal, then arrival. */
  readonly entries: EntryView[]
  readonly topic: TopicView
  readonly gaps: readonly GapView[]
  /** The newest 200. */
  readonly alarms: readonly Alarm[]
  /** Things refused so far. */
  readonly refused: number
  /** How far everybody who was here has my logs, that of a lost room too. */
  readonly delivered: ReadonlyMap<string, number>
  /** How far my logs of lost rooms were sent. */
  readonly unsure: ReadonlyMap<string, number>
}

/**
 * Where an entry stands. Mine: waiting for the connection, sent, or delivered to everybody who is here; one that nobody could read is sent.
 * Unsure is one of a lost room that not everybody had shown to have. Another's: heard, or repaired from somebody's memory. What is missing
 * stands in `gaps`.
 */
export type EntryState = 'waiting' | 'sent' | 'delivered' | 'unsure' | 'heard' | 'repaired'

export function entryState({ delivered, unsure }: View, { who, repaired, waiting, readers, log, n }: EntryView): EntryState {
  if (!who.me) return repaired ? 'repaired' : 'heard'
  if (waiting) return 'waiting'
  if (readers === 0) return 'sent'
  if (n <= (delivered.get(log) ?? 0)) return 'delivered'
  return n <= (unsure.get(log) ?? 0) ? 'unsure' : 'sent'
}

export interface Store {
  readonly view: View
  /** Takes an event in. Called by the driver alone. */
  take(event: Event): void
  /** Calls back after each change. Returns how to stop. */
  subscribe(listener: (view: View) => void): () => void
}

const NO_TOPIC: TopicView = { text: '', by: null, time: null, locked: false }

function empty(status: Status): View {
  const none = { topic: NO_TOPIC, gaps: [], alarms: [], refused: 0 }
  return { status, members: new Map(), entries: [], ...none, delivered: new Map(), unsure: new Map() }
}

export function emptyStore(): Store {
  const listeners = new Set<(view: View) => void>()
  let view = empty({ is: 'idle' })
  return {
    get view() {
      return view
    },
    take(event) {
      const next = reduce(view, event)
      if (next === view) return
      view = next
      for (const listener of listeners) listener(view)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * The next view state. Events that change nothing in it return the very same one. Consumes the state it is given: the list of entries
 * goes on in the next one, since copying it for every message would cost as much as the whole conversation.
 */
export function reduce(view: View, event: Event): View {
  switch (event.is) {
    case 'dialing':
      return dialing(view, event)
    case 'seated':
      return seated(view, event)
    case 'away':
      return { ...view, status: { is: 'away', me: meOf(view), again: event.again } }
    case 'lost':
      return lost(view, event)
    case 'member':
      return { ...known(view, event.who), members: withMember(without(view.members, event.instead), event.who) }
    case 'verified':
      return { ...known(view, event.who), members: withMember(view.members, event.who) }
    case 'sent':
      return { ...view, entries: sent(view.entries, event) }
    case 'delivered':
      return { ...view, delivered: new Map(view.delivered).set(event.log, event.upTo) }
    case 'entry':
      return { ...view, entries: withEntry(view.entries, event.entry) }
    case 'topic':
      return { ...view, topic: event.topic }
    case 'gaps':
      return { ...view, gaps: event.gaps }
    case 'alarm':
      return { ...view, alarms: [...view.alarms.slice(1 - MOST_ALARMS), event.alarm] }
    case 'refused':
      return { ...view, refused: view.refused + 1 }
    case 'ended':
      return { ...view, status: { is: 'ended', why: event.why } }
    case 'created':
    case 'stepped':
    case 'fingerprints':
    case 'failed':
    case 'reset':
      return view
  }
}

/** What was said in a lost room stays on the screen while another is to take its place; any other begins with nothing. */
function dialing(view: View, { host, goesOn }: Event & { readonly is: 'dialing' }): View {
  return goesOn ? { ...view, status: { is: 'dialing', host, me: meOf(view) } } : empty({ is: 'dialing', host, me: null })
}

/** At another seat of the same room, or in one that takes the place of a lost one: there all come again, and what waited is said there. */
function seated(view: View, { me, returned }: Event & { readonly is: 'seated' }): View {
  const status = { is: 'seated', me } as const
  if (returned) return { ...known(view, me), status, members: withMember(without(view.members, meOf(view)?.seat ?? null), me) }
  const entries = view.entries.filter(({ waiting }) => !waiting)
  return { ...view, status, members: new Map([[me.seat, me]]), entries, topic: NO_TOPIC, gaps: [] }
}

function lost(view: View, { why, unsure }: Event & { readonly is: 'lost' }): View {
  const status = { is: 'lost', me: meOf(view), why } as const
  return { ...view, status, unsure: unsure === null ? view.unsure : new Map(view.unsure).set(unsure.log, unsure.upTo) }
}

function meOf({ status }: View): MemberView | null {
  return 'me' in status ? status.me : null
}

/** Entries of mine that waited have been sent. */
function sent(entries: EntryView[], { log, upTo, readers }: Event & { readonly is: 'sent' }): EntryView[] {
  for (const [at, entry] of entries.entries()) {
    if (entry.waiting && entry.log === log && entry.n <= upTo) entries[at] = { ...entry, waiting: false, readers }
  }
  return entries
}

/** A new name is also that of who set the topic, and mine is also the status line's. */
function known(view: View, who: MemberView): View {
  const { status, topic } = view
  const isMine = who.me && 'me' in status && status.me?.seat === who.seat
  const isSetters = topic.by?.member === who.member && who.confirmed
  if (!isMine && !isSetters) return view
  return { ...view, status: isMine ? { ...status, me: who } : status, topic: isSetters ? { ...topic, by: who } : topic }
}

function withMember(members: View['members'], who: MemberView): View['members'] {
  return new Map(members).set(who.seat, who)
}

function without(members: View['members'], seat: string | null): View['members'] {
  if (seat === null || !members.has(seat)) return members
  const rest = new Map(members)
  rest.delete(seat)
  return rest
}

function withEntry(entries: EntryView[], entry: EntryView): EntryView[] {
  if (entry.late) insertLate(entries, entry)
  else entries.push(entry)
  return entries
}
