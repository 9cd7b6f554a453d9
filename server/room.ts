/**
 * A room as the relay keeps it, and the deliveries that its rules return (docs/protocol.md, Relay contract). Shapes alone: the rules are
 * in server/rooms.ts and server/members.ts. A connection is whatever object the caller uses for one: a socket, or one in memory.
 */
import type { ErrorReason } from '#lib/wire/errors.ts'
import type { FromRelay, SeatRecord } from '#lib/wire/frames.ts'
import type { CloseCode } from '#lib/wire/limits.ts'

export interface Room<Conn> {
  /** 32 hexadecimal characters. */
  readonly id: string
  /** 24 base64 characters: what opens the door. */
  readonly secret: string
  /** Every connection that joined, in that order, with its seat's public values once it identified. */
  readonly conns: Map<Conn, SeatRecord | null>
  /** Who holds a username: at most one connection. */
  readonly holders: Map<string, Conn>
  /** Time of the last frame that touched the room, ms. Leaving does not touch it. */
  lastActivity: number
}

/** A connection in the room that it joined. */
export interface Place<Conn> {
  readonly conn: Conn
  readonly room: Room<Conn>
}

/** What the caller must do, in order and at once: a publish means who is in the room at that moment. */
export type Delivery<Conn> =
  /** One frame to one connection. */
  | { readonly do: 'send'; readonly conn: Conn; readonly frame: FromRelay }
  /** One frame to every connection in a room but one (null: but nobody). Serialised once, however many they are. */
  | { readonly do: 'publish'; readonly room: Room<Conn>; readonly except: Conn | null; readonly frame: FromRelay }
  /** From now on the connection hears what is published to the room. A caller that walks `room.conns` has nothing to do. */
  | { readonly do: 'subscribe'; readonly conn: Conn; readonly room: Room<Conn> }
  /** Close the connection. Its `leave` comes when it is closed, as for any other. */
  | { readonly do: 'close'; readonly conn: Conn; readonly code: CloseCode }

export function send<Conn>(conn: Conn, frame: FromRelay): Delivery<Conn> {
  return { do: 'send', conn, frame }
}

/** An error frame to the connection that caused it. */
export function refuse<Conn>(conn: Conn, reason: ErrorReason): Delivery<Conn> {
  return send(conn, { type: 'error', reason })
}

export function close<Conn>(conn: Conn, code: CloseCode): Delivery<Conn> {
  return { do: 'close', conn, code }
}

/** A frame to everybody else in a connection's room. */
export function publish<Conn>({ conn, room }: Place<Conn>, frame: FromRelay): Delivery<Conn> {
  return { do: 'publish', room, except: conn, frame }
}
