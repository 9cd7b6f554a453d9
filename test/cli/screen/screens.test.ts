/** What a person sees, as the cells of a terminal at the sizes that must do (docs/terminal.md). */
import { describe, expect, test } from 'bun:test'
import type { Event } from '#lib/client/events.ts'
import { emptyStore, reduce } from '#lib/client/store.ts'
import { formOf, type Model, SETTINGS, talkOf } from '../../../cli/screen/model.ts'
import { frameOf } from '../../../cli/screen/frame.ts'
import { update } from '../../../cli/screen/update.ts'
import { fieldOf } from '../../../cli/screen/updating/field.ts'
import { savePane } from '../../../cli/screen/updating/savepane.ts'
import { inviteOf } from '../../harness/invites.ts'
import { Glass } from '../../harness/screen.ts'
import { ALARMS, entry, me, member } from '../../harness/told.ts'

const NOW = Date.UTC(2026, 10, 20, 12, 34)

interface Size {
  readonly columns: number
  readonly rows: number
}

const USUAL: Size = { columns: 80, rows: 24 }
const SMALL: Size = { columns: 40, rows: 12 }
const LARGE: Size = { columns: 200, rows: 60 }
const SIZES = [USUAL, SMALL, LARGE].map((size) => [`${size.columns}x${size.rows}`, size] as const)

const SEATED: Event = { is: 'seated', me: me(), others: 1, returned: false }
const ARRIVED: Event = { is: 'member', what: 'arrived', who: member(), was: null, instead: null }

function said(text: string, changes: Parameters<typeof entry>[0] = {}): Event {
  return { is: 'entry', entry: entry({ body: { text }, time: NOW, ...changes }) }
}

/** The screen after these events, on a terminal of that size. */
async function shown(size: Size, events: readonly Event[], change: (model: Model) => Model = (model) => model): Promise<Glass> {
  let view = emptyStore().view
  let model: Model = { settings: SETTINGS, screen: talkOf(formOf('create', {}), inviteOf()), focused: true }
  for (const event of events) {
    view = reduce(view, event)
    const world = { view, now: NOW, ...size, membersShown: false, typed: false }
    model = update(model, { is: 'heard', event }, world)[0]
  }
  return painted(change(model), size, view)
}

