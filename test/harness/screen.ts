/**
 * The full screen in a terminal without glass, for tests: the real program and the real pi-tui, what they write goes through xterm's own parser, and
 * what a person would see is read from its cells. Clients run in a world of memory (test/harness/world.ts), or wherever the test wants.
 */
import type { Terminal as Port } from '@earendil-works/pi-tui'
import { Terminal } from '@xterm/headless'
import { type Client, clientOver } from '#lib/client/client.ts'
import type { SavedTalk } from '#lib/client/saving.ts'
import type { Config } from '../../cli/screen/config.ts'
import { emojiCompleter } from '../../cli/screen/emoji.ts'
import { Failure } from '../../cli/exit.ts'
import { type Form, formOf, type Settings, SETTINGS } from '../../cli/screen/model.ts'
import { Program } from '../../cli/screen/program.ts'
import type { Outcome } from '../../cli/reasons.ts'
import type { Ground, ThemeName } from '../../cli/screen/themes.ts'
import type { World } from './world.ts'

/** Keys as a terminal sends them. */
export const KEY = {
  enter: '\r',
  altEnter: '\x1b\r',
  escape: '\x1b',
  tab: '\t',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  home: '\x1b[H',
  end: '\x1b[F',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  f1: '\x1bOP',
  f2: '\x1bOQ',
  f3: '\x1bOR',
  f4: '\x1bOS',
  ctrlC: '\x03',
  ctrlD: '\x04',
  focusIn: '\x1b[I',
  focusOut: '\x1b[O',
  wheelUp: '\x1b[<64;5;5M',
  wheelDown: '\x1b[<65;5;5M',
} as const

/** One place of the screen. */
export interface Cell {
  readonly text: string
  /** 0 behind a wide character. */
  readonly width: number
  readonly bold: boolean
  readonly reversed: boolean
  readonly italic: boolean
  readonly underlined: boolean
  /** Colours by their number; -1 is the terminal's own. */
  readonly ink: number
  readonly ground: number
}

/** A terminal of so many cells that remembers everything. */
export class Glass implements Port {
  readonly kittyProtocolActive = false
  /** What the terminal answered to what was written: a program that shows others' words must get none. */
  readonly replies: string[] = []
  /** Bells that rang, and notices of the desktop. */
  bells = 0
  readonly notices: string[] = []
  /** All that was written, as it was. */
  written = ''
  title = ''
  readonly #xterm: Terminal
  #input: (data: string) => void = () => undefined
  #resized: () => void = () => undefined

  constructor(columns: number, rows: number) {
    const windowOptions = { pushTitle: true, popTitle: true }
    this.#xterm = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 10_000, windowOptions })
    this.#xterm.onData((reply) => this.replies.push(reply))
    this.#xterm.onBell(() => this.bells++)
    this.#xterm.parser.registerOscHandler(9, (text) => this.notices.push(text) > 0)
    this.#xterm.onTitleChange((title) => void (this.title = title))
  }

  get columns(): number {
    return this.#xterm.cols
  }

  get rows(): number {
    return this.#xterm.rows
  }

  start(onInput: (data: string) => void, onResize: () => void): void {
    this.#input = onInput
    this.#resized = onResize
    this.write('\x1b[?2004h')
  }

  stop(): void {
    this.#input = () => undefined
    this.write('\x1b[?2004l')
  }

  async drainInput(): Promise<void> {
    // Nothing is on its way.
  }

  write(data: string): void {
    this.written += data
    this.#xterm.write(data)
  }

  moveBy(lines: number): void {
    this.write(lines > 0 ? `\x1b[${lines}B` : `\x1b[${-lines}A`)
  }

  hideCursor(): void {
    this.write('\x1b[?25l')
  }

  showCursor(): void {
    this.write('\x1b[?25h')
  }

  clearLine(): void {
    this.write('\x1b[K')
  }

  clearFromCursor(): void {
    this.write('\x1b[J')
  }

  clearScreen(): void {
    this.write('\x1b[2J\x1b[H')
  }

  setTitle(title: string): void {
    this.write(`\x1b]0;${title}\x07`)
  }

  setProgress(): void {
    // No test looks at it.
  }

  /** Presses a key, given as the terminal sends it. */
  press(key: string): void {
    this.#input(key)
  }

  resize(columns: number, rows: number): void {
    this.#xterm.resize(columns, rows)
    this.#resized()
  }

