/** The panes of fingerprints, frames and the invite, with the real session behind them (docs/terminal.md). */
import { describe, expect, test } from 'bun:test'
import { parseInvite } from '#lib/client/index.ts'
import { formOf } from '../../../cli/screen/model.ts'
import { emptyTraffic, MOST_KEPT, movedBy, type Traffic, withSeen } from '#lib/text/traffic.ts'
import { mapped } from '../../../cli/screen/keymap.ts'
import { KEY, Sitting } from '../../harness/screen.ts'
import { founder, two } from '../../harness/twoscreens.ts'
import { World } from '../../harness/world.ts'

/** The pane's rows between two texts, blanks made one. */
function between(screen: string, from: string, to: string): string {
  const start = screen.indexOf(from)
  return screen.slice(start, screen.indexOf(to, start + 1)).replaceAll(/\s+/g, ' ')
}

describe('fingerprints', () => {
  test('are the same on both screens: the room’s code, and each member’s', async () => {
    const { alice, bob } = await two()
    await alice.enter('/verify')
    await bob.press(KEY.f3)
    const [hers, his] = [await alice.look(), await bob.look()]
    expect(hers).toContain('The room’s code')
    expect(between(hers, 'The room’s code', 'Compare')).toBe(between(his, 'The room’s code', 'Compare'))
    expect(hers).toMatch(/alice [0-9A-Z]{6} you/)
    expect(hers).toMatch(/bob [0-9A-Z]{6} not compared/)
    // Nothing of it stays in the talk.
    await alice.press(KEY.escape)
    expect(await alice.look()).not.toContain('code')
  })

  test('of a member are marked as compared by Enter, and the mark is taken back by another', async () => {
    const { alice } = await two()
    await alice.press(KEY.f3, KEY.down)
    expect(await alice.look()).toMatch(/› bob [0-9A-Z]{6} not compared/)
    await alice.press(KEY.enter)
    expect(await alice.look()).toMatch(/› bob [0-9A-Z]{6} ✓ verified/)
    await alice.press(KEY.enter)
    expect(await alice.look()).toMatch(/› bob [0-9A-Z]{6} not compared/)
    await alice.press(KEY.escape)
    expect(await alice.look()).toContain('bob is no longer marked as verified')
  })

  test('nobody is marked while none is chosen', async () => {
    const { alice } = await two()
    await alice.press(KEY.f3, KEY.enter, KEY.up, KEY.enter)
    expect(await alice.look()).not.toContain('verified')
  })

  test('follow who comes', async () => {
    const { world, alice, bob, invite } = await two()
    await alice.press(KEY.f3)
    const before = between(await alice.look(), 'The room’s code', 'Compare')
    const form = formOf('join', { name: 'carol', invite })
    const carol = new Sitting(world, 'carol', { form, atOnce: true })
    world.advance(1_000)
    expect(await alice.look()).toMatch(/carol [0-9A-Z]{6} not compared/)
    expect(between(await alice.look(), 'The room’s code', 'Compare')).not.toBe(before)
    await bob.press(KEY.f3)
    await carol.press(KEY.f3)
    const codes = await Promise.all(
      [alice, bob, carol].map(async (one) => between(await one.look(), 'The room’s code', 'Compare')),
    )
    expect(new Set(codes).size).toBe(1)
  })

  test.each([
    [40, 12],
    [80, 24],
    [200, 60],
  ])('show whom a key acts on, whole, at %dx%d', async (columns, rows) => {
    const { alice } = await two({ columns, rows })
    await alice.press(KEY.f3)
    expect(await alice.look()).toContain('The room’s code')
    // On a small screen what the code is for comes first.
    await alice.press(KEY.end)
    const screen = await alice.look()
    expect(screen).toMatch(/› bob/)
    // Eight words and five groups of digits stand below it.
    expect(between(screen, '› bob', 'Up, Down')).toMatch(/(?:[a-z]+ ){8}(?:\d{5} ){5}/)
    expect(screen).toContain('Esc closes')
  })
})

