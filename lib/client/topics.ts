/**
 * The topic in a room (docs/protocol.md, Topic): keeps what was said of it, tells what is in force, and hands that to who comes. Called by
 * hearing.ts and speaking.ts with entries, by handing.ts and handshake.ts for state letters, and by seated.ts for commands.
 */
import { openClaim } from '#lib/crypto/claim.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { type Entry, entryHash, readEntry, type SignedEntry } from '#lib/room/entry.ts'
import { KEPT_TOPICS } from '#lib/room/limits.ts'
import { inForce, isDefiant, leastOf, type Lock, POLICY, statementOf, TOPIC, type Topic } from '#lib/room/topic.ts'
import { equal, toHex, wipe } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import type { MemberView, TopicView } from './events.ts'
import type { HandedTopic } from './letters.ts'
import type { HeldTopic, Peer, Room } from './state.ts'
import { guarded, tell, viewOf } from './telling.ts'

/** What entries of the topic say, by hash. */
export function topicsOf({ topics }: Room): ReadonlyMap<string, Topic | Lock> {
  return new Map([...topics].map(([hash, { stated }]) => [hash, stated]))
}

/** True while nobody but the founder may set the topic. */
export function isLocked(room: Room): boolean {
  return inForce(topicsOf(room)).lock?.locked === true
}

/** True for an entry that its author may not say, with the alarm: a lock of who is no founder, a topic of who names the lock against it. */
export function isForbidden(room: Room, { entry, hash }: SignedEntry, who: MemberView, turn: Turn): boolean {
  const { kind, body } = entry
  const stated = statementOf(kind, body, toHex(hash), who.founder)
  const isOthersLock = kind === POLICY && !who.founder && body['topic'] !== undefined
  if (!isOthersLock && !(stated?.is === 'topic' && isDefiant(topicsOf(room), stated))) return false
  alarm(who, kind, turn)
  return true
}

function alarm({ name, member }: MemberView, kind: string, turn: Turn): void {
  tell(turn, { is: 'alarm', alarm: { is: 'not_allowed', name, member, kind } })
}

/** Takes what a verified entry says of the topic, if anything, and tells when another is in force. */
export function noteTopic(room: Room, signed: SignedEntry, who: MemberView, turn: Turn): void {
  const author = who.me ? { seat: who.seat, sealedClaim: room.me.claim.sealed } : room.authors.get(signed.entry.log)
  if (author === undefined) return
  keep(room, signed, author, who, turn)
  tellTopic(room, turn)
}

function keep(
  room: Room,
  { entry, bytes, signature, hash }: SignedEntry,
  { seat, sealedClaim }: Pick<HandedTopic, 'seat' | 'sealedClaim'>,
  who: MemberView,
  turn: Turn,
): void {
  const stated = statementOf(entry.kind, entry.body, toHex(hash), who.founder)
  if (stated === null) return
  const { log, n, time } = entry
  // A copy: the transcript wipes its own when it forgets the oldest.
  room.topics.set(stated.hash, { stated, log, n, time, who, seat, sealedClaim, bytes: bytes.slice(), signature })
  // A lock may come behind the topic that names it.
  const said = topicsOf(room)
  for (const held of room.topics.values()) {
    if (held.stated.is !== 'topic' || !isDefiant(said, held.stated)) continue
    forget(room, held)
    alarm(held.who, TOPIC, turn)
  }
  const least = room.topics.size > KEPT_TOPICS ? room.topics.get(leastOf(topicsOf(room)) ?? '') : undefined
  if (least !== undefined) forget(room, least)
}

function forget(room: Room, { stated, bytes }: HeldTopic): void {
  room.topics.delete(stated.hash)
  wipe(bytes)
}

/** Wipes all that was said of it. */
export function wipeTopics(room: Room): void {
  for (const held of room.topics.values()) forget(room, held)
}

function tellTopic(room: Room, turn: Turn): void {
  const { topic, lock } = inForce(topicsOf(room))
  const told = `${topic?.hash ?? ''} ${lock?.locked === true}`
  if (told === room.toldTopic) return
  room.toldTopic = told
  tell(turn, { is: 'topic', topic: viewOfTopic(room, topic, lock) })
}

function viewOfTopic(room: Room, topic: Topic | null, lock: Lock | null): TopicView {
  const held = topic === null ? undefined : room.topics.get(topic.hash)
  const by = held === undefined ? null : whoNow(room, held.who)
  return { text: topic?.text ?? '', by, time: held?.time ?? null, locked: lock?.locked === true }
}

/** Whoever set it may have come back at another seat, or under another name. */
function whoNow({ me, peers }: Room, who: MemberView): MemberView {
  if (who.member === me.view.member) return me.view
  return [...peers.values()].find(({ member, confirmed }) => member === who.member && confirmed)?.view ?? who
}

/** What is in force, whole and signed, as far as it was sent: for who was not here when it was said. */
export function topicsToHand(room: Room): readonly HeldTopic[] {
  const { topic, lock } = inForce(topicsOf(room))
  return [lock, topic].flatMap((stated) => {
    const held = stated === null ? undefined : room.topics.get(stated.hash)
    return held === undefined || (held.log === room.log && room.outbox.includes(held.n)) ? [] : [held]
  })
}

/** What a state letter says is in force. One that does not hold costs itself alone; who hands it on vouches for nothing in it. */
export function takeHandedTopics(room: Room, peer: Peer, handed: readonly HandedTopic[], turn: Turn): void {
  for (const one of handed) {
    // Everybody hands me the same.
    if (room.topics.has(toHex(entryHash(one.bytes)))) continue
    guarded(room, turn, 'letter', peer.seat, () => takeHanded(room, one, turn))
  }
  tellTopic(room, turn)
}

function takeHanded(room: Room, { bytes, signature, seat, sealedClaim }: HandedTopic, turn: Turn): void {
  const { member, memberId, claim } = openClaim(room.keys, seat, sealedClaim, null)
  const signed = readEntry(bytes, signature, { roomId: room.keys.roomId, member, memberId })
  const who = authorOf(room, seat, memberId, claim.name)
  if (isForbidden(room, signed, who, turn)) return
  if (!isOfTopic(signed.entry)) throw new CryptoError('bad_object', 'no entry of the topic')
  keep(room, signed, { seat, sealedClaim }, who, turn)
}

function isOfTopic({ kind, body }: Entry): boolean {
  return kind === TOPIC || (kind === POLICY && body['topic'] !== undefined)
}

/** Who set it may have gone before I came: then its claim says who. */
function authorOf(room: Room, seat: string, memberId: Uint8Array, name: string): MemberView {
  if (equal(memberId, room.me.memberId)) return room.me.view
  const view = viewOf(room, seat, memberId, room.names.get(toHex(memberId)) ?? name, false)
  return whoNow(room, { ...view, presence: 'gone', confirmed: false })
}
