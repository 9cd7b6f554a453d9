/** The compiled program opens saved talks: from a pipe and at a real terminal, where the passphrase is not shown. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SavedTalk, saveTalk } from '#lib/client/index.ts'
import { binary } from '../harness/binaries.ts'
import { seeded } from '../harness/random.ts'
import { runTacet } from '../harness/tacet.ts'
import { Terminal } from '../harness/terminal.ts'

setDefaultTimeout(120_000)

const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
const file = join(folder, 'talk.saved')
const entry = {
  name: 'bob',
  tag: 'K7WQ2M',
  verified: true,
  me: false,
  time: 0,
  kind: 'core.text',
  text: 'hello',
  class: '' as const,
}
const talk: SavedTalk = { time: 0, topic: 'tea at five', entries: [entry] }

beforeAll(async () => {
  await binary('tacet')
  writeFileSync(file, await saveTalk(talk, 'correct horse', seeded(1), () => undefined))
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true }))

test('from a pipe the first line is the passphrase, and nothing is asked', async () => {
  const { code, stdout, stderr } = await runTacet(['open', file, '--json'], { input: 'correct horse\n' })
  expect([code, stderr]).toEqual([0, ''])
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { event: 'talk', time: 0, topic: 'tea at five', entries: 1 },
    { event: 'said', ...entry },
  ])
})

test('a wrong passphrase ends with 7, none with 2, and neither shows anything', async () => {
  const wrong = await runTacet(['open', file], { input: 'correct house\n' })
  expect(wrong).toEqual({
    code: 7,
    stdout: '',
    stderr: 'tacet: the passphrase is wrong, or the file is damaged: nobody can tell which\n',
  })
  const none = await runTacet(['open', file])
  expect([none.code, none.stdout]).toEqual([2, ''])
})

test('clear text is written where it is asked for', async () => {
  const exported = join(folder, 'talk.txt')
  const { code, stdout } = await runTacet(['open', file, '--export', exported], { input: 'correct horse' })
  expect([code, stdout]).toEqual([0, ''])
  expect(readFileSync(exported, 'utf8')).toEndWith('bob (K7WQ2M): hello\n')
})

test('at a terminal the passphrase is asked for and not shown, and how far the work is', async () => {
  const screen = await Terminal.open(['open', file])
  await screen.until('passphrase (it is not shown): ')
  screen.type('correct house\u007f\u007f\u007f\u007f\u007fhorse\r')
  await screen.until('bob (K7WQ2M): hello')
  expect(await screen.ended()).toBe(0)
  expect(screen.text).toMatch(/opening … \d+ %/)
  expect(screen.text).not.toMatch(/correct|horse|house/)
})

test.each(['\u0003', '\u0004'])('who presses %j instead gives up, and the terminal shows what is typed again', async (key) => {
  const screen = await Terminal.open(['open', file])
  await screen.until('passphrase (it is not shown): ')
  screen.type(key)
  expect(await screen.ended()).toBe(130)
  expect(screen.text).toContain('given up')
})
