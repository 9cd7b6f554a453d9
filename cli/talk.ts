/**
 * One conversation from its first command to its end (docs/scripting.md): the session, a face, the input, and what interrupts them.
 * Called by main.ts. Resolves with how it ended; the socket may still be saying goodbye then.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Ending } from '#lib/client/events.ts'
import { createClient, type Invite } from '#lib/client/index.ts'
import type { Face, Setup } from './face.ts'
import type { InviteFile } from './invite.ts'
import type { Output } from './output.ts'
import type { Lines } from './reading.ts'

export interface Talk {
  /** What begins it: create or join. */
  readonly begin: Command
  readonly face: (setup: Setup) => Face
  readonly lines: Lines
  readonly out: Output
  /** Null when the room is only being made. */
  readonly invite: Invite | null
  readonly inviteFile: InviteFile | null
  /** Goes on listening when the input ends. */
  readonly stay: boolean
  /** Calls back at each interruption. Returns how to stop that. */
  readonly onInterrupt: (interrupted: () => void) => () => void
}

export async function talk({ begin, face: makeFace, lines, out, invite, inviteFile, stay, onInterrupt }: Talk): Promise<Ending> {
  const client = createClient()
  const ended = Promise.withResolvers<Ending>()
  const face = makeFace({ act: (command) => client.do(command), view: () => client.store.view, out, invite, inviteFile })
  const leave = () => client.do({ do: 'leave', now: true })
  client.on((event) => {
    // On the disk before anybody is told that it is.
    if (event.is === 'created') inviteFile?.write(event.invite)
    face.hear(event)
    if (event.is === 'seated') void pump(lines, face).then(() => (stay ? undefined : client.do({ do: 'leave', now: false })))
    if (event.is === 'ended') ended.resolve(event.why)
  })
  const stopHearing = onInterrupt(leave)
  void out.gone.then(leave)
  client.do(begin)
  try {
    return await ended.promise
  } finally {
    stopHearing()
    inviteFile?.discard()
    await lines.stop()
  }
}

/** Hands over line after line until the input ends. What came before we were in has waited in the pipe. */
async function pump(lines: Lines, face: Face): Promise<void> {
  for (let line = await lines.next(); line !== null; line = await lines.next()) face.take(line)
}
