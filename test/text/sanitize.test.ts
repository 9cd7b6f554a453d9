/** Texts from others, shown (docs/protocol.md, Shown text): nothing that acts or hides gets through, and ordinary text stays as it is. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { harmless } from '#lib/text/sanitize.ts'

/** What may never be in a shown text, said in Unicode's own properties: the code under test goes by its list. */
const UNSEEN = String.raw`[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}\p{Noncharacter_Code_Point}\ufff9-\ufffb]`
const NEVER = new RegExp(String.raw`[${UNSEEN}--[\u200c\u200d\ufe00-\ufe0f\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]]`, 'v')
const CONTROL = /\p{Cc}/u
/** What may be in a shown text only beside its like. */
const JOINER = /[\u200c\u200d]/u
const SELECTOR = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u
const TAG = /[\u{e0000}-\u{e007f}]/u

const ORDINARY = [
  'Hello, world! 3 < 4 && "5" > 2',
  'Zoë, naïve, Straße, e\u0301',
  'Ελληνικά, Русский, ქართული',
  'שָׁלוֹם',
  'مُحَمَّد',
  'می\u200cخواهم',
  'क्\u200dष',
  'র\u200d্য',
  'ไม่รู้',
  'ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ',
  '日本語、葛\u{e0100}城',
  '한국어',
  '👨\u200d👩\u200d👧\u200d👦',
  '👩🏽\u200d🦰',
  '🏳\ufe0f\u200d🌈',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '🇩🇪🇫🇷',
  '1\ufe0f\u20e3',
  '❤\ufe0f ❤\ufe0e',
  '\\u{202e} as somebody typed it',
  ' \u00a0\u3000',
]

describe('ordinary text stays as it is', () => {
  test.each(ORDINARY)('%s', (text) => {
    expect(harmless(text)).toBe(text)
    expect(harmless(text, { multiline: true })).toBe(text)
  })
})

const HARMFUL: readonly (readonly [string, string, string])[] = [
  ['a colour', '\u001b[31mred', '\\u{1b}[31mred'],
  ['a colour in one C1 control', '\u009b31mred', '\\u{9b}31mred'],
  ['a title', '\u001b]0;owned\u0007', '\\u{1b}]0;owned\\u{7}'],
  ['a bell, a backspace and DEL', 'a\u0007b\u0008c\u007f', 'a\\u{7}b\\u{8}c\\u{7f}'],
  ['NUL', 'a\u0000b', 'a\\u{0}b'],
  ['a carriage return', 'harmless\rbad', 'harmless\\u{d}bad'],
  ['next line', 'a\u0085b', 'a\\u{85}b'],
  ['a right-to-left override', 'photo\u202egpj.exe', 'photo\\u{202e}gpj.exe'],
  ['isolates and marks', '\u2066a\u2069\u200fb\u061c', '\\u{2066}a\\u{2069}\\u{200f}b\\u{61c}'],
  ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ['a byte order mark', '\ufeffa', '\\u{feff}a'],
  ['a soft hyphen', 'a\u00adb', 'a\\u{ad}b'],
  ['a line separator', 'a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
  ['a filler', '\u3164', '\\u{3164}'],
  ['hidden tag characters', 'a\u{e0068}\u{e0069}', 'a\\u{e0068}\\u{e0069}'],
  ['a flag with a hidden text', '🏴\u{e0061}\u{e007f}', '🏴\\u{e0061}\\u{e007f}'],
  ['half a character', 'a\ud83db', 'a\\u{d83d}b'],
  ['a noncharacter', 'a\uffffb\u{1fffe}', 'a\\u{ffff}b\\u{1fffe}'],
  ['a joiner between letters', 'a\u200db', 'a\\u{200d}b'],
  ['a joiner behind an emoji', '👩\u200d!', '👩\\u{200d}!'],
  ['a second joiner', '👩\u200d\u200d👩', '👩\\u{200d}\\u{200d}👩'],
  ['a non-joiner in a Latin word', 'a\u200cb', 'a\\u{200c}b'],
  ['a non-joiner at the end of a Persian word', 'می\u200c ', 'می\\u{200c} '],
  ['a selector on a letter', 'a\ufe0f', 'a\\u{fe0f}'],
  ['selectors that carry bytes', '😀\ufe0f\ufe01\u{e0101}', '😀\ufe0f\\u{fe01}\\u{e0101}'],
  ['accents piled up', `z${'\u0301'.repeat(500)}y`, `z${'\u0301'.repeat(6)}\u{fffd}y`],
  ['accents on nothing', '\u0301a', '\\u{301}a'],
]

describe('what acts or hides is written out', () => {
  test.each(HARMFUL)('%s', (_what, text, shown) => {
    expect(harmless(text)).toBe(shown)
    expect(harmless(text, { multiline: true })).toBe(shown)
  })

  test('a tab is four spaces', () => {
    expect(harmless('a\tb')).toBe('a    b')
  })
})

describe('line breaks', () => {
  test('are written out where a text must not pass for two lines', () => {
    expect(harmless('a\nb\r\nc')).toBe('a\\u{a}b\\u{a}c')
  })

  test('are kept where lines are allowed, in one form, and an accent cannot fall on the line before', () => {
    expect(harmless('a\nb\r\nc\rd', { multiline: true })).toBe('a\nb\nc\\u{d}d')
    expect(harmless('a\n\u0301b', { multiline: true })).toBe('a\n\\u{301}b')
  })
})

const pieces = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom(...ORDINARY, ...HARMFUL.map(([, text]) => text)),
  fc.constantFrom(
    '\u200d',
    '\u200c',
    '\ufe0f',
    '\u{e0100}',
    '\u{e0061}',
    '\u{e007f}',
    '\u0301',
    '\u064e',
    '\u094d',
    '\u180b',
    '\u17b4',
  ),
  fc.constantFrom('👩', '🏽', '🏴', 'ا', 'क', '葛', '\u1820', '1', '\u20e3', '\n', '\r', '\t', '\ud83d', '\udc69', '\u034f'),
)
const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))

