/** Handing my state over (docs/protocol.md, Letters): from then on its receiver can follow me. Called by seats.ts and handshake.ts. */
import { wholeHeads } from '#lib/room/heads.ts'
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import { proofsFor } from './formers.ts'
import type { StateLetter } from './letters.ts'
import { sentHead } from './outbox.ts'
import { sendLetter } from './posting.ts'
import { keepPair } from './rotation.ts'
import type { Peer, Room, Start } from './state.ts'
import { topicsToHand } from './topics.ts'

interface Answering {
  /** Hash of the state that this one answers. */
  readonly answers: Bytes | null
  /** Nonce of the ask that it answers. */
  readonly asked: Bytes | null
  /** The pair secret that was proved. */
  readonly salt: Bytes | null
}

/** Hands my state over: from here on the peer can follow me. */
export function sendState(room: Room, peer: Peer, { answers, asked, salt }: Answering, turn: Turn): void {
  const { sending, transcript, log } = room
  const head = { log, ...sentHead(room) }
  const { began, floor } = startFor(room, peer)
  // Of those who are here: all logs of a long day would not fit.
  const here = new Set([...room.peers.values()].map((other) => other.log))
  const others = wholeHeads(transcript).filter((named) => here.has(named.log))
  const { epoch, chain, headerKey, fileKey } = sending
  const start = { epoch, chain, headerKey, fileKey }
  const proofs = proofsFor(room, peer)
  const topic = topicsToHand(room)
  const content: StateLetter = { kind: 'state', start, head, began, heads: others, answers, asked, proofs, topic }
  const { root, pair, hash } = sendLetter(room, peer, content, salt, turn)
  if (peer.out !== null) wipe(peer.out.root)
  const out = { root, stateHash: hash, confirmed: false, pairs: peer.out?.pairs ?? [], statePair: pair }
  keepPair(out, epoch, pair)
  peer.out = out
  if (peer.floor === null) {
    peer.floor = floor
    peer.began = began
    peer.has = began.n
  }
  room.roster = null
}

/**
 * Who was here before me may have all that I say here, and what I said at a seat before when it was here and did not hear it; a newcomer what
 * I say from now on.
 */
export function startFor(room: Room, { seat, elder, floor, began }: Peer): Start {
  if (floor !== null && began !== null) return { floor, began }
  if (!elder) return { began: sentHead(room), floor: room.transcript.count }
  return room.unheard.get(seat) ?? { began: room.began, floor: room.beganAt }
}
