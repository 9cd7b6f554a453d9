/** What a face keeps in mind of its conversation (docs/scripting.md, When the connection is lost()). */
import { describe, expect, test } from 'bun:test'
import type { Event } from '#lib/client/events.ts'
import { after, beginning, type Standing } from '#lib/text/standing.ts'
import { inviteOf } from '../harness/invites.ts'
import { lost, me, member } from '../harness/told.ts'

const [first, second] = [inviteOf(), inviteOf('wss://b.example/ws')]
const seated = (returned: boolean): Event => ({ is: 'seated', me: me(), others: 1, returned })
const away: Event = { is: 'away', code: 1006, again: 1_000 }
const renamed = (who: ReturnType<typeof member>): Event => ({ is: 'member', what: 'renamed', who, was: 'x', instead: null })

const stands = (events: readonly Event[], from: Standing = beginning(first)) => events.reduce(after, from)

describe('the connection', () => {
  test.each<readonly [readonly Event[], string]>([
    [[], 'here'],
    [[seated(false)], 'here'],
    [[seated(false), away], 'away'],
    [[seated(false), away, away], 'away'],
    [[seated(false), away, seated(true)], 'here'],
    [[seated(false), away, lost()], 'lost'],
    [[seated(false), away, lost(), { is: 'dialing', host: 'b.example', goesOn: true }], 'lost'],
    [[seated(false), away, lost(), seated(false)], 'here'],
  ])('after %j is %s', (events, connection) => {
    expect<string>(stands(events).connection).toBe(connection)
  })
})

test('my name is the newest, and nobody else’s', () => {
  expect(stands([seated(false)]).name).toBe('alice')
  expect(stands([seated(false), renamed(me({ name: 'al' })), renamed(member({ name: 'bob' })), lost()]).name).toBe('al')
})

describe('the invite', () => {
  const trying = { ...stands([seated(false), lost()]), trying: second }

  test('is the one to join with, until a room is made', () => {
    expect(stands([]).invite).toBe(first)
    expect(stands([{ is: 'created', invite: second }]).invite).toBe(second)
  })

  test('of a room made anew takes the place of the other once we are in', () => {
    expect(trying.invite).toBe(first)
    expect(stands([seated(false)], trying)).toMatchObject({ invite: second, trying: null })
  })

  test.each<Event>([lost(), { is: 'failed', fault: 'room_closed', command: 'join' }])(
    'stays when that does not work: %j',
    (event) => {
      expect(stands([event, seated(true)], trying)).toMatchObject({ invite: first, trying: null })
    },
  )

  test('is still tried when something else fails', () => {
    expect(stands([{ is: 'failed', fault: 'empty', command: 'say' }], trying).trying).toBe(second)
  })
})
