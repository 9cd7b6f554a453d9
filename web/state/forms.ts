/** The screens with fields, from the landing to the first command of a conversation (docs/web.md). Called by update.ts. */
import type { Command } from '#lib/client/commands.ts'
import { type Invite, InviteError, isPlain, parseInvite, relayUrl } from '#lib/client/index.ts'
import { nameReason } from '#lib/text/reasons.ts'
import type { Effect, Message } from './message.ts'
import { type FieldName, type Form, type Screen, talkOf } from './model.ts'

type Turn = readonly [Screen, readonly Effect[]]

/** What a message does to a form. */
export function inForm(form: Form, message: Message): Turn {
  switch (message.is) {
    case 'typed':
      return [typed(form, message.field, message.text), []]
    case 'allowed':
      return [{ ...form, plain: message.plain }, []]
    case 'turned':
      return [{ ...form, is: message.to, wrong: null }, []]
    case 'given':
      return [given(form, message.text), []]
    case 'forgotten':
      return [{ ...form, invite: null, plain: false, wrong: null }, []]
    case 'submitted':
      return submitted(form)
    default:
      return [form, []]
  }
}

/** An invite is taken out of its field as soon as it is whole: the text of one is not for the screen. */
function typed(form: Form, field: FieldName, text: string): Form {
  const next = { ...form, fields: { ...form.fields, [field]: text }, wrong: null }
  if (field === 'relay') return { ...next, plain: false }
  if (field !== 'invite') return next
  const found = inviteIn(text)
  return found instanceof InviteError ? next : withInvite(next, found)
}

/** A text from outside the page: what is wrong with it is said at once. */
function given(form: Form, text: string): Form {
  const found = inviteIn(text)
  if (found instanceof InviteError) return { ...form, is: 'join', wrong: { at: 'invite', text: found.message } }
  return withInvite({ ...form, is: 'join' }, found)
}

function withInvite(form: Form, invite: Invite): Form {
  return { ...form, invite, plain: false, fields: { ...form.fields, invite: '' }, wrong: null }
}

/** The invite in a text, or why there is none. Unencrypted relays are asked about where they are used. */
export function inviteIn(text: string): Invite | InviteError {
  try {
    return parseInvite(text, { allowPlain: true })
  } catch (error) {
    if (error instanceof InviteError) return error
    throw error
  }
}

/** The relay that the form goes to, as far as it is known: to name it, and to warn where it is not encrypted. */
export function urlOf({ is, fields, invite }: Form): string | null {
  if (is === 'join') return invite?.url ?? null
  try {
    return relayUrl(fields.relay.trim(), { allowPlain: true })
  } catch (error) {
    if (error instanceof InviteError) return null
    throw error
  }
}

function submitted(form: Form): Turn {
  if (form.is === 'landing') return [form, []]
  const name = form.fields.name.trim()
  const reason = nameReason(name)
  if (reason !== null) return wrong(form, 'name', reason)
  return form.is === 'create' ? creating(form, name) : joining(form, name)
}

function creating(form: Form, name: string): Turn {
  const { relay, token } = form.fields
  let url: string
  try {
    url = relayUrl(relay.trim(), { allowPlain: form.plain })
  } catch (error) {
    if (!(error instanceof InviteError)) throw error
    return wrong(form, 'relay', error.message)
  }
  return talking(form, { do: 'create', url, name, adminToken: token === '' ? null : token }, null)
}

function joining(form: Form, name: string): Turn {
  const { invite, fields, plain } = form
  if (invite === null) {
    const found = fields.invite.trim() === '' ? null : inviteIn(fields.invite)
    return wrong(form, 'invite', found instanceof InviteError ? found.message : 'paste the invite here, or choose its file')
  }
  if (isPlain(invite.url) && !plain) return wrong(form, 'invite', 'relay address is not encrypted (ws://)')
  return talking(form, { do: 'join', invite, name }, invite)
}

function talking(form: Form, command: Command & { readonly do: 'create' | 'join' }, invite: Invite | null): Turn {
  return [talkOf({ ...form, wrong: null }, invite), [{ do: 'begin', command }]]
}

function wrong(form: Form, at: FieldName, text: string): Turn {
  return [{ ...form, wrong: { at, text } }, []]
}
