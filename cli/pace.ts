/**
 * How fast input is taken (docs/scripting.md, Input): no faster than it can be said. What nobody asked for yet stays in the pipe, so
 * that neither a long file nor a program that never stops fills the memory. Called by talk.ts.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Event } from '#lib/client/events.ts'

export interface Pace {
  /** A command goes to the session. */
  asked(command: Command): void
  heard(event: Event): void
  /** Resolves when the next line may be taken. */
  mayGoOn(): Promise<void>
  /** Nothing is waited for any more. */
  end(): void
}

/** Commands that become entries. */
const ENTRIES: ReadonlySet<string> = new Set(['say', 'send', 'topic', 'lock'])
/** Bytes that may wait for the network before the next line is taken. */
const MOST_UNSENT = 1024 * 1024
/** No socket says when the network has taken what waited (ms). */
const LOOK_AGAIN_MS = 20

/**
 * `most` texts may wait in the session, for its handshake or its connection: more would be refused, and lost. `unsent` tells the bytes
 * that wait for the network.
 */
export function createPace(most: number, unsent: () => number): Pace {
  let waiting = 0
  /** Of these, entries that are told already, and wait for the connection. */
  let kept = 0
  let gate: PromiseWithResolvers<void> | null = null
  let over = false

  function fewer(count: number): void {
    waiting = Math.max(0, waiting - count)
    if (waiting >= most) return
    gate?.resolve()
    gate = null
  }

  function said(isKept: boolean): void {
    if (isKept) kept += 1
    else fewer(1)
  }

  function keptIsSent(): void {
    fewer(kept)
    kept = 0
  }

  function tooMuchWaits(): boolean {
    return !over && unsent() > MOST_UNSENT
  }

  return {
    asked(command) {
      if (ENTRIES.has(command.do)) waiting += 1
    },
    heard(event) {
      if (event.is === 'failed' && ENTRIES.has(event.command)) fewer(1)
      // In a room made anew what was kept is told anew.
      if (event.is === 'seated' && !event.returned) kept = 0
      if (event.is === 'sent') keptIsSent()
      if (event.is === 'entry' && event.entry.who.me) said(event.entry.waiting)
    },
    async mayGoOn() {
      if (waiting >= most) gate ??= Promise.withResolvers()
      await gate?.promise
      // Lines that are there already come without a pause: the socket and signals need a turn in between.
      await new Promise((resolve) => setImmediate(resolve))
      while (tooMuchWaits()) await Bun.sleep(LOOK_AGAIN_MS)
    },
    end() {
      over = true
      fewer(waiting)
    },
  }
}
