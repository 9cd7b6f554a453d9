/**
 * The first conversation of README, typed by hand: a relay and three people, each at a real terminal of its own. What each of them
 * sees is compared whole, typed keys included.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../server/relay.ts'
import { binary } from '../harness/binaries.ts'
import { Terminal } from '../harness/terminal.ts'

setDefaultTimeout(60_000)

const cwd = mkdtempSync(join(tmpdir(), 'tacet-test-'))
beforeAll(async () => void (await binary('tacet')), 120_000)
afterAll(() => rmSync(cwd, { recursive: true }))

/** Without what differs from run to run: times, tags, ports and words of fingerprints. */
function steady({ text }: Terminal): string[] {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/\[\d\d:\d\d\]/g, '[TIME]')
    .replaceAll(/\([0-9A-Z]{6}\)/g, '(TAG)')
    .trimEnd()
    .split('\n')
}

test('three people talk, compare, renew their keys, leave and close', async () => {
  const relay = await Terminal.open(['relay', '--port', '0'], { cwd })
  await relay.until(/next, in another terminal: tacet create --relay \S+ --name NAME\n/)
  const url = /--relay (\S+)/.exec(relay.text)?.[1] ?? ''

  const alice = await Terminal.open(['create', '--plain', '--relay', url, '--name', 'alice', '--invite-file', 'talk.room'], {
    cwd,
  })
  await alice.until('you are in')
  const bob = await Terminal.open(['join', '--plain', 'talk.room', '--name', 'bob'], { cwd })
  await bob.until('alice is here')
  await alice.until('bob is here')

  // Carol has the invite in a mail, and pastes all of it.
  const carol = await Terminal.open(['join', '--plain'], { cwd })
  await carol.until('paste the invite')
  const invite = readFileSync(join(cwd, 'talk.room'), 'utf8')
  carol.type(`Hi Carol,\n\n${invite}\nSee you!\nAlice\n`)
  await carol.until('your name in the room: ')
  carol.type('carol\n')
  await carol.until('bob is here')
  await carol.until('alice is here')
  await alice.until('carol is here')
  await bob.until('carol is here')

  alice.type('hello both\n')
  await bob.until('alice: hello both')
  await carol.until('alice: hello both')
  bob.type('/wave\n')
  await bob.until('no such command')
  bob.type('/rotate\n')
  await bob.until('your keys are renewed')
  await alice.until('bob asks everybody')
  await carol.until('bob asks everybody')
  bob.type('hi alice\n')
  await carol.until('bob: hi alice')
  await alice.until('bob: hi alice')
  bob.type('/verify\n')
  await bob.until(/carol: (?:[a-z]+ ){7}[a-z]+\n.*\n.*\n/)
  alice.type('/verify\n')
  await alice.until(/carol: (?:[a-z]+ ){7}[a-z]+\n.*\n.*\n/)
  // Both read the same words for the room and for each of the three.
  const codes = ({ text }: Terminal) =>
    Array.from(
      text.matchAll(/^\* (the room’s code|\w+)(?:, you)?: ((?:[a-z]+ ){7}[a-z]+)$/gm),
      ([, whose, words]) => `${whose} ${words}`,
    )
  expect(codes(bob)).toHaveLength(4)
  expect(codes(bob).toSorted()).toEqual(codes(alice).toSorted())
  bob.type('/verify alice\n')
  await bob.until('alice is now marked as verified')
  bob.type('/who\n')
  await bob.until(/carol \(.*\): here\n/)

  carol.type('\u0003')
  expect(await carol.ended()).toBe(0)
  await alice.until('carol left')
  await bob.until('carol left')
  alice.type('/close\n')
  await alice.until('type /close again')
  alice.type('/close\n')
  expect(await alice.ended()).toBe(0)
  expect(await bob.ended()).toBe(0)
  relay.type('\u0003')
  expect(await relay.ended()).toBe(0)

  expect(steady(alice).filter((line) => !/^\* (?: |the room’s code|\w+(?:, you)?: )/.test(line))).toEqual([
    '* connecting to HOST',
    '* the invite is in the file that you named',
    '* whoever has the invite can join: hand it out over a way you trust',
    '* they save it to a file: tacet join FILE --name NAME',
    '* you are in, called alice; the room is empty, says the relay: nobody else is',
    '  | here',
    '* bob is joining',
    '* bob is here',
    '* carol is joining',
    '* carol is here',
    'hello both',
    '* bob asks everybody to renew the keys',
    '[TIME] bob: hi alice',
    '/verify',
    '* compare the room’s code, all its words or all its digits, by a way that shows',
    '  | who the others are, such as a call',
    '* carol left',
    '/close',
    '! this ends the room for everybody: type /close again to do it',
    '/close',
    '* you closed the room',
  ])
  expect(steady(bob).slice(0, 4)).toEqual([
    '* connecting to HOST',
    '* you are in, called bob; one other is here or about to be',
    '* alice is in the room, says the relay',
    '* alice is here',
  ])
  expect(steady(bob).slice(-7)).toEqual([
    '* alice is now marked as verified',
    '/who',
    '* bob (TAG): you',
    '* alice (TAG): here, founder, verified',
    '* carol (TAG): here',
    '* carol left',
    '* alice, the founder, closed the room',
  ])
  expect(steady(carol).filter((line) => !/^[A-Za-z0-9+/=]{20,64}$|INVITE|^Tacet invite/.test(line))).toEqual([
    'paste the invite and press Enter (Ctrl-D gives up):',
    'Hi Carol,',
    '',
    '',
    'See you!',
    'Alice',
    'left out what was pasted behind the invite (2 lines)',
    'your name in the room: carol',
    '* connecting to HOST',
    '* you are in, called carol; 2 others are here or about to be',
    '* alice is in the room, says the relay',
    '* bob is in the room, says the relay',
    expect.stringMatching(/^\* (?:alice|bob) is here$/),
    expect.stringMatching(/^\* (?:alice|bob) is here$/),
    '[TIME] alice: hello both',
    '* bob asks everybody to renew the keys',
    '[TIME] bob: hi alice',
    '^C* you left',
  ])
})

test('a line that the terminal has cut is refused whole, and rows follow the width of the window', async () => {
  const relay = startServer({ port: 0 })
  const url = `ws://127.0.0.1:${relay.port}/ws`
  const alice = await Terminal.open(['create', '--plain', '--relay', url, '--name', 'alice', '--invite-file', 'wide.room'], {
    cwd,
  })
  await alice.until('you are in')
  const bob = await Terminal.open(['join', '--plain', 'wide.room', '--name', 'bob'], { cwd })
  await bob.until('alice is here')
  await alice.until('bob is here')
  bob.type(`${'x'.repeat(5_000)}\n`)
  await bob.until(
    /a terminal hands over 4095 bytes of a line and drops the rest: a longer one\n {2}\| comes from a file or a pipe; nothing was sent\n/,
  )
  bob.type(`${'y'.repeat(100)}\n`)
  await alice.until('y\n  | ' + 'y'.repeat(100 - (79 - '[12:34] bob: '.length)))
  alice.resize(200)
  bob.type(`${'z'.repeat(100)}\n`)
  await alice.until(`bob: ${'z'.repeat(100)}\n`)
  expect(alice.text).not.toContain('x'.repeat(100))
  for (const who of [alice, bob]) who.type('/quit\n')
  for (const who of [alice, bob]) expect(await who.ended()).toBe(0)
  await relay.stop()
})
