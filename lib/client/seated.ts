/**
 * A conversation: what frames and timers do to a room one sits in (docs/states.md, Seated), and its end. Called by session.ts; returns how
 * the conversation ends, when it does. What a person asks of it is in obeying.ts.
 */
import { wipeInvite } from '#lib/crypto/invite.ts'
import { wipeKeyring } from '#lib/crypto/keyring.ts'
import { wipeRoomKeys } from '#lib/crypto/room.ts'
import { wipeSending } from '#lib/crypto/sending.ts'
import { wipeTranscript } from '#lib/room/transcript.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { endAnswers } from './asking.ts'
import { beatIfDue } from './beats.ts'
import type { Timer, Turn } from './effects.ts'
import type { Ending } from './events.ts'
import { takeLetter } from './handshake.ts'
import { forgetFormer } from './formers.ts'
import { hear, hearHeld } from './hearing.ts'
import { fail, settle } from './obeying.ts'
import { takeOut } from './outbox.ts'
import { endOffline, markOffline, wipePeer } from './peers.ts'
import { pulse } from './pulse.ts'
import { repair } from './repair.ts'
import { compareRosters } from './rosters.ts'
import { sweep, takeUpdate, updateIfDue } from './rotation.ts'
import { meet, welcome } from './seats.ts'
import type { Heard, Room } from './state.ts'
import { guarded, refuse } from './telling.ts'
import { wipeTopics } from './topics.ts'

/** Takes a frame of the relay in. Whatever is wrong with it becomes a `refused` event. */
export function frameSeated(room: Room, frame: FromRelay, turn: Turn): Ending | null {
  switch (frame.type) {
    case 'peer_joined':
      guarded(room, turn, 'claim', frame.username, () => welcome(room, frame, turn))
      return null
    case 'peer_left':
      markOffline(room, frame.username, turn)
      return settle(room, turn)
    case 'relay':
      return letterSeated(room, frame, turn)
    case 'broadcast':
    case 'ratchet_step_fwd':
      return heardEnding(hear(room, frame, turn))
    case 'ek_update_fwd':
      updateSeated(room, frame, turn)
      return null
    case 'room_created':
    case 'joined':
    case 'rekeyed':
    case 'error':
      refuse(room, turn, 'frame', null, 'unexpected')
      return null
  }
}

function letterSeated(room: Room, frame: FromRelay & { readonly type: 'relay' }, turn: Turn): Ending | null {
  const peer = room.peers.get(frame.from)
  const before = peer?.in?.root ?? null
  let heard: Heard = 'on'
  guarded(room, turn, 'letter', frame.from, () => {
    heard = takeLetter(room, frame, turn)
  })
  const ending = heardEnding(heard)
  if (ending !== null) return ending
  // A state came: what waited for it may open now.
  const after = peer?.in?.root ?? null
  if (peer !== undefined && after !== before) heard = hearHeld(room, peer, 'by a state', turn)
  return heardEnding(heard) ?? settle(room, turn)
}

function updateSeated(room: Room, frame: FromRelay & { readonly type: 'ek_update_fwd' }, turn: Turn): void {
  const { from: seat, ek, claim } = frame
  const peer = room.peers.get(seat)
  guarded(room, turn, 'update', seat, () => {
    if (peer !== undefined) return takeUpdate(room, peer, frame, turn)
    if (seat === room.me.seat || room.gone.has(seat)) return refuse(room, turn, 'update', seat, 'unknown_seat')
    // The relay did not announce it: this has the claim and the key that the announcement would have had.
    meet(room, { username: seat, ek, ratchetEk: ek, claim }, turn)
  })
}

function heardEnding(heard: Heard): Ending | null {
  return heard === 'on' ? null : { is: 'closed', by: heard.closedBy }
}

/** A timer rang. */
export function wokeSeated(room: Room, timer: Timer, turn: Turn): Ending | null {
  switch (timer) {
    case 'answer':
      endAnswers(room, turn)
      return settle(room, turn)
    case 'update':
      updateIfDue(room, turn)
      return null
    case 'sweep':
      sweep(room, turn)
      return null
    case 'pulse':
      return pulse(room, turn)
    case 'beat':
      beatIfDue(room, turn)
      return null
    case 'repair':
      repair(room, turn)
      return null
    case 'roster':
      compareRosters(room, turn)
      return null
    case 'leave':
      return { is: 'disconnected', code: room.lossCode }
    case 'connect':
    case 'redial':
      return null
    default:
      endOffline(room, timer.slice('offline '.length), turn)
      return null
  }
}

/** Tells what was asked and is not done, and wipes every secret of the room. The state is not to be used again. */
export function leaveRoom(room: Room, turn: Turn): void {
  for (const command of [...takeOut(room), ...room.waiting.splice(0)]) if (command.do !== 'leave') fail(command, 'not_sent', turn)
  wipeRoom(room)
  room.me.signer.wipe()
}

/** Wipes every secret of the room but the member's own key. */
export function wipeRoom(room: Room): void {
  for (const peer of room.peers.values()) wipePeer(peer)
  room.peers.clear()
  for (const former of room.formers.values()) forgetFormer(room, former)
  wipeTranscript(room.transcript)
  wipeTopics(room)
  wipeSending(room.sending)
  wipeKeyring(room.me.keyring)
  wipeRoomKeys(room.keys)
  wipeInvite(room.invite)
}
