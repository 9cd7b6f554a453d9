/**
 * Answering an ask (docs/protocol.md, Letters, Repair): with my state, with entries, with the list of whom I am shown. Called by
 * handshake.ts.
 */
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import { sendState } from './handing.ts'
import type { AskLetter } from './letters.ts'
import { sendNote } from './posting.ts'
import { answerEntries } from './repair.ts'
import type { Peer, Room } from './state.ts'
import { refuse, tell } from './telling.ts'
import { RESET_MS } from './times.ts'

/**
 * Answers what was asked. My state goes again to who proves a pair secret: else a stolen signing key would be enough to ask for it. Before
 * either side has shown that it has the other's state nothing stands to be protected.
 */
export function answerAsk(room: Room, peer: Peer, ask: AskLetter, proved: Bytes | null, turn: Turn): void {
  const isOpen = peer.out?.confirmed !== true && peer.in === null
  if (proved === null && (!isOpen || ask.roster || ask.entries.length > 0)) {
    return refuse(room, turn, 'letter', peer.seat, 'not_asked')
  }
  // A copy: a new state may push the secret out of those that are kept.
  const salt = proved === null ? null : proved.slice()
  if (ask.state) answerState(room, peer, ask.nonce, salt, turn)
  if (salt === null) return
  if (ask.roster || ask.entries.length > 0) {
    const answer = answerEntries(room, peer, ask, turn)
    // A step of mine that goes before the answer ends what the ask proved; what the asker gave me it keeps until I say more.
    if (answer !== null) sendNote(room, peer, answer, peer.in?.pair ?? salt, turn)
  }
  wipe(salt)
}

function answerState(room: Room, peer: Peer, nonce: Bytes, salt: Bytes | null, turn: Turn): void {
  if (peer.answeredAt !== null && turn.now - peer.answeredAt < RESET_MS)
    return refuse(room, turn, 'letter', peer.seat, 'too_many')
  peer.answeredAt = turn.now
  const isReset = salt !== null && peer.out !== null
  sendState(room, peer, { answers: null, asked: nonce, salt }, turn)
  if (isReset) tellReset(room, peer, turn)
}

/** Keys between a seat and me were handed over anew. */
export function tellReset(room: Room, peer: Peer, turn: Turn): void {
  peer.resets += 1
  room.roster = null
  tell(turn, { is: 'reset', who: peer.view, times: peer.resets })
}
