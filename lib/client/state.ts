/**
 * What a conversation holds: my seat, everybody else's, what was said (docs/states.md). It is consumed: a turn changes it in place, and
 * wipes what it replaces.
 */
import type { OpenedClaim } from '#lib/crypto/claim.ts'
import type { Invite } from '#lib/crypto/invite.ts'
import type { Keyring } from '#lib/crypto/keyring.ts'
import type { MemberKey, Signer } from '#lib/crypto/primitives.ts'
import type { Receiving } from '#lib/crypto/receiving.ts'
import type { RoomKeys } from '#lib/crypto/room.ts'
import type { Sending } from '#lib/crypto/sending.ts'
import type { Head, NamedHead } from '#lib/room/entry.ts'
import type { Lock, Topic } from '#lib/room/topic.ts'
import type { Transcript } from '#lib/room/transcript.ts'
import type { Bytes } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import type { Command } from './commands.ts'
import type { Millis } from './effects.ts'
import type { MemberView, Presence } from './events.ts'
import type { HandedTopic, Range } from './letters.ts'

/** My own seat. */
export interface Me {
  readonly seat: string
  readonly signer: Signer
  readonly memberId: Bytes
  /** The newest claim, as it stands in frames, with its hash. */
  claim: { readonly opened: OpenedClaim['claim']; readonly hash: Bytes; readonly sealed: Bytes }
  keyring: Keyring
  view: MemberView
}

/** A seat of somebody, whose claim verifies. */
export interface Peer {
  readonly seat: string
  /** Member id in hexadecimal. */
  readonly member: string
  /** In the room before me: it owes the first state. */
  readonly elder: boolean
  claim: OpenedClaim
  /** The first claim that I saw of it, as it stands in frames. */
  readonly sealedClaim: Bytes
  /** Newest claims, by their numbers: a late one is judged by them. */
  readonly claims: Map<number, { readonly hash: Bytes; readonly prev: Bytes }>
  /** Its X-Wing ratchet key, 1,216 bytes. */
  key: Bytes
  /** Its device's log; null before its state. */
  log: string | null
  presence: Presence
  /** False for a further seat of a member that proved nothing so far. */
  confirmed: boolean
  /** False while nothing has been told of it: who may be coming back is told once that is known. */
  told: boolean
  /** When I first saw its claim. */
  readonly since: Millis
  /** When I last heard something that it must have said itself. */
  heardAt: Millis
  view: MemberView
  /**
   * The transcript's count when my first state went to it, or to the seat that it continues: what came before is not for it. Null before
   * that.
   */
  floor: number | null
  /** Where my log stood then, or began for it. */
  began: Head | null
  /** What I gave it: null until my state went out to it. */
  out: Outbound | null
  /** What it gave me: null until its state came. */
  in: Inbound | null
  /** Frames of its own that wait for its state. */
  held: (FromRelay & { readonly type: 'broadcast' | 'ratchet_step_fwd' })[]
  /** My open ask for its state. */
  asked: { readonly nonce: Bytes; readonly at: Millis; readonly pair: Bytes | null } | null
  /** When I answered its last ask for mine. */
  answeredAt: Millis | null
  /** Times that it was given my state anew, or gave me its own. */
  resets: number
  /** My open ask for entries. */
  repair: { readonly nonce: Bytes; readonly at: Millis; readonly ranges: readonly Range[]; readonly roster: boolean } | null
  /** What I have answered it since when. */
  answered: { since: Millis; letters: number; bytes: number }
  /** How far it said that it holds my log without a hole. */
  has: number
  /** The roster digest that it said last, and since when that differs from mine. */
  roster: Bytes | null
  differsSince: Millis | null
  /** The two digests of a difference that was looked into. */
  rosterAsked: string | null
}

/** What hearing came to: the founder may have closed the room. */
export type Heard = 'on' | { readonly closedBy: MemberView }

/** Where my log begins for somebody, and the transcript's count from which on what I hold is for it. */
export interface Start {
  readonly began: Head
  readonly floor: number
}

/** One direction of a pair, mine. */
export interface Outbound {
  /** RK(me→peer) */
  root: Bytes
  /** Hash of the state letter: by it the peer says that it has it. */
  stateHash: Bytes
  confirmed: boolean
  /** Pair secrets by my epoch, oldest first: kept until the peer's wrap names a newer one. */
  pairs: PairSecret[]
  /** The one that this state started: with its arrival those before are over. */
  statePair: Bytes
}

export interface PairSecret {
  readonly epoch: number
  readonly secret: Bytes
}

/** A seat that went without a goodbye: what shows me that a later one continues it, and shows that one the same of me. */
export interface Former {
  readonly seat: string
  /** Member id in hexadecimal. */
  readonly member: string
  readonly log: string | null
  readonly confirmed: boolean
  readonly claim: OpenedClaim
  readonly sealedClaim: Bytes
  readonly key: Bytes
  /**
   * What shows it who I am: the newest secret that it gave me, last, and those before it as long as it has not shown that it knows my newest
   * seat. Once it is continued, and gave me nothing, those that I gave it.
   */
  readonly in: readonly Bytes[]
  /** Those that I gave it, and whether it has shown that it has one. */
  readonly pairs: readonly PairSecret[]
  readonly guards: boolean
  /** As in `Peer`. */
  readonly floor: number
  view: MemberView
}

