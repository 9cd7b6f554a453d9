/**
 * Getting into a room (docs/states.md, Handshake): the claims of those who are there, my own, and the letters by which each pair
 * hands over its states. Called by session.ts with `joined`, by seated.ts with `peer_joined` and `relay` frames.
 */
import { claimBytes, claimedKey, claimText, memberId, openClaim } from '#lib/crypto/claim.ts'
import { type OpenedLetter, openLetter, sealLetter } from '#lib/crypto/letter.ts'
import { roomKeys } from '#lib/crypto/room.ts'
import { nextCounter, newestEpoch, type Receiving, receivingFrom } from '#lib/crypto/receiving.ts'
import { startEpoch } from '#lib/crypto/sending.ts'
import { SEED_BYTES, wipeEpoch } from '#lib/crypto/epoch.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { beginLog, emptyTranscript, headOf, heads } from '#lib/room/transcript.ts'
import { type Bytes, equal, fromBase64, toHex, wipe } from '#lib/wire/bytes.ts'
import type { FromRelay, SeatRecord } from '#lib/wire/frames.ts'
import { LARGEST_ROOM } from '#lib/wire/limits.ts'
import { firstClaim, kemText, newSeat } from './claims.ts'
import type { Turn } from './effects.ts'
import { ASK_BYTES, letterOf, letterToJson, type LetterContent, type StateLetter } from './letters.ts'
import { alarmOverName, takeClaim, wipeInbound } from './peers.ts'
import { scheduleUpdate } from './rotation.ts'
import type { Joining, Me, Peer, Room } from './state.ts'
import { guarded, noteHeads, refreshNames, refuse, setPresence, tell, tellGaps, tellMember, viewOf } from './telling.ts'
import { ANSWER_MS, ASK_MS, RESET_MS, SWEEP_MS } from './times.ts'

type Joined = FromRelay & { readonly type: 'joined' }

/** The relay let me in: verifies who is there, takes a seat, says so. */
export function enter(joining: Joining, frame: Joined, turn: Turn): Room {
  const { invite, name, signer } = joining
  const keys = roomKeys(invite.roomId, invite.roomKey)
  const seat = newSeat(turn)
  const id = memberId(keys.roomId, signer.publicKey)
  const view = viewOf({ invite }, seat, id, name, true)
  const me: Me = { seat, signer, memberId: id, view, ...firstClaim(keys, seat, name, signer, turn) }
  const room = emptyRoom(invite, keys, me, turn)
  for (const record of frame.members) guarded(room, turn, 'claim', record.username, () => void admit(room, record, true, turn))
  refreshNames(room)
  const ek = kemText(me.keyring.current.pair.publicKey)
  turn.effects.push(
    { do: 'send', frame: { type: 'identify', username: seat, ek, ratchetEk: ek, claim: claimText(me.claim.sealed) } },
    { do: 'wake', timer: 'sweep', after: SWEEP_MS },
  )
  tell(turn, { is: 'seated', me: me.view, others: room.peers.size })
  for (const peer of room.peers.values()) tellMember(room, turn, peer, 'present')
  room.ready = room.peers.size === 0
  if (!room.ready) turn.effects.push({ do: 'wake', timer: 'answer', after: ANSWER_MS })
  return room
}

function emptyRoom(invite: Room['invite'], keys: Room['keys'], me: Me, turn: Turn): Room {
  const seed = turn.random(SEED_BYTES)
  const sending = startEpoch(keys.roomId, me.seat, 0, seed)
  wipe(seed)
  const transcript = emptyTranscript()
  const { member } = me.view
  beginLog(transcript, me.seat, member, { n: 0, hash: new Uint8Array(32) }, true)
  return {
    invite,
    keys,
    me,
    peers: new Map(),
    gone: new Map(),
    firstSeats: new Map([[member, me.seat]]),
    names: new Map([[member, me.view.name]]),
    verified: new Set([member]),
    clashes: new Set(),
    transcript,
    sending,
    usedSince: null,
    stepDue: null,
    updateAt: null,
    keySince: turn.now,
    heldChars: 0,
    ready: false,
    waiting: [],
    news: new Map(),
    toldGaps: '',
    roster: null,
    refused: new Map(),
  }
}

