/**
 * One conversation from its first command to its end (docs/scripting.md, Input, Signals): feeds events to a face and input to it,
 * leaves when the input ends, when a signal comes, or when nobody reads any more. Called by main.ts.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Ending, Event } from '#lib/client/events.ts'
import type { Client, Invite } from '#lib/client/index.ts'
import { Failure } from './exit.ts'
import type { Face } from './face.ts'
import type { InviteFile } from './invite.ts'
import type { Output } from './output.ts'
import type { Lines } from './reading.ts'
import { FAULTS } from './reasons.ts'
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

/**
 * Talks until the end and says how it ended. Throws `Failure`: usage when the conversation cannot even begin, failed when the invite
 * cannot be kept.
 */
export async function talk({ opening, client, lines, out, inviteFile, stay, face: makeFace }: Talk): Promise<Ending> {
  const seated = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<Ending>()
  const pace = createPace(MOST_WAITING)
  const leaveNow = () => client.do({ do: 'leave', now: true })
  const face = makeFace((command) => {
    pace.asked(command)
    client.do(command)
  })
  function keep(invite: Invite): void {
    try {
      inviteFile?.write(invite)
    } catch (error) {
      ended.reject(error)
      leaveNow()
    }
  }
  const stopHearing = client.on((event) => {
    // On the disk before anybody is told that it is.
    if (event.is === 'created') keep(event.invite)
    face.hear(event)
    pace.heard(event)
    if (event.is === 'seated') seated.resolve()
    if (event.is === 'ended') ended.resolve(event.why)
    if (event.is === 'failed' && (event.command === 'create' || event.command === 'join')) {
      ended.reject(new Failure('usage', FAULTS[event.fault]))
    }
    // Too much waits for the handshake to leave in turn.
    if (event.is === 'failed' && event.command === 'leave') leaveNow()
  })
  const stopSignals = onSignals(leaveNow)
  void out.gone.then(leaveNow)
  try {
    client.do(opening)
    void seated.promise
      .then(() => feed(lines, face, pace))
      .then(() => (stay ? undefined : client.do({ do: 'leave', now: false })))
    return await ended.promise
  } finally {
    stopHearing()
    stopSignals()
    inviteFile?.discard()
    pace.end()
    await lines.stop()
    await out.drained()
  }
}

/** Hands the input on, line by line, no faster than it can be said. */
async function feed(lines: Lines, face: Face, pace: Pace): Promise<void> {
  for (let line = await lines.next(); line !== null; line = await lines.next()) {
    face.take(line)
    await pace.mayGoOn()
  }
}

/** Keeps input in the pipe while what was said waits for the handshake: more would be refused, and lost. */
interface Pace {
  asked(command: Command): void
  heard(event: Event): void
  mayGoOn(): Promise<void>
  end(): void
}

function createPace(most: number): Pace {
  let waiting = 0
  let gate: PromiseWithResolvers<void> | null = null

  function fewer(count: number): void {
    waiting = Math.max(0, waiting - count)
    if (waiting >= most) return
    gate?.resolve()
    gate = null
  }

  return {
    asked(command) {
      if (command.do === 'say' || command.do === 'send') waiting += 1
    },
    heard(event) {
      const said = event.is === 'entry' && event.entry.who.me
      const refused = event.is === 'failed' && (event.command === 'say' || event.command === 'send')
      if (said || refused) fewer(1)
    },
    async mayGoOn() {
      if (waiting >= most) gate ??= Promise.withResolvers<void>()
      await gate?.promise
    },
    end: () => fewer(waiting),
  }
}
