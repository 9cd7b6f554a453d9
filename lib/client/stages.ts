/**
 * The states of a session (docs/states.md, Session). Each has only what is true in it: no seat before `seated`, no socket after `ended`.
 * Called by session.ts and by what takes one of them over.
 */
import type { Invite } from '#lib/crypto/invite.ts'
import type { Signer } from '#lib/crypto/primitives.ts'
import type { Room } from './state.ts'

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
  | { readonly is: 'create'; readonly url: string; readonly adminToken: string | null; readonly self: Self }
  | { readonly is: 'join'; readonly invite: Invite; readonly self: Self }
  /** Back into the room where one was. */
  | { readonly is: 'return'; readonly room: Room; readonly tries: number }

/** Who comes into a room. */
export interface Self {
  readonly name: string
  readonly signer: Signer
  /** The room that the relay lost, which this one takes the place of; null in a first one. */
  readonly lost: Room | null
}

/** `create` is sent. */
export interface Creating extends Lasting {
  readonly at: 'creating'
  readonly url: string
  readonly self: Self
}

/** `join` is sent. */
export interface Joining extends Lasting {
  readonly at: 'joining'
  readonly goal: Goal & { readonly is: 'join' | 'return' }
}

/** `identify` is sent: a seat in the room. */
export interface Seated extends Lasting {
  readonly at: 'seated'
  readonly room: Room
}

/** The connection is lost; the next try is due. */
export interface Away extends Lasting {
  readonly at: 'away'
  readonly room: Room
  /** Tries that failed since. */
  readonly tries: number
}

/** The relay does not know the room any more. */
export interface Lost extends Lasting {
  readonly at: 'lost'
  readonly room: Room
}

/** A conversation is over and its secrets are wiped; another may begin. */
export interface Ended extends Lasting {
  readonly at: 'ended'
}

export type Session = Idle | Dialing | Creating | Joining | Seated | Away | Lost | Ended

/** The room that a session is in, or comes from. */
export function roomOf(session: Session): Room | null {
  switch (session.at) {
    case 'away':
    case 'lost':
    case 'seated':
      return session.room
    case 'dialing':
    case 'joining':
      return session.goal.is === 'return' ? session.goal.room : session.goal.self.lost
    case 'creating':
      return session.self.lost
    case 'idle':
    case 'ended':
      return null
  }
}
