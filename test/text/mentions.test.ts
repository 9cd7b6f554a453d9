/** Where a text names somebody: as a word of its own, whatever the case. */
import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { mentionsOf } from '#lib/text/mentions.ts'

const found = (text: string, name: string) => mentionsOf(text, name).map(({ from, to }) => text.slice(from, to))

test.each<readonly [string, string, readonly string[]]>([
  ['bob', 'bob', ['bob']],
  ['Bob: look, @bob!', 'bob', ['Bob', '@bob']],
  ['bobby, kebob, bob_, bob2', 'bob', []],
  ['bobby bob', 'bob', ['bob']],
  ['(bob)', 'bob', ['bob']],
  ['a.b aXb', 'a.b', ['a.b']],
  ['zoë zoë\u0301', 'zoë', ['zoë']],
  ['你好李雷', '李雷', []],
  ['你好@李雷 吗', '李雷', ['@李雷']],
  ['hello 🦊, 🦊🦊', '🦊', ['🦊', '🦊', '🦊']],
  ['𝒶bob', 'bob', []],
  ['bob𝒶', 'bob', []],
  ['ask the duke of york', 'The Duke', ['the duke']],
  ['@@@', '@', ['@', '@', '@']],
  ['anything', '', []],
])('%p names %p at %j', (text, name, places) => {
  expect(found(text, name)).toEqual([...places])
})

test('whatever the text and the name, places are in order, apart, and hold the name', () => {
  const part = fc.constantFrom('bob', 'Bob', '@', ' ', 'b', '.', '*', 'ß', 'İ', '李', '\u0301', '(', '\\')
  const text = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, text, (said, name) => {
      let last = 0
      for (const { from, to } of mentionsOf(said, name)) {
        expect(from).toBeGreaterThanOrEqual(last)
        expect(said.slice(from, to)).toMatch(new RegExp(`^@?${RegExp.escape(name)}$`, 'iu'))
        last = to
      }
    }),
    { seed: 1, numRuns: 2_000 },
  )
})

test('a text of nothing but the name costs no more than its length', () => {
  const start = performance.now()
  expect(mentionsOf('bob'.repeat(20_000), 'bob')).toEqual([])
  expect(mentionsOf('@bob '.repeat(12_000), 'bob')).toHaveLength(12_000)
  expect(performance.now() - start).toBeLessThan(1_000)
})
