/**
 * How a session speaks to people: events, views of members, and what was refused (docs/protocol.md, Client). Called by every file
 * of the session; changes nothing but the cached views and the counts of refusals.
 */
import { CryptoError } from '#lib/crypto/errors.ts'
import { keyTag } from '#lib/crypto/fingerprint.ts'
import { clashing } from '#lib/room/roster.ts'
import type { NamedHead } from '#lib/room/entry.ts'
import { gaps } from '#lib/room/gaps.ts'
import { type Contradiction, type Fork, noteHead, type Outcome } from '#lib/room/transcript.ts'
import { equal, fromUtf8, toBase64url, toHex } from '#lib/wire/bytes.ts'
import { WireError } from '#lib/wire/errors.ts'
import type { Turn } from './effects.ts'
import type { Event, MemberView, Presence, Refusal } from './events.ts'
import type { Peer, Room } from './state.ts'
import { NAMES_COMPARED, UNKNOWN_LOGS } from './times.ts'

export function tell(turn: Turn, event: Event): void {
  turn.effects.push({ do: 'tell', event })
}

/** Tells that something changed about a peer's seat. */
export function tellMember(
  room: Room,
  turn: Turn,
  peer: Peer,
  what: (Event & { is: 'member' })['what'],
  was: string | null = null,
): void {
  peer.told = true
  refreshViews(room)
  tell(turn, { is: 'member', what, who: peer.view, was, instead: null })
}

export function setPresence(room: Room, turn: Turn, peer: Peer, presence: Presence): void {
  if (peer.presence === presence) return
  peer.presence = presence
  // Who may be coming back is told once that is known.
  if (!peer.told && presence !== 'here') return refreshViews(room)
  if (presence !== 'left') tellMember(room, turn, peer, presence === 'here' ? 'arrived' : presence)
}

/**
 * Compares all names, which takes longer than the rest, and brings all views up to date; tells of everybody whose name is now like another's, or
 * no more. Called when a name comes, goes or changes.
 */
export function refreshNames(room: Room, turn: Turn): void {
  const holders = [{ member: room.me.view.member, name: room.me.view.name }]
  for (const peer of room.peers.values()) holders.push({ member: peer.member, name: peer.claim.claim.name })
  const here = new Set(holders.map(({ member }) => member))
  // Also of those who went: who comes with such a name need not be who had it.
  for (const [member, name] of [...room.names].slice(-NAMES_COMPARED)) if (!here.has(member)) holders.push({ member, name })
  const before = room.clashes
  room.clashes = clashing(holders)
  refreshViews(room)
  for (const { member, told, view } of [
    { member: room.me.view.member, told: true, view: room.me.view },
    ...room.peers.values(),
  ]) {
    const isNew = before.has(member) !== room.clashes.has(member)
    if (told && isNew) tell(turn, { is: 'member', what: 'alike', who: view, was: null, instead: null })
  }
}

/** Brings all cached views up to date. Called when somebody's presence or mark changes. */
export function refreshViews(room: Room): void {
  const { me, clashes } = room
  me.view = { ...me.view, clash: clashes.has(me.view.member) }
  for (const peer of room.peers.values()) {
    peer.view = {
      ...peer.view,
      name: peer.claim.claim.name,
      clash: clashes.has(peer.member),
      confirmed: peer.confirmed,
      // A further seat proved nothing: whoever stole the member's key could hold it.
      verified: room.verified.has(peer.member) && peer.confirmed,
      presence: peer.presence,
    }
  }
}

/** A first view of a seat; `refreshViews` fills in what depends on others. */
export function viewOf(room: Pick<Room, 'invite'>, seat: string, memberId: Uint8Array, name: string, me: boolean): MemberView {
  return {
    seat,
    member: toHex(memberId),
    name,
    tag: keyTag(memberId),
    clash: false,
    founder: equal(memberId, room.invite.founder),
    me,
    confirmed: true,
    verified: me,
    presence: me ? 'here' : 'joining',
  }
}

