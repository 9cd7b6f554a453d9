/** What a person or the system does to end a run (docs/scripting.md, Signals). Called by talk.ts. */
import { EXIT } from './exit.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls `leave` at the first signal; a second ends the process on the spot, unless it is a hang-up: a shell passes that on when its window is
 * closed, and the goodbye is on its way. Returns how to stop listening.
 */
export function onSignals(leave: () => void): () => void {
  let asked = false
  function take(signal: NodeJS.Signals): void {
    if (asked && signal !== 'SIGHUP') process.exit(EXIT.interrupted)
    asked = true
    leave()
  }
  for (const signal of SIGNALS) process.on(signal, take)
  return () => {
    for (const signal of SIGNALS) process.off(signal, take)
  }
}
