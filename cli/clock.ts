/** Times as lines show them. Called by lines.ts. What an author's clock says is shown, never trusted. */

/** `12:34` for a time of today, `2026-11-20 12:34` for another day, both of this machine's zone. `time` and `now` are ms since 1970. */
export function clockTime(time: number, now: number): string {
  const at = new Date(time)
  // Beyond what a Date can hold.
  if (Number.isNaN(at.getTime())) return '--:--'
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`
  return at.toDateString() === new Date(now).toDateString()
    ? clock
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
