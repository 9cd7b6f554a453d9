/**
 * Compiles the programs for this machine into dist/: `./run build`, or `./run build NAME …`.
 * Also called by test/harness/binaries.ts. `dist/tacet-relay` is the relay alone, without a line of client code; `dist/tacet` is everything.
 */
import { mkdir, rename, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = import.meta.dir
const DIST = join(ROOT, 'dist')

/** Every program: its entry, and the files and folders that can change it. */
export const PROGRAMS = {
  'tacet-relay': { entry: 'server/main.ts', inputs: ['server', 'lib/wire', 'package.json', 'bun.lock', 'build.ts'] },
  tacet: { entry: 'cli/main.ts', inputs: ['cli', 'server', 'lib', 'web', 'package.json', 'bun.lock', 'build.ts'] },
} as const

export type Program = keyof typeof PROGRAMS

/** Where a program is, built or not. */
export function programPath(program: Program): string {
  return join(DIST, program)
}

/**
 * Builds one program and puts it in place in one step, so that whoever runs the old one meanwhile goes on undisturbed and two builds at
 * once cannot mix. Its time is the build's start: an input changed meanwhile makes it stale. Throws what Bun.build throws.
 */
export async function build(program: Program): Promise<string> {
  const started = new Date()
  const path = programPath(program)
  const unfinished = `${path}.${process.pid}.new`
  await mkdir(DIST, { recursive: true })
  await Bun.build({
    entrypoints: [join(ROOT, PROGRAMS[program].entry)],
    // A binary must not do what a bunfig.toml (preload!) or .env in the current folder says.
    compile: { outfile: unfinished, autoloadDotenv: false, autoloadBunfig: false },
    minify: true,
    bytecode: true,
    format: 'esm',
  })
  await utimes(unfinished, started, started)
  await rename(unfinished, path)
  return path
}

const NAMES: ReadonlyMap<string, Program> = new Map([
  ['relay', 'tacet-relay'],
  ['tacet-relay', 'tacet-relay'],
  ['tacet', 'tacet'],
])

async function main(names: readonly string[]): Promise<number> {
  const programs = (names.length === 0 ? ['relay', 'tacet'] : names).map((name) => NAMES.get(name))
  if (programs.includes(undefined)) {
    process.stderr.write('usage: ./run build [relay] [tacet]\n')
    return 1
  }
  for (const program of programs.filter((program) => program !== undefined)) {
    const started = performance.now()
    const { size } = await stat(await build(program))
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(`dist/${program}  ${(size / 1024 ** 2).toFixed(0)} MiB  ${seconds} s\n`)
  }
  return 0
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
