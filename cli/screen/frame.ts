/**
 * The model and the conversation as rows of the screen (docs/terminal.md). Pure: what the views are given is made harmless here, and the views
 * only draw. Called by program.ts for each frame; costs what is seen, however long the conversation is.
 */
import { visibleWidth } from '@earendil-works/pi-tui'
import { armor, type Invite, qrText } from '#lib/client/index.ts'
import type { MemberView } from '#lib/client/events.ts'
import type { View } from '#lib/client/store.ts'
import { isolated } from '#lib/text/bidi.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { timeOfDay } from '../clock.ts'
import { comparable } from './comparing.ts'
import type { EditorRows } from './editor.ts'
import { helpPairs } from '../input.ts'
import { fieldLine, formProps, FOUND } from './formlines.ts'
import { keyFor, type Keys } from './keys.ts'
import { keysByPlace } from './keymap.ts'
import { PRESENCES } from '#lib/text/lines.ts'
import type { Model, Pane, SaveField, Settings, Talk } from './model.ts'
import { quoted } from '#lib/text/names.ts'
import { statusParts } from './statusline.ts'
import type { Traffic } from '#lib/text/traffic.ts'
import { cut, toColumn } from '../views/columns.ts'
import { type FormLine, formRows } from '../views/form.ts'
import { eventRows, type EventsProps } from '../views/events.ts'
import { type HelpProps, helpRows } from '../views/help.ts'
import { inviteRows } from '../views/invite.ts'
import { type MemberProps, memberRows, MEMBERS_COLUMNS } from '../views/members.ts'
import { ruleRow } from '../views/message.ts'
import { statusRow } from '../views/status.ts'
import { paint } from '../views/theme.ts'
import { verifyPane, type VerifyProps } from '../views/verify.ts'
import { sightOf, windowRows } from './window.ts'

/** What a frame is drawn of besides the model. */
export interface Scene {
  readonly view: View
  /** ms since 1970 */
  readonly now: number
  readonly columns: number
  readonly rows: number
  /** The editor as wide as the screen. */
  readonly editor: EditorRows
}

/** A frame: as many rows as the screen has, and what update.ts has to know of it. */
export interface Frame {
  readonly rows: readonly string[]
  readonly log: { readonly columns: number; readonly rows: number }
  readonly membersShown: boolean
  /** What the window's title tells: how much is new, and whether I am named in it. */
  readonly unread: { readonly count: number; readonly named: boolean }
}

const NOTHING_NEW = { count: 0, named: false }

export function frameOf(model: Model, scene: Scene): Frame {
  const { screen, settings } = model
  if (screen.is === 'talk') return talkFrame(screen, settings, scene)
  const rows = formRows(formProps(screen, settings.keys), scene.columns, scene.rows, settings.theme)
  return {
    rows: full(rows, scene.rows),
    log: { columns: scene.columns, rows: scene.rows },
    membersShown: false,
    unread: NOTHING_NEW,
  }
}

function full(rows: readonly string[], height: number): readonly string[] {
  return [...rows.slice(0, height), ...Array.from({ length: Math.max(0, height - rows.length) }, () => '')]
}

/** From so many columns on, who is here is shown unless it was hidden; below so many never. */
const MEMBERS_FROM = { auto: 100, ever: 60 } as const

function talkFrame(talk: Talk, settings: Settings, scene: Scene): Frame {
  const { view, now, columns, rows } = scene
  const membersShown =
    talk.members !== 'hidden' && columns >= MEMBERS_FROM[talk.members === 'auto' ? 'auto' : 'ever'] && talk.pane === null
  const input = inputRows(talk, settings, scene)
  const between = betweenRows(talk, settings, scene).slice(0, Math.max(0, rows - input.length - 2))
  const height = Math.max(0, rows - input.length - between.length - 1)
  const width = membersShown ? columns - MEMBERS_COLUMNS - 1 : columns
  const topic = talk.pane === null && height >= TOPIC_FROM ? topicRows(view, settings.theme, width) : []
  const log = { columns: width, rows: Math.max(1, height - topic.length - 1) }
  const body = [...topic, ...bodyRows(talk, settings, { ...scene, columns: log.columns, rows: height - topic.length })]
  const beside = membersShown ? memberRows(memberProps(view, talk), height, log.columns + 1, settings.theme) : []
  // The terminal goes to the column by itself: a picture that it draws narrower or wider than counted moves nothing else.
  const drawn = body.map((row, i) =>
    membersShown ? `${padded(row, log.columns + 1)}${toColumn(log.columns + 1)}${beside[i] ?? ''}` : row,
  )
  const status = statusRow(statusParts(talk, settings.keys, view, now), columns, settings.theme)
  return { rows: full([...drawn, ...between, status, ...input], rows), log, membersShown, unread: talk.unread ?? NOTHING_NEW }
}

/** Under so many rows the talk needs them all. */
const TOPIC_FROM = 4

/** The topic, where there is one: a rule of ours with what somebody wrote at its end. */
function topicRows({ topic: { text, locked } }: View, theme: Settings['theme'], columns: number): readonly string[] {
  if (text === '') return []
  const label = locked ? 'topic (locked): ' : 'topic: '
  return [ruleRow(`${label}${isolated(cut(harmless(text), Math.max(0, columns - label.length - 4)))}`, columns, theme)]
}

/** Filled by the count of pi-tui, which finds what is selected by it. */
function padded(row: string, columns: number): string {
  return row + ' '.repeat(Math.max(0, columns - visibleWidth(row)))
}

