/** Rows of texts in several looks: no wider than their room on any terminal, nothing lost, looks that end where they began. */
import { describe, expect, test } from 'bun:test'
import { visibleWidth } from '@earendil-works/pi-tui'
import { Terminal } from '@xterm/headless'
import * as fc from 'fast-check'
import { isolated } from '#lib/text/bidi.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { columnsOf } from '../../../cli/views/measure.ts'
import { drawn, type Row, rowColumns, wrapped } from '../../../cli/views/spans.ts'
import type { Style } from '../../../cli/views/theme.ts'

const BOLD: Style = ['\x1b[1m', '\x1b[22m']
const RED: Style = ['\x1b[31m', '\x1b[39m']
const plain = (text: string): Row => [{ text, styles: [] }]
const texts = (rows: readonly Row[]): readonly string[] => rows.map((row) => row.map(({ text }) => text).join(''))

/** The columns that a headless terminal gives each of these. */
async function terminalColumns(shown: readonly string[], columns = 100): Promise<readonly number[]> {
  const terminal = new Terminal({ cols: columns, rows: shown.length, allowProposedApi: true, scrollback: 0 })
  await new Promise<void>((resolve) => terminal.write(shown.map((text) => `${text}|`).join('\r\n'), resolve))
  const widths = shown.map((_text, row) => {
    const line = terminal.buffer.active.getLine(row)
    return Array.from({ length: columns }, (_, at) => line?.getCell(at)?.getChars() ?? '').findLastIndex((chars) =>
      chars.startsWith('|'),
    )
  })
  terminal.dispose()
  return widths
}

describe('a text is measured as wide as the widest terminal draws it', () => {
  test.each([
    ['abc', 3],
    ['李雷', 4],
    ['e\u0301', 1],
    ['👨\u200d👩\u200d👧', 6],
    ['🇩🇪', 4],
    ['❤\ufe0f', 2],
    ['1\ufe0f\u20e3', 2],
    ['שָׁלוֹם', 4],
    ['\u2068שלום\u2069', 6],
    ['ไม่รู้', 3],
    ['ꦲ\ua9b4', 2],
    ['a\u1ab0', 2],
    ['🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', 2],
  ])('%s: %d', (text, columns) => {
    expect(columnsOf(text)).toBe(columns)
  })

  test('every character behind a letter, compared with a terminal of old tables and with pi-tui', async () => {
    const found: string[] = []
    const all: string[] = []
    for (let point = 0xa0; point < 0x1_fbff; point++) {
      const text = `a${String.fromCodePoint(point)}`
      if (harmless(text) === text) all.push(text)
    }
    for (let from = 0; from < all.length; from += 4_000) {
      const some = all.slice(from, from + 4_000)
      const widths = await terminalColumns(some, 8)
      for (const [at, text] of some.entries()) {
        if ((widths[at] ?? 0) > columnsOf(text) || visibleWidth(text) > columnsOf(text)) found.push(text)
      }
    }
    expect(all.length).toBeGreaterThan(100_000)
    expect(found).toEqual([])
  }, 30_000)
})

describe('wrapping', () => {
  test.each<readonly [string, Row, number, number, readonly string[]]>([
    ['between words', plain('one two three'), 8, 8, ['one two', 'three']],
    ['with another room for the first row', plain('one two three'), 4, 9, ['one', 'two three']],
    ['in a word that is longer', plain('abcdefghij'), 4, 4, ['abcd', 'efgh', 'ij']],
    ['what is carried over into less room', plain('123456789 1234567890'), 19, 8, ['123456789', '12345678', '90']],
    ['by columns', plain('李雷李雷'), 5, 5, ['李雷', '李雷']],
    ['what is wider than a row', plain('a李b'), 1, 1, ['a', '\u{fffd}', 'b']],
    ['no room at all', plain('ab'), 0, -3, ['a', 'b']],
    ['nothing', plain(''), 9, 9, ['']],
    ['a text from right to left', plain(isolated('שלום שלום')), 7, 7, ['\u2068שלום\u2069', '\u2068שלום\u2069']],
  ])('%s', (_what, line, first, rest, rows) => {
    expect(texts(wrapped(line, first, rest))).toEqual([...rows])
  })

  test('a look goes on in the next row', () => {
    const line: Row = [
      { text: 'one ', styles: [] },
      { text: 'two three', styles: [RED, BOLD] },
    ]
    expect(wrapped(line, 8).map(drawn)).toEqual([
      'one \x1b[31m\x1b[1mtwo\x1b[22m\x1b[39m',
      '\x1b[31m\x1b[1mthree\x1b[22m\x1b[39m',
    ])
  })
})

const piece = fc.oneof(
  fc.constantFrom(
    'a',
    ' ',
    '   ',
    'word',
    '李',
    '👨\u200d👩\u200d👧',
    '🇩🇪',
    'ש',
    'ا',
    'क्\u200dष',
    'e\u0301',
    '\u1ab0',
    '❤\ufe0f',
    'र्',
    'ํา',
    '\u0e33',
    'ﾊﾞ',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
)
const span = fc.record({
  text: fc.array(piece, { maxLength: 20 }).map((parts) => isolated(harmless(parts.join('')))),
  styles: fc.constantFrom<readonly Style[]>([], [BOLD], [RED, BOLD]),
})
const lines = fc.array(span, { maxLength: 4 })
/** Without what wrapping may leave out or put in. */
const bare = (text: string) => text.replaceAll(/[ \u2068\u2069]/g, '')

test('whatever the line, no row is wider than its room for us, for pi-tui and for a terminal, and nothing but spaces is lost', async () => {
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 8, max: 60 }), fc.integer({ min: 8, max: 60 }), async (line, first, rest) => {
      const rows = wrapped(line, first, rest)
      const shown = rows.map(drawn)
      const widths = await terminalColumns(shown)
      for (const [at, row] of rows.entries()) {
        const room = at === 0 ? first : rest
        expect(rowColumns(row)).toBeLessThanOrEqual(room)
        expect(visibleWidth(shown[at] ?? '')).toBeLessThanOrEqual(room)
        expect(widths[at] ?? 0).toBeLessThanOrEqual(room)
      }
      if (!shown.join('').includes('\u{fffd}'))
        expect(bare(texts(rows).join(''))).toBe(bare(line.map(({ text }) => text).join('')))
    }),
    { seed: 1, numRuns: 300 },
  )
})