test('how fingerprints are compared is read to its end on a small screen, and only then a member is chosen', async () => {
  const { alice } = await two({ columns: 40, rows: 12 })
  await alice.press(KEY.f3)
  const first = await alice.look()
  expect(first).not.toContain('member by member')
  await alice.press(KEY.down)
  const next = await alice.look()
  expect(next.replaceAll(/\s+/g, ' ')).toContain('Compare all its words or all its digits')
  expect(next.replaceAll(/\s+/g, ' ')).toContain('compare member by member.')
  expect(next).not.toContain('›')
  await alice.press(KEY.down)
  expect(await alice.look()).toMatch(/› bob/)
  await alice.press(KEY.up)
  expect(await alice.look()).toBe(next)
  await alice.press(KEY.up)
  expect(await alice.look()).toBe(first)
})

describe('Home and End go to the first and the last row', () => {
  test('of the help, from where one row more or less is seen at once', async () => {
    const { alice } = await two({ columns: 40, rows: 12 })
    await alice.press(KEY.f1)
    const first = await alice.look()
    expect(first).toContain('Commands')
    await alice.press(KEY.end)
    const last = await alice.look()
    expect(last).toContain('Ctrl-Z')
    expect(last).not.toContain('PageDown shows more')
    // There is nothing beyond: each of these moves at once.
    await alice.press(KEY.pageDown, KEY.down)
    expect(await alice.look()).toBe(last)
    await alice.press(KEY.up)
    expect(await alice.look()).toContain('PageDown shows more')
    await alice.press(KEY.home)
    expect(await alice.look()).toBe(first)
  })

  test('of fingerprints and of frames', async () => {
    const { alice } = await two({ columns: 60, rows: 16 })
    await alice.press(KEY.f3, KEY.end)
    expect(await alice.look()).toMatch(/› bob/)
    await alice.press(KEY.home)
    expect(await alice.look()).toContain('The room’s code')
    await alice.press(KEY.escape, KEY.f4, KEY.home)
    expect(await alice.look()).toMatch(/› \d\d:\d\d:\d\d → create/)
    await alice.press(KEY.end)
    expect(await alice.look()).toMatch(/› \d\d:\d\d:\d\d .*\n(?! +\d\d:\d\d)/)
  })
})

test('panes name the keys that are bound', async () => {
  const made = mapped({ back: ['f9'], 'go on': ['f10'], next: ['f11'], previous: ['f12'], 'page down': ['f8'] })
  if ('faults' in made) throw new Error('a key is bound twice')
  const { alice, bob } = await two({ settings: { keys: made.keymap.ours } })
  const shown: string[] = []
  const seen = async () => void shown.push(await alice.look())
  await bob.enter('hello')
  await alice.enter('/invite')
  await seen()
  await alice.press('s')
  await seen()
  for (const key of [KEY.f1, KEY.f3, KEY.f4]) {
    await alice.press('\x1b[20~', '\x1b[20~', key)
    await seen()
  }
  await alice.press('\x1b[20~')
  await alice.enter('/save')
  await seen()
  const last = shown.map((screen) =>
    screen
      .split('\n')
      .findLast((row) => /F9|F10/.test(row))
      ?.trim(),
  )
  expect(last).toEqual([
    '[c] copy  [s] save as a file  [l] as one line  [q] QR code  [F10] go on to the',
    'F10 saves it · F9 goes back',
    'F8 shows more · F9 closes',
    'F12, F11 choose · F10 marks as compared, or not · F9 closes',
    'F12, F11 choose · F10 opens and closes · F9 leaves',
    'F10 goes on · Tab completes a path, or moves · F9 goes back',
  ])
  for (const screen of shown.slice(1)) expect(screen).not.toMatch(/Enter (?:saves|marks|opens|goes)|Esc (?:closes|leaves|goes)/)
})

