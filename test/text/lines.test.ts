/** What happens in a conversation, in plain lines (docs/scripting.md, Line mode). */
import { describe, expect, test } from 'bun:test'
import type { Alarm, Event } from '#lib/client/events.ts'
import { offsetAt } from '../../cli/clock.ts'
import { draw } from '../../cli/drawing.ts'
import { linesOf, type Setting, whoLines } from '#lib/text/lines.ts'
import { RELAY_REASONS } from '#lib/text/reasons.ts'
import { entry, EVENTS, lost, me, member } from '../harness/told.ts'

const NOON = new Date(2026, 10, 20, 12, 34).getTime()
const setting: Setting = { now: NOON, offset: offsetAt, commands: true, echo: false, verbose: false, connection: 'here' }
const pipe = { columns: null, colour: false }

/** The lines that an event comes to, as a pipe has them. */
function shown(event: Event, changes: Partial<Setting> = {}): readonly string[] {
  return linesOf(event, { ...setting, ...changes }).flatMap((told) => draw(told, pipe))
}

const heard = (changes: Parameters<typeof entry>[0] = {}): Event => ({ is: 'entry', entry: entry({ time: NOON, ...changes }) })
const changed = (what: (Event & { is: 'member' })['what'], who = member(), was: string | null = null): Event => ({
  is: 'member',
  what,
  who,
  was,
  instead: what === 'returned' ? 'former-seat' : null,
})

describe('coming and going', () => {
  const lookalike = member({ clash: true })
  const device = member({ confirmed: false })
  test.each<readonly [Event, readonly string[]]>([
    [{ is: 'dialing', host: 'relay.example:8443', goesOn: false }, ['* connecting to relay.example:8443']],
    [
      { is: 'seated', me: me(), others: 0, returned: false },
      ['* you are in, called alice; the room is empty, says the relay: nobody else is here'],
    ],
    [{ is: 'seated', me: me(), others: 1, returned: false }, ['* you are in, called alice; one other is here or about to be']],
    [
      { is: 'seated', me: me({ name: 'bob left' }), others: 2, returned: false },
      ['* you are in, called "bob left"; 2 others are here or about to be'],
    ],
    [changed('present'), ['* bob is in the room, says the relay']],
    [changed('joining'), ['* bob is joining']],
    [changed('arrived'), ['* bob is here']],
    [changed('unreachable'), ['* bob does not answer']],
    [{ is: 'seated', me: me(), others: 1, returned: true }, ['* you are back in the room']],
    [
      { is: 'seated', me: me(), others: 0, returned: true },
      ['* you are back in the room; it is empty, says the relay: nobody else is here'],
    ],
    [{ is: 'away', code: 1001, again: 1_200 }, ['! connection lost, trying again in 2 s: the relay was stopped (1001)']],
    [
      lost(),
      [
        '! the relay has lost the room, as it does when it is restarted: nobody hears what is said',
        '* /recreate makes the room anew, with another invite to hand out to the others',
        '* when somebody else has done that, save their invite to a file: /join FILE goes on there. Everybody stays who they are',
      ],
    ],
    [changed('reconnecting'), ['* bob is reconnecting']],
    [changed('returned'), ['* bob is back']],
    [{ is: 'member', what: 'returned', who: member(), was: null, instead: member().seat }, []],
    [changed('silent'), ['* bob has not been heard for more than two minutes']],
    [changed('accepted'), ['* bob counts as confirmed from now on']],
    [changed('gone'), ['* bob did not come back']],
    [changed('left'), ['* bob left']],
    [changed('renamed', member({ name: 'robert' }), 'bob'), ['* bob is now called robert']],
    [changed('renamed', me({ name: 'al' }), 'alice'), ['* you are now called al']],
    [
      changed('joining', lookalike),
      ['* bob (K7WQ2M) is joining', '! bob (K7WQ2M) has a name that looks like another member’s: tell them apart by their tags'],
    ],
    [
      changed('present', device),
      [
        '* bob (K7WQ2M, not confirmed) is in the room, says the relay',
        '! bob (K7WQ2M, not confirmed) is a further device, not confirmed: it may be somebody else’s. When you know that it is not: /accept K7WQ2M',
      ],
    ],
    [changed('left', lookalike), ['* bob (K7WQ2M) left']],
    [
      changed('renamed', me({ name: 'bob', clash: true }), 'alice'),
      ['* you are now called bob', '! your name looks like another member’s: others see it with your tag, H5V7KW'],
    ],
    [{ is: 'ended', why: { is: 'left' } }, ['* you left']],
    [{ is: 'ended', why: { is: 'closed', by: me() } }, ['* you closed the room']],
    [{ is: 'ended', why: { is: 'closed', by: member() } }, ['* bob, the founder, closed the room']],
    // Failures are told on standard error.
    [{ is: 'ended', why: { is: 'unreachable', host: 'relay.example' } }, []],
  ])('%j', (event, lines) => {
    expect(shown(event)).toEqual(lines)
  })
})

