/**
 * The part of the log that is on the screen. Only rows that are seen are laid out, and rows that were are kept for a while: a log of any length
 * costs what the screen costs. Pure but for that memory, which changes no result. Called by screen.ts to draw and by update.ts to scroll.
 */
import { calendarDay, clockTime } from '#lib/text/units.ts'
import { entryState, type EntryState, type View } from '#lib/client/store.ts'
import type { EntryView } from '#lib/client/events.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { offsetAt } from '../clock.ts'
import { shownOf } from './ignoring.ts'
import type { Item, Log } from '#lib/text/log.ts'
import { placeOfItem } from '#lib/text/log.ts'
import type { Scroll, Settings, Talk } from './model.ts'
import { quoted } from '#lib/text/names.ts'
import { ruleRow, saidRows, toldRows } from '../views/message.ts'
import type { Theme } from '../views/theme.ts'

/** What a window looks at. */
export interface Sight {
  readonly log: Log
  readonly view: View
  /** The item before which the marker of what is new stands. */
  readonly unread: number | null
  readonly columns: number
  readonly theme: Theme
  /** My name, where it shall stand out; null: nowhere. */
  readonly named: string | null
}

/** A row of the log: of an item by its place, counted from the item's first. */
interface Point {
  readonly place: number
  readonly row: number
}

export function sightOf({ log, ignored, unread }: Talk, { theme, config }: Settings, view: View, columns: number): Sight {
  const { status } = view
  const me = 'me' in status ? status.me : null
  return {
    log: shownOf(log, ignored),
    view,
    unread: unread?.from ?? null,
    columns,
    theme,
    named: me !== null && config.notices.mentions ? harmless(me.name) : null,
  }
}

/** The rows to show, at most `height`. */
export function windowRows(sight: Sight, scroll: Scroll | null, height: number): readonly string[] {
  const end = pointOf(sight, scroll)
  if (end === null || height <= 0) return []
  const rows = rowsAt(sight, end.place).slice(0, end.row + 1)
  for (let place = end.place - 1; place >= 0 && rows.length < height; place--) rows.unshift(...rowsAt(sight, place))
  return rows.slice(-height)
}

/** Where the window is after it moved by so many rows; down is positive. Null when it is at the end. */
export function scrolledBy(sight: Sight, scroll: Scroll | null, by: number, height: number): Scroll | null {
  const from = pointOf(sight, scroll)
  if (from === null) return null
  const to = walked(sight, from, by)
  const first = firstPoint(sight, height)
  return scrollTo(sight, isBefore(to, first) ? first : to)
}

/** Where the window is when it shows the beginning. */
export function scrolledToTop(sight: Sight, height: number): Scroll | null {
  return sight.log.items.length === 0 ? null : scrollTo(sight, firstPoint(sight, height))
}

function scrollTo({ log, ...rest }: Sight, { place, row }: Point): Scroll | null {
  const item = log.items[place]
  const isEnd = place === log.items.length - 1 && row === rowsAt({ log, ...rest }, place).length - 1
  return item === undefined || isEnd ? null : { item: item.id, row }
}

/** The row that is last in the window; null when the log is empty. An item may have fewer rows than it had: the screen is wider now. */
function pointOf(sight: Sight, scroll: Scroll | null): Point | null {
  const { items } = sight.log
  if (items.length === 0) return null
  const found = scroll === null ? -1 : placeOfItem(sight.log, scroll.item)
  const place = found === -1 ? items.length - 1 : found
  const last = rowsAt(sight, place).length - 1
  return { place, row: found === -1 || scroll === null ? last : Math.min(scroll.row, last) }
}

function walked(sight: Sight, from: Point, by: number): Point {
  let { place } = from
  let row = from.row + by
  while (row < 0 && place > 0) {
    place -= 1
    row += rowsAt(sight, place).length
  }
  for (let count = rowsAt(sight, place).length; row >= count && place < sight.log.items.length - 1;) {
    row -= count
    place += 1
    count = rowsAt(sight, place).length
  }
  return { place, row: Math.min(Math.max(row, 0), rowsAt(sight, place).length - 1) }
}

