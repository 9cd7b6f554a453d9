/**
 * A field of one line and the keys that edit it. Pure, unlike the editor of messages: what is typed here may be a secret, and goes when its
 * screen goes. Called by forms.ts and panes.ts.
 */
import { decodeKittyPrintable, matchesKey } from '@earendil-works/pi-tui'

export interface Field {
  readonly text: string
  /** Characters (UTF-16) before the cursor; never within a character that is seen as one. */
  readonly cursor: number
}

/** The cursor stands behind the text. */
export function fieldOf(text: string): Field {
  return { text, cursor: text.length }
}

/** What is pasted comes between these. */
const PASTED = /^\x1b\[200~(?<text>[^]*)\x1b\[201~$/

/** What was pasted, when that is a paste. */
export function pasted(data: string): string | null {
  return PASTED.exec(data)?.groups?.['text'] ?? null
}

/** The field after a key, or null when the key is none of a field's. */
export function edited(field: Field, data: string): Field | null {
  const text = typedText(data)
  if (text !== null) return inserted(field, text)
  const edit = EDITS.find(([keys]) => keys.some((key) => matchesKey(data, key)))
  return edit === undefined ? null : edit[1](field)
}

/** The field with a text at its cursor. Line breaks stay: an invite has some. */
export function inserted({ text, cursor }: Field, more: string): Field {
  const clean = more.replace(/\r\n?/g, '\n').replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, '')
  return { text: text.slice(0, cursor) + clean + text.slice(cursor), cursor: cursor + clean.length }
}

function typedText(data: string): string | null {
  const printable = decodeKittyPrintable(data)
  if (printable !== undefined) return printable
  return /^[^\x00-\x1f\x7f-\x9f]+$/.test(data) ? data : null
}

type Edit = readonly [keys: readonly Parameters<typeof matchesKey>[1][], edit: (field: Field) => Field]

const EDITS: readonly Edit[] = [
  [['backspace'], ({ text, cursor }) => without(text, before(text, cursor), cursor)],
  [['delete'], ({ text, cursor }) => without(text, cursor, after(text, cursor))],
  [['ctrl+w', 'alt+backspace'], ({ text, cursor }) => without(text, wordBefore(text, cursor), cursor)],
  [['ctrl+u'], ({ text, cursor }) => without(text, 0, cursor)],
  [['ctrl+k'], ({ text, cursor }) => without(text, cursor, text.length)],
  [['left', 'ctrl+b'], ({ text, cursor }) => ({ text, cursor: before(text, cursor) })],
  [['right', 'ctrl+f'], ({ text, cursor }) => ({ text, cursor: after(text, cursor) })],
  [['home', 'ctrl+a'], ({ text }) => ({ text, cursor: 0 })],
  [['end', 'ctrl+e'], ({ text }) => fieldOf(text)],
]

function without(text: string, from: number, to: number): Field {
  return { text: text.slice(0, from) + text.slice(to), cursor: from }
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

function before(text: string, cursor: number): number {
  return segmenter.segment(text).containing(cursor - 1)?.index ?? 0
}

function after(text: string, cursor: number): number {
  const found = segmenter.segment(text).containing(cursor)
  return found === undefined ? text.length : found.index + found.segment.length
}

function wordBefore(text: string, cursor: number): number {
  return /\S*\s*$/u.exec(text.slice(0, cursor))?.index ?? 0
}
