/**
 * What is copied from the screen with the mouse, as clean text: what was said, without the gutter, times, names and who is here beside it. Pure; called by
 * program.ts. A row that was cut off in its middle stays as it is.
 */

/** What stands before a text: mark, time and name of its first row, spaces before the others, and the bar. */
const BEFORE = /^(?:[ …✓↺]{0,3}\d\d:\d\d .{1,40}?| *)[▌╎┊] /u
/** Marks of isolation (lib/text/bidi) are ours: texts of others hold none. */
const ISOLATES = /[\u2068\u2069]/g
/** Who is here. */
const BESIDE = / *│[^│]*$/u

/** `beside`: who is here was shown. */
export function cleanCopy(text: string, beside: boolean): string {
  const rows = text.split('\n').map((row) => (beside ? row.replace(BESIDE, '') : row))
  return rows.map((row) => row.replace(BEFORE, '').replace(ISOLATES, '').trimEnd()).join('\n')
}
