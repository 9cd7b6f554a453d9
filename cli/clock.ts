/** The zone of this machine, and times in it. Called by plain.ts, window.ts, screen.ts and updating/hearing.ts. */
import { clockTime } from '#lib/text/units.ts'

/** `12:34:56`, of this machine's zone. */
export function timeOfDay(time: number): string {
  const seconds = Math.floor(time / 1_000) % 60
  return `${clockTime(time, offsetAt(time))}:${String(seconds).padStart(2, '0')}`
}

/** Minutes that this machine's zone is ahead of UTC at a time; NaN for a time that no calendar has. */
export function offsetAt(time: number): number {
  return -new Date(time).getTimezoneOffset()
}
