/**
 * Sizes, counts and times as people read them. Called by the clients' lines and views. Pure: the clock and the time zone come in as
 * numbers, so that a test and a screen show the same. English, and the same on every machine: no locale of the platform is asked.
 */

const SIZES = ['KiB', 'MiB', 'GiB', 'TiB'] as const
const KIB = 1024

/** A size: `1 byte`, `512 bytes`, `1.5 KiB`, `20 MiB`. Below ten with one decimal place, which is never rounded up to more than there is. */
export function bytes(size: number): string {
  if (size < KIB) return count(size, 'byte')
  let value = size / KIB
  let unit = 0
  while (value >= KIB && unit < SIZES.length - 1) {
    value /= KIB
    unit++
  }
  const shown = value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)
  return `${grouped(shown)} ${SIZES[unit] ?? ''}`
}

/** A count with its noun: `1 message`, `2 messages`, `1,200 messages`; `plural` where an s is not enough. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(number)} ${number === 1 ? noun : plural}`
}

/** A whole number's digits in groups of three. A decimal place stays as it is. */
function grouped(number: number): string {
  const [whole = '', rest] = String(number).split('.')
  const digits = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return rest === undefined ? digits : `${digits}.${rest}`
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
] as const

/** Minutes that the reader's zone is ahead of UTC at a time (ms since 1970); NaN for a time that no calendar has. */
export type Offset = (time: number) => number

/** `12:34` for a time of today, `2026-11-20 12:34` for another day, both of the reader's zone. `time` and `now` are ms since 1970. */
export function shownTime(time: number, now: number, offset: Offset): string {
  const clock = clockTime(time, offset(time))
  const day = calendarDay(time, offset(time))
  return day === calendarDay(now, offset(now)) ? clock : `${day} ${clock}`
}

/** How long something took or lasts: `less than 1 s`, `42 s`, `3 min 5 s`, `2 h`, `1 d 4 h`. The two largest units, never rounded up. */
export function duration(ms: number): string {
  const first = UNITS.findIndex(([size]) => ms >= size)
  if (first === -1) return 'less than 1 s'
  let rest = ms
  const parts: string[] = []
  for (const [size, unit] of UNITS.slice(first, first + 2)) {
    const whole = Math.floor(rest / size)
    if (whole > 0) parts.push(`${grouped(whole)} ${unit}`)
    rest -= whole * size
  }
  return parts.join(' ')
}

/** Times that are shown: four digits of a year, and none before the epoch. */
const LAST_TIME = 253_402_300_799_999 // 9999-12-31T23:59:59.999Z
const calendar = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', year: 'numeric', month: '2-digit', day: '2-digit' })

/**
 * The time of day as `HH:MM`. `time` is ms since 1970, `offset` the minutes that the reader's zone is ahead of UTC at that time.
 * `--:--` for what no clock says: an author's clock is not ours.
 */
export function clockTime(time: number, offset: number): string {
  const local = localTime(time, offset)
  if (local === null) return '--:--'
  const minutes = Math.floor((((local % DAY) + DAY) % DAY) / MINUTE)
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The day as `YYYY-MM-DD`, in the reader's zone as for `clockTime`; `----------` for what no calendar says. */
export function calendarDay(time: number, offset: number): string {
  const local = localTime(time, offset)
  if (local === null) return '----------'
  const parts = new Map(calendar.formatToParts(local).map(({ type, value }) => [type, value]))
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
}

function localTime(time: number, offset: number): number | null {
  return time >= 0 && time <= LAST_TIME ? time + offset * MINUTE : null
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
