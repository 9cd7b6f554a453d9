/**
 * Everything that must hold, in one command: lint, format, types, dead code, then all tests. Called by `./run test [files…]`; with files, only those tests.
 * The last line printed is `N passed, N failed, N skipped`: each step counts as one check, each test as one. The exit code is 0 only when nothing failed.
 */
import { readCounts, type Counts } from './run/counts.ts'

interface Step {
  name: string
  /** A script that Bun runs, and its arguments: by its file, because the programs in `.bin` ask for a `node` that need not be there. */
  script: string[]
}

const STEPS: Step[] = [
  { name: 'lint', script: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', script: ['node_modules/oxfmt/bin/oxfmt', '--check'] },
  { name: 'types', script: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'dead code', script: ['node_modules/knip/bin/knip.js', '--no-progress'] },
]

const root = `${import.meta.dir}/..`

/** Runs one step; prints one line, and all that the step printed if it failed. */
async function check({ name, script }: Step): Promise<Counts> {
  const started = performance.now()
  const step = Bun.spawn([process.execPath, ...script], { cwd: root, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [code, out, err] = await Promise.all([step.exited, new Response(step.stdout).text(), new Response(step.stderr).text()])
  const line = `${name.padEnd(9)} ${((performance.now() - started) / 1000).toFixed(1)} s`
  if (code === 0) {
    console.log(`ok      ${line}`)
    return { passed: 1, failed: 0, skipped: 0 }
  }
  console.log(`FAILED  ${line}\n${out}${err}`)
  return { passed: 0, failed: 1, skipped: 0 }
}

/** Copies a stream to our standard output as it comes, and returns all of it as text. */
async function tee(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of stream) {
    await Bun.write(Bun.stdout, piece)
    text += decoder.decode(piece, { stream: true })
  }
  return text + decoder.decode()
}

/** Runs tests: each file in a global object of its own, so that what one file leaves behind cannot help or hurt the next. */
async function runTests(files: readonly string[], read: (stream: ReadableStream<Uint8Array>) => Promise<string>): Promise<Run> {
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  const tests = Bun.spawn([process.execPath, 'test', '--isolate', '--timeout', `${TIMEOUT_MS}`, ...files], {
    cwd: root,
    env: { ...process.env, ...colour },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, summary, told] = await Promise.all([tests.exited, read(tests.stderr), read(tests.stdout)])
  return { counts: readCounts(summary, code), text: told + summary }
}

/** Of one test that names none: the cores are busy with three processes. */
const TIMEOUT_MS = 30_000

interface Run {
  readonly counts: Counts
  /** All that it printed. */
  readonly text: string
}

/**
 * All tests, in three processes at once: those of sessions compute most of the time, those of whole programs wait for sockets and screens.
 * What the first does is printed as it comes, the others at the end.
 */
async function runAll(): Promise<Counts[]> {
  const [first = [], ...others] = await shares()
  const later = others.map((files) => runTests(files, (stream) => new Response(stream).text()))
  const { counts } = await runTests(first, tee)
  const ended = await Promise.all(later)
  for (const { text } of ended) console.log(text)
  return [counts, ...ended.map((run) => run.counts)]
}

/** Folders whose tests have a process of their own. */
const APART = ['test/client/', 'test/e2e/']

async function shares(): Promise<readonly (readonly string[])[]> {
  const all = await Array.fromAsync(new Bun.Glob('test/**/*.test.ts').scan({ cwd: root }))
  const within = (folder: string) => all.filter((file) => file.startsWith(folder))
  const rest = all.filter((file) => APART.every((folder) => !file.startsWith(folder)))
  return [rest, ...APART.map(within)].map((files) => files.toSorted().map((file) => `./${file}`))
}

const files = process.argv.slice(2)
const counts =
  files.length > 0 ? [(await runTests(files, tee)).counts] : [...(await Promise.all(STEPS.map(check))), ...(await runAll())]

const total = (kind: keyof Counts) => counts.reduce((sum, count) => sum + count[kind], 0)
console.log(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exitCode = total('failed') === 0 ? 0 : 1
