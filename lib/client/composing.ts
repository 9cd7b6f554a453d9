/**
 * What every content of mine has in it, and how it goes out (docs/protocol.md, Entries). Called by speaking.ts for entries and by beats.ts.
 */
import type { JsonObject } from '#lib/crypto/canonical.ts'
import { envelopeFields } from '#lib/crypto/message.ts'
import { sealNext } from '#lib/crypto/sending.ts'
import type { Entry, NamedHead, Signed } from '#lib/room/entry.ts'
import { SALT_BYTES } from '#lib/room/limits.ts'
import type { Turn } from './effects.ts'
import { myRoster } from './rosters.ts'
import type { Peer, Room } from './state.ts'

/** What every content says. */
export function said(
  room: Room,
  kind: string,
  body: JsonObject,
  seen: readonly NamedHead[],
  turn: Turn,
): Omit<Entry, 'log' | 'n' | 'prev'> {
  const { memberId } = room.me
  return { member: memberId, time: turn.now, kind, body, seen, roster: myRoster(room), salt: turn.random(SALT_BYTES) }
}

/** Seats that have my state. */
export function given(room: Room): readonly Peer[] {
  return [...room.peers.values()].filter((peer) => peer.out !== null)
}

/** Seals a content as my next message. */
export function broadcast(room: Room, { bytes, signature }: Signed, turn: Turn): void {
  const envelope = sealNext(room.keys.roomId, room.sending, bytes, signature, turn.random)
  room.usedSince ??= turn.now
  turn.effects.push({ do: 'send', frame: { type: 'broadcast', ...envelopeFields(envelope) } })
}

/** What I have said of others' heads is no news any more. */
export function takeNews(room: Room, seen: readonly NamedHead[]): void {
  for (const { log, n } of seen) if (room.news.get(log)?.n === n) room.news.delete(log)
}
