/**
 * The transcript: one hash chain for each device, what is missing in it, and what contradicts it (docs/protocol.md, Transcript).
 * Fed by lib/client with verified entries and heads, and nothing else. Consumed: calls change the transcript they are given.
 */
import { type Bytes, equal } from '#lib/wire/bytes.ts'
import type { Entry, Head, NamedHead } from './entry.ts'

/** An entry as the transcript keeps it. */
interface Kept {
  readonly hash: Bytes
  readonly prev: Bytes
}

/** One device's log, from where it began for me. */
interface Log {
  readonly log: string
  /** Member id in hexadecimal. */
  readonly member: string
  /** What lies at or below was never mine to read. */
  readonly base: Head
  readonly entries: Map<number, Kept>
  /** The newest entry that I hold. */
  head: Head
  /** Everything from the base up to here is held. */
  whole: number
  /** Numbers of entries held beyond that, ascending. */
  readonly beyond: number[]
  /** The newest number that anybody named: at or above `head.n`. */
  known: number
}

export interface Transcript {
  readonly logs: Map<string, Log>
}

/** What an entry or a head did to the transcript. */
export type Outcome =
  /** New, at its place; `filled` when it closed or narrowed a gap. */
  | { readonly is: 'kept'; readonly filled: boolean }
  /** Held already. */
  | { readonly is: 'known' }
  /** Before my time in the room, or of a log that I was never told of. */
  | { readonly is: 'foreign' }
  /** The member said two different things at one place: an alarm. */
  | { readonly is: 'fork'; readonly log: string; readonly member: string; readonly n: number }

/** Entries that somebody has said and I do not hold: from, to (both included). */
export interface Gap {
  readonly log: string
  readonly member: string
  readonly from: number
  readonly to: number
}

export function emptyTranscript(): Transcript {
  return { logs: new Map() }
}

/** A log begins for me above `base`: its author's head when it handed me its state. A log that exists is left as it is. */
export function beginLog(transcript: Transcript, log: string, member: string, base: Head): void {
  if (transcript.logs.has(log)) return
  transcript.logs.set(log, { log, member, base, entries: new Map(), head: base, whole: base.n, beyond: [], known: base.n })
}

/** Puts a verified entry at its place. The caller has checked that the author may write in this log. */
export function addEntry(transcript: Transcript, entry: Entry, hash: Bytes): Outcome {
  const log = transcript.logs.get(entry.log)
  if (log === undefined || entry.n <= log.base.n) return { is: 'foreign' }
  const held = log.entries.get(entry.n)
  if (held !== undefined) return equal(held.hash, hash) ? { is: 'known' } : fork(log, entry.n)
  const before = entry.n - 1 === log.base.n ? log.base.hash : log.entries.get(entry.n - 1)?.hash
  const after = log.entries.get(entry.n + 1)?.prev
  if ((before !== undefined && !equal(before, entry.prev)) || (after !== undefined && !equal(after, hash)))
    return fork(log, entry.n)
  const filled = entry.n <= log.known
  log.entries.set(entry.n, { hash, prev: entry.prev })
  place(log, entry.n)
  if (entry.n > log.head.n) log.head = { n: entry.n, hash }
  log.known = Math.max(log.known, entry.n)
  return { is: 'kept', filled }
}

/** Takes note of a head that somebody named. A head that contradicts what I hold is a fork of that log's author. */
export function noteHead(transcript: Transcript, head: NamedHead): Outcome {
  const log = transcript.logs.get(head.log)
  if (log === undefined || head.n < log.base.n) return { is: 'foreign' }
  const held = head.n === log.base.n ? log.base.hash : log.entries.get(head.n)?.hash
  if (held !== undefined) return equal(held, head.hash) ? { is: 'known' } : fork(log, head.n)
  log.known = Math.max(log.known, head.n)
  return { is: 'kept', filled: false }
}

/** All that is missing, in order of logs and numbers. Costs what is missing, not what is held. */
export function gaps(transcript: Transcript): readonly Gap[] {
  const found: Gap[] = []
  for (const log of transcript.logs.values()) {
    let from = log.whole + 1
    if (from > log.known) continue
    for (const n of [...log.beyond, log.known + 1]) {
      if (n > from) found.push({ log: log.log, member: log.member, from, to: n - 1 })
      from = n + 1
    }
  }
  return found
}

function place(log: Log, n: number): void {
  if (n === log.whole + 1) {
    log.whole = n
    while (log.beyond[0] === log.whole + 1) log.whole = log.beyond.shift() ?? log.whole
    return
  }
  const at = log.beyond.findIndex((held) => held > n)
  log.beyond.splice(at === -1 ? log.beyond.length : at, 0, n)
}

/** My newest head in every log, sorted by log. */
export function heads(transcript: Transcript): readonly NamedHead[] {
  const named = [...transcript.logs.values()].map(({ log, head: { n, hash } }) => ({ log, n, hash }))
  return named.sort((a, b) => (a.log < b.log ? -1 : 1))
}

/** The newest head that I hold of one log. */
export function headOf(transcript: Transcript, name: string): Head | null {
  return transcript.logs.get(name)?.head ?? null
}

function fork(log: Log, n: number): Outcome {
  return { is: 'fork', log: log.log, member: log.member, n }
}
