/** core.ts as a browser would run it: bundled like the page, so that `#native` is native.web, and loaded here. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Core = typeof import('./core.ts')

/** The bundled text of core.ts. Throws Error when it does not build, or when it still holds a Node or Bun module. */
export async function bundledCore(): Promise<string> {
  const build = await Bun.build({ entrypoints: [join(import.meta.dir, 'core.ts')], target: 'browser', format: 'esm' })
  const [output] = build.outputs
  if (output === undefined) throw new Error('the core does not build')
  const text = await output.text()
  if (/from ?["'](?:node|bun)[:"']/.test(text)) throw new Error('the browser core imports a module of Node or Bun')
  return text
}

/** The bundle, imported. */
export async function browserCore(): Promise<Core> {
  const folder = await mkdtemp(join(tmpdir(), 'tacet-core-'))
  try {
    const file = join(folder, 'core.js')
    await Bun.write(file, await bundledCore())
    const core: Core = await import(file)
    return core
  } finally {
    await rm(folder, { recursive: true })
  }
}
