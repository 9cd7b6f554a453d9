/**
 * Whether those who stay agree: all are there, each pair has the other's states, all hold the same entries, and what they lack they name
 * (docs/protocol.md, Transcript). Looked at again and again once the network is calm. Called by run.ts.
 */
import { inForce } from '#lib/room/topic.ts'
import type { Room } from '#lib/client/state.ts'
import { equal, toHex } from '#lib/wire/bytes.ts'
import { topicsOf } from '#lib/client/topics.ts'
import type { Member } from './member.ts'
import { type Evidence, nameOf, type Problem, problem, stayed } from './problems.ts'
import type { Watch } from './watch.ts'

/** What keeps those who stay from agreeing: empty once they do. */
export function disagreements(evidence: Evidence): readonly Problem[] {
  const members = stayed(evidence)
  const absent = members.filter((member) => !member.isSeated)
  if (absent.length > 0) return absent.map(({ name, session }) => problem('not there', `${name} is ${session.at}`))
  return [...members.flatMap((member) => apart(member, members)), ...missing(evidence), ...badGaps(evidence), ...topics(members)]
}

/** What is in force for each is in force for the first. */
function topics(members: readonly Member[]): readonly Problem[] {
  const [first, ...others] = members.map(({ name, room }) => ({ name, what: room === null ? '' : topicIn(room) }))
  return others.flatMap(({ name, what }) =>
    what === first?.what ? [] : [problem('topics differ', `${first?.name ?? ''}: ${first?.what ?? ''}; ${name}: ${what}`)],
  )
}

function topicIn(room: Room): string {
  const { topic, lock } = inForce(topicsOf(room))
  return JSON.stringify([topic?.text ?? null, topic?.hash ?? null, lock?.locked ?? null, lock?.hash ?? null])
}

function apart(member: Member, members: readonly Member[]): readonly Problem[] {
  const { room, name } = member
  if (room === null) return []
  const found: Problem[] = []
  // What somebody said who went before it gave its state waits for ever.
  const seats = new Set(members.map((other) => other.room?.me.seat))
  const waiting = [...room.peers.values()].filter(({ seat }) => seats.has(seat)).reduce((sum, { held }) => sum + held.length, 0)
  if (waiting > 0) found.push(problem('waiting', `${name} holds ${waiting} frames`))
  // Who made a lost room anew keeps what was written until somebody comes.
  const isAlone = room.keeps && room.peers.size === 0
  if (!room.ready && !isAlone) found.push(problem('waiting', `${name} waits for elders`))
  if (room.outbox.length > 0 && !isAlone) found.push(problem('waiting', `${name} has not sent ${room.outbox.length} entries`))
  for (const other of members)
    if (other !== member && other.room !== null) found.push(...between(name, room, other.name, other.room))
  return found
}

function between(name: string, room: Room, other: string, theirs: Room): readonly Problem[] {
  const who = `${name} of ${other}`
  const found: Problem[] = []
  const id = toHex(theirs.me.memberId)
  // A seat that never answered, and of whose end the relay said nothing, stays on the list as unreachable.
  const seats = [...room.peers.values()].filter(({ member, presence }) => member === id && presence !== 'unreachable')
  if (seats.length > 1) found.push(problem('doubled', `${who}: ${seats.map(({ presence }) => presence).join(', ')}`))
  const peer = room.peers.get(theirs.me.seat)
  if (peer === undefined) return [...found, problem('not met', `${who}: no such seat`)]
  if (peer.in === null || peer.out === null || peer.presence !== 'here') {
    const [has, gave] = [peer.in !== null, peer.out !== null]
    return [...found, problem('not met', `${who}: ${peer.presence}, has its state: ${has}, gave its own: ${gave}`)]
  }
  if (!peer.view.confirmed) found.push(problem('unconfirmed', who))
  const out = theirs.peers.get(room.me.seat)?.out ?? null
  if (out !== null && !equal(out.root, peer.in.root)) found.push(problem('not met', `${who}: roots differ`))
  return found
}

