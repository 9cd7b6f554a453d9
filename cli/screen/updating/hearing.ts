/** What an event does to the full screen's conversation: lines in the log, panes that come and go, the way back when there is no room. Called by update.ts. */
import type { Ending, Event } from '#lib/client/events.ts'
import type { Config } from '../config.ts'
import type { Effect, World } from '../message.ts'
import { linesOf, ours } from '#lib/text/lines.ts'
import { logAfter } from '#lib/text/log.ts'
import { type Form, type Model, type Pane, type Settings, type Talk, turnedTo } from '../model.ts'
import { FAULTS } from '#lib/text/endings.ts'
import { offsetAt } from '../../clock.ts'
import { DEFAULT_RELAY } from '../../options.ts'
import { outcome, type Outcome } from '../../reasons.ts'
import { withChange } from '../settings.ts'
import { noticed } from './noticing.ts'
import { after } from '#lib/text/standing.ts'
import { named } from '#lib/text/names.ts'

/** How often a countdown is drawn, in ms. */
export const COUNT_MS = 1_000

export function heard(model: Model, talk: Talk, event: Event, world: World): [Model, readonly Effect[]] {
  const failed = failure(talk, event, world)
  if (failed !== null) return [{ ...model, screen: backAt(talk.origin, failed) }, []]
  const [next, notices] = noticed(model, logged(model, talk, event, world), event, world)
  const screen = { ...paned(next, event), standing: after(talk.standing, event), ...state(talk, event, world) }
  const remembered = event.is === 'seated' && !talk.seated ? remember(screen, event.me.name, model.settings) : null
  const settings = remembered === null ? model.settings : withChange(model.settings, remembered)
  const keep: readonly Effect[] = remembered === null ? [] : [{ do: 'keep', change: remembered }]
  return [
    { ...model, screen, settings },
    [...effects(talk, event, model.settings), ...notices, ...keep, ...compared(screen, event, world)],
  ]
}

/** Who got in with a name, and made a room on a relay, is offered both the next time. Null: nothing new. */
function remember({ origin, standing }: Talk, name: string, { config }: Settings): Partial<Config> | null {
  const made = origin.is === 'create' ? (standing.invite?.url ?? null) : null
  const relay = made === null || made === (config.relay ?? DEFAULT_RELAY) ? {} : { relay: made }
  const change = { ...(name === config.name ? {} : { name }), ...relay }
  return Object.keys(change).length === 0 ? null : change
}

/** Why there will be no room; null when there may be one. */
function failure({ seated, leaving, standing }: Talk, event: Event, { view }: World): Outcome | null {
  if (seated || leaving !== null || standing.connection === 'lost') return null
  if (event.is === 'ended') return outcome(event.why)
  // It will not even begin.
  return event.is === 'failed' && view.status.is === 'idle' ? { exit: 'usage', text: FAULTS[event.fault] } : null
}

function backAt(origin: Form, wrong: Outcome): Form {
  return { ...turnedTo(origin.is, origin), wrong }
}

/** The conversation with what is to be told of an event in its log. */
function logged({ settings }: Model, talk: Talk, event: Event, { now, view }: World): Talk {
  // They have a pane.
  if (event.is === 'fingerprints') return talk
  const { connection } = talk.standing
  const lines = linesOf(event, { now, offset: offsetAt, commands: true, echo: true, verbose: settings.verbose, connection })
  const anew = event.is === 'created' && connection === 'lost' ? [ours('hand out the new invite: /invite shows it')] : []
  return { ...talk, log: logAfter(talk.log, event, [...lines, ...anew], { view, now, isLost: connection === 'lost' }) }
}

/** Fingerprints are shown when they are told. The invite is shown until somebody comes who has it. */
function paned(talk: Talk, event: Event): Talk {
  if (event.is === 'fingerprints') {
    const { chosen, from } = talk.pane?.is === 'verify' ? talk.pane : { chosen: null, from: 0 }
    return { ...talk, pane: { is: 'verify', code: event, chosen, from } }
  }
  if (event.is === 'created') return { ...talk, pane: invitePane(talk.standing.connection === 'lost') }
  const hasCome = event.is === 'member' && !event.who.me && (event.what === 'arrived' || event.what === 'present')
  return hasCome && talk.pane?.is === 'invite' && !talk.pane.asked ? { ...talk, pane: null } : talk
}

/** Whoever comes, goes or is marked changes what is compared. */
function compared({ pane }: Talk, { is }: Event, { view }: World): readonly Effect[] {
  const isChanged = is === 'member' || is === 'verified' || is === 'seated'
  return pane?.is === 'verify' && isChanged && view.status.is === 'seated' ? [{ do: 'act', command: { do: 'fingerprints' } }] : []
}

export function invitePane(asked: boolean): Pane {
  return { is: 'invite', asked, form: 'block', file: null, note: null }
}

function state(talk: Talk, event: Event, { now }: World): Partial<Talk> {
  switch (event.is) {
    case 'seated':
      return { seated: true, retry: null }
    case 'away':
      return { retry: now + event.again }
    case 'lost':
    case 'dialing':
      return { retry: null }
    case 'ended':
      // The session wipes the invite: there is nothing to hand out any more.
      return {
        retry: null,
        ended: ended(event.why),
        pane: kept(talk.pane),
        standing: { ...talk.standing, invite: null, trying: null },
      }
    default:
      return {}
  }
}

/** What was said can be saved all the same. */
function kept(pane: Pane | null): Pane | null {
  return pane?.is === 'save' ? pane : null
}

function ended(why: Ending): Outcome {
  if (why.is !== 'closed') return outcome(why)
  return { exit: 'done', text: why.by.me ? 'you closed the room' : `${named(why.by)}, the founder, closed the room` }
}

function effects(talk: Talk, event: Event, { inviteFile }: Settings): readonly Effect[] {
  if (event.is === 'created' && inviteFile !== null && !talk.seated)
    return [{ do: 'save', path: inviteFile, invite: event.invite }]
  // A count that runs already goes on.
  if (event.is === 'away') return talk.retry === null ? [{ do: 'wake', after: COUNT_MS }] : []
  // Too much waits for the handshake to leave in turn.
  if (event.is === 'failed' && event.command === 'leave' && event.fault === 'busy')
    return [{ do: 'act', command: { do: 'leave', now: true } }]
  return event.is === 'ended' && isOver(talk, event.why) ? [{ do: 'quit', outcome: ended(event.why) }] : []
}

/** By our own doing. Else what was said stays in sight until a key is pressed. */
function isOver({ leaving }: Talk, why: Ending): boolean {
  return leaving !== null || why.is === 'left' || (why.is === 'closed' && why.by.me)
}
