/**
 * The panes that stand in place of the messages, as rows (docs/terminal.md). Pure; called by frame.ts, and by updating/panes.ts for how far they
 * scroll.
 */
import { armor, type Invite, qrText } from '#lib/client/index.ts'
import { quoted } from '#lib/text/names.ts'
import { harmless } from '#lib/text/sanitize.ts'
import type { Traffic } from '#lib/text/traffic.ts'
import { timeOfDay } from '../clock.ts'
import { comparable } from './comparing.ts'
import { helpPairs } from '../input.ts'
import { fieldLine, FOUND } from './formlines.ts'
import { hints, keyFor, type Keys } from './keys.ts'
import { keysByPlace } from './keymap.ts'
import type { Pane, SaveField, Settings, Talk } from './model.ts'
import { eventRows, type EventsProps } from '../views/events.ts'
import { type FormLine, formRows } from '../views/form.ts'
import { helpEnd, type HelpProps, helpRows } from '../views/help.ts'
import { inviteRows } from '../views/invite.ts'
import { roomEnd, verifyPane, type VerifyProps } from '../views/verify.ts'

/** A new pane is a case here. */
export function paneRows(talk: Talk, pane: Pane, settings: Settings, columns: number, rows: number): readonly string[] {
  const { theme, keys } = settings
  switch (pane.is) {
    case 'help':
      return helpRows(helpProps(settings, pane.from), columns, rows, theme)
    case 'invite': {
      const { invite } = talk.standing
      if (invite === null || isWiped(invite)) return []
      const file = pane.file === null ? null : fieldLine('save it as', pane.file.text, pane.file.cursor, '')
      const props = {
        alone: !pane.asked,
        armored: armor(invite).trimEnd(),
        line: qrText(invite),
        form: pane.form,
        file,
        note: pane.note,
        keys:
          file === null
            ? `[c] copy  [s] save as a file  [l] as one line  [q] QR code  [${keyFor('go on', keys)}] go on to the talk`
            : hints(keys, [['go on'], 'saves it'], [['back'], 'goes back']),
      }
      return inviteRows(props, columns, rows, theme)
    }
    case 'verify':
      return inset((width) => verifyPane(verifyProps(pane, keys), width, rows, theme), columns)
    case 'save':
      return formRows(saveProps(pane, keys), columns, rows, theme)
    case 'events':
      return inset((width) => eventRows(eventProps(talk.traffic, pane, keys), width, rows, theme), columns)
  }
}

/** The most rows that a pane can have scrolled away on a screen of so many; of fingerprints, while those of the room are in sight. */
export function scrolledMost(
  pane: Pane & { readonly is: 'help' | 'verify' },
  settings: Settings,
  columns: number,
  rows: number,
): number {
  if (pane.is === 'help') return helpEnd(helpProps(settings, 0), columns, rows, settings.theme)
  return roomEnd(verifyProps(pane, settings.keys), Math.max(1, columns - 2), rows, settings.theme)
}

/** One column in, and one left free at the right. */
function inset(rows: (width: number) => readonly string[], columns: number): readonly string[] {
  return rows(Math.max(1, columns - 2)).map((row) => (row === '' ? '' : ` ${row}`))
}

function verifyProps({ code, chosen, from }: Pane & { readonly is: 'verify' }, keys: Keys): VerifyProps {
  const who = chosen === null ? undefined : comparable(code)[chosen]
  const members = code.members.map(({ who: { name, tag, me, verified }, fingerprint }) => ({
    name: quoted(name),
    tag,
    me,
    verified,
    fingerprint,
  }))
  const place = code.members.findIndex((one) => one.who === who)
  return {
    room: code.room,
    members,
    chosen: place === -1 ? null : place,
    from,
    keys: hints(keys, [['previous', 'next'], 'choose'], [['go on'], 'marks as compared, or not'], [['back'], 'closes']),
  }
}

const SAVE_FIELDS: Readonly<Record<SaveField, { readonly label: string; readonly hint: string }>> = {
  file: { label: 'file', hint: 'the path of a new file' },
  passphrase: { label: 'passphrase', hint: 'six words by chance are a good one' },
  again: { label: 'once more', hint: 'so that no slip locks you out' },
}

function saveProps(pane: Pane & { readonly is: 'save' }, keys: Keys): Parameters<typeof formRows>[0] {
  const title = 'Save the talk'
  if (pane.sure) {
    const what = `Whoever gets at ${harmless(pane.fields.file.text)}, today or in years, reads all of it: every name, every time, every word, also of those who talk here because nothing is kept.`
    return { title, about: '', lines: [], wrong: what, keys: '[y] save it in clear text   [n] do not' }
  }
  if (pane.done !== null) {
    const text = `working … ${Math.floor(pane.done * 100)} %`
    return { title, about: 'It takes long so that guessing takes longer.', lines: [{ is: 'text', text }], wrong: null, keys: '' }
  }
  const field = (name: SaveField) => {
    const { text, cursor } = pane.fields[name]
    const at = pane.at === name ? harmless(text.slice(0, cursor)).length : null
    return fieldLine(SAVE_FIELDS[name].label, harmless(text), at, SAVE_FIELDS[name].hint, name !== 'file')
  }
  const found = pane.found.slice(0, FOUND).map((path): FormLine => ({ is: 'text', text: harmless(path) }))
  const clear: FormLine = { is: 'way', label: 'In clear text', does: 'without a passphrase', chosen: pane.at === 'clear' }
  return {
    title,
    about:
      'What was said so far goes into a new file, with names, times and the topic. Only its passphrase opens it: tacet open FILE.',
    lines: [field('file'), ...found, field('passphrase'), field('again'), clear],
    wrong: pane.wrong,
    keys: hints(keys, [['go on'], 'goes on'], [['complete'], 'completes a path, or moves'], [['back'], 'goes back']),
  }
}

function eventProps({ items }: Traffic, { chosen, open }: Pane & { readonly is: 'events' }, keys: Keys): EventsProps {
  const place = chosen === null ? -1 : items.findIndex(({ id }) => id === chosen)
  return {
    frames: items,
    chosen: place === -1 ? items.length - 1 : place,
    isOpen: ({ id }) => open.has(id),
    clock: timeOfDay,
    keys: hints(keys, [['previous', 'next'], 'choose'], [['go on'], 'opens and closes'], [['back'], 'leaves']),
  }
}

function helpProps({ keys, editorKeys }: Settings, from: number): HelpProps {
  const { editor, over, panes } = keysByPlace({ ours: keys, editor: editorKeys })
  // What a newcomer looks for comes first.
  const lists = [
    { place: 'Commands', keys: helpPairs('screen') },
    { place: 'Keys anywhere in a talk', keys: over },
    { place: 'Keys in panes and forms', keys: panes },
    { place: 'Keys in the editor', keys: editor },
  ]
  return { lists, from, hints: { more: hints(keys, [['page down'], 'shows more']), closes: hints(keys, [['back'], 'closes']) } }
}

/** The session wipes the invite of a room that it leaves for one made anew. */
function isWiped({ roomKey }: Invite): boolean {
  return roomKey.every((byte) => byte === 0)
}
