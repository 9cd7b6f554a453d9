/**
 * What a session holds in each of its states (docs/states.md). A state has only what is true in it: no seat before `seated`, no
 * socket after `ended`. The seated state is consumed: a turn changes it in place, and wipes what it replaces.
 */
import type { OpenedClaim } from '#lib/crypto/claim.ts'
import type { Invite } from '#lib/crypto/invite.ts'
import type { Keyring } from '#lib/crypto/keyring.ts'
import type { Signer } from '#lib/crypto/primitives.ts'
import type { Receiving } from '#lib/crypto/receiving.ts'
import type { RoomKeys } from '#lib/crypto/room.ts'
import type { Sending } from '#lib/crypto/sending.ts'
import type { NamedHead } from '#lib/room/entry.ts'
import type { Transcript } from '#lib/room/transcript.ts'
import type { Bytes } from '#lib/wire/bytes.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import type { Command } from './commands.ts'
import type { Millis } from './effects.ts'
import type { MemberView, Presence } from './events.ts'

/** What is true in every state: invites of rooms that were closed while the client runs are refused. */
interface Lasting {
  /** Room ids in hexadecimal. */
  readonly closedRooms: ReadonlySet<string>
}

export interface Idle extends Lasting {
  readonly at: 'idle'
}

/** A socket is being opened. */
export interface Dialing extends Lasting {
  readonly at: 'dialing'
  readonly host: string
  readonly goal: Goal
}

export type Goal =
  | { readonly is: 'create'; readonly url: string; readonly name: string; readonly adminToken: string | null }
  | { readonly is: 'join'; readonly invite: Invite; readonly name: string }

/** `create` is sent. */
export interface Creating extends Lasting {
  readonly at: 'creating'
  readonly url: string
  readonly name: string
}

/** `join` is sent. */
export interface Joining extends Lasting {
  readonly at: 'joining'
  readonly invite: Invite
  readonly name: string
  readonly signer: Signer
}

/** `identify` is sent: a seat in the room. */
export interface Seated extends Lasting {
  readonly at: 'seated'
  readonly room: Room
}

/** A conversation is over and its secrets are wiped; another may begin. */
export interface Ended extends Lasting {
  readonly at: 'ended'
}

export type Session = Idle | Dialing | Creating | Joining | Seated | Ended

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
  /** Its X-Wing ratchet key, 1,216 bytes. */
  key: Bytes
  presence: Presence
  /** When I first saw its claim. */
  readonly since: Millis
  view: MemberView
  /** What I gave it: null until my state went out to it. */
  out: Outbound | null
  /** What it gave me: null until its state came. */
  in: Inbound | null
  /** Frames of its own that wait for its state. */
  held: (FromRelay & { readonly type: 'broadcast' | 'ratchet_step_fwd' })[]
  /** The nonce of my open ask. */
  asked: Bytes | null
  /** When I answered its last ask. */
  answeredAt: Millis | null
}

/** One direction of a pair, mine. */
export interface Outbound {
  /** RK(me→peer) */
  root: Bytes
  /** Hash of the state letter: by it the peer says that it has it. */
  stateHash: Bytes
  confirmed: boolean
  /** Pair secrets by my epoch, oldest first: kept until the peer's wrap names a newer one. */
  pairs: { readonly epoch: number; readonly secret: Bytes }[]
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
  /** Seats that were here, with their names: the relay's late news about them is no news. */
  readonly gone: Map<string, string>
  /** The first seat that each member had; a further one proved nothing so far. Keys are member ids in hexadecimal. */
  readonly firstSeats: Map<string, string>
  /** Newest names, by member id in hexadecimal: also of those who left. */
  readonly names: Map<string, string>
  readonly verified: Set<string>
  /** Members whose name looks like another's, by id in hexadecimal. */
  clashes: ReadonlySet<string>
  readonly transcript: Transcript
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
  /** Others' heads that changed since my last entry, newest news last. */
  readonly news: Map<string, NamedHead>
  /** Digest of whom my epoch was given to; null when that changed since it was made. */
  roster: Bytes | null
  /** The gaps last told, as a text to compare. */
  toldGaps: string
  /** Things refused, by kind and code. */
  readonly refused: Map<string, number>
}
