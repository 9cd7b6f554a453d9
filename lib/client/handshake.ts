/**
 * The letters by which each pair hands over its states (docs/states.md, Handshake), the first time and whenever they fell apart. Called by
 * seats.ts for a newcomer, by seated.ts with `relay` frames and for its timers.
 */
import { type OpenedLetter, openLetter } from '#lib/crypto/letter.ts'
import { nextCounter, newestEpoch, type Receiving, receivingFrom, resume } from '#lib/crypto/receiving.ts'
import { wipeEpoch } from '#lib/crypto/epoch.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { isLogOf, NO_HEAD } from '#lib/room/entry.ts'
import { beginEarlier, beginLog } from '#lib/room/transcript.ts'
import { type Bytes, equal, wipe } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { LARGEST_ROOM } from '#lib/wire/limits.ts'
import { answerAsk, tellReset } from './answering.ts'
import { endAsk } from './asking.ts'
import { beatSoon, noteDelivered, noteMine } from './beats.ts'
import type { Turn } from './effects.ts'
import { copyPairs, endFormer, forgetFormer, isGuarded, keepFormer, provedSeats } from './formers.ts'
import { sendState } from './handing.ts'
import { takeRepaired } from './hearing.ts'
import { letterOf, type StateLetter } from './letters.ts'
import { removePeer, takeClaim } from './peers.ts'
import { sendNote } from './posting.ts'
import { askAfresh, takeRepair } from './repair.ts'
import { scheduleUpdate } from './rotation.ts'
import { putPeer, tellNewcomer } from './seats.ts'
import type { Former, Heard, Peer, Room } from './state.ts'
import { noteHeads, refreshNames, refuse, setPresence, tell, tellGaps, tellMember } from './telling.ts'
import { PAIR_SECRETS } from './times.ts'
import { takeHandedTopics } from './topics.ts'

/** A letter came. Throws `CryptoError`. */
export function takeLetter(room: Room, frame: FromRelay & { readonly type: 'relay' }, turn: Turn): Heard {
  room.reached = true
  // An answer to my question whether the relay is there.
  if (frame.from === room.me.seat) return 'on'
  const peer = room.peers.get(frame.from)
  if (peer === undefined) return takeFormersLetter(room, frame, turn)
  const letter = openFrom(room, peer.seat, frame.payload, peer.claim.member, saltsOf(room, peer), turn)
  return useLetter(room, peer, letter, turn)
}

type Known = Parameters<typeof openLetter>[5]

/** Opens a letter to me. Throws as `openLetter`. */
function openFrom(room: Room, seat: string, payload: string, known: Known, pairs: readonly Bytes[], turn: Turn): OpenedLetter {
  try {
    return openLetter(room.keys, room.me.keyring, room.me.seat, seat, payload, known, pairs)
  } catch (error) {
    // It has missed all news of my key for two minutes: without another nothing that it asks would ever open.
    if (error instanceof CryptoError && error.code === 'unknown_key') scheduleUpdate(room, 'letter', turn)
    throw error
  }
}

/** The pair secrets that a peer may salt its letters with: those that I gave it, withdrawn ones too, and the one that it gave me. */
function saltsOf(room: Room, { seat, in: inbound, out, asked }: Peer): readonly Bytes[] {
  const { pairs } = out ?? room.formers.get(seat) ?? { pairs: [] }
  const given = pairs.map(({ secret }) => secret).toReversed()
  const theirs = inbound === null ? [] : [inbound.pair]
  const open = asked?.pair ?? null
  return [...given, ...theirs, ...(open === null ? [] : [open])]
}

/**
 * A seat that I gave up, since the relay said that it was gone, asks by its pair secret: it was there all the time, and is taken back.
 */
function takeFormersLetter(room: Room, frame: FromRelay & { readonly type: 'relay' }, turn: Turn): Heard {
  const former = room.formers.get(frame.from)
  if (former === undefined) return takeStrangersLetter(room, frame, turn)
  const { seat, claim, pairs } = former
  const salts = [...pairs.map(({ secret }) => secret), ...former.in]
  const letter = openFrom(room, seat, frame.payload, claim.member, salts, turn)
  if (letter.proved === null) {
    wipe(letter.root, letter.pair)
    return refused(room, turn, seat)
  }
  const proved = letter.proved.slice()
  room.gone.delete(seat)
  const peer = putPeer(room, former, true, turn)
  Object.assign(peer, { log: former.log, floor: former.floor, presence: 'here', confirmed: former.confirmed, told: true })
  forgetFormer(room, former)
  room.roster = null
  refreshNames(room, turn)
  tellMember(room, turn, peer, 'arrived')
  return useLetter(room, peer, { ...letter, proved }, turn)
}

