/**
 * What comes while nobody looks: it is counted, and a person is told by bell and desktop, as far as they want it (docs/terminal.md, Notices).
 * Called by hearing.ts.
 */
import type { Event } from '#lib/client/events.ts'
import { mentionsOf } from '#lib/text/mentions.ts'
import type { Effect, World } from '../message.ts'
import type { Model, Talk } from '../model.ts'

/** Between two notices lies as much time (ms): whoever says my name all the time does not ring all the time. */
const QUIET_MS = 10_000

export function noticed(model: Model, talk: Talk, event: Event, { view, now }: World): readonly [Talk, readonly Effect[]] {
  if (event.is !== 'entry' || event.entry.who.me || event.entry.kind !== 'core.text' || talk.ignored.has(event.entry.who.member))
    return [talk, []]
  const { notices } = model.settings.config
  const named = notices.mentions && namesMe(event.entry.body['text'], view)
  const isAway = model.focused === false
  const next = isAway || talk.scroll !== null ? withUnread(talk, event, named) : talk
  const count = next.unread?.count ?? 0
  // Of a terminal that does not tell whether somebody looks only the bell is heard, when I am named: it does no harm to who does.
  const isDue = isAway ? named || next.unread?.told === false : named && model.focused === null
  if (!isDue || now - talk.noticed < QUIET_MS) return [next, []]
  const bell: readonly Effect[] = notices.bell ? [{ do: 'bell' }] : []
  const desktop: readonly Effect[] =
    notices.desktop && isAway ? [{ do: 'notice', count, named: next.unread?.named ?? false }] : []
  const unread = next.unread === null ? null : { ...next.unread, told: true }
  return [{ ...next, unread, noticed: now }, [...bell, ...desktop]]
}

function namesMe(text: unknown, { status }: World['view']): boolean {
  const me = 'me' in status ? status.me : null
  return me !== null && typeof text === 'string' && mentionsOf(text, me.name).length > 0
}

function withUnread(talk: Talk, event: Event & { readonly is: 'entry' }, named: boolean): Talk {
  const item = talk.log.items.findLast((one) => one.is === 'said' && one.entry === event.entry)
  if (item === undefined) return talk
  const { unread } = talk
  const before = unread ?? { from: item.id, count: 0, named: false, told: false }
  return { ...talk, unread: { ...before, count: before.count + 1, named: before.named || named } }
}
