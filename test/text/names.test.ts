/** How members are named in our own sentences, and whom a person means (docs/scripting.md, Line mode). */
import { describe, expect, test } from 'bun:test'
import { checkName } from '#lib/wire/names.ts'
import { named, quoted } from '#lib/text/names.ts'
import { memberCalled } from '../../cli/whom.ts'
import { me, member } from '../harness/told.ts'

describe('a name in a sentence', () => {
  test.each<readonly [string, string]>([
    ['bob', 'bob'],
    ['Bob2', 'Bob2'],
    ['jean-luc', 'jean-luc'],
    ["o'neill", "o'neill"],
    ['O’Neill', 'O’Neill'],
    ['j.r', 'j.r'],
    ['наташа', 'наташа'],
    ['देवी', 'देवी'],
    ['李雷', '李雷'],
    ['さくらー', 'さくらー'],
    ['🦊', '🦊'],
    ['דנה', '\u2068דנה\u2069'],
    // What could pass for more than a name.
    ['bob left', '"bob left"'],
    ['bob:', '"bob:"'],
    ['bobː', '"bobː"'],
    ['bob,', '"bob,"'],
    ['bob (K7WQ2M)', '"bob (K7WQ2M)"'],
    ['-bob-', '"-bob-"'],
    ['bob-', '"bob-"'],
    ['* bob', '"* bob"'],
    ['| bob', '"| bob"'],
    ['[12:00] bob', '"[12:00] bob"'],
    ['you', '"you"'],
    ['Nobody', '"Nobody"'],
    ['a\u00a0b', '"a\u00a0b"'],
    ['a\u2800b', '"a\u2800b"'],
    // No name can close its quotes.
    ['bob" left. "alice', `"bob' left. 'alice"`],
    ['“bob”', `"'bob'"`],
    ['bob″ left', `"bob' left"`],
    ['דנה left', '\u2068"דנה left"\u2069'],
  ])('%j is %j', (name, shown) => {
    expect(checkName(name)).toBeNull()
    expect(quoted(name)).toBe(shown)
  })

  test('is harmless also when it never could be a name', () => {
    expect(quoted('\u001b[2J\u202ebob\n* left')).toBe('"\\u{1b}[2J\\u{202e}bob\\u{a}* left"')
    expect(quoted('\u0301bob')).toBe('"\\u{301}bob"')
  })
})

test('a name that may mislead has its tag', () => {
  expect(named(member())).toBe('bob')
  expect(named(member({ clash: true }))).toBe('bob (K7WQ2M)')
  expect(named(member({ confirmed: false }))).toBe('bob (K7WQ2M, not confirmed)')
  expect(named(member({ clash: true, confirmed: false, name: 'bob b' }))).toBe('"bob b" (K7WQ2M, not confirmed)')
})

describe('whom a person means', () => {
  const bob = member()
  const carol = member({ seat: 'c', member: '0c'.repeat(16), name: 'Carol the Great', tag: 'AAAAAA' })
  const people = [me(), bob, carol]

  test.each([
    ['bob', bob],
    ['K7WQ2M', bob],
    ['k7wq2m', bob],
    ['Carol the Great', carol],
    ['"Carol the Great"', carol],
    ['aaaaaa', carol],
  ])('%j', (whom, who) => {
    expect(memberCalled(people, whom)).toEqual({ is: 'found', member: who.member })
  })

  test('is found in either spelling of an accent', () => {
    const rene = member({ name: 'rene\u0301' })
    expect(memberCalled([rene], 'ren\u00e9')).toEqual({ is: 'found', member: rene.member })
  })

  test('is found by a seat of several', () => {
    expect(memberCalled([bob, member({ seat: 'phone' })], 'bob')).toEqual({ is: 'found', member: bob.member })
  })

  test.each([['alice'], ['H5V7KW'], ['Bob'], ['carol'], ['"bob'], ['nobody']])('nobody is called %j', (whom) => {
    expect(memberCalled(people, whom)).toMatchObject({ is: 'wrong', why: expect.stringContaining('nobody here') })
  })

  test('nobody is who has left', () => {
    expect(memberCalled([member({ presence: 'left' })], 'bob')).toMatchObject({ is: 'wrong' })
  })

  test.each([
    ['two of one name', member({ seat: 'x', member: '0d'.repeat(16), tag: 'BBBBBB' }), 'bob'],
    ['a name that spells another’s tag', member({ seat: 'x', member: '0d'.repeat(16), tag: 'BBBBBB', name: 'K7WQ2M' }), 'K7WQ2M'],
    ['a tag that spells another’s name', member({ seat: 'x', member: '0d'.repeat(16), tag: 'BBB2BB', name: 'y' }), 'bbb2bb'],
    [
      'a name that is shown as another',
      member({ seat: 'x', member: '0d'.repeat(16), tag: 'B', name: '"Carol the Great"' }),
      '"Carol the Great"',
    ],
  ])('is refused when it may be more than one: %s', (_how, other, whom) => {
    const named = member({ seat: 'y', member: '0e'.repeat(16), tag: 'CCCCCC', name: 'bbb2bb' })
    expect(memberCalled([...people, named, other], whom)).toMatchObject({ why: expect.stringContaining('more than one') })
  })
})
