/**
 * A session: (state, input) → state and effects (docs/states.md, Session). The driver calls `step` for everything that happens; the
 * files beside this one each do one job of it. No I/O, no clock, no platform. A step consumes the state it is given.
 */
import { memberId } from '#lib/crypto/claim.ts'
import { copyInvite, hostOf, type Invite, isRelayUrl, wipeInvite } from '#lib/crypto/invite.ts'
import { KEY_BYTES, signer } from '#lib/crypto/primitives.ts'
import { equal, fromBase64, fromHex, toBase64, toHex, wipe } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { CLOSE, LARGEST_ROOM, NO_CLOSE, PROTOCOL_VERSION } from '#lib/wire/limits.ts'
import { checkName } from '#lib/wire/names.ts'
import { unsure } from './beats.ts'
import type { Command } from './commands.ts'
import type { Input, Turn } from './effects.ts'
import type { CommandFault, Ending, Loss, Setback } from './events.ts'
import { continueFrom, founderKey, heirOf } from './inheriting.ts'
import { commandAway, lose, tryAgain } from './returning.ts'
import { enter, reenter } from './seats.ts'
import { commandSeated, settle } from './obeying.ts'
import { rouse } from './pulse.ts'
import { frameSeated, leaveRoom, wipeRoom, wokeSeated } from './seated.ts'
import {
  type Away,
  type Creating,
  type Dialing,
  type Ended,
  type Goal,
  type Idle,
  type Joining,
  type Lost,
  roomOf,
  type Seated,
  type Self,
  type Session,
} from './stages.ts'
import type { Room } from './state.ts'
import { refuse, tell } from './telling.ts'
import { CONNECT_MS } from './times.ts'

/** A session that nothing has been asked of. */
export function idle(): Session {
  return { at: 'idle', closedRooms: new Set() }
}

/** One turn: takes an input in, returns the next state; what is to be done stands in `turn.effects`, in order. */
export function step(session: Session, input: Input, turn: Turn): Session {
  switch (session.at) {
    case 'idle':
    case 'ended':
      return input.on === 'command' ? begin(session, input.command, null, turn) : session
    case 'dialing':
      return stepDialing(session, input, turn)
    case 'creating':
      return stepCreating(session, input, turn)
    case 'joining':
      return stepJoining(session, input, turn)
    case 'seated':
      return stepSeated(session, input, turn)
    case 'away':
      return stepAway(session, input, turn)
    case 'lost':
      return stepLost(session, input, turn)
  }
}

function begin(session: Idle | Ended | Lost, command: Command, self: Self | null, turn: Turn): Session {
  if (command.do !== 'create' && command.do !== 'join') return fail(session, command, 'not_seated', turn)
  if (checkName(command.name) !== null) return fail(session, command, 'bad_name', turn)
  const isClosed = command.do === 'join' && session.closedRooms.has(toHex(command.invite.roomId))
  if (isClosed) return fail(session, command, 'room_closed', turn)
  const url = command.do === 'create' ? command.url : command.invite.url
  if (!isRelayUrl(url)) return fail(session, command, 'bad_url', turn)
  return dial(session, url, goalOf(command, self ?? newSelf(command.name, turn)), turn)
}

function dial(session: Session, url: string, goal: Goal, turn: Turn): Dialing {
  const host = hostOf(url)
  if (goal.is !== 'return') tell(turn, { is: 'dialing', host, goesOn: goal.self.lost !== null })
  turn.effects.push({ do: 'dial', url }, { do: 'wake', timer: 'connect', after: CONNECT_MS })
  return { at: 'dialing', host, goal, closedRooms: session.closedRooms }
}

/** The session wipes what it holds: an invite is copied, since who asked may want to ask again. */
function goalOf(command: Command & { readonly do: 'create' | 'join' }, self: Self): Goal {
  if (command.do === 'join') return { is: 'join', invite: copyInvite(command.invite), self }
  return { is: 'create', url: command.url, adminToken: command.adminToken, self }
}

function newSelf(name: string, turn: Turn): Self {
  const seed = turn.random(KEY_BYTES)
  const made = signer(seed)
  wipe(seed)
  return { name, signer: made, lost: null }
}

function stepDialing(session: Dialing, input: Input, turn: Turn): Session {
  const { goal, closedRooms, host } = session
  switch (input.on) {
    case 'opened':
      if (goal.is !== 'create') return sendJoin(session, goal, turn)
      turn.effects.push({ do: 'send', frame: createFrame(goal.adminToken) })
      return { at: 'creating', url: goal.url, self: goal.self, closedRooms }
    case 'closed':
      return failed(session, { is: 'unreachable', host }, turn)
    case 'woke':
      return input.timer === 'connect' ? failed(session, { is: 'unreachable', host }, turn) : early(session, input, turn)
    default:
      return early(session, input, turn)
  }
}

