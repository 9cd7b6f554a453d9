/** Medians and quartiles: what a bench says of figures that were taken several times on a noisy machine. Called by every part. */

/** The middle of several values, and the range in which half of them lie. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** First quartile, median and third quartile, interpolated (Hyndman and Fan, type 7). Throws Error for no values. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) }
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  if (below === undefined || above === undefined) throw new Error('no values')
  return below + (above - below) * (at - Math.floor(at))
}
