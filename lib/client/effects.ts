/**
 * What goes into a session and what comes out of it (docs/protocol.md, Client). The driver (client.ts) performs effects in order;
 * nothing else in lib/ does I/O.
 */
import type { Random } from '#lib/crypto/primitives.ts'
import type { WireErrorCode } from '#lib/wire/errors.ts'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import type { CloseCode } from '#lib/wire/limits.ts'
import type { Command } from './commands.ts'
import type { Event } from './events.ts'

/** Milliseconds, of a clock or of a span. */
export type Millis = number

/** Names a timer; setting it again moves it. `offline` is one for each seat. */
export type Timer =
  | 'connect'
  | 'answer'
  | 'update'
  | 'sweep'
  | 'pulse'
  | 'beat'
  | 'repair'
  | 'roster'
  | 'redial'
  | 'leave'
  | `offline ${string}`

export type Effect =
  | { readonly do: 'send'; readonly frame: ToRelay }
  | { readonly do: 'tell'; readonly event: Event }
  | { readonly do: 'wake'; readonly timer: Timer; readonly after: Millis }
  | { readonly do: 'dial'; readonly url: string }
  | { readonly do: 'hangUp'; readonly code: CloseCode }

export type Input =
  | { readonly on: 'command'; readonly command: Command }
  | { readonly on: 'opened' }
  | { readonly on: 'frame'; readonly frame: FromRelay }
  /** A frame that the codec refused. */
  | { readonly on: 'garbage'; readonly code: WireErrorCode }
  /** The socket is gone; `code` is the WebSocket close code. */
  | { readonly on: 'closed'; readonly code: number }
  | { readonly on: 'woke'; readonly timer: Timer }
  /** The machine woke, or the network is another: the connection may be dead without anybody having said so. */
  | { readonly on: 'roused' }

/** One turn of a session: what it may know of the world while it answers one input, and what it wants done. */
export interface Turn {
  /** ms since 1970, from the clock that the driver was given. */
  readonly now: Millis
  readonly random: Random
  readonly effects: Effect[]
}
