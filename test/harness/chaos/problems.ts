/** What a run in chaos can be blamed for, and all that is known of it. Called by agreement.ts and oracle.ts. */
import type { Ledger } from './faults.ts'
import type { Member } from './member.ts'
import type { Watch } from './watch.ts'

export type ProblemKind =
  /** A session threw. */
  | 'threw'
  /** Who stays did not come to agree in time. */
  | 'no agreement'
  /** A session ended by itself, or is not in the room. */
  | 'not there'
  /** Two who stay have not each other's states, or keys of different ages. */
  | 'not met'
  /** A frame or an own entry still waits. */
  | 'waiting'
  /** One person in two places, or not known again. */
  | 'doubled'
  | 'unconfirmed'
  /** Somebody who stays holds an entry, and somebody else who stays does not. */
  | 'missing'
  /** The same, where the author came while the other was in the room, and had said it before they had met. */
  | 'missing from before'
  /** What cannot be had is not told as missing, or what is told so is not. */
  | 'unnamed gap'
  | 'false gap'
  /** Not the same topic is in force for everybody, or not the same lock. */
  | 'topics differ'
  /** One place of a log is not the same everywhere. */
  | 'differs'
  | 'twice'
  | 'out of order'
  /** Nobody lied. */
  | 'false alarm'
  /** What befell those whom no fault touched. */
  | 'refused for nothing'
  | 'reset for nothing'
  | 'late for nothing'
  | 'repaired for nothing'
  /** In the end somebody says something, and not everybody hears it at once. */
  | 'deaf'

export interface Problem {
  readonly kind: ProblemKind
  readonly text: string
}

/** All that is known of a run. */
export interface Evidence {
  readonly everybody: readonly Member[]
  readonly watch: Watch
  readonly ledger: Ledger
  readonly ownerOf: (seat: string) => string | null
  /** Whoever took a seat at the relay, in that order. */
  readonly arrivals: readonly string[]
}

/** Those who are there in the end, or mean to be. */
export function stayed({ everybody }: Pick<Evidence, 'everybody'>): readonly Member[] {
  return everybody.filter((member) => member.isAlive)
}

export function problem(kind: ProblemKind, text: string): Problem {
  return { kind, text }
}

/** Whose log that is. */
export function nameOf(watch: Watch, log: string): string {
  return watch.logs.get(log)?.author.name ?? log
}
