/**
 * The view state that both clients draw from: a reduction of a session's events (docs/protocol.md, Client).
 * `reduce` is pure; a `Store` holds the newest result and tells who subscribed.
 */
import { insertLate } from '#lib/room/order.ts'
import type { Alarm, Ending, EntryView, Event, GapView, MemberView } from './events.ts'

/** Alarms kept, the newest: a member can raise as many as it likes. */
const MOST_ALARMS = 200

/** Where a conversation stands. */
export type Status =
  | { readonly is: 'idle' }
  | { readonly is: 'dialing'; readonly host: string }
  | { readonly is: 'seated'; readonly me: MemberView }
  | { readonly is: 'ended'; readonly why: Ending }

export interface View {
  readonly status: Status
  /** Everybody's seats, in order of arrival; those that left stay, marked so. */
  readonly members: ReadonlyMap<string, MemberView>
  /** Entries in the order to show them: causal, then arrival. */
  readonly entries: EntryView[]
  readonly gaps: readonly GapView[]
  /** The newest 200. */
  readonly alarms: readonly Alarm[]
  /** Things refused so far. */
  readonly refused: number
}

export interface Store {
  readonly view: View
  /** Takes an event in. Called by the driver alone. */
  take(event: Event): void
  /** Calls back after each change. Returns how to stop. */
  subscribe(listener: (view: View) => void): () => void
}

function empty(status: Status): View {
  return { status, members: new Map(), entries: [], gaps: [], alarms: [], refused: 0 }
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
      return empty({ is: 'dialing', host: event.host })
    case 'seated':
      return { ...view, status: { is: 'seated', me: event.me }, members: withMember(view.members, event.me) }
    case 'member':
    case 'verified':
      return { ...view, ...self(view, event.who), members: withMember(view.members, event.who) }
    case 'entry':
      return { ...view, entries: withEntry(view.entries, event.entry) }
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
      return view
  }
}

/** My own new name is also the status line's. */
function self(view: View, who: MemberView): Pick<View, 'status'> | null {
  return who.me && view.status.is === 'seated' && view.status.me.seat === who.seat ? { status: { is: 'seated', me: who } } : null
}

function withMember(members: View['members'], who: MemberView): View['members'] {
  return new Map(members).set(who.seat, who)
}

function withEntry(entries: EntryView[], entry: EntryView): EntryView[] {
  if (entry.late) insertLate(entries, entry)
  else entries.push(entry)
  return entries
}
