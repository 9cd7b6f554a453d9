/** Times as lines show them. Called by lines.ts, window.ts and screen.ts. What an author's clock says is shown, never trusted. */
import { calendarDay, clockTime } from '#lib/text/units.ts'

/** `12:34` for a time of today, `2026-11-20 12:34` for another day, both of this machine's zone. `time` and `now` are ms since 1970. */
export function shownTime(time: number, now: number): string {
  const clock = clockTime(time, offsetAt(time))
  const day = calendarDay(time, offsetAt(time))
  return day === calendarDay(now, offsetAt(now)) ? clock : `${day} ${clock}`
}

/** `12:34:56`, of this machine's zone. */
export function timeOfDay(time: number): string {
  const seconds = Math.floor(time / 1_000) % 60
  return `${clockTime(time, offsetAt(time))}:${String(seconds).padStart(2, '0')}`
}

/** Minutes that this machine's zone is ahead of UTC at a time; NaN for a time that no calendar has. */
export function offsetAt(time: number): number {
  return -new Date(time).getTimezoneOffset()
}
