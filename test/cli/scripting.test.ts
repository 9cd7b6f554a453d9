/** docs/scripting.md says what the program does: every command, event, field, fault, ending, flag and exit code, and no other. */
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Event, Presence } from '#lib/client/events.ts'
import { JSON_DEPTH } from '#lib/crypto/canonical.ts'
import { ANSWER_MS, CONNECT_MS, LEAVE_MS, OFFLINE_MS, REDIAL_MS, SILENT_MS } from '#lib/client/times.ts'
import { ENTRY_BYTES, KIND_CHARS, TEXT_BYTES, TOPIC_BYTES } from '#lib/room/limits.ts'
import { EXIT } from '../../cli/exit.ts'
import { helpLines } from '../../cli/input.ts'
import { SHAPES } from '../../cli/jsoncommands.ts'
import { failedJson, inviteJson, type JsonEvent, jsonLine, jsonOf, membersJson } from '../../cli/jsonevents.ts'
import { LINE_FAULTS } from '../../cli/jsonface.ts'
import { FLAGS } from '../../cli/options.ts'
import { MOST_WAITING } from '../../cli/output.ts'
import { type Line, LINE_BYTES } from '../../cli/reading.ts'
import { FAULTS } from '#lib/text/endings.ts'
import { outcome } from '../../cli/reasons.ts'
import { savedJson } from '../../cli/savedlines.ts'
import { HELP } from '../../cli/usage.ts'
import { inviteOf } from '../harness/invites.ts'
import { field } from '../harness/tacet.ts'
import { EVENTS, member, SAMPLES } from '../harness/told.ts'

const page = readFileSync(join(import.meta.dir, '../../docs/scripting.md'), 'utf8')

/** The rows of the first table under a heading, cell by cell. */
function table(heading: string): string[][] {
  const from = page.indexOf(`\n${heading}\n`)
  if (from === -1) throw new Error(`no heading ${heading}`)
  const lines = page.slice(from + heading.length + 2).split('\n')
  const start = lines.findIndex((line) => line.startsWith('|'))
  const rest = lines.slice(start)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  return rest.slice(2, end).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** What stands between backticks. */
function code(cell = ''): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, text = '']) => text)
}

/** A table as its first column's code, with the code of another column. */
function listed(heading: string, column: number): Record<string, string[]> {
  return Object.fromEntries(table(heading).flatMap((row) => code(row[0]).map((name) => [name, code(row[column]).toSorted()])))
}

/** Fields by name, of objects that may lack some: those of all of one name together. */
function fieldsOf(objects: readonly JsonEvent[], name: string, without: readonly string[]): Record<string, string[]> {
  const found = new Map<string, Set<string>>()
  for (const object of objects) {
    const key = field(object, name)
    const fields = Object.keys(object).filter((field) => field !== name && !without.includes(field))
    found.set(key, new Set([...(found.get(key) ?? []), ...fields]))
  }
  return Object.fromEntries([...found].map(([key, fields]) => [key, [...fields].toSorted()]))
}

const told = EVENTS.map((event) => jsonOf(event, null))
const answers = [membersJson([member()]), inviteJson(inviteOf()), failedJson(null, 'bad_json', '')]
const of = (event: string) => told.filter((json) => json.event === event)

describe('JSON mode', () => {
  test('lists every command with its fields', () => {
    const commands = Object.entries(SHAPES).map(([name, { fields }]) => [name, fields.toSorted()])
    expect(listed('### Commands', 1)).toEqual(Object.fromEntries(commands))
  })

  test('brackets the fields that may be left out, and no others', () => {
    const optional = table('### Commands').flatMap(([, fields = '']) =>
      Array.from(fields.matchAll(/\[`(\w+)`\]/g), ([, field]) => field),
    )
    expect(optional).toEqual(['class', 'text', 'locked', 'verified', 'adminToken', 'now'])
    const whole = {
      say: { text: 'x' },
      send: { kind: 'org.example.x', body: {} },
      rename: { name: 'x' },
      verify: { member: '0b' },
      accept: { seat: 'x' },
      join: { invite: 'x' },
    }
    for (const [name, shape] of Object.entries(SHAPES)) {
      const fields: Record<string, unknown> = Object.hasOwn(whole, name) ? { ...Reflect.get(whole, name) } : {}
      expect(shape.read(fields)).not.toBeNull()
      for (const field of Object.keys(fields)) expect(shape.read({ ...fields, [field]: undefined })).toBeNull()
    }
  })

  test('lists every event with its fields', () => {
    // Fields that only some have stand in tables of their own.
    const inParts = fieldsOf([...told, ...answers], 'event', [])
    const common = (event: string) =>
      (inParts[event] ?? []).filter((field) => of(event).every((json) => Object.hasOwn(json, field)))
    const parts = { lost: common('lost'), alarm: common('alarm'), ended: common('ended') }
    expect(listed('### Events', 1)).toEqual({ ...inParts, ...parts })
  })

  test('lists every alarm with its fields', () => {
    expect(listed('### Alarms', 1)).toEqual(fieldsOf(of('alarm'), 'alarm', ['event', 'name', 'member', 'text']))
  })

  test('lists every loss with its fields', () => {
    expect(listed('### Losses', 1)).toEqual(fieldsOf(of('lost'), 'why', ['event', 'unsure', 'text']))
  })

  test('lists every ending with its fields and its exit code', () => {
    expect(listed('### Endings', 1)).toEqual(fieldsOf(of('ended'), 'why', ['event', 'exit', 'text']))
    const codes: (readonly [string, string])[] = SAMPLES.ended.map(({ why }) => [why.is, String(EXIT[outcome(why).exit])])
    expect(table('### Endings').map(([why, , exit = '']) => [code(why)[0] ?? '', exit] as const)).toEqual(codes)
  })

  test('lists every field of a member and of an entry', () => {
    const { members }: { readonly members: readonly [object] } = JSON.parse(jsonLine(membersJson([member()])))
    expect(Object.keys(listed('### Members', 1))).toEqual(Object.keys(members[0]))
    expect(Object.keys(listed('### Entries', 1)).toSorted()).toEqual(fieldsOf(of('entry'), 'event', [])['entry'] ?? [])
  })

  test('lists every fault', () => {
    const lines: Record<Exclude<Line['is'], 'line'>, true> = { too_long: true, cut: true, not_utf8: true }
    const faults = [...Object.keys(LINE_FAULTS), ...Object.keys(lines), ...Object.keys(FAULTS)]
    expect(table('### Faults').flatMap(([fault]) => code(fault))).toEqual(faults)
  })

  test('lists every change and every presence of a member', () => {
    const whats: Record<(Event & { is: 'member' })['what'], true> = {
      present: true,
      joining: true,
      arrived: true,
      returned: true,
      unreachable: true,
      silent: true,
      reconnecting: true,
      gone: true,
      left: true,
      renamed: true,
      accepted: true,
      alike: true,
    }
    const presences: Record<Presence, true> = {
      joining: true,
      here: true,
      unreachable: true,
      silent: true,
      reconnecting: true,
      gone: true,
      left: true,
    }
    const sentence = /\n`what` of `member`: ((?:.|\n)*?)\n\n/.exec(page)?.[1]
    expect(code(sentence)).toEqual(Object.keys(whats))
    expect(listed('### Members', 1)['presence']).toEqual(Object.keys(presences).toSorted())
  })
})