describe('what is said', () => {
  const own = { who: me(), readers: 1 }
  test.each<readonly [Event, readonly string[]]>([
    [heard(), ['[12:34] bob: hello']],
    [heard({ late: true }), ['[12:34 late] bob: hello']],
    [heard({ time: NOON - 86_400_000 }), ['[2026-11-19 12:34] bob: hello']],
    [heard({ time: -1 }), ['[---------- --:--] bob: hello']],
    [heard({ body: { text: 'beep', class: 'notice' } }), ['[12:34] -bob- beep']],
    [heard({ body: { text: 'waves', class: 'action' } }), ['[12:34] ~bob~ waves']],
    [heard({ kind: 'org.example.poll', body: { text: 'no text' } }), ['[12:34] [unsupported: org.example.poll from bob]']],
    [heard({ kind: 'core.later', body: {} }), ['[12:34] [unsupported: core.later from bob]']],
    [heard({ who: member({ clash: true }) }), ['[12:34] bob (K7WQ2M): hello']],
    [heard({ kind: 'core.leave', body: {} }), []],
    [heard({ kind: 'core.close', body: {} }), []],
    [heard(own), []],
    [heard({ ...own, readers: 0 }), ['* nobody else is here to read that']],
    [heard({ ...own, readers: 0, waiting: true }), ['* kept, it is sent as soon as somebody can read it']],
    [heard({ repaired: true }), ['[12:34 late] bob: hello']],
  ])('%j', (event, lines) => {
    expect(shown(event)).toEqual(lines)
  })

  test('my own texts are told where nobody typed them', () => {
    expect(shown(heard(own), { echo: true })).toEqual(['[12:34] alice: hello'])
    expect(shown(heard({ ...own, readers: 0 }), { echo: true })).toEqual([
      '[12:34] alice: hello',
      '* nobody else is here to read that',
    ])
  })
})