/** Takes a seat's public values in, when its claim binds every one of them. Throws `CryptoError` and `WireError`. */
function admit(room: Room, record: SeatRecord, elder: boolean, turn: Turn): Peer {
  const seat = record.username
  if (seat === room.me.seat || room.peers.has(seat) || room.gone.has(seat)) throw new CryptoError('wrong_seat', 'seat is taken')
  const claim = openClaim(room.keys, seat, claimBytes(record.claim), null)
  const key = claimedKey(room.keys.roomId, claim.claim, fromBase64(record.ratchetEk))
  const member = toHex(claim.memberId)
  const view = viewOf(room, seat, claim.memberId, claim.claim.name, false)
  const peer: Peer = {
    seat,
    member,
    elder,
    claim,
    key,
    presence: 'joining',
    since: turn.now,
    view,
    out: null,
    in: null,
    held: [],
    asked: null,
    answeredAt: null,
  }
  room.peers.set(seat, peer)
  if (!room.firstSeats.has(member)) room.firstSeats.set(member, seat)
  room.names.set(member, claim.claim.name)
  return peer
}

/** Somebody took a seat after me: verifies its claim and hands it my state. */
export function welcome(room: Room, frame: FromRelay & { readonly type: 'peer_joined' }, turn: Turn): void {
  if (room.peers.size + 1 >= LARGEST_ROOM) return refuse(room, turn, 'claim', frame.username, 'too_many')
  // A first identify repeats its key: one that differs was swapped on the way.
  if (frame.ek !== frame.ratchetEk) return refuse(room, turn, 'claim', frame.username, 'wrong_key')
  const peer = admit(room, frame, false, turn)
  refreshNames(room)
  tellMember(room, turn, peer, 'joining')
  alarmOverName(room, peer, turn)
  sendState(room, peer, null, null, turn)
}

/** A letter came. Throws `CryptoError`. */
export function takeLetter(room: Room, frame: FromRelay & { readonly type: 'relay' }, turn: Turn): void {
  const peer = room.peers.get(frame.from)
  if (peer === undefined) return refuse(room, turn, 'letter', frame.from, 'unknown_seat')
  const letter = openLetter(room.keys, room.me.keyring, room.me.seat, peer.seat, frame.payload, peer.claim.member, null)
  try {
    if (takeClaim(room, peer, letter.claim, letter.key, turn) === 'fork') throw new CryptoError('replayed', 'claim is forked')
    scheduleUpdate(room, 'letter', turn)
    const content = letterOf(letter.content)
    switch (content.kind) {
      case 'state':
        return takeState(room, peer, content, letter, turn)
      case 'ask':
        return answerAsk(room, peer, content.nonce, turn)
      case 'ack':
        return confirm(peer, content.state)
    }
  } finally {
    // A state that was taken has copies.
    wipe(letter.root, letter.pair)
  }
}

/** A state is taken as the first from its seat, or as the answer to my open ask; it never leads back. */
function takeState(room: Room, peer: Peer, state: StateLetter, letter: OpenedLetter, turn: Turn): void {
  const answersAsk = state.asked !== null && peer.asked !== null && equal(state.asked, peer.asked)
  const fault = stateFault(peer, state, answersAsk)
  if (fault !== null) {
    wipeEpoch(state.start)
    return refuse(room, turn, 'letter', peer.seat, fault)
  }
  if (state.answers !== null) confirm(peer, state.answers)
  if (peer.in !== null) wipeInbound(peer.in)
  peer.in = { root: letter.root.slice(), pair: letter.pair.slice(), receiving: receivingFrom(peer.seat, state.start) }
  // An answer may still be on its way behind a first state that came late: its root is the one in force.
  if (answersAsk) peer.asked = null
  beginLog(room.transcript, peer.seat, peer.member, state.head)
  noteHeads(room, turn, peer, [state.head, ...state.heads])
  tellGaps(room, turn)
  if (peer.out === null) sendState(room, peer, letter.hash, null, turn)
  else if (state.answers === null) sendNote(room, peer, { kind: 'ack', state: letter.hash }, turn)
  setPresence(room, turn, peer, 'here')
}

