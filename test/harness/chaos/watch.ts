/**
 * What can be known of a run: who said what, who heard what from whom, and where logs began. Facts alone; oracle.ts judges them. Called
 * by run.ts after each turn of each member.
 */
import type { EntryView, Event } from '#lib/client/events.ts'
import type { Room } from '#lib/client/state.ts'
import { toHex } from '#lib/wire/bytes.ts'
import type { Member, Turned } from './member.ts'

/** An entry as somebody was told it. */
export interface Heard {
  readonly entry: EntryView
  /** Whose frame brought it; null when it was a timer or a command. */
  readonly by: string | null
  /** The turn in which that was; for an own entry that waited, in which it was sent. */
  turn: number
  /** When it was told. */
  readonly at: number
}

export class Watch {
  /** Every log with whoever wrote it, and what that one said in it: index 0 is entry 1. */
  readonly logs = new Map<string, { readonly author: Member; readonly said: Heard[] }>()
  /** What each member heard and said, in order. */
  readonly heard = new Map<Member, Heard[]>()
  /** The numbers that each holds of each log: what was told was held. */
  readonly holds = new Map<Member, Map<string, Set<number>>>()
  /** Where each log began for each member, when it first did. */
  readonly bases = new Map<Member, Map<string, number>>()
  /** The turn in which each was first let in. */
  readonly seated = new Map<Member, number>()
  /** Gaps that were ever told, as `member log n`. */
  readonly gaps = new Set<string>()
  /** Entries said, and those that came from a memory: their author's, or somebody else's. */
  entries = 0
  readonly repairs = { author: 0, third: 0 }
  steps = 0
  resets = 0
  alarms = 0
  #turns = 0
  /** The turn in which somebody first gave a seat its state, as `member seat`. */
  readonly #given = new Map<string, number>()
  /** The turn in which somebody gave another the first state that did arrive, as `member other room`. */
  readonly #met = new Map<string, number>()
  /** When somebody first saw another, and whether that one was in the room before it, as `member other room`. */
  readonly #saw = new Map<string, { readonly elder: boolean; readonly turn: number }>()
  /** When somebody first had another's state, as `member other`. */
  readonly #had = new Map<string, number>()
  /** The turns in which each stepped. */
  readonly #stepped = new Map<Member, number[]>()
  readonly #ownerOf: (seat: string) => string | null
  readonly #now: () => number

  constructor(ownerOf: (seat: string) => string | null, now: () => number) {
    this.#ownerOf = ownerOf
    this.#now = now
  }

  take({ member, frame, told }: Turned): void {
    this.#turns++
    const by = frame !== null && 'from' in frame ? this.#ownerOf(frame.from) : null
    for (const event of told) this.#takeEvent(member, event, by)
    if (member.room !== null) this.#takeRoom(member, member.room)
  }

