/** Tests of run/counts.ts against the real `bun test`: what fails, dies or is left out is never counted as passed. */
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { readCounts } from './counts.ts'

const folder = mkdtempSync(`${tmpdir()}/tacet-counts-`)
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs one test file with this source and counts. */
async function countsOf(source: string) {
  await Bun.write(`${folder}/one.test.ts`, `import { afterAll, test, expect } from 'bun:test'\n${source}`)
  const run = Bun.spawnSync([process.execPath, 'test', '--isolate', './one.test.ts'], { cwd: folder })
  return readCounts(run.stderr.toString(), run.exitCode)
}

test('passed, failed, skipped and planned tests are counted each as what they are', async () => {
  const source = `test('a', () => {}); test('b', () => {}); test('c', () => expect(1).toBe(2)); test.skip('d', () => {}); test.todo('e')`
  expect(await countsOf(source)).toEqual({ passed: 2, failed: 1, skipped: 2 })
})

test('an error between tests is a failure', async () => {
  expect(await countsOf(`test('a', () => {}); throw new Error('at load')`)).toMatchObject({ failed: 1 })
  expect(await countsOf(`afterAll(() => { throw new Error('after') }); test('a', () => {})`)).toMatchObject({
    passed: 1,
    failed: 1,
  })
})

test('a run that ends before its summary is a failure, whatever its exit code', async () => {
  expect(await countsOf(`test('a', () => process.exit(0))`)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  expect(await countsOf(`test('a', () => process.kill(process.pid, 'SIGKILL'))`)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('a summary that a test printed does not stand for the real one', async () => {
  const fake = `console.error('\\n\\n 7 pass\\n 0 fail\\nRan 7 tests across 1 file. [1.00ms]')`
  expect(await countsOf(`test('a', () => { ${fake} })`)).toEqual({ passed: 1, failed: 0, skipped: 0 })
})

test('an exit code that names an error makes a failure of a summary without one', () => {
  expect(readCounts('\n\n 1 pass\n 0 fail\nRan 1 test across 1 file. [1.00ms]\n', 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  })
})

test('colours do not hide the counts', () => {
  expect(readCounts('\n\n\u001b[32m 3 pass\u001b[0m\n 0 fail\nRan 3 tests across 1 file. [1.00ms]\n', 0)).toEqual({
    passed: 3,
    failed: 0,
    skipped: 0,
  })
})
