/**
 * Who is not listened to (docs/terminal.md, The talk): what a member says is folded to nothing on this screen, and counted. By the member's id,
 * which no other name changes; nobody else is told. Pure; called by updating/saying.ts, updating/noticing.ts, window.ts and screen.ts.
 */
import type { MemberView } from '#lib/client/events.ts'
import { type Log, type Item } from '#lib/text/log.ts'
import { named } from '#lib/text/names.ts'
import { count } from '#lib/text/units.ts'
import { memberCalled } from '../whom.ts'

/** Each by the id of the member, as it was called when it was last looked up. */
export type Ignored = ReadonlyMap<string, MemberView>

/** The list with one more, or one less; or why it stays as it is. */
export function ignoring(ignored: Ignored, members: Iterable<MemberView>, whom: string, on: boolean): Ignored | string {
  const all = [...(on ? members : ignored.values())]
  const found = memberCalled(all, whom)
  if (found.is === 'wrong') return on ? found.why : 'nobody called so is ignored. /ignore lists who is'
  const next = new Map(ignored)
  const who = all.find(({ member }) => member === found.member)
  if (!on) next.delete(found.member)
  // It is meant also when it is gone by then.
  else if (who !== undefined) next.set(found.member, { ...who, presence: 'here' })
  return next
}

/** Who is ignored, and how much of what each said is not shown. */
export function ignoredLines(ignored: Ignored, log: Log): readonly string[] {
  if (ignored.size === 0) return ['nobody is ignored']
  return [...ignored].map(([member, who]) => {
    const folded = log.items.filter((item) => item.is === 'said' && item.entry.who.member === member).length
    return `ignored: ${named(who)} (${who.tag}), ${count(folded, 'message')} not shown`
  })
}

/** What is not shown of a log. */
export function isFolded(ignored: Ignored, item: Item): boolean {
  return item.is === 'said' && ignored.has(item.entry.who.member)
}

/** A log is made anew whenever it changes: what is shown of it is found once. */
const seen = new WeakMap<Log, { readonly ignored: Ignored; readonly log: Log }>()

/** The log without what is folded. */
export function shownOf(log: Log, ignored: Ignored): Log {
  if (ignored.size === 0) return log
  const before = seen.get(log)
  if (before?.ignored === ignored) return before.log
  const shown = { items: log.items.filter((item) => !isFolded(ignored, item)), next: log.next }
  seen.set(log, { ignored, log: shown })
  return shown
}

/** How much is folded in all. */
export function foldedIn(log: Log, ignored: Ignored): number {
  return log.items.length - shownOf(log, ignored).items.length
}
