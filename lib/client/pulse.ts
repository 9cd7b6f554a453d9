/**
 * The pulse (docs/states.md, Presence): every few seconds it is looked who has been silent for too long, whose state is still missing,
 * and whether the relay is there at all. Called by seated.ts for its timer.
 */
import { NO_CLOSE } from '#lib/wire/limits.ts'
import { chase } from './asking.ts'
import type { Turn } from './effects.ts'
import type { Ending } from './events.ts'
import type { Room } from './state.ts'
import { setPresence, tell, tellMember } from './telling.ts'
import { PROBE_MS, PULSE_MS, QUIET_MS, REACHED_MS, SILENT_MS, SWEEP_MS } from './times.ts'

/** Looks around. Says that the connection is dead, when the relay gives no sign of life. */
export function pulse(room: Room, turn: Turn): Ending | null {
  if (isDead(room, turn)) return { is: 'disconnected', code: NO_CLOSE }
  if (turn.now - room.pulseAt > 4 * PULSE_MS) wakeUp(room, turn)
  room.pulseAt = turn.now
  turn.effects.push({ do: 'wake', timer: 'pulse', after: PULSE_MS })
  if (room.probedAt === null && (turn.now - room.heardAt >= QUIET_MS || !room.reached)) probe(room, turn)
  chase(room, turn)
  tellLate(room, turn)
  tellSilent(room, turn)
  return null
}

/** The machine slept: nobody else was silent. Whether the connection lives is looked at first. */
function wakeUp(room: Room, turn: Turn): void {
  for (const peer of room.peers.values()) peer.heardAt = turn.now
  if (room.probedAt === null) probe(room, turn)
}

/** The platform says that the connection may be dead: it is looked at now, not when it has been quiet for a while. Called by session.ts. */
export function rouse(room: Room, turn: Turn): void {
  if (room.probedAt === null) probe(room, turn)
}

/** A frame to myself: the contract has the relay bring it back. */
function probe(room: Room, turn: Turn): void {
  room.probedAt = turn.now
  turn.effects.push({ do: 'send', frame: { type: 'relay', to: room.me.seat, payload: '' } })
}

function isDead(room: Room, turn: Turn): boolean {
  if (room.probedAt !== null && turn.now - room.probedAt >= PROBE_MS) return true
  // My claim was lost: others are heard, and nobody hears me.
  return !room.reached && turn.now - room.seatedAt >= REACHED_MS
}

/** A seat that might have been somebody coming back, and showed nothing of it: whoever it is, it is told. */
function tellLate(room: Room, turn: Turn): void {
  for (const peer of room.peers.values()) {
    if (!peer.told && turn.now - peer.since >= SWEEP_MS) tellMember(room, turn, peer, peer.elder ? 'present' : 'joining')
  }
}

function tellSilent(room: Room, turn: Turn): void {
  const peers = [...room.peers.values()]
  for (const peer of peers) {
    if (peer.presence === 'here' && turn.now - peer.heardAt >= SILENT_MS) setPresence(room, turn, peer, 'silent')
  }
  const isSilent = peers.length > 0 && peers.every(({ heardAt }) => turn.now - heardAt >= SILENT_MS)
  if (isSilent && !room.silent) tell(turn, { is: 'alarm', alarm: { is: 'silence' } })
  room.silent = isSilent
}
