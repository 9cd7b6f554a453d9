/**
 * Faults as rules of the network, and the ledger of what they did: how often each kind struck, and whose frames to whom were lost,
 * came in another order or came twice. The oracle is the stricter with those that nothing touched. Called by run.ts.
 */
import type { Passage, Rule } from '../net.ts'
import { delay, drop, repeat, shuffle } from '../liar.ts'
import type { Dice } from './dice.ts'
import type { Fault, FaultKind } from './history.ts'

export type Touch = 'lost' | 'disordered' | 'doubled'

/** Frames that were not of one member, or went to nobody in particular. */
const ANY = '*'

export class Ledger {
  /** How often each kind of fault struck: frames, sockets, dials. */
  readonly struck = new Map<FaultKind, number>()
  /** Whose connection was lost at some time. */
  readonly wasAway = new Set<string>()
  readonly #touched = new Map<string, Set<Touch>>()

  strike(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1)
  }

  touch(passage: Passage, touch: Touch): void {
    const [from, to] = passage.way === 'to relay' ? [passage.conn.owner, ANY] : [passage.from ?? ANY, passage.conn.owner]
    const way = `${from}>${to}`
    this.#touched.set(way, (this.#touched.get(way) ?? new Set()).add(touch))
  }

  /** Something like that befell a frame of one to the other. */
  isTouched(from: string, to: string, touch: Touch): boolean {
    return [`${from}>${to}`, `${from}>${ANY}`, `${ANY}>${to}`].some((way) => this.#touched.get(way)?.has(touch) === true)
  }

  /** Frames came to somebody, of whomever, in another order or twice. */
  isMixedUp(to: string): boolean {
    const mixed = (touches: Set<Touch>) => touches.has('disordered') || touches.has('doubled')
    return [...this.#touched].some(([way, touches]) => (way.endsWith(`>${to}`) || way.endsWith(`>${ANY}`)) && mixed(touches))
  }

  /** Nothing of one was lost on its way to the other, and the other way round, and both were connected all the time. */
  isWhole(one: string, other: string): boolean {
    if (this.wasAway.has(one) || this.wasAway.has(other)) return false
    return !this.isTouched(one, other, 'lost') && !this.isTouched(other, one, 'lost')
  }

  /** Nothing befell what the two said to each other. */
  isClean(one: string, other: string): boolean {
    return this.isWhole(one, other) && !this.isMixedUp(one) && !this.isMixedUp(other)
  }
}

/** Faults that strike frames. */
export type FrameFault = Extract<Fault, { readonly do: 'lose' | 'part' | 'slow' | 'shuffle' | 'repeat' }>

/** A fault as a rule: it strikes the frames of those whom it concerns while it is on. */
export function ruleOf(
  fault: FrameFault,
  concerns: (owner: string) => boolean,
  isOn: () => boolean,
  drawn: Dice,
  ledger: Ledger,
): Rule {
  const act = actOf(fault, drawn)
  const touch = TOUCHES[fault.do]
  const percent = 'percent' in fault ? fault.percent : 100
  return (passage) => {
    if (!isOn() || !concerns(passage.conn.owner) || !drawn.percent(percent)) return [passage]
    ledger.strike(fault.do)
    if (touch !== null) ledger.touch(passage, touch)
    // What overtakes it is of no seat: the relay drops it.
    if (touch === 'disordered' && passage.frame.type === 'identify') ledger.touch(passage, 'lost')
    return act(passage)
  }
}

const TOUCHES: Readonly<Record<FrameFault['do'], Touch | null>> = {
  lose: 'lost',
  part: 'lost',
  slow: null,
  shuffle: 'disordered',
  repeat: 'doubled',
}

function actOf(fault: FrameFault, drawn: Dice): Rule {
  switch (fault.do) {
    case 'lose':
    case 'part':
      return drop
    case 'slow':
      return delay(() => drawn.below(fault.by))
    case 'shuffle':
      return shuffle(() => drawn.below(fault.by))
    case 'repeat':
      return repeat(() => drawn.between(1, fault.by))
  }
}
