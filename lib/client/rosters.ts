/**
 * Rosters compared (docs/protocol.md, Rosters): everything that a member says names whom its keys were given to. When that is not whom I
 * give mine to, the relay may be showing us different rooms: I ask for the list, and name the seat. Called by hearing.ts, repair.ts and
 * seated.ts for its timer.
 */
import { rosterDigest, type Seated } from '#lib/room/roster.ts'
import { type Bytes, equal, toHex } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import { ASK_BYTES } from './letters.ts'
import { saltFor, sendNote } from './posting.ts'
import { scheduleUpdate } from './rotation.ts'
import type { Peer, Room } from './state.ts'
import { tell } from './telling.ts'
import { REPAIR_ANSWER_MS, ROSTER_ALARMS, ROSTER_MS } from './times.ts'

/** Everybody whom I am shown here, myself included: what I answer when I am asked. */
export function shownTo(room: Room): readonly Seated[] {
  return listOf(room, [...room.peers.values()])
}

/** Everybody whom my current epoch was given to, myself included: what I sign. */
function givenBy(room: Room): readonly Seated[] {
  return listOf(
    room,
    [...room.peers.values()].filter((peer) => peer.out !== null),
  )
}

function listOf({ me }: Room, peers: readonly Peer[]): readonly Seated[] {
  return [{ seat: me.seat, memberId: me.memberId }, ...peers.map(({ seat, claim }) => ({ seat, memberId: claim.memberId }))]
}

/** Digest of it. */
export function myRoster(room: Room): Bytes {
  room.roster ??= rosterDigest(givenBy(room))
  return room.roster
}

/** A peer has said whom its keys were given to. */
export function noteRoster(room: Room, peer: Peer, roster: Bytes, turn: Turn): void {
  peer.roster = roster
  if (equal(roster, myRoster(room))) {
    peer.differsSince = null
    return
  }
  if (peer.differsSince !== null || peer.rosterAsked === bothRosters(room, roster)) return
  peer.differsSince = turn.now
  turn.effects.push({ do: 'wake', timer: 'roster', after: ROSTER_MS })
}

/** Rosters have differed for a while: asks for the lists. */
export function compareRosters(room: Room, turn: Turn): void {
  let isOpen = false
  for (const peer of room.peers.values()) {
    if (peer.differsSince === null || peer.roster === null) continue
    if (equal(peer.roster, myRoster(room))) {
      peer.differsSince = null
      continue
    }
    isOpen = true
    if (turn.now - peer.differsSince < ROSTER_MS || isBusy(peer, turn) || peer.in === null || peer.out === null) continue
    const nonce = turn.random(ASK_BYTES)
    peer.repair = { nonce, at: turn.now, ranges: [], roster: true }
    sendNote(room, peer, { kind: 'ask', nonce, state: false, roster: true, entries: [] }, saltFor(peer), turn)
  }
  if (isOpen) turn.effects.push({ do: 'wake', timer: 'roster', after: ROSTER_MS })
}

/**
 * One thing is asked of a seat at a time. An ask for entries ends with its answer, or when repair passes the seat over; a list that does not
 * come is asked for again only after a pause, in which entries can be. Else a relay that drops both could keep repair from anybody else.
 */
function isBusy(peer: Peer, turn: Turn): boolean {
  const { repair } = peer
  if (repair === null) return false
  if (repair.ranges.length === 0 && turn.now - repair.at >= REPAIR_ANSWER_MS) peer.repair = null
  return true
}

/** The list came. A seat that stays in one of the two alone is named, once. */
export function takeRoster(room: Room, peer: Peer, theirs: readonly Seated[], turn: Turn): void {
  const mine = shownTo(room)
  peer.differsSince = null
  const hidden = [
    ...theirs
      .filter(({ seat }) => !has(mine, seat) && !room.gone.has(seat) && !room.formers.has(seat))
      .map(({ seat }) => ({ seat, from: 'from me' as const })),
    ...mine
      .filter(({ seat }) => !has(theirs, seat) && isSettledSeat(room, seat))
      .map(({ seat }) => ({ seat, from: 'from them' as const })),
  ]
  // Its announcement may have been lost, and mine to it: a new key of mine goes to everybody, with my claim.
  if (hidden.some(({ from }) => from === 'from me')) scheduleUpdate(room, 'letter', turn)
  let left = ROSTER_ALARMS - forgetFaults(room, peer, hidden)
  for (const { seat, from } of hidden) {
    const key = keyOf(peer, seat, from)
    if (!room.rosterFaults.has(key) && left-- <= 0) continue
    const fault = room.rosterFaults.get(key) ?? { since: turn.now, told: false }
    room.rosterFaults.set(key, fault)
    if (!fault.told && turn.now - fault.since >= ROSTER_MS) {
      fault.told = true
      const who = nameAt(room, seat)
      const { name } = peer.view
      tell(turn, { is: 'alarm', alarm: { is: 'roster', name, member: peer.member, seat, who, hidden: from } })
    }
    // Once more, to see whether it stays.
    if (!fault.told) peer.differsSince ??= turn.now
  }
  if (peer.differsSince !== null) turn.effects.push({ do: 'wake', timer: 'roster', after: ROSTER_MS })
  else if (peer.roster !== null) peer.rosterAsked = bothRosters(room, peer.roster)
}

function keyOf({ seat }: Peer, hidden: string, from: string): string {
  return `${seat} ${hidden} ${from}`
}

/**
 * What was told stays told, so that it is told once; what a list does not name any more, and what is of seats that went, is forgotten: a member
 * can make up as many lists as it likes. Says how many of this seat's are left.
 */
function forgetFaults(
  { rosterFaults, peers }: Room,
  peer: Peer,
  hidden: readonly { readonly seat: string; readonly from: string }[],
): number {
  const named = new Set(hidden.map(({ seat, from }) => keyOf(peer, seat, from)))
  let left = 0
  for (const [key, fault] of rosterFaults) {
    const [seat = ''] = key.split(' ')
    const isOfPeer = seat === peer.seat
    if (!peers.has(seat) || (isOfPeer && !named.has(key) && !fault.told)) rosterFaults.delete(key)
    else if (isOfPeer) left += 1
  }
  return left
}

/** A difference that was looked into once is not asked about again. */
function bothRosters(room: Room, theirs: Bytes): string {
  return `${toHex(theirs)} ${toHex(myRoster(room))}`
}

/** Whoever sits or sat there, myself included; null where I am not shown that seat. */
function nameAt({ me, peers, gone }: Room, seat: string): string | null {
  return (seat === me.seat ? me.view : peers.get(seat)?.view)?.name ?? gone.get(seat) ?? null
}

function has(roster: readonly Seated[], seat: string): boolean {
  return roster.some((other) => other.seat === seat)
}

/** Whoever is coming or going is not yet, or no more, known to everybody. */
function isSettledSeat(room: Room, seat: string): boolean {
  const presence = room.peers.get(seat)?.presence
  return seat === room.me.seat || presence === 'here' || presence === 'silent'
}
