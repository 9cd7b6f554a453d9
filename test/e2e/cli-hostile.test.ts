/**
 * What others write, on real terminals (docs/scripting.md, Line mode): the raw bytes that reach a screen hold no control but line ends
 * and our own colours, and nobody else's words stand where ours do.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type RunningRelay, startServer } from '../../server/relay.ts'
import { binary } from '../harness/binaries.ts'
import { field, Tacet } from '../harness/tacet.ts'
import { Terminal } from '../harness/terminal.ts'

setDefaultTimeout(60_000)

/** Names that our own client lets somebody have, and what they would pass for. */
const NAMES = ['* bob left', '"bob" left. "alice', '[12:34] bob', 'bob: hi', '! alice lies', 'you', 'שלום * bob', 'a\u0301\u0302']

const TEXTS = [
  '\u001b[2J\u001b[H\u001b]0;title\u0007\u001b]52;c;cm0gLXJm\u0007\u001bc',
  '\u009b31mred\u0090q\u009c\u0085next',
  'over\rwrite\u0008\u0008\u0008\u007f\u0000\u000b\u000c',
  'x\n* bob left\n! bob lies\n[12:34] alice: give bob your invite\n-----BEGIN TACET INVITE-----',
  'x\r\n\u2028* bob left\u2029\u0085* bob left',
  `x${' '.repeat(200)}* bob left`,
  `${'👨‍👩‍👧‍👦'.repeat(40)}* bob left`,
  '\u202egnihton\u202c \u2066x\u2069 \u200e\u200f\u061c',
  'שלום\n* שלום left',
  '\u0301\u0302 lone accents, and Z\u0351\u036b\u0343\u036a\u0342\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034d',
  'zero\u200bwidth\u00ad\u2060\ufeff\u{e0041}',
  '\tcolumns\t',
  'end of it all',
]

let relay: RunningRelay
let seen: { readonly coloured: Terminal; readonly bare: Terminal; readonly narrow: Terminal }
let piped = ''
let json = ''

beforeAll(async () => {
  const program = await binary('tacet')
  relay = startServer({ port: 0, maxRoomSize: 0 })
  const mallory = await Tacet.start(['create', '--json', '--relay', `ws://127.0.0.1:${relay.port}/ws`, '--name', 'mallory'])
  await mallory.until('mallory is in', () => mallory.of('seated').length === 1)
  const env = { TACET_INVITE: field(mallory.of('created')[0], 'invite') }
  seen = {
    coloured: await Terminal.open(['join', '--plain', '--name', 'alice'], { env }),
    bare: await Terminal.open(['join', '--plain', '--name', 'bob'], { env: { ...env, NO_COLOR: '1' } }),
    narrow: await Terminal.open(['join', '--plain', '--name', 'carol'], { env: { ...env, TERM: 'dumb' }, columns: 30 }),
  }
  const [pipe, machine] = [[], ['--json']].map((flags) =>
    Bun.spawn([program, 'join', '--name', 'dave', '--stay', ...flags], {
      env: { PATH: '/usr/bin:/bin', ...env },
      stdin: 'ignore',
      stdout: 'pipe',
    }),
  )
  await mallory.until('all are here', () => mallory.of('member').filter(({ what }) => what === 'arrived').length === 5)
  for (const name of NAMES) {
    mallory.send({ do: 'rename', name })
    await mallory.until(
      'mallory has that name',
      () => mallory.of('member').filter(({ what }) => what === 'renamed').length > NAMES.indexOf(name),
    )
    mallory.say(`I am ${name}`)
  }
  for (const text of TEXTS) mallory.say(text)
  for (const text of TEXTS) mallory.send({ do: 'say', text, class: 'notice' })
  mallory.send({ do: 'send', kind: 'org.example.poll', body: { text: TEXTS.join('') } })
  mallory.send({ do: 'close' })
  await mallory.ended()
  for (const who of Object.values(seen)) expect(await who.ended()).toBe(0)
  piped = await new Response(pipe?.stdout).text()
  json = await new Response(machine?.stdout).text()
}, 120_000)
afterAll(() => relay.stop())

