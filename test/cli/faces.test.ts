/** What both ways to hold a conversation make of input and events (docs/scripting.md, Line mode, JSON mode). */
import { describe, expect, test } from 'bun:test'
import type { Command } from '#lib/client/commands.ts'
import type { Event } from '#lib/client/events.ts'
import { emptyStore } from '#lib/client/store.ts'
import { armor } from '#lib/crypto/invite.ts'
import type { Face, Setup } from '../../cli/face.ts'
import { jsonFace } from '../../cli/jsonface.ts'
import type { Output } from '../../cli/output.ts'
import { plainFace, type Terminal } from '../../cli/plain.ts'
import type { Line } from '../../cli/reading.ts'
import { inviteOf } from '../harness/invites.ts'
import { me, member } from '../harness/told.ts'

const invite = inviteOf()

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
    ...changes,
  })
  return {
    acts,
    hear: (event: Event) => {
      store.take(event)
      face.hear(event)
    },
    take: (text: string) => face.take({ is: 'line', text }),
    raw: (line: Line) => face.take(line),
    /** What was said since the last time. */
    said: () => lines.splice(0),
  }
}

const terminal: Terminal = { look: () => ({ columns: null, colour: false }), now: () => 0, echo: false, verbose: false }
const plain = (changes?: Partial<Setup>) => facing((setup) => plainFace(setup, terminal), changes)
const json = (changes?: Partial<Setup>) => facing(jsonFace, changes)
const file = { path: 'talk.room', write: () => undefined, discard: () => undefined }
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
      { do: 'say', text: 'hello', notice: false },
      { do: 'rotate' },
      { do: 'verify', member: member().member, verified: true },
      { do: 'verify', member: member().member, verified: false },
      { do: 'leave', now: false },
    ])
    take('/who')
    expect(said()).toEqual(['* alice (H5V7KW): you', '* bob (K7WQ2M): here'])
    take('/help')
    expect(said()).toHaveLength(13)
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
    expect(acts).toEqual([{ do: 'say', text: 'hello', notice: false }, { do: 'close' }])
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
