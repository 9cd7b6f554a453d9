/**
 * What a screen with fields says (docs/terminal.md): the props of views/form.ts from the model's form. Pure; called by screen.ts.
 */
import { hostOf, InviteError, parseInvite, VERSION } from '#lib/client/index.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { type Action, hints, type Keys } from './keys.ts'
import type { FieldName, Form } from './model.ts'
import type { FormLine, FormProps } from '../views/form.ts'

/** A field, its text harmless already. */
export function fieldLine(label: string, text: string, cursor: number | null, hint: string, hidden = false): FormLine {
  return { is: 'field', label, text, cursor, hint, hidden }
}

const FIELDS: Readonly<Record<FieldName, { readonly label: string; readonly hint: string }>> = {
  name: { label: 'your name', hint: 'as the others see it' },
  relay: { label: 'relay', hint: 'wss://relay.example/ws' },
  token: { label: 'admin token', hint: 'only if the relay asks for one' },
  invite: { label: 'invite', hint: 'paste it here, or type the path of its file' },
}

interface Words {
  readonly title: string
  readonly about: string
  readonly keys: readonly (readonly [actions: readonly Action[], does: string])[]
}

const WORDS: Readonly<Record<Form['is'], Words>> = {
  landing: {
    title: `Tacet ${VERSION}`,
    about: 'Talk in a group over a relay that cannot listen. Nothing of it is kept when you leave.',
    keys: [
      [['go on'], 'goes on'],
      [['complete', 'previous', 'next'], 'move'],
      [['interrupt'], 'leaves'],
    ],
  },
  create: {
    title: 'Make a room',
    about:
      'The relay passes sealed messages on; it cannot read them. You get an invite to hand out. No relay? In another terminal, tacet relay starts one.',
    keys: [
      [['go on'], 'makes the room'],
      [['complete'], 'moves'],
      [['back'], 'goes back'],
    ],
  },
  join: {
    title: 'Join a room',
    about: 'An invite is a block of text that begins with BEGIN TACET INVITE, or a file with it.',
    keys: [
      [['go on'], 'joins'],
      [['complete'], 'completes a path'],
      [['back'], 'goes back'],
    ],
  },
}

export function formProps(form: Form, keys: Keys): FormProps {
  const field = (name: FieldName) => {
    const { text, cursor } = form.fields[name]
    const { label, hint } = FIELDS[name]
    const at = form.at === name ? cursor : null
    if (name === 'invite' && isSecret(text))
      return fieldLine(label, inviteLabel(text), at === null ? null : inviteLabel(text).length, hint)
    return fieldLine(label, harmless(text), at === null ? null : harmless(text.slice(0, at)).length, hint, name === 'token')
  }
  const way = (at: Form['at'], label: string, does: string): FormLine => ({ is: 'way', label, does, chosen: form.at === at })
  const lines: Readonly<Record<Form['is'], readonly FormLine[]>> = {
    landing: [
      field('name'),
      { is: 'gap' },
      way('to create', 'Make a room', 'and invite others into it'),
      way('to join', 'Join a room', 'with an invite that you were given'),
    ],
    create: [field('name'), field('relay'), field('token')],
    join: [
      field('name'),
      field('invite'),
      ...form.found.slice(0, FOUND).map((path): FormLine => ({ is: 'text', text: harmless(path) })),
    ],
  }
  const words = WORDS[form.is]
  return { ...words, keys: hints(keys, ...words.keys), lines: lines[form.is], wrong: form.wrong?.text ?? null }
}

/** Paths that are listed. */
export const FOUND = 6

/** More than one line, or longer than a path: the text of an invite, whole or not, which is not for the screen. */
function isSecret(text: string): boolean {
  return text.includes('\n') || text.length > 120
}

function inviteLabel(text: string): string {
  try {
    return `an invite to a room on ${harmless(hostOf(parseInvite(text, { allowPlain: true }).url))}`
  } catch (error) {
    if (!(error instanceof InviteError)) throw error
    return `${text.length} characters`
  }
}
