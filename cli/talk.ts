/**
 * One conversation from its first command to its end (docs/scripting.md, Input, Output, Signals): feeds events to a face and input to
 * it, leaves when the input ends, when a signal comes, or when nobody reads any more. Called by main.ts.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Ending } from '#lib/client/events.ts'
import type { Client, Invite } from '#lib/client/index.ts'
import { Failure } from './exit.ts'
import type { Face } from './face.ts'
import type { InviteFile } from './invitefile.ts'
import { lostOutput, type Output } from './output.ts'
import { createPace, type Pace } from './pace.ts'
import type { Lines } from './reading.ts'
import { FAULTS } from '#lib/text/endings.ts'
import { onSignals } from './signals.ts'

export interface Talk {
  /** `create` or `join`. */
  readonly opening: Command
  readonly client: Client
  readonly lines: Lines
  readonly out: Output
  /** Where the invite of a new room goes, or null. */
  readonly inviteFile: InviteFile | null
  /** Keep listening after the end of the input. */
  readonly stay: boolean
  /** Makes the face, given the way to act. */
  readonly face: (act: (command: Command) => void) => Face
}

/** Texts that may wait in the session for its handshake, before reading stops: below what it takes (WAITING_COMMANDS). */
const MOST_WAITING = 200

/** Whoever asks us to end by a signal waits no longer than this (ms) for a reader who does not read. */
const HURRY_MS = 1_000

/**
 * Talks until the end and says how it ended. Throws `Failure`: usage when the conversation cannot even begin, failed when the invite
 * cannot be kept or nothing can be told any more.
 */
export async function talk({ opening, client, lines, out, inviteFile, stay, face: makeFace }: Talk): Promise<Ending> {
  const seated = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<Ending>()
  const pace = createPace(MOST_WAITING, () => client.unsent())
  const leaveNow = () => client.do({ do: 'leave', now: true })
  const face = makeFace((command) => {
    pace.asked(command)
    client.do(command)
  })
  function fail(failure: Failure): void {
    ended.reject(failure)
    leaveNow()
  }
  let begun = false
  const stopHearing = client.on((event) => {
    // On the disk before anybody is told that it is.
    const unkept = event.is === 'created' ? keep(inviteFile, event.invite) : null
    if (unkept !== null) return fail(unkept)
    face.hear(event)
    pace.heard(event)
    if (event.is === 'dialing') begun = true
    if (event.is === 'seated') seated.resolve()
    if (event.is === 'ended') ended.resolve(event.why)
    // The session will not even begin.
    if (event.is === 'failed' && !begun) ended.reject(new Failure('usage', FAULTS[event.fault]))
    // Too much waits for the handshake to leave in turn.
    if (event.is === 'failed' && event.command === 'leave' && event.fault === 'busy') leaveNow()
  })
  const stopSignals = onSignals(() => {
    leaveNow()
    setTimeout(() => out.abandon(), HURRY_MS).unref()
  })
  void out.over.then((over) => (over.is === 'gone' ? leaveNow() : fail(lostOutput(over))))
  try {
    client.do(opening)
    void seated.promise
      .then(() => feed(lines, face, pace))
      .then(() => (stay ? undefined : client.do({ do: 'leave', now: false })))
    const why = await ended.promise
    await written(out)
    return why
  } finally {
    stopHearing()
    inviteFile?.discard()
    pace.end()
    await lines.stop()
    await out.drained()
    stopSignals()
  }
}

/** Waits until all is written. Throws when some of it never will be: the end of the talk may come before that is known. */
async function written(out: Output): Promise<void> {
  const over = await Promise.race([out.over, out.drained().then(() => null)])
  if (over !== null && over.is !== 'gone') throw lostOutput(over)
}

/** Hands the input on, line by line. */
async function feed(lines: Lines, face: Face, pace: Pace): Promise<void> {
  for (let line = await lines.next(); line !== null; line = await lines.next()) {
    await face.take(line)
    await pace.mayGoOn()
  }
}

/** Writes the invite to its file; the failure when that cannot be done. */
function keep(file: InviteFile | null, invite: Invite): Failure | null {
  try {
    file?.write(invite)
    return null
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
