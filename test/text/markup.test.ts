/** Marks in messages (docs/protocol.md, Shown text): what they mean, that nothing is lost, and what a hostile text costs. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { marked, type MarkedLine, type MarkedSpan } from '#lib/text/markup.ts'

/** A line as a reader sees it: without its marks, each look in brackets of its own. */
function seen({ in: place, spans }: MarkedLine): string {
  return `${place}: ${spans
    .filter(({ mark }) => !mark)
    .map(look)
    .join('')}`
}

function look({ text, bold, italic, code, link }: MarkedSpan): string {
  const letters = `${bold ? 'b' : ''}${italic ? 'i' : ''}${code ? 'c' : ''}${link ? 'l' : ''}`
  return letters === '' ? text : `{${letters} ${text}}`
}

function source(lines: readonly MarkedLine[]): string {
  return lines.map(({ spans }) => spans.map(({ text }) => text).join('')).join('\n')
}

describe('a line', () => {
  test.each([
    ['nothing marked', 'nothing marked'],
    ['**bold** and *italic* and _italic_', '{b bold} and {i italic} and {i italic}'],
    ['***both***, **bold *both* bold**', '{bi both}, {b bold }{bi both}{b  bold}'],
    ['*italic **both***', '{i italic }{bi both}'],
    ['_**both**_', '{bi both}'],
    ['这是**粗体**字', '这是{b 粗体}字'],
    ['2*3*4, a_b_c, __init__, 5 * 4 * 3', '2*3*4, a_b_c, __init__, 5 * 4 * 3'],
    ['**never ended, *nor this', '**never ended, *nor this'],
    ['**a *b** c*', '{b a *b} c*'],
    ['**** and *****', '**** and *****'],
    ['*a\u{1d400}*', '{i a\u{1d400}}'],
    ['\u{1d400}*a* *a*\u{1d400}', '\u{1d400}*a* *a*\u{1d400}'],
    ['`code **not bold**` and ``two ` ticks``', '{c code **not bold**} and {c two ` ticks}'],
    ['`never ended and `` neither', '`never ended and `` neither'],
    ['**bold `code` bold**', '{b bold }{bc code}{b  bold}'],
    ['\\*as it is\\* and ¯\\_(ツ)_/¯', '\\*as it is\\* and ¯\\_(ツ)_/¯'],
    ['see https://example.org/a_b_c?x=*y*.', 'see {l https://example.org/a_b_c?x=*y}*.'],
    ['(http://example.org/a_(b)), then', '({l http://example.org/a_(b)}), then'],
    ['**https://example.org/**', '{bl https://example.org/}'],
    ['https:// xhttps://example.org ftp://example.org', 'https:// xhttps://example.org ftp://example.org'],
    ['[words](https://example.org)', '[words]({l https://example.org})'],
    ['<https://example.org>', '<{l https://example.org}>'],
    ['`https://example.org`', '{c https://example.org}'],
  ])('%s', (text, shown) => {
    expect(marked(text).map(seen)).toEqual([`text: ${shown}`])
  })
})

describe('lines', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['a quote', '> said *before*\nsaid now', ['quote: said {i before}', 'text: said now']],
    ['a quote of a quote is a quote', '>> a\n> > b', ['quote: a', 'quote: b']],
    [
      'fenced code',
      'a\n```ts\n**b**\n> c\n```\n*d*',
      ['text: a', 'fence: ', 'code: {c **b**}', 'code: {c > c}', 'fence: ', 'text: {i d}'],
    ],
    ['a fence that nothing ends', '```\n**b**', ['text: ```', 'text: {b b}']],
    [
      'a second fence that nothing ends',
      '```\na\n```\n```\n*b*',
      ['fence: ', 'code: {c a}', 'fence: ', 'text: ```', 'text: {i b}'],
    ],
    ['marks end with their line', '**a\nb**', ['text: **a', 'text: b**']],
    ['empty lines', '\n\n', ['text: ', 'text: ', 'text: ']],
  ])('%s', (_what, text, shown) => {
    expect(marked(text).map(seen)).toEqual([...shown])
  })
})

test('a mark has the look of what it marks, so that one who shows it shows where it works', () => {
  const [line] = marked('**a**')
  expect(line?.spans.map(({ bold, mark, text }) => ({ bold, mark, text }))).toEqual([
    { bold: true, mark: true, text: '**' },
    { bold: true, mark: false, text: 'a' },
    { bold: true, mark: true, text: '**' },
  ])
})

const pieces = fc.oneof(
  fc.constantFrom(
    '*',
    '**',
    '***',
    '_',
    '__',
    '`',
    '``',
    '```',
    '\n',
    '> ',
    ' ',
    'a',
    'https://x.y',
    '(',
    ')',
    '\\',
    '\n```\n',
    '李',
    '\u{1d400}',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const texts = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''))

test('no character is lost, added or moved, whatever the text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const lines = marked(text)
      expect(source(lines)).toBe(text)
      for (const { spans } of lines) for (const span of spans) expect(span.text).not.toBe('')
    }),
    { seed: 1, numRuns: 3_000 },
  )
})

/** What would cost the square of its length, or a deep stack, to a careless reader. */
const HOSTILE: readonly (readonly [string, (n: number) => string])[] = [
  ['openers', (n) => '*a '.repeat(n)],
  ['openers of all kinds', (n) => '*a **b _c '.repeat(n)],
  ['openers of one kind and closers of another', (n) => '*a '.repeat(n) + 'b_ '.repeat(n)],
  ['closers', (n) => 'a* '.repeat(n)],
  ['stars without end', (n) => '*'.repeat(n)],
  ['stars and underlines in turn', (n) => '*_'.repeat(n)],
  ['pairs', (n) => '*a* '.repeat(n)],
  ['backticks', (n) => '`'.repeat(n)],
  ['backticks of every length', (n) => Array.from({ length: Math.sqrt(n) }, (_, i) => '`'.repeat(i)).join(' ')],
  ['backticks that find no end', (n) => '`a``b'.repeat(n)],
  ['quotes', (n) => '>'.repeat(n)],
  ['quotes and blanks', (n) => '> '.repeat(n)],
  ['fences', (n) => '```\n'.repeat(n)],
  ['fences that nothing ends', (n) => '```a\n'.repeat(n)],
  ['a fence of blanks', (n) => `\`\`\`${' '.repeat(n)}x`],
  ['addresses', (n) => 'https://'.repeat(n)],
  ['addresses of brackets', (n) => `https://x${')'.repeat(n)}`],
  ['addresses of points', (n) => `https://x${'.'.repeat(n)} `.repeat(2)],
  ['addresses that are none', (n) => 'ahttps://b '.repeat(n)],
  ['backslashes', (n) => '\\'.repeat(n)],
  ['lines', (n) => '\n'.repeat(n)],
]

describe('a hostile text costs no more than its length', () => {
  const [small, large] = [8_000, 64_000]
  const cost = (text: string): number => {
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 5; round++) {
      const start = performance.now()
      marked(text)
      best = Math.min(best, performance.now() - start)
    }
    return best
  }

  test.each(HOSTILE)('%s', (_what, make) => {
    expect(source(marked(make(1_000)))).toBe(make(1_000))
    const before = cost(make(small))
    // Eight times the length; the square would be 64 times the work. What is too quick to be measured is quick enough.
    expect(cost(make(large))).toBeLessThan(Math.max(before, 2) * 28)
  })
})