/** The messages, or the pane in their place. */
function bodyRows(talk: Talk, settings: Settings, { view, columns, rows }: Scene): readonly string[] {
  const { theme } = settings
  if (talk.pane !== null) return full(paneRows(talk, talk.pane, settings, columns, rows), rows)
  const sight = sightOf(talk, settings, view, columns)
  const isBack = talk.scroll !== null
  const shown = windowRows(sight, talk.scroll, isBack ? rows - 1 : rows)
  const above = Array.from({ length: Math.max(0, (isBack ? rows - 1 : rows) - shown.length) }, () => '')
  const newer = talk.unread?.count ?? 0
  const jump = ruleRow(`${newer > 0 ? `${newer} new below` : 'older messages'}: End goes to the newest`, columns, theme)
  return isBack ? [...above, ...shown, jump] : [...above, ...shown]
}

/** A new pane is a case here. */
function paneRows(
  talk: Talk,
  pane: Pane,
  { theme, keys, editorKeys }: Settings,
  columns: number,
  rows: number,
): readonly string[] {
  switch (pane.is) {
    case 'help':
      return helpRows(helpProps(keysByPlace({ ours: keys, editor: editorKeys }), pane.from), columns, rows, theme)
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
      }
      return inviteRows(props, columns, rows, theme)
    }
    case 'verify':
      return inset((width) => verifyPane(verifyProps(pane), width, rows, theme), columns)
    case 'save':
      return formRows(saveProps(pane, keys), columns, rows, theme)
    case 'events':
      return inset((width) => eventRows(eventProps(talk.traffic, pane), width, rows, theme), columns)
  }
}

/** One column in, and one left free at the right. */
function inset(rows: (width: number) => readonly string[], columns: number): readonly string[] {
  return rows(Math.max(1, columns - 2)).map((row) => (row === '' ? '' : ` ${row}`))
}

function verifyProps({ code, chosen }: Pane & { readonly is: 'verify' }): VerifyProps {
  const who = chosen === null ? undefined : comparable(code)[chosen]
  const members = code.members.map(({ who: { name, tag, me, verified }, fingerprint }) => ({
    name: quoted(name),
    tag,
    me,
    verified,
    fingerprint,
  }))
  const place = code.members.findIndex((one) => one.who === who)
  return { room: code.room, members, chosen: place === -1 ? null : place }
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
    keys: `${keyFor('go on', keys)} goes on · ${keyFor('complete', keys)} completes a path, or moves · ${keyFor('back', keys)} goes back`,
  }
}

function eventProps({ items }: Traffic, { chosen, open }: Pane & { readonly is: 'events' }): EventsProps {
  const place = chosen === null ? -1 : items.findIndex(({ id }) => id === chosen)
  return {
    frames: items,
    chosen: place === -1 ? items.length - 1 : place,
    isOpen: ({ id }) => open.has(id),
    clock: timeOfDay,
  }
}

function helpProps({ editor, over, panes }: ReturnType<typeof keysByPlace>, from: number): HelpProps {
  // What a newcomer looks for comes first.
  const lists = [
    { place: 'Commands', keys: helpPairs('screen') },
    { place: 'Keys anywhere in a talk', keys: over },
    { place: 'Keys in panes and forms', keys: panes },
    { place: 'Keys in the editor', keys: editor },
  ]
  return { lists, from }
}

/** The session wipes the invite of a room that it leaves for one made anew. */
function isWiped({ roomKey }: Invite): boolean {
  return roomKey.every((byte) => byte === 0)
}

/** What is asked or offered, above the line that is always in sight. */
function betweenRows({ question }: Talk, { theme }: Settings, { editor, columns }: Scene): readonly string[] {
  if (question === null) return editor.offered.map((row) => ` ${row}`)
  const what = question.is === 'paste' ? '[y] paste it into the editor' : '[y] say it all the same'
  const [first = ''] = question.text.split('\n')
  return [
    ruleRow(question.is === 'paste' ? 'you pasted' : 'before you say it', columns, theme),
    ` ${cut(harmless(first), columns - 2)}`,
    ` ${paint(theme, 'waiting', cut(question.why, columns - 2))}`,
    ` ${paint(theme, 'key', cut(`${what}   [n] do not`, columns - 2))}`,
  ]
}

/** The editor, where there is something to type. */
function inputRows(talk: Talk, { theme, keys }: Settings, { editor, rows, view }: Scene): readonly string[] {
  if (talk.ended !== null && talk.pane === null)
    return [paint(theme, 'faint', `  ${keyFor('go on', keys)} leaves${view.entries.length > 0 ? ' · [s] saves the talk' : ''}`)]
  if (talk.pane !== null || talk.question !== null) return ['']
  return editor.text.slice(-Math.max(1, rows - 3))
}

/** Everybody with a seat, those that went aside. */
function memberProps({ members }: View, { ignored }: Talk): readonly MemberProps[] {
  const seated = [...members.values()].filter(({ presence }) => presence !== 'left' && presence !== 'gone')
  return seated.map((who) => memberOf(who, ignored.has(who.member)))
}

function memberOf({ name, tag, member, me, verified, confirmed, founder, presence }: MemberView, ignored: boolean): MemberProps {
  return {
    name: quoted(name),
    tag,
    member,
    mine: me,
    verified,
    confirmed,
    founder,
    state: me || presence === 'here' ? (ignored ? 'ignored' : null) : PRESENCES[presence],
  }
}
