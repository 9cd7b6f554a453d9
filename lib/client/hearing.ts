/**
 * Hearing what others say (docs/protocol.md, Entries): opens envelopes and steps, and takes their content into the transcript.
 * Called by seated.ts with `broadcast` and `ratchet_step_fwd` frames, and for frames that waited for their sender's state.
 */
import { CryptoError, type CryptoErrorCode } from '#lib/crypto/errors.ts'
import { envelopeOf } from '#lib/crypto/message.ts'
import { openEnvelope } from '#lib/crypto/receiving.ts'
import { type Content, type Entry, readContent } from '#lib/room/entry.ts'
import { addEntry } from '#lib/room/transcript.ts'
import type { Bytes } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import type { Turn } from './effects.ts'
import { drop, heldChars } from './peers.ts'
import { stepIn } from './rotation.ts'
import type { Inbound, Peer, Room } from './state.ts'
import { guarded, noteHeads, refuse, setPresence, tell, tellGaps, tellOutcome } from './telling.ts'
import { HELD_CHARS, HELD_FRAMES } from './times.ts'

export type Spoken = FromRelay & { readonly type: 'broadcast' | 'ratchet_step_fwd' }

/** What hearing came to: the founder may have closed the room. */
export type Heard = 'on' | { readonly closedBy: Peer }

/** Takes an envelope or a step in; one whose sender's state has not come waits for it. */
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
    const content = open(room, peer, inbound, frame, turn)
    heard = take(room, peer, content, turn)
  })
  return heard
}

/**
 * What waited for a peer's state, now that it is here. Envelopes from before that state are not for me and are no faults; one that is
 * broken costs itself alone.
 */
export function hearHeld(room: Room, peer: Peer, turn: Turn): Heard {
  const held = peer.held
  peer.held = []
  for (const frame of held) room.heldChars -= heldChars(frame)
  let heard: Heard = 'on'
  for (const frame of held) {
    if (peer.in === null || heard !== 'on') break
    const inbound = peer.in
    guarded(room, turn, 'envelope', peer.seat, () => {
      heard = hearOne(room, peer, inbound, frame, turn)
    })
  }
  return heard
}

function hearOne(room: Room, peer: Peer, inbound: Inbound, frame: Spoken, turn: Turn): Heard {
  try {
    return take(room, peer, open(room, peer, inbound, frame, turn), turn)
  } catch (error) {
    if (error instanceof CryptoError && BEFORE_MY_TIME.has(error.code)) return 'on'
    throw error
  }
}

/** How an envelope from before a state fails to open: it is of an earlier epoch or counter. */
const BEFORE_MY_TIME: ReadonlySet<CryptoErrorCode> = new Set(['not_opened', 'replayed'])

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
    if (log !== peer.seat) throw new CryptoError('wrong_seat', 'of another log')
    return content
  }
  if (frame.type === 'ratchet_step_fwd') return stepIn(room, peer, inbound, frame, read, turn)
  return openEnvelope(roomId, inbound.receiving, envelopeOf(frame), turn.now, read)
}

function take(room: Room, peer: Peer, content: Content, turn: Turn): Heard {
  // The relay said it was gone, or it was late: it has just shown that it is here.
  if (peer.presence !== 'here') setPresence(room, turn, peer, 'here')
  const named = content.is === 'entry' ? content.entry.seen : [...content.beat.seen, content.beat.head]
  noteHeads(room, turn, peer, named)
  const heard = content.is === 'entry' ? takeEntry(room, peer, content.entry, content.hash, turn) : 'on'
  tellGaps(room, turn)
  return heard
}

function takeEntry(room: Room, peer: Peer, entry: Entry, hash: Bytes, turn: Turn): Heard {
  const outcome = addEntry(room.transcript, entry, hash)
  tellOutcome(room, turn, outcome)
  // It said that its log begins later for me: what it hides so is named.
  if (outcome.is === 'foreign') refuse(room, turn, 'envelope', peer.seat, 'stale')
  if (outcome.is !== 'kept') return 'on'
  const { log, n, kind, body, time, seen } = entry
  room.news.delete(log)
  room.news.set(log, { log, n, hash })
  if (kind === 'core.close' && !peer.view.founder) {
    tell(turn, { is: 'alarm', alarm: { is: 'not_allowed', name: peer.view.name, member: peer.member, kind } })
    return 'on'
  }
  tell(turn, { is: 'entry', entry: { log, n, who: peer.view, kind, body, time, seen, late: outcome.filled, readers: 0 } })
  if (kind === 'core.close') return { closedBy: peer }
  if (kind === 'core.leave') drop(room, peer, 'left', turn)
  return 'on'
}