/** A seat that the relay did not announce: its letter has the claim and the key that the announcement would have had. */
function takeStrangersLetter(room: Room, frame: FromRelay & { readonly type: 'relay' }, turn: Turn): Heard {
  const seat = frame.from
  if (room.gone.has(seat) || room.peers.size + 1 >= LARGEST_ROOM) return refused(room, turn, seat)
  const letter = openFrom(room, seat, frame.payload, null, [], turn)
  const { claim, key, sealedClaim } = letter
  const peer = putPeer(room, { seat, sealedClaim, claim, key }, false, turn)
  tellNewcomer(room, peer, turn)
  return useLetter(room, peer, letter, turn)
}

function refused(room: Room, turn: Turn, seat: string): Heard {
  refuse(room, turn, 'letter', seat, 'unknown_seat')
  return 'on'
}

function useLetter(room: Room, peer: Peer, letter: OpenedLetter, turn: Turn): Heard {
  try {
    if (takeClaim(room, peer, letter.claim, letter.key, turn) === 'fork') throw new CryptoError('replayed', 'claim is forked')
    scheduleUpdate(room, letter.proved === null ? 'letter' : 'step', turn)
    const { proved } = letter
    if (proved !== null) heard(room, peer, turn)
    if (peer.out !== null && peer.out.pairs.some(({ secret }) => secret === proved)) peer.out.confirmed = true
    const content = letterOf(letter.content)
    switch (content.kind) {
      case 'state':
        takeState(room, peer, content, letter, turn)
        return 'on'
      case 'ask':
        answerAsk(room, peer, content, letter.proved, turn)
        return 'on'
      case 'ack':
        confirm(peer, content.state)
        return 'on'
      case 'repair':
        return takeRepair(room, peer, content, takeRepaired, turn)
    }
  } finally {
    // A state that was taken has copies.
    wipe(letter.root, letter.pair)
  }
}

/** Something came that only this seat can have sent. */
export function heard(room: Room, peer: Peer, turn: Turn): void {
  peer.heardAt = turn.now
  room.silent = false
  if (peer.presence === 'silent' || peer.presence === 'reconnecting') setPresence(room, turn, peer, 'here')
}

/** A state is taken as the first from its seat, or as the answer to my open ask; it never leads back. */
function takeState(room: Room, peer: Peer, state: StateLetter, letter: OpenedLetter, turn: Turn): void {
  const answersAsk = state.asked !== null && peer.asked !== null && equal(state.asked, peer.asked.nonce)
  const continued = peer.log === null ? provedSeats(room, peer, state.proofs) : []
  const fault = stateFault(room, peer, state, answersAsk, continued)
  if (fault !== null) {
    wipeEpoch(state.start)
    return refuse(room, turn, 'letter', peer.seat, fault)
  }
  if (state.answers !== null) confirm(peer, state.answers)
  const isReset = peer.in !== null
  follow(peer, state, letter, turn)
  if (answersAsk) endAsk(peer)
  const isFirst = peer.log === null
  if (isFirst) countAsFirst(room, peer)
  peer.log = state.head.log
  beginPeersLog(room, peer, state)
  // First, since it shows that I continue a seat myself.
  if (peer.out === null) sendState(room, peer, { answers: letter.hash, asked: null, salt: null }, turn)
  else if (state.answers === null) sendNote(room, peer, { kind: 'ack', state: letter.hash }, null, turn)
  for (const former of continued) takePlace(room, peer, former, state, turn)
  takeHandedTopics(room, peer, state.topic, turn)
  noteHeads(room, turn, peer, [state.head, ...state.heads])
  noteMine(room, peer, state.heads)
  noteDelivered(room, turn)
  askAfresh(room, turn)
  tellGaps(room, turn)
  peer.heardAt = turn.now
  room.silent = false
  setPresence(room, turn, peer, 'here')
  if (isReset) tellReset(room, peer, turn)
  if (isFirst) beatSoon(room, turn)
}

