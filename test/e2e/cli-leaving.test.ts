/**
 * Leaving the compiled program by a signal, a closed window or a reader that goes away (docs/scripting.md, Signals, Output): the others
 * see it at once, and nothing hangs.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { MOST_WAITING } from '../../cli/output.ts'
import { type RunningRelay, startServer } from '../../server/relay.ts'
import { binary } from '../harness/binaries.ts'
import { makePipe, type Pipe } from '../harness/pipe.ts'
import { field, Tacet } from '../harness/tacet.ts'
import { Terminal } from '../harness/terminal.ts'

setDefaultTimeout(60_000)

let tacet = ''
let relay: RunningRelay
/** Alice sits in a room and listens; everybody else joins it and goes. */
let alice: Tacet
let env: Readonly<Record<string, string>>
const url = () => `ws://127.0.0.1:${relay.port}/ws`

beforeAll(async () => {
  tacet = await binary('tacet')
  relay = startServer({ port: 0, maxRoomSize: 0 })
}, 120_000)
afterAll(() => relay.stop())

beforeEach(async () => {
  alice = await Tacet.start(['create', '--json', '--relay', url(), '--name', 'alice'])
  await alice.until('alice is in', () => alice.of('seated').length === 1)
  env = { TACET_INVITE: field(alice.of('created')[0], 'invite') }
})

/** What became of bob, as alice sees it. */
function bob(): unknown[] {
  return alice.of('member').map(({ what }) => what)
}

