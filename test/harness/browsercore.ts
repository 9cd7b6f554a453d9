/** Modules of this folder as a browser would run them: bundled like the page, so that `#native` is native.web. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Core = typeof import('./core.ts')

/** The text of one of them, bundled. Throws Error when it does not build, or when it still imports a module of Node or Bun. */
export async function bundled(module: 'core.ts' | 'verdicts.ts'): Promise<string> {
  const build = await Bun.build({ entrypoints: [join(import.meta.dir, module)], target: 'browser', format: 'esm' })
  const [output] = build.outputs
  if (output === undefined) throw new Error(`${module} does not build`)
  const text = await output.text()
  if (/from ?["'](?:node|bun)[:"']/.test(text)) throw new Error(`${module} imports a module of Node or Bun`)
  return text
}

/** core.ts, bundled, and loaded here. */
export async function browserCore(): Promise<Core> {
  const folder = await mkdtemp(join(tmpdir(), 'tacet-core-'))
  try {
    const file = join(folder, 'core.js')
    await Bun.write(file, await bundled('core.ts'))
    const core: Core = await import(file)
    return core
  } finally {
    await rm(folder, { recursive: true })
  }
}
