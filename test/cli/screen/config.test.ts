/** What a person has set for good: each field's limits, what is said of a mistake, and the file that only they can have written. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import * as fc from 'fast-check'
import { armor } from '#lib/client/index.ts'
import { type Config, configText, DEFAULTS, parseConfig } from '../../../cli/screen/config.ts'
import { configFile, configPath } from '../../../cli/screen/configfile.ts'
import { Failure } from '../../../cli/exit.ts'
import { THEME_NAMES } from '../../../cli/screen/themes.ts'
import { World } from '../../harness/world.ts'

/** What was wrong, a line each; throws when nothing was. */
function faultsOf(text: string): readonly string[] {
  return failureOf(() => parseConfig(text, 'FILE')).message.split('\n')
}

function failureOf(act: () => unknown): Failure {
  try {
    act()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('a text of settings', () => {
  test('says what it says, and leaves the rest as it is', () => {
    expect(parseConfig('{}', 'FILE')).toEqual(DEFAULTS)
    expect(
      parseConfig(
        '{"relay":"wss://Relay.example/ws","name":"Zoë","theme":"light","keys":{"help":"f5","undo":[]},"notices":{"bell":false},"copy":["wl-copy","-n"]}',
        'FILE',
      ),
    ).toEqual({
      relay: 'wss://relay.example/ws',
      name: 'Zoë',
      theme: 'light',
      keys: { help: ['f5'], undo: [] },
      notices: { ...DEFAULTS.notices, bell: false },
      copy: ['wl-copy', '-n'],
    })
  })

  test.each<readonly [string, string, readonly string[]]>([
    ['no JSON', '{', ['FILE: it must be one JSON object']],
    ['nothing', '', ['FILE: it must be one JSON object']],
    ['a list', '[]', ['FILE: it must be one JSON object']],
    [
      'an unknown field',
      '{"colour":1}',
      ['FILE: colour: there is no such field; there are relay, name, theme, keys, notices, copy'],
    ],
    [
      'a name of JavaScript',
      '{"__proto__":{"theme":"16"}}',
      ['FILE: __proto__: there is no such field; there are relay, name, theme, keys, notices, copy'],
    ],
    ['a theme that is none', '{"theme":"pink"}', ['FILE: theme: must be one of auto, dark, light, 16, none']],
    ['a name that is none', '{"name":7}', ['FILE: name: must be a text']],
    ['a name that cannot be used', '{"name":" "}', ['FILE: name: a name needs at least one character that can be seen']],
    ['keys that are none', '{"keys":["f1"]}', ['FILE: keys: must be an object: what is done → its key, or a list of keys']],
    ['a key that is none', '{"keys":{"help":1}}', ['FILE: keys.help: must be a key or a list of keys']],
    ['a key that cannot be', '{"keys":{"help":"x"}}', ['FILE: keys.help: must be no key that types something: add ctrl or alt']],
    ['a key that is taken', '{"keys":{"help":"f2"}}', ['FILE: keys.help: f2 is also the key for "members"']],
    ['notices that are none', '{"notices":true}', ['FILE: notices: must be an object of bell, title, desktop, mentions']],
    ['a notice that is neither', '{"notices":{"bell":"on"}}', ['FILE: notices.bell: must be true or false']],
    ['a notice that is null', '{"notices":{"bell":null}}', ['FILE: notices.bell: must be true or false']],
    [
      'a notice that there is not',
      '{"notices":{"horn":true}}',
      ['FILE: notices.horn: there is no such field; there are bell, title, desktop, mentions'],
    ],
    [
      'a command that is a text',
      '{"copy":"wl-copy"}',
      ['FILE: copy: must be null or a list of words: a program and what it is given, such as ["wl-copy"]'],
    ],
    [
      'several',
      '{"name":7,"theme":8,"x":9}',
      [
        'FILE: name: must be a text',
        'FILE: theme: must be one of auto, dark, light, 16, none',
        'FILE: x: there is no such field; there are relay, name, theme, keys, notices, copy',
      ],
    ],
  ])('is refused whole for %s', (_what, text, faults) => {
    expect(faultsOf(text)).toEqual([...faults])
  })

  test.each(['relay.example', 'http://relay.example', 'wss://user:word@relay.example/', 7])(
    'is refused for the relay %p',
    (relay) => {
      expect(faultsOf(JSON.stringify({ relay }))[0]).toMatch(/^FILE: relay: .*wss:\/\/relay\.example\/ws/)
    },
  )

  test('is refused for an invite anywhere in it, without a word of it', () => {
    const invite = armor(new World().person('alice').create())
    for (const text of [JSON.stringify({ copy: ['cat', invite] }), invite, JSON.stringify({ relay: invite })]) {
      const { message } = failureOf(() => parseConfig(text, 'FILE'))
      expect(message).toBe('FILE: there is an invite in it: anybody who reads the file could join. Take it out')
    }
  })

  test('is refused in words that hide nothing and act on nothing, however a field is called', () => {
    const [fault = ''] = faultsOf(JSON.stringify({ [`\u001b]2;owned\u0007${'x'.repeat(500)}`]: 1 }))
    expect(fault).toStartWith('FILE: \\u{1b}]2;owned\\u{7}xxx')
    expect(fault.length).toBeLessThan(200)
  })

  const configs: fc.Arbitrary<Config> = fc.record({
    relay: fc.constantFrom(null, 'wss://relay.example/ws', 'ws://127.0.0.1:1337/ws'),
    name: fc.constantFrom(null, 'alice', '李'),
    theme: fc.constantFrom('auto' as const, ...THEME_NAMES),
    keys: fc.constantFrom({}, { help: ['f5'] }, { undo: [], members: ['ctrl+g', 'f6'] }),
    notices: fc.record({ bell: fc.boolean(), title: fc.boolean(), desktop: fc.boolean(), mentions: fc.boolean() }),
    copy: fc.constantFrom(null, ['pbcopy'], ['xclip', '-sel', 'c']),
  })

  test('that was written is read as it was', () => {
    fc.assert(
      fc.property(configs, (config) => {
        expect(parseConfig(configText(config), 'FILE')).toEqual(config)
      }),
      { seed: 1 },
    )
  })

  test('holds only what differs from what there is without it', () => {
    expect(configText(DEFAULTS)).toBe('{}\n')
    expect(configText({ ...DEFAULTS, theme: 'light' })).toBe('{\n  "theme": "light"\n}\n')
  })
})

describe('the file', () => {
  let made = ''
  let home = ''
  let path = ''
  const env = () => ({ XDG_CONFIG_HOME: home })
  const file = () => configFile(env(), false)
  beforeEach(() => {
    made = mkdtempSync(`${tmpdir()}/tacet-config-`)
    home = made
    path = configPath(env())
  })
  afterEach(() => rmSync(made, { recursive: true }))
  const put = (text: string | Uint8Array, mode = 0o600) => {
    mkdirSync(`${home}/tacet`, { recursive: true })
    writeFileSync(path, text, { mode })
    chmodSync(path, mode)
  }
  const reason = () => failureOf(() => file().read()).message.replace(`${path}: `, '')

  test('is where the XDG specification has it, and a relative path is none', () => {
    expect(path).toBe(`${home}/tacet/config.json`)
    expect(configPath({ HOME: '/home/alice' })).toBe('/home/alice/.config/tacet/config.json')
    expect(configPath({ HOME: '/home/alice', XDG_CONFIG_HOME: 'here' })).toBe('/home/alice/.config/tacet/config.json')
  })

  test('need not be there', () => {
    expect(file().read()).toEqual(DEFAULTS)
    expect(readdirSync(home)).toEqual([])
  })

  test('that was written is read again, and is for its owner alone', () => {
    const config = { ...DEFAULTS, name: 'alice' }
    file().change({ ...DEFAULTS, theme: '16' })
    file().change(config)
    expect(file().read()).toEqual(config)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(`${home}/tacet`).mode & 0o777).toBe(0o700)
    expect(readdirSync(`${home}/tacet`)).toEqual(['config.json'])
  })

  test('is changed in what is new alone, and keeps what another program has written since', () => {
    file().change({ name: 'alice' })
    file().change({ theme: 'light' })
    expect(file().read()).toEqual({ ...DEFAULTS, name: 'alice', theme: 'light' })
    put('{"name":"bob", "notices":{"bell":false}}')
    file().change({ theme: '16' })
    expect(file().read()).toMatchObject({ name: 'bob', theme: '16', notices: { bell: false } })
  })

  test('with a mistake in it is not written over', () => {
    put('{"theme":"pink"}')
    expect(failureOf(() => file().change({ name: 'alice' })).code).toBe('usage')
    expect(readFileSync(path, 'utf8')).toBe('{"theme":"pink"}')
  })

  test('is neither read nor written when nothing shall be', () => {
    put('not even JSON')
    const clean = configFile(env(), true)
    expect(clean.read()).toEqual(DEFAULTS)
    clean.change({ ...DEFAULTS, name: 'alice' })
    expect(readFileSync(path, 'utf8')).toBe('not even JSON')
  })

  test('with a mistake is refused by its name', () => {
    put('{"theme":"pink"}')
    expect(failureOf(() => file().read()).message).toBe(`${path}: theme: must be one of auto, dark, light, 16, none`)
    expect(failureOf(() => file().read()).code).toBe('usage')
  })

  test.each([0o620, 0o602, 0o666])('that others may write to is not read: %o', (mode) => {
    put('{}', mode)
    expect(reason()).toBe('others may write to it: chmod go-w')
  })

  test.each([0o600, 0o644, 0o400])('that others may only read is read: %o', (mode) => {
    put('{"name":"alice"}', mode)
    expect(file().read().name).toBe('alice')
  })

  test('that is too large is not read, whatever is in it', () => {
    put(`{}${' '.repeat(65_534)}`)
    expect(file().read()).toEqual(DEFAULTS)
    put(`{}${' '.repeat(65_535)}`)
    expect(reason()).toBe('it may have 64 KiB at most')
  })

  test('that is a folder, a pipe or a device is not read, and nothing waits for it', () => {
    mkdirSync(path, { recursive: true })
    expect(reason()).toBe('it is no file')
    rmSync(path, { recursive: true })
    expect(Bun.spawnSync(['mkfifo', path]).exitCode).toBe(0)
    expect(reason()).toBe('it is no file')
    rmSync(path)
    symlinkSync('/dev/zero', path)
    expect(reason()).toBe('it is no file')
  })

  test('that is not UTF-8 is refused', () => {
    put(Uint8Array.of(0x7b, 0xff, 0x7d))
    expect(reason()).toBe('it is not UTF-8')
  })

  test('may be a link to a file of its owner, which stays one when it is written', () => {
    mkdirSync(`${home}/tacet`)
    writeFileSync(`${home}/mine.json`, '{"name":"alice"}', { mode: 0o600 })
    symlinkSync(`${home}/mine.json`, path)
    expect(file().read().name).toBe('alice')
    file().change({ ...DEFAULTS, name: 'bob' })
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect(readFileSync(`${home}/mine.json`, 'utf8')).toContain('bob')
  })

  test('may not be a link to a file that others may write to', () => {
    mkdirSync(`${home}/tacet`)
    writeFileSync(`${home}/ours.json`, '{}')
    chmodSync(`${home}/ours.json`, 0o666)
    symlinkSync(`${home}/ours.json`, path)
    expect(reason()).toBe('others may write to it: chmod go-w')
  })

  test('stays as it was when it cannot be written', () => {
    // Its own path is as long as a path can be: there is no room for a file beside it.
    const room = 4_095 - '/tacet/config.json'.length - home.length
    home += `/${'x'.repeat(199)}`.repeat(room / 200)
    home += `/${'x'.repeat(Math.max(1, (room % 200) - 1))}`
    path = configPath(env())
    put('{"name":"alice"}')
    const failure = failureOf(() => file().change({ name: 'bob' }))
    expect(failure.code).toBe('failed')
    expect(failure.message).toMatch(/config\.json: it cannot be written \(E\w+\)$/)
    expect(file().read().name).toBe('alice')
  })

  test('leaves nothing beside it that was not there', () => {
    file().change({ name: 'alice' })
    expect(readdirSync(`${home}/tacet`)).toEqual(['config.json'])
  })

  test('is for its owner alone from the beginning, whatever the umask', () => {
    const before = process.umask(0)
    try {
      file().change(DEFAULTS)
      expect(statSync(path).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  })
})