test('no text comes out with anything in it that acts or hides', () => {
  fc.assert(
    fc.property(texts, fc.boolean(), (text, multiline) => {
      const shown = harmless(text, { multiline })
      expect(shown).not.toMatch(NEVER)
      expect(multiline ? shown.replaceAll('\n', '') : shown).not.toMatch(CONTROL)
      const ends = shown.replace(/\p{RGI_Emoji_Tag_Sequence}/gv, '')
      expect(ends).not.toMatch(TAG)
      expect(shown).not.toMatch(/\p{M}{7}/u)
      expect(shown).not.toMatch(/(?:^|\n)\p{M}/u)
      for (const { index } of shown.matchAll(new RegExp(`${JOINER.source}|${SELECTOR.source}`, 'gu'))) {
        // Each has a visible neighbour of its kind before it, and a joiner one behind it.
        expect(shown.slice(0, index)).toMatch(/[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}0-9#*]$/u)
        if (JOINER.test(shown.charAt(index))) expect(shown.slice(index + 1)).toMatch(/^[\p{L}\p{M}\p{Extended_Pictographic}]/u)
      }
    }),
    { seed: 1, numRuns: 3_000 },
  )
})

test('a harmless text stays as it is', () => {
  fc.assert(
    fc.property(texts, fc.boolean(), (text, multiline) => {
      const shown = harmless(text, { multiline })
      expect(harmless(shown, { multiline })).toBe(shown)
    }),
    { seed: 2, numRuns: 3_000 },
  )
})

test('every character alone comes out harmless', () => {
  const wrong: string[] = []
  for (let point = 0; point <= 0x10ffff; point++) {
    const shown = harmless(String.fromCodePoint(point))
    if (NEVER.test(shown) || CONTROL.test(shown) || JOINER.test(shown) || SELECTOR.test(shown) || TAG.test(shown)) {
      wrong.push(point.toString(16))
    }
  }
  expect(wrong).toEqual([])
})
