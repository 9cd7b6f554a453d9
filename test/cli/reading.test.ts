/** Standard input as lines (docs/scripting.md, Input). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type Line, LINE_BYTES, lineFault, type Lines, splitter, TERMINAL } from '../../cli/reading.ts'
import { typed, typing } from '../harness/typing.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const line = (text: string): Line => ({ is: 'line', text })
const small = { most: 8, kept: null }

/** All lines of some bytes, given in pieces of a size. */
function cut(all: Uint8Array, piece = all.length, source = small): Line[] {
  const split = splitter(source)
  const lines: Line[] = []
  for (let at = 0; at < all.length; at += piece) lines.push(...split.push(all.subarray(at, at + piece)))
  return [...lines, ...split.end()]
}

async function rest(lines: Lines): Promise<Line[]> {
  const all: Line[] = []
  for (let next = await lines.next(); next !== null; next = await lines.next()) all.push(next)
  return all
}

describe('bytes are cut into lines', () => {
  test.each<readonly [string, readonly Line[]]>([
    ['', []],
    ['a\nb\n', [line('a'), line('b')]],
    ['a\r\nb', [line('a'), line('b')]],
    ['\n\n', [line(''), line('')]],
    ['a\rb\n', [line('a\rb')]],
    ['a\r\r\n', [line('a\r')]],
    ['12345678\n', [line('12345678')]],
    ['12345678\r\n', [line('12345678')]],
    ['123456789\nb\n', [{ is: 'too_long', bytes: 9, most: 8 }, line('b')]],
    ['12345678\r', [line('12345678')]],
    ['1234567890123', [{ is: 'too_long', bytes: 13, most: 8 }]],
    ['a\u2028b\n', [line('a\u2028b')]],
  ])('%j', (text, lines) => {
    for (const piece of [1, 2, 3, 100]) expect(cut(bytes(text), piece)).toEqual([...lines])
  })

  test('what is not UTF-8 is a line of its own, and the next one is read', () => {
    const broken = Uint8Array.of(0xc3, 0x0a, 0x61, 0x0a, 0xed, 0xa0, 0x80, 0x0a)
    expect(cut(broken)).toEqual([{ is: 'not_utf8' }, line('a'), { is: 'not_utf8' }])
  })

  test('a character that comes in two pieces is whole', () => {
    expect(cut(bytes('é🦊\n'), 1)).toEqual([line('é🦊')])
  })

  test('the same lines whatever the pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (all, piece) => {
        expect(cut(all, piece)).toEqual(cut(all))
      }),
    )
  })

  test('bytes are copied: a reader may use its buffer again', () => {
    const split = splitter(small)
    const buffer = bytes('abc')
    split.push(buffer)
    buffer.fill(0x7a)
    expect(split.push(bytes('\n'))).toEqual([line('abc')])
  })
})

test('a line has room for the longest text that can be said, whatever JSON makes of it', () => {
  // Six characters for one byte (\u0000), in a command.
  expect(LINE_BYTES).toBeGreaterThan(6 * 61_440 + 100)
})

describe('a terminal', () => {
  test('keeps 4,095 bytes of a line, so that one as long has lost some', async () => {
    const lines = await rest(typed(`${'x'.repeat(4_094)}\n${'x'.repeat(4_095)}\nafter\n`, { ...TERMINAL, kept: 4_095 }))
    expect(lines).toEqual([line('x'.repeat(4_094)), { is: 'cut', most: 4_095 }, line('after')])
  })

  test('that is none keeps all', async () => {
    expect(await rest(typed(`${'x'.repeat(5_000)}\n`))).toEqual([line('x'.repeat(5_000))])
  })
})

test('what cannot be taken is told in words', () => {
  expect(lineFault({ is: 'too_long', bytes: 9, most: 8 })).toBe('a line has 8 bytes at most, this one has 9')
  expect(lineFault({ is: 'cut', most: 8 })).toContain('hands over 8 bytes')
  expect(lineFault({ is: 'not_utf8' })).toBe('this line is not UTF-8')
})

describe('lines of a stream', () => {
  test('come one at a time, and end', async () => {
    const input = typing()
    input.type('a\nb\nc')
    expect(await input.lines.next()).toEqual(line('a'))
    expect(await input.lines.next()).toEqual(line('b'))
    const waiting = input.lines.next()
    input.end()
    expect(await waiting).toEqual(line('c'))
    expect(await input.lines.next()).toBeNull()
    expect(await input.lines.next()).toBeNull()
  })

  test('a stream that breaks ends', async () => {
    const input = typing()
    input.type('a\n')
    expect(await input.lines.next()).toEqual(line('a'))
    input.break()
    expect(await input.lines.next()).toBeNull()
    await input.lines.stop()
  })

  test('nothing is given any more after a stop, also to who waits', async () => {
    const input = typing()
    const waiting = input.lines.next()
    await input.lines.stop()
    expect(await waiting).toBeNull()
    expect(await input.lines.next()).toBeNull()
    expect(input.stopped()).toBe(true)
  })

  test('lines that were there are not given after a stop', async () => {
    const input = typing()
    input.type('a\nb\n')
    await input.lines.next()
    await input.lines.stop()
    expect(await input.lines.next()).toBeNull()
  })
})

describe('the rest of a paste', () => {
  test('is dropped and counted, blank lines aside, and what is typed after it is read', async () => {
    const input = typing()
    input.type('invite\n\nSee you!\n-- \nAlice\n')
    expect(await input.lines.next()).toEqual(line('invite'))
    const dropping = input.lines.skipPaste(5)
    expect(await dropping).toBe(3)
    input.type('carol\n')
    expect(await input.lines.next()).toEqual(line('carol'))
  })

  test('is dropped as long as it comes', async () => {
    const input = typing()
    input.type('one\n')
    const dropping = input.lines.skipPaste(50)
    input.type('two\n')
    input.type('three\n')
    expect(await dropping).toBe(3)
  })

  test('ends with the input', async () => {
    const lines = typed('one\ntwo')
    expect(await lines.skipPaste(60_000)).toBe(2)
    expect(await lines.next()).toBeNull()
  })
})
