/** The second reading is worth something only as long as it shares nothing with what it is held against. */
import { expect, test } from 'bun:test'
import { readImports } from '../layers/imports.ts'

const FOLDER = `${import.meta.dir}/reading`
const files = [...new Bun.Glob('*.ts').scanSync({ cwd: FOLDER })].toSorted()

test.each(files)('the second reading in %s imports its own files, noble and the platform, and nothing of lib/', async (file) => {
  const imports = readImports(file, await Bun.file(`${FOLDER}/${file}`).text())
  expect(imports.length).toBeGreaterThan(0)
  for (const { specifier } of imports) expect(specifier).toMatch(/^(?:\.\/[a-z]+\.ts|@noble\/[a-z0-9./-]+|node:crypto)$/)
})

test('the second reading is there', () => {
  expect(files).toEqual(['base.ts', 'claim.ts', 'entry.ts', 'letter.ts', 'ratchet.ts', 'saved.ts', 'step.ts'])
})
