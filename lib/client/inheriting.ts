/**
 * A room that the relay lost, made anew (docs/protocol.md, Coming back): the same room key and the same key of mine, under a new room id.
 * What the person has verified, and what was written and not sent, goes on. Called by session.ts.
 */
import { memberId } from '#lib/crypto/claim.ts'
import { inForce } from '#lib/room/topic.ts'
import { type Bytes, toHex } from '#lib/wire/bytes.ts'
import type { Command } from './commands.ts'
import type { Turn } from './effects.ts'
import { placeEntries } from './obeying.ts'
import { takeOut } from './outbox.ts'
import { alarmOverName } from './peers.ts'
import type { Self } from './stages.ts'
import type { Room } from './state.ts'
import { refreshNames, tell } from './telling.ts'
import { topicsOf } from './topics.ts'

/** Who I was there, under a name. */
export function heirOf(lost: Room, name: string): Self {
  return { name, signer: lost.me.signer, lost }
}

/** The key of the lost room's founder; null when I never met it. */
export function founderKey({ me, authors }: Room): Bytes | null {
  if (me.view.founder) return me.signer.publicKey
  const founder = [...authors.values()].find(({ view }) => view.founder)
  return founder?.member.bytes ?? null
}

/** Takes over what outlives the lost room, and leaves the rest to be wiped. */
export function continueFrom(lost: Room, room: Room, turn: Turn): void {
  keepMarks(lost, room, turn)
  room.lossCode = lost.lossCode
  room.waiting.push(...takeOut(lost), ...lost.waiting.splice(0))
  room.keeps = room.waiting.length > 0
  // As after any return: what was written has its place at once, and goes out when somebody can open it.
  room.returning = room.keeps
  const anew = topicAnew(lost, room)
  placeEntries(room, turn)
  // After the handshake: by then the lock is known that somebody else may have brought along.
  room.waiting.push(...anew)
}

/** What was in force there is in force in a room made anew: who made it sets the topic again, the founder locks it again. */
function topicAnew(lost: Room, room: Room): readonly Command[] {
  const { topic, lock } = inForce(topicsOf(lost))
  const isSaid = (what: Command['do']) => room.waiting.some((command) => command.do === what)
  const sets = topic !== null && topic.text !== '' && room.peers.size === 0 && !isSaid('topic')
  const locks = lock?.locked === true && room.me.view.founder && !isSaid('lock')
  return [
    ...(sets ? [{ do: 'topic', text: topic.text } as const] : []),
    ...(locks ? [{ do: 'lock', locked: true } as const] : []),
  ]
}

/** Whoever is verified stays so, here already or not; another key under such a name is told. */
function keepMarks(lost: Room, room: Room, turn: Turn): void {
  for (const { member } of lost.authors.values()) {
    const was = toHex(memberId(lost.keys.roomId, member.bytes))
    if (!lost.verified.has(was)) continue
    const next = toHex(memberId(room.keys.roomId, member.bytes))
    room.verified.add(next)
    const name = lost.names.get(was)
    if (name !== undefined && !room.names.has(next)) room.names.set(next, name)
  }
  refreshNames(room, turn)
  for (const peer of room.peers.values()) {
    if (peer.view.verified) tell(turn, { is: 'verified', who: peer.view })
    alarmOverName(room, peer, turn)
  }
}
