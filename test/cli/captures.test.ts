/** docs/screens.md against the program. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { screensPage } from '../harness/captures.ts'

test('docs/screens.md is what the program draws: bun test/captures.ts draws it anew', async () => {
  expect(await Bun.file(join(import.meta.dir, '../../docs/screens.md')).text()).toBe(await screensPage())
}, 20_000)
