/**
 * The order in which a conversation is shown (docs/protocol.md, Order): causal by what authors had seen, then arrival. Claimed time
 * never decides. Called by the store when an entry arrives late.
 */

/** What ordering needs of a shown entry. */
export interface Placed {
  readonly log: string
  readonly n: number
  /** Entries that its author had seen, by log and number. */
  readonly seen: readonly { readonly log: string; readonly n: number }[]
}

/**
 * Puts a late entry into a list that is in causal order, so that it still is: before the first shown entry that follows it, which is a
 * later one of the same log, or one whose author had seen it; and behind everything that it follows itself, which moves up with it where
 * it stood further down. Changes the list.
 */
export function insertLate<E extends Placed>(shown: E[], late: E): void {
  const at = shown.findIndex((entry) => follows(entry, late))
  const behind = at === -1 ? [] : shown.splice(at)
  // The newest number of each log that the late entry follows. Walking up, since what comes before it may follow more.
  const before = new Map<string, number>()
  const note = ({ log, n, seen }: Placed) => {
    for (const head of [{ log, n: n - 1 }, ...seen]) before.set(head.log, Math.max(before.get(head.log) ?? 0, head.n))
  }
  note(late)
  const moved: E[] = []
  const stay: E[] = []
  for (const entry of behind.toReversed()) {
    const isBefore = entry.n <= (before.get(entry.log) ?? 0)
    if (isBefore) note(entry)
    ;(isBefore ? moved : stay).push(entry)
  }
  shown.push(...moved.toReversed(), late, ...stay.toReversed())
}

function follows(entry: Placed, earlier: Placed): boolean {
  if (entry.log === earlier.log) return entry.n > earlier.n
  return entry.seen.some((head) => head.log === earlier.log && head.n >= earlier.n)
}
