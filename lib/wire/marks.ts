/**
 * The characters that no name may hold, because they change what a reader sees around them or nothing at all
 * (docs/protocol.md, Names). Shared by the relay's identify gate, the name rules of claims, and the text sanitizer.
 */

/** C0 controls, DEL and C1 controls. */
const CONTROLS = String.raw`\u0000-\u001f\u007f-\u009f`
/** Bidirectional controls: ALM, LRM, RLM, embeddings, overrides and isolates (UAX #9 section 2). */
const BIDI = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`
/** Zero-width and invisible format characters, with the line and paragraph separators and the tag block. */
const ZERO_WIDTH = String.raw`\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}`

const controls = new RegExp(`[${CONTROLS}]`, 'u')
const formats = new RegExp(`[${BIDI}${ZERO_WIDTH}]`, 'u')

/** True when the text holds a C0 or C1 control or DEL. */
export function hasControls(text: string): boolean {
  return controls.test(text)
}

/** True when the text holds a bidirectional control or a zero-width format character. */
export function hasUnsafeFormatChars(text: string): boolean {
  return formats.test(text)
}