  /** Resolves when everything that was written is on the screen. */
  flush(): Promise<void> {
    return new Promise((resolve) => this.#xterm.write('', resolve))
  }

  /** The screen's rows as text, trimmed at their ends. */
  get text(): readonly string[] {
    const { active } = this.#xterm.buffer
    return Array.from({ length: this.rows }, (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '')
  }

  /** All that can be scrolled back to, and the screen. */
  get scrollback(): readonly string[] {
    const { normal } = this.#xterm.buffer
    return Array.from({ length: normal.length }, (_, y) => normal.getLine(y)?.translateToString(true) ?? '')
  }

  cell(column: number, row: number): Cell {
    const { active } = this.#xterm.buffer
    const cell = active.getLine(active.viewportY + row)?.getCell(column)
    if (cell === undefined) throw new Error(`no cell at ${column}, ${row}`)
    return {
      text: cell.getChars(),
      width: cell.getWidth(),
      bold: cell.isBold() !== 0,
      reversed: cell.isInverse() !== 0,
      italic: cell.isItalic() !== 0,
      underlined: cell.isUnderline() !== 0,
      ink: cell.isFgDefault() ? -1 : cell.getFgColor(),
      ground: cell.isBgDefault() ? -1 : cell.getBgColor(),
    }
  }

  /** What a program leaves behind when it does not tidy up. */
  get modes() {
    const { modes, buffer } = this.#xterm
    return {
      alternate: buffer.active.type === 'alternate',
      paste: modes.bracketedPasteMode,
      mouse: modes.mouseTrackingMode,
      focus: modes.sendFocusMode,
      wraps: modes.wraparoundMode,
    }
  }
}

export interface Opening {
  readonly columns?: number
  readonly rows?: number
  readonly form?: Form
  readonly settings?: Partial<Settings>
  readonly atOnce?: boolean
  readonly suits?: (ground: Ground | null) => ThemeName
  /** In place of a client of the world. */
  readonly client?: () => Client
}

/** A person in front of the full screen. */
export class Sitting {
  readonly glass: Glass
  readonly program: Program
  readonly outcome: Promise<Outcome>
  /** Files there are, by path. */
  readonly files = new Map<string, string>()
  /** What is kept for good, and what was given to programs: their words, and the text. */
  kept: Partial<Config> = {}
  readonly piped: (readonly string[])[] = []
  /** Talks that were saved, by path; each when this is over. */
  readonly talks = new Map<string, { readonly talk: SavedTalk; readonly passphrase: string | null }>()
  sealing: Promise<void> = Promise.resolve()
  /** Settings are kept by this. */
  keep = (change: Partial<Config>): void => void (this.kept = { ...this.kept, ...change })
  /** The client of the conversation, once there is one. */
  client: Client | null = null
  readonly #world: World

  constructor(world: World, name: string, opening: Opening = {}) {
    const { columns = 80, rows = 24, form, settings = {}, atOnce = false } = opening
    const { suits = () => '16', client = () => clientOver(world.edges(name)) } = opening
    this.#world = world
    this.glass = new Glass(columns, rows)
    const ports = {
      terminal: this.glass,
      client: () => (this.client = client()),
      now: () => world.clock.now(),
      wake: (after: number, then: () => void) => world.clock.wake(after, then),
      read: async (path: string) => this.#file(path),
      complete: async (path: string) => [...this.files.keys()].filter((one) => one.startsWith(path)),
      keep: (change: Partial<Config>) => this.keep(change),
      pipe: async (program: readonly string[], text: string) => void this.piped.push([...program, text]),
      saveTalk: async (path: string, talk: SavedTalk, passphrase: string | null, progress: (done: number) => void) => {
        if (this.files.has(path)) throw new Failure('usage', 'the file cannot be made (it exists)')
        if (passphrase !== null) progress(0.5)
        await this.sealing
        this.talks.set(path, { talk, passphrase })
      },
      save: (path: string, invite: { readonly url: string }) => void this.files.set(path, invite.url),
    }
    const start = {
      form: form ?? formOf('landing', { relay: 'ws://127.0.0.1:1337/ws' }),
      settings: { ...SETTINGS, ...settings },
      completers: [emojiCompleter],
    }
    this.program = new Program(ports, { ...start, outside: { between: null, notices: 'osc9' }, suits })
    this.outcome = this.program.run(atOnce)
    world.settle()
  }

  /** Presses keys one after the other, each given as the terminal sends it. */
  async press(...keys: readonly string[]): Promise<this> {
    for (const key of keys) {
      this.glass.press(key)
      // What can be completed is found in a later turn.
      await new Promise((resolve) => setImmediate(resolve))
      this.#world.settle()
    }
    return this
  }

  /** Types a text, character by character. */
  async type(text: string): Promise<this> {
    return this.press(...Array.from(text))
  }

  /** Types a line and presses Enter. */
  async enter(text: string): Promise<this> {
    return this.press(...Array.from(text), KEY.enter)
  }

  async paste(text: string): Promise<this> {
    return this.press(`\x1b[200~${text}\x1b[201~`)
  }

  /** What is on the screen now. */
  async look(): Promise<string> {
    this.program.draw()
    await this.glass.flush()
    return this.glass.text.join('\n')
  }

  #file(path: string): string {
    const text = this.files.get(path)
    if (text === undefined) throw new Failure('usage', 'the file with the invite cannot be read (ENOENT)')
    return text
  }
}
