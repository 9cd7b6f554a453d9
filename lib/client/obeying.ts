/**
 * What a person asks of a room one sits in, or comes back to (docs/states.md, Seated): carried out, told why not, or kept until the
 * handshake is over. Called by session.ts, seated.ts, returning.ts and inheriting.ts; returns how the conversation ends, when it does.
 */
import type { JsonObject } from '#lib/crypto/canonical.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { memberFingerprint, roomCode } from '#lib/crypto/fingerprint.ts'
import { isExtension, kindFault } from '#lib/room/kinds.ts'
import { TEXT_BYTES } from '#lib/room/limits.ts'
import { lockBody, POLICY, TOPIC, topicBody, topicFault } from '#lib/room/topic.ts'
import { utf8 } from '#lib/wire/bytes.ts'
import { checkName } from '#lib/wire/names.ts'
import { isSettled } from './asking.ts'
import type { Command } from './commands.ts'
import { given } from './composing.ts'
import type { Turn } from './effects.ts'
import type { CommandFault, Ending } from './events.ts'
import { updateKey } from './rotation.ts'
import { emptyOutbox, rotateNow, sayEntry } from './speaking.ts'
import type { Room } from './state.ts'
import { refreshNames, refreshViews, tell, tellMember } from './telling.ts'
import { WAITING_COMMANDS } from './times.ts'
import { isLocked, topicsOf } from './topics.ts'

/** Carries a command out, or tells why not. */
export function commandSeated(room: Room, command: Command, turn: Turn): Ending | null {
  const fault = faultOf(room, command)
  if (fault !== null) return fail(command, fault, turn)
  // Who leaves an empty room waits for nobody.
  if (command.do === 'leave' && room.keeps) {
    room.keeps = false
    const ending = settle(room, turn)
    if (ending !== null) return ending
  }
  if (room.returning && isEntry(command)) {
    if (room.outbox.length >= WAITING_COMMANDS) return fail(command, 'busy', turn)
  } else if (!room.ready && waits(command)) {
    if (room.waiting.length >= WAITING_COMMANDS) return fail(command, 'busy', turn)
    room.waiting.push(command)
    return null
  }
  try {
    return carryOut(room, command, turn)
  } catch (error) {
    // Nothing has moved: an entry is signed before it is sealed.
    if (error instanceof CryptoError && error.code === 'too_large') return fail(command, 'too_large', turn)
    if (error instanceof CryptoError && error.code === 'bad_object') return fail(command, 'bad_body', turn)
    throw error
  }
}

/** Before the handshake is over, elders could not open what I say: it keeps its place until they can. */
function waits(command: Command): boolean {
  const isMine = command.do === 'fingerprints' || command.do === 'verify' || command.do === 'accept'
  return !(isMine || (command.do === 'leave' && command.now))
}

/** Entries that waited take their places in the outbox, so that nothing which is said later overtakes them. */
export function placeEntries(room: Room, turn: Turn): void {
  for (const command of room.waiting.splice(0)) {
    if (isEntry(command)) commandSeated(room, command, turn)
    else room.waiting.push(command)
  }
}

/** While I come back, an entry has its place at once. */
function isEntry(command: Command): boolean {
  return command.do === 'say' || command.do === 'send' || command.do === 'topic' || command.do === 'lock'
}

function carryOut(room: Room, command: Command, turn: Turn): Ending | null {
  switch (command.do) {
    case 'say':
      sayEntry(room, 'core.text', textBody(command), turn)
      return null
    case 'send':
      sayEntry(room, command.kind, command.body, turn)
      return null
    case 'topic':
      sayEntry(room, TOPIC, topicBody(topicsOf(room), command.text), turn)
      return null
    case 'lock':
      sayEntry(room, POLICY, lockBody(topicsOf(room), command.locked), turn)
      return null
    case 'rename':
      rename(room, command.name, turn)
      return null
    case 'rotate':
      rotateNow(room, turn)
      return null
    case 'fingerprints':
      tellFingerprints(room, turn)
      return null
    case 'verify':
      markVerified(room, command.member, command.verified, turn)
      return null
    case 'accept':
      accept(room, command.seat, turn)
      return null
    case 'leave':
      // Before anybody has my state nobody could open a goodbye: the relay's word has to do.
      if (room.ready || given(room).length > 0) sayGoodbye(room, turn)
      return { is: 'left' }
    case 'close':
      sayEntry(room, 'core.close', {}, turn)
      return { is: 'closed', by: room.me.view }
    case 'create':
    case 'join':
    case 'recreate':
      return null
  }
}

