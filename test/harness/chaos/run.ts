/**
 * One run in chaos: a history is carried out over a network that strikes; then the network calms, the clock is turned until all who stay
 * agree, everybody says one thing more, and the oracle judges. Same history, same run. Called by test/chaos.ts and its tests.
 */
import type { Invite } from '#lib/crypto/invite.ts'
import { copyInvite } from '#lib/crypto/invite.ts'
import { equal } from '#lib/wire/bytes.ts'
import { Net, type Rule } from '../net.ts'
import { seeded } from '../random.ts'
import { disagreements } from './agreement.ts'
import { type Dice, dice } from './dice.ts'
import { Ledger, ruleOf } from './faults.ts'
import type { Action, FaultKind, History } from './history.ts'
import { Member, type Turned } from './member.ts'
import { judge } from './oracle.ts'
import { type Evidence, type Problem, stayed } from './problems.ts'
import { Watch } from './watch.ts'

/** Damages a member after each of its turns. */
export type Defect = (member: Member) => void

/** What a run came to. */
export interface Outcome {
  readonly problems: readonly Problem[]
  readonly stayed: number
  readonly entries: number
  readonly steps: number
  /** How often each kind of fault struck. */
  readonly faults: Partial<Record<FaultKind, number>>
  /** Entries that came from a memory: their author's, or somebody else's. */
  readonly repairs: { readonly author: number; readonly third: number }
  /** Entries that anybody was ever told to lack, and those that stay so. */
  readonly gaps: { readonly told: number; readonly left: number }
  readonly resets: number
  readonly alarms: number
  /** From the calm to agreement, ms; null when there was none. */
  readonly agreement: number | null
}

/** Beats come every 60 s: after ten of them nothing more is to be hoped for. */
const PATIENCE = 600_000
const TICK = 1_000
/** What is said in a calm network is everywhere by then. */
const HEARD = 3_000
const HOP = 20
const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi']
const LAST_WORDS = 'last words'
const RELAY = 'ws://127.0.0.1:1337/ws'

/** Carries a history out. */
export function run(history: History, defect: Defect = () => undefined): Outcome {
  const room = new ChaoticRoom(history.seed, defect)
  try {
    room.open()
    for (const action of history.actions) {
      room.wait(action.at - room.elapsed)
      room.act(action)
    }
    room.wait(history.until - room.elapsed)
    const agreement = room.calm()
    return room.outcome(agreement)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return room.outcome(null, [{ kind: 'threw', text }])
  }
}

class ChaoticRoom {
  readonly #net: Net
  readonly #dice: Dice
  readonly #seed: number
  readonly #ledger = new Ledger()
  readonly #watch: Watch
  readonly #defect: Defect
  readonly #start: number
  readonly #everybody: Member[] = []
  /** Who is each member at the moment, and how often somebody was. */
  readonly #present = new Map<number, Member>()
  readonly #lives = new Map<number, number>()
  #invite: Invite | null = null
  /** Who makes the room anew after the relay lost it. */
  #remaker: Member | null = null
  #said = 0

