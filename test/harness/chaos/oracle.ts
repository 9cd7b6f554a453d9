/**
 * The judge of a run in chaos: what must hold of all of it, whoever stays, and what must never happen to those whom no fault touched.
 * Called by run.ts.
 */
import { emptyStore } from '#lib/client/store.ts'
import { toHex } from '#lib/wire/bytes.ts'
import type { Member } from './member.ts'
import { type Evidence, nameOf, type Problem, problem, stayed } from './problems.ts'
import type { Heard } from './watch.ts'

/** No frame that arrives takes longer, ms. */
const ON_ITS_WAY = 1_000

/** What must hold of a whole run, beside agreement. */
export function judge(evidence: Evidence): readonly Problem[] {
  const each = (look: (member: Member, evidence: Evidence) => readonly Problem[]) =>
    evidence.everybody.flatMap((member) => look(member, evidence))
  return [...each(ended), ...each(told), ...each(ordered), ...each(alarms), ...each(untouched), ...heads(evidence)]
}

/** Once in the room, only its own wish takes somebody out of it. */
function ended(member: Member, { watch }: Evidence): readonly Problem[] {
  const why = member.of('ended').at(-1)?.why
  if (member.crashed || member.isLeaving || why === undefined || why.is === 'left' || !watch.seated.has(member)) return []
  return [problem('not there', `${member.name} ended: ${JSON.stringify(why)}`)]
}

/** What is told is what was said, once. */
function told(member: Member, { watch }: Evidence): readonly Problem[] {
  const found: Problem[] = []
  const places = new Set<string>()
  for (const { entry } of watch.heard.get(member) ?? []) {
    const { log, n } = entry
    const what = `${member.name} heard ${nameOf(watch, log)} ${n}`
    if (places.has(`${log} ${n}`)) found.push(problem('twice', what))
    places.add(`${log} ${n}`)
    const said = watch.logs.get(log)?.said[n - 1]
    if (said === undefined || said.entry.n !== n || textOf(said) !== textOf({ entry })) found.push(problem('differs', what))
  }
  return found
}

function textOf({ entry }: Pick<Heard, 'entry'>): string {
  const { log, n, kind, body, time, seen } = entry
  const fields = Object.entries(body).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([log, n, kind, fields, time, seen])
}

/** Whose heads stand at one number have one hash. */
function heads(evidence: Evidence): readonly Problem[] {
  const hashes = new Map<string, string>()
  return stayed(evidence).flatMap(({ name, room }) => {
    return [...(room?.transcript.logs.values() ?? [])].flatMap(({ log, head }) => {
      const place = `${nameOf(evidence.watch, log)} ${head.n}`
      const hash = toHex(head.hash)
      const first = hashes.get(`${log} ${head.n}`) ?? hash
      hashes.set(`${log} ${head.n}`, first)
      return first === hash ? [] : [problem('differs', `${name} has another hash of ${place}`)]
    })
  })
}

/** The list that people see has each author's entries in their order. */
function ordered(member: Member, { watch }: Evidence): readonly Problem[] {
  const store = emptyStore()
  for (const event of member.events) store.take(event)
  const newest = new Map<string, number>()
  const found: Problem[] = []
  for (const { log, n } of store.view.entries) {
    if (n <= (newest.get(log) ?? 0))
      found.push(problem('out of order', `${member.name} shows ${nameOf(watch, log)} ${n} too late`))
    newest.set(log, Math.max(newest.get(log) ?? 0, n))
  }
  return found
}

/** A network that loses and mixes up proves nothing against anybody. */
function alarms(member: Member): readonly Problem[] {
  const accused = member.of('alarm').filter(({ alarm }) => alarm.is !== 'roster' && alarm.is !== 'silence')
  return accused.map(({ alarm }) => problem('false alarm', `${member.name}: ${JSON.stringify(alarm)}`))
}

/** Where the network did nothing, nothing needs mending. */
function untouched(member: Member, evidence: Evidence): readonly Problem[] {
  const { ledger, watch, ownerOf } = evidence
  const { name } = member
  const found: Problem[] = []
  const resets = new Set<string>()
  for (const event of member.events) {
    const seat = event.is === 'refused' ? event.refusal.seat : event.is === 'reset' ? event.who.seat : null
    const other = seat === null ? null : ownerOf(seat)
    if (other === null) continue
    if (event.is === 'reset') resets.add(other)
    if (!ledger.isClean(name, other)) continue
    if (event.is === 'reset') found.push(problem('reset for nothing', `${name} with ${other}`))
    if (event.is !== 'refused') continue
    found.push(problem('refused for nothing', `${name} of ${other}: ${event.refusal.what} ${event.refusal.code}`))
  }
  const gone = new Set<string>()
  // Where an own outbox of its author stands for each log.
  const waited = new Map<string, number>()
  for (const { entry, at } of watch.heard.get(member) ?? []) {
    const author = watch.logs.get(entry.log)?.author
    if (author === undefined || author === member) continue
    const what = `${name} heard ${author.name} ${entry.n}`
    if (entry.kind === 'core.leave') gone.add(entry.log)
    const isWhole = ledger.isWhole(name, author.name)
    if (entry.repaired) {
      // What a goodbye overtook has no keys any more, and what overtook the first state none yet. What is on its way may be asked for with
      // what was missing before it.
      const isEarly = watch.isBeforeState(member, author, entry)
      const isOvertaken = ledger.isMixedUp(name) && (gone.has(entry.log) || isEarly || at - entry.time < ON_ITS_WAY)
      if (isWhole && !isOvertaken && !watch.isFromBefore(member, entry) && !resets.has(author.name))
        found.push(problem('repaired for nothing', what))
      continue
    }
    if (entry.late && isWhole && !ledger.isMixedUp(name)) found.push(problem('late for nothing', what))
    if (isOutboxMixed(entry.n, waited, entry.log, member, author, evidence))
      found.push(problem('late for nothing', `${what} of an outbox`))
  }
  return found
}

/** What waited in an outbox comes in its order, unless the network mixed it up or lost some of it. */
function isOutboxMixed(
  n: number,
  waited: Map<string, number>,
  log: string,
  member: Member,
  author: Member,
  { watch, ledger }: Evidence,
): boolean {
  if (watch.logs.get(log)?.said[n - 1]?.entry.waiting !== true) return false
  const last = waited.get(log) ?? 0
  waited.set(log, Math.max(last, n))
  const isExcused =
    ledger.wasAway.has(member.name) || ledger.isMixedUp(member.name) || ledger.isTouched(author.name, member.name, 'lost')
  return n < last && !isExcused
}
