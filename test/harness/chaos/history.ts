/**
 * A history: what people and the network do in a room, as data. Drawn from a seed, or pasted from a run that failed. Member 0 makes
 * the room; an action that has no sense where it stands is skipped, so that any part of a history is one too. Called by run.ts.
 */
import { type Dice, dice } from './dice.ts'

/** What somebody does, or what befalls them. `at` is in ms from the start, `for` how long it lasts. */
export type Action = { readonly at: number } & (
  | { readonly do: 'join' | 'rotate' | 'rename' | 'leave' | 'topic'; readonly who: number }
  | { readonly do: 'lock'; readonly who: number; readonly locked: boolean }
  | { readonly do: 'say'; readonly who: number; readonly times: number }
  | Fault
)

/** `who: null` is everybody. */
export type Fault =
  /** The client vanishes without a word; the relay notices after so many ms. */
  | { readonly do: 'crash'; readonly who: number; readonly noticed: number }
  /** The socket closes. */
  | { readonly do: 'cut'; readonly who: number }
  /** The socket goes half-open; the relay notices after so many ms. */
  | { readonly do: 'freeze'; readonly who: number; readonly noticed: number }
  /** The relay takes no connections. */
  | { readonly do: 'refuse'; readonly for: number }
  /** The relay starts anew, without its rooms. */
  | { readonly do: 'restart' }
  /** So many of a hundred frames to and from a client are lost. */
  | { readonly do: 'lose'; readonly who: number | null; readonly percent: number; readonly for: number }
  /** Nothing passes to and from a client, and its socket stays open. */
  | { readonly do: 'part'; readonly who: number; readonly for: number }
  /** Frames arrive later, in order. */
  | { readonly do: 'slow'; readonly who: number | null; readonly by: number; readonly for: number }
  /** Frames overtake each other. */
  | { readonly do: 'shuffle'; readonly who: number | null; readonly by: number; readonly for: number }
  /** So many of a hundred frames arrive again, up to `by` ms later. */
  | { readonly do: 'repeat'; readonly who: number | null; readonly percent: number; readonly by: number; readonly for: number }

export type FaultKind = Fault['do']

export const FAULTS: readonly FaultKind[] = [
  'crash',
  'cut',
  'freeze',
  'refuse',
  'restart',
  'lose',
  'part',
  'slow',
  'shuffle',
  'repeat',
]

export interface History {
  readonly seed: number
  readonly actions: readonly Action[]
  /** When the network calms, ms. */
  readonly until: number
}

/** What may be chosen for all histories of a run. */
export interface Wishes {
  /** Percent of all frames that are lost until the network calms. */
  readonly loss: number
  /** How many members there are; null: 2 to 8, mostly few. */
  readonly members: number | null
}

export const NO_WISHES: Wishes = { loss: 0, members: null }

/** Members of a room, drawn evenly: keys cost the square of it. */
const SIZES = [2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 6, 7, 8]

/** The history of a seed. */
export function drawHistory(seed: number, wishes: Wishes = NO_WISHES): History {
  const drawn = dice(seed * 31 + 7)
  const members = wishes.members ?? drawn.of(SIZES)
  const until = drawn.between(20, 60) * 1_000
  const actions = [...talk(drawn, members, until), ...faults(drawn, members, until)]
  actions.push(...comings(dice(seed * 77 + 5), members, actions))
  actions.push(...topics(dice(seed * 53 + 11), members, until))
  if (wishes.loss > 0) actions.push({ at: 0, do: 'lose', who: null, percent: wishes.loss, for: until })
  return { seed, actions: actions.toSorted((a, b) => a.at - b.at), until }
}

