/**
 * A session: (state, input) → state and effects (docs/states.md, Session). The driver calls `step` for everything that happens; the
 * files beside this one each do one job of it. No I/O, no clock, no platform. A step consumes the state it is given.
 */
import { memberId } from '#lib/crypto/claim.ts'
import { copyInvite, hostOf, type Invite, isRelayUrl, wipeInvite } from '#lib/crypto/invite.ts'
import { KEY_BYTES, signer, type Signer } from '#lib/crypto/primitives.ts'
import { fromBase64, fromHex, toBase64, toHex, wipe } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { CLOSE, LARGEST_ROOM, PROTOCOL_VERSION } from '#lib/wire/limits.ts'
import { checkName } from '#lib/wire/names.ts'
import type { Command } from './commands.ts'
import type { Input, Turn } from './effects.ts'
import type { CommandFault, Ending } from './events.ts'
import { enter } from './handshake.ts'
import { commandSeated, frameSeated, leaveRoom, wokeSeated } from './seated.ts'
import type { Creating, Dialing, Ended, Goal, Idle, Joining, Session } from './state.ts'
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
      return input.on === 'command' ? begin(session, input.command, turn) : session
    case 'dialing':
      return stepDialing(session, input, turn)
    case 'creating':
      return stepCreating(session, input, turn)
    case 'joining':
      return stepJoining(session, input, turn)
    case 'seated':
      return stepSeated(session, input, turn)
  }
}

function begin(session: Idle | Ended, command: Command, turn: Turn): Session {
  if (command.do !== 'create' && command.do !== 'join') return fail(session, command, 'not_seated', turn)
  if (checkName(command.name) !== null) return fail(session, command, 'bad_name', turn)
  const isClosed = command.do === 'join' && session.closedRooms.has(toHex(command.invite.roomId))
  if (isClosed) return fail(session, command, 'room_closed', turn)
  const url = command.do === 'create' ? command.url : command.invite.url
  if (!isRelayUrl(url)) return fail(session, command, 'bad_url', turn)
  const goal = goalOf(command)
  const host = hostOf(url)
  tell(turn, { is: 'dialing', host })
  turn.effects.push({ do: 'dial', url }, { do: 'wake', timer: 'connect', after: CONNECT_MS })
  return { at: 'dialing', host, goal, closedRooms: session.closedRooms }
}

/** The session wipes what it holds: an invite is copied, since who asked may want to ask again. */
function goalOf(command: Command & { readonly do: 'create' | 'join' }): Goal {
  return command.do === 'create'
    ? { is: 'create', ...command }
    : { is: 'join', name: command.name, invite: copyInvite(command.invite) }
}

function stepDialing(session: Dialing, input: Input, turn: Turn): Session {
  const { goal, closedRooms, host } = session
  switch (input.on) {
    case 'opened':
      if (goal.is === 'join') return sendJoin(session, goal.invite, goal.name, newSigner(turn), turn)
      turn.effects.push({ do: 'send', frame: createFrame(goal.adminToken) })
      return { at: 'creating', url: goal.url, name: goal.name, closedRooms }
    case 'closed':
    case 'woke':
      return end(session, { is: 'unreachable', host }, turn)
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
  if (frame.type === 'error') return end(session, refusal(frame), turn)
  if (frame.type !== 'room_created') return session
  if (frame.serverVersion !== PROTOCOL_VERSION) return end(session, wrongVersion(frame.serverVersion), turn)
  const roomId = fromHex(frame.roomId)
  const own = newSigner(turn)
  const founder = memberId(roomId, own.publicKey)
  const invite = { url: session.url, roomId, roomSecret: fromBase64(frame.roomSecret), roomKey: turn.random(KEY_BYTES), founder }
  tell(turn, { is: 'created', invite })
  return sendJoin(session, invite, session.name, own, turn)
}

function newSigner(turn: Turn): Signer {
  const seed = turn.random(KEY_BYTES)
  const made = signer(seed)
  wipe(seed)
  return made
}

function sendJoin(session: Session, invite: Invite, name: string, own: Signer, turn: Turn): Joining {
  const [roomId, roomSecret] = [toHex(invite.roomId), toBase64(invite.roomSecret)]
  turn.effects.push({ do: 'send', frame: { type: 'join', roomId, roomSecret, protocolVersion: PROTOCOL_VERSION } })
  return { at: 'joining', invite, name, signer: own, closedRooms: session.closedRooms }
}

function stepJoining(session: Joining, input: Input, turn: Turn): Session {
  if (input.on === 'garbage' && input.code === 'too_large')
    return end(session, { is: 'too_large_room', most: LARGEST_ROOM }, turn)
  if (input.on !== 'frame') return early(session, input, turn)
  const { frame } = input
  if (frame.type === 'error') return end(session, refusal(frame), turn)
  if (frame.type !== 'joined') return session
  if (frame.serverVersion !== PROTOCOL_VERSION) return end(session, wrongVersion(frame.serverVersion), turn)
  if (frame.members.length >= LARGEST_ROOM) return end(session, { is: 'too_large_room', most: LARGEST_ROOM }, turn)
  return { at: 'seated', room: enter(session, frame, turn), closedRooms: session.closedRooms }
}

function stepSeated(session: Session & { readonly at: 'seated' }, input: Input, turn: Turn): Session {
  const { room, closedRooms } = session
  let ending: Ending | null = null
  switch (input.on) {
    case 'command':
      ending = commandSeated(room, input.command, turn)
      break
    case 'frame':
      ending = frameSeated(room, input.frame, turn)
      break
    case 'garbage':
      refuse(room, turn, 'frame', null, input.code)
      break
    case 'woke':
      ending = wokeSeated(room, input.timer, turn)
      break
    case 'closed':
      ending = { is: 'disconnected', code: input.code }
      break
    case 'opened':
      break
  }
  if (ending === null) return session
  leaveRoom(room, turn)
  const closed = ending.is === 'closed' ? new Set([...closedRooms, toHex(room.invite.roomId)]) : closedRooms
  return end({ ...session, closedRooms: closed }, ending, turn)
}

/** What is asked or happens before there is a seat. */
function early(session: Dialing | Creating | Joining, input: Input, turn: Turn): Session {
  if (input.on === 'closed') return end(session, { is: 'disconnected', code: input.code }, turn)
  if (input.on === 'woke') return end(session, { is: 'silent' }, turn)
  if (input.on !== 'command') return session
  if (input.command.do === 'leave') return end(session, { is: 'left' }, turn)
  return fail(session, input.command, 'busy', turn)
}

function fail<S extends Session>(session: S, command: Command, fault: CommandFault, turn: Turn): S {
  tell(turn, { is: 'failed', fault, command: command.do })
  return session
}

function refusal(frame: FromRelay & { readonly type: 'error' }): Ending {
  if (frame.reason === 'version_mismatch') return wrongVersion(frame.serverVersion ?? null)
  return { is: 'refused', reason: frame.reason }
}

function wrongVersion(relays: number | null): Ending {
  return { is: 'version_mismatch', mine: PROTOCOL_VERSION, relays }
}

function end(session: Session, why: Ending, turn: Turn): Ended {
  if (session.at === 'dialing' && session.goal.is === 'join') wipeInvite(session.goal.invite)
  if (session.at === 'joining') {
    session.signer.wipe()
    wipeInvite(session.invite)
  }
  turn.effects.push({ do: 'hangUp', code: CLOSE.normal })
  tell(turn, { is: 'ended', why })
  return { at: 'ended', closedRooms: session.closedRooms }
}
