/** Who may import whom (docs/contributing.md, Layers): the product keeps the rules, and planted violations prove that this test would see. */
import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { check } from './layers/check.ts'
import { readImports } from './layers/imports.ts'
import { EXCEPTIONS, LAYERS, type Rule } from './layers/rules.ts'

const ROOT = `${import.meta.dir}/..`
const NOT_PRODUCT = new Set(['test', 'docs', 'dist', 'node_modules'])
const SOURCE = new Bun.Glob('**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}')

/** Every source outside test/, also in folders that no rule knows yet. */
async function product(): Promise<Map<string, string>> {
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.') && !NOT_PRODUCT.has(name))
  const paths = folders.flatMap((entry) =>
    entry.isDirectory()
      ? [...SOURCE.scanSync({ cwd: `${ROOT}/${entry.name}` })].map((path) => `${entry.name}/${path}`)
      : [entry.name],
  )
  const sources = paths
    .filter((path) => SOURCE.match(path))
    .map(async (path) => [path, await Bun.file(`${ROOT}/${path}`).text()] as const)
  return new Map(await Promise.all(sources))
}

/** The violations in planted sources, as `file → target`. */
function broken(files: Record<string, string>): string[] {
  return check(new Map(Object.entries(files))).map(({ file, target }) => `${file} → ${target}`)
}

test('the product keeps every rule', async () => {
  const files = await product()
  expect([...files.keys()]).toContain('lib/wire/codec.ts')
  expect(check(files).map(({ file, line, target, rule }) => `${file}:${line} imports ${target}: ${rule}`)).toEqual([])
})

/** Forbidden imports: the file, what it says, and what that is in the table's names. */
const PLANTED: [file: string, specifier: string, target: string][] = [
  ['lib/wire/frames.ts', '#lib/crypto/labels.ts', 'lib/crypto/labels.ts'],
  ['lib/wire/frames.ts', '../../package.json', 'package.json'],
  ['lib/wire/version.ts', '../../bun.lock', 'bun.lock'],
  ['lib/wire/names.ts', '@noble/hashes/sha2.js', 'npm:@noble/hashes'],
  ['lib/wire/marks.ts', 'unicode-confusables', 'npm:unicode-confusables'],
  ['lib/wire/bytes.ts', 'node:buffer', 'node:buffer'],
  ['lib/wire/codec.ts', 'bun', 'bun'],
  ['lib/crypto/chain.ts', '#lib/room/entry.ts', 'lib/room/entry.ts'],
  ['lib/crypto/chain.ts', '@noble/hashes/sha2.js', 'npm:@noble/hashes'],
  ['lib/crypto/chain.ts', 'node:crypto', 'node:crypto'],
  ['lib/crypto/chain.ts', '#native', '#native'],
  ['lib/crypto/chain.ts', './native.web.ts', 'lib/crypto/native.web.ts'],
  ['lib/crypto/primitives.ts', './native.bun.ts', 'lib/crypto/native.bun.ts'],
  ['lib/crypto/primitives.ts', 'canonicalize', 'npm:canonicalize'],
  ['lib/crypto/primitives.ts', 'node:crypto', 'node:crypto'],
  ['lib/crypto/canonical.ts', '@noble/hashes/sha2.js', 'npm:@noble/hashes'],
  ['lib/crypto/native.web.ts', 'node:crypto', 'node:crypto'],
  ['lib/crypto/native.bun.ts', 'node:fs', 'node:fs'],
  ['lib/crypto/native.bun.ts', '@noble/hashes/sha2.js', 'npm:@noble/hashes'],
  ['lib/room/roster.ts', '#lib/client/session.ts', 'lib/client/session.ts'],
  ['lib/room/roster.ts', '@noble/hashes/sha2.js', 'npm:@noble/hashes'],
  ['lib/room/roster.ts', 'canonicalize', 'npm:canonicalize'],
  ['lib/room/roster.ts', '#lib/crypto/native.web.ts', 'lib/crypto/native.web.ts'],
  ['lib/room/roster.ts', '#lib/text/units.ts', 'lib/text/units.ts'],
  ['lib/client/session.ts', '#lib/text/units.ts', 'lib/text/units.ts'],
  ['lib/client/client.ts', '../../server/rooms.ts', 'server/rooms.ts'],
  ['lib/client/client.ts', 'node:fs/promises', 'node:fs/promises'],
  ['lib/text/summary.ts', '#lib/client/session.ts', 'lib/client/session.ts'],
  ['lib/text/summary.ts', '../crypto/fingerprint.ts', 'lib/crypto/fingerprint.ts'],
  ['server/rooms.ts', '#lib/crypto/envelope.ts', 'lib/crypto/envelope.ts'],
  ['server/rooms.ts', '../lib/room/entry.ts', 'lib/room/entry.ts'],
  ['server/rooms.ts', '#lib/client/index.ts', 'lib/client/index.ts'],
  ['server/rooms.ts', '#lib/wire/../crypto/chain.ts', 'lib/crypto/chain.ts'],
  ['server/rooms.ts', '@noble/ciphers/chacha.js', 'npm:@noble/ciphers'],
  ['server/rooms.ts', 'node:module', 'node:module'],
  ['server/rooms.ts', 'bun:sqlite', 'bun:sqlite'],
  ['server/main.ts', '../cli/main.ts', 'cli/main.ts'],
  ['cli/program.ts', '#lib/client/session.ts', 'lib/client/session.ts'],
  ['cli/program.ts', '#lib/room/roster.ts', 'lib/room/roster.ts'],
  ['cli/program.ts', '#lib/wire/frames.ts', 'lib/wire/frames.ts'],
  ['cli/program.ts', '../server/main.ts', 'server/main.ts'],
  ['cli/main.ts', '../server/rooms.ts', 'server/rooms.ts'],
  ['cli/main.ts', '../web/files.ts', 'web/files.ts'],
  ['cli/views/chat.ts', '#lib/client/session.ts', 'lib/client/session.ts'],
  ['cli/views/chat.ts', '#lib/client/index.ts', 'lib/client/index.ts'],
  ['cli/views/chat.ts', '../config.ts', 'cli/config.ts'],
  ['cli/views/chat.ts', 'node:fs', 'node:fs'],
  ['web/main.ts', '../cli/program.ts', 'cli/program.ts'],
  ['web/main.ts', '#lib/client/session.ts', 'lib/client/session.ts'],
  ['web/main.ts', 'node:fs', 'node:fs'],
  ['web/main.ts', 'bun', 'bun'],
  ['web/main.ts', 'https://example.org/x.js', 'https://example.org/x.js'],
  ['web/views/chat.ts', '#lib/client/session.ts', 'lib/client/session.ts'],
  ['web/views/chat.ts', '../files.ts', 'web/files.ts'],
  ['build.ts', './server/main.ts', 'server/main.ts'],
  ['lib/client/session.ts', '../../test/harness/tools.ts', 'test/harness/tools.ts'],
  ['server/relay.ts', '../test/harness/tools.ts', 'test/harness/tools.ts'],
  ['build.ts', './test/harness/tools.ts', 'test/harness/tools.ts'],
  ['lib/wire/frames.ts', '../../../elsewhere.ts', '../elsewhere.ts'],
  ['lib/stray.ts', './wire/frames.ts', 'lib/wire/frames.ts'],
  ['shared/stray.ts', '../lib/wire/frames.ts', 'lib/wire/frames.ts'],
]

