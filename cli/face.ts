/**
 * What talk.ts needs of a way to hold a conversation: line mode (plain.ts) and JSON (jsonface.ts) are the two there are.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Event } from '#lib/client/events.ts'
import type { Invite } from '#lib/client/index.ts'
import type { View } from '#lib/client/store.ts'
import type { InviteFile } from './invitefile.ts'
import type { Output } from './output.ts'
import type { Line } from './reading.ts'

/** What a face acts on. */
export interface Setup {
  /** Asks the session for something. */
  readonly act: (command: Command) => void
  readonly view: () => View
  readonly out: Output
  /** Null until a room is made. */
  readonly invite: Invite | null
  /** Where the invite goes instead of the output. */
  readonly inviteFile: InviteFile | null
  /** What the relay asks for before it makes a room anew. */
  readonly adminToken: string | null
  /** A relay on another machine may be one without encryption. */
  readonly allowPlain: boolean
}

export interface Face {
  /** Tells what happened. */
  hear(event: Event): void
  /** Takes a line of input; the next one is given when this one is done with. */
  take(line: Line): void | Promise<void>
}
