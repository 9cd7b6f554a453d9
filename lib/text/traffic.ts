/**
 * What went to the relay and came from it, for the pane that shows that the relay is blind (docs/protocol.md, Client). A fold of what `client.watch`
 * sees; called by the full screen and by the page. Kept are frames in words (lib/text/summary), never frames: those hold what opens the relay's door.
 *
 * Consumes what it is given, as the log does.
 */
import type { Seen } from '#lib/client/events.ts'
import { type Summary, summaryOf, summaryOfGarbage } from './summary.ts'

/** One frame. `id` is its own, `at` when it was seen, ms since 1970 by our clock. */
export interface Sighting {
  readonly id: number
  readonly at: number
  readonly way: 'in' | 'out'
  readonly summary: Summary
}

export interface Traffic {
  /** The newest, oldest first. */
  readonly items: Sighting[]
  /** The id that comes next. */
  readonly next: number
}

/** Frames that are kept. */
export const MOST_KEPT = 1_000

export function emptyTraffic(): Traffic {
  return { items: [], next: 1 }
}

export function withSeen({ items, next }: Traffic, seen: Seen, at: number): Traffic {
  items.push({ id: next, at, way: seen.way, summary: summarized(seen) })
  if (items.length > MOST_KEPT) items.shift()
  return { items, next: next + 1 }
}

function summarized(seen: Seen): Summary {
  return seen.frame === null ? summaryOfGarbage(seen.code, seen.bytes) : summaryOf(seen.frame, seen.bytes)
}

/** The frame so many further on; null when that is the newest, so that the newest stays chosen. */
export function movedBy({ items }: Traffic, chosen: number | null, frames: number): number | null {
  const last = items.length - 1
  const found = chosen === null ? last : items.findIndex(({ id }) => id === chosen)
  // One that is kept no longer was the oldest.
  const place = Math.min(Math.max(0, Math.max(0, found) + frames), last)
  return place === last ? null : (items[place]?.id ?? null)
}