/** Who wrote in a log, also when nobody sits there any more. */
export interface Author {
  readonly member: MemberKey
  readonly memberId: Bytes
  readonly seat: string
  readonly sealedClaim: Bytes
  view: MemberView
}

/** What somebody said of the topic, with what shows who: it is handed to who comes later. */
export interface HeldTopic extends HandedTopic {
  readonly stated: Topic | Lock
  readonly log: string
  readonly n: number
  readonly time: Millis
  readonly who: MemberView
}

/** The other direction of a pair. */
export interface Inbound {
  /** RK(peer→me) */
  root: Bytes
  pair: Bytes
  readonly receiving: Receiving
}

/** Why my next frame is a step. */
export type StepReason = 'full' | 'age' | 'leave' | 'heal' | 'by hand'

/** A conversation. */
export interface Room {
  readonly invite: Invite
  readonly keys: RoomKeys
  readonly me: Me
  readonly peers: Map<string, Peer>
  /** Seats that were here, with their names: the relay's late news about them is no news. My own former ones too. */
  readonly gone: Map<string, string>
  /** Seats that went without a goodbye, oldest first. */
  readonly formers: Map<string, Former>
  /** Who wrote in which log. */
  readonly authors: Map<string, Author>
  /** The seat that counts as each member's: the first, or the one that continues it. Keys are member ids in hexadecimal. */
  readonly firstSeats: Map<string, string>
  /** Newest names, by member id in hexadecimal: also of those who left. */
  readonly names: Map<string, string>
  readonly verified: Set<string>
  /** Members whose name looks like another's, by id in hexadecimal. */
  clashes: ReadonlySet<string>
  readonly transcript: Transcript
  /** My log, and where it stood when I took this seat. */
  readonly log: string
  readonly began: Head
  /** The transcript's count then. */
  readonly beganAt: number
  /** Seats that were here when I lost a seat and had not shown that they followed me there: where my log began for each. */
  readonly unheard: Map<string, Start>
  /** I was away, and had a seat here before this one. */
  readonly hasReturned: boolean
  sending: Sending
  /** When the epoch's first message went out; null before. */
  usedSince: Millis | null
  stepDue: StepReason | null
  /** When a new ratchet key is to be announced; null when nothing asks for one. */
  updateAt: Millis | null
  /** When my ratchet key was made. */
  keySince: Millis
  /** Characters of all frames that wait for their sender's state. */
  heldChars: number
  /** The handshake with the elders is over; before, what is said waits. */
  ready: boolean
  readonly waiting: Command[]
  /** What waits was written for a room that was lost: it is said once somebody is here, since who comes later is given nothing from before. */
  keeps: boolean
  /** From the loss of the connection, or of the room, until the handshake after it: what is said goes into the outbox. */
  returning: boolean
  /** Numbers of my entries that were not sent yet, oldest first. */
  readonly outbox: number[]
  /** Until when who wants to leave waits for the connection; null when nobody does. */
  leaveBy: Millis | null
  /** By which WebSocket close code the connection was lost last. */
  lossCode: number
  /** My newest entry that went to anybody. */
  readUpTo: number
  /** How far everybody has my log, as last told. */
  delivered: number
  /** When the last frame came, and when I asked the relay for a sign of life. */
  heardAt: Millis
  probedAt: Millis | null
  /** When I took this seat, and whether a frame to it has shown that the relay knows it. */
  readonly seatedAt: Millis
  reached: boolean
  /** The silence of everybody has been told. */
  silent: boolean
  /** When my next beat is due, when at the latest, and when its timer rings. */
  beatAt: Millis
  beatBy: Millis
  beatArmed: Millis
  /** When I last looked around: much later than planned means that the machine slept. */
  pulseAt: Millis
  repairing: Repairing
  /** Others' heads that changed since my last entry, newest news last. */
  readonly news: Map<string, NamedHead>
  /** Digest of whom my epoch was given to; null when that changed since it was made. */
  roster: Bytes | null
  /** What was said of the topic, by entry hash in hexadecimal, and what was told last, as a text to compare. */
  readonly topics: Map<string, HeldTopic>
  toldTopic: string
  /** The gaps last told, as a text to compare. */
  toldGaps: string
  /** Things refused, by kind and code. */
  readonly refused: Map<string, number>
  /** Differences of rosters, and since when they are known; `told` when the alarm was raised. */
  readonly rosterFaults: Map<string, { readonly since: Millis; told: boolean }>
}

/** What is missing, and whom I have asked. */
export interface Repairing {
  /** When to look next; null when nothing is missing. */
  at: Millis | null
  /** Seats that were asked for what is missing of a log and have it not. */
  readonly tried: Map<string, Set<string>>
  /** Logs for which somebody was asked and did not answer: what was lost then may have been in it. */
  readonly unanswered: Set<string>
  /** Logs that were given up as from before my time, newest last: how far they had been named then, 0 where somebody did not answer. */
  readonly foreign: Map<string, number>
  /** Logs of which nobody here has what is missing, and until when it is not asked for. */
  readonly given: Map<string, Millis>
  /**
   * Logs that I never heard of: how far they go, and which members (ids in hexadecimal) said so. Logs that others introduced: what came
   * before the entries that I was given, which their author itself shows.
   */
  readonly unknown: Map<string, { readonly n: number; readonly by: ReadonlySet<string> | null }>
}
