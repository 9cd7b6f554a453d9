/**
 * Taking a seat, and whoever else takes one (docs/states.md, Handshake): the claims of those who are there, my own, and the first word to
 * a newcomer. Called by session.ts with `joined` and by seated.ts with `peer_joined`.
 */
import { claimBytes, claimedKey, claimText, memberId, openClaim } from '#lib/crypto/claim.ts'
import { roomKeys } from '#lib/crypto/room.ts'
import { startEpoch } from '#lib/crypto/sending.ts'
import { SEED_BYTES } from '#lib/crypto/epoch.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { newLog, NO_HEAD } from '#lib/room/entry.ts'
import { beginLog, emptyTranscript } from '#lib/room/transcript.ts'
import { fromBase64, toHex, wipe } from '#lib/wire/bytes.ts'
import type { FromRelay, SeatRecord } from '#lib/wire/frames.ts'
import { LARGEST_ROOM, NO_CLOSE } from '#lib/wire/limits.ts'
import { armBeat } from './beats.ts'
import { firstClaim, kemText, newSeat } from './claims.ts'
import type { Turn } from './effects.ts'
import { sendState } from './handing.ts'
import { sentHead } from './outbox.ts'
import { alarmOverName } from './peers.ts'
import type { Self } from './stages.ts'
import type { Me, Peer, Room } from './state.ts'
import { guarded, refreshNames, refuse, tell, tellMember, viewOf } from './telling.ts'
import { ANSWER_MS, OFFLINE_MS, PULSE_MS, SWEEP_MS } from './times.ts'

type Joined = FromRelay & { readonly type: 'joined' }

/** The relay let me in: verifies who is there, takes a seat, says so. */
export function enter(invite: Room['invite'], self: Self, frame: Joined, turn: Turn): Room {
  const { name, signer } = self
  const keys = roomKeys(invite.roomId, invite.roomKey)
  const seat = newSeat(turn)
  const id = memberId(keys.roomId, signer.publicKey)
  const view = viewOf({ invite }, seat, id, name, true)
  const me: Me = { seat, signer, memberId: id, view, ...firstClaim(keys, seat, name, signer, turn) }
  const room = emptyRoom(invite, keys, me, turn)
  takeSeat(room, frame, turn)
  return room
}

/** The relay let me in again, after the connection was lost: the same member, the same room, another seat. */
export function reenter(former: Room, frame: Joined, turn: Turn): Room {
  const { keys, me: was, gone, peers: before } = former
  const seat = newSeat(turn)
  gone.set(was.seat, was.view.name)
  const me: Me = {
    seat,
    signer: was.signer,
    memberId: was.memberId,
    view: { ...was.view, seat },
    ...firstClaim(keys, seat, was.view.name, was.signer, turn),
  }
  const fresh = {
    me,
    peers: new Map<string, Peer>(),
    began: sentHead(former),
    beganAt: former.transcript.count,
    hasReturned: true,
    returning: true,
  }
  const room: Room = { ...former, ...fresh, sending: freshEpoch(keys, seat, turn), ...untouched(turn) }
  room.firstSeats.set(me.view.member, seat)
  takeSeat(room, frame, turn)
  for (const peer of before.values()) if (!room.peers.has(peer.seat)) missPeer(room, peer, turn)
  for (const unheard of room.unheard.keys()) if (!room.peers.has(unheard)) room.unheard.delete(unheard)
  // Also those that I missed the time before: their timers went with that seat.
  for (const { seat: missed, view } of room.formers.values()) {
    const isMissed = view.presence === 'reconnecting' && !room.peers.has(missed)
    if (isMissed) turn.effects.push({ do: 'wake', timer: `offline ${missed}`, after: OFFLINE_MS })
  }
  return room
}

/** Somebody who was here before I was away is not now: it may be coming back itself. */
function missPeer(room: Room, { seat, view, told }: Peer, turn: Turn): void {
  room.gone.set(seat, view.name)
  // It is nobody yet.
  if (!told) return
  const former = room.formers.get(seat)
  // Nothing was handed over: whoever comes later cannot show that it is this one.
  const what = former === undefined ? 'gone' : 'reconnecting'
  const who = { ...view, presence: what } as const
  if (former !== undefined) former.view = who
  tell(turn, { is: 'member', what, who, was: null, instead: null })
}

function takeSeat(room: Room, frame: Joined, turn: Turn): void {
  const { me } = room
  for (const record of frame.members) {
    // A former seat of my own, which the relay still shows.
    if (room.gone.has(record.username) && !room.formers.has(record.username)) continue
    guarded(room, turn, 'claim', record.username, () => void admit(room, record, true, turn))
  }
  refreshNames(room, turn)
  const ek = kemText(me.keyring.current.pair.publicKey)
  turn.effects.push(
    { do: 'send', frame: { type: 'identify', username: me.seat, ek, ratchetEk: ek, claim: claimText(me.claim.sealed) } },
    { do: 'wake', timer: 'sweep', after: SWEEP_MS },
    { do: 'wake', timer: 'pulse', after: PULSE_MS },
  )
  armBeat(room, turn)
  tell(turn, { is: 'seated', me: me.view, others: room.peers.size, returned: room.hasReturned })
  for (const peer of room.peers.values()) if (!isReturning(room, peer)) tellMember(room, turn, peer, 'present')
  if (room.peers.size > 0) turn.effects.push({ do: 'wake', timer: 'answer', after: ANSWER_MS })
}

/** Tells who came, and whose name it has; who may be somebody coming back is told once that is known. */
export function tellNewcomer(room: Room, peer: Peer, turn: Turn): void {
  refreshNames(room, turn)
  if (!isReturning(room, peer)) tellMember(room, turn, peer, 'joining')
  alarmOverName(room, peer, turn)
}