describe('the rest', () => {
  const gap = { log: 'x', name: 'bob', from: 2, to: 2, by: null, unavailable: false }
  test.each<readonly [Event, readonly string[]]>([
    [{ is: 'gaps', gaps: [gap] }, ['! 1 message missing from bob, asking for it']],
    [{ is: 'gaps', gaps: [{ ...gap, unavailable: true }] }, ['! 1 message missing from bob: nobody here has it']],
    [
      { is: 'gaps', gaps: [gap, { ...gap, from: 4, to: 6 }, { ...gap, name: 'carol c' }] },
      ['! 4 messages missing from bob, asking for them; 1 message missing from "carol c", asking for it'],
    ],
    [
      { is: 'gaps', gaps: [gap, { ...gap, from: 4, to: 6, unavailable: true }] },
      ['! 1 message missing from bob, asking for it; 3 messages missing from bob: nobody here has them'],
    ],
    [{ is: 'gaps', gaps: [{ ...gap, by: 'mallory' }] }, ['! 1 message missing from bob, says mallory alone, asking for it']],
    [{ is: 'sent', log: 'x', upTo: 3, readers: 1 }, ['* what you wrote meanwhile is sent']],
    [{ is: 'sent', log: 'x', upTo: 3, readers: 0 }, ['* what you wrote meanwhile is in the room; nobody else is here']],
    [{ is: 'delivered', log: 'x', upTo: 3 }, []],
    [{ is: 'reset', who: member(), times: 1 }, []],
    [{ is: 'gaps', gaps: [] }, ['* nothing is missing any more']],
    [{ is: 'stepped', who: member(), epoch: 3, heal: true }, ['* bob asks everybody to renew the keys']],
    [{ is: 'stepped', who: me(), epoch: 3, heal: true }, ['* your keys are renewed']],
    [{ is: 'stepped', who: member(), epoch: 3, heal: false }, []],
    [{ is: 'verified', who: member({ verified: true }) }, ['* bob is now marked as verified']],
    [{ is: 'verified', who: member() }, ['* bob is no longer marked as verified']],
    [{ is: 'failed', fault: 'not_founder', command: 'close' }, ['! only the founder can do that']],
    [
      { is: 'refused', refusal: { what: 'letter', seat: 's', name: 'bob', code: 'not_asked' }, times: 1 },
      ['! refused: a letter (not_asked) from bob'],
    ],
    [{ is: 'refused', refusal: { what: 'frame', seat: null, name: null, code: 'not_json' }, times: 9 }, []],
    [
      { is: 'refused', refusal: { what: 'frame', seat: null, name: null, code: 'not_json' }, times: 1000 },
      ['! refused: a frame (not_json), 1000 times'],
    ],
  ])('%j', (event, lines) => {
    expect(shown(event)).toEqual(lines)
  })

  test('what was told once is told shorter the next time', () => {
    expect(shown({ is: 'away', code: 1006, again: 30_000 }, { connection: 'away' })).toEqual([
      '* still no connection, trying again in 30 s',
    ])
    const again = { connection: 'lost' } as const
    expect(shown(lost({ is: 'unreachable', host: 'h' }), again)).toEqual([
      '! that did not work: no relay answers at h: is it running, and is the address right?',
    ])
    expect(shown(lost({ is: 'refused', reason: 'forbidden' }), again)).toEqual([
      `! that did not work: ${RELAY_REASONS.forbidden}`,
      '* /recreate takes an admin token from the variable TACET_ADMIN_TOKEN',
    ])
    expect(shown(lost(), { connection: 'away' })).toEqual(shown(lost()))
  })

  test('what waits for the connection is told so', () => {
    const waits = { is: 'entry', entry: entry({ who: me(), waiting: true }) } as const
    for (const connection of ['away', 'lost'] as const) {
      expect(shown(waits, { connection })).toEqual(['* kept, it is sent when you are back'])
    }
  })

  test('who loses a room is told what others may not have heard', () => {
    const unsure = (from: number) => shown(lost({ is: 'forgotten' }, { log: 'x', from, upTo: 5 }))[1]
    expect(unsure(5)).toBe(
      '! not everybody had shown to have the last message that you sent: say it again in the next room, if it matters',
    )
    expect(unsure(4)).toBe(
      '! not everybody had shown to have the last 2 messages that you sent: say them again in the next room, if it matters',
    )
  })

  test('what everybody has, and keys that were handed over anew, are told to who asked for it', () => {
    const verbose = { verbose: true }
    expect(shown({ is: 'delivered', log: 'x', upTo: 3 }, verbose)).toEqual(['* everybody here has what you said, up to 3'])
    expect(shown({ is: 'reset', who: member(), times: 1 }, verbose)).toEqual([
      '* the keys between you and bob had fallen apart and are handed over anew',
    ])
  })

  test('every renewal of keys is told to who asked for it', () => {
    const verbose = { verbose: true }
    expect(shown({ is: 'stepped', who: member(), epoch: 3, heal: false }, verbose)).toEqual([
      '* bob’s keys are renewed (epoch 3)',
    ])
    expect(shown({ is: 'stepped', who: me(), epoch: 3, heal: false }, verbose)).toEqual(['* your keys are renewed (epoch 3)'])
  })

  test('fingerprints are told as words, digits and colours', () => {
    const code = { words: ['a', 'b'], digits: ['00001', '00002'], colours: [0, 7] }
    const lines = shown({
      is: 'fingerprints',
      room: code,
      members: [
        { who: me(), fingerprint: code },
        { who: member(), fingerprint: code },
      ],
    })
    expect(lines.slice(1)).toEqual([
      '* the room’s code: a b',
      '*   00001 00002',
      '*   red white',
      '* alice, you: a b',
      '*   00001 00002',
      '*   red white',
      '* bob: a b',
      '*   00001 00002',
      '*   red white',
    ])
  })

  test('/who tells everybody with a seat, and what is known of them', () => {
    const people = [
      me(),
      member({ verified: true }),
      member({ name: 'carol c', confirmed: false, presence: 'unreachable' }),
      member({ presence: 'reconnecting', founder: true }),
      member({ presence: 'joining' }),
      member({ presence: 'left' }),
    ]
    expect(whoLines(people).flatMap((told) => draw(told, pipe))).toEqual([
      '* alice (H5V7KW): you, founder',
      '* bob (K7WQ2M): here, verified',
      '* "carol c" (K7WQ2M): does not answer, not confirmed',
      '* bob (K7WQ2M): reconnecting, founder',
      '* bob (K7WQ2M): joining',
    ])
  })
})

describe('an alarm says what happened, and what the person can do', () => {
  const bob = { name: 'bob', member: '0b' }
  const roster = { is: 'roster', ...bob, seat: 'AAAA', who: null, hidden: 'from me' } as const
  const elsewhere = 'Ask the others by another way, and go on over another relay'
  test.each<readonly [Alarm, string]>([
    [
      { is: 'fork', ...bob, log: 'x', n: 7, evidence: [] },
      'bob told different people different things (entry 7), and its signatures show it: do not trust what it says',
    ],
    [
      { is: 'contradiction', ...bob, log: 'x', n: 7, by: { name: 'carol', member: '0c' } },
      'bob is said to have written something else (entry 7), by another member: one of the two lies. Ask both, by another way (says carol)',
    ],
    [
      roster,
      `bob shares the room with a seat that the relay does not show you (AAAA): it shows you different rooms. ${elsewhere}`,
    ],
    [
      { ...roster, who: 'carol', hidden: 'from them' },
      `bob is not shown a seat that you share the room with (AAAA): the relay shows you different rooms. ${elsewhere} (the seat is of carol)`,
    ],
    [
      { is: 'silence' },
      `nobody else has been heard for more than two minutes: the relay may be withholding what they say. ${elsewhere}`,
    ],
  ])('%j', (alarm, text) => {
    expect(shown({ is: 'alarm', alarm })).toEqual([`! ${text}`])
  })
})

