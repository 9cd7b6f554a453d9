/**
 * The model and the conversation as rows of the screen (docs/terminal.md). Pure: what the views are given is made harmless here, and the views
 * only draw. Called by program.ts for each frame; costs what is seen, however long the conversation is.
 */
import { visibleWidth } from '@earendil-works/pi-tui'
import type { MemberView } from '#lib/client/events.ts'
import type { View } from '#lib/client/store.ts'
import { isolated } from '#lib/text/bidi.ts'
import { harmless } from '#lib/text/sanitize.ts'
import type { EditorRows } from './editor.ts'
import { formProps } from './formlines.ts'
import { keyFor } from './keys.ts'
import { PRESENCES } from '#lib/text/lines.ts'
import type { Model, Settings, Talk } from './model.ts'
import { quoted } from '#lib/text/names.ts'
import { paneRows } from './panerows.ts'
import { statusParts } from './statusline.ts'
import { cut, toColumn } from '../views/columns.ts'
import { formRows } from '../views/form.ts'
import { type MemberProps, memberRows, MEMBERS_COLUMNS } from '../views/members.ts'
import { ruleRow } from '../views/message.ts'
import { statusRow } from '../views/status.ts'
import { paint } from '../views/theme.ts'
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
  const { theme, keys } = settings
  if (talk.pane !== null) return full(paneRows(talk, talk.pane, settings, columns, rows), rows)
  const sight = sightOf(talk, settings, view, columns)
  const isBack = talk.scroll !== null
  const shown = windowRows(sight, talk.scroll, isBack ? rows - 1 : rows)
  const above = Array.from({ length: Math.max(0, (isBack ? rows - 1 : rows) - shown.length) }, () => '')
  const newer = talk.unread?.count ?? 0
  const jump = ruleRow(
    `${newer > 0 ? `${newer} new below` : 'older messages'}: ${keyFor('back', keys)} goes to the newest`,
    columns,
    theme,
  )
  return isBack ? [...above, ...shown, jump] : [...above, ...shown]
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
