/** Pictures by their short names. */
import { describe, expect, test } from 'bun:test'
import { gemoji } from 'gemoji'
import { harmless } from '#lib/text/sanitize.ts'
import { emojiAtEnd, emojiCompleter } from '../../../cli/screen/emoji.ts'

const offered = (line: string) => emojiCompleter({ line })?.items.map(({ label }) => label) ?? []

describe('what is begun', () => {
  test('is offered, names that begin so before others', () => {
    expect(emojiCompleter({ line: 'well done :thumbsu' })).toEqual({
      prefix: ':thumbsu',
      items: [{ value: '👍 ', label: '👍 :thumbsup:', description: 'thumbs up' }],
    })
    const hearts = offered(':heart')
    expect(hearts[0]).toContain(':heart')
    expect(hearts.findIndex((label) => !label.includes(' :heart'))).toBeGreaterThan(2)
  })

  test('is found by what a picture is about too, and twenty are offered at most', () => {
    expect(offered(':approve')).toContain('👍 :+1:')
    expect(offered(':fa')).toHaveLength(20)
    expect(new Set(offered(':fa')).size).toBe(20)
  })

  test.each([
    '',
    ':',
    ':D',
    ':p',
    'at 12:30',
    'http://x',
    'a:smile',
    ':smile:',
    ':smile ',
    ':Smile',
    ':qqqq',
    '::smile',
    `:${'a'.repeat(200)}`,
  ])('is nothing in %p', (line) => {
    expect(emojiCompleter({ line })).toBeNull()
  })
})

describe('a whole name', () => {
  test.each([
    [':+1:', { prefix: ':+1:', emoji: '👍' }],
    ['so (:tada:', { prefix: ':tada:', emoji: '🎉' }],
    ['🎉:tada:', { prefix: ':tada:', emoji: '🎉' }],
    [':constructor:', null],
    [':nothing_such:', null],
    ['a:tada:', null],
    ['12:30:', null],
    [':tada: ', null],
  ])('at the end of %p is %j', (line, found) => {
    expect(emojiAtEnd(line)).toEqual(found)
  })
})

test('every picture goes through as it is when it is made harmless', () => {
  expect(gemoji.length).toBeGreaterThan(1_800)
  expect(gemoji.filter(({ emoji }) => harmless(emoji) !== emoji)).toEqual([])
})
