/** Themes: everything can be read on every ground that it may stand on, and nothing has colour where there shall be none. */
import { describe, expect, test } from 'bun:test'
import { Terminal } from '@xterm/headless'
import { INKS, type Ink, THEME_NAMES, themeFor, themeOf } from '../../../cli/screen/themes.ts'
import { keyStyle, ROLES } from '../../../cli/views/theme.ts'

type Rgb = readonly [number, number, number]

const hex = (text: string): Rgb => {
  const at = (from: number) => Number.parseInt(text.slice(from, from + 2), 16)
  return [at(0), at(2), at(4)]
}

/** The fixed part of the 256 colours (XTerm's 256colres.h): a cube of six steps, and greys. */
function fixed(number: number): Rgb {
  if (number >= 232) return [8 + 10 * (number - 232), 8 + 10 * (number - 232), 8 + 10 * (number - 232)]
  const step = (value: number) => (value === 0 ? 0 : 55 + 40 * value)
  const cube = number - 16
  return [step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6)]
}

/** Contrast by WCAG 2.2. */
function contrast(a: Rgb, b: Rgb): number {
  const [light = 0, dim = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (light + 0.05) / (dim + 0.05)
}

function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) => (part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** From black to the lightest of the well-known dark schemes, and from the darkest of the light ones to white. */
const GROUNDS = {
  dark: ['000000', '1e1e1e', '002b36', '282a36', '2e3440', '303446'].map(hex),
  light: ['ffffff', 'eff1f5', 'fdf6e3', 'eee8d5'].map(hex),
}

/** Terminals that have sixteen colours and no more: the consoles of Linux and BSD, older xterms and the console of Windows. */
const PALETTES = {
  vga: '000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff',
  xterm: '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff',
  windows: '0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc 767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2',
}

function inksOf(name: keyof typeof INKS): readonly (readonly [string, Ink])[] {
  const { roles, keys, swatches } = INKS[name]
  const numbered = (what: string, list: readonly Ink[]) => list.map((ink, at) => [`${what} ${at}`, ink] as const)
  return [...Object.entries(roles), ...numbered('key', keys), ...numbered('swatch', swatches)]
}

describe.each(['dark', 'light'] as const)('the %s theme', (name) => {
  test.each(inksOf(name))('%s can be read', (_what, { fg, bg }) => {
    // A ground of ours is never under a colour of the terminal's.
    if (bg !== undefined) expect(fg).toBeDefined()
    if (fg === undefined) return
    const grounds = bg === undefined ? GROUNDS[name] : [fixed(bg)]
    for (const ground of grounds) expect(contrast(fixed(fg), ground)).toBeGreaterThanOrEqual(4.5)
  })

  test('uses no colour that a terminal may define otherwise', () => {
    for (const [, { fg = 16, bg = 16 }] of inksOf(name)) expect(Math.min(fg, bg)).toBeGreaterThanOrEqual(16)
  })

  test('what is told in the line in sight can be read there too', () => {
    const { roles } = INKS[name]
    for (const role of ['good', 'waiting', 'bad'] as const) {
      expect(contrast(fixed(roles[role].fg ?? 0), fixed(roles.status.bg ?? 0))).toBeGreaterThanOrEqual(4.5)
    }
  })
})

describe.each(Object.entries(PALETTES))('with the sixteen colours of %s', (_name, palette) => {
  const colours = palette.split(' ').map(hex)
  test.each(inksOf('16'))('%s can be read, on whatever ground', (_what, { fg, bg }) => {
    expect(fg === undefined).toBe(bg === undefined)
    if (fg === undefined || bg === undefined) return
    expect(Math.max(fg, bg)).toBeLessThan(16)
    expect(contrast(colours[fg] ?? [0, 0, 0], colours[bg] ?? [0, 0, 0])).toBeGreaterThanOrEqual(4.5)
  })
})

test('the theme without colour has none', () => {
  for (const [, { fg, bg }] of inksOf('none')) expect([fg, bg]).toEqual([undefined, undefined])
})

describe.each(THEME_NAMES)('drawn, the theme %s', (name) => {
  const theme = themeOf(name)

  test('ends each look where it began', async () => {
    const styles = [...ROLES.map((role) => theme.roles[role]), ...theme.keys, ...theme.swatches]
    const terminal = new Terminal({ cols: 4, rows: styles.length, allowProposedApi: true })
    await new Promise<void>((resolve) => terminal.write(styles.map(([on, off]) => `${on}a${off}b`).join('\r\n'), resolve))
    for (const row of styles.keys()) {
      const cell = terminal.buffer.active.getLine(row)?.getCell(1)
      expect(cell?.getChars()).toBe('b')
      expect(cell?.isAttributeDefault()).toBe(true)
    }
    terminal.dispose()
  })

  test('tells what matters from what does not', () => {
    const plain = theme.roles.ours
    for (const role of ['alarm', 'bad', 'mention', 'unread', 'chosen', 'cursor', 'status'] as const) {
      expect(theme.roles[role]).not.toEqual(name === 'dark' || name === 'light' ? ['', ''] : plain)
    }
  })
})

test('colours are those that were named', async () => {
  const terminal = new Terminal({ cols: 4, rows: 2, allowProposedApi: true })
  const [on] = themeOf('dark').roles.status
  const [other = ''] = themeOf('16').swatches.at(-1) ?? []
  await new Promise<void>((resolve) => terminal.write(`${on}a\x1b[0m\r\n${other}b`, resolve))
  const [first, second] = [0, 1].map((row) => terminal.buffer.active.getLine(row)?.getCell(0))
  expect([first?.getFgColor(), first?.getBgColor()]).toEqual([253, 236])
  expect([second?.getFgColor(), second?.getBgColor()]).toEqual([0, 15])
  terminal.dispose()
})

test('a key has one colour, and keys have all of them', () => {
  const theme = themeOf('dark')
  const tags = Array.from({ length: 2_000 }, (_, i) => (i * 7_919 + 1_048_576).toString(32).toUpperCase())
  expect(keyStyle(theme, 'K7WQ2M')).toEqual(keyStyle(theme, 'K7WQ2M'))
  const counts = Map.groupBy(tags, (tag) => keyStyle(theme, tag)[0])
  expect(counts.size).toBe(theme.keys.length)
  for (const [, list] of counts) expect(list.length).toBeGreaterThan(100)
})

describe('the theme for a terminal', () => {
  const GREY = { r: 40, g: 44, b: 52 }
  const CREAM = { r: 253, g: 246, b: 227 }
  test.each([
    [{ TERM: 'xterm-256color' }, null, 'dark'],
    [{ TERM: 'xterm-256color' }, GREY, 'dark'],
    [{ TERM: 'xterm-256color' }, CREAM, 'light'],
    [{ TERM: 'xterm-256color', COLORFGBG: '0;15' }, null, 'light'],
    [{ TERM: 'xterm-256color', COLORFGBG: '15;default;0' }, null, 'dark'],
    [{ TERM: 'xterm-256color', COLORFGBG: '0;15' }, GREY, 'dark'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor' }, CREAM, 'light'],
    [{ TERM: 'xterm-kitty' }, null, 'dark'],
    [{ TERM: 'linux' }, CREAM, '16'],
    [{ TERM: 'screen' }, null, '16'],
    [{}, null, '16'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, CREAM, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, null, 'dark'],
  ] as const)('of %j with the ground %j is %s', (env, ground, name) => {
    expect(themeFor('auto', env, ground)).toBe(name)
  })

  test('is the one that was chosen, unless there shall be no colour', () => {
    expect(themeFor('light', { TERM: 'linux' }, GREY)).toBe('light')
    expect(themeFor('light', { TERM: 'linux', NO_COLOR: '1' }, CREAM)).toBe('none')
  })
})
