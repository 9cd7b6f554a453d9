/** `tacet open`: keys that make a passphrase, a saved talk in lines and in JSON, and files that are none (docs/scripting.md, Saved talks). */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SavedEntry, type SavedTalk, saveTalk } from '#lib/client/index.ts'
import { draw } from '../../cli/drawing.ts'
import { jsonLine } from '../../cli/jsonevents.ts'
import { type Around, openFile } from '../../cli/open.ts'
import type { Order } from '../../cli/options.ts'
import { outputTo } from '../../cli/output.ts'
import { afterKeys, askHidden, type Typed } from '../../cli/passphrase.ts'
import { savedJson, savedLines } from '../../cli/savedlines.ts'
import { failureOf } from '../harness/failure.ts'
import { seeded } from '../harness/random.ts'

setDefaultTimeout(120_000)

const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const said: SavedEntry = {
  name: 'bob',
  tag: 'K7WQ2M',
  verified: true,
  me: false,
  time: 0,
  kind: 'core.text',
  text: 'hello',
  class: '',
}
const HOSTILE = '\u001b[2J\u0007\r\n* alice left\u202e\u200b'
const talk: SavedTalk = { time: 0, topic: 'tea at five', entries: [said] }
const lines = (changed: SavedTalk) => savedLines(changed, 0).flatMap((told) => draw(told, { columns: null, colour: false }))

describe('keys make a passphrase:', () => {
  test.each<readonly [string, Typed]>([
    ['abc', { is: 'typing', text: 'abc' }],
    ['abc\r', { is: 'done', text: 'abc' }],
    ['a\u007fbc\n', { is: 'done', text: 'bc' }],
    ['\u007f\u0008x\r', { is: 'done', text: 'x' }],
    ['e\u0301\u007fx\r', { is: 'done', text: 'x' }],
    ['abc\u0015x\r', { is: 'done', text: 'x' }],
    ['a\tb\u001b\r', { is: 'done', text: 'ab' }],
    ['abc\u0003', { is: 'given up' }],
    ['\u0004', { is: 'given up' }],
    ['abc\u0004', { is: 'done', text: 'abc' }],
    ['a\rb', { is: 'done', text: 'a' }],
  ])('%j', (keys, typed) => {
    expect(afterKeys({ is: 'typing', text: '' }, keys)).toEqual(typed)
  })

  test('and while they are typed nothing is shown, on every way out the terminal is as before', async () => {
    for (const keys of ['caf\u00e9\r', 'x\u0003']) {
      const modes: boolean[] = []
      const shown: string[] = []
      let type: ((keys: Uint8Array) => void) | null = null
      const keyboard = {
        setRawMode: (raw: boolean) => modes.push(raw),
        on: (event: 'data' | 'end', listener: (keys: Uint8Array) => void) => {
          if (event === 'data') type = listener
        },
        off: (event: 'data' | 'end') => {
          if (event === 'data') type = null
        },
        resume: () => undefined,
        pause: () => undefined,
      }
      const asking = askHidden('passphrase: ', keyboard, (text) => shown.push(text))
      // Byte by byte: a letter may come in two.
      for (const byte of new TextEncoder().encode(keys)) press(type, byte)
      if (keys.endsWith('\r')) expect(await asking).toBe('caf\u00e9')
      else expect(await failureOf(() => asking)).toEqual({ code: 'interrupted', message: 'given up' })
      expect([modes, shown, type]).toEqual([[true, false], ['passphrase: ', '\n'], null])
    }
  })
})

function press(type: ((keys: Uint8Array) => void) | null, byte: number): void {
  type?.(Uint8Array.of(byte))
}

