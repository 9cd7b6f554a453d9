/**
 * The outbox (docs/protocol.md, Coming back): entries said while the connection was down. Each has its place in my log at once, and is
 * sent when those who are here can open it. Called by speaking.ts, handing.ts, beats.ts and seats.ts, and for a room that is over by seated.ts
 * and inheriting.ts.
 */
import { isObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { type Head, NO_HEAD } from '#lib/room/entry.ts'
import { headBefore, headOf } from '#lib/room/heads.ts'
import { classOf } from '#lib/room/kinds.ts'
import { POLICY, TOPIC } from '#lib/room/topic.ts'
import { type Kept, keptSince } from '#lib/room/transcript.ts'
import type { Command } from './commands.ts'
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

/** Empties the outbox of a room in which nothing is sent any more: the commands that its entries were made of, in order. */
export function takeOut(room: Room): readonly Command[] {
  return room.outbox.splice(0).flatMap((n) => {
    const kept = entryOf(room, n)
    return kept === undefined ? [] : commandsOf(kept)
  })
}

function commandsOf({ bytes }: Kept): readonly Command[] {
  const { kind, body } = parseCanonical(bytes)
  if (typeof kind !== 'string' || !isObject(body)) return []
  const { text } = body
  // They say what they follow there, and follow nothing in the new room.
  if (kind === TOPIC && typeof text === 'string') return [{ do: 'topic', text }]
  if (kind === POLICY) return [{ do: 'lock', locked: body['topic'] === 'locked' }]
  if (kind === 'core.text' && typeof text === 'string') return [{ do: 'say', text, class: classOf(body) }]
  return [{ do: 'send', kind, body }]
}
