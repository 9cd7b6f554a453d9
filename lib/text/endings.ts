/**
 * Why things ended or were not done, as sentences for a person (docs/protocol.md, Client). Called by the clients wherever a conversation does not
 * go on as it was meant to. No sentence holds what somebody else wrote.
 */
import type { Alarm, CommandFault, Ending, Loss, Refusal } from '#lib/client/events.ts'
import { closeReason, RELAY_REASONS, versionMismatch } from './reasons.ts'

/** Why a conversation ended. Who closed a room is named by the caller. */
export function endingText(why: Ending): string {
  switch (why.is) {
    case 'left':
      return 'you left'
    case 'closed':
      return 'the founder closed the room'
    case 'unreachable':
      return `no relay answers at ${why.host}: is it running, and is the address right?`
    case 'silent':
      return 'the relay took the connection and did not answer: is it a Tacet relay?'
    case 'disconnected':
      return `the connection is lost: ${closeReason(why.code)}`
    case 'refused':
      return RELAY_REASONS[why.reason]
    case 'version_mismatch':
      return versionMismatch(why.relays)
    case 'too_large_room':
      return `the room is larger than this client can serve: ${why.most} seats at most`
  }
}

/** Why there is no room, or why what was tried to have one again did not work. */
export function lossText(why: Loss): string {
  if (why.is !== 'forgotten') return endingText(why)
  return 'the relay has lost the room, as it does when it is restarted: nobody hears what is said'
}

/** Why a command was not carried out. */
export const FAULTS: Readonly<Record<CommandFault, string>> = {
  not_seated: 'you are in no room',
  away: 'the connection is down: try again when it is back',
  bad_url: 'this is no relay’s address',
  busy: 'not now: there is a room already, or too much waits for it',
  not_sent: 'not said: the conversation was over before it could be',
  bad_name: 'this cannot be a name',
  bad_kind: 'this cannot be a kind: it is written like org.example.poll',
  bad_body: 'this cannot be sent: text, whole numbers, true, false, null, lists and objects can',
  empty: 'there is nothing to say',
  too_large: 'too long',
  not_founder: 'only the founder can do that',
  bad_topic: 'this cannot be a topic: a topic is one line, without control characters',
  topic_locked: 'the topic is locked: only the founder may set it',
  no_such_member: 'there is no such member',
  no_such_seat: 'there is no such device here',
  room_closed: 'this room was closed',
}

const REFUSED: Readonly<Record<Refusal['what'], string>> = {
  claim: 'a claim',
  letter: 'a letter',
  step: 'renewed keys',
  update: 'a new key',
  envelope: 'a message',
  repair: 'a message handed on',
  frame: 'a frame',
  peer_left: 'the relay’s word that somebody is gone',
}

/** What was refused, without whose it was. */
export function refusedThing({ what, code }: Refusal): string {
  return `${REFUSED[what]} (${code})`
}

/** What a person can do about a relay that lies. */
const ASK_OTHERS = 'Ask the others by another way, and go on over another relay'

/** What was caught, and what can be done. Where somebody did it, the sentence begins with the name. */
export function alarmText(alarm: Alarm): string {
  switch (alarm.is) {
    case 'fork':
      return `told different people different things (entry ${alarm.n}), and its signatures show it: do not trust what it says`
    case 'contradiction':
      return `is said to have written something else (entry ${alarm.n}), by another member: one of the two lies. Ask both, by another way`
    case 'changed_key':
      return 'has the name of a member that you verified, and another key: it is somebody else, or came back and proved nothing. Compare fingerprints before you trust it'
    case 'claim_fork':
      return `has keys that do not follow one another (${alarm.seq}): somebody else may have its signing key. Ask it by another way, and make another room`
    case 'not_allowed':
      return 'tried what only the founder may do; it was ignored'
    case 'roster':
      return alarm.hidden === 'from me'
        ? `shares the room with a seat that the relay does not show you (${alarm.seat}): it shows you different rooms. ${ASK_OTHERS}`
        : `is not shown a seat that you share the room with (${alarm.seat}): the relay shows you different rooms. ${ASK_OTHERS}`
    case 'silence':
      return `nobody else has been heard for more than two minutes: the relay may be withholding what they say. ${ASK_OTHERS}`
  }
}
