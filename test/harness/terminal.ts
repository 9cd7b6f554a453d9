/**
 * The compiled program at a real terminal, for tests: what is typed goes through the system's line discipline, what is shown are the
 * bytes that a screen would get.
 */
import { binary } from './binaries.ts'

/** What is awaited is awaited so long (ms): a hung program fails its test by name. */
const PATIENCE_MS = 20_000

export interface Setting {
  readonly columns?: number
  readonly cwd?: string
  /** Added to an environment of PATH and TERM. */
  readonly env?: Readonly<Record<string, string>>
}

export class Terminal {
  readonly #child: Bun.Subprocess
  readonly #waiting = new Set<() => void>()
  #bytes = Buffer.alloc(0)

  private constructor(command: string[], { columns = 80, cwd = '/', env = {} }: Setting) {
    this.#child = Bun.spawn(command, {
      cwd,
      env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', ...env },
      terminal: {
        cols: columns,
        rows: 24,
        data: (_terminal, bytes) => {
          this.#bytes = Buffer.concat([this.#bytes, bytes])
          for (const look of this.#waiting) look()
        },
      },
    })
  }

  /** Starts `tacet` with these words. */
  static async open(words: readonly string[], setting: Setting = {}): Promise<Terminal> {
    return new Terminal([await binary('tacet'), ...words], setting)
  }

  /** All that was shown, what was typed included. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** The same as text, line by line, without colours. */
  get text(): string {
    return this.#bytes
      .toString()
      .replaceAll('\r\n', '\n')
      .replaceAll(/\u001b\[\d*m/g, '')
  }

  /** Presses keys; \n is Enter, \u0003 Ctrl-C, \u0004 Ctrl-D. */
  type(keys: string): void {
    this.#child.terminal?.write(keys)
  }

  /** Resolves when that is shown; throws with all that is when it takes too long. */
  async until(shown: string | RegExp): Promise<void> {
    const suits = () => (typeof shown === 'string' ? this.text.includes(shown) : shown.test(this.text))
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => {
      if (suits()) resolve()
    }
    this.#waiting.add(look)
    look()
    const timer = setTimeout(resolve, PATIENCE_MS)
    await Promise.race([promise, this.#child.exited])
    clearTimeout(timer)
    this.#waiting.delete(look)
    if (!suits()) throw new Error(`never shown: ${shown}\n${this.text}`)
  }

  resize(columns: number): void {
    this.#child.terminal?.resize(columns, 24)
  }

  /** Closes the window. */
  hangUp(): void {
    this.#child.terminal?.close()
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals> {
    await this.#child.exited
    return this.#child.signalCode ?? this.#child.exitCode ?? -1
  }
}
