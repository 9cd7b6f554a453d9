/**
 * Asking for states that do not come (docs/states.md, Handshake): the first time of an elder, later of whoever's keys fell apart. Called by
 * seated.ts and pulse.ts for their timers, and by hearing.ts for frames that do not open.
 */
import { wipe } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import { keepFormer } from './formers.ts'
import { ASK_BYTES } from './letters.ts'
import { saltFor, sendNote } from './posting.ts'
import type { Peer, Room } from './state.ts'
import { setPresence } from './telling.ts'
import { ANSWER_MS, NEWCOMER_MS, RESET_MS } from './times.ts'

/**
 * The elders had their time: who is silent is asked, and shown as unreachable. It gets my state with its answer, not before: the relay may
 * have shown me an old claim of it, whose key a thief has kept.
 */
export function endAnswers(room: Room, turn: Turn): void {
  for (const peer of room.peers.values()) {
    if (!peer.elder || peer.in !== null || peer.presence === 'reconnecting') continue
    askState(room, peer, turn)
    setPresence(room, turn, peer, 'unreachable')
  }
}

/** Asks a seat for its state, unless it was asked a moment ago. */
export function askState(room: Room, peer: Peer, turn: Turn): void {
  if (peer.asked !== null && turn.now - peer.asked.at < RESET_MS) return
  endAsk(peer)
  const pair = saltFor(peer)
  peer.asked = { nonce: turn.random(ASK_BYTES), at: turn.now, pair: pair === null ? null : pair.slice() }
  sendNote(room, peer, { kind: 'ask', nonce: peer.asked.nonce, state: true, roster: false, entries: [] }, pair, turn)
}

/** Whose state is missing is asked again, after a minute less often; who came after me and never answered gets no more keys. */
export function chase(room: Room, turn: Turn): void {
  for (const peer of room.peers.values()) {
    const { asked, since, presence, elder } = peer
    if (presence === 'reconnecting') continue
    const isMissing = peer.in === null && turn.now - since >= (elder ? ANSWER_MS : RESET_MS)
    const isShut = peer.in !== null && peer.held.length > 0
    // Its answer may have been lost, and have been the newest state of it.
    const isOpen = peer.in !== null && asked !== null
    // It may have given me up, at the word of the relay.
    const isSilent = presence === 'silent'
    const wait = turn.now - since > NEWCOMER_MS && !isShut ? NEWCOMER_MS : RESET_MS
    if ((isMissing || isShut || isOpen || isSilent) && (asked === null || turn.now - asked.at >= wait)) askState(room, peer, turn)
    // Not since it came: what it proved later counts as well.
    if (!elder && peer.in === null && peer.out !== null && turn.now - peer.heardAt >= NEWCOMER_MS) withdraw(room, peer, turn)
  }
}

/**
 * The relay may have shown a claim of old: whoever has its key is given nothing more until it answers. If it is there all the same, and its
 * answers were lost, what I gave it proves what it asks.
 */
function withdraw(room: Room, peer: Peer, turn: Turn): void {
  if (peer.out === null) return
  keepFormer(room, peer)
  wipe(peer.out.root, ...peer.out.pairs.map(({ secret }) => secret))
  peer.out = null
  room.roster = null
  room.stepDue ??= 'leave'
  setPresence(room, turn, peer, 'unreachable')
}

/** The ask is answered, or replaced. */
export function endAsk(peer: Peer): void {
  const pair = peer.asked?.pair ?? null
  if (pair !== null) wipe(pair)
  peer.asked = null
}

/** True when I wait for nobody any more: each elder has my state, is offline, or had its time; and somebody is here to hear what I kept. */
export function isSettled(room: Room): boolean {
  if (room.keeps && room.peers.size === 0) return false
  const waited = ({ elder, out, presence }: Peer) =>
    !elder || out !== null || presence === 'reconnecting' || presence === 'unreachable'
  return [...room.peers.values()].every(waited)
}
