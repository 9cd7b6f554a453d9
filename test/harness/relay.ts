/**
 * The relay as the programs that an operator can start, for black-box tests: from source, as `tacet-relay`, and as `tacet relay`.
 * Each is a process of its own on a free port; what a test sees of it is a socket, its output and its exit code.
 */
import { afterAll, beforeAll, describe, setDefaultTimeout } from 'bun:test'
import { join } from 'node:path'
import { binary } from './binaries.ts'

const ROOT = join(import.meta.dir, '../..')

interface Way {
  readonly name: string
  readonly compiled: boolean
  /** The words before the flags. */
  readonly command: () => Promise<readonly string[]>
}

/** Every way to start the relay. */
const LAUNCHERS: readonly Way[] = [
  { name: 'bun server/main.ts', compiled: false, command: async () => [process.execPath, join(ROOT, 'server/main.ts')] },
  { name: 'dist/tacet-relay', compiled: true, command: async () => [await binary('tacet-relay')] },
  { name: 'dist/tacet relay', compiled: true, command: async () => [await binary('tacet'), 'relay'] },
]

export interface Start {
  readonly flags?: readonly string[]
  /** Added to an environment without any of the relay's variables. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Words before the program: a tracer. */
  readonly under?: readonly string[]
}

/** A program that has come to its end. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A relay that listens. */
export interface TestRelay {
  readonly port: number
  readonly url: string
  /** What it printed up to the boot line, this included. */
  readonly boot: string
  /** Sends a signal (SIGTERM) and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Ended>
}

/** One way of starting the relay. */
export interface Launcher {
  readonly compiled: boolean
  /** Starts a relay on a free port, unless PORT is set. Throws Error with its output when it ends before it listens. */
  listen(start?: Start): Promise<TestRelay>
  /** Runs a relay that is expected to end by itself. */
  run(start?: Start): Promise<Ended>
}

/** Writes the same tests for every way of starting the relay. */
export function forEachLauncher(tests: (launcher: Launcher) => void): void {
  // Above the deadline of a frame, so that a failing test says which frame it awaited.
  setDefaultTimeout(30_000)
  describe.each([...LAUNCHERS])('$name', ({ command, compiled }) => {
    // Building takes seconds: before the first test, not in its time.
    beforeAll(async () => void (await command()), 120_000)
    tests({
      compiled,
      listen: async (start = {}) => listening(spawn(await command(), withPort(start))),
      run: async (start = {}) => outcome(spawn(await command(), start)),
    })
  })
}

/** The same, around one relay that all tests share. */
export function forEachRelay(flags: readonly string[], tests: (relay: () => TestRelay) => void): void {
  forEachLauncher((launcher) => {
    let relay: TestRelay | undefined
    beforeAll(async () => {
      relay = await launcher.listen({ flags })
    })
    afterAll(async () => void (await relay?.end()))
    tests(() => {
      if (relay === undefined) throw new Error('no relay')
      return relay
    })
  })
}

/** A relay of its own, as `dist/tacet relay`. */
export async function startRelay(start: Start = {}): Promise<TestRelay> {
  return listening(spawn([await binary('tacet'), 'relay'], withPort(start)))
}

function withPort(start: Start): Start {
  if (start.env?.['PORT'] !== undefined) return start
  return { ...start, flags: ['--port', '0', ...(start.flags ?? [])] }
}

type Child = Bun.Subprocess<'ignore', 'pipe', 'pipe'>

function spawn(command: readonly string[], { flags = [], env = {}, cwd, under = [] }: Start): Child {
  const variables = { PATH: process.env['PATH'] ?? '', ...env }
  return Bun.spawn([...under, ...command, ...flags], {
    cwd: cwd ?? ROOT,
    env: variables,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
}

async function outcome(child: Child): Promise<Ended> {
  const [stdout, stderr, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), child.exited])
  return { code, stdout, stderr }
}

function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new Response(stream).text()
}

async function listening(child: Child): Promise<TestRelay> {
  const reader = child.stdout.getReader()
  const decoder = new TextDecoder()
  const stderr = textOf(child.stderr)
  let stdout = ''
  const readOn = async (): Promise<boolean> => {
    const { value, done } = await reader.read()
    stdout += decoder.decode(value, { stream: !done })
    return !done
  }
  while (!/listening on \S+:\d+\n/.test(stdout)) {
    if (!(await readOn())) throw new Error(`ended with ${await child.exited} before it listened\n${stdout}${await stderr}`)
  }
  const port = Number(/listening on \S+:(\d+)\n/.exec(stdout)?.[1])
  return {
    port,
    url: `ws://127.0.0.1:${port}/ws`,
    boot: stdout,
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      while (await readOn());
      return { code: await child.exited, stdout, stderr: await stderr }
    },
  }
}
