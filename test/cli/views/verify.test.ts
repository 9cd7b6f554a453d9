/** Fingerprints on a screen: all their words, digits and colours, within any width. */
import { describe, expect, test } from 'bun:test'
import { visibleWidth } from '@earendil-works/pi-tui'
import { Terminal } from '@xterm/headless'
import { memberFingerprint } from '#lib/crypto/fingerprint.ts'
import { THEME_NAMES, themeOf } from '../../../cli/screen/themes.ts'
import { type VerifyProps, verifyRows } from '../../../cli/views/verify.ts'

const of = (byte: number) => memberFingerprint(new Uint8Array(32).fill(byte), new Uint8Array(16).fill(1))
const PROPS: VerifyProps = {
  room: of(1),
  members: [
    { name: 'alice', tag: 'K7WQ2M', me: true, verified: false, fingerprint: of(2) },
    { name: '李雷', tag: '0A1B2C', me: false, verified: true, fingerprint: of(3) },
    { name: '"a name of thirty-two characters…"', tag: 'ZZZZZZ', me: false, verified: false, fingerprint: of(4) },
  ],
  chosen: 1,
  from: 0,
  keys: '',
}

async function cellsOf(rows: readonly string[], columns: number) {
  const terminal = new Terminal({ cols: columns, rows: Math.max(2, rows.length), allowProposedApi: true })
  await new Promise<void>((resolve) => terminal.write(rows.join('\r\n'), resolve))
  const { active } = terminal.buffer
  return { text: rows.map((_row, at) => active.getLine(at)?.translateToString(true) ?? ''), active }
}

test.each([40, 80, 200])('everything is there in %d columns, in order, and no row is wider', async (columns) => {
  const rows = verifyRows(PROPS, columns, themeOf('dark'))
  for (const row of rows) expect(visibleWidth(row)).toBeLessThanOrEqual(columns)
  const shown = (await cellsOf(rows, columns)).text.join(' ').replaceAll(/\s+/g, ' ')
  let from = 0
  for (const { words, digits, colours } of [PROPS.room, ...PROPS.members.map(({ fingerprint }) => fingerprint)]) {
    const names = colours.map((colour) => ['red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'white'][colour])
    for (const part of [words.join(' '), digits.join(' '), names.join(' ')]) {
      const at = shown.indexOf(part, from)
      expect(at).toBeGreaterThan(from)
      from = at
    }
  }
})

test('each colour stands in its own colour, under its name', async () => {
  const theme = themeOf('dark')
  const fingerprint = { ...of(1), colours: [0, 1, 2, 3, 4, 5, 6, 7] }
  const { text, active } = await cellsOf(verifyRows({ ...PROPS, room: fingerprint, members: [] }, 80, theme), 80)
  const row = text.findIndex((line) => line.includes('orange'))
  const names = ['red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'white']
  const grounds = names.map((name) =>
    active
      .getLine(row)
      ?.getCell(text[row]?.indexOf(name) ?? 0)
      ?.getBgColor(),
  )
  expect(grounds).toEqual([124, 208, 226, 40, 51, 20, 90, 231])
})

describe.each(THEME_NAMES)('in the theme %s', (name) => {
  test('it says who is compared, and whom a key acts on', async () => {
    const { text } = await cellsOf(verifyRows(PROPS, 80, themeOf(name)), 80)
    expect(text).toContain('  alice K7WQ2M you')
    expect(text).toContain('› 李雷 0A1B2C ✓ verified')
    expect(text).toContain('  "a name of thirty-two characters…" ZZZZZZ not compared')
  })
})
