/** How a person is told of what comes while they look elsewhere (docs/terminal.md, Notices), and how little of it is told. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type Config, DEFAULTS } from '../../../cli/screen/config.ts'
import { SETTINGS } from '../../../cli/screen/model.ts'
import { KEY } from '../../harness/screen.ts'
import { two, type Two } from '../../harness/twoscreens.ts'

type Switches = Partial<Config['notices']>

/** bob looks elsewhere. */
async function away(switches: Switches = {}): Promise<Two> {
  const config = { ...DEFAULTS, notices: { ...DEFAULTS.notices, ...switches } }
  const both = await two({ settings: { ...SETTINGS, config } })
  await both.alice.press(KEY.enter)
  await both.bob.press(KEY.focusOut)
  return both
}

interface Told {
  readonly bells: number
  readonly notices: string[]
  readonly title: string
}

/** What bob's window has told. */
async function told({
  bob,
}: Two): Promise<{ readonly bells: number; readonly notices: readonly string[]; readonly title: string }> {
  await bob.look()
  const { bells, notices, title } = bob.glass
  return { bells, notices, title }
}

test('what is said while nobody looks rings, comes to the desktop, and is counted in the title', async () => {
  const both = await away()
  await both.alice.enter('hello')
  expect(await told(both)).toEqual({ bells: 1, notices: ['Tacet: 1 new message'], title: '(1) tacet' })
})

test('once, and whoever is named once more after a while', async () => {
  const both = await away()
  for (const text of ['hello', 'bob?', '@bob']) await both.alice.enter(text)
  expect(await told(both)).toEqual({ bells: 1, notices: ['Tacet: 1 new message'], title: '(3!) tacet' })
  both.world.advance(10_000)
  await both.alice.enter('anybody')
  expect((await told(both)).bells).toBe(1)
  await both.alice.enter('Bob!')
  expect(await told(both)).toMatchObject({ bells: 2, notices: [expect.any(String), 'Tacet: 5 new messages, you are named'] })
})

test('who looks again has nothing new, and is told anew afterwards', async () => {
  const both = await away()
  await both.alice.enter('hello')
  await both.bob.press(KEY.focusIn)
  expect((await told(both)).title).toBe('tacet')
  await both.alice.enter('you there')
  expect(await told(both)).toMatchObject({ bells: 1, title: 'tacet' })
  both.world.advance(10_000)
  await both.bob.press(KEY.focusOut)
  await both.alice.enter('gone again')
  expect(await told(both)).toMatchObject({ bells: 2, title: '(1) tacet' })
})

test('what came while they read what is older is told too, once they look elsewhere', async () => {
  const both = await away()
  const { alice, bob, world } = both
  for (let i = 0; i < 40; i++) alice.client?.do({ do: 'say', text: `number ${i}`, class: null })
  world.settle()
  await bob.press(KEY.focusIn, KEY.pageUp)
  await alice.enter('new below')
  expect(await told(both)).toMatchObject({ bells: 1, title: '(1) tacet' })
  world.advance(10_000)
  await bob.press(KEY.focusOut)
  await alice.enter('and more')
  expect(await told(both)).toMatchObject({ bells: 2, title: '(2) tacet' })
})

test('what I say myself is told to nobody', async () => {
  const both = await away()
  await both.bob.enter('bob is talking to himself')
  expect(await told(both)).toEqual({ bells: 0, notices: [], title: 'tacet' })
})

test('a terminal that does not tell whether somebody looks rings when they are named, and does no more', async () => {
  const both = await two()
  await both.alice.press(KEY.enter)
  await both.alice.enter('hello')
  expect(await told(both)).toEqual({ bells: 0, notices: [], title: 'tacet' })
  await both.alice.enter('hello bob')
  expect(await told(both)).toEqual({ bells: 1, notices: [], title: 'tacet' })
})

test.each<readonly [string, Switches, Told]>([
  ['the bell', { bell: false }, { bells: 0, notices: ['Tacet: 1 new message, you are named'], title: '(1!) tacet' }],
  ['the desktop', { desktop: false }, { bells: 1, notices: [], title: '(1!) tacet' }],
  ['the title', { title: false }, { bells: 1, notices: ['Tacet: 1 new message, you are named'], title: 'tacet' }],
  ['names', { mentions: false }, { bells: 1, notices: ['Tacet: 1 new message'], title: '(1) tacet' }],
])('%s can be switched off', async (_, switches, expected) => {
  const both = await away(switches)
  await both.alice.enter('bob?')
  expect(await told(both)).toEqual(expected)
})

test('and within a talk, by /set', async () => {
  const both = await away()
  await both.bob.enter('/set notices.bell off')
  expect(await both.bob.look()).toContain('notices.bell = off')
  await both.alice.enter('hello')
  expect((await told(both)).bells).toBe(0)
  expect(both.bob.kept.notices).toEqual({ ...DEFAULTS.notices, bell: false })
})

test('my name stands out where it is said, and not when it shall not', async () => {
  const { alice, bob } = await two({ columns: 80 })
  await alice.press(KEY.enter)
  await alice.enter('so bob said')
  const at = async () => {
    const rows = (await bob.look()).split('\n')
    const row = rows.findIndex((one) => one.includes('so bob said'))
    return bob.glass.cell((rows[row]?.indexOf('so bob said') ?? 0) + 3, row)
  }
  expect(await at()).toMatchObject({ text: 'b', ground: 5 })
  await bob.enter('/set notices.mentions off')
  expect(await at()).toMatchObject({ text: 'b', ground: -1 })
})

describe('at every end', () => {
  test.each<readonly [string, (both: Two) => Promise<unknown>]>([
    ['/quit', ({ bob }) => bob.enter('/quit')],
    ['Ctrl-C', ({ bob }) => bob.press(KEY.ctrlC)],
    ['a signal', async ({ bob }) => bob.program.take({ is: 'signal' })],
    ['a defect', async ({ bob }) => bob.program.restore()],
  ])('the title is as before and focus is told no more: %s', async (how, end) => {
    const both = await two()
    const { alice, bob, world } = both
    await alice.press(KEY.enter)
    await bob.press(KEY.focusOut)
    await alice.enter('hello')
    expect((await told(both)).title).toBe('(1) tacet')
    await end(both)
    world.settle()
    if (how !== 'a defect') await bob.outcome
    await bob.glass.flush()
    expect(bob.glass.modes.focus).toBe(false)
    expect(bob.glass.title).toBe('')
  })
})

test('whatever is said, nothing of it is in a title or a notice, and none of them ends early', async () => {
  const both = await away()
  const { alice, bob, world } = both
  const parts = fc.array(
    fc.oneof(fc.constantFrom('\x07', '\x1b\\', '\x9c', '\x1b]2;owned\x07', '\x1b]9;owned\x07', 'bob', '; '), fc.string()),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  const titles = new Set<string>()
  await fc.assert(
    fc.asyncProperty(parts, async (list) => {
      world.advance(10_000)
      alice.client?.do({ do: 'say', text: `${list.join('')}.`, class: null })
      alice.client?.do({ do: 'rename', name: list.join('').slice(0, 8) })
      world.settle()
      titles.add((await told(both)).title)
    }),
    { numRuns: 60 },
  )
  for (const title of titles) expect(title).toMatch(/^\(\d+!?\) tacet$/)
  for (const notice of bob.glass.notices) expect(notice).toMatch(/^Tacet: \d+ new messages?(?:, you are named)?$/)
  expect(bob.glass.bells).toBe(bob.glass.notices.length)
})
