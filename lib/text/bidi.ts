/**
 * Right-to-left texts inside our lines (Unicode UAX #9 section 2.4). Isolated, so that on a terminal which turns them round they do
 * not turn round what stands beside them: a name and what it said, or two names. Called by the clients wherever they put texts of others into a line.
 */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** First strong isolate, and its end. Texts of others hold neither: harmless() has written them out. */
const [OPENS, CLOSES] = ['\u2068', '\u2069']

/** The text between marks of isolation, when it has letters that run from right to left; else as it is. */
export function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `${OPENS}${text}${CLOSES}` : text
}

/** A text that was cut into rows: what a cut left open is closed there and opened again in the next row. */
export function reopened(rows: readonly string[]): readonly string[] {
  let open = false
  return rows.map((row) => {
    const begun = open ? `${OPENS}${row}` : row
    open = begun.lastIndexOf(OPENS) > begun.lastIndexOf(CLOSES)
    return open ? `${begun}${CLOSES}` : begun
  })
}