/** How programs are started here: with the invite, and without anything to read, to say or to complain about. */
function quiet() {
  return { env: { PATH: '/usr/bin:/bin', ...env }, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const
}

/** Alice sees that bob left, by his own word and not by the relay's, and goes too. */
async function sawGoodbye(): Promise<void> {
  await alice.until('bob left', () => bob().includes('left'))
  expect(bob()).toEqual(['joining', 'arrived', 'left'])
  alice.send({ do: 'leave' })
  expect(await alice.ended()).toEqual({ code: 0, stderr: '' })
}

async function arrived(): Promise<void> {
  await alice.until('bob arrives', () => bob().includes('arrived'))
}

describe('in a conversation', () => {
  test.each<[NodeJS.Signals]>([['SIGINT'], ['SIGTERM'], ['SIGHUP']])('%s says goodbye', async (signal) => {
    const person = await Tacet.start(['join', '--json', '--name', 'bob'], env)
    await arrived()
    person.signal(signal)
    expect(await person.ended()).toEqual({ code: 0, stderr: '' })
    expect(person.told.at(-1)).toMatchObject({ event: 'ended', why: 'left' })
    await sawGoodbye()
  })

  test('a hang-up that comes three times, as of a window that is closed, says goodbye', async () => {
    const person = await Tacet.start(['join', '--json', '--name', 'bob'], env)
    await arrived()
    for (let i = 0; i < 3; i++) person.signal('SIGHUP')
    expect(await person.ended()).toEqual({ code: 0, stderr: '' })
    await sawGoodbye()
  })

  test('Ctrl-C at a terminal says goodbye', async () => {
    const person = await Terminal.open(['join', '--plain', '--name', 'bob'], { env })
    await person.until('alice is here')
    person.type('half a line\u0003')
    expect(await person.ended()).toBe(0)
    expect(person.text).toEndWith('^C* you left\n')
    await sawGoodbye()
  })

  test('Ctrl-D at a terminal says what was typed, and goodbye', async () => {
    const person = await Terminal.open(['join', '--plain', '--name', 'bob'], { env })
    await arrived()
    person.type('bye\n\u0004')
    expect(await person.ended()).toBe(0)
    await sawGoodbye()
    expect(alice.texts()).toEqual(['bob: bye'])
  })

  test('a window that is closed says goodbye', async () => {
    const person = await Terminal.open(['join', '--plain', '--name', 'bob'], { env })
    await arrived()
    person.hangUp()
    await person.ended()
    await sawGoodbye()
  })

  test('a reader that goes away is followed by a goodbye', async () => {
    const words = ['join', '--name', 'bob', '--stay']
    const child = Bun.spawn(['sh', '-c', '"$@" | head -n 4', 'sh', tacet, ...words], quiet())
    await arrived()
    // Bob learns that nobody reads when he has something to tell.
    for (let said = 1; !bob().includes('left'); said++) {
      alice.say('is anybody there?')
      await alice.until('alice has said it', () => alice.texts().length >= said)
    }
    expect(await child.exited).toBe(0)
    await sawGoodbye()
  })
})

describe('before there is a conversation, a signal ends the program as it ends any:', () => {
  test.each<[NodeJS.Signals]>([['SIGINT'], ['SIGTERM'], ['SIGHUP']])('%s at the question for a name', async (signal) => {
    const person = await Terminal.open(['join', '--plain'], { env })
    await person.until('your name in the room: ')
    person.signal(signal)
    expect(await person.ended()).toBe(signal)
    expect(bob()).toEqual([])
    alice.end()
    await alice.ended()
  })

  test('Ctrl-C at the question for an invite, and Ctrl-D gives up', async () => {
    const person = await Terminal.open(['join', '--plain', '--name', 'bob'])
    await person.until('paste the invite')
    person.type('\u0003')
    expect(await person.ended()).toBe('SIGINT')
    const other = await Terminal.open(['join', '--plain', '--name', 'bob'])
    await other.until('paste the invite')
    other.type('\u0004')
    expect(await other.ended()).toBe(6)
    expect(other.text).toEndWith('tacet: the input: there is no invite in this text\n')
    alice.end()
    await alice.ended()
  })
})

describe('while nobody reads the output', () => {
  /** Bob, who has more to tell than a pipe takes. */
  async function unread(pipe: Pipe) {
    const words = ['join', '--json', '--stay', '--name', 'bob']
    const child = Bun.spawn([tacet, ...words], { ...quiet(), stdout: pipe.descriptor, stderr: 'inherit' })
    await arrived()
    for (let i = 0; i < 10; i++) alice.say('x'.repeat(50_000))
    await alice.until('alice has said it', () => alice.texts().length === 10)
    return child
  }

  test('a signal says goodbye at once, and the program waits a moment for a reader and no longer', async () => {
    using pipe = makePipe()
    const child = await unread(pipe)
    child.kill('SIGTERM')
    await sawGoodbye()
    expect(await child.exited).toBe(0)
  })

  test('a second signal ends it on the spot, with 130', async () => {
    using pipe = makePipe()
    const child = await unread(pipe)
    child.kill('SIGTERM')
    await sawGoodbye()
    child.kill('SIGTERM')
    expect(await child.exited).toBe(130)
  })

  test('a reader that comes in time gets everything', async () => {
    using pipe = makePipe()
    const child = await unread(pipe)
    let text = ''
    // It has heard more than a pipe holds: the rest waits in the program.
    while (text.length <= 65_536) text += pipe.read()
    child.kill('SIGTERM')
    await sawGoodbye()
    while (!/"event":"ended".*\n$/.test(text)) text += pipe.read()
    expect(await child.exited).toBe(0)
    const events: { readonly event: string; readonly n: number; readonly kind: string }[] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const heard = events.filter(({ event, kind }) => event === 'entry' && kind === 'core.text').map(({ n }) => n)
    expect(text.length).toBeGreaterThan(65_536)
    expect(heard).toEqual(heard.map((_, i) => i + 1))
  })

  test('the room is left once too much waits, with exit code 1', async () => {
    using pipe = makePipe()
    const words = ['join', '--json', '--stay', '--name', 'bob']
    const child = Bun.spawn([tacet, ...words], { ...quiet(), stdout: pipe.descriptor, stderr: 'pipe' })
    await arrived()
    for (let said = 0; said * 60_000 < MOST_WAITING + 200_000; said++) alice.say('x'.repeat(60_000))
    await sawGoodbye()
    expect(await new Response(child.stderr).text()).toBe(
      'tacet: nobody reads the output, and too much waits for it: the room was left\n',
    )
    expect(await child.exited).toBe(1)
  })
})

describe('input that never ends', () => {
  test('keeps nobody from leaving', async () => {
    using pipe = makePipe()
    const yes = Bun.spawn(['yes'], { ...quiet(), stdout: pipe.descriptor })
    const child = Bun.spawn([tacet, 'join', '--name', 'bob'], { ...quiet(), stdin: pipe.descriptor })
    await alice.until('bob has said a lot', () => alice.texts().length > 500)
    child.kill('SIGINT')
    expect(await child.exited).toBe(0)
    yes.kill()
    await yes.exited
    await sawGoodbye()
  })
})