describe('a planted import is reported:', () => {
  test.each(PLANTED)('%s importing %s', (file, specifier, target) => {
    expect(broken({ [file]: `import { x } from '${specifier}'` })).toEqual([`${file} → ${target}`])
    expect(broken({ [file]: `import type { X } from '${specifier}'` })).toEqual([`${file} → ${target}`])
  })

  test.each(LAYERS)('there is one for the row $files', (layer) => {
    const layerOf = (file: string) => LAYERS.find(({ files }) => new Bun.Glob(files).match(file))
    expect(PLANTED.filter(([file]) => layerOf(file) === layer)).not.toBeEmpty()
  })
})

describe('an import is seen in the form', () => {
  test.each([
    `import '#lib/crypto/chain.ts'`,
    `import chain from '#lib/crypto/chain.ts'`,
    `import * as chain from '#lib/crypto/chain.ts'`,
    `import type { Chain } from '#lib/crypto/chain.ts'`,
    `import { type Chain } from '#lib/crypto/chain.ts'`,
    `import chain from '#lib/crypto/chain.ts' with { type: 'text' }`,
    `import chain = require('#lib/crypto/chain.ts')`,
    `export * from '#lib/crypto/chain.ts'`,
    `export * as chain from '#lib/crypto/chain.ts'`,
    `export { step } from '#lib/crypto/chain.ts'`,
    `export type { Chain } from '#lib/crypto/chain.ts'`,
    `const chain = await import('#lib/crypto/chain.ts')`,
    `const chain = require('#lib/crypto/chain.ts')`,
    `const chain = import.meta.require('#lib/crypto/chain.ts')`,
    `let chain: import('#lib/crypto/chain.ts').Chain`,
    `let chain: typeof import('#lib/crypto/chain.ts')`,
  ])('%s', (source) => {
    expect(broken({ 'server/rooms.ts': source })).toEqual(['server/rooms.ts → lib/crypto/chain.ts'])
  })

  test('of a computed name, which is refused because nobody can check it', () => {
    expect(broken({ 'server/rooms.ts': 'await import(`#lib/${name}.ts`)\nrequire(name)' })).toEqual([
      'server/rooms.ts → ?',
      'server/rooms.ts → ?',
    ])
  })

  test('of text in a comment or a string, which is none', () => {
    expect(readImports('x.ts', `// import '#lib/crypto/chain.ts'\nconst text = "import '#lib/crypto/chain.ts'"`)).toEqual([])
  })
})