describe('a saved talk', () => {
  test('is told in lines: when, topic, who, and what was said', () => {
    const mine = { ...said, name: 'al ice', tag: 'H5V7KW', me: true, text: 'one\ntwo' }
    const of = (kind: string): SavedEntry => ({ ...said, kind })
    const kinds = ['core.topic', 'core.policy', 'core.leave', 'core.close', 'org.example.x'].map(of)
    const shown = lines({
      ...talk,
      entries: [said, mine, { ...said, class: 'notice' }, ...kinds, { ...said, kind: 'core.topic', text: '' }],
    })
    expect(shown.map((line) => line.replace(/\[\d\d:\d\d\]|saved \d\d:\d\d/, 'TIME'))).toEqual([
      '* TIME, 9 entries',
      '* topic: tea at five',
      '* bob (K7WQ2M), verified',
      '* "al ice" (H5V7KW), who saved this',
      'TIME bob (K7WQ2M): hello',
      'TIME "al ice" (H5V7KW): one',
      '  | two',
      'TIME -bob (K7WQ2M)- hello',
      'TIME [bob (K7WQ2M) set the topic] hello',
      'TIME [bob (K7WQ2M) said who may set the topic]',
      'TIME [bob (K7WQ2M) left]',
      'TIME [bob (K7WQ2M) closed the room]',
      'TIME [unsupported: org.example.x from bob (K7WQ2M)]',
      'TIME [bob (K7WQ2M) took the topic away]',
    ])
  })

  test('cannot act on the terminal, hide or put words into our mouth, in lines or in JSON', () => {
    const hostile = { ...said, name: HOSTILE, tag: HOSTILE, text: HOSTILE }
    const all = { time: 0, topic: HOSTILE, entries: [hostile, { ...hostile, kind: 'core.topic' }, { ...hostile, kind: HOSTILE }] }
    for (const line of [...lines(all), ...savedJson(all).map(jsonLine)]) {
      expect(line).not.toMatch(/[\p{Cc}\u200b\u202e]/u)
      expect(line).not.toStartWith('* alice left')
    }
  })

  test('is one object for the talk and one for each entry in JSON', () => {
    expect(savedJson(talk)).toEqual([
      { event: 'talk', time: 0, topic: 'tea at five', entries: 1 },
      { event: 'said', ...said },
    ])
  })
})

describe('opening', () => {
  const path = join(folder, 'talk.saved')
  const order = (changes: Partial<Order & { do: 'open' }> = {}) =>
    ({ do: 'open', file: path, exportTo: null, json: false, ...changes }) as const

  function around(passphrase: string): Around & { readonly written: () => string; readonly asked: () => number } {
    let [written, asked] = ['', 0]
    const out = outputTo((bytes) => {
      written += new TextDecoder().decode(bytes)
      return Promise.resolve(bytes.length)
    })
    return {
      passphrase: () => {
        asked += 1
        return Promise.resolve(passphrase)
      },
      out,
      look: { columns: null, colour: false },
      now: 0,
      progress: () => undefined,
      written: () => written,
      asked: () => asked,
    }
  }

  test('shows it, or writes it into a new file for its owner alone and shows nothing', async () => {
    writeFileSync(path, await saveTalk(talk, 'right', seeded(1), () => undefined))
    const shown = around('right')
    await openFile(order(), shown)
    expect(shown.written()).toBe(lines(talk).join('\n') + '\n')
    const [exported, exportTo] = [around('right'), join(folder, 'talk.txt')]
    await openFile(order({ exportTo }), exported)
    expect(exported.written()).toBe('')
    expect(readFileSync(exportTo, 'utf8')).toBe(shown.written())
    expect(statSync(exportTo).mode & 0o777).toBe(0o600)
    const why = {
      code: 'usage',
      message: 'the file for the clear text cannot be made (it exists, and nothing is overwritten)',
    } as const
    expect(await failureOf(() => openFile(order({ exportTo }), around('right')))).toEqual(why)
  })

  test('with a wrong passphrase, or none, and of a damaged file, fails in the same words', async () => {
    const damaged = join(folder, 'damaged.saved')
    const bytes = await saveTalk(talk, 'right', seeded(1), () => undefined)
    writeFileSync(path, bytes)
    writeFileSync(damaged, bytes.with(bytes.length - 20, (bytes.at(-20) ?? 0) ^ 1))
    const failures = [
      await failureOf(() => openFile(order(), around('wrong'))),
      await failureOf(() => openFile(order(), around(''))),
      await failureOf(() => openFile(order({ file: damaged }), around('right'))),
    ]
    for (const failure of failures) {
      expect(failure).toEqual({
        code: 'not_opened',
        message: 'the passphrase is wrong, or the file is damaged: nobody can tell which',
      })
    }
  })

  test('of a file that is no saved talk, or none, asks for no passphrase', async () => {
    const none = join(folder, 'none')
    writeFileSync(none, 'hello')
    const asking = around('x')
    expect(await failureOf(() => openFile(order({ file: none }), asking))).toEqual({
      code: 'usage',
      message: 'this is no saved talk, or of a later version',
    })
    expect(await failureOf(() => openFile(order({ file: join(folder, 'missing') }), asking))).toEqual({
      code: 'usage',
      message: 'the file cannot be read (ENOENT)',
    })
    expect(asking.asked()).toBe(0)
  })
})
