/** Pipes, scripts and bots (docs/scripting.md), with the compiled program; the bot is the one of the page, taken from there. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { armor, parseInvite, roomFile } from '#lib/crypto/invite.ts'
import { type RunningRelay, startServer } from '../../server/relay.ts'
import { binary } from '../harness/binaries.ts'
import { field, runTacet, Tacet } from '../harness/tacet.ts'
import { needs } from '../harness/tools.ts'

setDefaultTimeout(60_000)

const page = readFileSync(join(import.meta.dir, '../../docs/scripting.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
const path = (name: string) => join(folder, name)
let relay: RunningRelay
/** Alice sits in a room; `talk.room` is its invite. */
let alice: Tacet

beforeAll(async () => {
  relay = startServer({ port: 0, maxRoomSize: 0 })
  // As `tacet`, which is what the page calls it.
  mkdirSync(path('bin'))
  cpSync(await binary('tacet'), path('bin/tacet'))
}, 120_000)
afterAll(async () => {
  await relay.stop()
  rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  alice = await Tacet.start(['create', '--json', '--relay', `ws://127.0.0.1:${relay.port}/ws`, '--name', 'alice'])
  await alice.until('alice is in', () => alice.of('seated').length === 1)
  writeFileSync(path('talk.room'), roomFile(parseInvite(invite())))
})

const invite = () => field(alice.of('created')[0], 'invite')

async function close(): Promise<void> {
  alice.send({ do: 'close' })
  expect((await alice.ended()).code).toBe(0)
}