  #takeRoom(member: Member, { transcript, peers, keys, me }: Room): void {
    const bases = mapOf(this.bases, member)
    for (const [name, { base }] of transcript.logs) if (!bases.has(name)) bases.set(name, base.n)
    for (const peer of peers.values()) {
      if (peer.out !== null) keepFirst(this.#given, `${member.name} ${peer.seat}`, this.#turns)
      const other = this.#ownerOf(peer.seat)
      keepFirst(this.#saw, `${member.name} ${other} ${toHex(keys.roomId)}`, { elder: peer.elder, turn: this.#turns })
      if (peer.in !== null) keepFirst(this.#had, `${member.name} ${other}`, this.#now())
      const given = this.#given.get(`${other} ${me.seat}`)
      if (peer.in !== null && given !== undefined) keepFirst(this.#met, `${other} ${member.name} ${toHex(keys.roomId)}`, given)
    }
  }

  /** It was said before a member was there: who handed it on had not heard of it itself when that one came. */
  isFromBefore(member: Member, { log, n }: EntryView): boolean {
    const said = this.logs.get(log)?.said[n - 1]
    return said !== undefined && said.turn < (this.seated.get(member) ?? 0)
  }

  /** It was said after a step, while its author's first state, of the epoch before, was on its way to a member. */
  isBeforeState(member: Member, author: Member, { log, n, time }: EntryView): boolean {
    const had = this.#had.get(`${member.name} ${author.name}`) ?? Number.POSITIVE_INFINITY
    const room = member.room === null ? '' : toHex(member.room.keys.roomId)
    const given = this.#met.get(`${author.name} ${member.name} ${room}`) ?? Number.POSITIVE_INFINITY
    const said = this.logs.get(log)?.said[n - 1]?.turn ?? 0
    return time < had && (this.#stepped.get(author) ?? []).some((turn) => given < turn && turn <= said)
  }

  /**
   * A holder of an entry knew of it before it gave somebody its state, or cannot tell: it is not to hand it on. A state that never arrived
   * counts for nothing, since who did not get it cannot show later that it was meant.
   */
  isBefore(holder: Member, other: Member, log: string, n: number): boolean {
    const { room } = holder
    const met = room === null ? undefined : this.#met.get(`${holder.name} ${other.name} ${toHex(room.keys.roomId)}`)
    return met === undefined || this.#knew(holder, log, n) < met
  }

  /** An author said an entry knowing of somebody whom it had found in the room; null when it never saw that one. */
  isFor(author: Member, other: Member, log: string, n: number): boolean | null {
    const { room } = author
    const saw = room === null ? undefined : this.#saw.get(`${author.name} ${other.name} ${toHex(room.keys.roomId)}`)
    return saw === undefined ? null : saw.elder && saw.turn <= (this.logs.get(log)?.said[n - 1]?.turn ?? 0)
  }

  /**
   * The turn since which a holder counts as knowing that a log goes so far: a tail out of a memory is as old as what came before it, and
   * with nothing before it as old as can be.
   */
  #knew(holder: Member, log: string, n: number): number {
    let head = this.bases.get(holder)?.get(log) ?? 0
    let turn = 0
    for (const { entry, turn: came } of this.heard.get(holder) ?? []) {
      if (entry.log !== log || entry.n <= head) continue
      head = entry.n
      if (!entry.repaired) turn = came
      if (head >= n) break
    }
    return turn
  }

  #takeEvent(member: Member, event: Event, by: string | null): void {
    if (event.is === 'entry') this.#takeEntry(member, event.entry, by)
    if (event.is === 'sent') this.#takeSent(member, event.log, event.upTo)
    if (event.is === 'seated' && !this.seated.has(member)) this.seated.set(member, this.#turns)
    if (event.is === 'stepped' && event.who.me) this.#takeStep(member)
    if (event.is === 'reset') this.resets++
    if (event.is === 'alarm') this.alarms++
    if (event.is !== 'gaps') return
    for (const { log, from, to } of event.gaps) for (let n = from; n <= to; n++) this.gaps.add(`${member.name} ${log} ${n}`)
  }

  #takeStep(member: Member): void {
    this.steps++
    this.#stepped.set(member, [...(this.#stepped.get(member) ?? []), this.#turns])
  }

  #takeSent(member: Member, log: string, upTo: number): void {
    for (const heard of this.heard.get(member) ?? []) {
      const { entry } = heard
      if (entry.log === log && entry.n <= upTo && heard.turn === Number.POSITIVE_INFINITY) heard.turn = this.#turns
    }
  }

  #takeEntry(member: Member, entry: EntryView, by: string | null): void {
    const heard: Heard = { entry, by, turn: entry.waiting ? Number.POSITIVE_INFINITY : this.#turns, at: this.#now() }
    const all = this.heard.get(member) ?? []
    all.push(heard)
    this.heard.set(member, all)
    const held = mapOf(this.holds, member)
    held.set(entry.log, (held.get(entry.log) ?? new Set()).add(entry.n))
    if (entry.repaired) this.repairs[this.logs.get(entry.log)?.author.name === by ? 'author' : 'third']++
    if (!entry.who.me) return
    this.entries++
    const log = this.logs.get(entry.log) ?? { author: member, said: [] }
    log.said.push(heard)
    this.logs.set(entry.log, log)
  }
}

function mapOf<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const map = maps.get(key) ?? new Map<L, V>()
  maps.set(key, map)
  return map
}

function keepFirst<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value)
}