test('an import is reported with its line', () => {
  const source = `import { a } from './a.ts'\n\nimport type { X } from '#lib/crypto/chain.ts'\n`
  expect(check(new Map([['server/rooms.ts', source]]))).toMatchObject([{ file: 'server/rooms.ts', line: 3 }])
})

test('a file that cannot be read is an error, not a file without imports', () => {
  expect(() => broken({ 'server/rooms.ts': 'import {' })).toThrow(SyntaxError)
})

describe('a circle is reported', () => {
  test('of three files, once', () => {
    const files = {
      'lib/wire/a.ts': `import './b.ts'`,
      'lib/wire/b.ts': `import '#lib/wire/c.ts'`,
      'lib/wire/c.ts': `import './a.ts'`,
      'lib/wire/d.ts': `import './a.ts'`,
    }
    expect(broken(files)).toEqual(['lib/wire/c.ts → lib/wire/a.ts → lib/wire/b.ts → lib/wire/c.ts → lib/wire/a.ts'])
  })

  test('of types alone', () => {
    const files = { 'server/a.ts': `import type { B } from './b.ts'`, 'server/b.ts': `export type { A } from './a.ts'` }
    expect(broken(files)).toEqual(['server/b.ts → server/a.ts → server/b.ts → server/a.ts'])
  })

  test('of a file with itself', () => {
    expect(broken({ 'server/a.ts': `import './a.ts'` })).toEqual(['server/a.ts → server/a.ts → server/a.ts'])
  })

  test('through #native', () => {
    const files = { 'lib/crypto/primitives.ts': `import '#native'`, 'lib/crypto/native.web.ts': `import './primitives.ts'` }
    expect(broken(files)).toHaveLength(1)
  })

  test('but two ways to one file are none', () => {
    expect(
      broken({ 'server/a.ts': `import './b.ts'; import './c.ts'`, 'server/b.ts': `import './c.ts'`, 'server/c.ts': '' }),
    ).toEqual([])
  })
})

test('what the table allows is not reported', () => {
  const files = {
    'lib/wire/names.ts': `import 'unhomoglyph/data.json'`,
    'lib/wire/version.ts': `import manifest from '../../package.json' with { type: 'json' }`,
    'lib/crypto/primitives.ts': `import '@noble/hashes/sha2.js'; import '#native'; import './labels.ts'; import '#lib/wire/bytes.ts'`,
    'lib/crypto/native.bun.ts': `import 'node:crypto'`,
    'lib/crypto/canonical.ts': `import 'canonicalize'`,
    'lib/room/entry.ts': `import '#lib/crypto/canonical.ts'; import '#lib/wire/limits.ts'`,
    'lib/client/session.ts': `import '#lib/room/entry.ts'; import './effects.ts'`,
    'lib/text/units.ts': `import '#lib/wire/limits.ts'`,
    'server/main.ts': `import 'bun'; import 'node:fs/promises'; import '#lib/wire/codec.ts'; import './relay.ts'`,
    'cli/main.ts': `import '../server/main.ts'; import '#lib/client/index.ts'; import './views/chat.ts'; import 'node:fs'`,
    'cli/views/chat.ts': `import type { View } from '#lib/client/store.ts'; import '#lib/text/units.ts'; import './line.ts'`,
    'web/main.ts': `import '#lib/client/index.ts'; import './style.css'; import './views/chat.ts'`,
    'build.ts': `import 'node:path'; import 'bun'`,
  }
  expect(broken(files)).toEqual([])
})

test('docs/contributing.md shows the same table', async () => {
  const row = ({ files, may }: Rule) => `| \`${files}\` | ${may.map((pattern) => `\`${pattern}\``).join(' ')} |`
  const [, section = ''] = (await Bun.file(`${ROOT}/docs/contributing.md`).text()).split(/^## Layers$|^## Code$/m)
  expect(section.split('\n').filter((line) => line.startsWith('| `'))).toEqual([...LAYERS, ...EXCEPTIONS].map(row))
})
