/**
 * The full screen of the compiled program in real terminals (docs/terminal.md): a pty with xterm's parser for glass, tmux and screen. What a
 * person does from the first start on, what a terminal can do to a program, and how a program must leave a terminal.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary } from '../harness/binaries.ts'
import { startRelay, type TestRelay } from '../harness/relay.ts'
import { needs } from '../harness/tools.ts'
import { asBefore, Window, type WindowSetting } from '../harness/window.ts'

setDefaultTimeout(60_000)

const ROOT = join(import.meta.dir, '../..')
const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
let relay: TestRelay
let rooms = 0
/** Where the invite of this test's room is. */
let file = ''

beforeAll(async () => {
  await binary('tacet')
  relay = await startRelay()
}, 120_000)
afterAll(async () => {
  await relay.end()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  file = join(folder, `room-${++rooms}`)
})

const F1 = '\x1bOP'

const creating = () => ['create', '--relay', relay.url, '--name', 'alice', '--invite-file', file]
const joining = (name = 'bob') => ['join', file, '--name', name]

/** alice in a room of her own, past the invite. */
async function founder(setting: WindowSetting = {}): Promise<Window> {
  const alice = await Window.open(creating(), setting)
  await alice.until('[Enter] go on')
  alice.type('\r')
  return alice
}

/** Both in one room. */
async function two(setting: WindowSetting = {}): Promise<{ readonly alice: Window; readonly bob: Window }> {
  const alice = await founder(setting)
  const bob = await Window.open(joining(), setting)
  await Promise.all([alice.until('bob is here'), bob.until('alice is here')])
  return { alice, bob }
}

async function quit(...windows: readonly Window[]): Promise<void> {
  for (const window of windows) window.enter('/quit')
  for (const window of windows) expect(await window.left()).toEqual(asBefore(0, 'tacet: you left'))
}

describe('from the first start on', () => {
  test('two people find each other without a word on the command line, talk and leave', async () => {
    const alice = await Window.open([])
    await alice.until('› your name')
    alice.enter('alice')
    await alice.until('› Make a room')
    alice.type('\r')
    await alice.until('› relay')
    alice.type('\x15')
    alice.enter(relay.url)
    await alice.until('Nobody else is here yet.')
    alice.type('s')
    await alice.until('save it as')
    alice.type('\x15')
    alice.enter(file)
    await alice.until('for your eyes alone')
    const bob = await Window.open([])
    await bob.until('› your name')
    bob.enter('bob')
    await bob.until('› Make a room')
    bob.type('\x1b[B\r')
    await bob.until('› invite')
    bob.type(file.slice(0, -1))
    bob.type('\t')
    await bob.until(file.slice(-12))
    bob.type('\x15')
    bob.enter(file)
    await Promise.all([alice.until('bob is here'), bob.until('alice is here')])
    alice.enter('hello bob')
    await bob.until('alice ▌ hello bob')
    bob.enter('hello alice')
    await alice.until('bob ▌ hello alice')
    expect(alice.text).toMatch(/✓ \d\d:\d\d +alice ▌ hello bob/)
    await quit(alice, bob)
  })

  test('an invite that is pasted first thing joins, as soon as there is a name', async () => {
    const alice = await founder()
    const bob = await Window.open([])
    await bob.until('› your name')
    bob.paste(`see you there:\n${readFileSync(file, 'utf8')}`)
    await bob.until('Join a room')
    bob.enter('bob')
    await bob.until('alice is here')
    await quit(alice, bob)
  })
})

