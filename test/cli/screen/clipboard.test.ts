/** Copying by a program (docs/terminal.md, Settings): the text on its input, none of it where others can look, and no waiting without end. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { pipedTo } from '../../../cli/screen/clipboard.ts'
import { Failure } from '../../../cli/exit.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(`${tmpdir()}/tacet-copy-`)))
afterEach(() => rmSync(folder, { recursive: true }))

async function reasonOf(promise: Promise<void>): Promise<string> {
  return promise.then(
    () => '',
    (error: unknown) => (error instanceof Failure ? error.message : String(error)),
  )
}

test('a program gets the text on its input, whatever it is, and its words as they are', async () => {
  const text = `'; rm -rf ~ #\n\u0000\x1b]2;owned\x07${'日'.repeat(100_000)}`
  await pipedTo(['sh', '-c', 'cat >"$1"; tr "\\0" "\\n" </proc/$$/cmdline >"$1.words"', 'sh', `${folder}/$HOME`], text)
  expect(readFileSync(`${folder}/$HOME`, 'utf8')).toBe(text)
  expect(readFileSync(`${folder}/$HOME.words`, 'utf8')).not.toContain('rm -rf')
})

test('it gets no secret of ours from the environment', async () => {
  process.env['TACET_ADMIN_TOKEN'] = 'secret'
  try {
    await pipedTo(['sh', '-c', 'env >"$1"', 'sh', `${folder}/env`], 'text')
  } finally {
    delete process.env['TACET_ADMIN_TOKEN']
  }
  const env = readFileSync(`${folder}/env`, 'utf8')
  expect(env).toContain('PATH=')
  expect(env).not.toContain('secret')
})

test('one that is not there, or does not work, is told by its name', async () => {
  expect(await reasonOf(pipedTo(['no-such-program-here'], 'text'))).toBe('not copied: there is no program no-such-program-here')
  expect(await reasonOf(pipedTo(['sh', '-c', 'exit 3'], 'text'))).toBe('not copied: sh ended with 3')
  // It does not read what it is given.
  expect(await reasonOf(pipedTo(['true'], 'x'.repeat(1_000_000)))).toBe('')
})

test('one that the system does not start is told as well', async () => {
  const program = `${folder}/no-interpreter`
  writeFileSync(program, '#!/no/such/interpreter\n')
  chmodSync(program, 0o755)
  expect(await reasonOf(pipedTo([program], 'text'))).toStartWith(`not copied: ${program} cannot be started (E`)
})

test('one that never ends is ended', async () => {
  expect(await reasonOf(pipedTo(['sleep', '600'], 'text', 50))).toBe('not copied: sleep took too long')
})
