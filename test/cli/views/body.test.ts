/** What people say, drawn: their marks, my name, and nothing that goes on into what stands behind (docs/terminal.md, The talk). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { INKS, themeOf } from '../../../cli/screen/themes.ts'
import { type BodyProps, bodyRows } from '../../../cli/views/body.ts'
import { columnsOf } from '../../../cli/views/measure.ts'
import { statusRow } from '../../../cli/views/status.ts'
import { type Cell, Glass } from '../../harness/screen.ts'

const DARK = themeOf('dark')
const { roles } = INKS.dark

function rowsOf(text: string, changes: Partial<BodyProps> = {}, columns = 40): readonly string[] {
  return bodyRows({ text, before: '', isMarked: true, named: null, ...changes }, columns, columns, DARK)
}

/** The rows on a terminal: a function that gives the cell at the first letter of a word. */
async function seen(rows: readonly string[]): Promise<(word: string) => Cell> {
  const glass = new Glass(80, 24)
  glass.write(rows.join('\r\n'))
  await glass.flush()
  return (word) => {
    const row = glass.text.findIndex((one) => one.includes(word))
    if (row === -1) throw new Error(`not to be seen: ${word}`)
    const before = glass.text[row]?.indexOf(word) ?? 0
    // Wide characters have two cells.
    let [column, length] = [0, 0]
    for (; length < before; column++) length += glass.cell(column, row).text.length
    while (glass.cell(column, row).text === '') column++
    return glass.cell(column, row)
  }
}

describe('marks', () => {
  test.each<readonly [string, string, string, Partial<Cell>]>([
    ['bold', 'so **loud** here', 'loud', { bold: true }],
    ['italic', 'so *soft* here', 'soft', { italic: true, bold: false }],
    ['code', 'run `ls -l` now', 'ls', { ink: roles.code.fg ?? 0 }],
    ['a link, which is shown whole', 'at https://example.org/a_b_c now', 'https', { underlined: true }],
    ['a quote', '> as you said', 'as you', { ink: roles.quote.fg ?? 0, italic: true }],
    ['fenced code, in which marks mean nothing', '```\na **b** c\n```', 'b**', { bold: false, ink: roles.code.fg ?? 0 }],
    ['the mark itself, faintly', 'so **loud** here', '**', { ink: roles.faint.fg ?? 0, bold: false }],
  ])('%s', async (_, text, word, look) => {
    expect((await seen(rowsOf(text)))(word)).toMatchObject(look)
  })

  test('end where they end, over rows too', async () => {
    const at = await seen(rowsOf('a **word that is bold and longer than a row of this size** behind'))
    expect(at('longer').bold).toBe(true)
    expect(at('behind')).toMatchObject({ bold: false, ink: -1, ground: -1 })
  })

  test('mean nothing in what we say in place of something', async () => {
    expect((await seen(rowsOf('[unsupported: **x**]', { isMarked: false })))('x').bold).toBe(false)
  })
})

describe('my name', () => {
  test.each([
    ['alone', 'hello alice', 'alice'],
    ['with an @, in bold', '**@Alice** look', '@Alice'],
    ['half in bold', 'al**ice** and alice', 'alice'],
  ])('stands out %s', async (_, text, word) => {
    expect((await seen(rowsOf(text, { named: 'alice' })))(word).ground).toBe(roles.mention.bg ?? 0)
  })

  test.each([
    ['when nobody is named', 'hello bob', 'bob', 'alice'],
    ['within another word', 'malice', 'malice', 'alice'],
    ['where names are not to stand out', 'hello alice', 'alice', null],
  ])('does not %s', async (_, text, word, named) => {
    expect((await seen(rowsOf(text, { named })))(word).ground).toBe(-1)
  })
})

test('a date of ours stands before the text, and takes no mark its meaning', async () => {
  const at = await seen(rowsOf('> quoted', { before: '[2026-11-20] ' }))
  expect(at('[2026').ink).toBe(roles.faint.fg ?? 0)
  expect(at('quoted').italic).toBe(true)
})

test('whatever is said, all of it is there in order, no row is too wide, and no look goes on', async () => {
  const parts = fc.array(
    fc.constantFrom('*', '**', '`', '```\n', '> ', '\n', 'https://a.b/c', 'alice', ' ', 'ש', '日本', '_x_', 'e\u0301'),
    {
      maxLength: 40,
    },
  )
  await fc.assert(
    fc.asyncProperty(parts, fc.integer({ min: 8, max: 40 }), async (list, columns) => {
      const text = list.join('')
      const rows = rowsOf(text, { named: 'alice' }, columns)
      const plain = rows.map((row) => row.replaceAll(/\x1b\[[\d;]*m/g, ''))
      for (const row of plain) expect(columnsOf(row)).toBeLessThanOrEqual(columns)
      const letters = (one: string) => one.replaceAll(/[\s\u2068\u2069]/g, '')
      expect(letters(plain.join(''))).toBe(letters(text))
      const at = await seen(rows.map((row) => `${row}%`).slice(0, 20))
      expect(at('%')).toMatchObject({ bold: false, italic: false, underlined: false, ink: -1, ground: -1 })
    }),
    { numRuns: 200 },
  )
})

test('a text of many marks and names costs about its length', () => {
  const [small, large] = [2_000, 20_000].map((count) => {
    const text = '*a* alice '.repeat(count / 10)
    const times = Array.from({ length: 5 }, () => {
      const begun = Bun.nanoseconds()
      rowsOf(text, { named: 'alice' })
      return Bun.nanoseconds() - begun
    })
    return Math.min(...times)
  })
  expect(large ?? 0).toBeLessThan((small ?? 0) * 60)
})

test('the line in sight keeps its own colour behind a part that has another', async () => {
  const glass = new Glass(60, 1)
  const parts = [
    { as: 'bad', text: 'wrong' },
    { as: 'status', text: 'usual' },
  ] as const
  glass.write(statusRow(parts, 60, DARK))
  await glass.flush()
  const [bad, usual, end] = [1, 9, 59].map((column) => glass.cell(column, 0))
  expect(bad).toMatchObject({ text: 'w', ink: roles.bad.fg ?? 0, ground: roles.status.bg ?? 0 })
  expect(usual).toMatchObject({ text: 'u', ink: roles.status.fg ?? 0, ground: roles.status.bg ?? 0, bold: false })
  expect(end).toMatchObject({ ground: roles.status.bg ?? 0 })
})