describe('frames', () => {
  test('show that the relay is blind: what is said is in none of them, and neither is what opens the room', async () => {
    const { world, alice, bob, invite } = await two({ columns: 200, rows: 60 })
    await bob.enter('a word that is sealed')
    await alice.enter('/events')
    const closed = await alice.look()
    expect(closed).toContain('what is sealed it cannot open')
    expect(closed).toMatch(/→ create, .*: asks for a room/)
    expect(closed).toMatch(/← broadcast, .*: sealed body of .* from seat/)
    // Each is opened.
    for (let i = 0; i < 40; i++) await alice.press(KEY.enter, KEY.up)
    world.settle()
    const { roomSecret, roomKey } = parseInvite(invite, { allowPlain: true })
    for (let i = 0; i < 40; i++) {
      const screen = await alice.look()
      for (const secret of ['a word that is sealed', 'bob', roomSecret.toBase64(), roomKey.toBase64()].map((one) =>
        one.slice(0, 12),
      ))
        expect(screen).not.toContain(secret)
      await alice.press(KEY.down)
    }
  })

  test('are opened and closed one by one', async () => {
    const { alice } = await two()
    await alice.press(KEY.f4, KEY.pageUp, KEY.pageUp, KEY.pageUp, KEY.pageUp)
    expect(await alice.look()).toMatch(/› \d\d:\d\d:\d\d → create/)
    expect(await alice.look()).not.toContain('protocolVersion')
    await alice.press(KEY.enter)
    expect(await alice.look()).toMatch(/→ create.*\n +protocolVersion: 1/)
    await alice.press(KEY.down, KEY.enter)
    expect(await alice.look()).toMatch(/← room_created.*\n +roomId: .*\n +roomSecret: secret, not shown/)
    await alice.press(KEY.enter)
    expect(await alice.look()).not.toContain('roomSecret:')
    expect(await alice.look()).toContain('protocolVersion: 1')
  })

  test('follow what comes while the newest is chosen, and stay where another one is', async () => {
    const { world, alice, bob } = await two()
    await alice.press(KEY.f4)
    const chosen = async () => /› (.*)/.exec(await alice.look())?.[1] ?? ''
    world.advance(60_000)
    const newest = await chosen()
    await bob.enter('one')
    expect(await chosen()).not.toBe(newest)
    await alice.press(KEY.up)
    const stays = await chosen()
    await bob.enter('two')
    expect(await chosen()).toBe(stays)
    await alice.press(KEY.escape)
    expect(await alice.look()).toContain('bob ▌ two')
  })

  test('are kept up to a limit, the newest of them', () => {
    let traffic: Traffic = emptyTraffic()
    const seen = { way: 'in', frame: null, code: 'not_json', bytes: 3 } as const
    for (let i = 0; i < MOST_KEPT + 5; i++) traffic = withSeen(traffic, seen, i)
    expect(traffic.items).toHaveLength(MOST_KEPT)
    expect(traffic.items[0]?.at).toBe(5)
    // The chosen one is kept no longer: it counts as the oldest.
    expect(movedBy(traffic, 2, 1)).toBe(7)
    expect(movedBy(traffic, null, -1)).toBe(MOST_KEPT + 4)
    expect(movedBy(traffic, MOST_KEPT + 4, 1)).toBeNull()
  })

  test('there are none before there is a relay', () => {
    expect(movedBy(emptyTraffic(), null, -1)).toBeNull()
  })
})

describe('the invite', () => {
  /** What was put into the terminal's clipboard, in order. */
  function copied({ glass }: Sitting): readonly string[] {
    const all = glass.written.matchAll(/\x1b\]52;c;(?<text>[\w+/=]*)\x07/g)
    return [...all].map(({ groups }) => Buffer.from(groups?.['text'] ?? '', 'base64').toString())
  }

  test('is shown in one line, and copied as it is shown', async () => {
    const alice = founder(new World())
    await alice.press('c', 'l', 'c')
    const [block = '', line = ''] = copied(alice)
    expect(block).toStartWith('-----BEGIN TACET INVITE-----\n')
    expect(line).toMatch(/^[\w-]+$/)
    expect(parseInvite(line, { allowPlain: true })).toEqual(parseInvite(block, { allowPlain: true }))
    expect((await alice.look()).replaceAll(/\s/g, '')).toContain(line)
    await alice.press('l')
    expect(await alice.look()).toContain('-----END TACET INVITE-----')
  })

  test('is a code for a camera where there is room, and the screen says so where there is none', async () => {
    const large = founder(new World(), { columns: 100, rows: 50 })
    await large.press('q')
    expect(await large.look()).toContain('█')
    const small = founder(new World(), { columns: 40, rows: 12 })
    await small.press('q')
    expect(await small.look()).toMatch(/too small for the QR\s+code/)
  })
})