/** Everything that could act on a terminal, turn or hide text, or pass for the beginning of a line. */
const HOSTILE =
  '\u0301\u001b[2J\u001b]0;x\u0007\r\n* alice left\n[12:34] alice: yes\u0008\u009b31m\u202e\u2066\u200b\ud800\u2028\ufeff\n\u0301'

describe('hostile words', () => {
  const wherever = [
    heard({ body: { text: HOSTILE } }),
    heard({ body: { text: HOSTILE, class: 'notice' } }),
    heard({ body: { text: HOSTILE, class: 'action' } }),
    heard({ kind: HOSTILE, body: {} }),
    heard({ who: member({ name: HOSTILE }) }),
    changed('joining', member({ name: HOSTILE, clash: true, confirmed: false })),
    changed('renamed', member({ name: HOSTILE }), HOSTILE),
    { is: 'seated', me: me({ name: HOSTILE }), others: 1, returned: false },
    { is: 'gaps', gaps: [{ log: 'x', name: HOSTILE, from: 1, to: 1, by: HOSTILE, unavailable: false }] },
    { is: 'topic', topic: { text: HOSTILE, by: member({ name: HOSTILE }), time: 0, locked: false } },
    { is: 'dialing', host: HOSTILE, goesOn: false },
    { is: 'ended', why: { is: 'closed', by: member({ name: HOSTILE }) } },
    { is: 'verified', who: member({ name: HOSTILE }) },
    { is: 'reset', who: member({ name: HOSTILE }), times: 1 },
    { is: 'stepped', who: member({ name: HOSTILE }), epoch: 1, heal: true },
    { is: 'refused', refusal: { what: 'letter', seat: HOSTILE, name: HOSTILE, code: 'not_asked' }, times: 1 },
    { is: 'alarm', alarm: { is: 'fork', name: HOSTILE, member: 'x', log: HOSTILE, n: 1, evidence: [] } },
    {
      is: 'alarm',
      alarm: { is: 'roster', name: HOSTILE, member: 'x', seat: 'AAAA', who: HOSTILE, hidden: 'from me' },
    },
    {
      is: 'alarm',
      alarm: { is: 'contradiction', name: HOSTILE, member: 'x', log: 'x', n: 1, by: { name: HOSTILE, member: 'y' } },
    },
    { is: 'alarm', alarm: { is: 'not_allowed', name: HOSTILE, member: 'x', kind: HOSTILE } },
  ] as const satisfies readonly Event[]

  test.each(wherever.map((event) => [event.is, event] as const))('in %s cannot act, turn, hide or begin a line', (_is, event) => {
    const lines = shown(event, { verbose: true })
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u202e\u2066\ufeff]/u)
      expect(line).not.toMatch(/[\s"]\u0301/u)
      expect(line).toMatch(/^(?:\* |! |\[12:34\] | {2}\| )/)
      expect(line).not.toMatch(/^\* alice left|^\[12:34\] alice/)
    }
  })

  test('are told in every event that holds any', () => {
    // What quotes nobody needs no place above.
    const quiet: readonly Event['is'][] = [
      'created',
      'entry',
      'failed',
      'fingerprints',
      'member',
      'away',
      'lost',
      'sent',
      'delivered',
    ]
    const covered = new Set<Event['is']>([...wherever.map(({ is }) => is), ...quiet])
    expect([...new Set(EVENTS.map(({ is }) => is))].filter((is) => !covered.has(is))).toEqual([])
  })
})

test('where there are buttons, no command is named', () => {
  const unconfirmed = member({ confirmed: false })
  const all: readonly Event[] = [changed('present', unconfirmed), lost(), lost({ is: 'refused', reason: 'forbidden' })]
  const told = (['here', 'lost'] as const).flatMap((connection) =>
    all.flatMap((event) => shown(event, { commands: false, connection })),
  )
  expect(told).toContain('! the relay has lost the room, as it does when it is restarted: nobody hears what is said')
  expect(told.filter((line) => /\/[a-z]/.test(line))).toEqual([])
})