function createFrame(adminToken: string | null) {
  const frame = { type: 'create', protocolVersion: PROTOCOL_VERSION } as const
  return adminToken === null ? frame : { ...frame, adminToken }
}

function stepCreating(session: Creating, input: Input, turn: Turn): Session {
  if (input.on !== 'frame') return early(session, input, turn)
  const { frame } = input
  if (frame.type === 'error') return failed(session, refusal(frame), turn)
  if (frame.type !== 'room_created') return session
  if (frame.serverVersion !== PROTOCOL_VERSION) return failed(session, wrongVersion(frame.serverVersion), turn)
  const { self, url } = session
  const roomId = fromHex(frame.roomId)
  const { lost } = self
  const roomKey = lost === null ? turn.random(KEY_BYTES) : lost.invite.roomKey.slice()
  const founder = memberId(roomId, (lost === null ? null : founderKey(lost)) ?? self.signer.publicKey)
  const invite = { url, roomId, roomSecret: fromBase64(frame.roomSecret), roomKey, founder }
  tell(turn, { is: 'created', invite: copyInvite(invite) })
  return sendJoin(session, { is: 'join', invite, self }, turn)
}

function sendJoin(session: Session, goal: Joining['goal'], turn: Turn): Joining {
  const { invite } = goal.is === 'join' ? goal : goal.room
  const [roomId, roomSecret] = [toHex(invite.roomId), toBase64(invite.roomSecret)]
  turn.effects.push({ do: 'send', frame: { type: 'join', roomId, roomSecret, protocolVersion: PROTOCOL_VERSION } })
  return { at: 'joining', goal, closedRooms: session.closedRooms }
}

function stepJoining(session: Joining, input: Input, turn: Turn): Session {
  if (input.on === 'garbage' && input.code === 'too_large')
    return failed(session, { is: 'too_large_room', most: LARGEST_ROOM }, turn)
  if (input.on !== 'frame') return early(session, input, turn)
  const { frame } = input
  if (frame.type === 'error') return failed(session, refusal(frame), turn)
  if (frame.type !== 'joined') return session
  if (frame.serverVersion !== PROTOCOL_VERSION) return failed(session, wrongVersion(frame.serverVersion), turn)
  if (frame.members.length >= LARGEST_ROOM) return failed(session, { is: 'too_large_room', most: LARGEST_ROOM }, turn)
  const { goal, closedRooms } = session
  const room = goal.is === 'join' ? enterAs(goal.invite, goal.self, frame, turn) : reenter(goal.room, frame, turn)
  return settled({ at: 'seated', room, closedRooms }, settle(room, turn), turn)
}

function stepSeated(session: Seated, input: Input, turn: Turn): Session {
  const { room } = session
  if (input.on === 'frame' || input.on === 'garbage') {
    room.heardAt = turn.now
    room.probedAt = null
  }
  switch (input.on) {
    case 'command':
      return settled(session, commandSeated(room, input.command, turn), turn)
    case 'frame':
      return settled(session, frameSeated(room, input.frame, turn), turn)
    case 'garbage':
      refuse(room, turn, 'frame', null, input.code)
      return session
    case 'woke': {
      const ending = wokeSeated(room, input.timer, turn)
      // A relay that gives no sign of life is dialed again.
      if (ending?.is === 'disconnected' && input.timer === 'pulse') return lose(session, ending.code, turn)
      return settled(session, ending, turn)
    }
    case 'closed':
      return lose(session, input.code, turn)
    case 'roused':
      rouse(room, turn)
      return session
    case 'opened':
      return session
  }
}

function settled(session: Session, ending: Ending | null, turn: Turn): Session {
  return ending === null ? session : end(session, ending, turn)
}

function stepAway(session: Away, input: Input, turn: Turn): Session {
  if ((input.on === 'woke' && input.timer === 'redial') || input.on === 'roused') {
    const { room } = session
    // Another network: what failed on the former one says nothing.
    const tries = input.on === 'roused' ? 0 : session.tries
    return dial(session, room.invite.url, { is: 'return', room, tries }, turn)
  }
  // There is no socket.
  if (input.on === 'closed') return session
  return early(session, input, turn)
}