/** Runs a shell script with `tacet` on its PATH, in the folder of `talk.room`. */
function shell(script: string, ...words: string[]) {
  const env = { PATH: `${path('bin')}:${dirname(process.execPath)}:/usr/bin:/bin` }
  return Bun.spawn(['bash', '-c', script, 'bash', ...words], {
    cwd: folder,
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
}

describe('the echo bot of the page', () => {
  const bot = /\n## An echo bot\n[^]*?\n```sh\n([^]*?)\n```\n/.exec(page)?.[1] ?? ''

  test('has about ten lines', () => {
    expect(bot.split('\n').filter((line) => !line.startsWith('#')).length).toBeLessThanOrEqual(10)
  })

  test.skipIf(!needs('jq', 'jq'))(
    'says again what others say, no notice and nothing of its own, and ends with the room',
    async () => {
      writeFileSync(path('echo.sh'), `${bot}\n`)
      const running = shell('exec sh echo.sh talk.room')
      await alice.until('echo arrives', () => alice.of('member').at(-1)?.['what'] === 'arrived')
      alice.say('hello')
      alice.send({ do: 'say', text: 'no answer to this', class: 'notice' })
      alice.send({ do: 'send', kind: 'org.example.poll', body: { text: 'nor to this' } })
      const odd = 'quotes " \\ and\nlines \u001b[31m \u202e 🦊 \u{e0041}'
      alice.say(odd)
      await alice.until('both are said again', () => alice.texts().length >= 5)
      expect(alice.texts()).toEqual(
        ['alice: hello', 'alice: no answer to this', `alice: ${odd}`, 'echo: hello', `echo: ${odd}`].toSorted(
          order(alice.texts()),
        ),
      )
      expect(alice.of('entry').at(-1)).toMatchObject({ who: { name: 'echo' }, body: { class: 'notice' } })
      await close()
      expect(await running.exited).toBe(0)
    },
  )

  /** Sorts as another list has it: what alice and the bot say may cross. */
  function order(list: readonly string[]) {
    return (a: string, b: string) => list.indexOf(a) - list.indexOf(b)
  }
})

describe('a kind of one’s own', () => {
  const [sent = '', heard = ''] = Array.from(page.matchAll(/```json\n(.*)\n```/g), ([, line]) => line)

  test('is sent and comes as the page says, to its sender too', async () => {
    const bob = await Tacet.start(['join', '--json', '--name', 'bob'], { TACET_INVITE: invite() })
    await bob.until('alice is here', () => bob.of('member').at(-1)?.['what'] === 'arrived')
    alice.send(JSON.parse(sent))
    for (const who of [alice, bob]) await who.until('it came', () => who.of('entry').length === 1)
    const example: Record<string, unknown> = JSON.parse(heard)
    for (const who of [alice, bob]) {
      const [entry] = who.of('entry')
      expect(Object.keys(entry ?? {}).toSorted()).toEqual(Object.keys(example).toSorted())
      expect(entry).toMatchObject({ kind: example['kind'], body: example['body'], who: { name: 'alice' } })
    }
    await close()
    await bob.ended()
  })

  const deep = (levels: number): object => (levels === 1 ? {} : { a: deep(levels - 1) })

  test.each<readonly [string, string, object, string | null]>([
    ['two labels', 'org.example', {}, null],
    ['64 characters', `o.${'x'.repeat(62)}`, {}, null],
    ['65 characters', `o.${'x'.repeat(63)}`, {}, 'bad_kind'],
    ['one label', 'poll', {}, 'bad_kind'],
    ['a capital', 'Org.example', {}, 'bad_kind'],
    ['one of ours', 'core.text', { text: 'x' }, 'bad_kind'],
    ['one that we may need', 'core.later', {}, 'bad_kind'],
    ['whole numbers, lists and any text', 'org.example', { a: 2 ** 53 - 1, b: [null, true, 'é\u0000'] }, null],
    ['a number too large', 'org.example', { a: 2 ** 53 }, 'bad_body'],
    ['a fraction', 'org.example', { a: 0.5 }, 'bad_body'],
    ['half a character', 'org.example', { a: '\ud800' }, 'bad_body'],
    ['15 levels', 'org.example', deep(15), null],
    ['16 levels', 'org.example', deep(16), 'bad_body'],
    ['70,000 characters', 'org.example', { a: 'x'.repeat(70_000) }, 'too_large'],
  ])('with %s', async (_what, kind, body, fault) => {
    alice.send({ do: 'send', kind, body })
    await alice.until('an answer', () => alice.of('entry').length + alice.of('failed').length === 1)
    if (fault === null) expect(alice.of('entry').map((entry) => [entry['kind'], entry['body']])).toEqual([[kind, body]])
    else expect(alice.of('failed').map((failed) => [failed['command'], failed['fault']])).toEqual([['send', fault]])
    await close()
  })

  test('with a key that would stand behind all others is refused', async () => {
    alice.end()
    await alice.ended()
    const line = '{"do":"send","kind":"org.example","body":{"__proto__":{"a":1}}}\n'
    const words = ['create', '--json', '--name', 'alice', '--relay', `ws://127.0.0.1:${relay.port}/ws`]
    expect((await runTacet(words, { input: line })).stdout).toContain('"fault":"bad_body"')
  })
})

describe('in a pipe', () => {
  test('a program that only speaks needs no JSON', async () => {
    const child = shell('printf "one\\ntwo\\n" | tacet join talk.room --name watch')
    const stdout = await new Response(child.stdout).text()
    expect(await child.exited).toBe(0)
    await alice.until('all is said', () => alice.of('member').at(-1)?.['what'] === 'left')
    expect(alice.texts()).toEqual(['watch: one', 'watch: two'])
    // What nobody typed on this screen is told.
    expect(stdout).toMatch(/\[\d\d:\d\d\] watch: one\n\[\d\d:\d\d\] watch: two\n\* you left\n$/)
    await close()
  })

  test('the invite may stand before the conversation, with other text around it', async () => {
    writeFileSync(path('commands.txt'), 'hello\n/nosuch\n//quoted\nlast, without an end')
    const child = shell('{ echo "Hi Bob,"; cat talk.room commands.txt; } | tacet join --name bob')
    const stdout = await new Response(child.stdout).text()
    expect(await child.exited).toBe(0)
    await alice.until('bob left', () => alice.of('member').at(-1)?.['what'] === 'left')
    expect(alice.texts()).toEqual(['bob: hello', 'bob: /quoted', 'bob: last, without an end'])
    expect(stdout).toContain('! no such command. /help lists them; a text that begins with / is written with two\n')
    await close()
  })

  test('the file may be another program’s output', async () => {
    expect(await shell('echo hello | tacet join <(cat talk.room) --name bob >/dev/null').exited).toBe(0)
    await alice.until('bob left', () => alice.of('member').at(-1)?.['what'] === 'left')
    expect(alice.texts()).toEqual(['bob: hello'])
    await close()
  })

  test('a long file comes through whole and in order', async () => {
    const lines = Array.from({ length: 1_500 }, (_, i) => `line ${i}`)
    writeFileSync(path('long.txt'), lines.join('\n'))
    expect(await shell('tacet join talk.room --name bob < long.txt > /dev/null').exited).toBe(0)
    await alice.until('bob left', () => alice.of('member').at(-1)?.['what'] === 'left')
    expect(alice.texts()).toEqual(lines.map((line) => `bob: ${line}`))
    await close()
  })

  test('lines that cannot be said are told, and the others are', async () => {
    const input = Buffer.concat([
      Buffer.from('good\n'),
      Buffer.of(0xff, 0x0a),
      Buffer.from(`${'x'.repeat(1_100_000)}\n${'y'.repeat(62_000)}\nend\n`),
    ])
    writeFileSync(path('odd.txt'), input)
    const child = shell('tacet join talk.room --name bob < odd.txt')
    const stdout = await new Response(child.stdout).text()
    await alice.until('bob left', () => alice.of('member').at(-1)?.['what'] === 'left')
    expect(alice.texts()).toEqual(['bob: good', 'bob: end'])
    expect(stdout.split('\n').filter((line) => line.startsWith('! ') || line.includes('62000'))).toEqual([
      '! this line is not UTF-8; nothing was sent',
      '! a line has 1048576 bytes at most, this one has 1100000; nothing was sent',
      '! too long',
      '* it has 62000 bytes, and may have 61440; nothing was sent',
    ])
    await close()
  })
})

describe('a program that writes before it reads', () => {
  test('is heard in order, once it is in', async () => {
    const commands = [{ do: 'say', text: 'one' }, { do: 'who' }, { do: 'nonsense' }, { do: 'say', text: 'two' }, { do: 'leave' }]
    const input = commands.map((command) => `${JSON.stringify(command)}\n`).join('')
    const { code, stdout, stderr } = await runTacet(['join', '--json', '--name', 'bob'], {
      input,
      env: { TACET_INVITE: invite() },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line): string => JSON.parse(line).event)
    expect(events[0]).toBe('dialing')
    expect(events[1]).toBe('seated')
    expect(events.at(-1)).toBe('ended')
    await alice.until('bob left', () => alice.of('member').at(-1)?.['what'] === 'left')
    expect(alice.texts()).toEqual(['bob: one', 'bob: two'])
    await close()
  })
})

test('an invite in the environment may be any form of it', async () => {
  const { code } = await runTacet(['join', '--name', 'bob'], {
    env: { TACET_INVITE: `Hi,\n${armor(parseInvite(invite()))}\nBye` },
  })
  expect(code).toBe(0)
  await close()
})
