/** What the line that is always in sight says, the most urgent first (docs/terminal.md). Pure; called by screen.ts. */
import { hostOf, isPlain } from '#lib/client/index.ts'
import type { View } from '#lib/client/store.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { count } from '#lib/text/units.ts'
import { foldedIn } from './ignoring.ts'
import { keyFor, type Keys } from './keys.ts'
import type { Talk } from './model.ts'
import { quoted } from '#lib/text/names.ts'
import type { StatusPart } from '../views/status.ts'

export function statusParts(talk: Talk, keys: Keys, view: View, now: number): readonly StatusPart[] {
  const { unread, leaving, ended } = talk
  const missing = view.gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const folded = foldedIn(talk.log, talk.ignored)
  const url = urlOf(talk)
  const parts: readonly (StatusPart | null)[] = [
    connectionPart(talk, keys, view, now),
    leaving === 'in turn' && ended === null ? { as: 'waiting', text: 'leaving when all is sent' } : null,
    view.alarms.length > 0 ? { as: 'bad', text: count(view.alarms.length, 'alarm') } : null,
    missing > 0 ? { as: 'waiting', text: `${missing} missing` } : null,
    unread !== null && unread.count > 0 ? { as: 'waiting', text: `${unread.count} new` } : null,
    folded > 0 ? { as: 'status', text: `${folded} ignored` } : null,
    url !== null && isPlain(url) ? { as: 'waiting', text: 'unencrypted to the relay' } : null,
    { as: 'status', text: roomText(view) },
    talk.standing.name === '' ? null : { as: 'status', text: quoted(talk.standing.name) },
    { as: 'status', text: keyFor('help', keys) === '' ? '' : `${keyFor('help', keys)} help` },
  ]
  return parts.filter((part) => part !== null).filter(({ text }) => text !== '')
}

function connectionPart({ ended, retry, ...talk }: Talk, keys: Keys, { status }: View, now: number): StatusPart {
  if (ended !== null) return { as: 'bad', text: `${ended.text} · ${keyFor('go on', keys)} leaves` }
  switch (status.is) {
    case 'idle':
      return { as: 'waiting', text: 'not connected' }
    case 'dialing':
      return { as: 'waiting', text: `connecting to ${harmless(status.host)}` }
    case 'seated':
      return { as: 'good', text: hostText(talk) }
    case 'away':
      return {
        as: 'bad',
        text: `reconnecting ${retry === null || retry <= now ? 'now' : `in ${Math.ceil((retry - now) / 1_000)} s`} · ${hostText(talk)}`,
      }
    case 'lost':
      return { as: 'bad', text: 'the relay lost the room: /recreate, or /join FILE' }
    case 'ended':
      return { as: 'bad', text: 'over' }
  }
}

type Whereabouts = Pick<Talk, 'standing' | 'origin'>

function hostText(talk: Whereabouts): string {
  const url = urlOf(talk)
  return url === null ? 'connected' : harmless(hostOf(url))
}

function urlOf({ standing }: Whereabouts): string | null {
  return (standing.trying ?? standing.invite)?.url ?? null
}

function roomText({ status, members }: View): string {
  if (status.is !== 'seated') return ''
  const here = [...members.values()].filter(({ presence }) => presence !== 'left' && presence !== 'gone').length
  return here <= 1 ? 'nobody else is here' : `${here} here`
}