/** An entry that a member should hold. */
interface Due {
  readonly member: Member
  readonly log: string
  readonly author: Member
  readonly n: number
  /** The author came later than the member, and had not met it when it said this. */
  readonly isBefore: boolean
}

/** What some who stay hold and others do not. */
function missing(evidence: Evidence): readonly Problem[] {
  const { watch } = evidence
  return due(evidence).flatMap(({ member, log, author, n, isBefore }) => {
    if (watch.holds.get(member)?.get(log)?.has(n) === true) return []
    const holders = stayed(evidence).filter((other) => watch.holds.get(other)?.get(log)?.has(n) === true)
    if (holders.every((holder) => watch.isBefore(holder, member, log, n))) return []
    const text = `${member.name} lacks ${author.name} ${n}, which ${holders.map(({ name }) => name).join(', ')} hold`
    return [problem(isBefore ? 'missing from before' : 'missing', text)]
  })
}

/** All that is held by anybody who stays, for each who stays: what was said after it had the author's state, or came after it was there. */
function due(evidence: Evidence): readonly Due[] {
  const { watch } = evidence
  const members = stayed(evidence)
  const found: Due[] = []
  const here = new Set(members.flatMap(({ room }) => [...(room?.transcript.logs.keys() ?? [])]))
  for (const [log, { author }] of watch.logs) {
    // What was said in a room that the relay lost is over.
    if (!here.has(log)) continue
    const held = new Set(members.flatMap((member) => [...(watch.holds.get(member)?.get(log) ?? [])]))
    for (const member of members) {
      const base = watch.bases.get(member)?.get(log)
      for (const n of held) {
        const isElder = watch.isFor(author, member, log, n) ?? cameBefore(evidence, member, author)
        const isBefore = base === undefined || n <= base
        if (!isBefore || isElder) found.push({ member, log, author, n, isBefore })
      }
    }
  }
  return found
}

function cameBefore({ arrivals }: Evidence, one: Member, other: Member): boolean {
  return arrivals.indexOf(one.name) < arrivals.indexOf(other.name)
}

/** The gaps that are told are those that there are: of entries that were said, that the member can know of and does not hold. */
function badGaps(evidence: Evidence): readonly Problem[] {
  const { watch } = evidence
  return stayed(evidence).flatMap((member) => {
    const told = new Set((member.of('gaps').at(-1)?.gaps ?? []).flatMap(({ log, from, to }) => numbers(log, from, to)))
    const known = knownOf(member, watch)
    const found: Problem[] = []
    for (const [log, last] of known) {
      // Of a room that the relay lost.
      if (member.room?.transcript.logs.has(log) !== true) continue
      const base = watch.bases.get(member)?.get(log) ?? last
      for (let n = base + 1; n <= last; n++) {
        if (watch.holds.get(member)?.get(log)?.has(n) === true || told.has(`${log} ${n}`)) continue
        found.push(problem('unnamed gap', `${member.name} does not say that it lacks ${nameOf(watch, log)} ${n}`))
      }
    }
    for (const name of told) {
      const [log = '', n = ''] = name.split(' ')
      const isHeld = watch.holds.get(member)?.get(log)?.has(Number(n)) === true
      const wasSaid = Number(n) <= (watch.logs.get(log)?.said.length ?? 0)
      if (isHeld || !wasSaid) found.push(problem('false gap', `${member.name} says that it lacks ${nameOf(watch, log)} ${n}`))
    }
    return found
  })
}

function numbers(log: string, from: number, to: number): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${log} ${from + i}`)
}

/** How far a member knows that each log goes, by what it heard: entries, and what their authors had seen. */
function knownOf(member: Member, watch: Watch): ReadonlyMap<string, number> {
  const known = new Map<string, number>()
  const note = (log: string, n: number) => known.set(log, Math.max(known.get(log) ?? 0, n))
  for (const { entry } of watch.heard.get(member) ?? []) {
    note(entry.log, entry.n)
    for (const { log, n } of entry.seen) note(log, n)
  }
  return known
}
