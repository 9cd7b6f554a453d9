/** The documents against the code: every test that threats.md calls upon is there, and every section that a comment names. */
import { expect, test } from 'bun:test'
import { Glob } from 'bun'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..')

async function read(path: string): Promise<string> {
  return Bun.file(join(ROOT, path)).text()
}

async function filesOf(pattern: string): Promise<string[]> {
  const files = await Array.fromAsync(new Glob(pattern).scan({ cwd: ROOT }))
  return files.filter((file) => !file.startsWith('node_modules/')).toSorted()
}

test('every test that threats.md calls upon is in the file that it names', async () => {
  const named = [...(await read('docs/threats.md')).matchAll(/`(test\/[\w./]+)` › ([^|\n]+?) *(?:\||\n|$)/g)]
  expect(named.length).toBeGreaterThan(40)
  const missing: string[] = []
  for (const [, file = '', name = ''] of named) {
    const text = await read(file)
    if (!text.includes(name) && !text.includes(name.replaceAll("'", String.raw`\'`))) missing.push(`${file} › ${name}`)
  }
  expect(missing).toEqual([])
})

test('every section that a comment names is a heading of its document', async () => {
  const headings = new Map<string, Set<string>>()
  for (const document of await filesOf('docs/*.md')) {
    const found = [...(await read(document)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
    headings.set(document, new Set(found))
  }
  const missing: string[] = []
  let named = 0
  for (const file of await filesOf('{cli,lib,server,test,web}/**/*.{ts,tsx}')) {
    // A comment's lines as one, so that a name may be wrapped.
    const text = (await read(file)).replace(/\n \* /g, ' ')
    for (const [, document = '', names = ''] of text.matchAll(/\((docs\/\w+\.md), ([^()]+?)\)/g)) {
      for (const name of names.split(/[,;] (?!seats|claims)/)) {
        if (!/^[A-Z]/.test(name)) continue
        named += 1
        if (headings.get(document)?.has(name) !== true) missing.push(`${file}: ${document}, ${name}`)
      }
    }
  }
  expect(named).toBeGreaterThan(80)
  expect(missing).toEqual([])
})
