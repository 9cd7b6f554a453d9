/**
 * The rules for display names (docs/protocol.md, Names): what a name may hold, and which names look alike. A name is refused, never
 * repaired: a repaired one would be another than its member signed. Called by claims, the roster and the clients' forms.
 *
 * The table of letters that look alike is `confusables.txt` of Unicode 13.0 as the package unhomoglyph carries it, used as UTS #39
 * section 4 says. Only the data is taken. Nothing the relay needs is here: it never sees a name.
 *
 * What is a mark, a pictograph and a cluster, the platform's Unicode says: a name of characters younger than that may be good to one
 * client and not to another, which then refuses the claim and says so.
 */
import lookalikes from 'unhomoglyph/data.json' with { type: 'json' }
import { utf8 } from './bytes.ts'
import { hasBidiControls, hasControls, hasStrayMarks, hasStrayVariation, hasUnsafeFormatChars } from './marks.ts'

/** Grapheme clusters (what people call characters) in a name. */
export const NAME_GRAPHEMES = 32
/** Bytes of UTF-8 in a name. */
export const NAME_BYTES = 128

/** Which rule a name breaks. */
export type NameFault =
  /** Nothing, or white space only. */
  | 'empty'
  | 'too_long'
  /** A lone surrogate: half of a character. */
  | 'broken_character'
  /** A control character, as Escape, tab or a line break. */
  | 'control'
  /** A mark that turns the direction of the text. */
  | 'bidi'
  /** A character that shows nothing. */
  | 'invisible'
  /** White space at the beginning or the end. */
  | 'blank_edge'
  /** Accents that stand on nothing, or more than six on one letter. */
  | 'stacked_marks'

const TABLE: Readonly<Record<string, string>> = lookalikes

/** Letters of living scripts that Unicode named after 13.0, and that look like Latin ones or digits. */
const ADDED: ReadonlyMap<string, string> = new Map([
  ['þ', 'p'],
  ['ш', 'w'],
  ['ւ', 'i'],
  ['ട', 's'],
  ['င', 'c'],
  ['០', 'o'],
  ['३', '3'],
])

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** No letter needs more rounds of folding and replacing (a test walks all of Unicode). */
const ROUNDS = 4

/** Braille's blank is no white space to Unicode and looks like nothing else. */
const BLANK = String.raw`[\s\u2800]`
const onlyBlank = new RegExp(`^${BLANK}*$`, 'u')
const blankEdge = new RegExp(`^${BLANK}|${BLANK}$`, 'u')
const blanks = new RegExp(`${BLANK}+`, 'gu')

/** The rule that a name breaks, or null when it keeps all of them. */
export function checkName(text: string): NameFault | null {
  // First, so that the work below is bounded: no code unit takes less than a byte.
  if (text.length > NAME_BYTES) return 'too_long'
  if (!text.isWellFormed()) return 'broken_character'
  if (onlyBlank.test(text)) return 'empty'
  if (hasControls(text)) return 'control'
  if (hasBidiControls(text)) return 'bidi'
  if (hasUnsafeFormatChars(text) || hasStrayVariation(text)) return 'invisible'
  if (blankEdge.test(text)) return 'blank_edge'
  if (hasStrayMarks(text)) return 'stacked_marks'
  if (utf8(text).length > NAME_BYTES || graphemes(text) > NAME_GRAPHEMES) return 'too_long'
  return null
}

function graphemes(text: string): number {
  return Array.from(segmenter.segment(text)).length
}

/** True when two names can be taken for each other. */
export function looksLike(a: string, b: string): boolean {
  return skeleton(a) === skeleton(b) || settled(a) === settled(b)
}

/**
 * What a name looks like, for an index of names in use: two names look alike when they share one of these. Two readings, for one
 * alone misses attacks: read as drawn, a Greek or Cyrillic capital passes for a Latin one (Н for H); read as folded, capitals of a
 * script pass for its small letters (ΝΙΚΟΣ for νίκος). One skeleton for both would join them through the letters between (ν and Ν,
 * v and N) and warn of names that nobody mixes up.
 */
export function looks(name: string): readonly [drawn: string, folded: string] {
  return [`drawn ${skeleton(name)}`, `folded ${settled(name)}`]
}

/** A name as it is drawn: what looks alike becomes the same, case and compatibility forms included. Not to be shown. */
export function skeleton(name: string): string {
  return settled(prototypes(name)).replaceAll('i', 'l')
}

/** Folding makes letters that have lookalikes of their own (M, m, rn), and a lookalike may be a capital (0, O, o): until neither changes anything. */
function settled(text: string): string {
  let before = text
  for (let round = 0; round < ROUNDS; round++) {
    const after = prototypes(fold(before))
    if (after === before) break
    before = after
  }
  return before
}

/** One case and one compatibility form. Letter by letter, because a sigma in a word and one at its end must fold alike. */
function fold(text: string): string {
  let out = ''
  for (const letter of text.normalize('NFKC').replace(blanks, ' ')) out += letter.toUpperCase().toLowerCase()
  // A dot on an i that has one already cannot be seen.
  return out.normalize('NFD').replaceAll('i\u0307', 'i').normalize('NFKC')
}

const ignorable = /[\p{Default_Ignorable_Code_Point}]/gu

/** UTS #39 section 4: decomposed, without what shows nothing, each letter replaced by the one that stands for all of its look. */
function prototypes(text: string): string {
  let out = ''
  for (const letter of text.normalize('NFD').replace(ignorable, '')) out += ADDED.get(letter) ?? TABLE[letter] ?? letter
  return out.normalize('NFD')
}
