/**
 * What others write, pushed through the real program onto a screen (docs/threats.md, At the screen): whatever somebody says, is called, or makes us tell
 * of it, no cell of the screen's own parts changes, the terminal is asked nothing, and no mode of it is turned.
 *
 * Two ways in: a real session with a peer that says what a session lets through, and events made by hand with any text in every field that a
 * peer can fill, as if the session had checked nothing.
 */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Client } from '#lib/client/index.ts'
import type { Seen } from '#lib/client/events.ts'
import type { Event } from '#lib/client/events.ts'
import { emptyStore } from '#lib/client/store.ts'
import { formOf } from '../../../cli/screen/model.ts'
import { inviteOf } from '../../harness/invites.ts'
import { type Glass, KEY, type Opening, Sitting } from '../../harness/screen.ts'
import { ALARMS, entry, me, member, SAMPLES } from '../../harness/told.ts'
import { two } from '../../harness/twoscreens.ts'
import { World } from '../../harness/world.ts'

setDefaultTimeout(30_000)

const SEED = 20_261_125

/** What terminals act on, what takes other columns than it seems to, and what looks like ours. */
const NASTY = {
  acts: [
    '\x1b[2J',
    '\x1b[H',
    '\x1b[1;1Hgone',
    '\x1b[6n',
    '\x1b[c',
    '\x1b[?1049l',
    '\x1b[?2004l',
    '\x1b[31m',
    '\x1b[999C',
    '\x1b7',
    '\x1bc',
  ],
  strings: [
    '\x1b]0;owned\x07',
    '\x1b]52;c;b3duZWQ=\x07',
    '\x1b]8;;http://owned.example\x07',
    '\x1b]10;?\x07',
    '\x1bP+q544e\x1b\\',
    '\x1b[>0q',
    '\x05',
  ],
  controls: [
    '\x9b5n',
    '\x9d0;owned\x9c',
    '\x90',
    '\x0e',
    '\x0f',
    '\x00',
    '\x07',
    '\x08\x08\x08',
    '\x7f',
    '\x85',
    '\u2028',
    '\u2029',
  ],
  breaks: ['\r', '\n', '\r\n', '\n\n\n', '\t', '\v', '\f', ' ', '    ', '\u00a0', '\u3000', '\u2800'],
  turns: [
    '\u202e',
    '\u202d',
    '\u2066',
    '\u2067',
    '\u2068',
    '\u2069',
    '\u200e',
    '\u200f',
    '\u061c',
    'שלום',
    'مرحبا',
    'א1א',
    '\u{10900}',
  ],
  marks: ['e\u0301', 'a' + '\u0335'.repeat(40), '\u0300', 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤', 'ไม่รู้', 'நி', '각', 'ᄀᄀ', '\u{1d165}'],
  widths: [
    '日本語',
    '｡ﾟ',
    '🇩🇪',
    '🇩',
    '👨‍👩‍👧‍👦',
    '👋🏽',
    '❤️',
    '❤',
    '1️⃣',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '☠\ufe0e',
    '\u{1f9d1}\u200d\u{1f91d}\u200d\u{1f9d1}',
    '﷽',
    '𒐫',
    '𒈙',
  ],
  hides: [
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u00ad',
    '\u034f',
    '\u180e',
    '\u115f',
    '\u3164',
    '\u{e0041}',
    '\ud800',
    '\udc00',
    '\uffff',
    '\u{10ffff}',
  ],
  forges: [
    '* 12:34 bob left',
    '! alarm',
    '✓✓',
    '│',
    '▌',
    '── new ',
    '› ',
    '─'.repeat(200),
    'x'.repeat(300),
    '`',
    '```',
    '**',
    '_',
    '> ',
    '[a](http://b)',
  ],
}

const texts = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...Object.values(NASTY).flat()) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''))

