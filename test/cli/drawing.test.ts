/** Lines on a screen or in a pipe (docs/scripting.md, Line mode): marks, wraps, colour, texts from right to left. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Told } from '#lib/text/told.ts'
import { draw, type Look } from '../../cli/drawing.ts'
import { isolated } from '#lib/text/bidi.ts'

const pipe: Look = { columns: null, colour: false }
const narrow: Look = { columns: 21, colour: false }
const said = (text: string): Told => ({ as: 'said', text })

describe('in a pipe', () => {
  test.each<readonly [Told, readonly string[]]>([
    [{ as: 'ours', text: 'bob left' }, ['* bob left']],
    [{ as: 'alarm', text: 'no such command' }, ['! no such command']],
    [said('[12:00] bob: hello'), ['[12:00] bob: hello']],
    [
      said('[12:00] bob: hello\n* alice left\n[12:01] alice: bye'),
      ['[12:00] bob: hello', '  | * alice left', '  | [12:01] alice: bye'],
    ],
    [said('[12:00] bob: \n\n'), ['[12:00] bob: ', '  | ', '  | ']],
    [{ as: 'block', text: 'BEGIN\nabc\nEND' }, ['BEGIN', 'abc', 'END']],
  ])('%j', (told, lines) => {
    expect(draw(told, pipe)).toEqual(lines)
  })

  test('a long line stays one line', () => {
    expect(draw(said(`[12:00] bob: ${'x'.repeat(500)}`), pipe)).toHaveLength(1)
  })
})

describe('on a screen', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['between words', '[12:00] bob: one two three four', ['[12:00] bob: one two', '  | three four']],
    ['before a long word', '[12:00] bob: abcdefghijklmnop', ['[12:00] bob:', '  | abcdefghijklmnop']],
    ['in a longer one', '[1] bob: abcdefghijklmnopqrst', ['[1] bob: abcdefghijk', '  | lmnopqrst']],
    ['not at all when it fits to the last column but one', '[12:00] bob: abcdefg', ['[12:00] bob: abcdefg']],
    ['by columns, not by characters', '李雷李雷李雷李雷李雷李雷', ['李雷李雷李雷李雷李雷', '  | 李雷']],
    ['as wide as the widest terminal draws joined pictures', '[12:00] bob: 👨‍👩‍👧‍👦', ['[12:00] bob: ', '  | 👨‍👩‍👧‍👦']],
    ['after padding', `[12:00] bob: x${' '.repeat(20)}* alice left`, ['[12:00] bob: x', '  |              *', '  | alice left']],
  ])('a line is wrapped %s', (_how, text, lines) => {
    const drawn = draw(said(text), narrow)
    expect(drawn.map((line) => line.trimEnd())).toEqual(lines.map((line) => line.trimEnd()))
    for (const line of drawn) expect(Bun.stringWidth(line)).toBeLessThan(21)
  })

  test('our own lines and warnings are wrapped behind their mark', () => {
    expect(draw({ as: 'ours', text: 'one two three four five' }, narrow)).toEqual(['* one two three four', '  | five'])
    expect(draw({ as: 'alarm', text: 'abcdefghijklmnopqrstuvwx' }, narrow)).toEqual(['! abcdefghijklmnopqr', '  | stuvwx'])
  })

  test('an invite is not wrapped', () => {
    expect(draw({ as: 'block', text: 'x'.repeat(64) }, narrow)).toEqual(['x'.repeat(64)])
  })

  test('what is ours has colour where it is wanted, what others say has none', () => {
    const look = { columns: 80, colour: true }
    expect(draw({ as: 'ours', text: 'bob left' }, look)).toEqual(['\x1b[2m* bob left\x1b[22m'])
    expect(draw({ as: 'alarm', text: 'no' }, look)).toEqual(['\x1b[1m! no\x1b[22m'])
    expect(draw(said('[12:00] bob: hello'), look)).toEqual(['[12:00] bob: hello'])
  })

  test('a text from right to left is isolated in each of its rows, and nothing else is', () => {
    const drawn = draw(said(`[12:00] bob: ${isolated('שלום שלום שלום\nabc')}`), narrow)
    expect(drawn).toEqual(['[12:00] bob: \u2068שלום\u2069', '  | \u2068שלום שלום\u2069', '  | \u2068abc\u2069'])
  })
})

const LTR = 'abc'
const rows = fc.array(fc.constantFrom('a', ' ', '  ', '* ', '! ', '\n', '李', '👨‍👩‍👧', 'ש', 'é', '[1] x: '), { maxLength: 80 })

test('whatever is said, no row but the first begins otherwise than going on, and none is as wide as the screen', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 24, max: 90 }), (parts, columns) => {
      const drawn = draw(said(`[12:00] ${LTR}: ${isolated(parts.join(''))}`), { columns, colour: false })
      expect(drawn[0]).toStartWith(`[12:00] ${LTR}: `.trimEnd())
      for (const row of drawn.slice(1)) expect(row).toStartWith('  | ')
      for (const row of drawn) {
        expect(Array.from(row).reduce((sum, char) => sum + Bun.stringWidth(char), 0)).toBeLessThan(columns)
        expect(row.split('\u2068').length).toBe(row.split('\u2069').length)
      }
      const shown = drawn.map((row, i) => (i === 0 ? row.slice(`[12:00] ${LTR}: `.length) : row.slice(4))).join('')
      const letters = (text: string) => text.replaceAll(/[\s\u2068\u2069]/g, '')
      expect(letters(shown)).toBe(letters(parts.join('')))
    }),
  )
})
