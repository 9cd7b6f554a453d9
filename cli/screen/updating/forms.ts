/** Keys in the screens with fields, from the landing to the first command of a conversation. Called by update.ts. */
import type { Command } from '#lib/client/commands.ts'
import type { Invite } from '#lib/client/index.ts'
import { nameReason } from '#lib/text/reasons.ts'
import { Failure } from '../../exit.ts'
import { inviteIn, relayAddress } from '../../invite.ts'
import { type Action, isFor } from '../keys.ts'
import type { Effect } from '../message.ts'
import { type FieldName, type Form, type Screen, type Settings, type Stop, STOPS, talkOf, turnedTo } from '../model.ts'
import { secretIn } from '#lib/client/index.ts'
import { edited, fieldOf, inserted, pasted } from './field.ts'
import { completedTo } from './paths.ts'

type Turn = readonly [Screen, readonly Effect[]]

export function formKey(form: Form, data: string, settings: Settings): Turn {
  const pressed = (action: Action) => isFor(action, data, settings.keys)
  if (pressed('interrupt') || (pressed('end') && isEmpty(form))) return [form, [{ do: 'quit', outcome: over(form) }]]
  if (pressed('go on')) return wentOn(form, settings)
  if (pressed('back')) return [form.is === 'landing' ? form : turnedTo('landing', form), []]
  if (pressed('complete') && form.at === 'invite' && isPath(form.fields.invite.text))
    return [form, [{ do: 'complete', path: form.fields.invite.text }]]
  if (pressed('next') || pressed('complete')) return [moved(form, 1), []]
  if (pressed('previous')) return [moved(form, -1), []]
  return typedIn(form, data, settings)
}

/** Nothing was typed at the cursor: there Ctrl-D ends, elsewhere it deletes. */
function isEmpty({ at, fields }: Form): boolean {
  return !isField(at) || fields[at].text === ''
}

function over({ wrong }: Form): (Effect & { readonly do: 'quit' })['outcome'] {
  return wrong ?? { exit: 'done', text: '' }
}

function isField(at: Stop): at is FieldName {
  return at !== 'to create' && at !== 'to join'
}

function moved(form: Form, by: 1 | -1): Form {
  const stops = STOPS[form.is]
  const place = stops.indexOf(form.at) + by
  const at = stops[(place + stops.length) % stops.length] ?? form.at
  return { ...form, at, found: [] }
}

function typedIn(form: Form, data: string, settings: Settings): Turn {
  const paste = pasted(data)
  // Whoever has an invite and pastes it first thing is in the right place.
  if (paste !== null && form.is !== 'create' && secretIn(paste) !== null) return invited(form, paste, settings)
  if (!isField(form.at)) return [form, []]
  const field = form.fields[form.at]
  const next = paste === null ? edited(field, data) : inserted(field, paste)
  if (next === null) return [form, []]
  const oneLine = form.at === 'invite' ? next : fieldOf(next.text.replaceAll('\n', ''))
  const changed = next.text.includes('\n') ? oneLine : next
  return [{ ...form, fields: { ...form.fields, [form.at]: changed }, wrong: null, found: [] }, []]
}

function invited(form: Form, text: string, settings: Settings): Turn {
  const next = turnedTo('join', { ...form, fields: { ...form.fields, invite: fieldOf(text.trim()) } })
  return nameReason(next.fields.name.text) === null ? begun(next, settings) : [next, []]
}

/** Enter: on the landing to the next screen, elsewhere into the room. */
function wentOn(form: Form, settings: Settings): Turn {
  const reason = nameReason(form.fields.name.text.trim())
  if (reason !== null) return [wrongAt(form, 'name', reason), []]
  if (form.is !== 'landing') return begun(form, settings)
  if (form.at === 'name') return [{ ...form, at: 'to create', wrong: null }, []]
  return [turnedTo(form.at === 'to join' ? 'join' : 'create', form), []]
}

function wrongAt(form: Form, at: Stop, text: string): Form {
  return { ...form, at, wrong: { exit: 'usage', text } }
}

/** The conversation that the form asks for, or the form with what is wrong with it. */
export function begun(form: Form, settings: Settings): Turn {
  const name = form.fields.name.text.trim()
  const reason = nameReason(name)
  if (reason !== null) return [wrongAt(form, 'name', reason), []]
  if (form.is === 'create') return orWrong(form, 'relay', () => created(form, name, settings))
  const text = form.fields.invite.text.trim()
  if (text === '') return [wrongAt(form, 'invite', 'paste the invite here, or type the path of the file that it is in'), []]
  if (isPath(text)) return [{ ...form, wrong: null }, [{ do: 'read', path: text, why: 'join' }]]
  return joining(form, text, settings)
}

function created(form: Form, name: string, { allowPlain, adminToken }: Settings): Turn {
  const url = relayAddress(form.fields.relay.text.trim(), allowPlain)
  const token = form.fields.token.text
  return talking(form, { do: 'create', url, name, adminToken: token === '' ? adminToken : token }, null)
}

/** Joins with the invite in a text. */
export function joining(form: Form, text: string, { allowPlain }: Settings): Turn {
  return orWrong(form, 'invite', () => {
    const invite = inviteIn({ text, from: null }, allowPlain)
    return talking(form, { do: 'join', invite, name: form.fields.name.text.trim() }, invite)
  })
}

function talking(form: Form, command: Command & { readonly do: 'create' | 'join' }, invite: Invite | null): Turn {
  return [talkOf({ ...form, wrong: null }, invite), [{ do: 'begin', command }]]
}

function orWrong(form: Form, at: Stop, turn: () => Turn): Turn {
  try {
    return turn()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [{ ...form, at, wrong: { exit: error.code, text: error.message } }, []]
  }
}

/** Longer than this, a line is no path that anybody types. */
const PATH_CHARS = 400

/** True for what names a file rather than being an invite. */
function isPath(text: string): boolean {
  return text !== '' && !text.includes('\n') && text.length <= PATH_CHARS && secretIn(text) === null
}

/** What a path was completed to. */
export function completed(form: Form, path: string, found: readonly string[]): Form {
  const { invite } = form.fields
  if (invite.text !== path || found.length === 0) return form
  const text = completedTo(path, found)
  return { ...form, fields: { ...form.fields, invite: fieldOf(text) }, found: found.length > 1 ? found : [], wrong: null }
}
