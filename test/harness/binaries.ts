/**
 * The compiled programs for tests, built when missing or older than what they are made of. Two test runs at once may both build: each
 * puts a whole program in place in one step, so neither sees half of one.
 */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Program, programPath, PROGRAMS } from '../../build.ts'

const ROOT = join(import.meta.dir, '../..')
const built = new Map<Program, Promise<string>>()

/** Path of a program that is as new as its sources. Throws when it does not build. */
export function binary(program: Program): Promise<string> {
  const path = built.get(program) ?? freshen(program)
  built.set(program, path)
  return path
}

async function freshen(program: Program): Promise<string> {
  const path = programPath(program)
  if (!existsSync(path) || (await stat(path)).mtimeMs <= (await newestInput(program))) await compile(program)
  return path
}

/** In a process of its own, as `./run build` does it. */
async function compile(program: Program): Promise<void> {
  const child = Bun.spawn([process.execPath, 'build.ts', program], { cwd: ROOT, stdout: 'ignore', stderr: 'pipe' })
  const complaint = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`${program} does not build\n${complaint}`)
}

async function newestInput(program: Program): Promise<number> {
  const times = await Promise.all(PROGRAMS[program].inputs.map((input) => newest(join(ROOT, input))))
  return Math.max(...times)
}

/** Time of the last change of a file, or of a folder and everything in it (so a deleted file counts); 0 when there is none. */
async function newest(path: string): Promise<number> {
  if (!existsSync(path)) return 0
  const about = await stat(path)
  const inside = about.isDirectory() ? await readdir(path) : []
  return Math.max(about.mtimeMs, ...(await Promise.all(inside.map((name) => newest(join(path, name))))))
}