describe('while people talk', () => {
  test('the screen follows the window, down to 40x12 and up', async () => {
    const { alice, bob } = await two()
    alice.enter('a message that is wider than the smallest window')
    await bob.until('smallest window')
    bob.resize(40, 12)
    await bob.until(/alice ▌ a message that is wider\n +▌ than the smallest window\n/)
    expect(bob.rows.at(-2)).toMatch(/^ 127\.0\.0\.1:\d+ · 2 here/)
    bob.resize(120, 30)
    await bob.until(/alice ▌ a message that is wider than the smallest window +│/)
    expect(bob.rows.at(-2)).toMatch(/^ 127\.0\.0\.1:\d+ · 2 here/)
    await quit(alice, bob)
  })

  test('what is pasted waits for Enter, a long text and an invite for a yes', async () => {
    const { alice, bob } = await two()
    alice.paste('one\ntwo')
    await alice.until(/› one\n {2}two/)
    alice.type('\r')
    await bob.until(/alice ▌ one\n +▌ two/)
    alice.paste('1\n2\n3\n4\n5\n6')
    await alice.until('that is 6 lines, 11 bytes')
    alice.type('y')
    await alice.until(/› 1[^]* {2}6/)
    alice.type('\r')
    await bob.until(/alice ▌ 1\n[^]*▌ 6/)
    alice.paste(readFileSync(file, 'utf8'))
    await alice.until('this is an invite')
    alice.type('y\r')
    await alice.until('before you say it')
    alice.type('n\x03')
    expect(await alice.left()).toEqual(asBefore(0, 'tacet: you left'))
    await bob.until('alice left')
    expect(bob.text).not.toContain('BEGIN')
    await quit(bob)
  })

  test('the relay is killed and comes back: the room is made anew, and who was here goes on in it', async () => {
    const own = await startRelay()
    const alice = await Window.open(['create', '--relay', own.url, '--name', 'alice', '--invite-file', file])
    await alice.until('[Enter] go on')
    alice.type('\r')
    const bob = await Window.open(joining())
    await Promise.all([alice.until('bob is here'), bob.until('alice is here')])
    alice.enter('before')
    await bob.until('alice ▌ before')
    await own.end('SIGKILL')
    await Promise.all([alice.until(/reconnecting (?:in|now)/), bob.until(/reconnecting (?:in|now)/)])
    const back = await startRelay({ env: { PORT: String(own.port) } })
    await Promise.all([alice.until('the relay lost the room'), bob.until('the relay lost the room')])
    alice.enter('/recreate')
    await alice.until('The invite to this room')
    const anew = `${file}-anew`
    alice.type('s')
    await alice.until('save it as')
    alice.type('\x15')
    alice.enter(anew)
    await alice.until('for your eyes alone')
    alice.type('\r')
    bob.enter(`/join ${anew}`)
    await Promise.all([alice.until('bob is here'), bob.until(/alice is here[^]*alice is here/)])
    bob.enter('after')
    await alice.until('bob ▌ after')
    expect(alice.text).toContain('alice ▌ before')
    await quit(alice, bob)
    await back.end()
  })
})

describe('whatever way the program ends, the window is as before, and no word of the talk is left in it:', () => {
  const WAYS: readonly (readonly [string, (alice: Window) => void])[] = [
    ['/quit', (alice) => alice.enter('/quit')],
    ['Ctrl-C', (alice) => alice.type('\x03')],
    ['Ctrl-D', (alice) => alice.type('\x04')],
    ['SIGTERM', (alice) => alice.signal('SIGTERM')],
    ['SIGHUP', (alice) => alice.signal('SIGHUP')],
    ['SIGINT', (alice) => alice.signal('SIGINT')],
  ]

  test.each([...WAYS])('%s', async (_, leave) => {
    const { alice, bob } = await two()
    bob.enter('a word of the talk')
    await alice.until('bob ▌ a word of the talk')
    leave(alice)
    expect(await alice.left()).toEqual(asBefore(0, 'tacet: you left'))
    await bob.until('alice left')
    await quit(bob)
  })

  test('the founder closes the room', async () => {
    const { alice, bob } = await two()
    alice.enter('/close')
    await alice.until('type /close again')
    alice.enter('/close')
    expect(await alice.left()).toEqual(asBefore(0, 'tacet: you closed the room'))
    await bob.until('alice, the founder, closed the room · Enter leaves')
    bob.type('\r')
    expect(await bob.left()).toEqual(asBefore(0, 'tacet: alice, the founder, closed the room'))
  })

  test('/panic: what stood in the window before is gone too', async () => {
    const { alice, bob } = await two()
    bob.enter('a word of the talk')
    await alice.until('bob ▌ a word of the talk')
    alice.enter('/panic')
    const ended = ['exit code 0', 'ixon isig icanon echo']
    expect(await alice.left()).toEqual({ ...asBefore(0), screen: ended })
    await bob.until('alice left')
    await quit(bob)
  })

  test('no variable of the library that draws makes it write down what it draws', async () => {
    const log = join(folder, 'log')
    const { alice, bob } = await two({ env: { PI_TUI_WRITE_LOG: log } })
    await quit(alice, bob)
    expect(existsSync(log)).toBe(false)
  })

  test('the window is closed: the others are told', async () => {
    const { alice, bob } = await two()
    alice.hangUp()
    await bob.until('alice left')
    await quit(bob)
  })

  test.each([
    ['an error that nobody caught', 'throw new Error("a defect")'],
    ['a promise that nobody caught', 'Promise.reject(new Error("a defect"))'],
  ])('%s: the screen goes, and says what went wrong', async (_, defect) => {
    const planted = join(folder, 'defect.ts')
    writeFileSync(planted, `process.on('SIGUSR2', () => { ${defect} })`)
    const program = [process.execPath, '--preload', planted, join(ROOT, 'cli/main.ts')]
    const complaints = join(folder, 'complaints')
    const alice = Window.shell([...program, ...creating()], complaints)
    await alice.until('[Enter] go on')
    alice.signal('SIGUSR2')
    expect(await alice.left()).toEqual(asBefore(1))
    expect(readFileSync(complaints, 'utf8')).toContain('a defect')
  })
})

