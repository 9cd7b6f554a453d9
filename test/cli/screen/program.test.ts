/** The full screen's loop, with the real session behind it: two people make a room, join it, talk and leave (docs/terminal.md). */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { armor } from '#lib/crypto/invite.ts'
import { formOf } from '../../../cli/screen/model.ts'
import { KEY, Sitting } from '../../harness/screen.ts'
import { inviteOf as anInvite } from '../../harness/invites.ts'
import { founder, two } from '../../harness/twoscreens.ts'
import { World } from '../../harness/world.ts'

// A flood takes its time on a busy machine.
setDefaultTimeout(30_000)

const TERMINAL_AS_BEFORE = { alternate: false, paste: false, mouse: 'none', focus: false, wraps: true } as const

function inviteOf(sitting: Sitting): string {
  const [invite] = /-----BEGIN[^]*?END TACET INVITE-----/.exec(sitting.glass.text.map((row) => row.trim()).join('\n')) ?? []
  if (invite === undefined) throw new Error('no invite is shown')
  return invite
}

describe('a newcomer', () => {
  test('gets from the landing into a room, and another one after, without a word on the command line', async () => {
    const world = new World()
    const alice = new Sitting(world, 'alice')
    expect(await alice.look()).toContain('Make a room')
    await alice.enter('alice')
    await alice.press(KEY.enter, KEY.enter)
    expect(await alice.look()).toContain('The room is made. Nobody else is here yet.')
    const bob = new Sitting(world, 'bob')
    await bob.enter('bob')
    await bob.paste(`see you there\n${inviteOf(alice)}\n`)
    world.advance(1_000)
    expect(await bob.look()).toContain('alice is here')
    expect(await alice.look()).toContain('bob is here')
  })

  test('is told what is wrong with a name, and where', async () => {
    const alice = new Sitting(new World(), 'alice')
    await alice.press(KEY.down, KEY.enter)
    const shown = await alice.look()
    expect(shown).toContain('a name needs at least one character that can be seen')
    expect(shown).toContain('› your name')
  })

  test('is back at what was filled in when no relay answers, with the reason', async () => {
    const world = new World()
    world.refuseDials(60_000)
    const alice = founder(world)
    expect(await alice.look()).toContain('no relay answers at 127.0.0.1:1337')
    expect(await alice.look()).toContain('ws://127.0.0.1:1337/ws')
    await alice.press(KEY.ctrlC)
    expect(await alice.outcome).toMatchObject({ exit: 'unreachable' })
  })

  test('joins with a file, whose path Tab completes', async () => {
    const world = new World()
    const alice = founder(world)
    await alice.look()
    const bob = new Sitting(world, 'bob', { form: formOf('join', { name: 'bob' }) })
    bob.files.set('/home/bob/talk.room', inviteOf(alice))
    await bob.type('/home/b')
    await bob.press(KEY.tab, KEY.enter)
    world.advance(1_000)
    expect(await bob.look()).toContain('alice is here')
  })
})

describe('a talk', () => {
  test('is seen on both screens', async () => {
    const { world, alice, bob } = await two()
    await alice.enter('hello bob')
    await bob.enter('hello alice')
    world.advance(60_000)
    expect(await bob.look()).toMatch(/alice ▌ hello bob/)
    expect(await alice.look()).toMatch(/✓✓ \d\d:\d\d +alice ▌ hello bob/)
    expect(await alice.look()).toMatch(/bob ▌ hello alice/)
  })

  test('counts down to the next try to connect, and goes on', async () => {
    const { world, alice, bob } = await two()
    world.refuseDials(20_000)
    world.cut('alice')
    world.settle()
    expect(await alice.look()).toMatch(/reconnecting in \d s · 127\.0\.0\.1:1337/)
    await alice.enter('said meanwhile')
    expect(await alice.look()).toMatch(/… \d\d:\d\d +alice ▌ said meanwhile/)
    world.advance(60_000)
    expect(await alice.look()).toMatch(/✓ \d\d:\d\d +alice ▌ said meanwhile/)
    expect(await bob.look()).toContain('alice ▌ said meanwhile')
  })

  test('has a topic above it, which the founder locks', async () => {
    const { alice, bob } = await two()
    await bob.enter('/topic tea at five')
    expect(await alice.look()).toMatch(/^── topic: tea at five ─/)
    expect(await alice.look()).toContain('topic (anybody may set it), set by bob: tea at five')
    await alice.enter('/mode +t')
    await bob.enter('/topic mine')
    expect(await bob.look()).toContain('the topic is locked: only the founder may set it')
    expect(await bob.look()).toMatch(/^── topic \(locked\): tea at five ─/)
  })

  test('of a room that the relay has lost goes on in one made anew, and says nothing twice', async () => {
    const { world, alice, bob } = await two()
    world.restart()
    world.advance(30_000)
    expect(await bob.look()).toContain('the relay lost the room: /recreate, or /join FILE')
    await bob.enter('is anybody here')
    await alice.enter('/recreate')
    await alice.look()
    bob.files.set('anew.room', inviteOf(alice))
    await bob.enter('/join anew.room')
    world.advance(5_000)
    await alice.press(KEY.enter)
    expect(await alice.look()).toContain('bob ▌ is anybody here')
    expect((await bob.look()).match(/bob ▌ is anybody here/g)).toHaveLength(1)
  })

  test('stays in sight when the founder closes the room, until Enter', async () => {
    const { alice, bob } = await two()
    await alice.enter('the end')
    await alice.enter('/close')
    expect(await alice.look()).toContain('type /close again to do it')
    await alice.enter('/close')
    expect(await alice.outcome).toMatchObject({ exit: 'done' })
    expect(await bob.look()).toContain('alice ▌ the end')
    expect(await bob.look()).toContain('alice, the founder, closed the room · Enter leaves')
    await bob.press(KEY.enter)
    expect(await bob.outcome).toMatchObject({ exit: 'done' })
  })
})

