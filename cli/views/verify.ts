/**
 * The pane in which people compare fingerprints (docs/protocol.md, Fingerprints): the room's code first, since one comparison of it checks
 * everybody, then each member's. Called by screen.ts.
 *
 * Words and digits prove sameness when they are compared whole. Colours show a difference at a glance and prove nothing; each is a name too, for
 * who does not see them.
 */
import type { Event } from '#lib/client/events.ts'
import { COLOURS } from '#lib/text/lines.ts'
import { drawn, type Row, wrapped } from './spans.ts'
import { paint, type Style, type Theme } from './theme.ts'

/** What `fingerprints` tells. */
export type Fingerprint = (Event & { readonly is: 'fingerprints' })['room']

export interface VerifyProps {
  readonly room: Fingerprint
  readonly members: readonly VerifyMember[]
  /** The member that a key acts on; null: none. */
  readonly chosen: number | null
  /** While none is chosen: rows of the room's that are scrolled away. */
  readonly from: number
  /** What keys do here. */
  readonly keys: string
}

/** Texts are harmless, and a name is as our sentences can hold it. */
export interface VerifyMember {
  readonly name: string
  readonly tag: string
  readonly me: boolean
  readonly verified: boolean
  readonly fingerprint: Fingerprint
}

const HOW =
  'Compare all its words or all its digits, by a way that shows who the others are, such as a call. Whoever has the same code has the same room and the same members. If it differs, compare member by member.'

/** The pane: the part that the chosen member is in, and what can be done. None of its rows is wider than `columns`. */
export function verifyPane(props: VerifyProps, columns: number, rows: number, theme: Theme): readonly string[] {
  const keys = keyRows(props, columns).map((row) => paint(theme, 'key', drawn(row)))
  const room = roomIn(props, columns, rows)
  const blocks = verifyBlocks(props, columns, theme)
  // The chosen member's rows end the pane, unless all before them fits too.
  const end = props.chosen === null ? 0 : blocks.slice(0, props.chosen + 2).flat().length
  const start = props.chosen === null ? Math.min(props.from, roomEnd(props, columns, rows, theme)) : Math.max(0, end - room)
  const shown = blocks.flat().slice(start, start + room)
  return [...shown, ...Array.from({ length: room - shown.length }, () => ''), ...keys]
}

/** The most rows of the room's that can be scrolled away: below them is its last. */
export function roomEnd(props: VerifyProps, columns: number, rows: number, theme: Theme): number {
  const [block = []] = verifyBlocks(props, columns, theme)
  // A blank row ends it.
  return Math.max(0, block.length - 1 - roomIn(props, columns, rows))
}

function keyRows({ keys }: VerifyProps, columns: number): readonly Row[] {
  return wrapped([{ text: keys, styles: [] }], columns)
}

function roomIn(props: VerifyProps, columns: number, rows: number): number {
  return Math.max(1, rows - keyRows(props, columns).length)
}

/** All rows. */
export function verifyRows(props: VerifyProps, columns: number, theme: Theme): readonly string[] {
  return verifyBlocks(props, columns, theme).flat()
}

/** The room's rows, then those of each member. */
function verifyBlocks({ room, members, chosen }: VerifyProps, columns: number, theme: Theme): readonly (readonly string[])[] {
  const { heading, faint } = theme.roles
  const title = titled([{ text: 'The room’s code', styles: [heading] }], columns)
  const how = titled([{ text: HOW, styles: [faint] }], columns)
  const blocks = members.map((member, at) => [
    ...titled(memberRow(member, at === chosen, theme), columns),
    ...codeRows(member.fingerprint, columns, theme),
    '',
  ])
  return [[...title, ...codeRows(room, columns, theme), '', ...how, ''], ...blocks]
}

function titled(row: Row, columns: number): readonly string[] {
  return wrapped(row, columns).map(drawn)
}

function memberRow({ name, tag, me, verified }: VerifyMember, chosen: boolean, { roles }: Theme): Row {
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

function codeRows({ words, digits, colours }: Fingerprint, columns: number, { roles, swatches }: Theme): readonly string[] {
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