function stateFault(peer: Peer, state: StateLetter, answersAsk: boolean): 'not_asked' | 'stale' | 'wrong_seat' | null {
  if (peer.in !== null && !answersAsk) return 'not_asked'
  if (peer.in !== null && isBack(peer.in.receiving, state)) return 'stale'
  return state.head.log === peer.seat ? null : 'wrong_seat'
}

function isBack(held: Receiving, state: StateLetter): boolean {
  const epoch = newestEpoch(held)
  return state.start.epoch < epoch || (state.start.epoch === epoch && state.start.chain.next < nextCounter(held))
}

/** The peer says that my state of this hash has arrived. One that I have replaced meanwhile is not in force. */
function confirm(peer: Peer, state: Bytes): void {
  if (peer.out !== null && equal(peer.out.stateHash, state)) peer.out.confirmed = true
}

/**
 * Who has my state and said so, or has given me its own, must prove a pair secret to be given mine again: else a stolen signing key
 * would be enough to ask for it. Before that, and for a minute, nothing stands to be protected.
 */
function answerAsk(room: Room, peer: Peer, nonce: Bytes, turn: Turn): void {
  const isLate = turn.now - peer.since > ASK_MS
  if (peer.out?.confirmed === true || peer.in !== null || isLate) return refuse(room, turn, 'letter', peer.seat, 'not_asked')
  if (peer.answeredAt !== null && turn.now - peer.answeredAt < RESET_MS)
    return refuse(room, turn, 'letter', peer.seat, 'too_many')
  peer.answeredAt = turn.now
  sendState(room, peer, null, nonce, turn)
}

/**
 * The elders had their time: who is silent is asked, and shown as unreachable. It gets my state with its answer, not before: the relay may
 * have shown me an old claim of it, whose key a thief has kept.
 */
export function endAnswers(room: Room, turn: Turn): void {
  for (const peer of room.peers.values()) {
    if (!peer.elder || peer.in !== null || peer.presence === 'offline') continue
    peer.asked = turn.random(ASK_BYTES)
    sendNote(room, peer, { kind: 'ask', nonce: peer.asked }, turn)
    setPresence(room, turn, peer, 'unreachable')
  }
}

/** True when I wait for no elder any more: each has my state, is offline, or had its time. */
export function isSettled(room: Room): boolean {
  const waited = ({ elder, out, presence }: Peer) =>
    !elder || out !== null || presence === 'offline' || presence === 'unreachable'
  return [...room.peers.values()].every(waited)
}

function sendState(room: Room, peer: Peer, answers: Bytes | null, asked: Bytes | null, turn: Turn): void {
  const { sending, me, transcript } = room
  const head = { log: me.seat, ...(headOf(transcript, me.seat) ?? { n: 0, hash: new Uint8Array(32) }) }
  // Of those who are here: a log whose author has left grows no more, and all logs of a long day would not fit.
  const others = heads(transcript).filter(({ log, n }) => room.peers.has(log) && n > 0)
  const { epoch, chain, headerKey, fileKey } = sending
  const content: StateLetter = { kind: 'state', start: { epoch, chain, headerKey, fileKey }, head, heads: others, answers, asked }
  const { root, pair, hash } = sendLetter(room, peer, content, turn)
  if (peer.out !== null) wipe(peer.out.root, ...peer.out.pairs.map(({ secret }) => secret))
  peer.out = { root, stateHash: hash, confirmed: false, pairs: [{ epoch, secret: pair }] }
  room.roster = null
}

/** A letter that starts nothing: its secrets are wiped. */
function sendNote(room: Room, peer: Peer, content: Exclude<LetterContent, StateLetter>, turn: Turn): void {
  const { root, pair } = sendLetter(room, peer, content, turn)
  wipe(root, pair)
}

function sendLetter(room: Room, peer: Peer, content: LetterContent, turn: Turn): ReturnType<typeof sealLetter> {
  const { me } = room
  const key = me.keyring.current.pair.publicKey
  const sender = { seat: me.seat, sealedClaim: me.claim.sealed, claimHash: me.claim.hash, key, signer: me.signer }
  const receiver = { seat: peer.seat, claimHash: peer.claim.hash, key: peer.key }
  const letter = sealLetter(room.keys, sender, receiver, letterToJson(content), null, turn.random)
  turn.effects.push({ do: 'send', frame: { type: 'relay', to: peer.seat, payload: letter.payload } })
  return letter
}
