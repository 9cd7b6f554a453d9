/** Where an invite comes from at the terminal, and where it goes (docs/scripting.md, Invites). */
import { describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { armor, link, qrText, roomFile } from '#lib/crypto/invite.ts'
import { askInvite, askName } from '../../cli/asking.ts'
import { isPlain } from '#lib/client/index.ts'
import { fileText, inviteIn, inviteText, refuseInviteInWords, relayAddress } from '../../cli/invite.ts'
import { newInviteFile } from '../../cli/invitefile.ts'
import { failureOf } from '../harness/failure.ts'
import { inviteOf } from '../harness/invites.ts'
import { typed, typing } from '../harness/typing.ts'

const invite = inviteOf()
const [armored, text] = [armor(invite), qrText(invite)]

/** A folder of its own, gone after the test. */
function folder(): Disposable & { readonly path: (name: string) => string } {
  const made = mkdtempSync(join(tmpdir(), 'tacet-test-'))
  return { path: (name) => join(made, name), [Symbol.dispose]: () => rmSync(made, { recursive: true }) }
}

describe('an invite on the command line is refused with the reason:', () => {
  test.each([
    ['a link', ['join', link(invite, 'https://chat.example/'), '--name', 'bob']],
    ['its text', ['join', text]],
    ['its armor', ['join', armored]],
    ['its armor, word by word', ['join', ...armored.split(/\s/)]],
    ['behind a flag', ['join', '--invite', text]],
    ['in a flag', ['join', `--invite=${text}`]],
    ['as a name', ['create', '--name', text]],
    ['cut short', ['join', text.slice(0, 100)]],
    ['with a slip', ['join', `${text.slice(0, 80)}x${text.slice(81)}`]],
    ['to a relay that is not encrypted', ['join', qrText(inviteOf('ws://relay.example/ws'))]],
  ])('%s', async (_how, words) => {
    const { code, message } = await failureOf(() => refuseInviteInWords(words))
    expect(code).toBe('usage')
    expect(message).toContain('does not belong on the command line: every user of this machine can read it there')
    expect(message).not.toContain(text.slice(0, 20))
  })

  test.each([
    [['join', 'talk.room', '--name', 'bob']],
    [['create', '--relay', `wss://relay.example/${'a'.repeat(100)}`]],
    [['join', '/home/bob/BEGIN TACET INVITE.room']],
    [['join', 'AQAA']],
    [['join', 'x'.repeat(70_000)]],
  ])('and %j holds none', (words) => {
    expect(() => refuseInviteInWords(words)).not.toThrow()
  })
})

describe('the invite in a text', () => {
  test('is found', () => {
    expect(inviteIn({ text: `Hi,\n${armored}`, from: 'the file' }, false)).toEqual(invite)
  })

  test.each([
    ['', 'the input', 'the input: there is no invite in this text'],
    ['talk.room', 'TACET_INVITE', 'TACET_INVITE: there is no invite in this text'],
    [text.slice(0, 100), 'the file', 'the file: the invite is cut short'],
    [`${text.slice(0, 80)}x${text.slice(81)}`, 'the file', 'the file: the invite is damaged: a character was changed or lost'],
    [
      text.replace(/^(.{50})./, '$1!'),
      'the file',
      'the file: the invite is damaged: it has a character that does not belong in it',
    ],
    [armored.replace('AQAA', 'AgAA'), 'the file', 'the file: the invite is of a version this client does not know'],
    [
      `${armored}\n${armor({ ...invite, founder: new Uint8Array(16) })}`,
      'the file',
      'the file: the text holds more than one invite: paste the one you mean',
    ],
  ] as const)('or what is wrong with it is said: %j', async (found, from, message) => {
    expect(await failureOf(() => inviteIn({ text: found, from }, false))).toEqual({ code: 'damaged_invite', message })
  })

  test('to a relay that is not encrypted is taken only when the person says so', async () => {
    const plain = { text: armor(inviteOf('ws://relay.example/ws')), from: 'the file' } as const
    const { code, message } = await failureOf(() => inviteIn(plain, false))
    expect(code).toBe('usage')
    expect(message).toContain('not encrypted (ws://)')
    expect(message).toContain('--allow-plain')
    expect(inviteIn(plain, true).url).toBe('ws://relay.example/ws')
  })
})

describe('the address of a relay', () => {
  test.each([
    ['wss://relay.example', 'wss://relay.example/ws'],
    ['ws://127.0.0.1:1337/ws', 'ws://127.0.0.1:1337/ws'],
    ['ws://localhost:1337', 'ws://localhost:1337/ws'],
  ])('%s', (written, canonical) => {
    expect(relayAddress(written, false)).toBe(canonical)
    expect(isPlain(canonical)).toBe(false)
  })

  test.each([
    ['https://relay.example', 'relay addresses begin with wss://, not with http. One is wss://relay.example/ws'],
    ['127.0.0.1:1337', 'relay address is not an address or too long. One is wss://relay.example/ws'],
    ['relay.example', 'relay address is not an address or too long. One is wss://relay.example/ws'],
    ['wss://alice@relay.example', 'relay address has a user name in it. One is wss://relay.example/ws'],
  ])('%s is refused with an example', async (written, message) => {
    for (const allowPlain of [false, true]) {
      expect(await failureOf(() => relayAddress(written, allowPlain))).toEqual({ code: 'usage', message })
    }
  })

  test('that is not encrypted is taken only when the person says so', async () => {
    expect((await failureOf(() => relayAddress('ws://relay.example/ws', false))).message).toContain('--allow-plain')
    expect(relayAddress('ws://relay.example/ws', true)).toBe('ws://relay.example/ws')
    expect(isPlain('ws://relay.example/ws')).toBe(true)
  })
})

describe('an invite at the beginning of input', () => {
  test.each([
    ['a .room file', roomFile(invite)],
    ['a mail', `Hi Bob,\n\nhere it is:\n\n${armored}`],
    ['a mail with Windows line ends', `Hi Bob,\r\n\r\n${armored.replaceAll('\n', '\r\n')}`],
    ['a link', `${link(invite, 'https://chat.example/')}\n`],
    ['a link that wraps', `${link(invite, 'https://chat.example/').replace(/(.{60})/g, '$1\n')}\n`],
  ])('is %s, and what follows is left for the conversation', async (_how, form) => {
    const lines = typed(`${form}hello\n`)
    expect(inviteIn({ text: await inviteText(lines), from: 'the input' }, false)).toEqual(invite)
    expect(await lines.next()).toEqual({ is: 'line', text: 'hello' })
  })

  test('that is damaged is read to its last line', async () => {
    const lines = typed(`${armored.replace('AQAA', 'AgAA')}hello\n`)
    await inviteText(lines)
    expect(await lines.next()).toEqual({ is: 'line', text: 'hello' })
  })

  test.each([
    ['a line without end', 'x'.repeat(2_000_000)],
    ['many long lines', `${'x '.repeat(1_000)}\n`.repeat(40)],
    ['many short lines', 'x\n'.repeat(2_000)],
  ])('is not looked for in %s', async (_what, input) => {
    expect(await failureOf(() => inviteText(typed(input)))).toEqual({
      code: 'damaged_invite',
      message: 'the input begins with too much text to look for an invite in it',
    })
  })

  test('is whatever there was when the input ends', async () => {
    expect(await inviteText(typed('hello'))).toBe('hello\n')
    expect(await inviteText(typed(''))).toBe('')
  })
})

describe('questions', () => {
  function asking() {
    const said: string[] = []
    return { said, ask: (words: string) => void said.push(words) }
  }

  test('a name is asked for until it can be one', async () => {
    const { said, ask } = asking()
    expect(await askName(typed('\n  \n\u202eecila\n alice \nhello\n'), ask)).toBe('alice')
    const question = 'your name in the room: '
    expect(said).toEqual([question, question, question, 'a name cannot hold marks that turn the direction of text\n', question])
  })

  test('no name at the end of the input is a failure', async () => {
    expect(await failureOf(() => askName(typed(''), asking().ask))).toEqual({ code: 'usage', message: 'no name was given' })
  })

  test('what is pasted behind an invite is left out, and said so', async () => {
    const { said, ask } = asking()
    const input = typing()
    input.type(`${armored}\nSee you!\n-- \nAlice\n`)
    expect(await askInvite(input.lines, ask)).toBe(armored)
    expect(said.slice(1)).toEqual(['left out what was pasted behind the invite (3 lines)\n'])
    input.type('carol\n')
    expect(await askName(input.lines, ask)).toBe('carol')
  })

  test('what is pasted behind a text without an invite is left out too: it is not for the shell', async () => {
    const input = typing()
    input.type(`${'x\n'.repeat(1_002)}rm -r .\n`)
    expect(await failureOf(() => askInvite(input.lines, asking().ask))).toMatchObject({ code: 'damaged_invite' })
    const next = input.lines.next()
    input.end()
    expect(await next).toBeNull()
  })
})

describe('a file with an invite', () => {
  test('is read as far as an invite is looked for', async () => {
    using dir = folder()
    writeFileSync(dir.path('talk.room'), `\ufeffHi,\n${armored}${'x'.repeat(100_000)}`)
    const read = await fileText(dir.path('talk.room'))
    expect(read.length).toBeLessThanOrEqual(65_536)
    expect(inviteIn({ text: read, from: 'the file' }, false)).toEqual(invite)
  })

  test('may be a pipe that is written bit by bit', async () => {
    using dir = folder()
    expect(Bun.spawnSync(['mkfifo', dir.path('pipe')]).exitCode).toBe(0)
    const writer = Bun.spawn(['sh', '-c', `{ printf a; printf b; printf c; } > '${dir.path('pipe')}'`])
    expect(await fileText(dir.path('pipe'))).toBe('abc')
    expect(await writer.exited).toBe(0)
  })

  test.each([
    ['missing', 'ENOENT'],
    ['.', 'EISDIR'],
  ])('that is %s is said to be so', async (name, code) => {
    using dir = folder()
    const message = `the file with the invite cannot be read (${code})`
    expect(await failureOf(() => fileText(dir.path(name)))).toEqual({ code: 'usage', message })
  })
})

describe('a new file for an invite', () => {
  test('is read by its owner alone, and is a .room file', () => {
    using dir = folder()
    const file = newInviteFile(dir.path('talk.room'))
    file.write(invite)
    file.discard()
    expect(readFileSync(dir.path('talk.room'), 'utf8')).toBe(roomFile(invite))
    expect(statSync(dir.path('talk.room')).mode & 0o777).toBe(0o600)
  })

  test('has the newest invite, when a lost room is made anew', () => {
    using dir = folder()
    const file = newInviteFile(dir.path('talk.room'))
    const other = { ...invite, url: 'wss://a.example/ws' }
    file.write(invite)
    file.write(other)
    file.discard()
    expect(readFileSync(dir.path('talk.room'), 'utf8')).toBe(roomFile(other))
  })

  test('is taken away when there was no invite to write', () => {
    using dir = folder()
    newInviteFile(dir.path('talk.room')).discard()
    expect(() => statSync(dir.path('talk.room'))).toThrow()
  })

  test('overwrites nothing, also behind a link', async () => {
    using dir = folder()
    writeFileSync(dir.path('old'), 'precious')
    symlinkSync(dir.path('old'), dir.path('link'))
    symlinkSync(dir.path('nothing'), dir.path('loose'))
    const message = 'the file for the invite cannot be made (it exists, and nothing is overwritten)'
    for (const name of ['old', 'link', 'loose']) {
      expect(await failureOf(() => newInviteFile(dir.path(name)))).toEqual({ code: 'usage', message })
    }
    expect(readFileSync(dir.path('old'), 'utf8')).toBe('precious')
  })

  test('that cannot be made or written is said to be so', async () => {
    expect(await failureOf(() => newInviteFile('/nowhere/talk.room'))).toEqual({
      code: 'usage',
      message: 'the file for the invite cannot be made (ENOENT)',
    })
  })
})
