/**
 * Beats (docs/protocol.md, Beats): now and then each member says how far it holds every log. That turns "sent" into "delivered", uncovers
 * a tail that nobody followed, and shows who is still there. Called by seated.ts for its timer, and by whoever takes an entry in.
 */
import { type NamedHead, NO_HEAD, signBeat, type Signed } from '#lib/room/entry.ts'
import { SEEN_IN_BEAT } from '#lib/room/limits.ts'
import { headsBehindHoles, wholeHeads } from '#lib/room/heads.ts'
import { readU32 } from '#lib/wire/bytes.ts'
import { broadcast, given, said, takeNews } from './composing.ts'
import type { Millis, Turn } from './effects.ts'
import type { Stretch } from './events.ts'
import { sentHead } from './outbox.ts'
import { stepOut, stepReason } from './rotation.ts'
import type { Peer, Room } from './state.ts'
import { tell } from './telling.ts'
import { BEAT_MS, BEAT_SOON_MS, BEAT_SOON_OTHERS } from './times.ts'

/** The next beat is due a while from now. */
export function armBeat(room: Room, turn: Turn): void {
  room.beatBy = turn.now + between(BEAT_MS, turn)
  room.beatAt = room.beatBy
  arm(room, turn)
}

/**
 * An entry was said, or somebody came: the next beat follows when it has been quiet for a moment, for longer in a large room, where everybody
 * hears the beats of everybody. A beat never causes one.
 */
export function beatSoon(room: Room, turn: Turn): void {
  const times = Math.max(1, given(room).length / BEAT_SOON_OTHERS)
  room.beatAt = Math.min(room.beatBy, turn.now + Math.ceil(times * between(BEAT_SOON_MS, turn)))
  if (room.beatAt < room.beatArmed) arm(room, turn)
}

/** The timer rang: the beat is due, or was put off meanwhile. */
export function beatIfDue(room: Room, turn: Turn): void {
  room.beatArmed = Number.POSITIVE_INFINITY
  if (turn.now < room.beatAt) return arm(room, turn)
  if (room.ready && given(room).length > 0) sayBeat(room, turn)
  armBeat(room, turn)
}

function arm(room: Room, turn: Turn): void {
  room.beatArmed = room.beatAt
  turn.effects.push({ do: 'wake', timer: 'beat', after: Math.max(0, room.beatAt - turn.now) })
}

function between([least, most]: readonly [Millis, Millis], turn: Turn): Millis {
  return least + Math.floor(((most - least) * readU32(turn.random(4), 0)) / 2 ** 32)
}

function sayBeat(room: Room, turn: Turn): void {
  const reason = stepReason(room, turn.now)
  if (reason === null) broadcast(room, beatOf(room, room.sending.epoch, turn), turn)
  else stepOut(room, reason, (epoch) => beatOf(room, epoch, turn), turn)
}

/** A beat for the next message of an epoch. */
export function beatOf(room: Room, epoch: number, turn: Turn): Signed {
  const { me } = room
  const head = { log: room.log, ...sentHead(room) }
  const content = {
    ...said(room, 'core.beat', {}, named(room, turn), turn),
    seat: me.seat,
    epoch,
    counter: room.sending.chain.next,
    head,
  }
  takeNews(room, content.seen)
  return signBeat(room.keys.roomId, content, me.signer)
}

/** Logs that changed since I said anything, then others at random: in a small room all of them, in a large one the beats of all cover them. */
function named(room: Room, turn: Turn): readonly NamedHead[] {
  const all = held(room)
  if (all.flat().length <= SEEN_IN_BEAT) return all.flat()
  const fresh = all.filter(([{ log }]) => room.news.has(log)).slice(-SEEN_IN_BEAT)
  const rest = all.filter((heads) => !fresh.includes(heads))
  const from = between([0, rest.length], turn)
  return [...fresh, ...rest.slice(from), ...rest.slice(0, from)].flat().slice(0, SEEN_IN_BEAT)
}

/**
 * How far I hold each log without a hole. Where its author may not be here to fill one, what I hold behind it is named as well, and always
 * after the other: the author takes the first for what has been delivered.
 */
function held({ transcript, peers, log: mine }: Room): readonly (readonly [NamedHead, ...NamedHead[]])[] {
  const whole = new Map(wholeHeads(transcript).map((head) => [head.log, head]))
  whole.delete(mine)
  const here = new Set([...peers.values()].filter(({ presence }) => presence === 'here').map(({ log }) => log))
  const behind = headsBehindHoles(transcript).filter(({ log }) => !here.has(log))
  for (const { log } of behind) if (!whole.has(log)) whole.set(log, { log, ...NO_HEAD })
  const newest = new Map(behind.map((head) => [head.log, head]))
  return [...whole.values()].map((head) => {
    const further = newest.get(head.log)
    return further === undefined ? [head] : [head, further]
  })
}

/** How far a peer says that it holds my log. */
export function noteMine(room: Room, peer: Peer, heads: readonly NamedHead[]): void {
  const mine = heads.find(({ log }) => log === room.log)
  if (mine !== undefined) peer.has = Math.max(peer.has, mine.n)
}

/** Tells how far everybody who is here has my log, when that is further than last told. */
export function noteDelivered(room: Room, turn: Turn): void {
  const readers = given(room)
  if (readers.length === 0) return
  // What nobody could read when it was said is not made so by who came since.
  const upTo = Math.min(room.readUpTo, ...readers.map(({ has }) => has))
  if (upTo <= room.delivered) return
  room.delivered = upTo
  tell(turn, { is: 'delivered', log: room.log, upTo })
}

/** What I sent and not everybody has shown to have; null when there is nothing of it. */
export function unsure({ log, delivered, readUpTo }: Room): Stretch | null {
  return readUpTo > delivered ? { log, from: delivered + 1, upTo: readUpTo } : null
}
