/** The linter denies the platform to lib/ (docs/contributing.md, Layers): each denied name is planted and must be reported, and only two files are spared. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'

const ROOT = `${import.meta.dir}/../..`

const DENIED = `
  WebSocket EventSource XMLHttpRequest fetch console Worker
  setTimeout setInterval setImmediate Date Temporal performance
  process document window self global globalThis navigator location Bun Buffer
  localStorage sessionStorage indexedDB crypto Math.random`
  .trim()
  .split(/\s+/)

/** One file that uses every denied name, each on a line of its own. */
const EVERYTHING = DENIED.map((name, i) => `export const use${i} = [${name}]`).join('\n')

const SPARED = [
  'lib/client/client.ts',
  'lib/crypto/native.bun.ts',
  'cli/main.ts',
  'server/relay.ts',
  'web/main.ts',
  'test/harness/clock.ts',
]
const HELD = [
  'lib/wire/codec.ts',
  'lib/crypto/native.web.ts',
  'lib/client/session.ts',
  'lib/client/deep/client.ts',
  'lib/stray.ts',
  'lib/text/view.tsx',
]

const folder = mkdtempSync(`${tmpdir()}/tacet-lint-`)
afterAll(() => rmSync(folder, { recursive: true }))

/** The denied names that the project's linter reported, by file. */
const reported = new Map<string, Set<string>>()

beforeAll(async () => {
  await Bun.write(`${folder}/.oxlintrc.json`, Bun.file(`${ROOT}/.oxlintrc.json`))
  for (const file of [...HELD, ...SPARED]) await Bun.write(`${folder}/${file}`, EVERYTHING)
  const lint = Bun.spawnSync([process.execPath, `${ROOT}/node_modules/oxlint/bin/oxlint`, '--format', 'unix'], { cwd: folder })
  for (const [, file = '', name = ''] of lint.stdout
    .toString()
    .matchAll(/^(\S+?):\d+:\d+: .*?'([\w.]+)'.*\(no-restricted-\w+\)\]$/gm)) {
    reported.set(file, (reported.get(file) ?? new Set()).add(name))
  }
})

test.each(HELD)('every denied name is reported in %s', (file) => {
  expect([...(reported.get(file) ?? [])].sort()).toEqual(DENIED.toSorted())
})

test.each(SPARED)('none is reported in %s', (file) => {
  expect(reported.get(file)).toBeUndefined()
})

test('no file under lib/ turns the rule off for itself', async () => {
  const sources = await Array.fromAsync(new Bun.Glob('lib/**/*.{ts,tsx}').scan(ROOT), (path) =>
    Bun.file(`${ROOT}/${path}`).text(),
  )
  expect(sources).not.toBeEmpty()
  expect(
    sources.filter((source) => /(oxlint|eslint)-disable.*no-restricted|(oxlint|eslint)-disable[\w-]*\s*(\*\/|$)/m.test(source)),
  ).toEqual([])
})