  constructor(seed: number, defect: Defect) {
    this.#seed = seed
    this.#net = new Net(seed)
    this.#dice = dice(seed * 17 + 3)
    this.#defect = defect
    this.#start = this.#net.clock.now()
    this.#watch = new Watch(
      (seat) => this.#net.ownerOf(seat),
      () => this.#net.clock.now(),
    )
    const latencies = new Map<string, number>()
    this.#net.rules.push((passage) => {
      const { owner } = passage.conn
      const latency = latencies.get(owner) ?? this.#dice.between(5, 60)
      latencies.set(owner, latency)
      return [{ ...passage, after: passage.after + latency }]
    })
  }

  /** Since the start, ms. */
  get elapsed(): number {
    return this.#net.clock.now() - this.#start
  }

  /** Member 0 makes the room. */
  open(): void {
    const founder = this.#enter(0)
    founder.do({ do: 'create', url: RELAY, name: founder.name, adminToken: null })
    this.wait(400)
  }

  /** Lets time pass; meanwhile people do what they must when the relay has lost their room. */
  wait(ms: number): void {
    for (let left = ms; left > 0; left -= TICK) {
      this.#net.advance(Math.min(left, TICK))
      this.#tendLost()
    }
  }

  act(action: Action): void {
    const who = 'who' in action && action.who !== null ? (this.#present.get(action.who) ?? null) : null
    if (action.do === 'join') this.#join(action.who, who)
    else if (action.do === 'refuse' || action.do === 'restart') this.#strikeRelay(action)
    else if (who === null) this.#strikeFrames(action)
    else this.#actAs(who, action)
    this.#net.settle()
  }

  /** The network keeps to what it should from now on. Returns how long it took those who stay to agree, in ms. */
  calm(): number | null {
    const since = this.elapsed
    this.#net.rules.splice(1)
    this.#net.refuseDials(0)
    while (!this.#isCalm || disagreements(this.#evidence()).length > 0) {
      if (this.elapsed - since >= PATIENCE) return null
      this.wait(TICK)
    }
    const took = this.elapsed - since
    for (const member of stayed(this.#evidence())) member.do({ do: 'say', text: LAST_WORDS, class: null })
    this.wait(HEARD)
    // Keys may be on their way.
    for (let left = HEARD; this.#net.isBusy && left > 0; left -= HOP) this.#net.advance(HOP)
    return took
  }

  /** Nothing that was delayed is on its way, everybody knows whose socket is dead, and nobody waits for a sign of life that was lost. */
  get #isCalm(): boolean {
    const there = stayed(this.#evidence())
    const isDeaf = there.some(({ name }) => this.#net.isDeaf(name))
    const isWaiting = there.some(({ isSeated, room }) => isSeated && room !== null && (room.probedAt !== null || !room.reached))
    return !this.#net.hasFrozen && !this.#net.isBusy && !isDeaf && !isWaiting
  }

  outcome(agreement: number | null, thrown: readonly Problem[] = []): Outcome {
    const evidence = this.#evidence()
    const { entries, repairs, steps, resets, alarms, gaps } = this.#watch
    const problems = thrown.length > 0 ? thrown : [...this.#judge(agreement, evidence), ...judge(evidence)]
    return {
      problems,
      stayed: stayed(evidence).length,
      entries,
      steps,
      faults: Object.fromEntries(this.#ledger.struck),
      repairs,
      gaps: { told: gaps.size, left: gapsLeft(stayed(evidence)) },
      resets,
      alarms,
      agreement,
    }
  }

  #judge(agreement: number | null, evidence: Evidence): readonly Problem[] {
    const left = disagreements(evidence)
    if (agreement === null) return [{ kind: 'no agreement', text: `after ${PATIENCE / 1_000} s` }, ...left]
    return [
      ...left.map(({ kind, text }): Problem => ({ kind: kind === 'missing' ? 'deaf' : kind, text })),
      ...this.#deaf(evidence),
    ]
  }

  /** The last words, which nothing hindered, had to be heard at once and by everybody, without a repair. */
  #deaf(evidence: Evidence): readonly Problem[] {
    return stayed(evidence).flatMap((member) => {
      const repaired = (this.#watch.heard.get(member) ?? []).filter(
        ({ entry }) => entry.repaired && entry.body['text'] === LAST_WORDS,
      )
      return repaired.map(({ entry }): Problem => ({
        kind: 'deaf',
        text: `${member.name} had to be told ${entry.who.name} ${entry.n}`,
      }))
    })
  }

  #evidence(): Evidence {
    const ownerOf = (seat: string) => this.#net.ownerOf(seat)
    return { everybody: this.#everybody, watch: this.#watch, ledger: this.#ledger, ownerOf, arrivals: [...this.#net.arrivals] }
  }

  #enter(index: number): Member {
    const life = (this.#lives.get(index) ?? 0) + 1
    this.#lives.set(index, life)
    const name = `${NAMES[index] ?? `member ${index}`}${life > 1 ? ` the ${life}.` : ''}`
    const random = seeded(this.#seed * 7_919 + this.#everybody.length + 1)
    const member = new Member(name, this.#net.edgesOf(name, random), (turned) => this.#turned(turned))
    this.#everybody.push(member)
    this.#present.set(index, member)
    return member
  }

  #turned(turned: Turned): void {
    const { member, told } = turned
    this.#watch.take(turned)
    for (const event of told) {
      if (event.is === 'created') this.#invite = copyInvite(event.invite)
      if (event.is === 'away') this.#ledger.wasAway.add(member.name)
    }
    this.#defect(member)
  }

  #join(index: number, present: Member | null): void {
    if (present?.isAlive === true || this.#invite === null) return
    const member = this.#enter(index)
    member.do({ do: 'join', invite: this.#invite, name: member.name })
  }

  #actAs(member: Member, action: Exclude<Action, { do: 'join' | 'refuse' | 'restart' }>): void {
    if (!member.isAlive) return
    switch (action.do) {
      case 'say':
        for (let i = 0; i < action.times; i++) this.#say(member)
        return
      case 'rotate':
        return member.do({ do: 'rotate' })
      case 'topic':
        return member.do({ do: 'topic', text: `${member.name} ${++this.#said}` })
      case 'lock':
        return member.do({ do: 'lock', locked: action.locked })
      case 'rename':
        return member.do({ do: 'rename', name: `${member.name} II` })
      case 'leave':
        member.isLeaving = true
        return member.do({ do: 'leave', now: false })
      case 'crash':
        member.crashed = true
        return this.#lose(member, action.do, () => this.#net.freeze(member.name, action.noticed))
      case 'cut':
        return this.#lose(member, action.do, () => this.#net.cut(member.name))
      case 'freeze':
        return this.#lose(member, action.do, () => this.#net.freeze(member.name, action.noticed))
      default:
        return this.#strikeFrames(action)
    }
  }

  #say(member: Member): void {
    member.do({ do: 'say', text: `${member.name} ${++this.#said}`, class: null })
  }

  #lose(member: Member, kind: FaultKind, how: () => void): void {
    this.#ledger.strike(kind)
    this.#ledger.wasAway.add(member.name)
    how()
  }

  #strikeRelay(action: Action & { do: 'refuse' | 'restart' }): void {
    this.#ledger.strike(action.do)
    if (action.do === 'refuse') return this.#net.refuseDials(action.for)
    for (const member of this.#everybody) this.#ledger.wasAway.add(member.name)
    this.#remaker = null
    this.#net.restart()
  }

  #strikeFrames(action: Action): void {
    if (!('for' in action) || action.do === 'refuse') return
    const until = this.elapsed + action.for
    const concerns = (owner: string) => action.who === null || this.#present.get(action.who)?.name === owner
    const rule: Rule = ruleOf(action, concerns, () => this.elapsed < until, this.#dice, this.#ledger)
    this.#net.rules.push(rule)
  }

  /** When the relay has lost the room, the first who finds out makes it anew and the others follow the new invite. */
  #tendLost(): void {
    for (const member of this.#everybody) {
      if (member.crashed || member.session.at !== 'lost') continue
      const invite = this.#inviteInUse()
      const isBeingMade = this.#remaker?.isAlive === true && this.#remaker.session.at !== 'lost'
      if (invite !== null) member.do({ do: 'join', invite, name: member.name })
      else if (!isBeingMade) {
        this.#remaker = member
        member.do({ do: 'recreate', adminToken: null })
      }
      this.#net.settle()
    }
  }

  /** The newest invite, when somebody sits in its room. */
  #inviteInUse(): Invite | null {
    const newest = this.#invite
    if (newest === null) return null
    const isThere = ({ isSeated, room }: Member) => isSeated && room !== null && equal(room.invite.roomId, newest.roomId)
    return this.#everybody.some(isThere) ? newest : null
  }
}

function gapsLeft(members: readonly Member[]): number {
  const left = members.flatMap((member) => member.of('gaps').at(-1)?.gaps ?? [])
  return left.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}