function talk(drawn: Dice, members: number, until: number): Action[] {
  const actions: Action[] = []
  const anybody = () => drawn.below(members)
  const any = () => drawn.between(500, until)
  for (let who = 1; who < members; who++) actions.push({ at: drawn.percent(75) ? drawn.of([0, 0, 200]) : any(), do: 'join', who })
  // An epoch has 25 messages: a long breath makes a step by itself.
  for (let i = drawn.between(6, 12) + members; i > 0; i--) {
    actions.push({ at: any(), do: 'say', who: anybody(), times: drawn.of([1, 1, 1, 2, 3, drawn.percent(20) ? 26 : 1]) })
  }
  for (let i = drawn.below(3); i > 0; i--) actions.push({ at: any(), do: 'rotate', who: anybody() })
  if (drawn.percent(30)) actions.push({ at: any(), do: 'rename', who: anybody() })
  if (drawn.percent(30)) {
    const who = anybody()
    const at = any()
    actions.push({ at, do: 'leave', who })
    if (drawn.percent(40)) actions.push({ at: at + drawn.between(100, 10_000), do: 'join', who })
  }
  return actions
}

/** Somebody sets the topic now and then, and whoever made the room locks and opens it. */
function topics(drawn: Dice, members: number, until: number): Action[] {
  if (!drawn.percent(40)) return []
  const any = () => drawn.between(500, until)
  const set = Array.from({ length: drawn.between(1, 4) }, (): Action => ({ at: any(), do: 'topic', who: drawn.below(members) }))
  const locks = Array.from({ length: drawn.of([0, 1, 1, 2]) }, (): Action => {
    return { at: any(), do: 'lock', who: 0, locked: drawn.percent(60) }
  })
  return [...set, ...locks]
}

/** What goes wrong: a few kinds each time, so that each is also seen alone. Words are put where they hurt. */
function faults(drawn: Dice, members: number, until: number): Action[] {
  const actions: Action[] = []
  for (let kinds = drawn.of([0, 1, 1, 2, 2, 3, 4]); kinds > 0; kinds--) {
    const kind = drawn.of(FAULTS)
    for (let times = kind === 'restart' ? 1 : drawn.between(1, 2); times > 0; times--) {
      const at = drawn.between(0, until - 2_000)
      const fault = drawFault(drawn, kind, members)
      actions.push({ at, ...fault })
      if (kind === 'refuse') actions.push({ at: at + 1, do: 'cut', who: drawn.below(members) })
      if (drawn.percent(40)) actions.push({ at: at + drawn.between(1, 3_000), do: 'rotate', who: drawn.below(members) })
      for (let i = drawn.between(1, 3); i > 0; i--) {
        const who = 'who' in fault && fault.who !== null && drawn.percent(50) ? fault.who : drawn.below(members)
        actions.push({ at: at + drawn.between(1, 4_000), do: 'say', who, times: drawn.between(1, 3) })
      }
    }
  }
  return actions
}

/** Somebody comes while frames overtake each other, and the others talk on: what is said overtakes the state that opens it. */
function comings(drawn: Dice, members: number, actions: readonly Action[]): Action[] {
  return actions.flatMap((action): Action[] => {
    if (action.do !== 'shuffle' || action.for < 2_000 || !drawn.percent(70)) return []
    const who = drawn.below(members)
    const at = action.at + 10
    const talk = Array.from({ length: 6 }, (): Action => {
      const other = (who + drawn.between(1, Math.max(1, members - 1))) % members
      return { at: at + drawn.between(100, 700), do: 'say', who: other, times: 1 }
    })
    return [{ at, do: 'leave', who }, { at: at + 60, do: 'join', who }, ...talk]
  })
}

function drawFault(drawn: Dice, kind: FaultKind, members: number): Fault {
  const one = drawn.below(members)
  const who = drawn.percent(60) ? one : null
  const span = drawn.between(500, 15_000)
  switch (kind) {
    case 'crash':
    case 'freeze':
      return { do: kind, who: one, noticed: drawn.of([100, 5_000, 60_000]) }
    case 'cut':
      return { do: kind, who: one }
    case 'refuse':
      return { do: kind, for: span }
    case 'restart':
      return { do: kind }
    case 'lose':
      return { do: kind, who, percent: drawn.of([5, 20, 50]), for: span }
    case 'part':
      return { do: kind, who: one, for: drawn.of([span, span, 60_000]) }
    case 'slow':
      return { do: kind, who, by: drawn.between(50, 700), for: span }
    case 'shuffle':
      return { do: kind, who, by: drawn.between(50, 400), for: span }
    case 'repeat':
      return { do: kind, who, percent: drawn.of([10, 50]), by: drawn.of([50, 3_000, 20_000]), for: span }
  }
}