/** Escape sequences that the screen is drawn with: places, erasing, looks, one whole update at a time, and pi-tui's end of a link. */
const OURS = /\x1b\[[\d;]*[HKGmJ]|\x1b\[\?(?:25|2026)[hl]|\x1b\]8;;\x07/g
/** Our own title and bell, which notices may bring. */
const NOTICES = /\x1b\]2;(?:\(\d+\+?!?\) )?tacet\x07/g

/** Nothing but what we draw with went out. */
function expectHarmless(written: string): void {
  const rest = written.replace(OURS, '').replace(NOTICES, '')
  expect(rest).not.toMatch(/[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/)
  expect(rest).not.toMatch(/[\u202a-\u202e\u2066\u2067\u200e\u200f\u061c]/)
}

const MEMBERS_COLUMNS = 28

/** Every part of the screen is where it was, and says what it said. */
function expectInPlace(glass: Glass, columns: number): void {
  const { text } = glass
  expect(text.at(-1)?.trimEnd()).toBe('› a draft')
  expect(text.at(-2)).toMatch(
    /^ 127\.0\.0\.1:1337(?: · \d+ alarms?)?(?: · \d+ missing)?(?: · \d+ here)?(?: · alice)?(?: · F1 help)? *$/,
  )
  const shown = columns >= 100
  for (const [y, row] of text.slice(0, -2).entries()) {
    if (shown) expectMemberRow(glass, y, columns - MEMBERS_COLUMNS)
    const gutter = row.slice(0, 3).trimEnd()
    expect(gutter).toMatch(/^(?:│?|──.?| \*| !|(?: …| ✓|✓✓|✓\?| ↺)?)$/)
    // What is said has its bar in one column, whatever stands before it.
    if (columns > 64 && row.trim() !== '' && !/^(?:──| [*!]|│)/.test(gutter) && !/^ *(?:│|$)/.test(row))
      expect(glass.cell(24, y).text).toMatch(/^[▌╎┊]$/)
  }
}

/** The pane's rule, and behind it only what a row of the pane can be. */
function expectMemberRow(glass: Glass, y: number, rule: number): void {
  expect(glass.cell(rule, y).text).toBe('│')
  const mark = glass.cell(rule + 2, y).text
  if (y === 0) return expect(glass.text[0]?.slice(0)).toMatch(/│ \d+ here *$/)
  if (mark !== '●' && mark !== '○') return
  // The tag is where it always is, however wide the name.
  const tag = Array.from({ length: 6 }, (_, i) => glass.cell(rule + 20 + i, y).text).join('')
  expect(tag).toMatch(/^[0-9A-Z]{6}$/)
}

const SIZES: readonly (readonly [columns: number, rows: number])[] = [
  [120, 24],
  [80, 24],
  [40, 12],
]

describe.each([...SIZES])('at %dx%d', (columns, rows) => {
  test('a peer says and is called whatever a session lets through', async () => {
    const { world, alice, bob } = await two({ columns, rows }, SEED)
    await alice.type('a draft')
    await alice.look()
    const { modes, title, written } = alice.glass
    const kinds = fc.constantFrom('org.example.poll', `org.example.${'x'.repeat(60)}`, 'a.b')
    await fc.assert(
      fc.asyncProperty(texts, kinds, async (text, kind) => {
        for (const name of [text.slice(0, 12), text.replaceAll(/[\p{C}\p{Z}]/gu, '').slice(0, 20), 'a1ice', 'b'])
          bob.client?.do({ do: 'rename', name })
        bob.client?.do({ do: 'say', text, class: ([null, 'notice', 'action'] as const)[text.length % 3] ?? null })
        bob.client?.do({ do: 'send', kind, body: { text } })
        bob.client?.do({ do: 'topic', text: text.slice(0, 100) })
        world.settle()
        await alice.look()
        expectInPlace(alice.glass, columns)
      }),
      { numRuns: 60, seed: SEED },
    )
    expectHarmless(alice.glass.written.slice(written.length))
    expect(alice.glass.replies).toEqual([])
    expect({ title: alice.glass.title, modes: alice.glass.modes }).toEqual({ title, modes })
  })

  test('any text stands in any field of any event', async () => {
    const { alice, client } = toldOf({ columns, rows })
    await alice.type('a draft')
    await alice.look()
    const { modes, title, written } = alice.glass
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom(...Object.values(BY_EVENT)), async (text, eventsOf) => {
        for (const event of eventsOf(text)) {
          client.tell(event)
          await alice.look()
          expectInPlace(alice.glass, columns)
          if (event.is === 'topic' && rows > 12) expect(alice.glass.text[0]).toStartWith('── topic: ')
        }
      }),
      { numRuns: 250, seed: SEED },
    )
    expectHarmless(alice.glass.written.slice(written.length))
    expect(alice.glass.replies).toEqual([])
    expect({ title: alice.glass.title, modes: alice.glass.modes }).toEqual({ title, modes })
  })
})

