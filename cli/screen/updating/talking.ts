/** Keys and the wheel in a conversation: leaving, scrolling, panes, pastes; what is left is for the editor. Called by update.ts. */
import type { Effect, World } from '../message.ts'
import { type Action, isEnd, isFor, isHome } from '../keys.ts'
import type { Model, Settings, Talk } from '../model.ts'
import { secretIn } from '#lib/client/index.ts'
import { bytes, count } from '#lib/text/units.ts'
import { scrolledBy, scrolledToTop, sightOf } from '../window.ts'
import { fieldOf, inserted, pasted } from './field.ts'
import { eventsPane, paneKey } from './panes.ts'
import { savePane } from './savepane.ts'
import { carriedOut } from './saying.ts'

type Turn = readonly [Talk, readonly Effect[]]

/** What is pasted without a question: so many lines and bytes. */
const PASTE_LINES = 5
const PASTE_BYTES = 4_096

/** Saves the talk that is over: there is no editor any more to say so in. */
const SAVES = 's'

export function talkKey(talk: Talk, data: string, settings: Settings, world: World): Turn {
  const pressed = (action: Action) => isFor(action, data, settings.keys)
  if (pressed('interrupt')) return interrupted(talk)
  if (pressed('end') && !world.typed) return ending(talk)
  if (talk.question !== null) return answered(talk, data, settings, world)
  if (talk.pane !== null) return paneKey(talk, talk.pane, data, settings, world)
  if (talk.ended !== null && pressed('go on')) return ending(talk)
  if (talk.ended !== null && data === SAVES && world.view.entries.length > 0) return [{ ...talk, pane: savePane('') }, []]
  if (pressed('help')) return [{ ...talk, pane: { is: 'help', from: 0 } }, []]
  if (pressed('events')) return [{ ...talk, pane: eventsPane }, []]
  if (pressed('verify')) return [talk, [{ do: 'act', command: { do: 'fingerprints' } }]]
  if (pressed('members')) return [{ ...talk, members: toggled(talk, world) }, []]
  const scrolled = scrollKey(talk, data, settings, world)
  if (scrolled !== null) return [scrolled, []]
  const paste = pasted(data)
  return paste === null ? [talk, [{ do: 'type', data }]] : pastedIn(talk, paste)
}

/** At once; whoever asks again does not wait for it. */
export function interrupted(talk: Talk): Turn {
  if (talk.ended !== null) return ending(talk)
  if (talk.leaving === 'now') return [talk, [{ do: 'quit', outcome: { exit: 'interrupted', text: 'interrupted' } }]]
  return [{ ...talk, leaving: 'now' }, [{ do: 'act', command: { do: 'leave', now: true } }]]
}

/** When what was said has gone out. */
function ending(talk: Talk): Turn {
  if (talk.ended !== null) return [talk, [{ do: 'quit', outcome: talk.ended }]]
  return [{ ...talk, leaving: talk.leaving ?? 'in turn' }, [{ do: 'act', command: { do: 'leave', now: false } }]]
}

/** The pane goes where it is seen, and comes where it is not. */
function toggled({ members }: Talk, { membersShown }: World): Talk['members'] {
  if (membersShown) return 'hidden'
  return members === 'hidden' ? 'auto' : 'shown'
}

/** Home and End are the editor's, unless nothing is typed. */
function scrollKey(talk: Talk, data: string, settings: Settings, world: World): Talk | null {
  const pressed = (action: Action) => isFor(action, data, settings.keys)
  const page = Math.max(1, world.rows - 2)
  if (pressed('page up')) return scrolled(talk, -page, settings, world)
  if (pressed('page down')) return scrolled(talk, page, settings, world)
  if (pressed('oldest') || (!world.typed && isHome(data)))
    return { ...talk, scroll: scrolledToTop(sightOf(talk, settings, world.view, world.columns), world.rows) }
  if (pressed('newest') || (!world.typed && isEnd(data)) || (talk.scroll !== null && pressed('back'))) return atEnd(talk)
  return null
}

/** The window moved by so many rows. */
export function scrolled(talk: Talk, by: number, settings: Settings, world: World): Talk {
  const scroll = scrolledBy(sightOf(talk, settings, world.view, world.columns), talk.scroll, by, world.rows)
  return scroll === null ? atEnd(talk) : { ...talk, scroll }
}

/** What is at the end is looked at now; the marker stays until something is said. */
function atEnd(talk: Talk): Talk {
  return { ...talk, scroll: null, unread: talk.unread === null ? null : { ...talk.unread, count: 0, named: false, told: false } }
}

/** Somebody looks, or looks away. What was looked at is not new the next time. */
export function looked(model: Model, talk: Talk, focused: boolean): Talk {
  if (focused) return talk.scroll === null ? atEnd(talk) : talk
  return model.focused !== false && talk.unread?.count === 0 ? { ...talk, unread: null } : talk
}

/** A paste goes into the editor; a long one, or one that may be a mistake, is asked about. */
function pastedIn(talk: Talk, text: string): Turn {
  const clean = inserted(fieldOf(''), text).text
  const why = secretIn(clean) ?? lengthOf(clean)
  if (why === null) return [talk, [{ do: 'insert', text: clean }]]
  return [{ ...talk, question: { is: 'paste', text: clean, why } }, []]
}

function lengthOf(text: string): string | null {
  const lines = text.split('\n').length
  const size = Buffer.byteLength(text)
  return lines > PASTE_LINES || size > PASTE_BYTES ? `that is ${count(lines, 'line')}, ${bytes(size)}` : null
}

/** y does it, Escape and n do not. Enter answers nothing: a paste may end with one. */
function answered(talk: Talk, data: string, settings: Settings, world: World): Turn {
  const { question } = talk
  const next = { ...talk, question: null }
  if (question === null) return [talk, []]
  if (data === 'y' || data === 'Y') {
    return question.is === 'paste'
      ? [next, [{ do: 'insert', text: question.text }]]
      : carriedOut(next, question.text, settings, world)
  }
  if (data !== 'n' && data !== 'N' && !isFor('back', data, settings.keys)) return [talk, []]
  return [next, question.is === 'say' ? [{ do: 'insert', text: question.text }] : []]
}
