/**
 * Coming back (docs/states.md, Away): the connection is lost, and the room is kept. Dials again, ever less often, until the relay lets me
 * in; seats.ts takes the new seat. Called by session.ts.
 */
import { wipeKeyring } from '#lib/crypto/keyring.ts'
import { wipeSending } from '#lib/crypto/sending.ts'
import { readU32 } from '#lib/wire/bytes.ts'
import { CLOSE } from '#lib/wire/limits.ts'
import { checkName } from '#lib/wire/names.ts'
import type { Command } from './commands.ts'
import type { Millis, Turn } from './effects.ts'
import type { Ending } from './events.ts'
import { keepFormer } from './formers.ts'
import { startFor } from './handing.ts'
import { dropHeld, wipePeer } from './peers.ts'
import { callMyself, commandSeated, fail, placeEntries } from './obeying.ts'
import type { Away, Seated } from './stages.ts'
import type { Room } from './state.ts'
import { tell } from './telling.ts'
import { LEAVE_MS, REDIAL_MS } from './times.ts'

/** The socket is gone. What only this seat could open is wiped; what shows later who I am is kept. */
export function lose({ room, closedRooms }: Seated, code: number, turn: Turn): Away {
  room.returning = true
  room.ready = false
  room.lossCode = code
  if (room.waiting.some(({ do: what }) => what === 'leave')) room.leaveBy ??= turn.now + LEAVE_MS
  // Its timer went with the seat's.
  room.repairing.at = null
  for (const peer of room.peers.values()) {
    // It may not have heard of what I said at this seat, and was here all the time.
    if (peer.out?.confirmed === true) room.unheard.delete(peer.seat)
    else if (!room.unheard.has(peer.seat)) room.unheard.set(peer.seat, startFor(room, peer))
    keepFormer(room, peer)
    dropHeld(room, peer)
    wipePeer(peer)
    peer.asked = null
    peer.repair = null
  }
  placeEntries(room, turn)
  wipeSending(room.sending)
  wipeKeyring(room.me.keyring)
  room.me.keyring = { ...room.me.keyring, retired: [] }
  return tryAgain(room, 0, code, closedRooms, turn)
}

/** The next try is due after a while: from 1 s, doubled each time, at most 30 s, and somewhat less at random. */
export function tryAgain(room: Room, tries: number, code: number, closedRooms: Away['closedRooms'], turn: Turn): Away {
  const again = waitFor(tries, turn)
  // It calls off every timer of the seat.
  turn.effects.push({ do: 'hangUp', code: CLOSE.normal }, { do: 'wake', timer: 'redial', after: again })
  if (room.leaveBy !== null) turn.effects.push({ do: 'wake', timer: 'leave', after: Math.max(0, room.leaveBy - turn.now) })
  tell(turn, { is: 'away', code, again })
  return { at: 'away', room, tries, closedRooms }
}

function waitFor(tries: number, turn: Turn): Millis {
  const [first, longest] = REDIAL_MS
  const full = Math.min(longest, first * 2 ** Math.min(tries, 10))
  return Math.ceil(full / 2 + ((full / 2) * readU32(turn.random(4), 0)) / 2 ** 32)
}

/** What can be asked while there is no connection. */
export function commandAway(room: Room, command: Command, turn: Turn): Ending | null {
  switch (command.do) {
    case 'rotate':
    case 'close':
    case 'accept':
    case 'recreate':
      return fail(command, 'away', turn)
    case 'leave':
      return leaveAway(room, command, turn)
    case 'rename':
      // Nobody would take the claim that it goes into.
      if (checkName(command.name) !== null) return fail(command, 'bad_name', turn)
      callMyself(room, command.name, turn)
      return null
    default:
      return commandSeated(room, command, turn)
  }
}

/** With something unsaid, leaving waits for the connection, for a while. */
function leaveAway(room: Room, command: Command & { readonly do: 'leave' }, turn: Turn): Ending | null {
  if (command.now || room.outbox.length === 0) return { is: 'left' }
  if (room.leaveBy !== null) return null
  room.waiting.push(command)
  room.leaveBy = turn.now + LEAVE_MS
  turn.effects.push({ do: 'wake', timer: 'leave', after: LEAVE_MS })
  return null
}
