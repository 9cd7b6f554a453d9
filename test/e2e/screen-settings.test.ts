/** Settings of the compiled program in real terminals (docs/terminal.md, Settings): kept, read, refused, left alone. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { binary } from '../harness/binaries.ts'
import { startRelay, type TestRelay } from '../harness/relay.ts'
import { asBefore, Window } from '../harness/window.ts'

setDefaultTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
let relay: TestRelay
let homes = 0
/** Where the settings of this test are. */
let path = ''

beforeAll(async () => {
  await binary('tacet')
  relay = await startRelay()
}, 120_000)
afterAll(async () => {
  await relay.end()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  path = join(folder, String(++homes), 'tacet/config.json')
})

function open(...words: readonly string[]): Promise<Window> {
  return Window.open(words, { env: { XDG_CONFIG_HOME: dirname(dirname(path)) } })
}

function put(text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o600 })
}

test('who made a room is offered its relay and their name the next time, and the theme they chose', async () => {
  const first = await open('create', '--relay', relay.url, '--name', 'alice')
  await first.until('[Enter] go on')
  const invite = first.text
  first.type('\r')
  first.enter('/theme light')
  await first.until('theme = light')
  first.enter('/quit')
  expect(await first.left()).toEqual(asBefore(0, 'tacet: you left'))
  const kept = readFileSync(path, 'utf8')
  expect(JSON.parse(kept)).toEqual({ relay: relay.url, name: 'alice', theme: 'light' })
  for (const line of invite.split('\n').filter((row) => row.length > 60)) expect(kept).not.toContain(line.trim())
  const second = await open()
  await second.until(/your name +alice/)
  second.type('\r')
  await second.until(relay.url)
  second.type('\x03')
  expect(await second.left()).toEqual(asBefore(0))
})

test('a file with mistakes ends the program before anything is shown, with each of them', async () => {
  put('{"theme":"pink","keys":{"help":"enter"}}')
  const window = Window.shell([await binary('tacet')], '/dev/stdout', {
    env: { XDG_CONFIG_HOME: dirname(dirname(path)) },
    columns: 200,
  })
  const { screen, alternate } = await window.left()
  expect(alternate).toBe(false)
  expect(screen).toContain(`tacet: ${path}: theme: must be one of auto, dark, light, 16, none`)
  expect(screen).toContain(`${path}: keys.help: enter is also the key for "send"`)
  expect(screen).toContain('exit code 2')
  expect(window.written).not.toContain('\x1b[?1049h')
})

test('with --clean nothing is read, and nothing kept', async () => {
  put('{"theme":"pink"}')
  const window = await open('create', '--relay', relay.url, '--name', 'alice', '--clean')
  await window.until('[Enter] go on')
  window.type('\r')
  window.enter('/set notices.bell off')
  await window.until('notices.bell = off')
  window.enter('/quit')
  expect(await window.left()).toEqual(asBefore(0, 'tacet: you left'))
  expect(readFileSync(path, 'utf8')).toBe('{"theme":"pink"}')
})

test('lines do not look at it', async () => {
  put('{"theme":"pink"}')
  const window = await open('create', '--relay', relay.url, '--name', 'alice', '--plain')
  await window.until('END TACET INVITE')
  window.enter('/quit')
  expect((await window.left()).screen).toContain('exit code 0')
})

test('nobody who does not get in is remembered', async () => {
  const window = await open('create', '--relay', 'ws://127.0.0.1:1/ws', '--name', 'alice')
  await window.until('no relay answers')
  window.type('\x03')
  await window.left()
  expect(existsSync(path)).toBe(false)
})
