/**
 * What becomes of a peer (docs/states.md, Presence): a newer claim stands for it, it says goodbye, the relay says that it is gone,
 * or it stays away. Called by session.ts, handshake.ts, rotation.ts and hearing.ts.
 */
import { wipeReceiving } from '#lib/crypto/receiving.ts'
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import { compareClaims } from './claims.ts'
import type { Turn } from './effects.ts'
import type { Peer, Room } from './state.ts'
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
  room.gone.add(peer.seat)
  wipePeer(peer)
  room.roster = null
  room.stepDue ??= 'leave'
  tell(turn, { is: 'member', what, who: peer.view, was: null })
  refreshNames(room)
}

/** Takes a peer's claim and key in place of the ones held, when it is newer. */
export function takeClaim(room: Room, peer: Peer, claim: Peer['claim'], key: Bytes, turn: Turn): void {
  const { name } = peer.claim.claim
  alarmIfForked(peer, claim, turn)
  if (compareClaims(peer.claim, claim) !== 'newer') return
  peer.claim = claim
  peer.key = key
  if (claim.claim.name === name) return
  room.names.set(peer.member, claim.claim.name)
  refreshNames(room)
  tellMember(room, turn, peer, 'renamed', name)
}

/** Two claims of one number: the member, or who has its key, says two things. */
export function alarmIfForked(peer: Peer, claim: Peer['claim'], turn: Turn): void {
  if (compareClaims(peer.claim, claim) !== 'fork') return
  const { member, seat, view } = peer
  tell(turn, { is: 'alarm', alarm: { is: 'claim_fork', name: view.name, member, seat, seq: claim.claim.seq } })
}

export function wipePeer(peer: Peer): void {
  if (peer.out !== null) wipe(peer.out.root, ...peer.out.pairs.map(({ secret }) => secret))
  if (peer.in !== null) {
    wipe(peer.in.root, peer.in.pair)
    wipeReceiving(peer.in.receiving)
  }
  peer.out = null
  peer.in = null
  peer.held = []
}
