/**
 * The transcript: one hash chain for each device, what is missing in it, and what contradicts it (docs/protocol.md, Transcript).
 * Fed by lib/client with verified entries and heads, and nothing else. Consumed: calls change the transcript they are given.
 *
 * An entry is its author's own signature. A head that another member names is that member's word and no more: it can show a gap and
 * contradict an entry, but it proves nothing against the author, or anybody could have anybody suspected.
 */
import { type Bytes, equal } from '#lib/wire/bytes.ts'
import type { Entry, Head, NamedHead } from './entry.ts'
import { GAPS_OF_A_LOG } from './limits.ts'

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
  /** Written by myself: nobody else can have seen more of it than I hold. */
  readonly mine: boolean
  /** What lies at or below was never mine to read. */
  readonly base: Head
  readonly entries: Map<number, Kept>
  /** The newest entry that I hold. */
  head: Head
  /** Everything from the base up to here is held. */
  whole: number
  /** Numbers of entries held beyond that, ascending. */
  readonly beyond: number[]
  /** The newest head that each member (id in hexadecimal) named and that I do not hold: its word until the entry is here. */
  readonly words: Map<string, Head>
}

export interface Transcript {
  readonly logs: Map<string, Log>
}

/** Two signed things of one member at one place do not agree: the member lies, or somebody has its key. */
export interface Fork {
  readonly is: 'fork'
  readonly log: string
  readonly member: string
  readonly n: number
}

/** A member says that an author wrote something else than I hold: one of the two lies. `by` and `member` are ids in hexadecimal. */
export interface Contradiction {
  readonly is: 'contradiction'
  readonly log: string
  readonly member: string
  readonly n: number
  readonly by: string
}

/** What an entry or a head did to the transcript. */
export type Outcome =
  /** New, at its place; `filled` when one after it is held, or somebody had named this very one; `denied` are words that the entry did not bear out. */
  | { readonly is: 'kept'; readonly filled: boolean; readonly denied: readonly (Fork | Contradiction)[] }
  /** Held already. */
  | { readonly is: 'known' }
  /** Before my time in the room, or of a log that I was never told of. */
  | { readonly is: 'foreign' }
  | Fork
  | Contradiction

/** Entries that somebody has said and I do not hold: from, to (both included). */
export interface Gap {
  readonly log: string
  readonly member: string
  readonly from: number
  readonly to: number
  /** Whose word alone it is that they were said (member id in hexadecimal); null when the author itself shows it. */
  readonly by: string | null
}

export function emptyTranscript(): Transcript {
  return { logs: new Map() }
}

/** A log begins for me above `base`: its author's head when it handed me its state. A log that exists is left as it is. */
export function beginLog(transcript: Transcript, log: string, member: string, base: Head, mine = false): void {
  if (transcript.logs.has(log)) return
  const empty = { entries: new Map(), head: base, whole: base.n, beyond: [], words: new Map() }
  transcript.logs.set(log, { log, member, mine, base, ...empty })
}

/** Puts a verified entry at its place. The caller has checked that the author may write in this log. */
export function addEntry(transcript: Transcript, entry: Entry, hash: Bytes): Outcome {
  const log = transcript.logs.get(entry.log)
  if (log === undefined || entry.n <= log.base.n) return { is: 'foreign' }
  const held = log.entries.get(entry.n)
  if (held !== undefined) return equal(held.hash, hash) ? { is: 'known' } : forkOf(log, entry.n)
  const before = entry.n - 1 === log.base.n ? log.base.hash : log.entries.get(entry.n - 1)?.hash
  const after = log.entries.get(entry.n + 1)?.prev
  if ((before !== undefined && !equal(before, entry.prev)) || (after !== undefined && !equal(after, hash)))
    return forkOf(log, entry.n)
  const filled = entry.n < log.head.n || isBorneOut(log, entry.n, hash)
  log.entries.set(entry.n, { hash, prev: entry.prev })
  place(log, entry.n)
  if (entry.n > log.head.n) log.head = { n: entry.n, hash }
  return { is: 'kept', filled, denied: settleWords(log, entry.n, hash) }
}

/** Takes note of a head that a member (id in hexadecimal) named. */
export function noteHead(transcript: Transcript, head: NamedHead, by: string): Outcome {
  const log = transcript.logs.get(head.log)
  if (log === undefined || head.n < log.base.n) return { is: 'foreign' }
  const held = head.n === log.base.n ? log.base.hash : log.entries.get(head.n)?.hash
  if (held !== undefined) return equal(held, head.hash) ? { is: 'known' } : deniedBy(log, head.n, by)
  if (log.mine) return deniedBy(log, head.n, by)
  const word = log.words.get(by)
  if (word !== undefined && word.n === head.n && !equal(word.hash, head.hash)) return deniedBy(log, head.n, by)
  if (word === undefined || word.n < head.n) log.words.set(by, { n: head.n, hash: head.hash })
  return { is: 'kept', filled: false, denied: [] }
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

/** My newest head in every log, sorted by log. */
export function heads(transcript: Transcript): readonly NamedHead[] {
  const named = [...transcript.logs.values()].map(({ log, head: { n, hash } }) => ({ log, n, hash }))
  return named.sort((a, b) => (a.log < b.log ? -1 : 1))
}

/** The newest head that I hold of one log. */
export function headOf(transcript: Transcript, name: string): Head | null {
  return transcript.logs.get(name)?.head ?? null
}

/** Somebody has named this very entry before it came. A word that is not borne out makes nothing late. */
function isBorneOut(log: Log, n: number, hash: Bytes): boolean {
  return [...log.words.values()].some((word) => word.n === n && equal(word.hash, hash))
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

/** The words that speak of an entry which is here now: borne out, and forgotten, or denied. */
function settleWords(log: Log, n: number, hash: Bytes): readonly (Fork | Contradiction)[] {
  const denied: (Fork | Contradiction)[] = []
  for (const [by, word] of log.words) {
    if (word.n !== n) continue
    log.words.delete(by)
    if (!equal(word.hash, hash)) denied.push(deniedBy(log, n, by))
  }
  return denied
}

function place(log: Log, n: number): void {
  if (n === log.whole + 1) {
    log.whole = n
    while (log.beyond[0] === log.whole + 1) log.whole = log.beyond.shift() ?? log.whole
    return
  }
  // From the end, where most belong.
  log.beyond.splice(log.beyond.findLastIndex((held) => held < n) + 1, 0, n)
}

function forkOf({ log, member }: Log, n: number): Fork {
  return { is: 'fork', log, member, n }
}

/** An author that denies its own entry has signed both. */
function deniedBy(log: Log, n: number, by: string): Fork | Contradiction {
  return by === log.member ? forkOf(log, n) : { is: 'contradiction', log: log.log, member: log.member, n, by }
}