/** The relay lost the room: it can be made anew, or one goes on in one that another member made anew. */
function stepLost(session: Lost, input: Input, turn: Turn): Session {
  if (input.on === 'closed') return session
  if (input.on !== 'command') return early(session, input, turn)
  const { room } = session
  const { command } = input
  if (command.do === 'recreate') {
    const self = heirOf(room, room.me.view.name)
    return dial(session, room.invite.url, { is: 'create', url: room.invite.url, adminToken: command.adminToken, self }, turn)
  }
  if (command.do !== 'join') return early(session, input, turn)
  // In a room of another key one is nobody's heir.
  const isSame = equal(command.invite.roomKey, room.invite.roomKey)
  const next = begin(session, command, isSame ? heirOf(room, command.name) : null, turn)
  if (next !== session && !isSame) leaveRoom(room, turn)
  return next
}

function enterAs(invite: Invite, self: Self, frame: FromRelay & { readonly type: 'joined' }, turn: Turn): Room {
  const room = enter(invite, self, frame, turn)
  if (self.lost === null) return room
  continueFrom(self.lost, room, turn)
  wipeRoom(self.lost)
  return room
}

/** What is asked or happens before there is a seat, or between two. */
function early(session: Dialing | Creating | Joining | Away | Lost, input: Input, turn: Turn): Session {
  const room = roomOf(session)
  if (input.on === 'closed') return failed(session, { is: 'disconnected', code: input.code }, turn)
  if (input.on === 'woke') {
    if (input.timer === 'leave' && room !== null) return end(session, { is: 'disconnected', code: room.lossCode }, turn)
    return input.timer === 'connect' ? failed(session, { is: 'silent' }, turn) : session
  }
  if (input.on !== 'command') return session
  if (room !== null) return settled(session, commandAway(room, input.command, turn), turn)
  if (input.command.do === 'leave') return end(session, { is: 'left' }, turn)
  return fail(session, input.command, 'busy', turn)
}

/** It did not work: who had a seat here before tries again, everybody else is told how it ended. */
function failed(session: Dialing | Creating | Joining | Away | Lost, why: Setback, turn: Turn): Session {
  const { closedRooms } = session
  const goal = session.at === 'dialing' || session.at === 'joining' ? session.goal : null
  if (goal?.is === 'return') {
    if (why.is === 'refused' && why.reason === 'not_found') return loseRoom(goal.room, session, { is: 'forgotten' }, turn)
    // It let me in before: any other refusal is worth another try.
    const isOver = why.is === 'version_mismatch' || why.is === 'too_large_room'
    if (!isOver) return tryAgain(goal.room, goal.tries + 1, codeOf(why), closedRooms, turn)
  }
  const lost = roomOf(session)
  if (lost !== null && goal?.is !== 'return') return loseRoom(lost, session, why, turn)
  return end(session, why, turn)
}

function codeOf(why: Setback): number {
  return why.is === 'disconnected' ? why.code : NO_CLOSE
}

function loseRoom(room: Room, session: Session, why: Loss, turn: Turn): Lost {
  // The keys of the lost room are kept for the next try; the invite of this one is not.
  wipeTried(session)
  turn.effects.push({ do: 'hangUp', code: CLOSE.normal })
  // It called off all timers.
  if (room.leaveBy !== null) turn.effects.push({ do: 'wake', timer: 'leave', after: Math.max(0, room.leaveBy - turn.now) })
  tell(turn, { is: 'lost', why, unsure: unsure(room) })
  return { at: 'lost', room, closedRooms: session.closedRooms }
}

function fail<S extends Session>(session: S, command: Command, fault: CommandFault, turn: Turn): S {
  tell(turn, { is: 'failed', fault, command: command.do })
  return session
}

function refusal(frame: FromRelay & { readonly type: 'error' }): Setback {
  if (frame.reason === 'version_mismatch') return wrongVersion(frame.serverVersion ?? null)
  return { is: 'refused', reason: frame.reason }
}

function wrongVersion(relays: number | null): Setback {
  return { is: 'version_mismatch', mine: PROTOCOL_VERSION, relays }
}

function end(session: Session, why: Ending, turn: Turn): Ended {
  const room = roomOf(session)
  if (room !== null) leaveRoom(room, turn)
  wipeGoal(session)
  turn.effects.push({ do: 'hangUp', code: CLOSE.normal })
  tell(turn, { is: 'ended', why })
  const closed = why.is === 'closed' && room !== null
  const closedRooms = closed ? new Set([...session.closedRooms, toHex(room.invite.roomId)]) : session.closedRooms
  return { at: 'ended', closedRooms }
}

function wipeGoal(session: Session): void {
  if (session.at === 'creating') session.self.signer.wipe()
  if (session.at !== 'dialing' && session.at !== 'joining') return
  if (session.goal.is !== 'return') session.goal.self.signer.wipe()
  wipeTried(session)
}

function wipeTried(session: Session): void {
  if ((session.at === 'dialing' || session.at === 'joining') && session.goal.is === 'join') wipeInvite(session.goal.invite)
}
