/** The characters that no name may hold, against what Unicode says of them. */
import { describe, expect, test } from 'bun:test'
import {
  hasBidiControls,
  hasControls,
  hasStrayMarks,
  hasStrayVariation,
  hasUnsafeFormatChars,
  MARKS_ON_A_LETTER,
} from '#lib/wire/marks.ts'

/** Every code point but the surrogates, as texts. */
function* everyCharacter(): Generator<string> {
  for (let point = 0; point <= 0x10ffff; point++) if (point < 0xd800 || point > 0xdfff) yield String.fromCodePoint(point)
}

const VARIATION = /[\ufe00-\ufe0f]/u
/** Interlinear annotation: format characters that hide text, though Unicode does not call them ignorable. */
const ANNOTATION = /[\ufff9-\ufffb]/u

describe('against the Unicode version of this engine', () => {
  test('controls are the general category Cc and nothing else', () => {
    const wrong = [...everyCharacter()].filter((char) => hasControls(char) !== /\p{Cc}/u.test(char))
    expect(wrong).toEqual([])
  })

  test('bidirectional controls are the property Bidi_Control and nothing else', () => {
    const wrong = [...everyCharacter()].filter((char) => hasBidiControls(char) !== /\p{Bidi_Control}/u.test(char))
    expect(wrong).toEqual([])
  })

  test('every default ignorable character but variation selectors 1 to 16 is unsafe, so are separators, and no visible character is', () => {
    const unsafe = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}]/u
    const expected = (char: string) => ANNOTATION.test(char) || (unsafe.test(char) && !VARIATION.test(char))
    const wrong = [...everyCharacter()].filter((char) => hasUnsafeFormatChars(char) !== expected(char))
    expect(wrong).toEqual([])
  })
})

test('a mark is found anywhere in a text', () => {
  for (const place of [0, 1, 2]) {
    const around = (mark: string) => 'ab'.slice(0, place) + mark + 'ab'.slice(place)
    expect(hasControls(around('\u001b'))).toBeTrue()
    expect(hasUnsafeFormatChars(around('\u202e'))).toBeTrue()
    expect(hasUnsafeFormatChars(around('\u{e0041}'))).toBeTrue()
  }
})

test('ordinary text of many scripts has no unsafe mark', () => {
  for (const text of ['alice', 'Николай', 'محمد', 'देवनागरी', '李小龍', '김철수', 'ﬁn', '🇩🇪', '❤️', '1️⃣']) {
    expect([hasControls(text), hasUnsafeFormatChars(text), hasStrayVariation(text), hasStrayMarks(text)]).toEqual([
      false,
      false,
      false,
      false,
    ])
  }
})

test('a variation selector may stand after a pictograph, after an ideograph and in a keycap, nowhere else', () => {
  for (const text of ['❤\ufe0f', '❤\ufe0e', '葛\ufe00', '1\ufe0f\u20e3', '#\ufe0f\u20e3', '🏳\ufe0f']) {
    expect(hasStrayVariation(text)).toBeFalse()
  }
  for (const text of ['\ufe0f', 'a\ufe0f', '1\ufe0f', '1\ufe0e\u20e3', '❤\ufe0f\ufe0f', '葛\ufe00\ufe01']) {
    expect(hasStrayVariation(text)).toBeTrue()
  }
})

test('combining marks need a letter to stand on, and only so many fit on one', () => {
  expect(hasStrayMarks('\u0301')).toBeTrue()
  expect(hasStrayMarks('\u0301a')).toBeTrue()
  expect(hasStrayMarks(`a${'\u0301'.repeat(MARKS_ON_A_LETTER)}`)).toBeFalse()
  expect(hasStrayMarks(`a${'\u0301'.repeat(MARKS_ON_A_LETTER + 1)}`)).toBeTrue()
  expect(hasStrayMarks(`${'\u0301'.repeat(MARKS_ON_A_LETTER)}a`.repeat(2))).toBeTrue()
})
