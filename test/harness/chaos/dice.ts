/** Draws from a seed. Called by everything of chaos that leaves something to chance. */
import { seeded } from '../random.ts'

export interface Dice {
  /** A whole number from 0 up to and without `below`. */
  below(below: number): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  /** True in so many of a hundred draws. */
  percent(percent: number): boolean
  /** One of them. Throws when there is none. */
  of<T>(list: readonly T[]): T
}

export function dice(seed: number): Dice {
  const random = seeded(seed)
  const below = (limit: number) => Math.floor((new DataView(random(4).buffer).getUint32(0) / 2 ** 32) * limit)
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    percent: (percent) => below(10_000) < percent * 100,
    of: (list) => {
      const drawn = list[below(list.length)]
      if (drawn === undefined) throw new Error('nothing to draw from')
      return drawn
    },
  }
}