/** What has its place in my log goes before the goodbye: who hears that would else miss it for ever. */
function sayGoodbye(room: Room, turn: Turn): void {
  room.returning = false
  emptyOutbox(room, turn)
  sayEntry(room, 'core.leave', {}, turn)
}

/** The person says that a device which proved nothing is its member's. */
function accept(room: Room, seat: string, turn: Turn): void {
  const peer = room.peers.get(seat)
  if (peer === undefined) return
  peer.confirmed = true
  tellMember(room, turn, peer, 'accepted')
}

function textBody({ text, class: named }: Command & { readonly do: 'say' }): JsonObject {
  return named === null ? { text } : { text, class: named }
}

function faultOf(room: Room, command: Command): CommandFault | null {
  switch (command.do) {
    case 'create':
    case 'join':
    case 'recreate':
      return 'busy'
    case 'accept':
      return room.peers.has(command.seat) ? null : 'no_such_seat'
    case 'say':
      if (command.text === '') return 'empty'
      if (!command.text.isWellFormed()) return 'bad_body'
      return utf8(JSON.stringify(command.text)).length - 2 > TEXT_BYTES ? 'too_large' : null
    case 'send':
      if (!isExtension(command.kind)) return 'bad_kind'
      return kindFault(command.kind, command.body) === null ? null : 'bad_body'
    case 'rename':
      return checkName(command.name) === null ? null : 'bad_name'
    case 'topic':
      return topicFault(command.text) ?? (isLocked(room) && !room.me.view.founder ? 'topic_locked' : null)
    case 'lock':
    case 'close':
      return room.me.view.founder ? null : 'not_founder'
    case 'verify':
      return room.names.has(command.member) ? null : 'no_such_member'
    case 'rotate':
    case 'fingerprints':
    case 'leave':
      return null
  }
}

export function fail(command: Command, fault: CommandFault, turn: Turn): null {
  tell(turn, { is: 'failed', fault, command: command.do })
  return null
}

function rename(room: Room, name: string, turn: Turn): void {
  if (room.me.view.name === name) return
  updateKey(room, name, turn)
  callMyself(room, name, turn)
}

/** My name is another from now on: told, and compared with everybody's. The next claim of mine says so to the others. */
export function callMyself(room: Room, name: string, turn: Turn): void {
  const was = room.me.view.name
  if (was === name) return
  room.me.view = { ...room.me.view, name }
  room.names.set(room.me.view.member, name)
  refreshNames(room, turn)
  tell(turn, { is: 'member', what: 'renamed', who: room.me.view, was, instead: null })
}

function markVerified(room: Room, member: string, verified: boolean, turn: Turn): void {
  if (verified) room.verified.add(member)
  else room.verified.delete(member)
  refreshViews(room)
  for (const peer of room.peers.values()) if (peer.member === member) tell(turn, { is: 'verified', who: peer.view })
}

function tellFingerprints(room: Room, turn: Turn): void {
  const { roomId } = room.keys
  const members = [{ who: room.me.view, key: room.me.signer.publicKey }]
  for (const peer of room.peers.values()) {
    // A further seat of a member has the same key: once is enough.
    if (members.every(({ who }) => who.member !== peer.member)) members.push({ who: peer.view, key: peer.claim.member.bytes })
  }
  const keys = members.map(({ key }) => key)
  const code = roomCode(roomId, room.invite.roomKey, keys)
  const listed = members.map(({ who, key }) => ({ who, fingerprint: memberFingerprint(key, roomId) }))
  tell(turn, { is: 'fingerprints', room: code, members: listed })
}

/** Once the elders have what they need of me, what waited is said. */
export function settle(room: Room, turn: Turn): Ending | null {
  if (room.ready || !isSettled(room)) return null
  room.ready = true
  room.returning = false
  emptyOutbox(room, turn)
  for (const command of room.waiting.splice(0)) {
    const ending = commandSeated(room, command, turn)
    if (ending !== null) return ending
  }
  return null
}
