/** What an event does to the page's conversation: lines in the log, panes that come and go, the way back when there is no room. Called by update.ts. */
import type { Ending, Event } from '#lib/client/events.ts'
import { endingText, FAULTS } from '#lib/text/endings.ts'
import { linesOf, ours } from '#lib/text/lines.ts'
import { logAfter } from '#lib/text/log.ts'
import { mentionsOf } from '#lib/text/mentions.ts'
import { named } from '#lib/text/names.ts'
import { after } from '#lib/text/standing.ts'
import { offsetAt } from './clock.ts'
import type { Effect, World } from './message.ts'
import { type Form, formOf, type Model, type Talk } from './model.ts'

/** How often a countdown is drawn, in ms. */
export const COUNT_MS = 1_000

export function heard(model: Model, talk: Talk, event: Event, world: World): [Model, readonly Effect[]] {
  const failed = failure(talk, event, world)
  if (failed !== null) return [{ ...model, screen: { ...talk.origin, wrong: { at: null, text: failed } } }, []]
  // By our own doing: nothing is kept, so there is nothing more to see.
  if (event.is === 'ended' && isOver(talk, event.why)) return [{ ...model, screen: landingAfter(talk.origin) }, []]
  const next = noticed(logged(talk, event, world), event, model.focused)
  const screen = { ...paned(next, event), standing: after(talk.standing, event), ...state(talk, event, world) }
  return [{ ...model, screen }, [...effects(talk, event), ...rung(talk, screen), ...compared(screen, event, world)]]
}

/** Why there will be no room; null when there may be one. */
function failure({ seated, leaving, standing }: Talk, event: Event, { view }: World): string | null {
  if (seated || leaving !== null || standing.connection === 'lost') return null
  if (event.is === 'ended') return endingText(event.why)
  // It will not even begin.
  return event.is === 'failed' && view.status.is === 'idle' ? FAULTS[event.fault] : null
}

/** The landing, with what may be wanted again. */
export function landingAfter({ fields: { name, relay } }: Form): Form {
  return formOf('landing', { name, relay })
}

/** The conversation with what is to be told of an event in its log. */
function logged(talk: Talk, event: Event, { now, view }: World): Talk {
  // They have a pane.
  if (event.is === 'fingerprints') return talk
  const { connection } = talk.standing
  const lines = linesOf(event, { now, offset: offsetAt, commands: false, echo: true, verbose: false, connection })
  const anew = event.is === 'created' && connection === 'lost' ? [ours('hand out the new invite')] : []
  return { ...talk, log: logAfter(talk.log, event, [...lines, ...anew], { view, now, isLost: connection === 'lost' }) }
}

/** What others say while nobody looks is new. */
function noticed(talk: Talk, event: Event, focused: boolean): Talk {
  if (event.is !== 'entry' || event.entry.who.me || event.entry.kind !== 'core.text') return talk
  if (focused && talk.atEnd && talk.pane === null) return talk
  const item = talk.log.items.findLast((one) => one.is === 'said' && one.entry === event.entry)
  if (item === undefined) return talk
  const { text } = event.entry.body
  const isNamed = typeof text === 'string' && mentionsOf(text, talk.standing.name).length > 0
  const { from = item.id, count = 0, mentioned = false } = talk.unread ?? {}
  return { ...talk, unread: { from, count: count + 1, mentioned: mentioned || isNamed } }
}

/** Fingerprints are shown when they are told. The invite is shown until somebody comes who has it. */
function paned(talk: Talk, event: Event): Talk {
  if (event.is === 'fingerprints') return { ...talk, pane: { is: 'verify', code: event } }
  if (event.is === 'created') return { ...talk, pane: { is: 'invite', asked: talk.standing.connection === 'lost', note: null } }
  const hasCome = event.is === 'member' && !event.who.me && (event.what === 'arrived' || event.what === 'present')
  return hasCome && talk.pane?.is === 'invite' && !talk.pane.asked ? { ...talk, pane: null } : talk
}

function state(talk: Talk, event: Event, { now }: World): Partial<Talk> {
  switch (event.is) {
    case 'seated':
      return { seated: true, retry: null }
    case 'away':
      return { retry: now + event.again }
    case 'lost':
      return { retry: null, pane: null }
    case 'dialing':
      return { retry: null }
    case 'ended':
      // The session wipes the invite: there is nothing to hand out any more.
      return { retry: null, ended: ended(event.why), pane: null, standing: { ...talk.standing, invite: null, trying: null } }
    default:
      return {}
  }
}

function ended(why: Ending): string {
  return why.is === 'closed' && !why.by.me ? `${named(why.by)}, the founder, closed the room` : endingText(why)
}

function effects(talk: Talk, event: Event): readonly Effect[] {
  // A count that runs already goes on.
  if (event.is === 'away') return talk.retry === null ? [{ do: 'wake', after: COUNT_MS }] : []
  // Too much waits for the handshake to leave in turn.
  const isStuck = event.is === 'failed' && event.command === 'leave' && event.fault === 'busy'
  return isStuck ? [{ do: 'act', command: { do: 'leave', now: true } }] : []
}

function rung(before: Talk, { unread }: Talk): readonly Effect[] {
  if (unread === null || unread.count <= (before.unread?.count ?? 0)) return []
  return [{ do: 'ring', unread: unread.count, mentioned: unread.mentioned }]
}

/** Whoever comes, goes or is marked changes what is compared. */
function compared({ pane }: Talk, { is }: Event, { view }: World): readonly Effect[] {
  const isChanged = is === 'member' || is === 'verified' || is === 'seated'
  return pane?.is === 'verify' && isChanged && view.status.is === 'seated' ? [{ do: 'act', command: { do: 'fingerprints' } }] : []
}

/** Else what was said stays in sight until that is read. */
function isOver({ leaving }: Talk, why: Ending): boolean {
  return leaving !== null || why.is === 'left' || (why.is === 'closed' && why.by.me)
}
