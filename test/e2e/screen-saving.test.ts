/** Saving and panic in the compiled program (docs/terminal.md, Saving): a real file that opens again, a real terminal that remembers nothing. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary } from '../harness/binaries.ts'
import { startRelay, type TestRelay } from '../harness/relay.ts'
import { asBefore, Window } from '../harness/window.ts'

setDefaultTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
let relay: TestRelay

beforeAll(async () => {
  await binary('tacet')
  relay = await startRelay()
}, 120_000)
afterAll(async () => {
  await relay.end()
  rmSync(folder, { recursive: true })
})

async function founder(): Promise<Window> {
  const alice = await Window.open(['create', '--relay', relay.url, '--name', 'alice'], { cwd: folder })
  await alice.until('[Enter] go on')
  alice.type('\r')
  await alice.until('nobody else is here')
  return alice
}

test('a talk that is saved under a passphrase is shown by tacet open, and its passphrase by nobody', async () => {
  const alice = await founder()
  alice.enter('/me waves')
  await alice.until('┊ alice waves')
  alice.enter('/save evening.saved')
  await alice.until('› passphrase')
  alice.enter('correct horse')
  await alice.until('› once more')
  alice.enter('correct horse')
  await alice.until('the talk is saved as evening.saved')
  alice.enter('/quit')
  expect(await alice.left()).toEqual(asBefore(0, 'tacet: you left'))
  expect(alice.written).not.toContain('correct')
  const path = join(folder, 'evening.saved')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readFileSync(path).includes('waves')).toBe(false)
  const reader = await Window.open(['open', 'evening.saved'], { cwd: folder })
  await reader.until('passphrase')
  reader.enter('correct horse')
  await reader.until(/~alice \([A-Z0-9]{6}\)~ waves/)
  expect((await reader.left()).screen.at(-2)).toBe('exit code 0')
})

test('/panic leaves nothing in the terminal, not even what stood there before', async () => {
  const alice = await founder()
  alice.enter('a word of the talk')
  await alice.until('▌ a word of the talk')
  alice.enter('/panic')
  expect(await alice.left()).toEqual({ ...asBefore(0), screen: ['exit code 0', 'ixon isig icanon echo'] })
})