/** From here on the sender is followed by what its state says. */
function follow(peer: Peer, state: StateLetter, letter: OpenedLetter, turn: Turn): void {
  const { in: held } = peer
  const [root, pair] = [letter.root.slice(), letter.pair.slice()]
  if (held === null) {
    peer.in = { root, pair, receiving: receivingFrom(peer.seat, state.start) }
    return
  }
  wipe(held.root, held.pair)
  held.root = root
  held.pair = pair
  resume(held.receiving, state.start, turn.now)
}

/**
 * Where a log begins for me that I have not met: its author says so. Who was away was there before, and missed whatever is in a log that
 * began meanwhile.
 */
function beginPeersLog(room: Room, peer: Peer, state: StateLetter): void {
  const { seat, member, sealedClaim, view, claim } = peer
  const began = room.hasReturned ? NO_HEAD : state.began
  beginEarlier(room.transcript, state.head.log, began)
  beginLog(room.transcript, state.head.log, member, began)
  room.repairing.unknown.delete(state.head.log)
  if (room.authors.has(state.head.log)) return
  room.authors.set(state.head.log, { member: claim.member, memberId: claim.memberId, seat, sealedClaim, view })
}

/** A seat that never gave me its state shows nothing, and may be one that only the relay still shows: the first that does counts. */
function countAsFirst(room: Room, peer: Peer): void {
  const seat = room.firstSeats.get(peer.member)
  const first = seat === undefined ? undefined : room.peers.get(seat)
  if (first === undefined || first === peer || first.in !== null) return
  first.confirmed = false
  peer.confirmed = true
  room.firstSeats.set(peer.member, peer.seat)
}

/** A seat continues another, which is gone from now on: the same person, with what it missed. */
function takePlace(room: Room, peer: Peer, former: Former | Peer, state: StateLetter, turn: Turn): void {
  peer.confirmed ||= former.confirmed
  peer.floor = Math.min(former.floor ?? Number.POSITIVE_INFINITY, peer.floor ?? Number.POSITIVE_INFINITY)
  keepProofs(peer, former)
  peer.has = state.heads.find(({ log }) => log === room.log)?.n ?? 0
  if (former.confirmed) room.firstSeats.set(peer.member, peer.seat)
  if ('presence' in former) {
    keepFormer(room, former)
    removePeer(room, former)
  }
  endFormer(room, former.seat)
  if (former.seat !== peer.seat) room.gone.set(former.seat, former.view.name)
  peer.presence = 'here'
  peer.told = true
  room.roster = null
  refreshNames(room, turn)
  tell(turn, { is: 'member', what: 'returned', who: peer.view, was: null, instead: former.seat })
}

/** My state may not have reached it: until it shows that, it may come with what I gave it before. */
function keepProofs({ out }: Peer, former: Former | Peer): void {
  if (out === null || out.confirmed) return
  const before = 'presence' in former ? (former.out?.pairs ?? []) : former.pairs
  const room = Math.max(0, PAIR_SECRETS - out.pairs.length)
  out.pairs.unshift(...copyPairs(room === 0 ? [] : before.slice(-room)).map(({ secret }) => ({ epoch: 0, secret })))
}

function stateFault(
  room: Room,
  peer: Peer,
  state: StateLetter,
  answersAsk: boolean,
  continued: readonly (Former | Peer)[],
): 'not_asked' | 'stale' | 'wrong_seat' | null {
  if (peer.in !== null && !answersAsk) return 'not_asked'
  if (peer.in !== null && isBack(peer.in.receiving, state)) return 'stale'
  const { log } = state.head
  if (log === room.log || !isLogOf(log, peer.claim.memberId)) return 'wrong_seat'
  if (peer.log !== null) return peer.log === log ? null : 'wrong_seat'
  const others = continued.find((former) => former.log !== null)?.log ?? null
  // In a log whose seat could show that it is the one, nobody else writes.
  if (others === null ? isGuarded(room, peer, log) : others !== log) return 'wrong_seat'
  return null
}

function isBack(held: Receiving, state: StateLetter): boolean {
  const epoch = newestEpoch(held)
  return state.start.epoch < epoch || (state.start.epoch === epoch && state.start.chain.next < nextCounter(held))
}

/** The peer says that my state of this hash has arrived. One that I have replaced meanwhile is not in force. */
function confirm(peer: Peer, state: Bytes): void {
  const { out } = peer
  if (out === null || !equal(out.stateHash, state)) return
  out.confirmed = true
  const first = out.pairs.findIndex(({ secret }) => secret === out.statePair)
  for (const { secret } of out.pairs.splice(0, Math.max(0, first))) wipe(secret)
}
