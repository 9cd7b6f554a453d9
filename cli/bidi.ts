/**
 * Right-to-left texts inside our lines (Unicode UAX #9 section 2.4). Isolated, so that on a terminal which turns them round they do
 * not turn round what stands beside them: a name and what it said, or two names. Called by names.ts, lines.ts and drawing.ts.
 */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** The text between marks of isolation, when it has letters that run from right to left; else as it is. */
export function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text
}
