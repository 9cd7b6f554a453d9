/** Items of the log as rows to draw: what others wrote is made harmless here. Called by screen.tsx for each row that is drawn. */
import type { EntryView } from '#lib/client/events.ts'
import { entryState, type EntryState, type View } from '#lib/client/store.ts'
import type { Item } from '#lib/text/log.ts'
import { quoted } from '#lib/text/names.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { calendarDay, clockTime } from '#lib/text/units.ts'
import { offsetAt } from './state/clock.ts'
import type { Talk } from './state/model.ts'
import type { RowProps, SaidRow } from './views/message.tsx'

/** The row at a place of the log. */
export function rowAt({ log, unread, standing }: Talk, view: View, place: number): RowProps {
  const item = log.items[place]
  const before = log.items[place - 1]
  if (item === undefined) return { is: 'told', id: 0, as: 'ours', time: '', text: '', day: null, isNew: false }
  const day = dayOf(item.at)
  const rules = {
    id: item.id,
    day: before !== undefined && dayOf(before.at) !== day ? day : null,
    isNew: item.id === unread?.from,
  }
  if (item.is === 'told') {
    const as = item.told.as === 'alarm' ? 'alarm' : 'ours'
    return { ...rules, is: 'told', as, time: timeOf(item.at), text: item.told.text }
  }
  const goesOn = rules.day === null && !rules.isNew && isBy(before, item)
  return { ...rules, ...saidRow(item.entry, item.at, entryState(view, item.entry), standing.name), goesOn }
}

/** So long after what somebody said before, the name is said again (ms). */
const PAUSE = 120_000

function isBy(before: Item | undefined, item: Item & { readonly is: 'said' }): boolean {
  if (before?.is !== 'said') return false
  const [one, other] = [before.entry, item.entry]
  return (
    one.log === other.log &&
    one.who.name === other.who.name &&
    item.at - before.at < PAUSE &&
    one.body['class'] === other.body['class']
  )
}

const STATES: Readonly<Record<EntryState, readonly [mark: string, words: string]>> = {
  waiting: ['…', 'waits for the connection'],
  sent: ['✓', 'sent'],
  delivered: ['✓✓', 'everybody here has it'],
  unsure: ['✓?', 'sent in a room that is lost: not everybody had shown to have it'],
  heard: ['', ''],
  repaired: ['↺', 'came late, from somebody’s memory'],
}

function saidRow(entry: EntryView, at: number, state: EntryState, me: string): Omit<SaidRow, 'goesOn'> {
  const { who, kind, body, time, late } = entry
  const text = kind === 'core.text' && typeof body['text'] === 'string' ? body['text'] : null
  const manner = body['class']
  const [mark, words] = late && state === 'heard' ? ['↺', 'came late'] : STATES[state]
  // Its clock is shown, never trusted.
  const date = dayOf(time) === dayOf(at) ? '' : `${dayOf(time)} `
  return {
    is: 'said',
    time: `${date}${timeOf(time)}`,
    name: quoted(who.name),
    tag: who.clash || !who.confirmed ? who.tag : null,
    member: who.member,
    mine: who.me,
    verified: who.verified,
    mark,
    state: words,
    text: text === null ? `[unsupported: ${harmless(kind)}]` : harmless(text, { multiline: true }),
    named: who.me || me === '' ? null : harmless(me),
    manner: text === null ? 'unsupported' : manner === 'notice' || manner === 'action' ? manner : 'text',
  }
}

/** The time of day in this machine's zone. */
export function timeOf(time: number): string {
  return clockTime(time, offsetAt(time))
}

function dayOf(time: number): string {
  return calendarDay(time, offsetAt(time))
}
