/**
 * What a client has to show of a conversation, in order: what was said, and what we tell by ourselves. A fold of events beside the store's,
 * which holds entries alone (docs/protocol.md, Client). Called by the full screen and by the page, which show a part of it.
 *
 * Consumes the log it is given, as the store does: a list that is copied for every message would cost as much as the whole conversation.
 */
import type { EntryView, Event } from '#lib/client/events.ts'
import type { View } from '#lib/client/store.ts'
import type { Told } from './told.ts'

/** One thing in the log. `id` is its own, `at` when it came, ms since 1970 by our clock. */
export type Item =
  | { readonly is: 'said'; readonly id: number; readonly at: number; readonly entry: EntryView }
  | { readonly is: 'told'; readonly id: number; readonly at: number; readonly told: Told }

export interface Log {
  readonly items: Item[]
  /** The id that comes next. */
  readonly next: number
}

export function emptyLog(): Log {
  return { items: [], next: 1 }
}

/** The log after an event, whose words are `lines`: what we tell of it, and what was said. `isLost`: the room had been lost. */
export function logAfter(
  log: Log,
  event: Event,
  lines: readonly Told[],
  { view, now, isLost }: { readonly view: View; readonly now: number; readonly isLost: boolean },
): Log {
  let next = log
  if (event.is === 'dialing' && isLost) next = withoutWaiting(next)
  if (event.is === 'entry' && lines.some(({ as }) => as === 'said')) next = withEntry(next, event.entry, now, view)
  if (event.is === 'sent') next = withSent(next, event)
  const told = lines.filter(({ as }) => as === 'ours' || as === 'alarm')
  return withTold(next, told, now)
}

/** The log with an entry in the place that the store gave it. */
function withEntry({ items, next }: Log, entry: EntryView, at: number, { entries }: View): Log {
  const item: Item = { is: 'said', id: next, at, entry }
  const place = entry.late ? placeOf(items, entry, entries) : items.length
  if (place === items.length) items.push(item)
  else items.splice(place, 0, item)
  return { items, next: next + 1 }
}

/** The log with lines of ours behind it. */
export function withTold({ items, next }: Log, told: readonly Told[], at: number): Log {
  items.push(...told.map((one, i): Item => ({ is: 'told', id: next + i, at, told: one })))
  return { items, next: next + told.length }
}

/** Entries of mine that waited have been sent. */
function withSent({ items, next }: Log, { log, upTo, readers }: Event & { readonly is: 'sent' }): Log {
  for (const [place, item] of items.entries()) {
    if (item.is !== 'said' || !item.entry.waiting || item.entry.log !== log || item.entry.n > upTo) continue
    items[place] = { ...item, entry: { ...item.entry, waiting: false, readers } }
  }
  return { items, next }
}

/** The log of a room that another takes the place of: what waited is said there, and told then. */
function withoutWaiting({ items, next }: Log): Log {
  return { items: items.filter((item) => item.is !== 'said' || !item.entry.waiting), next }
}

/** Where an item is; -1 when it is there no more. */
export function placeOfItem({ items }: Log, id: number): number {
  return items.findLastIndex((item) => item.id === id)
}

/** A late entry stands before the one that the store shows after it. */
function placeOf(items: readonly Item[], entry: EntryView, entries: readonly EntryView[]): number {
  const after = entries[entries.findLastIndex((one) => isSame(one, entry)) + 1]
  if (after === undefined) return items.length
  const place = items.findLastIndex((item) => item.is === 'said' && isSame(item.entry, after))
  return place === -1 ? items.length : place
}

function isSame(one: EntryView, other: EntryView): boolean {
  return one.log === other.log && one.n === other.n
}
