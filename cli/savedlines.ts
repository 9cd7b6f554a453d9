/**
 * A saved talk as lines and as JSON (docs/scripting.md, Saved talks). Pure; called by open.ts and by whatever exports a talk. Everything in
 * it is somebody's word, also when the file opens: it is made harmless here.
 */
import type { SavedEntry, SavedTalk } from '#lib/client/index.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { count, shownTime } from '#lib/text/units.ts'
import { isolated } from '#lib/text/bidi.ts'
import { offsetAt } from './clock.ts'
import type { Told } from '#lib/text/told.ts'
import type { JsonEvent } from './jsonevents.ts'
import { ours, spokenBy } from '#lib/text/lines.ts'
import { quoted } from '#lib/text/names.ts'

/** The lines, in order. `now`, ms since 1970, decides which times are shown with their date. */
export function savedLines({ time, topic, entries }: SavedTalk, now: number): readonly Told[] {
  return [
    ours(`saved ${shownTime(time, now, offsetAt)}, ${count(entries.length, 'entry', 'entries')}`),
    ...(topic === '' ? [] : [ours(`topic: ${isolated(harmless(topic))}`)]),
    ...speakers(entries).map(ours),
    ...entries.map((entry) => entryLine(entry, now)),
  ]
}

/** Who spoke, each once as it was called last: whoever has another key is another, whatever the name. */
function speakers(entries: readonly SavedEntry[]): readonly string[] {
  const all = new Map(entries.map((entry) => [entry.tag, entry]))
  return [...all.values()].map((entry) => {
    const mark = entry.me ? ', who saved this' : entry.verified ? ', verified' : ''
    return `${called(entry)}${mark}`
  })
}

/** Always with the tag: there is no room any more in which names could be compared. */
function called({ name, tag }: SavedEntry): string {
  return `${quoted(name)} (${quoted(tag)})`
}

function entryLine(entry: SavedEntry, now: number): Told {
  return { as: 'said', text: `[${shownTime(entry.time, now, offsetAt)}] ${saidText(entry)}` }
}

function saidText(entry: SavedEntry): string {
  const { kind, text, class: named } = entry
  const who = called(entry)
  const safe = isolated(harmless(text, { multiline: true }))
  switch (kind) {
    case 'core.text':
      return `${spokenBy(who, named)} ${safe}`
    // In brackets, which no text begins a line with.
    case 'core.topic':
      return text === '' ? `[${who} took the topic away]` : `[${who} set the topic] ${isolated(harmless(text))}`
    case 'core.policy':
      return `[${who} said who may set the topic]`
    case 'core.leave':
      return `[${who} left]`
    case 'core.close':
      return `[${who} closed the room]`
    default:
      return `[unsupported: ${harmless(kind)} from ${who}]`
  }
}

/** One object for the talk, then one for each entry. */
export function savedJson({ time, topic, entries }: SavedTalk): readonly JsonEvent[] {
  const talk = { event: 'talk', time, topic, entries: entries.length }
  return [talk, ...entries.map((entry) => ({ event: 'said', ...entry }))]
}
