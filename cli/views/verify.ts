/**
 * The pane in which people compare fingerprints (docs/protocol.md, Fingerprints): the room's code first, since one comparison of it checks
 * everybody, then each member's. Called by screen.ts.
 *
 * Words and digits prove sameness when they are compared whole. Colours show a difference at a glance and prove nothing; each is a name too, for
 * who does not see them.
 */
import type { Event } from '#lib/client/events.ts'
import { drawn, type Row, wrapped } from './spans.ts'
import type { Style, Theme } from './theme.ts'

/** What `fingerprints` tells. */
export type Fingerprint = (Event & { readonly is: 'fingerprints' })['room']

export interface VerifyProps {
  readonly room: Fingerprint
  readonly members: readonly VerifyMember[]
  /** The member that a key acts on; null: none. */
  readonly chosen: number | null
}

/** Texts are harmless, and a name is as our sentences can hold it. */
export interface VerifyMember {
  readonly name: string
  readonly tag: string
  readonly me: boolean
  readonly verified: boolean
  readonly fingerprint: Fingerprint
}

/** A theme that has the eight colours of fingerprints. */
export interface VerifyTheme extends Theme {
  readonly swatches: readonly Style[]
}

/** By their numbers (docs/protocol.md, Fingerprints). */
const COLOURS = ['red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'white'] as const

const HOW =
  'Compare the room’s code, all its words or all its digits, by a way that shows who the others are, such as a call. Whoever has the same code has the same room and the same members. If it differs, compare member by member.'

/** The rows, as many as it takes: the pane shows a window on them. None is wider than `columns`. */
export function verifyRows({ room, members, chosen }: VerifyProps, columns: number, theme: VerifyTheme): readonly string[] {
  const { heading, faint } = theme.roles
  const title = titled([{ text: 'The room’s code', styles: [heading] }], columns)
  const how = titled([{ text: HOW, styles: [faint] }], columns)
  const blocks = members.map((member, at) => [
    ...titled(memberRow(member, at === chosen, theme), columns),
    ...codeRows(member.fingerprint, columns, theme),
    '',
  ])
  return [...how, '', ...title, ...codeRows(room, columns, theme), '', ...blocks.flat()]
}

function titled(row: Row, columns: number): readonly string[] {
  return wrapped(row, columns).map(drawn)
}

function memberRow({ name, tag, me, verified }: VerifyMember, chosen: boolean, { roles }: VerifyTheme): Row {
  const mark = me ? 'you' : verified ? '✓ verified' : 'not compared'
  const as = me || !verified ? roles.faint : roles.good
  return [
    { text: chosen ? '› ' : '  ', styles: [roles.key] },
    { text: name, styles: [chosen ? roles.chosen : me ? roles.mine : roles.heading] },
    { text: ` ${tag} `, styles: [roles.faint] },
    { text: mark, styles: [as] },
  ]
}

const INDENT = '  '

function codeRows({ words, digits, colours }: Fingerprint, columns: number, { roles, swatches }: VerifyTheme): readonly string[] {
  const room = columns - INDENT.length
  const blocks = colours.map((colour) => ({
    text: ` ${COLOURS[colour] ?? String(colour)} `,
    style: swatches[colour] ?? roles.faint,
  }))
  return [
    ...wrapped([{ text: words.join(' '), styles: [] }], room).map(drawn),
    ...wrapped([{ text: digits.join(' '), styles: [] }], room).map(drawn),
    ...inRows(blocks, room),
  ].map((row) => `${INDENT}${row}`)
}

/** Blocks beside each other, as many in a row as have room; none is cut. */
function inRows(blocks: readonly { readonly text: string; readonly style: Style }[], columns: number): readonly string[] {
  const rows: string[] = []
  let width = Number.POSITIVE_INFINITY
  for (const { text, style } of blocks) {
    const block = drawn([{ text, styles: [style] }])
    if (width + text.length + 1 > columns) {
      rows.push(block)
      width = text.length
    } else {
      rows.push(`${rows.pop() ?? ''} ${block}`)
      width += text.length + 1
    }
  }
  return rows
}