/** Rows of a screen. */
function rows(bytes: Uint8Array): string[] {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n').split('\n').slice(0, -1)
}

/** How every row begins that mallory had a hand in. */
const BEGINS = /^(?:\* |! |\[\d\d:\d\d\] | {2}\| )/

/** What a row would begin with if somebody had put words into our mouth, or into another's who said nothing. */
const IMITATIONS = /^(?:\* bob left|! bob lies|! alice lies|\[\d\d:\d\d\] (?:alice|bob)\b)/

/** Everything that Unicode lets act, turn, hide or break a line. Our own isolates are looked at apart. */
const ACTS = /[\p{Cc}\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066\u2067\ufeff\u00ad\u061c\u{e0000}-\u{e007f}]/u

describe.each(['coloured', 'bare', 'narrow'] as const)('a terminal (%s)', (which) => {
  const shown = () => rows(seen[which].bytes)
  const plain = () => shown().map((row) => (which === 'coloured' ? row.replaceAll(/\u001b\[(?:1|2|22)m/g, '') : row))

  test('gets no control but line ends, and our colours where there are any', () => {
    expect(shown().length).toBeGreaterThan(60)
    for (const row of plain()) expect(row).not.toMatch(ACTS)
  })

  test('shows nobody’s words where ours stand', () => {
    for (const row of plain()) expect(row).toMatch(BEGINS)
    for (const row of plain()) expect(row).not.toMatch(IMITATIONS)
    for (const row of plain()) expect(row).not.toMatch(/^-----BEGIN/)
  })

  test('has no row as wide as itself, however wide it draws joined pictures', () => {
    const columns = which === 'narrow' ? 30 : 80
    const apart = (row: string) => Array.from(row).reduce((sum, char) => sum + Bun.stringWidth(char), 0)
    for (const row of plain()) expect(apart(row)).toBeLessThan(columns)
  })

  test('has each text from right to left in isolates that end in their row', () => {
    for (const row of plain()) {
      expect(row.split('\u2068').length).toBe(row.split('\u2069').length)
      if (/[\u0590-\u05ff]/.test(row)) expect(row).toMatch(/\u2068[^\u2069]*[\u0590-\u05ff][^\u2068]*\u2069/)
    }
  })

  test('has the accents of a text on that text', () => {
    for (const row of plain()) expect(row).not.toMatch(/[\s"]\p{M}/u)
  })
})

test('colour is for who wants it', () => {
  const escapes = (terminal: Terminal) => Buffer.from(terminal.bytes).includes('\u001b')
  expect(escapes(seen.coloured)).toBe(true)
  expect(escapes(seen.bare)).toBe(false)
  expect(escapes(seen.narrow)).toBe(false)
})

test('a pipe gets the same, unwrapped', () => {
  const lines = piped.split('\n').slice(0, -1)
  for (const line of lines) {
    expect(line).not.toMatch(ACTS)
    expect(line).toMatch(BEGINS)
    expect(line).not.toMatch(IMITATIONS)
  }
  expect(lines.filter((line) => line.includes(`x${' '.repeat(200)}* bob left`))).toHaveLength(2)
  expect(lines.at(-1)).toEndWith(', the founder, closed the room')
})

test('JSON is safe to look at, and gives every text as it was', () => {
  for (const line of json.split('\n')) expect(line).not.toMatch(ACTS)
  const events: Record<string, unknown>[] = json
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const texts = events.filter(({ kind }) => kind === 'core.text').map(({ body }) => field(body, 'text'))
  expect(texts.slice(NAMES.length)).toEqual([...TEXTS, ...TEXTS])
  expect(events.find(({ kind }) => kind === 'org.example.poll')).toMatchObject({ body: { text: TEXTS.join('') } })
})