const COMMANDS = ['create', 'join', 'open'] as const

describe('the command line', () => {
  test('has every flag listed, with the commands that take it', () => {
    const rows = Array.from(page.matchAll(/^\| `(?:-h`, `)?--([a-z-]+)[^`]*` \| ([a-z, ]+) \|/gm), ([, flag, commands]) => [
      flag,
      commands,
    ])
    const known = new Set(Object.values(FLAGS).flatMap((flags) => Object.keys(flags)))
    const takers = (flag: string) => COMMANDS.filter((command) => Object.hasOwn(FLAGS[command], flag))
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries([...known].map((flag) => [flag, takers(flag).join(', ')])))
  })

  test('has help that names every flag', () => {
    for (const command of COMMANDS) {
      const named = new Set(Array.from(HELP[command].matchAll(/--([a-z-]+)/g), ([, flag]) => flag ?? ''))
      expect([...named].toSorted()).toEqual(Object.keys(FLAGS[command]).toSorted())
    }
  })

  test('has every exit code listed, here and in its help', () => {
    const codes = Object.values(EXIT).map(String)
    expect(table('## Exit codes').map(([exit]) => exit ?? '')).toEqual(codes)
    expect(Array.from(HELP.tacet.matchAll(/^ {2}(\d+) /gm), ([, exit = '']) => exit)).toEqual(codes)
  })
})

describe('a saved talk', () => {
  test('has every field of its objects listed', () => {
    const entry = { name: 'bob', tag: '', verified: false, me: false, time: 0, kind: 'core.text', text: '', class: '' as const }
    const objects = savedJson({ time: 0, topic: '', entries: [entry] })
    expect(listed('## Saved talks', 1)).toEqual(fieldsOf(objects, 'event', []))
  })
})

describe('line mode', () => {
  test('lists every command as /help does', () => {
    const usages = helpLines().map((line) => /^\S+(?: \S+)?/.exec(line)?.[0].trim())
    expect(table('## Line mode').map(([typed]) => code(typed)[0]?.replaceAll('\\|', '|'))).toEqual(usages)
  })
})

test.each([
  ['a text has at most 61,440 bytes', TEXT_BYTES, 61_440],
  ['without its quotes, a topic 512', TOPIC_BYTES, 512],
  ['everything in it 65,536', ENTRY_BYTES, 65_536],
  ['one of more than 1 MiB is dropped', LINE_BYTES, 1024 * 1024],
  ['the line is longer than 1 MiB', LINE_BYTES, 1024 * 1024],
  ['dots between, 64 characters at most', KIND_CHARS, 64],
  // The entry around it is one more.
  ['at most 15 levels deep, itself counted,', JSON_DEPTH - 1, 15],
  ['up to 16 Mi characters wait', MOST_WAITING, 16 * 1024 * 1024],
  ['did not answer within 20 s', CONNECT_MS, 20_000],
  ['answered waits for them, 5 s at most', ANSWER_MS, 5_000],
  ['(no answer within 5 s)', ANSWER_MS, 5_000],
  ['(reconnecting for a minute)', OFFLINE_MS, 60_000],
  ['unheard for 145 s', SILENT_MS, 145_000],
  ['wait for the connection, 30 s at most', LEAVE_MS, 30_000],
  ['after 1 s at first', REDIAL_MS[0], 1_000],
  ['at first and 30 s at most', REDIAL_MS[1], 30_000],
])('the page’s number is the program’s: %s', (sentence, value, number) => {
  expect(page.replaceAll(/\s+/g, ' ').toLowerCase()).toContain(sentence.toLowerCase())
  expect<number>(value).toBe(number)
})
