/**
 * The compiled programs and the page for tests, built when missing or older than what they are made of. Two test runs at once may both build: each
 * puts a whole program in place in one step, so neither sees half of one.
 */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Product, productPath, PRODUCTS } from '../../build.ts'

const ROOT = join(import.meta.dir, '../..')
const built = new Map<Product, Promise<string>>()

/** Path of a product that is as new as its sources. Throws when it does not build. */
export function binary(product: Product): Promise<string> {
  const path = built.get(product) ?? freshen(product)
  built.set(product, path)
  return path
}

async function freshen(product: Product): Promise<string> {
  const path = productPath(product)
  if (!existsSync(path) || (await stat(path)).mtimeMs <= (await newestInput(product))) await compile(product)
  return path
}

/** In a process of its own, as `./run build` does it. */
async function compile(product: Product): Promise<void> {
  const child = Bun.spawn([process.execPath, 'build.ts', product], { cwd: ROOT, stdout: 'ignore', stderr: 'pipe' })
  const complaint = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`${product} does not build\n${complaint}`)
}

async function newestInput(product: Product): Promise<number> {
  const times = await Promise.all(PRODUCTS[product].inputs.map((input) => newest(join(ROOT, input))))
  return Math.max(...times)
}

/** Time of the last change of a file, or of a folder and everything in it (so a deleted file counts); 0 when there is none. */
async function newest(path: string): Promise<number> {
  if (!existsSync(path)) return 0
  const about = await stat(path)
  const inside = about.isDirectory() ? await readdir(path) : []
  return Math.max(about.mtimeMs, ...(await Promise.all(inside.map((name) => newest(join(path, name))))))
}
