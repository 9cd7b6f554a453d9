/** What both ways to hold a conversation make of input and events (docs/scripting.md, Line mode, JSON mode). */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from '#lib/client/commands.ts'
import type { Event } from '#lib/client/events.ts'
import { emptyStore } from '#lib/client/store.ts'
import { armor, type Invite, roomFile } from '#lib/crypto/invite.ts'
import type { Face, Setup } from '../../cli/face.ts'
import { jsonFace } from '../../cli/jsonface.ts'
import type { Output } from '../../cli/output.ts'
import { plainFace, type Terminal } from '../../cli/plain.ts'
import type { Line } from '../../cli/reading.ts'
import { inviteOf } from '../harness/invites.ts'
import { entry, lost, me, member } from '../harness/told.ts'

const invite = inviteOf()

let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))))
afterAll(() => rmSync(folder, { recursive: true }))

/** The path of a file with that invite. */
async function saved(invite: Invite): Promise<string> {
  const path = join(folder, 'talk.room')
  await Bun.write(path, roomFile(invite))
  return path
}

/** A face over a store that the test fills, with what it says and does. */
function facing(make: (setup: Setup) => Face, changes: Partial<Setup> = {}) {
  const lines: string[] = []
  const acts: Command[] = []
  const store = emptyStore()
  const out: Output = {
    lines: (...more) => void lines.push(...more),
    drained: () => Promise.resolve(),
    abandon: () => undefined,
    over: new Promise(() => undefined),
  }
  const face = make({
    act: (command) => void acts.push(command),
    view: () => store.view,
    out,
    invite,
    inviteFile: null,
    adminToken: null,
    allowPlain: false,
    ...changes,
  })
  return {
    acts,
    hear: (event: Event) => {
      store.take(event)
      face.hear(event)
    },
    /** For what is done with at once; else it is awaited. */
    take: (text: string) => void face.take({ is: 'line', text }),
    taken: async (text: string) => await face.take({ is: 'line', text }),
    raw: (line: Line) => void face.take(line),
    /** What was said since the last time. */
    said: () => lines.splice(0),
  }
}

const terminal: Terminal = { look: () => ({ columns: null, colour: false }), now: () => 0, echo: false, verbose: false }
const plain = (changes?: Partial<Setup>) => facing((setup) => plainFace(setup, terminal), changes)
const json = (changes?: Partial<Setup>) => facing(jsonFace, changes)
const file = { path: 'talk.room', write: () => undefined, discard: () => undefined }
const other = inviteOf('wss://b.example/ws')
const renamed: Event = { is: 'member', what: 'renamed', who: me({ name: 'al' }), was: 'alice', instead: null }
const seated = (founder: boolean): Event => ({ is: 'seated', me: me({ founder }), others: 1, returned: false })

