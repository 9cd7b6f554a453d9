/**
 * Hearing what others say (docs/protocol.md, Entries): opens envelopes and steps, and takes their content into the transcript.
 * Called by seated.ts with `broadcast` and `ratchet_step_fwd` frames, and for frames that waited for their sender's state.
 */
import { CryptoError, type CryptoErrorCode } from '#lib/crypto/errors.ts'
import { envelopeOf } from '#lib/crypto/message.ts'
import { openEnvelope } from '#lib/crypto/receiving.ts'
import { type Content, readContent, type SignedEntry } from '#lib/room/entry.ts'
import { addEntry } from '#lib/room/transcript.ts'
import type { Bytes } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { askState } from './asking.ts'
import { beatSoon, noteDelivered, noteMine } from './beats.ts'
import type { Turn } from './effects.ts'
import type { MemberView } from './events.ts'
import { farewell, heldChars } from './peers.ts'
import { lookForGaps } from './repair.ts'
import { noteRoster } from './rosters.ts'
import { stepIn } from './rotation.ts'
import type { Heard, Inbound, Peer, Room } from './state.ts'
import { guarded, noteHeads, refuse, setPresence, tell, tellGaps, tellOutcome } from './telling.ts'
import { HELD_CHARS, HELD_FRAMES } from './times.ts'
import { isForbidden, noteTopic } from './topics.ts'

export type Spoken = FromRelay & { readonly type: 'broadcast' | 'ratchet_step_fwd' }

/** Takes an envelope or a step in; one that opens only with a state that has not come waits for it. */
export function hear(room: Room, frame: Spoken, turn: Turn): Heard {
  const peer = room.peers.get(frame.from)
  const what = frame.type === 'broadcast' ? 'envelope' : 'step'
  if (peer === undefined) {
    refuse(room, turn, what, frame.from, frame.from === room.me.seat ? 'own_seat' : 'unknown_seat')
    return 'on'
  }
  if (peer.in === null) {
    hold(room, peer, frame, turn)
    return 'on'
  }
  const inbound = peer.in
  let heard: Heard = 'on'
  guarded(room, turn, what, peer.seat, () => {
    heard = hearNow(room, peer, inbound, frame, turn)
    // What overtook this step opens now.
    if (frame.type === 'ratchet_step_fwd' && heard === 'on') heard = hearHeld(room, peer, 'by a step', turn)
  })
  return heard
}

function hearNow(room: Room, peer: Peer, inbound: Inbound, frame: Spoken, turn: Turn): Heard {
  try {
    return take(room, peer, open(room, peer, inbound, frame, turn), turn)
  } catch (error) {
    // A key step may have been lost on its way: the frame waits, and its sender is asked where it stands.
    if (error instanceof CryptoError && BEYOND_MY_STATE.has(error.code)) {
      hold(room, peer, frame, turn)
      askState(room, peer, turn)
    }
    throw error
  }
}

/** How a frame fails that a newer state of its sender may open. */
const BEYOND_MY_STATE: ReadonlySet<CryptoErrorCode> = new Set(['not_opened', 'unknown_key', 'too_far_ahead'])

/**
 * What waited for a peer's keys, now that they are here. Envelopes from before a state are not for me and are no faults; what a step alone
 * did not open waits on. One that is broken costs itself alone.
 */
export function hearHeld(room: Room, peer: Peer, opened: 'by a state' | 'by a step', turn: Turn): Heard {
  const held = peer.held
  peer.held = []
  for (const frame of held) room.heldChars -= heldChars(frame)
  let heard: Heard = 'on'
  for (const frame of held) {
    if (peer.in === null || heard !== 'on') break
    const inbound = peer.in
    guarded(room, turn, 'envelope', peer.seat, () => {
      heard = hearOne(room, peer, inbound, frame, opened, turn)
    })
  }
  return heard
}

function hearOne(room: Room, peer: Peer, inbound: Inbound, frame: Spoken, opened: 'by a state' | 'by a step', turn: Turn): Heard {
  try {
    return take(room, peer, open(room, peer, inbound, frame, turn), turn)
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error
    if (opened === 'by a step' && BEYOND_MY_STATE.has(error.code)) {
      hold(room, peer, frame, turn)
      return 'on'
    }
    if (BEFORE_MY_TIME.has(error.code)) return 'on'
    throw error
  }
}

/** How an envelope from before a state fails to open: it is of an earlier epoch or counter, or of a step to a key that is gone. */
const BEFORE_MY_TIME: ReadonlySet<CryptoErrorCode> = new Set(['not_opened', 'replayed', 'unknown_key'])

