/**
 * The characters that change what a reader sees around them, or show nothing at all (docs/protocol.md, Names). No name may hold
 * them. Shared by the relay's identify gate, the name rules of claims, and the text sanitizer.
 *
 * Each class is the inside of a regular expression's brackets, so that whoever needs another set can build it from these.
 */

/** C0 controls, DEL and C1 controls. */
export const CONTROLS = String.raw`\u0000-\u001f\u007f-\u009f`
/** Bidirectional controls: ALM, LRM, RLM, embeddings, overrides and isolates (UAX #9 section 2). */
export const BIDI = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`
/**
 * Zero-width and invisible characters, with the line and paragraph separators and the tag block: all that Unicode calls default
 * ignorable, variation selectors 1 to 16 excepted, which emoji need. Listed, not asked of `\p{DI}`: the relay and all its clients
 * must agree, whatever Unicode version each was built with.
 */
export const INVISIBLE = String.raw`\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}`

/**
 * Variation selectors 1 to 16 where they choose a look: after a pictograph or an ideograph, and in a keycap. This is no class but
 * the part of an expression that finds one elsewhere, where it shows nothing and can carry hidden text.
 */
export const STRAY_VARIATION = String.raw`(?<![\p{Extended_Pictographic}\p{Unified_Ideograph}])(?!(?<=[0-9#*])\ufe0f\u20e3)[\ufe00-\ufe0f]`

/** So many combining marks may stand on one letter: the most that a living script stacks. More paint over the lines around them. */
export const MARKS_ON_A_LETTER = 6

const controls = new RegExp(`[${CONTROLS}]`, 'u')
const bidi = new RegExp(`[${BIDI}]`, 'u')
const formats = new RegExp(`[${BIDI}${INVISIBLE}]`, 'u')
const strayVariation = new RegExp(STRAY_VARIATION, 'u')
const strayMarks = new RegExp(String.raw`^\p{M}|\p{M}{${MARKS_ON_A_LETTER + 1}}`, 'u')

/** True when the text holds a C0 or C1 control or DEL. */
export function hasControls(text: string): boolean {
  return controls.test(text)
}

/** True when the text holds a bidirectional control. */
export function hasBidiControls(text: string): boolean {
  return bidi.test(text)
}

/** True when the text holds a bidirectional control or a zero-width format character. */
export function hasUnsafeFormatChars(text: string): boolean {
  return formats.test(text)
}

/** True when a variation selector stands where it changes no look. */
export function hasStrayVariation(text: string): boolean {
  return strayVariation.test(text)
}

/** True when the text begins with a combining mark, which falls on what stands before the text, or stacks too many of them. */
export function hasStrayMarks(text: string): boolean {
  return strayMarks.test(text)
}
