/**
 * What a liar does to frames, as rules for a network (test/harness/net.ts): which frames, and what becomes of them. Called by the tests of a
 * hostile relay and by chaos.
 *
 *   net.rules = [when(all(to('bob'), ofType('ratchet_step_fwd')), drop), when(from('alice'), delay(() => 300))]
 */
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import { carrying, type Passage, type Rule } from './net.ts'

/** Which frames. */
export type Match = (passage: Passage) => boolean

/** Applies an act to the frames that match; the others pass. */
export function when(match: Match, act: Rule): Rule {
  return (passage) => (match(passage) ? act(passage) : [passage])
}

export function all(...matches: readonly Match[]): Match {
  return (passage) => matches.every((match) => match(passage))
}

/** What the relay gives to somebody. */
export function to(owner: string): Match {
  return ({ way, conn }) => way === 'from relay' && conn.owner === owner
}

/** Somebody's frames, on their way to the relay. */
export function sentBy(owner: string): Match {
  return ({ way, conn }) => way === 'to relay' && conn.owner === owner
}

/** Somebody's frames, on their way from the relay to the others, and what the relay says of that seat. */
export function from(owner: string): Match {
  return (passage) => passage.way === 'from relay' && passage.from === owner
}

export function ofType(...types: readonly (FromRelay | ToRelay)['type'][]): Match {
  return ({ frame }) => types.includes(frame.type)
}

/** It never arrives. */
export const drop: Rule = () => []

/** It arrives later, and so does what goes the same way behind it. */
export function delay(ms: () => number): Rule {
  return (passage) => [{ ...passage, after: passage.after + ms() }]
}

/** It arrives later; what goes the same way behind it overtakes it. */
export function shuffle(ms: () => number): Rule {
  return (passage) => [{ ...passage, after: passage.after + ms(), overtakes: true }]
}

/** It arrives, and once more after so many ms. */
export function repeat(ms: () => number): Rule {
  return (passage) => [passage, { ...passage, after: passage.after + ms(), overtakes: true }]
}

/** It is another frame, or several, when it arrives. */
export function alter(change: (frame: FromRelay) => readonly FromRelay[]): Rule {
  return (passage) => (passage.way === 'to relay' ? [passage] : change(passage.frame).map((frame) => carrying(passage, frame)))
}

/** Keeps what passes, to be injected later or elsewhere. */
export function tape(kept: FromRelay[]): Rule {
  return (passage) => {
    if (passage.way === 'from relay') kept.push(passage.frame)
    return [passage]
  }
}

/** Some are never shown to others: neither their frames, nor that they are there. `ownerOf` knows whose a seat is. */
export function hide(ownerOf: (seat: string) => string | null, isHidden: (who: string, from: string) => boolean): Rule {
  return (passage) => {
    if (passage.way === 'to relay') return [passage]
    const { conn, frame } = passage
    if (passage.from !== null && isHidden(passage.from, conn.owner)) return []
    if (frame.type !== 'joined') return [passage]
    const members = frame.members.filter(({ username }) => {
      const who = ownerOf(username)
      return who === null || !isHidden(who, conn.owner)
    })
    return [carrying(passage, { ...frame, members })]
  }
}