/** A seat of a member whom I knew before: what it is shows with its state. */
function isReturning(room: Room, peer: Peer): boolean {
  if (room.formers.has(peer.seat)) return true
  const isOther = ({ seat, member }: { readonly seat: string; readonly member: string }) =>
    seat !== peer.seat && member === peer.member
  return [...room.formers.values()].some(isOther) || [...room.peers.values()].some(isOther)
}

function freshEpoch(keys: Room['keys'], seat: string, turn: Turn): Room['sending'] {
  const seed = turn.random(SEED_BYTES)
  const sending = startEpoch(keys.roomId, seat, 0, seed)
  wipe(seed)
  return sending
}

/** What is so at a new seat. */
function untouched(turn: Turn) {
  const nothing = { usedSince: null, stepDue: null, updateAt: null, probedAt: null, roster: null }
  const { now } = turn
  return {
    ...nothing,
    keySince: now,
    heardAt: now,
    pulseAt: now,
    beatAt: now,
    beatBy: now,
    beatArmed: 0,
    heldChars: 0,
    seatedAt: now,
    reached: false,
    ready: false,
    silent: false,
  }
}

function emptyRoom(invite: Room['invite'], keys: Room['keys'], me: Me, turn: Turn): Room {
  const transcript = emptyTranscript()
  const { member } = me.view
  const log = newLog(me.memberId, turn.random)
  beginLog(transcript, log, member, NO_HEAD, true)
  return {
    invite,
    keys,
    me,
    peers: new Map(),
    gone: new Map(),
    formers: new Map(),
    authors: new Map(),
    firstSeats: new Map([[member, me.seat]]),
    names: new Map([[member, me.view.name]]),
    verified: new Set([member]),
    clashes: new Set(),
    transcript,
    log,
    began: NO_HEAD,
    beganAt: 0,
    unheard: new Map(),
    hasReturned: false,
    sending: freshEpoch(keys, me.seat, turn),
    ...untouched(turn),
    waiting: [],
    keeps: false,
    returning: false,
    outbox: [],
    leaveBy: null,
    lossCode: NO_CLOSE,
    readUpTo: 0,
    delivered: 0,
    news: new Map(),
    topics: new Map(),
    toldTopic: ' false',
    toldGaps: '',
    repairing: { at: null, tried: new Map(), unanswered: new Set(), foreign: new Map(), given: new Map(), unknown: new Map() },
    refused: new Map(),
    rosterFaults: new Map(),
  }
}

/** Takes a seat's public values in, when its claim binds every one of them. Throws `CryptoError` and `WireError`. */
function admit(room: Room, record: SeatRecord, elder: boolean, turn: Turn): Peer {
  const seat = record.username
  const former = elder ? room.formers.get(seat) : undefined
  const isTaken = seat === room.me.seat || room.peers.has(seat) || (room.gone.has(seat) && former === undefined)
  if (isTaken) throw new CryptoError('wrong_seat', 'seat is taken')
  const sealedClaim = claimBytes(record.claim)
  const claim = openClaim(room.keys, seat, sealedClaim, former?.claim.member ?? null)
  const key = claimedKey(room.keys.roomId, claim.claim, fromBase64(record.ratchetEk))
  // The relay may show an older one than I have seen.
  const newest = former !== undefined && former.claim.claim.seq > claim.claim.seq ? former : { claim, key }
  return putPeer(room, { seat, sealedClaim, ...newest }, elder, turn)
}

/** A seat whose claim holds. */
export function putPeer(
  room: Room,
  { seat, sealedClaim, claim, key }: Pick<Peer, 'seat' | 'sealedClaim' | 'claim' | 'key'>,
  elder: boolean,
  turn: Turn,
): Peer {
  const member = toHex(claim.memberId)
  const peer: Peer = {
    seat,
    member,
    elder,
    claim,
    sealedClaim,
    claims: new Map([[claim.claim.seq, { hash: claim.hash, prev: claim.claim.prev }]]),
    key,
    log: null,
    presence: 'joining',
    confirmed: !room.firstSeats.has(member),
    told: false,
    since: turn.now,
    heardAt: turn.now,
    view: viewOf(room, seat, claim.memberId, claim.claim.name, false),
    floor: null,
    began: null,
    out: null,
    in: null,
    held: [],
    asked: null,
    answeredAt: null,
    resets: 0,
    repair: null,
    answered: { since: turn.now, letters: 0, bytes: 0 },
    has: 0,
    roster: null,
    differsSince: null,
    rosterAsked: null,
  }
  room.peers.set(seat, peer)
  if (peer.confirmed) room.firstSeats.set(member, seat)
  room.names.set(member, claim.claim.name)
  return peer
}

/** Somebody took a seat after me. Throws as `meet`. */
export function welcome(room: Room, frame: FromRelay & { readonly type: 'peer_joined' }, turn: Turn): void {
  // A first identify repeats its key: one that differs was swapped on the way.
  if (frame.ek !== frame.ratchetEk) return refuse(room, turn, 'claim', frame.username, 'wrong_key')
  meet(room, frame, turn)
}

/** A seat that was not there before: verifies its claim and hands it my state. Throws `CryptoError` and `WireError`. */
export function meet(room: Room, record: SeatRecord, turn: Turn): void {
  if (room.peers.size + 1 >= LARGEST_ROOM) return refuse(room, turn, 'claim', record.username, 'too_many')
  const peer = admit(room, record, false, turn)
  tellNewcomer(room, peer, turn)
  sendState(room, peer, { answers: null, asked: null, salt: null }, turn)
}
