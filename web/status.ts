/** What the line that is always in sight says, the most urgent first (docs/web.md). Pure; called by screen.tsx. */
import { hostOf, isPlain } from '#lib/client/index.ts'
import type { View } from '#lib/client/store.ts'
import { quoted } from '#lib/text/names.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { count } from '#lib/text/units.ts'
import type { Talk } from './state/model.ts'
import type { StatusPart } from './views/talk.tsx'

export function statusParts(talk: Talk, view: View, now: number): readonly StatusPart[] {
  const { leaving, ended, standing } = talk
  const missing = view.gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const url = urlOf(talk)
  const parts: readonly (StatusPart | null)[] = [
    connectionPart(talk, view, now),
    leaving === 'in turn' && ended === null ? { as: 'waiting', text: 'leaving when all is sent' } : null,
    view.alarms.length > 0 ? { as: 'bad', text: count(view.alarms.length, 'alarm') } : null,
    missing > 0 ? { as: 'waiting', text: `${missing} missing` } : null,
    url !== null && isPlain(url) ? { as: 'waiting', text: 'unencrypted to the relay' } : null,
    { as: 'plain', text: roomText(view) },
    standing.name === '' ? null : { as: 'plain', text: `you are ${quoted(standing.name)}` },
  ]
  return parts.filter((part) => part !== null).filter(({ text }) => text !== '')
}

function connectionPart(talk: Talk, { status }: View, now: number): StatusPart {
  if (talk.ended !== null) return { as: 'bad', text: 'over' }
  switch (status.is) {
    case 'idle':
      return { as: 'waiting', text: 'not connected' }
    case 'dialing':
      return { as: 'waiting', text: `connecting to ${harmless(status.host)}` }
    case 'seated':
      return { as: 'good', text: hostText(talk) }
    case 'away':
      return { as: 'bad', text: `reconnecting ${retryText(talk, now)} to ${hostText(talk)}` }
    case 'lost':
      return { as: 'bad', text: 'the relay lost the room' }
    case 'ended':
      return { as: 'bad', text: 'over' }
  }
}

function retryText({ retry }: Talk, now: number): string {
  return retry === null || retry <= now ? 'now' : `in ${Math.ceil((retry - now) / 1_000)} s`
}

function hostText(talk: Talk): string {
  const url = urlOf(talk)
  return url === null ? 'connected' : harmless(hostOf(url))
}

function urlOf({ standing }: Talk): string | null {
  return (standing.trying ?? standing.invite)?.url ?? null
}

function roomText({ status, members }: View): string {
  if (status.is !== 'seated') return ''
  const here = [...members.values()].filter(({ presence }) => presence !== 'left' && presence !== 'gone').length
  return here <= 1 ? 'nobody else is here' : `${here} here`
}