/** Tells that something was refused, and how often that has happened. */
export function refuse(room: Room, turn: Turn, what: Refusal['what'], seat: string | null, code: Refusal['code']): void {
  const name = seat === null ? null : (room.peers.get(seat)?.claim.claim.name ?? room.gone.get(seat) ?? null)
  const key = `${what} ${code} ${name === null ? '' : seat}`
  const times = (room.refused.get(key) ?? 0) + 1
  room.refused.set(key, times)
  tell(turn, { is: 'refused', refusal: { what, seat, name, code }, times })
}

/** Runs what takes in hostile bytes: refusals become events, anything else is a defect and is thrown on. */
export function guarded(room: Room, turn: Turn, what: Refusal['what'], seat: string, take: () => void): void {
  try {
    take()
  } catch (error) {
    if (!(error instanceof CryptoError || error instanceof WireError)) throw error
    refuse(room, turn, what, seat, error.code)
  }
}

/** Takes note of heads that a peer named, and tells what does not agree with what others signed. */
export function noteHeads(room: Room, turn: Turn, { member }: Pick<Peer, 'member'>, named: readonly NamedHead[]): void {
  for (const head of named) {
    const outcome = noteHead(room.transcript, head, member)
    if (outcome.is === 'unknown') noteUnknown(room, head, member)
    tellOutcome(room, turn, outcome)
  }
}

/** A log that I never heard of: whoever names it may have it for me. */
function noteUnknown({ repairing: { unknown, foreign, tried } }: Room, { log, n }: NamedHead, by: string): void {
  // It goes further than when it was asked for in vain, or somebody did not answer then.
  if ((foreign.get(log) ?? n) < n) {
    foreign.delete(log)
    tried.delete(log)
  }
  const known = unknown.get(log)
  if (known === undefined && unknown.size >= UNKNOWN_LOGS) return
  unknown.set(log, { n: Math.max(n, known?.n ?? 0), by: new Set(known?.by ?? []).add(by) })
}

/** Raises the alarm when an entry or a head did not agree with what was held. */
export function tellOutcome(room: Room, turn: Turn, outcome: Outcome): void {
  if (outcome.is === 'kept') for (const denied of outcome.denied) tellLie(room, turn, denied)
  if (outcome.is === 'fork' || outcome.is === 'contradiction') tellLie(room, turn, outcome)
}

function tellLie(room: Room, turn: Turn, lie: Fork | Contradiction): void {
  const { log, member, n } = lie
  const about = { name: nameOf(room, member), member, log, n }
  if (lie.is === 'fork') {
    const evidence = lie.evidence.map(({ bytes, signature }) => ({ entry: fromUtf8(bytes), signature: toBase64url(signature) }))
    return tell(turn, { is: 'alarm', alarm: { is: 'fork', ...about, evidence } })
  }
  const by = { name: nameOf(room, lie.by), member: lie.by }
  tell(turn, { is: 'alarm', alarm: { is: 'contradiction', ...about, by } })
}

/** Tells the gaps when they are other than last told. */
export function tellGaps(room: Room, turn: Turn): void {
  const now = gaps(room.transcript)
  const { given } = room.repairing
  const told = now.map(({ log, from, to, by }) => `${log} ${from} ${to} ${by ?? ''} ${given.has(log)}`).join('\n')
  if (told === room.toldGaps) return
  room.toldGaps = told
  const views = now.map(({ log, member, from, to, by }) => {
    const unavailable = given.has(log)
    return { log, name: nameOf(room, member), from, to, by: by === null ? null : nameOf(room, by), unavailable }
  })
  tell(turn, { is: 'gaps', gaps: views })
}

/** The newest name known of a member, by its id in hexadecimal: also of one that is gone. */
function nameOf(room: Room, member: string): string {
  return room.names.get(member) ?? '?'
}