test('who says what other programs are left by is told how to leave, and goes on', async () => {
  const { alice, bob } = await two()
  await alice.press(KEY.enter)
  await alice.enter('quit')
  expect(await alice.look()).toContain('that is said to the room; /quit leaves')
  expect(await bob.look()).toContain('alice ▌ quit')
  expect(await bob.look()).not.toContain('/quit leaves')
  await alice.enter('we quit smoking')
  expect((await alice.look()).match(/quit leaves/g)).toHaveLength(1)
})

test('keys that come in one burst are not mixed with what was offered for fewer of them', async () => {
  const { alice } = await two()
  await alice.press(KEY.enter)
  await alice.type('/q')
  for (const key of ['\x15', ...Array.from('/exit'), KEY.enter]) alice.glass.press(key)
  await alice.press(KEY.escape)
  expect(await alice.look()).not.toContain('/ex/quit')
  expect(await alice.look()).toMatch(/› \/exit *$|no such command/m)
})

describe('Tab behind a command that takes a path', () => {
  test('completes it, and lists what it can become when that is more than one', async () => {
    const { alice } = await two()
    alice.files.set('talks/monday.saved', '').set('talks/tuesday.saved', '').set('other/one', '')
    await alice.press(KEY.enter)
    await alice.enter('hello')
    await alice.type('/save o')
    await alice.press(KEY.tab)
    expect(await alice.look()).toContain('› /save other/one')
    await alice.press('\x15')
    await alice.type('/save talks/')
    await alice.press(KEY.tab)
    expect(await alice.look()).toMatch(/talks\/monday\.saved *\n.*talks\/tuesday\.saved/)
    await alice.press(KEY.down, KEY.enter)
    expect(await alice.look()).toContain('› /save talks/tuesday.saved')
    await alice.press(KEY.enter)
    expect(await alice.look()).toMatch(/file +talks\/tuesday\.saved/)
  })

  test('offers no name of a file that would act on the terminal', async () => {
    const { alice } = await two()
    alice.files.set('ab\x1b[2J', '').set('ac', '')
    await alice.press(KEY.enter)
    await alice.type('/join a')
    const before = alice.glass.written.length
    await alice.press(KEY.tab)
    expect(await alice.look()).toContain('› /join ac')
    await alice.press(KEY.backspace, 'b', KEY.tab)
    expect(await alice.look()).toContain('› /join ab')
    expect(alice.glass.written.slice(before)).not.toContain('\x1b[2J')
  })

  test('looks for nothing before it is pressed', async () => {
    const { alice } = await two()
    alice.files.set('talks/monday.saved', '')
    await alice.press(KEY.enter)
    await alice.type('/save talks/')
    expect(await alice.look()).not.toContain('monday')
  })
})

test('an invite that is looked at when the room is closed goes with it', async () => {
  const { alice, bob } = await two()
  await bob.enter('/invite')
  expect(await bob.look()).toContain('BEGIN TACET INVITE')
  await alice.enter('/close')
  await alice.enter('/close')
  expect(await bob.look()).not.toContain('BEGIN TACET INVITE')
})