describe('line mode', () => {
  test('a new room’s invite is printed as it is, with what to do with it', () => {
    const { hear, said } = plain({ invite: null })
    hear({ is: 'created', invite })
    expect(said()).toEqual([
      ...armor(invite).trimEnd().split('\n'),
      '* whoever has the invite can join: hand it out over a way you trust',
      '* they save it to a file: tacet join FILE --name NAME',
    ])
  })

  test('an invite that went to a file is not printed, until it is asked for', () => {
    const { hear, take, said } = plain({ invite: null, inviteFile: file })
    hear({ is: 'created', invite })
    expect(said()[0]).toBe('* the invite is in the file that you named')
    take('/invite')
    expect(said()).toEqual(armor(invite).trimEnd().split('\n'))
  })

  test('what is typed is said, and commands are answered', () => {
    const { hear, take, said, acts } = plain()
    hear(seated(false))
    hear({ is: 'member', what: 'present', who: member(), was: null, instead: null })
    said()
    for (const typed of ['hello', '', '/rotate', '/verify bob', '/unverify K7WQ2M', '/quit']) take(typed)
    expect(acts).toEqual([
      { do: 'say', text: 'hello', class: null },
      { do: 'rotate' },
      { do: 'verify', member: member().member, verified: true },
      { do: 'verify', member: member().member, verified: false },
      { do: 'leave', now: false },
    ])
    take('/who')
    expect(said()).toEqual(['* alice (H5V7KW): you', '* bob (K7WQ2M): here'])
    take('/help')
    expect(said()).toHaveLength(17)
    take('/verify carol')
    expect(said()).toEqual(['! nobody here is called so. /who lists names and tags'])
    take('/quti')
    expect(said()).toEqual(['! no such command. /help lists them; a text that begins with / is written with two'])
    expect(acts).toHaveLength(5)
  })

  test.each<readonly [Line, string]>([
    [{ is: 'not_utf8' }, '! this line is not UTF-8; nothing was sent'],
    [{ is: 'too_long', bytes: 9, most: 8 }, '! a line has 8 bytes at most, this one has 9; nothing was sent'],
    [
      { is: 'cut', most: 8 },
      '! a terminal hands over 8 bytes of a line and drops the rest: a longer one comes from a file or a pipe; nothing was sent',
    ],
  ])('a line that cannot be taken is told: %j', (line, told) => {
    const { raw, said, acts } = plain()
    raw(line)
    expect(said()).toEqual([told])
    expect(acts).toEqual([])
  })

  test('a text that is too long is told with its length', () => {
    const { hear, take, said } = plain()
    take('é'.repeat(40_000))
    hear({ is: 'failed', fault: 'too_large', command: 'say' })
    expect(said()).toEqual(['! too long', '* it has 80000 bytes, and may have 61440; nothing was sent'])
  })

  test('a topic is told when another is in force, and when it is asked for; its entry is not told beside it', () => {
    const { hear, take, said, acts } = plain()
    take('/topic')
    expect(said()).toEqual(['* there is no topic; anybody may set it'])
    const topic = { text: 'tea: at five', by: member(), time: 0, locked: false }
    hear({ is: 'entry', entry: entry({ kind: 'core.topic', body: { text: topic.text, turn: 1, under: '' } }) })
    hear({ is: 'topic', topic })
    expect(said()).toEqual(['* topic (anybody may set it), set by bob: tea: at five'])
    hear({ is: 'topic', topic: { ...topic, by: me(), locked: true } })
    expect(said()).toEqual(['* topic (only the founder may set it), set by you: tea: at five'])
    take('/topic')
    expect(said()).toEqual(['* topic (only the founder may set it), set by you: tea: at five'])
    expect(acts).toEqual([])
  })

  test('a topic that is too long is told with its own limit', () => {
    const { hear, take, said } = plain()
    take(`/topic ${'é'.repeat(300)}`)
    hear({ is: 'failed', fault: 'too_large', command: 'topic' })
    expect(said()).toEqual(['! too long', '* it has 600 bytes, and may have 512; nothing was sent'])
  })

  test('/accept counts every device of a member that proved nothing, and only those', () => {
    const { hear, take, said, acts } = plain()
    const bob = { member: '0b'.repeat(16), name: 'bob' }
    for (const [seat, confirmed, presence] of [
      ['first', true, 'here'],
      ['second', false, 'here'],
      ['third', false, 'joining'],
      ['former', false, 'gone'],
    ] as const)
      hear({ is: 'member', what: 'joining', who: member({ ...bob, seat, confirmed, presence }), was: null, instead: null })
    hear({
      is: 'member',
      what: 'joining',
      who: member({ member: '0c', seat: 'x', name: 'carol', tag: 'CCCCCC' }),
      was: null,
      instead: null,
    })
    said()
    take('/accept bob')
    expect(acts).toEqual([
      { do: 'accept', seat: 'second' },
      { do: 'accept', seat: 'third' },
    ])
    take('/accept carol')
    expect(said()).toEqual(['! nobody here is called so. /who lists names and tags'])
    expect(acts).toHaveLength(2)
  })

  describe('when the connection is lost', () => {
    const away: Event = { is: 'away', code: 1006, again: 3_500 }
    const back: Event = { is: 'seated', me: me(), others: 1, returned: true }

    test('says it once whole, then in few words, and whole again the next time', () => {
      const { hear, said } = plain()
      hear(seated(true))
      said()
      for (const event of [away, away, back, away]) hear(event)
      expect(said()).toEqual([
        '! connection lost, trying again in 4 s: the relay, or the network to it, is gone (1006)',
        '* still no connection, trying again in 4 s',
        '* you are back in the room',
        '! connection lost, trying again in 4 s: the relay, or the network to it, is gone (1006)',
      ])
    })

    test('a lost room is made anew with the admin token, and its new invite is told', () => {
      const { hear, take, said, acts } = plain({ adminToken: 'sesame' })
      for (const event of [seated(true), away, lost()]) hear(event)
      said()
      take('/recreate')
      expect(acts).toEqual([{ do: 'recreate', adminToken: 'sesame' }])
      hear({ is: 'created', invite: other })
      expect(said()).toContain('* those who were here go on with it as who they were: /join FILE')
      take('/invite')
      expect(said()).toEqual(armor(other).trimEnd().split('\n'))
    })

    test('one goes on in a room that somebody else made anew, under the name that one had last', async () => {
      const { hear, taken, take, said, acts } = plain()
      for (const event of [seated(true), renamed, away, lost()]) hear(event)
      await taken(`/join ${await saved(other)}`)
      expect(acts).toEqual([{ do: 'join', invite: other, name: 'al' }])
      hear({ is: 'seated', me: me({ name: 'al' }), others: 1, returned: false })
      said()
      take('/invite')
      expect(said()).toEqual(armor(other).trimEnd().split('\n'))
    })

    test('a file that holds no invite, or cannot be read, is told, and nothing is done', async () => {
      const { hear, taken, said, acts } = plain()
      for (const event of [seated(true), lost()]) hear(event)
      said()
      await taken('/join /nowhere/talk.room')
      await taken(`/join ${import.meta.path}`)
      await taken(`/join ${await saved(inviteOf('ws://192.0.2.1/ws'))}`)
      await taken(`/join ${await saved({ ...other, roomKey: new Uint8Array(32).fill(9) })}`)
      expect(said()).toEqual([
        '! the file with the invite cannot be read (ENOENT)',
        '! the file: there is no invite in this text',
        expect.stringContaining('To go on all the same: --allow-plain'),
        '! it is an invite to another room: leave this one first',
      ])
      expect(acts).toEqual([])
    })

    test.each([['/recreate'], ['/join talk.room']])('%s is for a lost room alone', (typed) => {
      const { hear, take, said, acts } = plain()
      for (const events of [[seated(true)], [away], [lost(), back]]) {
        events.forEach(hear)
        said()
        take(typed)
        expect(said()).toEqual(['! this is for a room that the relay has lost; nothing was done'])
      }
      expect(acts).toEqual([])
    })

    test('what did not work is told as such, and can be tried again', () => {
      const { hear, take, said, acts } = plain()
      for (const event of [seated(true), away, lost()]) hear(event)
      take('/recreate')
      hear({ is: 'dialing', host: 'relay.example', goesOn: true })
      said()
      hear(lost({ is: 'silent' }))
      expect(said()).toEqual(['! that did not work: the relay took the connection and did not answer: is it a Tacet relay?'])
      take('/recreate')
      expect(acts).toHaveLength(2)
    })
  })

  describe('/close', () => {
    test('is asked once of the founder, and done when it is typed again', () => {
      const { hear, take, said, acts } = plain()
      hear(seated(true))
      said()
      take('/close')
      expect(said()).toEqual(['! this ends the room for everybody: type /close again to do it'])
      expect(acts).toEqual([])
      take('/close')
      expect(acts).toEqual([{ do: 'close' }])
    })

    test.each([[''], ['hello'], ['/who'], ['/clsoe']])('is not done when %j came between', (between) => {
      const { hear, take, acts } = plain()
      hear(seated(true))
      for (const typed of ['/close', between, '/close']) take(typed)
      expect(acts).not.toContainEqual({ do: 'close' })
    })

    test('of somebody else goes to the session, which says why not', () => {
      const { hear, take, acts } = plain()
      hear(seated(false))
      take('/close')
      expect(acts).toEqual([{ do: 'close' }])
    })
  })
})