/** The row that is last in a window at the beginning. */
function firstPoint(sight: Sight, height: number): Point {
  return walked(sight, { place: 0, row: 0 }, height - 1)
}

function isBefore(one: Point, other: Point): boolean {
  return one.place < other.place || (one.place === other.place && one.row < other.row)
}

/** Rows of an item, and what they depend on. */
interface Laid {
  readonly by: string
  readonly theme: Theme
  readonly rows: readonly string[]
}

/** Items whose rows are kept, at least; twice as many at most. */
const KEPT = 1_000
let young = new WeakMap<Item, Laid>()
let old = new WeakMap<Item, Laid>()
let kept = 0

function rowsAt(sight: Sight, place: number): string[] {
  const item = sight.log.items[place]
  if (item === undefined) return []
  const rules = rulesBefore(sight, item, sight.log.items[place - 1])
  const state = item.is === 'said' ? entryState(sight.view, item.entry) : 'heard'
  const by = `${sight.columns} ${state} ${rules.join()} ${sight.named ?? ''}`
  const laid = young.get(item) ?? old.get(item)
  if (laid?.by === by && laid.theme === sight.theme) return [...laid.rows]
  const rows = [
    ...rules.map((rule) => ruleRow(rule, sight.columns, sight.theme, rule === NEW ? 'unread' : 'rule')),
    ...itemRows(sight, item, state),
  ]
  keep(item, { by, theme: sight.theme, rows })
  return [...rows]
}

function keep(item: Item, laid: Laid): void {
  young.set(item, laid)
  kept += 1
  if (kept < KEPT) return
  old = young
  young = new WeakMap()
  kept = 0
}

/** The word of the marker. */
const NEW = 'new'

function rulesBefore({ unread }: Sight, item: Item, before: Item | undefined): readonly string[] {
  const day = dayOf(item.at)
  return [...(before !== undefined && dayOf(before.at) !== day ? [day] : []), ...(item.id === unread ? [NEW] : [])]
}

function dayOf(time: number): string {
  return calendarDay(time, offsetAt(time))
}

function itemRows({ columns, theme, named }: Sight, item: Item, state: EntryState): readonly string[] {
  if (item.is === 'said') return saidRows(saidProps(item.entry, item.at, state, named), columns, theme)
  const as = item.told.as === 'alarm' ? 'alarm' : 'ours'
  return toldRows({ time: clockTime(item.at, offsetAt(item.at)), as, text: item.told.text }, columns, theme)
}

/** waiting · sent · everybody who is here has it · sent to a room that is lost, and not everybody had it · from somebody's memory. What is heard needs no mark. */
const STATE_MARKS: Readonly<Record<EntryState, string>> = {
  waiting: '…',
  sent: '✓',
  delivered: '✓✓',
  unsure: '✓?',
  heard: '',
  repaired: '↺',
}

function saidProps(entry: EntryView, at: number, state: EntryState, named: string | null): Parameters<typeof saidRows>[0] {
  const { who, kind, body, time, late } = entry
  const text = kind === 'core.text' && typeof body['text'] === 'string' ? body['text'] : null
  const said = text === null ? `[unsupported: ${harmless(kind)}]` : harmless(text, { multiline: true })
  const { class: manner } = body
  return {
    time: clockTime(time, offsetAt(time)),
    name: quoted(who.name),
    tag: who.clash || !who.confirmed ? who.tag : null,
    member: who.member,
    mine: who.me,
    mark: late && state === 'heard' ? '↺' : STATE_MARKS[state],
    text: said,
    // Its clock is shown, never trusted.
    date: dayOf(time) === dayOf(at) ? null : dayOf(time),
    named: who.me ? null : named,
    manner: text === null ? 'unsupported' : manner === 'notice' || manner === 'action' ? manner : 'text',
  }
}
