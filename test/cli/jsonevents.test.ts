/** Events as lines of JSON (docs/scripting.md, Events). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Event } from '#lib/client/events.ts'
import { armor } from '#lib/crypto/invite.ts'
import { inviteJson, jsonLine, jsonOf, membersJson } from '../../cli/jsonevents.ts'
import { inviteOf } from '../harness/invites.ts'
import { entry, EVENTS, me, member } from '../harness/told.ts'

const alice = me()
const bob = member()

describe('an event is an object of its own fields and no others:', () => {
  test.each<readonly [Event, object]>([
    [
      { is: 'dialing', host: 'h', goesOn: false },
      { event: 'dialing', host: 'h' },
    ],
    [
      { is: 'seated', me: alice, others: 2, returned: true },
      { event: 'seated', me: alice, others: 2, returned: true },
    ],
    [
      { is: 'member', what: 'renamed', who: bob, was: 'rob', instead: null },
      { event: 'member', what: 'renamed', who: bob, was: 'rob', instead: null },
    ],
    [
      { is: 'entry', entry: entry({ seen: [{ log: 'x', n: 1 }] }) },
      {
        event: 'entry',
        log: 'seat-of-bob',
        n: 1,
        who: bob,
        kind: 'core.text',
        body: { text: 'hello' },
        time: 0,
        late: false,
        repaired: false,
        waiting: false,
        readers: 0,
      },
    ],
    [
      { is: 'refused', refusal: { what: 'letter', seat: 's', name: null, code: 'stale' }, times: 3 },
      { event: 'refused', what: 'letter', seat: 's', name: null, code: 'stale', times: 3 },
    ],
    [
      { is: 'failed', fault: 'not_founder', command: 'close' },
      { event: 'failed', command: 'close', fault: 'not_founder', text: 'only the founder can do that' },
    ],
    [
      { is: 'ended', why: { is: 'left' } },
      { event: 'ended', why: 'left', exit: 0, text: 'you left' },
    ],
    [
      { is: 'ended', why: { is: 'version_mismatch', mine: 1, relays: 2 } },
      {
        event: 'ended',
        why: 'version_mismatch',
        mine: 1,
        relays: 2,
        exit: 5,
        text: 'this client speaks protocol 0x01, the relay 0x02: this client is too old',
      },
    ],
  ])('%j', (event, json) => {
    expect<object>(jsonOf(event, null)).toEqual(json)
  })

  test('the members and the invite that were asked for', () => {
    expect<object>(membersJson([alice, bob])).toEqual({ event: 'members', members: [alice, bob] })
    expect(inviteJson(inviteOf())).toEqual({ event: 'invite', invite: armor(inviteOf()) })
  })
})

test('a new room’s invite stands in its event, unless it went to a file', () => {
  const created = { is: 'created', invite: inviteOf() } as const
  expect(jsonOf(created, null)).toEqual({ event: 'created', invite: armor(inviteOf()), file: null })
  expect(jsonOf(created, 'talk.room')).toEqual({ event: 'created', invite: null, file: 'talk.room' })
})

describe('an object is one line that is safe to look at', () => {
  const said = (text: string) => jsonLine(jsonOf({ is: 'entry', entry: entry({ body: { text } }) }, null))

  test.each([
    ['\n', '\\n'],
    ['\u001b[2J', '\\u001b[2J'],
    ['\u007f', '\\u007f'],
    ['\u009b', '\\u009b'],
    ['\u2028', '\\u2028'],
    ['\u202e', '\\u202e'],
    ['\u200b', '\\u200b'],
    ['\u00ad', '\\u00ad'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['\u3164', '\\u3164'],
    ['x\ufe0f', 'x\\ufe0f'],
    ['\ud800', '\\ud800'],
    ['\u0301x', '\\u0301x'],
    ['é🦊שלום', 'é🦊שלום'],
  ])('%j is written %s', (text, written) => {
    expect(said(text)).toContain(`{"text":"${written}"}`)
  })

  test('whatever was written is read again as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const line = said(text)
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(JSON.parse(line)).toMatchObject({ body: { text } })
      }),
    )
  })

  test('every event is one line and can be read again', () => {
    for (const event of EVENTS) expect(JSON.parse(jsonLine(jsonOf(event, null)))).toMatchObject({ event: event.is })
  })
})
