/**
 * How far the logs of a transcript go (docs/protocol.md, Beats): what I name to others. Called by lib/client for entries, beats and states.
 */
import type { Head, NamedHead } from './entry.ts'
import type { Transcript } from './transcript.ts'

/** The newest head that I hold of one log. */
export function headOf(transcript: Transcript, name: string): Head | null {
  return transcript.logs.get(name)?.head ?? null
}

/** Where a log stood before an entry that is kept; null when neither the one before nor the base is there to tell. */
export function headBefore(transcript: Transcript, name: string, n: number): Head | null {
  const log = transcript.logs.get(name)
  if (log === undefined) return null
  const before = log.entries.get(n - 1)
  if (before !== undefined) return { n: before.n, hash: before.hash }
  return log.base.n === n - 1 ? log.base : null
}

/** How far I hold a log without a hole. */
export function wholeHead(transcript: Transcript, name: string): Head | null {
  const log = transcript.logs.get(name)
  if (log === undefined) return null
  return log.whole === log.base.n ? log.base : { n: log.whole, hash: log.entries.get(log.whole)?.hash ?? log.base.hash }
}

/** The same of every log in which there is anything, sorted by log. */
export function wholeHeads(transcript: Transcript): readonly NamedHead[] {
  const found: NamedHead[] = []
  for (const { log } of transcript.logs.values()) {
    const head = wholeHead(transcript, log)
    if (head !== null && head.n > 0) found.push({ log, ...head })
  }
  return found.sort((a, b) => (a.log < b.log ? -1 : 1))
}

/** The newest entry that I hold of each log in which I lack something before it. */
export function headsBehindHoles(transcript: Transcript): readonly NamedHead[] {
  const found = [...transcript.logs.values()].filter(({ beyond }) => beyond.length > 0)
  return found.map(({ log, head: { n, hash } }) => ({ log, n, hash }))
}
