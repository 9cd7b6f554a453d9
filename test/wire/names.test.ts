/** Which names are refused and why, and which two look alike (docs/protocol.md, Names). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { utf8 } from '#lib/wire/bytes.ts'
import { hasControls, hasUnsafeFormatChars } from '#lib/wire/marks.ts'
import { checkName, looks, looksLike, NAME_BYTES, NAME_GRAPHEMES, type NameFault, skeleton } from '#lib/wire/names.ts'

describe('a name is accepted', () => {
  const good = [
    'alice',
    'A',
    'Zoë',
    'Ольга',
    'محمد',
    'שרה',
    'दीपा',
    '李',
    '김철수',
    'ทดสอบ',
    '🦊',
    '❤️',
    '🇩🇪',
    "d'Arc",
    'a b  c',
    '@_1',
    '٣',
  ]
  test.each(good)('%s', (name) => {
    expect(checkName(name)).toBeNull()
  })

  test(`with ${NAME_GRAPHEMES} letters of ${NAME_BYTES} bytes together, and not with one more of either`, () => {
    expect(checkName('a'.repeat(NAME_GRAPHEMES))).toBeNull()
    expect(checkName('a'.repeat(NAME_GRAPHEMES + 1))).toBe('too_long')
    expect(checkName('🦊'.repeat(NAME_GRAPHEMES))).toBeNull()
    expect(utf8('🦊'.repeat(NAME_GRAPHEMES)).length).toBe(NAME_BYTES)
    expect(checkName('e\u0301\u0323'.repeat(25))).toBeNull()
    expect(checkName(`${'e\u0301\u0323'.repeat(25)}abcd`)).toBe('too_long')
  })

  test('by the letters that people count, not by code points', () => {
    expect(checkName('e\u0301'.repeat(NAME_GRAPHEMES))).toBeNull()
    expect(checkName('e\u0301'.repeat(NAME_GRAPHEMES + 1))).toBe('too_long')
    expect(checkName('각'.normalize('NFD').repeat(14))).toBeNull()
  })
})

describe('a name is refused', () => {
  const bad: readonly (readonly [string, string, NameFault])[] = [
    ['that is nothing', '', 'empty'],
    ['of spaces', '   ', 'empty'],
    ['of wide spaces', '\u3000\u00a0', 'empty'],
    ['of blank Braille', '\u2800', 'empty'],
    ['with a space before', ' alice', 'blank_edge'],
    ['with a space after', 'alice ', 'blank_edge'],
    ['with a no-break space after', 'alice\u00a0', 'blank_edge'],
    ['with blank Braille after', 'alice\u2800', 'blank_edge'],
    ['with an escape', 'al\u001b[31mice', 'control'],
    ['with a line break', 'alice\nbob', 'control'],
    ['with a tab', 'alice\tbob', 'control'],
    ['with DEL', 'alice\u007f', 'control'],
    ['with a C1 control', 'alice\u009b31m', 'control'],
    ['with a right-to-left override', 'alice\u202eecila', 'bidi'],
    ['with an isolate', '\u2066alice', 'bidi'],
    ['with a zero-width space', 'ali\u200bce', 'invisible'],
    ['with a joiner', 'ali\u200dce', 'invisible'],
    ['with a soft hyphen', 'ali\u00adce', 'invisible'],
    ['with a Hangul filler', '\u3164', 'invisible'],
    ['with tag characters', 'alice\u{e0041}', 'invisible'],
    ['with a line separator', 'alice\u2028bob', 'invisible'],
    ['with a byte order mark', 'alice\ufeffbob', 'invisible'],
    ['with a variation selector on a letter', 'alice\ufe0f', 'invisible'],
    ['with half a character', 'alice\ud83e', 'broken_character'],
    ['with accents piled up', `alice${'\u0301'.repeat(7)}`, 'stacked_marks'],
    ['that begins with an accent', '\u0301alice', 'stacked_marks'],
    ['of 129 bytes', 'é'.repeat(64).concat('a'), 'too_long'],
    ['of a megabyte, at once', 'a'.repeat(1 << 20), 'too_long'],
  ]
  test.each(bad)('%s', (_what, name, fault) => {
    expect(checkName(name)).toBe(fault)
  })
})

test('no accepted name holds an unsafe mark, white space at an edge, or more than it may', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(' ', 'a', '\u202e', '\u200d', '\ufe0f', '\u0301', '🦊', '\ud800', '\u001b', '\u2800', '\u{e0020}'),
  )
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(text, (name) => {
      if (checkName(name) !== null) return
      expect(name.isWellFormed() && name.trim() === name && name.length > 0).toBeTrue()
      expect(hasControls(name) || hasUnsafeFormatChars(name)).toBeFalse()
      expect(utf8(name).length).toBeLessThanOrEqual(NAME_BYTES)
    }),
    { seed: 1, numRuns: 1_000 },
  )
})

describe('two names look alike', () => {
  const alike: readonly (readonly [string, string, string])[] = [
    ['in Cyrillic', 'раураl', 'paypal'],
    ['with a Cyrillic capital that is no Latin small letter', 'Нelen', 'helen'],
    ['with a Greek capital', 'Νick', 'Nick'],
    ['in Cherokee', 'ᎬᎳᎪ', 'EWA'],
    ['with capital I for l', 'AIice', 'Alice'],
    ['with 1 for l', 'A1ice', 'Alice'],
    ['with | for l', 'A|ice', 'Alice'],
    ['with 1 for I', '1van', 'Ivan'],
    ['with 0 for O', 'B0b', 'bOb'],
    ['with a small zero below the line for o', 'b₀b', 'bob'],
    ['with rn for m', 'torn', 'tom'],
    ['in full width', 'ｂｏｂ', 'bob'],
    ['in mathematical letters', '𝐛𝐨𝐛', 'bob'],
    ['in circles of fullness', 'Ⓑⓞⓑ', 'bob'],
    ['with a ligature', 'ﬁn', 'fin'],
    ['composed and decomposed', 'Zo\u00eb', 'Zoe\u0308'],
    ['in another case', 'ALICE', 'alice'],
    ['in another case of German', 'STRASSE', 'Straße'],
    ['in another case of Greek, sigma at the end', 'ΝΙΚΟΣ', 'νικος'],
    ['in another case of Cyrillic', 'ЗОЯ', 'зоя'],
    ['with a dotless i', 'ıvan', 'Ivan'],
    ['with a second dot on an i', 'i\u0307van', 'ivan'],
    ['with another space', 'a\u00a0b', 'a b'],
    ['with two spaces for one', 'a  b', 'a b'],
    ['with a letter named after the table', 'þaul', 'paul'],
    ['with a selector that changes the look of a heart', '❤\ufe0f', '❤\ufe0e'],
  ]
  test.each(alike)('%s', (_what, a, b) => {
    expect(a).not.toBe(b)
    expect(looksLike(a, b)).toBeTrue()
    expect(looksLike(b, a)).toBeTrue()
  })

  test.each(alike)('%s, in an index', (_what, a, b) => {
    const index = new Set(looks(a))
    expect(looks(b).some((look) => index.has(look))).toBeTrue()
  })
})

test('names that nobody mixes up do not look alike', () => {
  const names = [
    'alice',
    'bob',
    'carol',
    'anna',
    'ana',
    'nick',
    'vick',
    'tom',
    'rom',
    'e',
    'é',
    'ben',
    'bea',
    'Зоя',
    'Оля',
    '李',
    '王',
    '🦊',
    '🐻',
    '5',
    's',
    '7',
  ]
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const))
  expect(pairs.filter(([a, b]) => looksLike(a, b))).toEqual([])
  expect(new Set(names.flatMap(looks)).size).toBe(names.length * 2)
})

test('a skeleton is the same for both cases of every Latin letter and merges only i, I, l, L and 1, and o, O and 0', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.split('')
  const shapes = Map.groupBy(letters, skeleton)
  const merged = [...shapes.values()].map((same) => same.join('')).filter((same) => same.length > 2 || /\d./.test(same))
  expect(merged).toEqual(['ilIL1', 'oO0'])
  expect(shapes.size).toBe(26 - 1 + 10 - 2)
})

test('a skeleton of a skeleton is itself, for every character that has a form and for texts', () => {
  const plain = /[\p{Unassigned}\p{Private_Use}\p{Surrogate}\p{Unified_Ideograph}\p{Script=Hangul}]/u
  const again = (text: string) => skeleton(skeleton(text)) === skeleton(text)
  const wrong: string[] = []
  for (let point = 0; point <= 0x10ffff; point++) {
    const char = String.fromCodePoint(point)
    if (!plain.test(char) && !again(char)) wrong.push(point.toString(16))
  }
  expect(wrong).toEqual([])
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 12 }), again), { seed: 2, numRuns: 1_000 })
})
