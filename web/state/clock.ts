/** The zone of this machine. Called by rows.ts and hearing.ts. */

/** Minutes that this machine's zone is ahead of UTC at a time; NaN for a time that no calendar has. */
export function offsetAt(time: number): number {
  return -new Date(time).getTimezoneOffset()
}
