/**
 * What frames cause that come from inside a room: identify, and everything that only an identified member may send
 * (docs/protocol.md, Relay contract). Each function runs the contract's gates in its order and stops at the first that fails.
 * Called by server/rooms.ts. Payload, meta, sig and claim pass through unread.
 */
import type { FromRelay, SeatRecord, ToRelay } from '#lib/wire/frames.ts'
import { CLOSE } from '#lib/wire/limits.ts'
import { isClaim, isKemKey, isKeyText, isSeat, isSig } from './fields.ts'
import { close, type Delivery, type Place, publish, refuse, type Room, send } from './room.ts'

/** A frame that means nothing before its sender has joined. */
export type InsideFrame = Exclude<ToRelay, { type: 'create' | 'join' }>
type Frame<Type extends InsideFrame['type']> = Extract<InsideFrame, { type: Type }>
type Deliveries<Conn> = readonly Delivery<Conn>[]

/** What a frame from a connection that has joined causes at a time (ms). */
export function receiveInside<Conn>(place: Place<Conn>, frame: InsideFrame, now: number): Deliveries<Conn> {
  if (frame.type === 'identify') return identify(place, frame, now)
  const seat = place.room.conns.get(place.conn) ?? null
  if (seat === null) return []
  switch (frame.type) {
    case 'ratchet_step':
      return step(place, seat, frame, now)
    case 'ek_update':
      return updateKey(place, seat, frame, now)
    case 'relay':
      return relay(place.room, seat, frame, now)
    case 'broadcast':
      return broadcast(place, seat, frame, now)
    case 'rekey':
      break
  }
  return rekey(place, seat, frame, now)
}

/** The room itself stays: deleting it is the sweep's, so that a moment without anybody does not kill an invite. */
export function leaveRoom<Conn>({ conn, room }: Place<Conn>): Deliveries<Conn> {
  const seat = room.conns.get(conn) ?? null
  room.conns.delete(conn)
  if (seat === null) return []
  room.holders.delete(seat.username)
  return [{ do: 'publish', room, except: null, frame: { type: 'peer_left', username: seat.username } }]
}

/** Not a gate of the contract: a second identify is allowed and moves the connection to its new username. */
function identify<Conn>(place: Place<Conn>, frame: Frame<'identify'>, now: number): Deliveries<Conn> {
  const { conn, room } = place
  const seat = { username: frame.username.trim(), ek: frame.ek, ratchetEk: frame.ratchetEk, claim: frame.claim }
  // A repaired name would not be the one that the sealed claim names, so the relay closes instead.
  if (!isSeat(seat)) return [close(conn, CLOSE.policy)]
  if ((room.holders.get(seat.username) ?? conn) !== conn) return [refuse(conn, 'username_taken')]
  const former = room.conns.get(conn)
  if (former) room.holders.delete(former.username)
  room.holders.set(seat.username, conn)
  keep(place, seat, now)
  return [publish(place, { type: 'peer_joined', ...seat })]
}

function step<Conn>(place: Place<Conn>, seat: SeatRecord, frame: Frame<'ratchet_step'>, now: number): Deliveries<Conn> {
  if (!isKemKey(frame.newEk) || !isClaim(frame.claim) || !isSig(frame.sig)) return []
  keep(place, { ...seat, ratchetEk: frame.newEk, claim: frame.claim }, now)
  const deliveries: Delivery<Conn>[] = []
  for (const [conn, peer] of place.room.conns) {
    if (peer !== null && conn !== place.conn) deliveries.push(...stepTo(conn, peer.username, seat.username, frame))
  }
  return deliveries
}

function stepTo<Conn>(conn: Conn, peer: string, from: string, frame: Frame<'ratchet_step'>): Deliveries<Conn> {
  const forPeer = Object.hasOwn(frame.payloads, peer) ? frame.payloads[peer] : undefined
  if (forPeer === undefined) return []
  const { newEk, payload, meta, sig, claim } = frame
  return [send(conn, { type: 'ratchet_step_fwd', from, ...forPeer, newEk, payload, meta, sig, claim })]
}

function updateKey<Conn>(place: Place<Conn>, seat: SeatRecord, frame: Frame<'ek_update'>, now: number): Deliveries<Conn> {
  if (!isClaim(frame.claim) || !isKeyText(frame.ek)) return []
  keep(place, { ...seat, ratchetEk: frame.ek, claim: frame.claim }, now)
  return [publish(place, { type: 'ek_update_fwd', from: seat.username, ek: frame.ek, claim: frame.claim })]
}

/** Without a receiver the frame vanishes: who asks for a username that is not there learns nothing. */
function relay<Conn>(room: Room<Conn>, seat: SeatRecord, frame: Frame<'relay'>, now: number): Deliveries<Conn> {
  room.lastActivity = now
  const receiver = room.holders.get(frame.to)
  return receiver === undefined ? [] : [send(receiver, { type: 'relay', from: seat.username, payload: frame.payload })]
}

function broadcast<Conn>(place: Place<Conn>, seat: SeatRecord, frame: Frame<'broadcast'>, now: number): Deliveries<Conn> {
  if (!isSig(frame.sig)) return []
  place.room.lastActivity = now
  const { payload, meta, sig } = frame
  const forwarded: FromRelay = { type: 'broadcast', from: seat.username, payload, meta, sig }
  return [publish(place, forwarded)]
}

/** Refreshes what newcomers are told without a `peer_joined` to everybody. */
function rekey<Conn>(place: Place<Conn>, seat: SeatRecord, frame: Frame<'rekey'>, now: number): Deliveries<Conn> {
  if (!isClaim(frame.claim) || !isKeyText(frame.ek) || !isKeyText(frame.ratchetEk)) return []
  keep(place, { ...seat, ek: frame.ek, ratchetEk: frame.ratchetEk, claim: frame.claim }, now)
  return [send(place.conn, { type: 'rekeyed' })]
}

/** Stores a connection's newest public values, which is activity. A key that is already in a Map keeps its place in the order. */
function keep<Conn>({ conn, room }: Place<Conn>, seat: SeatRecord, now: number): void {
  room.conns.set(conn, seat)
  room.lastActivity = now
}
