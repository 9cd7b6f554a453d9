/** The compiled program as a test runs it: a process of its own, JSON lines in and out, awaited by what it tells. */
import type { Subprocess } from 'bun'
import { binary } from './binaries.ts'

/** One JSON object that the program printed. */
export interface Told {
  readonly event: string
  readonly [key: string]: unknown
}

/** What is awaited is awaited so long (ms): a hung program fails its test by name. */
const PATIENCE_MS = 30_000

type Child = Subprocess<'pipe', 'pipe', 'pipe'>

export class Tacet {
  readonly told: Told[] = []
  readonly #child: Child
  readonly #waiting = new Set<() => void>()
  readonly #stderr: Promise<string>
  #over = false

  private constructor(child: Child) {
    this.#child = child
    this.#stderr = new Response(child.stderr).text()
    void this.#read()
  }

  /** Starts `tacet` with these words, `--json` among them, and nothing of this process's own settings. */
  static async start(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Tacet> {
    const command = [await binary('tacet'), ...words]
    return new Tacet(
      Bun.spawn(command, { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe', env: { PATH: '/usr/bin:/bin', ...env } }),
    )
  }

  /** Gives it a line of input. */
  send(command: Readonly<Record<string, unknown>>): void {
    void this.#child.stdin.write(`${JSON.stringify(command)}\n`)
    void this.#child.stdin.flush()
  }

  say(text: string): void {
    this.send({ do: 'say', text })
  }

  /** Resolves when what was told suits; throws with all of it when that takes too long. */
  async until(what: string, suits: (told: readonly Told[]) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => {
      if (suits(this.told) || this.#over) resolve()
    }
    this.#waiting.add(look)
    look()
    const timer = setTimeout(resolve, PATIENCE_MS)
    await promise
    clearTimeout(timer)
    this.#waiting.delete(look)
    if (!suits(this.told))
      throw new Error(
        `never: ${what}\n${this.told
          .slice(-20)
          .map((told) => JSON.stringify(told))
          .join('\n')}`,
      )
  }

  /** Events of one kind. */
  of(event: string): Told[] {
    return this.told.filter((told) => told.event === event)
  }

  /** Texts, as `name: text`, in order. */
  texts(): string[] {
    const texts = this.of('entry').filter(({ kind }) => kind === 'core.text')
    return texts.map(({ who, body }) => `${field(who, 'name')}: ${field(body, 'text')}`)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Closes its input. */
  end(): void {
    void this.#child.stdin.end()
  }

  /** Exit code and what it said on standard error. */
  async ended(): Promise<{ readonly code: number; readonly stderr: string }> {
    return { code: await this.#child.exited, stderr: await this.#stderr }
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.told.push(JSON.parse(line))
      for (const look of this.#waiting) look()
    }
    this.#over = true
    for (const look of this.#waiting) look()
  }
}

/** A run that ends by itself. */
export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `tacet` with these words in line mode or JSON, `input` on its standard input, and waits for its end. */
export async function runTacet(
  words: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  const child = Bun.spawn([await binary('tacet'), ...words], {
    stdin: new TextEncoder().encode(input),
    stdout: 'pipe',
    stderr: 'pipe',
    env: { PATH: '/usr/bin:/bin', ...env },
  })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, stdout, stderr }
}

/** A field of a value that came as JSON, as a text. */
export function field(value: unknown, key: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return typeof found === 'string' ? found : JSON.stringify(found)
}
