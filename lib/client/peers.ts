/**
 * What becomes of a peer (docs/states.md, Presence): a newer claim stands for it, it says goodbye, the relay says that it is gone,
 * or it stays away. Called by seated.ts, handshake.ts, rotation.ts and hearing.ts.
 */
import { wipeReceiving } from '#lib/crypto/receiving.ts'
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import { compareClaims } from './claims.ts'
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
  peer.presence = what === 'left' ? 'left' : 'offline'
  refreshViews(room)
  room.peers.delete(peer.seat)
  room.gone.set(peer.seat, peer.view.name)
  wipePeer(peer)
  room.roster = null
  room.stepDue ??= 'leave'
  tell(turn, { is: 'member', what, who: peer.view, was: null })
  refreshNames(room)
}

/** Takes a peer's claim and key in place of the ones held, when it is newer. Says which of the two stands. */
export function takeClaim(
  room: Room,
  peer: Peer,
  claim: Peer['claim'],
  key: Bytes,
  turn: Turn,
): ReturnType<typeof compareClaims> {
  const { name } = peer.claim.claim
  const order = judgeClaim(peer, claim, turn)
  if (order !== 'newer') return order
  peer.claim = claim
  peer.key = key
  if (claim.claim.name === name) return order
  room.names.set(peer.member, claim.claim.name)
  refreshNames(room)
  tellMember(room, turn, peer, 'renamed', name)
  return order
}

/** Which of two claims stands. Raises the alarm over a fork: the member, or who has its key, says two things. */
export function judgeClaim(peer: Peer, claim: Peer['claim'], turn: Turn): ReturnType<typeof compareClaims> {
  const order = compareClaims(peer.claim, claim)
  const { member, seat, view } = peer
  if (order === 'fork')
    tell(turn, { is: 'alarm', alarm: { is: 'claim_fork', name: view.name, member, seat, seq: claim.claim.seq } })
  return order
}

export function wipePeer(peer: Peer): void {
  if (peer.out !== null) wipe(peer.out.root, ...peer.out.pairs.map(({ secret }) => secret))
  if (peer.in !== null) wipeInbound(peer.in)
  peer.out = null
  peer.in = null
  peer.held = []
}

export function wipeInbound({ root, pair, receiving }: Inbound): void {
  wipe(root, pair)
  wipeReceiving(receiving)
}
