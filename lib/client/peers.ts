/**
 * What becomes of a peer (docs/states.md, Presence): a newer claim stands for it, it says goodbye, the relay says that it is gone,
 * or it stays away. Called by seated.ts, handshake.ts, rotation.ts and hearing.ts.
 */
import { wipeReceiving } from '#lib/crypto/receiving.ts'
import type { OpenedClaim } from '#lib/crypto/claim.ts'
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import { looksLike } from '#lib/wire/names.ts'
import { compareClaims, isChained, type Order, remember } from './claims.ts'
import type { Turn } from './effects.ts'
import type { Former, Inbound, Peer, Room } from './state.ts'
import { refreshNames, refreshViews, refuse, setPresence, tell, tellMember } from './telling.ts'
import { forgetFormers, keepFormer } from './formers.ts'
import { CLAIMS_KEPT, OFFLINE_MS } from './times.ts'

/** The relay says that a seat is gone. That is marked and no more: only the seat's own word, or time, ends it. */
export function markOffline(room: Room, seat: string, turn: Turn): void {
  const peer = room.peers.get(seat)
  if (peer === undefined) {
    if (!room.gone.has(seat)) refuse(room, turn, 'peer_left', seat, 'unknown_seat')
    return
  }
  setPresence(room, turn, peer, 'reconnecting')
  turn.effects.push({ do: 'wake', timer: `offline ${seat}`, after: OFFLINE_MS })
}

/** It stayed away long enough: my next message is sealed without it. */
export function endOffline(room: Room, seat: string, turn: Turn): void {
  const peer = room.peers.get(seat)
  if (peer?.presence === 'reconnecting') drop(room, peer, 'gone', turn)
  const former = room.formers.get(seat)
  if (peer === undefined && former?.view.presence === 'reconnecting') tellFormer(room, former, 'gone', turn)
}

/** A goodbye was said in this log: whoever sits in it goes, and does not come back by a former seat. */
export function farewell(room: Room, log: string, turn: Turn): void {
  for (const peer of room.peers.values()) if (peer.log === log) drop(room, peer, 'left', turn)
  for (const former of room.formers.values()) {
    if (former.log === log && former.view.presence === 'reconnecting') tellFormer(room, former, 'left', turn)
  }
  forgetFormers(room, { log, seat: null })
}

/** Somebody who was here before I was away, and went meanwhile. */
function tellFormer(room: Room, former: Former, what: 'gone' | 'left', turn: Turn): void {
  former.view = { ...former.view, presence: what }
  tell(turn, { is: 'member', what, who: former.view, was: null, instead: null })
  refreshNames(room, turn)
}

/** Drops a seat and its keys; the next message steps without it. Who said no goodbye may come back by its pair secrets. */
export function drop(room: Room, peer: Peer, what: 'left' | 'gone', turn: Turn): void {
  peer.presence = what
  refreshViews(room)
  if (what === 'gone') keepFormer(room, peer)
  else forgetFormers(room, peer)
  removePeer(room, peer)
  room.stepDue ??= 'leave'
  if (peer.told) tell(turn, { is: 'member', what, who: peer.view, was: null, instead: null })
  refreshNames(room, turn)
}

/** Takes a seat off the room, with all that was held of it. */
export function removePeer(room: Room, peer: Peer): void {
  room.peers.delete(peer.seat)
  room.gone.set(peer.seat, peer.view.name)
  dropHeld(room, peer)
  wipePeer(peer)
  room.roster = null
}

export function dropHeld(room: Room, peer: Peer): void {
  for (const frame of peer.held) room.heldChars -= heldChars(frame)
  peer.held = []
}

/** Takes a peer's claim and key in place of the ones held, when it is newer. Says which of the two stands. */
export function takeClaim(room: Room, peer: Peer, claim: OpenedClaim, key: Bytes, turn: Turn): Order {
  const order = compareClaims(peer.claim, peer.claims, claim)
  if (order === 'fork') alarmOverFork(peer, claim, turn)
  else remember(peer.claims, claim)
  if (order === 'newer') putClaim(room, peer, claim, key, turn)
  return order
}

/**
 * Takes the claim of a step that opened under its root, which proves who stepped. Another claim that stood meanwhile and does not follow
 * this one is of somebody who has the signing key and no root: that raises the alarm, and it stands no more. A claim that ran ahead over
 * ones that did not come is not judged, unless by more than are ever lost.
 */
export function takeProvedClaim(room: Room, peer: Peer, claim: OpenedClaim, key: Bytes, turn: Turn): void {
  const order = compareClaims(peer.claim, peer.claims, claim)
  // The step was overtaken, by a letter under its claim or by the member's next keys.
  if (order === 'same' || (order === 'older' && isChained(peer.claims, claim, peer.claim))) return remember(peer.claims, claim)
  const isFarAhead = order === 'older' && peer.claim.claim.seq - claim.claim.seq > CLAIMS_KEPT
  if (order === 'fork' || isFarAhead) {
    alarmOverFork(peer, claim, turn)
    peer.claims.clear()
  }
  remember(peer.claims, claim)
  putClaim(room, peer, claim, key, turn)
}

function putClaim(room: Room, peer: Peer, claim: OpenedClaim, key: Bytes, turn: Turn): void {
  const { name } = peer.claim.claim
  peer.claim = claim
  peer.key = key
  if (claim.claim.name === name) return
  room.names.set(peer.member, claim.claim.name)
  refreshNames(room, turn)
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