async function painted(model: Model, size: Size, view = emptyStore().view): Promise<Glass> {
  const glass = new Glass(size.columns, size.rows)
  const editor = { text: ['› '], offered: [] }
  const { rows } = frameOf(model, { view, now: NOW, ...size, editor })
  expect(rows).toHaveLength(size.rows)
  glass.write(`\x1b[?7l${rows.map((row, i) => `\x1b[${i + 1};1H${row}\x1b[0m`).join('')}`)
  await glass.flush()
  return glass
}

const IN_ROOM = [SEATED, ARRIVED]

describe.each(SIZES)('at %s', (_, size) => {
  test('the status line is in sight, above the editor', async () => {
    const { text } = await shown(size, [...IN_ROOM, { is: 'alarm', alarm: ALARMS.fork }])
    expect(text.at(-2)).toMatch(/^ relay\.example · 1 alarm · 2 here/)
    expect(text.at(-1)).toBe('› ')
  })

  test('the newest message is at the bottom, whole, and in its columns', async () => {
    const long = 'a message of many words that goes over several rows on a small screen and ends here'
    const glass = await shown(size, [...IN_ROOM, ...Array.from({ length: 100 }, (__, i) => said(`number ${i}`)), said(long)])
    const words = glass.text
      .slice(0, -2)
      .map((row) => row.replace(/^.*▌ /, '').replace(/ *│.*$/, ''))
      .join(' ')
    expect(words).toContain(long)
    expect(words).toContain('number 99')
  })

  test.each([
    ['a flag, a family and a hand', '🇩🇪 👨‍👩‍👧 👋🏽'.repeat(20)],
    ['wide letters', '日本語'.repeat(60)],
    ['letters that pile up', 'e\u0301\u0302\u0303'.repeat(90)],
    ['right to left', 'שלום עולם '.repeat(30)],
    ['no space at all', 'x'.repeat(500)],
    ['escapes and controls', '\x1b[31mred\x1b[2J\x1b]0;owned\x07\x9b5n\x1b[6n\x05\r\n\t\b'.repeat(5)],
    ['line breaks', '\n\n* 12:34 bob left\n! alarm\n\n'],
  ])('%s: moves nothing out of its place, is answered by nothing and turns nothing on', async (__, text) => {
    const glass = await shown(size, [...IN_ROOM, said(text, { who: member({ name: text.slice(0, 8) }) }), said('after it')])
    expect(glass.text.at(-2)).toMatch(/^ relay\.example · 2 here/)
    expect(glass.text.at(-3)).toContain('after it')
    expect(glass.replies).toEqual([])
    expect(glass.title).toBe('')
    // Said rows never have our mark in the gutter.
    const from = glass.text.findIndex((row) => row.includes('▌'))
    for (const row of glass.text.slice(from, -2)) expect(row.slice(0, 3).trim()).toBe('')
    if (size.columns < 100) return
    for (const [i] of glass.text.slice(0, -2).entries()) expect(glass.cell(size.columns - 28, i).text).toBe('│')
  })

  test('the invite is whole and what can be done with it is in sight', async () => {
    const { text } = await shown(size, [
      { is: 'created', invite: inviteOf() },
      { ...SEATED, others: 0 },
    ])
    const all = text.join('\n')
    expect(all).toContain('[c] copy')
    if (size.columns >= 66) expect(all).toContain('-----END TACET INVITE-----')
  })

  test('the landing shows both ways on and how to take them', async () => {
    const { text } = await painted({ settings: SETTINGS, screen: formOf('landing', {}), focused: true }, size)
    const all = text.join('\n')
    for (const word of ['your name', 'Make a room', 'Join a room', 'Enter goes on']) expect(all).toContain(word)
  })

  test('the pane for saving has its fields, what is wrong and its ways in sight, and no passphrase', async () => {
    const pane = { ...savePane('a.saved'), wrong: 'the two were not the same: type it again' }
    const fields = { ...pane.fields, passphrase: fieldOf('secret') }
    const at = (screen: Model['screen']): Model['screen'] =>
      screen.is === 'talk' ? { ...screen, pane: { ...pane, fields } } : screen
    const { text } = await shown(size, IN_ROOM, (model) => ({ ...model, screen: at(model.screen) }))
    const all = text.join('\n')
    for (const words of ['a.saved', '••••••', 'once more', 'In clear text', 'the two were not the same', 'Enter goes on'])
      expect(all).toContain(words)
    expect(all).not.toContain('secret')
  })

  test('help ends in how to leave it', async () => {
    const help = { is: 'help', from: 0 } as const
    const glass = await shown(size, IN_ROOM, (model) => withTalk(model, { pane: help }))
    expect(glass.text.at(-3)).toContain('Esc closes')
  })

  test('what was asked about a paste is in sight', async () => {
    const question = { is: 'paste', text: 'a\nb', why: 'that is 2 lines' } as const
    const glass = await shown(size, IN_ROOM, (model) => withTalk(model, { question }))
    expect(glass.text.slice(-6).join('\n')).toMatch(/you pasted[^]* a\n that is 2 lines\n \[y\]/)
  })
})

function withTalk(model: Model, changes: object): Model {
  return model.screen.is === 'talk' ? { ...model, screen: { ...model.screen, ...changes } } : model
}

describe('a row', () => {
  test('of mine says how far it has come', async () => {
    const mine = (n: number, text: string, waiting = false) =>
      said(text, { who: me(), log: 'log-of-alice', n, waiting, readers: waiting ? 0 : 1 })
    const delivered: Event = { is: 'delivered', log: 'log-of-alice', upTo: 1 }
    const { text } = await shown(USUAL, [...IN_ROOM, mine(1, 'one'), mine(2, 'two'), mine(3, 'three', true), delivered])
    const rows = text.filter((row) => row.includes('▌')).map((row) => [row.slice(0, 2), row.replace(/^.*▌ /, '')])
    expect(rows).toEqual([
      ['✓✓', 'one'],
      [' ✓', 'two'],
      [' …', 'three'],
    ])
  })

  test('of somebody whose name looks like another’s has its tag', async () => {
    const { text } = await shown(USUAL, [...IN_ROOM, said('hello', { who: member({ clash: true }) })])
    expect(text.at(-3)).toMatch(/bob K7WQ2M ▌ hello/)
  })

  test('with a long name has what fits of it, on every screen', async () => {
    const who = member({ name: 'bartholomew-the-longest' })
    expect((await shown(USUAL, [...IN_ROOM, said('hello', { who })])).text.at(-3)).toMatch(/bartholomew-t… ▌ hello/)
    expect((await shown(SMALL, [...IN_ROOM, said('hello', { who })])).text.at(-3)).toMatch(/bartholom… ▌ hello/)
  })

  test('of ours has our mark in each row, and is cut at words', async () => {
    const { text } = await shown(SMALL, [{ is: 'alarm', alarm: ALARMS.silence }])
    const rows = text.filter((row) => /^ [!*] /.test(row))
    expect(rows.length).toBeGreaterThan(2)
    expect(rows.every((row) => row.startsWith(' ! '))).toBe(true)
  })

  test('of what somebody does has its name before it, under a bar of its own and none of our marks', async () => {
    const { text } = await shown(USUAL, [...IN_ROOM, said('* waves', { body: { text: '* waves', class: 'action' } })])
    expect(text.at(-3)).toMatch(/^ {3}\d\d:\d\d +bob ┊ bob \* waves/)
  })

  test('of a kind that is not drawn says so', async () => {
    const { text } = await shown(USUAL, [...IN_ROOM, said('', { kind: 'org.example.poll', body: { question: 'tea?' } })])
    expect(text.at(-3)).toContain('▌ [unsupported: org.example.poll]')
  })
})

describe('the topic', () => {
  const topic = (text: string, locked = false): Event => ({ is: 'topic', topic: { text, by: member(), time: NOW, locked } })

  test.each(SIZES)('at %s stands above the talk in a row of ours, as much of it as fits', async (_, size) => {
    const { text } = await shown(size, [...IN_ROOM, topic('tea at five '.repeat(40)), said('hello')])
    expect(text[0]).toMatch(/^── topic: tea at five tea .*… /)
    expect(text.at(-3)).toContain('hello')
    expect((await shown(size, [...IN_ROOM, said('hello')])).text[0]?.trim()).toMatch(/^(?:│ \d here)?$/)
  })

  test('says when it is locked, and is one row whatever is written in it', async () => {
    const glass = await shown(USUAL, [...IN_ROOM, topic('a\x1b[2Jb\u202ec', true), said('hello')])
    expect(glass.text[0]).toMatch(/^── topic \(locked\): a.*b.*c ──/)
    expect(glass.replies).toEqual([])
  })

  test('that is taken away takes its row along', async () => {
    const { text } = await shown(USUAL, [...IN_ROOM, topic('tea'), topic('')])
    expect(text.join('\n')).not.toContain('topic: tea')
  })
})

test('of who is ignored nothing is seen but how much there is', async () => {
  const ignore = (model: Model) => ({
    ...model,
    screen: model.screen.is === 'talk' ? { ...model.screen, ignored: new Map([[member().member, member()]]) } : model.screen,
  })
  const talk = [...IN_ROOM, said('one'), said('mine', { who: me(), log: 'log-of-alice' }), said('two')]
  const { text } = await shown(LARGE, talk, ignore)
  const all = text.join('\n')
  expect(all).not.toMatch(/▌ (?:one|two)/)
  expect(all).toContain('▌ mine')
  expect(text.at(-2)).toContain('2 ignored')
  expect(all).toMatch(/○ bob .*\n.*│ {3}ignored/)
})

describe('in the window', () => {
  test('a line stands before what is new, and before another day', async () => {
    const glass = await shown(USUAL, [...IN_ROOM, said('old'), said('new')], (model) => {
      const { screen } = model
      if (screen.is !== 'talk') return model
      const items = screen.log.items.map((item) => (item.is === 'said' ? item : { ...item, at: NOW - 86_400_000 }))
      const last = items.at(-1)
      return withTalk(model, { log: { ...screen.log, items }, unread: { from: last?.id ?? 0, count: 1 } })
    })
    expect(glass.text.slice(-6, -2)).toEqual([
      expect.stringContaining('── 2026-11-20 ─'),
      expect.stringContaining('old'),
      expect.stringContaining('── new ─'),
      expect.stringContaining('new'),
    ])
  })

  test('the last row says how to come back from what is older', async () => {
    const events = [...IN_ROOM, ...Array.from({ length: 100 }, (_, i) => said(`number ${i}`))]
    const glass = await shown(USUAL, events, (model) => withTalk(model, { scroll: { item: 20, row: 0 } }))
    expect(glass.text.at(-3)).toContain('Esc goes to the newest')
    expect(glass.text.at(-4)).toMatch(/number \d+$/)
  })
})

describe('who is here', () => {
  test('stands at the right where there is room, with tags, marks and states', async () => {
    const others = [
      member({ seat: 'c', member: '0c', name: 'carol', tag: 'CCCCCC', verified: true }),
      member({ seat: 'd', member: '0d', name: 'dave', tag: 'DDDDDD', presence: 'reconnecting' }),
      member({ seat: 'e', member: '0e', name: 'erin', tag: 'EEEEEE', confirmed: false }),
      member({ seat: 'f', member: '0f', name: 'frank', tag: 'FFFFFF', presence: 'left' }),
    ]
    const joined = others.map((who): Event => ({ is: 'member', what: 'present', who, was: null, instead: null }))
    const { text } = await shown(LARGE, [...IN_ROOM, ...joined])
    const pane = text.slice(0, 12).map((row) => row.slice(172).trimEnd())
    expect(pane).toEqual([
      '│ 5 here',
      '│ ● alice           H5V7KW',
      '│   you, founder',
      '│ ● bob             K7WQ2M',
      '│ ● carol           CCCCCC ✓',
      '│ ○ dave            DDDDDD',
      '│   reconnecting',
      '│ ● erin            EEEEEE',
      '│   not confirmed',
      '│',
      '│',
      '│',
    ])
  })

  test('is not there on a small screen, also when it is asked for', async () => {
    const { text } = await shown(SMALL, IN_ROOM, (model) => withTalk(model, { members: 'shown' }))
    expect(text.join('')).not.toContain('│')
  })
})

test('a lost room says what to do, on the smallest screen too', async () => {
  const { text } = await shown(SMALL, [...IN_ROOM, { is: 'lost', why: { is: 'forgotten' }, unsure: null }])
  expect(text.at(-2)).toContain('the relay lost the room: /recreate')
})