/** Keeps a frame for when the state comes. Over the bounds the oldest go, since a newcomer wants what came last: of the sender, or of who holds most. */
function hold(room: Room, peer: Peer, frame: Spoken, turn: Turn): void {
  peer.held.push(frame)
  room.heldChars += heldChars(frame)
  if (peer.held.length > HELD_FRAMES) dropOldest(room, peer, turn)
  while (room.heldChars > HELD_CHARS) dropOldest(room, holdsMost(room), turn)
}

/** Whoever sends most pays for it: nobody can push out what others sent. */
function holdsMost(room: Room): Peer {
  const chars = ({ held }: Peer) => held.reduce((sum, frame) => sum + heldChars(frame), 0)
  return [...room.peers.values()].reduce((most, peer) => (chars(peer) > chars(most) ? peer : most))
}

function dropOldest(room: Room, peer: Peer, turn: Turn): void {
  const oldest = peer.held.shift()
  if (oldest === undefined) return
  room.heldChars -= heldChars(oldest)
  refuse(room, turn, 'envelope', peer.seat, 'too_many')
}

function open(room: Room, peer: Peer, inbound: Inbound, frame: Spoken, turn: Turn): Content {
  const { member, memberId } = peer.claim
  const { roomId } = room.keys
  const read = (bytes: Bytes, signature: Bytes, { epoch, counter }: { readonly epoch: number; readonly counter: number }) => {
    const content = readContent(bytes, signature, { roomId, member, memberId, seat: peer.seat, epoch, counter })
    const log = content.is === 'entry' ? content.entry.log : content.beat.head.log
    if (log !== peer.log) throw new CryptoError('wrong_seat', 'of another log')
    return content
  }
  if (frame.type === 'ratchet_step_fwd') return stepIn(room, peer, inbound, frame, read, turn)
  return openEnvelope(roomId, inbound.receiving, envelopeOf(frame), turn.now, read)
}

function take(room: Room, peer: Peer, content: Content, turn: Turn): Heard {
  // The relay said it was gone, or it was late: it has just shown that it is here.
  peer.heardAt = turn.now
  room.silent = false
  if (peer.presence !== 'here') setPresence(room, turn, peer, 'here')
  const { roster } = content.is === 'entry' ? content.entry : content.beat
  noteRoster(room, peer, roster, turn)
  const named = content.is === 'entry' ? content.entry.seen : [...content.beat.seen, content.beat.head]
  noteHeads(room, turn, peer, named)
  let heard: Heard = 'on'
  if (content.is === 'entry') heard = takeEntry(room, content, { who: peer.view, repaired: false }, turn)
  else noteMine(room, peer, named)
  noteDelivered(room, turn)
  tellGaps(room, turn)
  lookForGaps(room, turn)
  return heard
}

/** An entry from somebody's memory, whose own signature holds. */
export function takeRepaired(room: Room, signed: SignedEntry, turn: Turn): Heard {
  const { log } = signed.entry
  const author = room.authors.get(log)
  if (author === undefined) return 'on'
  const peer = [...room.peers.values()].find((other) => other.log === log)
  const who = peer?.view ?? author.view
  // What it had seen when it said that is missing here as well, when it is not here.
  noteHeads(room, turn, { member: who.member }, signed.entry.seen)
  return takeEntry(room, signed, { who, repaired: true }, turn)
}

function takeEntry(
  room: Room,
  signed: SignedEntry,
  { who, repaired }: { readonly who: MemberView; readonly repaired: boolean },
  turn: Turn,
): Heard {
  const { entry, hash } = signed
  const outcome = addEntry(room.transcript, signed, repaired ? 'a memory' : 'its author')
  tellOutcome(room, turn, outcome)
  // It said that its log begins later for me: what it hides so is named.
  if (outcome.is === 'foreign') refuse(room, turn, repaired ? 'repair' : 'envelope', who.seat, 'stale')
  if (outcome.is !== 'kept') return 'on'
  const { log, n, kind, body, time, seen } = entry
  room.news.delete(log)
  room.news.set(log, { log, n, hash })
  beatSoon(room, turn)
  if (kind === 'core.close' && !who.founder) {
    tell(turn, { is: 'alarm', alarm: { is: 'not_allowed', name: who.name, member: who.member, kind } })
    return 'on'
  }
  if (isForbidden(room, signed, who, turn)) return 'on'
  const view = { log, n, who, kind, body, time, seen, late: outcome.filled, repaired, waiting: false, readers: 0 }
  tell(turn, { is: 'entry', entry: view })
  noteTopic(room, signed, who, turn)
  if (kind === 'core.close') return { closedBy: who }
  if (kind === 'core.leave') farewell(room, log, turn)
  return 'on'
}
