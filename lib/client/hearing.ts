/**
 * Hearing what others say (docs/protocol.md, Entries): opens envelopes and steps, and takes their content into the transcript.
 * Called by session.ts with `broadcast` and `ratchet_step_fwd` frames, and for frames that waited for their sender's state.
 */
import { CryptoError, type CryptoErrorCode } from '#lib/crypto/errors.ts'
import { envelopeOf } from '#lib/crypto/message.ts'
import { openEnvelope } from '#lib/crypto/receiving.ts'
import { type Content, type Entry, readContent } from '#lib/room/entry.ts'
import { addEntry, noteHead, type Outcome } from '#lib/room/transcript.ts'
import type { Bytes } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import type { Turn } from './effects.ts'
import { drop } from './peers.ts'
import { stepIn } from './rotation.ts'
import type { Inbound, Peer, Room } from './state.ts'
import { guarded, refuse, setPresence, tell, tellGaps } from './telling.ts'
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

/** What waited for a peer's state, now that it is here. Envelopes from before that state are not for me and are no faults. */
export function hearHeld(room: Room, peer: Peer, turn: Turn): Heard {
  const held = peer.held
  peer.held = []
  for (const frame of held) room.heldChars -= heldChars(frame)
  for (const frame of held) {
    if (peer.in === null) return 'on'
    try {
      const heard = take(room, peer, open(room, peer, peer.in, frame, turn), turn)
      if (heard !== 'on') return heard
    } catch (error) {
      if (!(error instanceof CryptoError && BEFORE_MY_TIME.has(error.code))) throw error
    }
  }
  return 'on'
}

/** How an envelope from before a state fails to open: it is of an earlier epoch or counter. */
const BEFORE_MY_TIME: ReadonlySet<CryptoErrorCode> = new Set(['not_opened', 'replayed'])

/** Keeps a frame for when the state comes. Over the bounds the oldest of its sender goes: a newcomer wants what came last. */
function hold(room: Room, peer: Peer, frame: Spoken, turn: Turn): void {
  peer.held.push(frame)
  room.heldChars += heldChars(frame)
  while (peer.held.length > HELD_FRAMES || room.heldChars > HELD_CHARS) {
    const oldest = peer.held.shift()
    if (oldest === undefined) return
    room.heldChars -= heldChars(oldest)
    refuse(room, turn, 'envelope', peer.seat, 'too_many')
  }
}

function heldChars(frame: Spoken): number {
  return frame.payload.length + frame.meta.length + frame.sig.length
}

function open(room: Room, peer: Peer, inbound: Inbound, frame: Spoken, turn: Turn): Content {
  const { member, memberId } = peer.claim
  const { roomId } = room.keys
  const read = (bytes: Bytes, signature: Bytes, { epoch, counter }: { readonly epoch: number; readonly counter: number }) => {
    const content = readContent(bytes, signature, { roomId, member, memberId, seat: peer.seat, epoch, counter })
    if (content.is === 'entry' && content.entry.log !== peer.seat) throw new CryptoError('wrong_seat', 'entry of another log')
    return content
  }
  if (frame.type === 'ratchet_step_fwd') return stepIn(room, peer, inbound, frame, read, turn)
  return openEnvelope(roomId, inbound.receiving, envelopeOf(frame), turn.now, read)
}

function take(room: Room, peer: Peer, content: Content, turn: Turn): Heard {
  // The relay said it was gone, or it was late: it has just shown that it is here.
  if (peer.presence !== 'here') setPresence(room, turn, peer, 'here')
  const { seen } = content.is === 'entry' ? content.entry : content.beat
  const outcomes = seen.map((head) => noteHead(room.transcript, head))
  if (content.is === 'beat') outcomes.push(noteHead(room.transcript, content.beat.head))
  const heard = content.is === 'entry' ? takeEntry(room, peer, content.entry, content.hash, turn) : 'on'
  for (const outcome of outcomes) alarmAt(room, outcome, turn)
  tellGaps(room, turn)
  return heard
}

function takeEntry(room: Room, peer: Peer, entry: Entry, hash: Bytes, turn: Turn): Heard {
  const outcome = addEntry(room.transcript, entry, hash)
  alarmAt(room, outcome, turn)
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

function alarmAt(room: Room, outcome: Outcome, turn: Turn): void {
  if (outcome.is !== 'fork') return
  const { log, member, n } = outcome
  tell(turn, { is: 'alarm', alarm: { is: 'fork', name: room.names.get(member) ?? '?', member, log, n } })
}
