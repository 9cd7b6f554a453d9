/** Entry kinds: which names there are, and which bodies suit them (docs/protocol.md, Kinds). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { isExtension, isKind, kindFault } from '#lib/room/kinds.ts'
import { KIND_CHARS } from '#lib/room/limits.ts'

describe('a kind is a name', () => {
  test.each(['core.text', 'core.file-done', 'org.example.poll', 'a.b', 'a.9', 'x-1.y-2.z-3', `a.${'b'.repeat(KIND_CHARS - 2)}`])(
    'like %s',
    (kind) => {
      expect(isKind(kind)).toBe(true)
    },
  )

  test.each([
    '',
    'core',
    '.',
    '.text',
    'core.',
    'core..text',
    'Core.text',
    'core.Text',
    'core.te xt',
    'core.text\n',
    '9.text',
    '-a.b',
    'a.-b',
    'a_b.c',
    'core.té',
    `a.${'b'.repeat(KIND_CHARS - 1)}`,
  ])('but not like %j', (kind) => {
    expect(isKind(kind)).toBe(false)
    expect(kindFault(kind, {})).toBe('unknown_kind')
  })

  test('and looking at the longest hostile one takes no time', () => {
    const started = performance.now()
    for (const hostile of ['a.'.repeat(500_000), `a${'-'.repeat(1_000_000)}`, 'a.a-'.repeat(250_000)])
      expect(isKind(hostile)).toBe(false)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

test('a program may make up any kind but a core one', () => {
  expect(['org.example.poll', 'a.b', 'corel.draw', 'core-x.y'].filter((kind) => !isExtension(kind))).toEqual([])
  expect(['core.text', 'core.anything', 'core.', 'core', 'Org.example'].filter(isExtension)).toEqual([])
})

describe('a body', () => {
  test.each([
    ['core.text', { text: 'x' }],
    ['core.text', { text: ' ' }],
    ['core.text', { text: 'x', class: 'notice' }],
    ['core.text', { text: 'x', class: 'action' }],
    ['core.leave', {}],
    ['core.close', {}],
    ['core.beat', {}],
  ])('of %s may be %j', (kind, body) => {
    expect(kindFault(kind, body)).toBeNull()
  })

  test.each([
    ['core.text', {}],
    ['core.text', { text: '' }],
    ['core.text', { text: null }],
    ['core.text', { text: ['x'] }],
    ['core.text', { text: 'x', class: 'shout' }],
    ['core.text', { text: 'x', class: null }],
    ['core.text', { text: 'x', class: '' }],
    ['core.text', { text: 'x', more: 'y' }],
    ['core.leave', { reason: 'none' }],
    ['core.close', { text: 'x' }],
    ['core.beat', { head: 1 }],
  ])('of %s may not be %j', (kind, body) => {
    expect(kindFault(kind, body)).toBe('bad_body')
  })

  test('is an object, whatever the kind', () => {
    for (const kind of ['core.text', 'core.leave', 'core.later', 'org.example.poll']) {
      for (const body of [null, [], ['x'], 'x', 7, true, undefined]) expect(kindFault(kind, body)).toBe('bad_body')
    }
  })

  test('of a core kind of a later version, and of a program’s own, may be any object', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('core.later', 'core.text2', 'org.example.poll'),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (kind, body) => {
          expect(kindFault(kind, body)).toBeNull()
        },
      ),
      { seed: 1 },
    )
  })

  test('is not looked up among what objects inherit', () => {
    for (const kind of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(kindFault(kind, {})).toBe('unknown_kind')
  })
})
