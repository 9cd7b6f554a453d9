/** A QR code in half blocks: two of its rows in one of the terminal's (ISO/IEC 18004). Called by invite.ts. */
import { encodeQR } from 'qr'

/** Dots of light around the code: what the standard asks for, and what cameras are content with where there is no room for that. */
const QUIET = [4, 2]

/** The rows of the code, or null when it is larger than the room there is. Black on white whatever the theme: cameras want it so. */
export function qrRows(text: string, columns: number, rows: number): readonly string[] | null {
  // The least correction of errors makes the smallest code; a screen has no stains.
  const codes = QUIET.map((border) => encodeQR(text, 'raw', { ecc: 'low', border }))
  const dots = codes.find(({ length }) => length <= columns && Math.ceil(length / 2) <= rows)
  if (dots === undefined) return null
  return Array.from({ length: Math.ceil(dots.length / 2) }, (_, row) => {
    const [upper = [], lower = []] = [dots[2 * row], dots[2 * row + 1]]
    const cells = upper.map((dark, i) => HALVES[`${dark}-${lower[i] ?? false}`])
    return `\x1b[30;107m${cells.join('')}\x1b[39;49m`
  })
}

/** A cell by whether its upper and its lower dot are dark. */
const HALVES = { 'true-true': '█', 'true-false': '▀', 'false-true': '▄', 'false-false': ' ' } as const
