/**
 * Texts from others made harmless for a terminal and a page (docs/protocol.md, Shown text). Called wherever a client draws what a peer or
 * a relay wrote. What changes its surroundings or hides is written out, as `\u{202e}`: somebody put it there, and the reader shall see so.
 *
 * Letters of every script stay, so do joined emoji. Texts that run from right to left are isolated by the view, which knows its lines.
 */
import { BIDI, CONTROLS, INVISIBLE, MARKS_ON_A_LETTER, STRAY_VARIATION } from '#lib/wire/marks.ts'

/** How a text is shown. */
export interface Shown {
  /** Keep line breaks. Without it a text cannot pass for two lines. */
  readonly multiline?: boolean
}

/** Columns that a tab takes. A tab itself would go where the terminal's stops are, over what else is in the line. */
const TAB = '    '

/** Flags of parts of a country are a black flag and tag characters; other tag characters are hidden text. */
const FLAG = String.raw`\p{RGI_Emoji_Tag_Sequence}`

/** A joiner makes one emoji of two. */
const EMOJI_JOINER = String.raw`(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d(?=\p{Extended_Pictographic})`

/** Scripts whose spelling needs joiners and non-joiners inside words: Arabic and its neighbours, and those of India and around it. */
const JOINING = String.raw`\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}`
const LETTER = String.raw`[[${JOINING}]&&\p{L}]`
const MARK = String.raw`[[[${JOINING}]&&\p{M}]--[${INVISIBLE}]]`
/** Its neighbours must be such as stay themselves, or a second pass would find it elsewhere than the first. */
const WORD_JOINER = String.raw`(?<=${LETTER}${MARK}{0,${MARKS_ON_A_LETTER}})[\u200c\u200d](?=${LETTER}|${MARK})`

/** Ideographs have forms that one selector behind them names. */
const IDEOGRAPH_FORM = String.raw`(?<=\p{Unified_Ideograph})[\u{e0100}-\u{e01ef}]`

/** Marks above the limit, all of one run; they would paint over the lines around. */
const EXCESS_MARKS = String.raw`(?<=\p{M}{${MARKS_ON_A_LETTER}})\p{M}+`
/** A mark at the beginning of a line would fall on what stands there before the text. */
const LOOSE_MARK = String.raw`(?<![^\n])\p{M}`

const unsafe = new RegExp(
  [
    `(?<kept>${FLAG}|${EMOJI_JOINER}|${WORD_JOINER}|${IDEOGRAPH_FORM})`,
    `(?<excess>${EXCESS_MARKS})`,
    `${LOOSE_MARK}|${STRAY_VARIATION}|[${CONTROLS}${BIDI}${INVISIBLE}\\p{Surrogate}\\p{Noncharacter_Code_Point}]`,
  ].join('|'),
  'gv',
)

/** The text with nothing in it that acts on a terminal, turns or covers other text, or hides. Harmless text stays as it is. */
export function harmless(text: string, { multiline = false }: Shown = {}): string {
  return text.replace(/\r\n/g, '\n').replace(unsafe, (found: string, kept?: string, excess?: string) => {
    if (kept !== undefined || (multiline && found === '\n')) return found
    if (excess !== undefined) return '\u{fffd}'
    return found === '\t' ? TAB : escaped(found)
  })
}

function escaped(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}
