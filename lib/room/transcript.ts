/**
 * The transcript: one hash chain for each device, what is missing in it, and what contradicts it (docs/protocol.md, Transcript).
 * Fed by lib/client with verified entries and heads, and nothing else. Consumed: calls change the transcript they are given.
 *
 * An entry is its author's own signature. A head that another member names is that member's word and no more: it can show a gap and
 * contradict an entry, but it proves nothing against the author, or anybody could have anybody suspected.
 */
import { type Bytes, equal, toHex, wipe } from '#lib/wire/bytes.ts'
import type { Head, NamedHead, Signed, SignedEntry } from './entry.ts'
import { KEPT_BYTES, KEPT_ENTRIES, NAMED_HEADS } from './limits.ts'

/** An entry as the transcript keeps it, whole: it may have to be sealed again for somebody who missed it. */
export interface Kept extends Signed {
  readonly n: number
  readonly hash: Bytes
  readonly prev: Bytes
  /** The transcript's count when its log was first known to go so far. */
  covered: number
}

/** One device's log, from where it began for me. */
export interface Log {
  readonly log: string
  /** Member id in hexadecimal. */
  readonly member: string
  /** Written by myself: nobody else can have seen more of it than I hold. */
  readonly mine: boolean
  /** Its author has not handed me its state yet. */
  introduced: boolean
  /** What lies at or below was never mine to read, or is kept no more. */
  base: Head
  readonly entries: Map<number, Kept>
  /** The newest entry that I hold, and the transcript's count when it counts as having come. */
  head: Head
  covered: number
  /** Everything from the base up to here is held. */
  whole: number
  /** Numbers of entries held beyond that, ascending. */
  readonly beyond: number[]
  /** The newest head that each member (id in hexadecimal) named and that I do not hold: its word until the entry is here. */
  readonly words: Map<string, Head>
  /** Heads that were named and that I do not hold, newest last: their entries are late when they come. */
  readonly named: Set<string>
}

export interface Transcript {
  readonly logs: Map<string, Log>
  /** All entries that are kept, in the order in which they came. */
  readonly kept: Map<Kept, Log>
  /** Bytes of all of them. */
  bytes: number
  /** Entries taken in so far. */
  count: number
}