test('the screen follows the terminal’s size', async () => {
  const { alice, bob } = await two()
  await bob.enter('a message that is wider than the smallest screen')
  await alice.look()
  alice.glass.resize(40, 12)
  expect(await alice.look()).toMatch(/bob ▌ a message that is wider\n +▌ than the smallest screen/)
  alice.glass.resize(200, 60)
  expect(await alice.look()).toMatch(/bob ▌ a message that is wider than the smallest screen +│/)
})

describe('in the editor', () => {
  test('a command is completed by Enter, and goes off by the next', async () => {
    const { alice } = await two()
    await alice.type('/wh')
    expect(await alice.look()).toContain('who is in the room')
    await alice.press(KEY.enter)
    expect(await alice.look()).toContain('› /who')
    expect(await alice.look()).not.toContain('bob (')
    await alice.press(KEY.enter)
    expect(await alice.look()).toMatch(/bob \([A-Z0-9]{6}\): here/)
  })

  test('Tab completes a name', async () => {
    const { alice, bob } = await two()
    await alice.type('b')
    await alice.press(KEY.tab)
    await alice.enter('hello')
    expect(await bob.look()).toContain('alice ▌ bob: hello')
  })

  test('Alt-Enter breaks the line, Up brings back what was said', async () => {
    const { alice, bob } = await two()
    await alice.type('one')
    await alice.press(KEY.altEnter)
    await alice.enter('two')
    expect(await bob.look()).toMatch(/alice ▌ one\n +▌ two/)
    await alice.press(KEY.up)
    expect(await alice.look()).toMatch(/› one +\n {2}two/)
  })
})

describe('/save', () => {
  test('keeps the talk under a passphrase that is typed twice and never shown, and says how far it is', async () => {
    const { alice, bob } = await two()
    await bob.enter('a word of the talk')
    const sealing = Promise.withResolvers<void>()
    alice.sealing = sealing.promise
    await alice.enter('/save evening.saved')
    expect(await alice.look()).toContain('› passphrase')
    await alice.enter('correct horse')
    await alice.enter('correct horse')
    expect(await alice.look()).toContain('working … 50 %')
    sealing.resolve()
    await alice.press(KEY.focusIn)
    expect(await alice.look()).toContain('the talk is saved as evening.saved, under your passphrase: tacet open')
    expect(alice.talks.get('evening.saved')).toMatchObject({
      passphrase: 'correct horse',
      talk: { entries: [{ name: 'bob', text: 'a word of the talk' }] },
    })
    expect(alice.glass.written).not.toContain('correct')
    expect(await bob.look()).not.toContain('saved')
  })

  test('in clear text asks whether that is meant, and says what it means', async () => {
    const { alice, bob } = await two()
    await bob.enter('a word of the talk')
    await alice.enter('/save evening.txt')
    await alice.press(KEY.down, KEY.down, KEY.enter, KEY.enter)
    expect(await alice.look()).toContain('Whoever gets at evening.txt')
    expect(alice.talks.size).toBe(0)
    await alice.press('y')
    expect(await alice.look()).toContain('saved as evening.txt, in clear text')
    expect(alice.talks.get('evening.txt')).toMatchObject({ passphrase: null })
  })

  test('says why not where it can be tried again, and Tab completes the path', async () => {
    const { alice, bob } = await two()
    await bob.enter('a word of the talk')
    alice.files.set('/home/alice/talk.saved', '')
    await alice.enter('/save')
    await alice.press('\x15')
    await alice.type('/home/a')
    await alice.press(KEY.tab)
    expect(await alice.look()).toContain('/home/alice/talk.saved')
    await alice.press(KEY.enter)
    await alice.enter('x')
    await alice.enter('x')
    expect(await alice.look()).toContain('the file cannot be made (it exists)')
    await alice.press(KEY.backspace, KEY.enter)
    await alice.enter('x')
    await alice.enter('x')
    expect(alice.talks.get('/home/alice/talk.save')).toBeDefined()
  })

  test('works also when the room is over', async () => {
    const { alice, bob } = await two()
    await alice.enter('the end')
    await alice.enter('/close')
    await alice.enter('/close')
    expect(await bob.look()).toContain('Enter leaves · [s] saves the talk')
    await bob.press('s', KEY.enter)
    await bob.enter('x')
    await bob.enter('x')
    expect(bob.talks.get('talk.saved')?.talk.entries.map(({ text }) => text)).toContain('the end')
    await bob.press(KEY.enter)
    expect(await bob.outcome).toMatchObject({ exit: 'done' })
  })
})

