/** Talks as new files (docs/scripting.md, Saved talks): for their owner's eyes, whole or not at all, and over nothing. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTalk, type SavedTalk } from '#lib/client/saving.ts'
import { Failure } from '../../cli/exit.ts'
import { saveAs } from '../../cli/saving.ts'

// A passphrase takes a second or two to stretch, on a busy machine several.
setDefaultTimeout(60_000)

const TALK: SavedTalk = {
  time: Date.UTC(2026, 10, 20, 12, 34),
  topic: 'tea',
  entries: [
    { name: 'bob', tag: 'K7WQ2M', verified: true, me: false, time: 0, kind: 'core.text', text: 'hello', class: '' },
    { name: 'bob', tag: 'K7WQ2M', verified: true, me: false, time: 0, kind: 'core.text', text: 'waves', class: 'action' },
  ],
}
const still = () => undefined

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacet-saving-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function fault(saving: Promise<void>): Promise<string> {
  try {
    await saving
    return 'saved'
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : String(error)
  }
}

test('a talk under a passphrase opens with it, and tells how far the work is', async () => {
  const path = join(folder, 'a.saved')
  const told: number[] = []
  await saveAs(path, TALK, 'x', (done) => told.push(done))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(await openTalk(readFileSync(path), 'x', still)).toEqual(TALK)
  expect(told.at(-1)).toBe(1)
  expect(readFileSync(path).includes('hello')).toBe(false)
})

test('a talk in clear text is the lines that tacet open shows', async () => {
  const path = join(folder, 'a.txt')
  await saveAs(path, TALK, null, still)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const lines = readFileSync(path, 'utf8').split('\n')
  expect(lines).toContain('* topic: tea')
  expect(lines.at(-3)).toEndWith('bob (K7WQ2M): hello')
  expect(lines.at(-2)).toEndWith('~bob (K7WQ2M)~ waves')
})

describe.each(['x', null])('with the passphrase %p', (passphrase) => {
  test('a path that the system does not take is told', async () => {
    const [long, through] = [join(folder, 'n'.repeat(300)), join(folder, 'loop', 'file')]
    rmSync(join(folder, 'loop'), { force: true })
    symlinkSync('loop', join(folder, 'loop'))
    expect(await fault(saveAs(long, TALK, passphrase, still))).toBe('usage: the file cannot be made (ENAMETOOLONG)')
    expect(await fault(saveAs(through, TALK, passphrase, still))).toBe('usage: the file cannot be made (ELOOP)')
    rmSync(join(folder, 'loop'))
  })

  test('what is there stays, also behind a link that leads nowhere', async () => {
    const [taken, link] = [join(folder, `taken ${passphrase}`), join(folder, `link ${passphrase}`)]
    writeFileSync(taken, 'mine')
    symlinkSync(join(folder, 'nowhere'), link)
    const before = readdirSync(folder).toSorted()
    const told: number[] = []
    for (const path of [taken, link])
      expect(await fault(saveAs(path, TALK, passphrase, (done) => told.push(done)))).toBe(
        'usage: the file cannot be made (it exists, and nothing is overwritten)',
      )
    expect(readFileSync(taken, 'utf8')).toBe('mine')
    expect(readdirSync(folder).toSorted()).toEqual(before)
    // No work was done for it.
    expect(told).toEqual([])
  })

  test('a folder that there is not is told', async () => {
    expect(await fault(saveAs(join(folder, 'no/where'), TALK, passphrase, still))).toMatch(
      /^usage: the file.* cannot be made \(ENOENT\)$/,
    )
  })
})