/** A client that tells what it is told to tell. */
class Puppet implements Client {
  readonly store = emptyStore()
  readonly #listeners = new Set<(event: Event) => void>()
  readonly #watchers = new Set<(seen: Seen) => void>()

  tell(event: Event): void {
    this.store.take(event)
    for (const listener of this.#listeners) listener(event)
  }

  do(): void {
    // Nothing comes of it.
  }

  rouse(): void {
    // It is awake.
  }

  on(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  watch(watcher: (seen: Seen) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  see(seen: Seen): void {
    for (const watcher of this.#watchers) watcher(seen)
  }

  unsent(): number {
    return 0
  }
}

/** alice in a room with bob, as she is told. */
function toldOf(opening: Opening): { readonly alice: Sitting; readonly client: Puppet } {
  const client = new Puppet()
  const form = formOf('create', { name: 'alice', relay: 'ws://127.0.0.1:1337/ws' })
  const alice = new Sitting(new World(), 'alice', { ...opening, form, atOnce: true, client: () => client })
  client.tell({ is: 'created', invite: inviteOf('ws://127.0.0.1:1337/ws') })
  client.tell({ is: 'seated', me: me(), others: 1, returned: false })
  client.tell({ is: 'member', what: 'arrived', who: member(), was: null, instead: null })
  return { alice, client }
}

const CHANGES = [
  'present',
  'joining',
  'arrived',
  'returned',
  'unreachable',
  'silent',
  'reconnecting',
  'renamed',
  'accepted',
  'alike',
] as const

/** Every event that a peer has words in, with these words in all of its fields. A new event needs a row. */
const BY_EVENT: { readonly [Is in Event['is']]: (text: string) => readonly Event[] } = {
  member: (name) =>
    CHANGES.flatMap((what, i) => {
      const who = member({ name, clash: i % 2 === 0, confirmed: i % 3 !== 0, presence: i % 2 === 0 ? 'here' : 'reconnecting' })
      return [{ is: 'member', what, who, was: name, instead: null }]
    }),
  entry: (text) => [
    { is: 'entry', entry: entry({ who: member({ name: text }), body: { text } }) },
    { is: 'entry', entry: entry({ who: member({ name: text, clash: true }), body: { text, class: 'notice' } }) },
    { is: 'entry', entry: entry({ who: member({ name: text, clash: true }), body: { text, class: 'action' } }) },
    { is: 'entry', entry: entry({ who: member({ name: text }), kind: text, body: {} }) },
    { is: 'entry', entry: entry({ kind: text, body: { text }, time: 1e20 }) },
  ],
  topic: (text) => [{ is: 'topic', topic: { text, by: member({ name: text }), time: 0, locked: false } }],
  gaps: (name) => [
    { is: 'gaps', gaps: [{ log: name, name, from: 1, to: 3, by: name, unavailable: false }] },
    { is: 'gaps', gaps: [{ log: name, name, from: 1, to: 3, by: null, unavailable: true }] },
    { is: 'gaps', gaps: [] },
  ],
  alarm: (name) => [
    { is: 'alarm', alarm: { ...ALARMS.fork, name } },
    { is: 'alarm', alarm: { ...ALARMS.contradiction, name, by: { name, member: '0c'.repeat(16) } } },
    { is: 'alarm', alarm: { ...ALARMS.claim_fork, name } },
    { is: 'alarm', alarm: { ...ALARMS.changed_key, name } },
    { is: 'alarm', alarm: { ...ALARMS.not_allowed, name, kind: name } },
    { is: 'alarm', alarm: { ...ALARMS.roster, name, who: name } },
  ],
  refused: (name) => [
    { is: 'refused', refusal: { what: 'letter', seat: 'seat-of-bob', name, code: 'bad_signature' }, times: 1 },
    { is: 'refused', refusal: { what: 'frame', seat: name, name, code: 'not_json' }, times: 100 },
  ],
  stepped: (name) => [{ is: 'stepped', who: member({ name }), epoch: 1, heal: true }],
  verified: (name) => [
    { is: 'verified', who: member({ name, verified: true }) },
    { is: 'verified', who: member({ name, verified: false }) },
  ],
  reset: (name) => [{ is: 'reset', who: member({ name }), times: 1 }],
  // In these no peer has a word, or they end the talk: below.
  dialing: none,
  created: none,
  seated: none,
  away: none,
  lost: none,
  sent: none,
  delivered: none,
  failed: none,
  fingerprints: none,
  ended: none,
}

function none(): readonly Event[] {
  return []
}

test('a founder of any name closes the room', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (name) => {
      const { alice, client } = toldOf({})
      await alice.look()
      const { written } = alice.glass
      client.tell({ is: 'ended', why: { is: 'closed', by: member({ name, founder: true }) } })
      await alice.look()
      expect(alice.glass.text.at(-1)?.trimEnd()).toBe('  Enter leaves')
      expectHarmless(alice.glass.written.slice(written.length))
    }),
    { numRuns: 30, seed: SEED },
  )
})

test('members of any name are compared', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (name) => {
      const { alice, client } = toldOf({})
      await alice.look()
      const { written } = alice.glass
      const [fingerprints] = SAMPLES.fingerprints
      client.tell({ ...fingerprints, members: [{ who: member({ name }), fingerprint: fingerprints.room }] })
      const rows = (await alice.look()).split('\n')
      expect(rows[0]).toBe(' The room’s code')
      expect(rows.at(-3)).toContain('Esc closes')
      expect(rows.at(-2)).toMatch(/^ 127\.0\.0\.1:1337 · 2 here/)
      expectHarmless(alice.glass.written.slice(written.length))
    }),
    { numRuns: 30, seed: SEED },
  )
})

test('frames of a relay that writes anything into them are looked at', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const { alice, client } = toldOf({})
      await alice.press(KEY.f4)
      await alice.look()
      const { written } = alice.glass
      client.see({ way: 'in', bytes: 9, frame: { type: 'peer_left', username: text } })
      client.see({ way: 'in', bytes: 9, frame: { type: 'broadcast', from: text, payload: text, meta: text, sig: text } })
      await alice.press(KEY.enter)
      const rows = (await alice.look()).split('\n')
      expect(rows[0]).toStartWith(' All that passes the relay.')
      // The chosen frame in one row, and its fields in one each.
      expect(rows.at(-8)).toMatch(/^ › \d\d:\d\d:\d\d ← broadcast, 9 bytes: /)
      for (const [i, name] of ['from', 'payload', 'meta', 'sig'].entries()) expect(rows.at(i - 7)).toStartWith(`     ${name}: `)
      expect(rows.at(-3)).toContain('Esc leaves')
      expect(rows.at(-2)).toMatch(/^ 127\.0\.0\.1:1337 · 2 here/)
      expectHarmless(alice.glass.written.slice(written.length))
    }),
    { numRuns: 30, seed: SEED },
  )
})