describe('what is pasted', () => {
  const LINES = ['one', 'two', 'three', 'four', 'five', 'six'].join('\n')

  test('goes into the editor, and is not sent by its own line breaks', async () => {
    const { alice, bob } = await two()
    await alice.paste('one\ntwo')
    expect(await bob.look()).not.toContain('two')
    await alice.press(KEY.enter)
    expect(await bob.look()).toContain('alice ▌ one')
  })

  test('is asked about above five lines', async () => {
    const { alice } = await two()
    await alice.paste(LINES)
    expect(await alice.look()).toContain('that is 6 lines, 27 bytes')
    await alice.press(KEY.enter, 'y')
    expect(await alice.look()).toMatch(/^ {2}six/m)
  })

  test.each([
    ['an invite', armor(anInvite()), 'this is an invite'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----', 'this looks like a private key'],
  ])('is asked about when it is %s, and again before it is said', async (_, text, why) => {
    const { alice, bob } = await two()
    await alice.paste(text)
    expect(await alice.look()).toContain(why)
    await alice.press('y', KEY.enter)
    expect(await alice.look()).toContain('before you say it')
    await alice.press('n')
    expect(await bob.look()).not.toContain('BEGIN')
  })
})

describe('every way out', () => {
  const WAYS: readonly (readonly [string, (alice: Sitting) => Promise<unknown>])[] = [
    ['/quit', (alice) => alice.enter('/quit')],
    ['Ctrl-D', (alice) => alice.press(KEY.ctrlD)],
    ['Ctrl-C', (alice) => alice.press(KEY.ctrlC)],
    ['a signal', async (alice) => alice.program.take({ is: 'signal' })],
  ]

  test.each([...WAYS])('%s leaves the terminal as before, with no word of the talk', async (_, leave) => {
    const { world, alice, bob } = await two()
    await bob.enter('a word of the talk')
    expect(await alice.look()).toContain('a word of the talk')
    await leave(alice)
    world.settle()
    expect(await alice.outcome).toEqual({ exit: 'done', text: 'you left' })
    await alice.glass.flush()
    expect(alice.glass.modes).toEqual(TERMINAL_AS_BEFORE)
    expect(alice.glass.scrollback.join('')).toBe('')
    expect(await bob.look()).toContain('alice left')
  })

  test('/panic leaves an empty screen, no row to scroll back to, and nobody waiting', async () => {
    const { world, alice, bob } = await two()
    alice.glass.write('\x1b[?1049l a row of before\r\n'.repeat(100) + '\x1b[?1049h')
    await bob.enter('a word of the talk')
    await alice.enter('/panic')
    expect(await alice.outcome).toEqual({ exit: 'done', text: '' })
    world.settle()
    await alice.glass.flush()
    expect(alice.glass.modes).toEqual(TERMINAL_AS_BEFORE)
    expect(alice.glass.scrollback.join('')).toBe('')
    expect(alice.glass.scrollback).toHaveLength(24)
    expect(await bob.look()).toContain('alice left')
  })

  test('Ctrl-D deletes where something is typed', async () => {
    const { alice } = await two()
    await alice.type('ab')
    await alice.press(KEY.home, KEY.ctrlD)
    expect(await alice.look()).toContain('› b')
  })
})

describe('a flood', () => {
  /** Draws since so many characters were written: each is one whole update of the screen. */
  const drawsSince = ({ glass }: Sitting, length: number) => glass.written.slice(length).split('\x1b[?2026h').length - 1

  test('is drawn while it comes, once in a while and not once a message', async () => {
    const { world, alice, bob } = await two()
    await alice.look()
    const { length } = alice.glass.written
    const began = performance.now()
    for (let i = 0; i < 500; i++) {
      bob.client?.do({ do: 'say', text: `number ${i}`, class: null })
      world.settle()
      // Whatever the program wants to do between two messages, it can.
      await new Promise((resolve) => setImmediate(resolve))
    }
    const draws = drawsSince(alice, length)
    // pi-tui leaves 16 ms between two draws; a timer may be a little early.
    expect(draws).toBeWithin(2, (performance.now() - began) / 15 + 2)
    expect(draws).toBeLessThan(250)
    expect(await alice.look()).toContain('number 499')
  })

  test('that leaves no time for anything is drawn when it is over, in a few screens of bytes', async () => {
    const { world, alice, bob } = await two()
    await alice.look()
    const { length } = alice.glass.written
    for (let i = 0; i < 500; i++) bob.client?.do({ do: 'say', text: `number ${i}`, class: null })
    world.advance(5_000)
    expect(await alice.look()).toContain('number 499')
    expect(drawsSince(alice, length)).toBe(1)
  })
})
