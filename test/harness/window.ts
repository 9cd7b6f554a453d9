/**
 * A terminal's window as people have one, for tests: a pty with a shell in it that runs the compiled program, and xterm's own parser for glass. What
 * the program asks the terminal is answered, as a real one would. A person looks at `text`, and types.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Terminal } from '@xterm/headless'
import { binary } from './binaries.ts'

/** What is awaited is awaited so long (ms): a hung program fails its test by name. */
const PATIENCE_MS = 20_000

export interface WindowSetting {
  readonly columns?: number
  readonly rows?: number
  readonly cwd?: string
  /** Added to an environment of PATH, TERM and a home that nobody has. */
  readonly env?: Readonly<Record<string, string>>
}

/** What the window had before the program came, and must have when it is gone. */
const TITLE_BEFORE = 'a shell'
const SCREEN_BEFORE = 'what stood here before'

export class Window {
  readonly #child: Bun.Subprocess
  readonly #xterm: Terminal
  readonly #waiting = new Set<() => void>()
  readonly #decoder = new TextDecoder()
  /** All that was written into it. */
  written = ''
  title = ''

  /** Any program, given as words. */
  constructor(command: readonly string[], { columns = 80, rows = 24, cwd = '/', env = {} }: WindowSetting = {}) {
    const windowOptions = { pushTitle: true, popTitle: true }
    this.#xterm = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 10_000, windowOptions })
    this.#xterm.onTitleChange((title) => void (this.title = title))
    this.#xterm.write(`\x1b]2;${TITLE_BEFORE}\x07${SCREEN_BEFORE}\r\n`)
    // What a program keeps for good goes with its window.
    const settings = mkdtempSync(`${tmpdir()}/tacet-window-`)
    this.#child = Bun.spawn([...command], {
      cwd,
      env: {
        PATH: '/usr/bin:/bin',
        TERM: 'xterm-256color',
        LC_ALL: 'C.UTF-8',
        HOME: '/nonexistent',
        XDG_CONFIG_HOME: settings,
        ...env,
      },
      terminal: { cols: columns, rows, data: (_terminal, bytes) => this.#shown(this.#decoder.decode(bytes, { stream: true })) },
    })
    void this.#child.exited.then(() => rmSync(settings, { recursive: true, force: true }))
    this.#xterm.onData((reply) => this.type(reply))
    // What xterm without a screen does not answer: its ground is black.
    this.#xterm.parser.registerOscHandler(11, (asked) => {
      if (asked === '?') this.type('\x1b]11;rgb:0000/0000/0000\x1b\\')
      return true
    })
  }

  /** Runs `tacet` with these words in a shell. */
  static async open(words: readonly string[], setting?: WindowSetting): Promise<Window> {
    return Window.shell([await binary('tacet'), ...words], '/dev/tty', setting)
  }

  /** Runs a program in a shell, which then says how it ended and how it left the terminal's line. What it complains of goes into a file. */
  static shell(command: readonly string[], complaints: string, setting?: WindowSetting): Window {
    const script = `"$@" 2>${complaints}; echo "exit code $?"; stty -a | grep -oE -e '-?(icanon|echo|isig|ixon)\\b' | xargs`
    return new Window(['sh', '-c', script, 'sh', ...command], setting)
  }

  #shown(text: string): void {
    this.written += text
    this.#xterm.write(text, () => {
      for (const look of this.#waiting) look()
    })
  }

  /** Presses keys, given as the terminal sends them. */
  type(keys: string): void {
    this.#child.terminal?.write(keys)
  }

  /** Types a line and presses Enter. */
  enter(line: string): void {
    this.type(`${line}\r`)
  }

  paste(text: string): void {
    this.type(`\x1b[200~${text}\x1b[201~`)
  }

  resize(columns: number, rows: number): void {
    this.#xterm.resize(columns, rows)
    this.#child.terminal?.resize(columns, rows)
  }

  /** The rows on the screen, trimmed at their ends. */
  get rows(): readonly string[] {
    const { active } = this.#xterm.buffer
    return Array.from(
      { length: this.#xterm.rows },
      (_, y) =>
        active
          .getLine(active.viewportY + y)
          ?.translateToString(true)
          .trimEnd() ?? '',
    )
  }

  get text(): string {
    return this.rows.join('\n')
  }

  /** All that the window's own screen can be scrolled back to, without its empty rows. */
  get scrollback(): readonly string[] {
    const { normal } = this.#xterm.buffer
    return Array.from({ length: normal.length }, (_, y) => normal.getLine(y)?.translateToString(true).trimEnd() ?? '').filter(
      (row) => row !== '',
    )
  }

  /** Resolves when that is on the screen; throws with all that is when it takes too long. */
  async until(shown: string | RegExp): Promise<void> {
    const suits = () => (typeof shown === 'string' ? this.text.includes(shown) : shown.test(this.text))
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => {
      if (suits()) resolve()
    }
    this.#waiting.add(look)
    look()
    const timer = setTimeout(resolve, PATIENCE_MS)
    await Promise.race([promise, this.#ended()])
    clearTimeout(timer)
    this.#waiting.delete(look)
    if (!suits()) throw new Error(`never shown: ${shown}\n${this.text}`)
  }

  /** A signal to the program, not to the shell that it runs in. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    process.kill(Number(child), signal)
  }

  /** Closes the window. */
  hangUp(): void {
    this.#child.terminal?.close()
  }

  /** How the window is when all has ended. */
  async left(): Promise<Left> {
    await this.#ended()
    const { modes, buffer } = this.#xterm
    return {
      alternate: buffer.active.type === 'alternate',
      paste: modes.bracketedPasteMode,
      mouse: modes.mouseTrackingMode,
      focus: modes.sendFocusMode,
      wraps: modes.wraparoundMode,
      keys: this.#pushed('\x1b[>7u', '\x1b[<u') || this.#pushed('\x1b[>4;2m', '\x1b[>4;0m'),
      keypad: modes.applicationKeypadMode || modes.applicationCursorKeysMode,
      cursor: this.written.lastIndexOf('\x1b[?25h') >= this.written.lastIndexOf('\x1b[?25l'),
      title: this.title,
      screen: this.scrollback,
    }
  }

  /** It was turned on more often than off: xterm keeps no account of these. */
  #pushed(on: string, off: string): boolean {
    return this.written.split(on).length > this.written.split(off).length
  }

  async #ended(): Promise<void> {
    await this.#child.exited
    await new Promise<void>((resolve) => this.#xterm.write('', resolve))
  }
}

export interface Left {
  readonly alternate: boolean
  readonly paste: boolean
  readonly mouse: string
  readonly focus: boolean
  readonly wraps: boolean
  readonly keys: boolean
  readonly keypad: boolean
  readonly cursor: boolean
  readonly title: string
  readonly screen: readonly string[]
}

/** A window in which the program left nothing behind but these lines. */
export function asBefore(code: number, ...said: readonly string[]): Left {
  return {
    alternate: false,
    paste: false,
    mouse: 'none',
    focus: false,
    wraps: true,
    keys: false,
    keypad: false,
    cursor: true,
    title: TITLE_BEFORE,
    screen: [SCREEN_BEFORE, ...said, `exit code ${code}`, 'ixon isig icanon echo'],
  }
}
