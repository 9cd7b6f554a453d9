/**
 * The outbox (docs/protocol.md, Coming back): entries said while the connection was down. Each has its place in my log at once, and is
 * sent when those who are here can open it. Called by speaking.ts, seated.ts and handshake.ts.
 */
import { type Head, NO_HEAD } from '#lib/room/entry.ts'
import { headBefore, headOf, type Kept, keptSince } from '#lib/room/transcript.ts'
import type { Room } from './state.ts'

/** My newest entry that was sent: what waits is nobody's gap. */
export function sentHead(room: Room): Head {
  const [first] = room.outbox
  if (first === undefined) return headOf(room.transcript, room.log) ?? NO_HEAD
  return headBefore(room.transcript, room.log, first) ?? NO_HEAD
}

/** An entry of mine that is kept. */
export function entryOf(room: Room, n: number): Kept | undefined {
  return keptSince(room.transcript, room.log, n, n, -1)[0]
}