describe('where there is no screen to fill, or little to fill it with', () => {
  test('TERM=dumb talks in lines', async () => {
    const alice = await Window.open(creating(), { env: { TERM: 'dumb' } })
    await alice.until('you are in, called alice')
    expect(alice.written).not.toContain('\x1b')
    alice.type('\x04')
    await alice.left()
    expect(alice.scrollback).toContain('* you left')
  })

  test('so does a pipe', async () => {
    const alice = new Window(['sh', '-c', '"$@" | cat', 'sh', await binary('tacet'), ...creating()])
    await alice.until('you are in, called alice')
    expect(alice.written).not.toContain('\x1b')
    alice.type('\x04')
    await alice.until('* you left')
  })

  test('NO_COLOR has none', async () => {
    const { alice, bob } = await two({ env: { NO_COLOR: '1' } })
    bob.enter('colourless')
    await alice.until('bob ▌ colourless')
    // Bold, faint and reversed are no colours.
    expect(alice.written).not.toMatch(/\x1b\[[\d;]*\b(?:[349][0-7]|10[0-7]|[34]8;)\b[\d;]*m/)
    await quit(alice, bob)
  })

  test('a window of 40x12 does', async () => {
    const { alice, bob } = await two({ columns: 40, rows: 12 })
    alice.enter('hello')
    await bob.until('alice ▌ hello')
    bob.type(F1)
    await bob.until('Esc closes')
    bob.type('\x1b')
    await bob.until('alice ▌ hello')
    await quit(alice, bob)
  })
})

describe('within another program that draws the terminal', () => {
  interface Multiplexer {
    readonly tool: string
    /** The command that runs a command in it; `home` is a folder for its files. */
    readonly start: (home: string, command: readonly string[]) => readonly string[]
    /** Its screen and all that can be scrolled back to. */
    readonly kept: (home: string) => Promise<string>
    readonly end: (home: string) => void
  }

  const told = (command: readonly string[]) => Bun.spawnSync([...command]).stdout.toString()
  const tmux = (home: string) => ['tmux', '-S', join(home, 'socket'), '-f', '/dev/null']
  const screen = (home: string) => ['env', `SCREENDIR=${join(home, 'sockets')}`, 'screen', '-S', 'tacet-test']
  const MULTIPLEXERS: readonly Multiplexer[] = [
    {
      tool: 'tmux',
      start: (home, command) => [...tmux(home), 'new-session', ...command],
      kept: async (home) => told([...tmux(home), 'capture-pane', '-p', '-S', '-']),
      end: (home) => void told([...tmux(home), 'kill-server']),
    },
    {
      tool: 'screen',
      start: (home, command) => [...screen(home), '-c', join(home, 'conf'), '-U', ...command],
      // It is asked, and does so when it comes to it.
      kept: async (home) => {
        const file = join(home, 'kept')
        told([...screen(home), '-X', 'hardcopy', '-h', file])
        return written(file)
      },
      end: (home) => void told([...screen(home), '-X', 'quit']),
    },
  ]

  /** What another program writes into a file, once it has. */
  async function written(file: string): Promise<string> {
    for (const deadline = performance.now() + 5_000; performance.now() < deadline; await Bun.sleep(10)) {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
      if (text.endsWith('\n')) return text
    }
    throw new Error('it was not written')
  }

  for (const { tool, start, kept, end } of MULTIPLEXERS) {
    test.skipIf(!needs(tool, tool))(`${tool}: people talk, the window changes its size, and nothing is left behind`, async () => {
      const home = mkdtempSync(join(tmpdir(), 'tacet-test-'))
      // Without altscreen, screen would leave what was drawn last.
      writeFileSync(join(home, 'conf'), 'altscreen on\nstartup_message off\n')
      const script = '"$@"; echo "exit code $?"; exec cat'
      const command = ['sh', '-c', script, 'sh', await binary('tacet'), ...creating()]
      const env = { HOME: home, SCREENDIR: join(home, 'sockets'), SHELL: '/bin/sh' }
      const alice = new Window(start(home, command), { env })
      try {
        await alice.until('[Enter] go on')
        alice.type('\r')
        const bob = await Window.open(joining())
        await Promise.all([alice.until('bob is here'), bob.until('alice is here')])
        bob.enter('a word of the talk, 日本語 and 👋')
        await alice.until('bob ▌ a word of the talk, 日本語 and 👋')
        alice.enter('an answer')
        await bob.until('alice ▌ an answer')
        alice.resize(60, 15)
        await alice.until(/bob ▌ a word of the talk[^]*alice ▌ an answer/)
        alice.enter('/quit')
        await alice.until('exit code 0')
        await bob.until('alice left')
        expect((await kept(home)).trim()).toBe('tacet: you left\nexit code 0')
        await quit(bob)
      } finally {
        end(home)
        alice.hangUp()
        rmSync(home, { recursive: true })
      }
    })
  }
})
