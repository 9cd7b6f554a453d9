/**
 * What becomes of a peer (docs/states.md, Presence): a newer claim stands for it, it says goodbye, the relay says that it is gone,
 * or it stays away. Called by seated.ts, handshake.ts, rotation.ts and hearing.ts.
 */
import { wipeReceiving } from '#lib/crypto/receiving.ts'
import type { OpenedClaim } from '#lib/crypto/claim.ts'
import { type Bytes, equal, wipe } from '#lib/wire/bytes.ts'
import { looksLike } from '#lib/wire/names.ts'
import { compareClaims, type Order } from './claims.ts'
import type { Turn } from './effects.ts'
import type { Inbound, Peer, Room } from './state.ts'
import { refreshNames, refreshViews, refuse, setPresence, tell, tellMember } from './telling.ts'
import { OFFLINE_MS } from './times.ts'

/** The relay says that a seat is gone. That is marked and no more: only the seat's own word, or time, ends it. */
export function markOffline(room: Room, seat: string, turn: Turn): void {
  const peer = room.peers.get(seat)
  if (peer === undefined) {
    if (!room.gone.has(seat)) refuse(room, turn, 'peer_left', seat, 'unknown_seat')
    return
  }
  setPresence(room, turn, peer, 'offline')
  turn.effects.push({ do: 'wake', timer: `offline ${seat}`, after: OFFLINE_MS })
}

/** It stayed away long enough: my next message is sealed without it. */
export function endOffline(room: Room, seat: string, turn: Turn): void {
  const peer = room.peers.get(seat)
  if (peer?.presence === 'offline') drop(room, peer, 'gone', turn)
}

/** Drops a seat and its keys; the next message steps without it. */
export function drop(room: Room, peer: Peer, what: 'left' | 'gone', turn: Turn): void {
  peer.presence = what
  refreshViews(room)
  room.peers.delete(peer.seat)
  room.gone.set(peer.seat, peer.view.name)
  for (const frame of peer.held) room.heldChars -= heldChars(frame)
  wipePeer(peer)
  room.roster = null
  room.stepDue ??= 'leave'
  tell(turn, { is: 'member', what, who: peer.view, was: null })
  refreshNames(room)
}

/** Takes a peer's claim and key in place of the ones held, when it is newer. Says which of the two stands. */
export function takeClaim(room: Room, peer: Peer, claim: OpenedClaim, key: Bytes, turn: Turn): Order {
  const order = compareClaims(peer.claim, claim)
  if (order === 'fork') alarmOverFork(peer, claim, turn)
  if (order === 'newer') putClaim(room, peer, claim, key, turn)
  return order
}

/**
 * Takes the claim of a step that opened under its root, which proves who stepped. Another claim that stood meanwhile and does not follow
 * this one is of somebody who has the signing key and no root: that raises the alarm, whatever its number, and it stands no more.
 */
export function takeProvedClaim(room: Room, peer: Peer, claim: OpenedClaim, key: Bytes, turn: Turn): void {
  const order = compareClaims(peer.claim, claim)
  const { seq, prev } = peer.claim.claim
  // The step was overtaken, by a letter under its claim or by the member's next key.
  const isNext = seq === claim.claim.seq + 1 && equal(prev, claim.hash)
  if (order === 'same' || (order === 'older' && isNext)) return
  if (order !== 'newer') alarmOverFork(peer, claim, turn)
  putClaim(room, peer, claim, key, turn)
}

function putClaim(room: Room, peer: Peer, claim: OpenedClaim, key: Bytes, turn: Turn): void {
  const { name } = peer.claim.claim
  peer.claim = claim
  peer.key = key
  if (claim.claim.name === name) return
  room.names.set(peer.member, claim.claim.name)
  refreshNames(room)
  tellMember(room, turn, peer, 'renamed', name)
  alarmOverName(room, peer, turn)
}

/** The member, or who has its key, says two things. */
function alarmOverFork({ member, seat, view }: Peer, claim: OpenedClaim, turn: Turn): void {
  tell(turn, { is: 'alarm', alarm: { is: 'claim_fork', name: view.name, member, seat, seq: claim.claim.seq } })
}

/** Somebody goes by the name of a member whose key the person has verified, here or gone, and has another key. */
export function alarmOverName(room: Room, peer: Peer, turn: Turn): void {
  const { name } = peer.claim.claim
  for (const member of room.verified) {
    const theirs = room.names.get(member)
    if (member === peer.member || member === room.me.view.member || theirs === undefined || !looksLike(theirs, name)) continue
    tell(turn, { is: 'alarm', alarm: { is: 'changed_key', name, member: peer.member, verified: member } })
  }
}

export function wipePeer(peer: Peer): void {
  if (peer.out !== null) wipe(peer.out.root, ...peer.out.pairs.map(({ secret }) => secret))
  if (peer.in !== null) wipeInbound(peer.in)
  peer.out = null
  peer.in = null
  peer.held = []
}

/** Characters of all texts of a frame that waits. */
export function heldChars(frame: Peer['held'][number]): number {
  return Object.values(frame).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)
}

export function wipeInbound({ root, pair, receiving }: Inbound): void {
  wipe(root, pair)
  wipeReceiving(receiving)
}
