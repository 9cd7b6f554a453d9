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
 * Where a late entry goes: before the first shown entry that follows it, which is a later one of the same log, or one whose author
 * had seen it. The end when none does.
 */
export function placeOf(shown: readonly Placed[], late: Placed): number {
  const at = shown.findIndex((entry) => follows(entry, late))
  return at === -1 ? shown.length : at
}

function follows(entry: Placed, earlier: Placed): boolean {
  if (entry.log === earlier.log) return entry.n > earlier.n
  return entry.seen.some((head) => head.log === earlier.log && head.n >= earlier.n)
}
