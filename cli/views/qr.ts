/** A QR code in half blocks: two of its rows in one of the terminal's. Called by invite.ts. */
import { encodeQR } from 'qr'

/** The rows of the code, or null when it is larger than the room there is. Black on white whatever the theme: cameras want it so. */
export function qrRows(text: string, columns: number, rows: number): readonly string[] | null {
  const dots = encodeQR(text, 'raw', { ecc: 'low', border: 2 })
  const height = Math.ceil(dots.length / 2)
  if (dots.length > columns || height > rows) return null
  return Array.from({ length: height }, (_, row) => {
    const [upper = [], lower = []] = [dots[2 * row], dots[2 * row + 1]]
    const cells = upper.map((dark, i) => HALVES[`${dark}-${lower[i] ?? false}`])
    return `\x1b[30;107m${cells.join('')}\x1b[39;49m`
  })
}

/** A cell by whether its upper and its lower dot are dark. */
const HALVES = { 'true-true': '█', 'true-false': '▀', 'false-true': '▄', 'false-false': ' ' } as const