describe('JSON', () => {
  const told = (lines: readonly string[]): unknown[] => lines.map((line) => JSON.parse(line))

  test('each event is a line', () => {
    const { hear, said } = json()
    hear(seated(true))
    hear({ is: 'ended', why: { is: 'left' } })
    expect(told(said())).toMatchObject([{ event: 'seated' }, { event: 'ended' }])
  })

  test('each line is a command', () => {
    const { hear, take, said, acts } = json({ invite: null, inviteFile: file })
    take('{"do":"say","text":"hello"}')
    take(' ')
    take('{"do":"close"}')
    expect(acts).toEqual([{ do: 'say', text: 'hello', class: null }, { do: 'close' }])
    hear({ is: 'created', invite })
    hear({ is: 'member', what: 'present', who: member(), was: null, instead: null })
    said()
    take('{"do":"who"}')
    take('{"do":"invite"}')
    expect(told(said())).toEqual([
      { event: 'members', members: [member()] },
      { event: 'invite', invite: armor(invite) },
    ])
  })

  test('a lost room is made anew with the token that is given, or with the program’s', () => {
    const { hear, take, acts } = json({ adminToken: 'sesame' })
    for (const event of [seated(true), lost()]) hear(event)
    take('{"do":"recreate"}')
    take('{"do":"recreate","adminToken":"open"}')
    expect(acts).toEqual([
      { do: 'recreate', adminToken: 'sesame' },
      { do: 'recreate', adminToken: 'open' },
    ])
  })

  test('one goes on in a room that somebody else made anew, under the name that one had last', () => {
    const { hear, take, said, acts } = json()
    for (const event of [seated(true), renamed, lost()]) hear(event)
    take(JSON.stringify({ do: 'join', invite: `Hi Al,\n${armor(other)}` }))
    expect(acts).toEqual([{ do: 'join', invite: other, name: 'al' }])
    hear({ is: 'seated', me: me({ name: 'al' }), others: 1, returned: false })
    said()
    take('{"do":"invite"}')
    expect(told(said())).toEqual([{ event: 'invite', invite: armor(other) }])
  })

  test('an invite that cannot be used is told with the reason, and nothing is done', () => {
    const { take, said, acts } = json()
    const plainly = inviteOf('ws://192.0.2.1/ws')
    take('{"do":"join","invite":"hello"}')
    take(JSON.stringify({ do: 'join', invite: armor(plainly) }))
    const failed = { event: 'failed', command: 'join', fault: 'bad_invite' }
    expect(told(said())).toMatchObject([
      { ...failed, text: 'this invite cannot be used: there is no invite in this text' },
      { ...failed, text: expect.stringContaining('--allow-plain') },
    ])
    expect(acts).toEqual([])
    const allowed = json({ allowPlain: true })
    allowed.take(JSON.stringify({ do: 'join', invite: armor(plainly) }))
    expect(allowed.acts).toMatchObject([{ do: 'join', invite: plainly }])
  })

  test.each<readonly [Line, object]>([
    [{ is: 'not_utf8' }, { command: null, fault: 'not_utf8' }],
    [
      { is: 'too_long', bytes: 9, most: 8 },
      { command: null, fault: 'too_long' },
    ],
    [
      { is: 'cut', most: 8 },
      { command: null, fault: 'cut' },
    ],
    [
      { is: 'line', text: 'hello' },
      { command: null, fault: 'bad_json' },
    ],
    [
      { is: 'line', text: '{"do":"shout"}' },
      { command: null, fault: 'unknown_command' },
    ],
    [
      { is: 'line', text: '{"do":"say"}' },
      { command: 'say', fault: 'bad_fields' },
    ],
  ])('a line that is none is told: %j', (line, failed) => {
    const { raw, said, acts } = json()
    raw(line)
    expect(told(said())).toMatchObject([{ event: 'failed', ...failed }])
    expect(acts).toEqual([])
  })
})
