/** What is set, within a talk and for good: /set and /theme, what is remembered, the terminal's ground, chosen keys, a program that copies. */
import { describe, expect, spyOn, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { DEFAULTS } from '../../../cli/screen/config.ts'
import { Failure } from '../../../cli/exit.ts'
import { KEYMAP } from '../../../cli/screen/keymap.ts'
import { formOf, SETTINGS } from '../../../cli/screen/model.ts'
import { set, settables, settled, withChange } from '../../../cli/screen/settings.ts'
import { INKS, themeFor, themeOf } from '../../../cli/screen/themes.ts'
import { KEY, Sitting } from '../../harness/screen.ts'
import { founder, two } from '../../harness/twoscreens.ts'
import { World } from '../../harness/world.ts'

const LIGHT_GROUND = '\x1b]11;rgb:fdfd/f6f6/e3e3\x07'
const DARK_GROUND = '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\'
const suits = (ground: Parameters<typeof themeFor>[2]) => themeFor('auto', { TERM: 'xterm-256color' }, ground)
const auto = { settings: settled(SETTINGS, DEFAULTS, 'dark', 'dark'), suits }

/** The number of the status line's ground. */
async function ground(sitting: Sitting): Promise<number> {
  await sitting.look()
  return sitting.glass.cell(0, sitting.glass.rows - 2).ground
}

describe('/set', () => {
  test.each<readonly [string, string, object]>([
    ['theme', 'light', { theme: 'light' }],
    ['notices.bell', 'off', { notices: { ...DEFAULTS.notices, bell: false } }],
    ['relay', 'wss://relay.example/ws', { relay: 'wss://relay.example/ws' }],
    ['relay', 'none', { relay: null }],
    ['name', 'alice', { name: 'alice' }],
    ['copy', 'xclip  -sel c', { copy: ['xclip', '-sel', 'c'] }],
    ['copy', 'none', { copy: null }],
  ])('%s %s', (name, value, change) => {
    expect(set(SETTINGS, name, value)).toMatchObject({ change })
  })

  test.each([
    ['theme', 'pink', 'theme: must be one of auto, dark, light, 16, none'],
    ['notices.bell', 'maybe', 'notices.bell: must be on or off'],
    ['relay', 'relay', 'relay: '],
    ['name', '\u202e', 'name: '],
    ['horn', 'on', 'there is no such setting; there are theme, notices.bell'],
    ['__proto__', 'on', 'there is no such setting'],
  ])('%s %s is wrong, and says why', (name, value, why) => {
    const done = set(SETTINGS, name, value)
    expect('wrong' in done ? done.wrong : '').toStartWith(why)
  })

  test('alone shows all, with a name that one and what it can be', () => {
    const all = set(SETTINGS, null, null)
    expect('told' in all ? all.told : []).toContain('theme = auto (16)')
    expect(set(SETTINGS, 'notices.bell', null)).toEqual({ told: ['notices.bell = on; it can be on, off'], change: null })
  })

  test('a name is cleared by no value, and what it was is told; the others are told', () => {
    const named = withChange(SETTINGS, { name: 'alice' })
    expect(set(named, 'name', null)).toEqual({ told: ['name is cleared; it was alice'], change: { name: null } })
    expect(set(SETTINGS, 'name', null)).toEqual({ told: ['name is not set'], change: null })
    expect(set(withChange(SETTINGS, { copy: ['wl-copy'] }), 'copy', null)).toMatchObject({ change: null })
  })

  test.each([
    ['keys', null],
    ['keys.undo', null],
    ['keys.page up', 'ctrl+g'],
  ])('%s %s says that keys are changed in the file', (name, value) => {
    const done = set(SETTINGS, name, value)
    expect('wrong' in done ? done.wrong : '').toStartWith('keys are not changed here but in the file of settings, config.json')
  })

  test('a theme is drawn with at once; auto is the one that suits', () => {
    const light = withChange(auto.settings, { theme: 'light' })
    expect(light.theme).toEqual(themeOf('light'))
    expect(withChange(light, { theme: 'auto' }).theme).toEqual(themeOf('dark'))
    // Laid out rows are kept by it.
    expect(withChange(light, { name: 'bob' }).theme).toBe(light.theme)
  })

  test('everything that is completed is taken', () => {
    for (const [name, values] of settables())
      for (const value of values) expect(set(SETTINGS, name, value)).toHaveProperty('change')
  })
})

describe('on the screen', () => {
  test('a theme is chosen, completed by Tab, and kept', async () => {
    const { alice } = await two(auto)
    await alice.press(KEY.enter)
    expect(await ground(alice)).toBe(INKS.dark.roles.status.bg ?? 0)
    await alice.type('/theme li')
    await alice.press(KEY.tab, KEY.enter)
    expect(await alice.look()).toContain('theme = light')
    expect(await ground(alice)).toBe(INKS.light.roles.status.bg ?? 0)
    expect(alice.kept.theme).toBe('light')
  })

  test('names of settings and what they can be are completed', async () => {
    const { alice } = await two()
    await alice.press(KEY.enter)
    await alice.type('/set notices.b')
    await alice.press(KEY.tab)
    await alice.type('of')
    await alice.press(KEY.tab, KEY.enter)
    expect(await alice.look()).toContain('notices.bell = off')
  })

  test('what cannot be kept applies all the same, and is said', async () => {
    const { alice } = await two()
    await alice.press(KEY.enter)
    alice.keep = () => {
      throw new Failure('failed', 'config.json: it cannot be written (EROFS)')
    }
    await alice.enter('/theme none')
    const shown = await alice.look()
    expect(shown).toContain('theme = none')
    expect(shown).toContain('config.json: it cannot be written (EROFS)')
  })
})

describe('the terminal’s ground', () => {
  test.each([
    ['a light one has the light theme', LIGHT_GROUND, 'light'],
    ['a dark one the dark theme', DARK_GROUND, 'dark'],
    ['one that is not told what was guessed', '', 'dark'],
  ] as const)('%s', async (_, answer, name) => {
    const alice = founder(new World(), auto)
    expect(alice.glass.written).toContain('\x1b]11;?\x07')
    if (answer !== '') await alice.press(answer)
    await Promise.resolve()
    expect(await ground(alice)).toBe(INKS[name].roles.status.bg ?? 0)
    expect(await alice.look()).not.toContain('rgb:')
  })

  test('changes nothing where a theme was chosen', async () => {
    const config = { ...DEFAULTS, theme: 'dark' as const }
    const alice = founder(new World(), { settings: settled(SETTINGS, config, 'dark', 'dark'), suits })
    await alice.press(LIGHT_GROUND)
    expect(await ground(alice)).toBe(INKS.dark.roles.status.bg ?? 0)
    await alice.press(KEY.enter)
    await alice.enter('/theme auto')
    expect(await ground(alice)).toBe(INKS.light.roles.status.bg ?? 0)
  })

  test('is waited for by no timer, which would keep a program alive that has ended', async () => {
    const timers = spyOn(globalThis, 'setTimeout')
    const alice = new Sitting(new World(), 'alice', auto)
    await alice.press(KEY.ctrlC)
    await alice.outcome
    const longest = Math.max(0, ...timers.mock.calls.map(([, after = 0]) => after))
    timers.mockRestore()
    expect(alice.glass.written).toContain('\x1b]11;?\x07')
    expect(longest).toBeLessThan(500)
  })

  test('is not asked for where it decides nothing', () => {
    expect(founder(new World(), { suits: () => 'none' }).glass.written).not.toContain('\x1b]11;?')
  })
})

describe('for the next time', () => {
  test('who makes a room is remembered with name and relay, who joins with a name, and nothing else is', async () => {
    const { alice, bob } = await two()
    expect(alice.kept).toEqual({ name: 'alice' })
    expect(bob.kept).toEqual({ name: 'bob' })
    const world = new World()
    const carol = new Sitting(world, 'carol', {
      form: formOf('create', { name: 'carol', relay: 'ws://localhost:7777/ws' }),
      atOnce: true,
    })
    expect(carol.kept).toEqual({ name: 'carol', relay: 'ws://localhost:7777/ws' })
  })

  test('who does not get in is not', async () => {
    const world = new World()
    world.refuseDials(60_000)
    expect(founder(world).kept).toEqual({})
  })

  test('what is known already is not written again', async () => {
    const config = { ...DEFAULTS, name: 'alice' }
    const alice = founder(new World(), { settings: settled(SETTINGS, config, '16', '16') })
    expect(alice.kept).toEqual({})
  })
})

describe('chosen keys', () => {
  const config = { ...DEFAULTS, keys: { help: ['f5'], send: ['ctrl+g'], 'new line': ['enter'], complete: ['ctrl+t'] } }
  const chosen = { settings: settled(SETTINGS, config, '16', '16') }

  test('do what they were chosen for, in the editor too, and the former ones no more', async () => {
    const { alice, bob } = await two({ ...chosen, rows: 60 })
    await alice.press(KEY.enter)
    await alice.type('one')
    await alice.press(KEY.enter)
    await alice.type('two')
    await alice.press('\x07')
    expect(await bob.look()).toMatch(/alice ▌ one\n +▌ two/)
    await alice.type('/wh')
    await alice.press('\x07')
    expect(await alice.look()).toContain('› /who')
    await alice.press('\x07', KEY.f1)
    expect(await alice.look()).toMatch(/bob \([A-Z0-9]{6}\): here/)
    await alice.press('\x1b[15~')
    expect(await alice.look()).toMatch(/Ctrl-G +send/)
  })

  test('are those that are named wherever a key is named', async () => {
    const { alice } = await two({ ...chosen, columns: 100 })
    expect(await alice.look()).toContain('F5 help')
  })
})

test('F1 lists everything that has a key, by the place where it works', async () => {
  const { alice } = await two({ rows: 90 })
  await alice.press(KEY.enter, KEY.f1)
  const shown = await alice.look()
  for (const place of ['Keys in the editor', 'Keys anywhere in a talk', 'Keys in panes and forms']) expect(shown).toContain(place)
  const { keys, editorKeys } = SETTINGS
  for (const { does } of [...Object.values(keys), ...Object.values(editorKeys)]) if (does !== null) expect(shown).toContain(does)
})

describe('what is copied', () => {
  test('goes to the program that was chosen, and not to the terminal', async () => {
    const config = { ...DEFAULTS, copy: ['xclip', '-sel', 'c'] }
    const alice = founder(new World(), { settings: settled(SETTINGS, config, '16', '16') })
    await alice.press('c')
    expect(await alice.look()).toContain('given to xclip')
    expect(alice.glass.written).not.toContain('\x1b]52;')
    expect(alice.piped).toEqual([['xclip', '-sel', 'c', expect.stringContaining('BEGIN TACET INVITE')]])
  })

  test('goes to the terminal where none was chosen', async () => {
    const alice = founder(new World())
    await alice.press('c')
    expect(await alice.look()).toContain('given to the terminal’s clipboard, if it has one')
    expect(alice.glass.written).toContain('\x1b]52;c;')
  })
})

describe('docs/terminal.md', () => {
  const page = readFileSync(new URL('../../../docs/terminal.md', import.meta.url), 'utf8')

  test('has every field of the settings, in order', () => {
    const table = /\| field \| means[^]*?\n\n/.exec(page)?.[0] ?? ''
    expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)).toEqual(Object.keys(DEFAULTS))
    for (const name of Object.keys(DEFAULTS.notices)) expect(table).toContain(`\`${name}\``)
  })

  test('has everything that can have a key', () => {
    const table = /\| place \| what is done[^]*?\n\n/.exec(page)?.[0] ?? ''
    const named = new Set([...table.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    expect([...named].toSorted()).toEqual([...new Set([...Object.keys(KEYMAP.ours), ...Object.keys(KEYMAP.editor)])].toSorted())
  })
})

test('pictures are completed by their names, and drawn when a name is typed whole', async () => {
  const { alice, bob } = await two()
  await alice.press(KEY.enter)
  await alice.type(':thumbsu')
  await alice.press(KEY.tab)
  await alice.type('and :tada:')
  await alice.press(KEY.enter)
  expect(await bob.look()).toContain('👍 and 🎉')
})
