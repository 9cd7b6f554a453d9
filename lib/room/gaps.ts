/**
 * What is missing of a transcript (docs/protocol.md, Transcript): numbers between a log's beginning and the highest that anybody named. Called
 * by lib/client for what is told, and for what is asked for.
 */
import { GAPS_OF_A_LOG } from './limits.ts'
import type { Log, Transcript } from './transcript.ts'

/** Entries that somebody has said and I do not hold: from, to (both included). */
export interface Gap {
  readonly log: string
  readonly member: string
  readonly from: number
  readonly to: number
  /** Whose word alone it is that they were said (member id in hexadecimal); null when the author itself shows it. */
  readonly by: string | null
}

/** All that is missing, in order of logs and numbers. Costs what is missing, not what is held. */
export function gaps(transcript: Transcript): readonly Gap[] {
  const found: Gap[] = []
  for (const log of transcript.logs.values()) {
    const { member } = log
    const shown = shownBy(log)
    for (const { from, to } of holes(log)) {
      if (from <= shown) found.push({ log: log.log, member, from, to: Math.min(to, shown), by: null })
      if (to > shown) found.push({ log: log.log, member, from: Math.max(from, shown + 1), to, by: furthest(log) })
    }
  }
  return found
}

/** Who says that a log goes at least so far (member ids in hexadecimal). */
export function whoNamed(transcript: Transcript, name: string, n: number): readonly string[] {
  const words = transcript.logs.get(name)?.words ?? []
  return [...words].filter(([, word]) => word.n >= n).map(([member]) => member)
}

function holes(log: Log): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = []
  const known = Math.max(log.head.n, ...[...log.words.values()].map(({ n }) => n))
  let from = log.whole + 1
  if (from > known) return found
  // A member that leaves out every other number makes as many gaps as it says things: the last of them stands for the rest.
  for (const n of [...log.beyond.slice(0, GAPS_OF_A_LOG - 1), known + 1]) {
    if (n > from) found.push({ from, to: n - 1 })
    from = n + 1
  }
  return found
}

/** How far its author itself has shown that a log goes. */
function shownBy(log: Log): number {
  return Math.max(log.head.n, log.words.get(log.member)?.n ?? 0)
}

/** Who says that a log goes furthest. */
function furthest(log: Log): string | null {
  const [first] = [...log.words].toSorted(([, a], [, b]) => b.n - a.n)
  return first?.[0] ?? null
}