/** Two signed things of one member at one place do not agree: the member lies, or somebody has its key. */
export interface Fork {
  readonly is: 'fork'
  readonly log: string
  readonly member: string
  readonly n: number
  /** The entries that contradict each other, where both are held. */
  readonly evidence: readonly Signed[]
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
  /** Before my time in the room. */
  | { readonly is: 'foreign' }
  /** Of a log that I was never told of. */
  | { readonly is: 'unknown' }
  | Fork
  | Contradiction

export function emptyTranscript(): Transcript {
  return { logs: new Map(), kept: new Map(), bytes: 0, count: 0 }
}

/** A log begins for me above `base`: its author's head when it handed me its state. A log that exists is left as it is. */
export function beginLog(transcript: Transcript, log: string, member: string, base: Head, mine = false): void {
  if (transcript.logs.has(log)) return
  const empty = {
    introduced: false,
    covered: transcript.count,
    entries: new Map(),
    head: base,
    whole: base.n,
    beyond: [],
    words: new Map(),
    named: new Set<string>(),
  }
  transcript.logs.set(log, { log, member, mine, base, ...empty })
}

/** A log that somebody else introduced began for me with the first entry that I was given: its author says how far before that it may. */
export function beginEarlier(transcript: Transcript, name: string, base: Head): void {
  const log = transcript.logs.get(name)
  if (log === undefined || !log.introduced) return
  log.introduced = false
  lower(log, base)
}

function lower(log: Log, base: Head): void {
  if (log.base.n <= base.n) return
  // What was whole lies behind a hole now. Made anew from all that is held, it would cost the whole log for each step down.
  for (let n = log.whole; n > log.base.n; n--) log.beyond.unshift(n)
  log.base = base
  log.whole = base.n
  while (log.beyond[0] === log.whole + 1) log.whole = log.beyond.shift() ?? log.whole
}

/** Another member says whose log that is, before its author does: it begins above the lowest `base` of those who say so, until then. */
export function introduceLog(transcript: Transcript, name: string, member: string, base: Head): void {
  const known = transcript.logs.get(name)
  if (known?.introduced === true) lower(known, base)
  if (known !== undefined) return
  beginLog(transcript, name, member, base)
  const log = transcript.logs.get(name)
  if (log !== undefined) log.introduced = true
}

/** The number at which such a log begins; null when its author has said where it does, or nobody anything. */
export function introducedAt(transcript: Transcript, name: string): number | null {
  const log = transcript.logs.get(name)
  return log?.introduced === true ? log.base.n : null
}

/** Puts a verified entry at its place. The caller has checked that the author may write in this log. */
export function addEntry(
  transcript: Transcript,
  { entry, hash, bytes, signature }: SignedEntry,
  from: 'its author' | 'a memory' = 'its author',
): Outcome {
  const log = transcript.logs.get(entry.log)
  if (log === undefined) return { is: 'unknown' }
  if (entry.n <= log.base.n) return { is: 'foreign' }
  const { n, prev } = entry
  const held = log.entries.get(n)
  if (held !== undefined && equal(held.hash, hash)) return { is: 'known' }
  const denied = held ?? contradicting(log, n, prev, hash)
  if (denied !== null) return { ...forkOf(log, n), evidence: denied === undefined ? [] : [denied, { bytes, signature }] }
  const isNamed = log.named.delete(nameOf({ n, hash }))
  const filled = n < log.head.n || isNamed
  transcript.count += 1
  const kept = { n, hash, prev, bytes, signature, covered: coveredAt(transcript, log, n, from) }
  log.entries.set(n, kept)
  transcript.kept.set(kept, log)
  transcript.bytes += sizeOf(kept)
  place(log, n)
  if (n > log.head.n) {
    log.head = { n, hash }
    log.covered = kept.covered
  }
  const words = settleWords(log, n, hash)
  forgetOldest(transcript)
  return { is: 'kept', filled, denied: words }
}

/** The neighbour that an entry does not chain to; undefined when that is the base, of which no more is held; null when it fits. */
function contradicting(log: Log, n: number, prev: Bytes, hash: Bytes): Kept | undefined | null {
  const [before, after] = [log.entries.get(n - 1), log.entries.get(n + 1)]
  if (n - 1 === log.base.n && !equal(log.base.hash, prev)) return undefined
  if (before !== undefined && !equal(before.hash, prev)) return before
  return after !== undefined && !equal(after.prev, hash) ? after : null
}

/**
 * A late entry was known to be there since the one after it came. When one from somebody's memory was said nobody can tell: it counts as if it
 * had come with the one before it, so that it is given to nobody who came since.
 */
function coveredAt(transcript: Transcript, log: Log, n: number, from: 'its author' | 'a memory'): number {
  if (n > log.head.n) return from === 'a memory' ? log.covered : transcript.count
  const next = log.beyond.find((held) => held > n)
  return (next === undefined ? undefined : log.entries.get(next)?.covered) ?? 0
}

/** An entry of mine that waited goes out only now: whoever has come meanwhile may have it. */
export function coverNow(transcript: Transcript, kept: Kept): void {
  transcript.count += 1
  kept.covered = transcript.count
}

function sizeOf({ bytes, signature }: Signed): number {
  return bytes.length + signature.length
}

/** Over the bounds the oldest go, whoever wrote them: their log begins behind them from then on. */
function forgetOldest(transcript: Transcript): void {
  const { kept } = transcript
  for (const [oldest, log] of kept) {
    if (kept.size <= KEPT_ENTRIES && transcript.bytes <= KEPT_BYTES) return
    for (const [n, entry] of log.entries) if (n <= oldest.n) forget(transcript, log, entry)
    if (oldest.n <= log.base.n) continue
    log.base = { n: oldest.n, hash: oldest.hash }
    // Nobody lowers that again: what was forgotten would be asked for, and shown, once more.
    log.introduced = false
    log.whole = Math.max(log.whole, oldest.n)
    log.beyond.splice(0, log.beyond.length, ...log.beyond.filter((n) => n > log.whole))
    while (log.beyond[0] === log.whole + 1) log.whole = log.beyond.shift() ?? log.whole
  }
}

function forget(transcript: Transcript, log: Log, entry: Kept): void {
  log.entries.delete(entry.n)
  transcript.kept.delete(entry)
  transcript.bytes -= sizeOf(entry)
  wipe(entry.bytes)
}

/** Wipes everything that was said. */
export function wipeTranscript(transcript: Transcript): void {
  for (const entry of transcript.kept.keys()) wipe(entry.bytes, entry.signature)
  transcript.kept.clear()
  transcript.logs.clear()
}

/** The entries of a log in a range that came after `since` (a count of the transcript): what may be given to who was there since. */
export function keptSince(transcript: Transcript, name: string, from: number, to: number, since: number): readonly Kept[] {
  const log = transcript.logs.get(name)
  if (log === undefined) return []
  // By what is held: an author may number its entries up to four billion, and ask for them.
  const found = [...log.entries.values()].filter(({ n, covered }) => from <= n && n <= to && covered > since)
  return found.sort((a, b) => a.n - b.n)
}

/** Takes note of a head that a member (id in hexadecimal) named. */
export function noteHead(transcript: Transcript, head: NamedHead, by: string): Outcome {
  const log = transcript.logs.get(head.log)
  if (log === undefined) return head.n === 0 ? { is: 'foreign' } : { is: 'unknown' }
  if (head.n < log.base.n) return { is: 'foreign' }
  const held = head.n === log.base.n ? log.base.hash : log.entries.get(head.n)?.hash
  if (held !== undefined) return equal(held, head.hash) ? { is: 'known' } : deniedBy(log, head.n, by)
  if (log.mine) return deniedBy(log, head.n, by)
  const word = log.words.get(by)
  if (word !== undefined && word.n === head.n && !equal(word.hash, head.hash)) return deniedBy(log, head.n, by)
  if (word === undefined || word.n < head.n) log.words.set(by, { n: head.n, hash: head.hash })
  remember(log, head)
  return { is: 'kept', filled: false, denied: [] }
}

function nameOf({ n, hash }: Head): string {
  return `${n} ${toHex(hash)}`
}

/** An entry goes before whatever had seen it, also when its reader has named later ones since. */
function remember(log: Log, head: Head): void {
  log.named.add(nameOf(head))
  const [oldest] = log.named
  if (log.named.size > NAMED_HEADS && oldest !== undefined) log.named.delete(oldest)
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
  return { is: 'fork', log, member, n, evidence: [] }
}

/** An author that denies its own entry has signed both. */
function deniedBy(log: Log, n: number, by: string): Fork | Contradiction {
  return by === log.member ? forkOf(log, n) : { is: 'contradiction', log: log.log, member: log.member, n, by }
}
