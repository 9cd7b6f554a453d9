/** QR codes on a screen: what a camera makes of the cells is what was put in, with light all around. */
import { describe, expect, test } from 'bun:test'
import { Terminal } from '@xterm/headless'
import { decodeQR } from 'qr/decode.js'
import { qrRows } from '../../../cli/views/qr.ts'

const LINK = `https://relay.example/#${'Ab3_-'.repeat(31)}`

/** What a camera sees of a terminal, 4 by 4 pixels a dot. */
async function photo(rows: readonly string[]) {
  const columns = Array.from(rows[0]?.replaceAll(/\x1b\[[\d;]*m/g, '') ?? '').length
  const terminal = new Terminal({ cols: columns, rows: rows.length, allowProposedApi: true })
  await new Promise<void>((resolve) => terminal.write(rows.join('\r\n'), resolve))
  const scale = 4
  const [width, height] = [columns * scale, rows.length * 2 * scale]
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  const isDark = (x: number, y: number) => {
    const cell = terminal.buffer.active.getLine(Math.floor(y / 2))?.getCell(x)
    // Black on bright white, or nothing is to be seen.
    if (cell?.getFgColor() !== 0 || cell.getBgColor() !== 15) return true
    const chars = cell.getChars()
    return chars === '█' || chars === (y % 2 === 0 ? '▀' : '▄')
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (isDark(Math.floor(x / scale), Math.floor(y / scale))) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  terminal.dispose()
  return { width, height, data, isDark, columns }
}

describe.each([
  ['with all the room', 200, 60, 4],
  ['with hardly enough', 53, 27, 2],
])('a code %s', (_room, columns, rows, quiet) => {
  test('is read by a camera', async () => {
    const drawn = qrRows(LINK, columns, rows) ?? []
    expect(decodeQR(await photo(drawn))).toBe(LINK)
  })

  test('has light all around it', async () => {
    const { isDark, columns: width } = await photo(qrRows(LINK, columns, rows) ?? [])
    for (let at = 0; at < width; at++) {
      for (let edge = 0; edge < quiet; edge++) {
        const around = [isDark(at, edge), isDark(edge, at), isDark(width - 1 - edge, at), isDark(at, width - 1 - edge)]
        expect(around).toEqual([false, false, false, false])
      }
    }
    expect(isDark(quiet, quiet)).toBe(true)
  })
})

test('a code that does not fit is none', () => {
  const fits = qrRows(LINK, 53, 27)
  expect(fits).not.toBeNull()
  expect(qrRows(LINK, 52, 27)).toBeNull()
  expect(qrRows(LINK, 53, 26)).toBeNull()
  expect(qrRows(LINK, 80, 20)).toBeNull()
})

test('no row leaves its colours behind', () => {
  for (const row of qrRows(LINK, 200, 60) ?? []) expect(row).toMatch(/^\x1b\[30;107m[█▀▄ ]+\x1b\[39;49m$/)
})
