/**
 * Saving the talk (docs/terminal.md, Saving): the name of a file, and a passphrase twice, or clear text when that is plainly wanted. Pure: program.ts
 * writes the file. Called by panes.ts, saying.ts and update.ts.
 */
import { passphraseFault } from '#lib/client/index.ts'
import { alarm, ours } from '#lib/text/lines.ts'
import { withTold } from '#lib/text/log.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { type Action, isFor } from '../keys.ts'
import type { Effect, Message } from '../message.ts'
import { type Pane, SAVE_STOPS, type Settings, type Talk } from '../model.ts'
import { edited, fieldOf, inserted, pasted } from './field.ts'
import { completedTo } from './paths.ts'

type Turn = readonly [Talk, readonly Effect[]]
type SavePane = Pane & { readonly is: 'save' }

/** The name that a file has unless another is typed. */
const USUAL = 'talk.saved'

/** `path` empty: it is still to be named. */
export function savePane(path: string): SavePane {
  const [passphrase, again] = [fieldOf(''), fieldOf('')]
  const fields = { file: fieldOf(path === '' ? USUAL : path), passphrase, again }
  return { is: 'save', fields, at: path === '' ? 'file' : 'passphrase', found: [], wrong: null, sure: false, done: null }
}

const FAULTS: Readonly<Record<NonNullable<ReturnType<typeof passphraseFault>>, string>> = {
  empty: 'choose a passphrase, or clear text below',
  too_long: 'a passphrase has 1,024 bytes at most',
  not_text: 'this is no text',
}

export function saveKey(talk: Talk, pane: SavePane, data: string, settings: Settings): Turn {
  const pressed = (action: Action) => isFor(action, data, settings.keys)
  const to = (change: Partial<SavePane>): Turn => [{ ...talk, pane: { ...pane, ...change } }, []]
  // What has begun goes on, and is told in the talk.
  if (pane.done !== null) return [pressed('back') ? { ...talk, pane: null } : talk, []]
  if (pane.sure) {
    if (data === 'y' || data === 'Y') return begun(talk, pane, null)
    return data === 'n' || data === 'N' || pressed('back') ? to({ sure: false }) : [talk, []]
  }
  if (pressed('back')) return [{ ...talk, pane: null }, []]
  if (pressed('go on')) return wentOn(talk, pane)
  const { text } = pane.fields.file
  if (pressed('complete') && pane.at === 'file' && text !== '' && pane.found.length === 0)
    return [talk, [{ do: 'complete', path: text }]]
  if (pressed('next') || pressed('complete')) return to(moved(pane, 1))
  if (pressed('previous')) return to(moved(pane, -1))
  return to(typedIn(pane, data))
}

function moved({ at }: SavePane, by: 1 | -1): Partial<SavePane> {
  const place = SAVE_STOPS.indexOf(at) + by
  return { at: SAVE_STOPS[(place + SAVE_STOPS.length) % SAVE_STOPS.length] ?? at, found: [] }
}

function typedIn({ at, fields }: SavePane, data: string): Partial<SavePane> {
  if (at === 'clear') return {}
  const paste = pasted(data)
  const next = paste === null ? edited(fields[at], data) : inserted(fields[at], paste.replaceAll(/[\r\n]/g, ''))
  return next === null ? {} : { fields: { ...fields, [at]: next }, wrong: null, found: [] }
}

/** Enter: to the next field, and from the last one on to the work. */
function wentOn(talk: Talk, pane: SavePane): Turn {
  const to = (change: Partial<SavePane>): Turn => [{ ...talk, pane: { ...pane, wrong: null, found: [], ...change } }, []]
  const { file, passphrase, again } = pane.fields
  if (file.text.trim() === '') return to({ at: 'file', wrong: 'name the file' })
  if (pane.at === 'file') return to({ at: 'passphrase' })
  if (pane.at === 'clear') return to({ sure: true })
  const fault = passphraseFault(passphrase.text)
  if (fault !== null) return to({ at: 'passphrase', wrong: FAULTS[fault] })
  if (pane.at === 'passphrase') return to({ at: 'again' })
  if (again.text === passphrase.text) return begun(talk, pane, passphrase.text)
  const fields = { ...pane.fields, passphrase: fieldOf(''), again: fieldOf('') }
  return to({ fields, at: 'passphrase', wrong: 'the two were not the same: type it again' })
}

/** The passphrase is in no field any more from here on. */
function begun(talk: Talk, pane: SavePane, passphrase: string | null): Turn {
  const path = pane.fields.file.text.trim()
  return [{ ...talk, pane: { ...savePane(path), at: 'file', done: 0 } }, [{ do: 'save talk', path, passphrase }]]
}

export function pathCompleted(talk: Talk, path: string, found: readonly string[]): Talk {
  const { pane } = talk
  if (pane?.is !== 'save' || pane.at !== 'file' || pane.fields.file.text !== path) return talk
  const fields = { ...pane.fields, file: fieldOf(completedTo(path, found)) }
  return { ...talk, pane: { ...pane, fields, found: found.length > 1 ? found : [] } }
}

export function stretched(talk: Talk, done: number): Talk {
  return talk.pane?.is === 'save' && talk.pane.done !== null ? { ...talk, pane: { ...talk.pane, done } } : talk
}

/** What did not work is told where it can be tried again. */
export function talkSaved(talk: Talk, { path, sealed, fault }: Message & { readonly is: 'talk saved' }, now: number): Talk {
  const pane = talk.pane?.is === 'save' && talk.pane.done !== null ? talk.pane : null
  if (fault !== null && pane !== null) return { ...talk, pane: { ...pane, done: null, wrong: fault } }
  const name = harmless(path)
  const how = sealed ? `under your passphrase: tacet open ${name} shows it` : 'in clear text, for your eyes alone'
  const told = fault === null ? ours(`the talk is saved as ${name}, ${how}`) : alarm(`the talk is not saved: ${fault}`)
  return { ...talk, pane: pane === null ? talk.pane : null, log: withTold(talk.log, [told], now) }
}
