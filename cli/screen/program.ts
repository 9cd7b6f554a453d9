/**
 * The full screen's loop (docs/terminal.md): turns keys, events and results into messages, runs `update`, performs its effects, draws. The only
 * file of the full screen with effects; what it touches is handed in. Called by fullscreen.ts, and by tests with a terminal of their own.
 */
import { TuiAltScreen } from '@earendil-works/pi-tui'
import { type Client, talkOf } from '#lib/client/index.ts'
import { emptyStore } from '#lib/client/store.ts'
import { bytes } from '#lib/text/units.ts'
import { EMPTY, GROUND_ASKED, Root, watched } from './canvas.ts'
import { commandCompleter, nameCompleter, pathCompleter, settingCompleter } from './completing.ts'
import type { Config } from './config.ts'
import { cleanCopy } from './copying.ts'
import { bindKeys, MessageEditor } from './editor.ts'
import { Failure } from '../exit.ts'
import type { Effect, Message } from './message.ts'
import type { Model } from './model.ts'
import { BELL, copy, COPY_BYTES, FOCUS_OFF, FOCUS_ON, notice, type Outside, title, TITLE_BACK, TITLE_KEPT } from './notices.ts'
import type { Ports, Start } from './ports.ts'
import type { Outcome } from '../reasons.ts'
import { frameOf, type Frame } from './frame.ts'
import { update } from './update.ts'

/** Rows that the wheel moves at once. */
const WHEEL_ROWS = 3

/** All cells, all rows that were scrolled away (ED 2 and 3), and the cursor at the top. */
const ERASED = '\x1b[2J\x1b[3J\x1b[H'

export class Program {
  readonly #ports: Ports
  readonly #tui: TuiAltScreen
  readonly #editor: MessageEditor
  readonly #over = Promise.withResolvers<Outcome>()
  readonly #messages: Message[] = []
  readonly #outside: Outside
  readonly #suits: Start['suits']
  #model: Model
  #client: Client | null = null
  #idle = emptyStore()
  #stopHearing: () => void = () => undefined
  #sleep: () => void = () => undefined
  #frame: Frame = { rows: [], log: { columns: 80, rows: 24 }, membersShown: false, unread: { count: 0, named: false } }
  #title = ''
  #busy = false
  #shown = false

  constructor(ports: Ports, { form, settings, completers = [], outside, suits }: Omit<Start, 'atOnce'>) {
    bindKeys(settings.editorKeys)
    this.#ports = ports
    this.#outside = outside
    this.#suits = suits
    this.#model = { settings, screen: form, focused: null }
    this.#tui = new TuiAltScreen(
      watched(ports.terminal, {
        focus: (focused) => this.take({ is: 'focus', focused }),
        ground: (ground) => this.take({ is: 'ground', suits: suits(ground) }),
      }),
      false,
      undefined,
      {
        wheelScrollLines: WHEEL_ROWS,
        copySelection: async (text) => {
          this.#copy(cleanCopy(text, this.#frame.membersShown))
          return true
        },
      },
    )
    const names = nameCompleter(() => this.#view.members.values())
    this.#editor = new MessageEditor(this.#tui, () => this.#model.settings, [
      commandCompleter,
      settingCompleter,
      pathCompleter((path) => ports.complete(path)),
      names,
      ...completers,
    ])
    this.#editor.onSubmit = (text) => this.take({ is: 'entered', text })
    this.#tui.addInputListener((data) => {
      this.take({ is: 'key', data })
      return { consume: true }
    })
    this.#tui.setLayoutRoot(
      new Root(
        (columns) => this.#rows(columns),
        (rows) => this.take({ is: 'wheel', rows }),
      ),
    )
  }

  /** Shows the screen until the person leaves, and says how it ended. The terminal is as before then. */
  async run(atOnce: boolean): Promise<Outcome> {
    this.#shown = true
    this.#ports.terminal.write(TITLE_KEPT)
    this.#tui.start()
    // pi-tui does so only with the mouse.
    this.#ports.terminal.write(FOCUS_ON)
    this.#askGround()
    if (atOnce) this.take({ is: 'begin' })
    try {
      return await this.#over.promise
    } finally {
      this.#stopHearing()
      this.#sleep()
      await this.end()
    }
  }

  /** Takes in what the terminal still has to answer, which a shell would read as typed; then puts it back. */
  async end(): Promise<void> {
    await this.#ports.terminal.drainInput()
    this.restore()
  }

  /** Puts the terminal back as it was, with nothing of the talk left on it. Called on every way out; once is enough. */
  restore(): void {
    if (!this.#shown) return
    this.#shown = false
    this.#tui.setLayoutRoot(EMPTY)
    this.#tui.renderNow(true)
    // Without this, what was drawn last would be printed into the scrollback.
    this.#tui.stop({ preserveScreen: true })
    this.#ports.terminal.write(FOCUS_OFF + TITLE_BACK)
  }

  /** Nothing of the talk stays anywhere that we reach: the terminal is as before, with an empty screen and no memory of rows. */
  #erase(): void {
    this.#stopHearing()
    this.#client = null
    this.#editor.setText('')
    this.restore()
    this.#ports.terminal.write(ERASED)
  }

  /** Messages are taken one at a time and in order, also when performing an effect brings the next one. */
  take(message: Message): void {
    this.#messages.push(message)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#messages.shift(); next !== undefined; next = this.#messages.shift()) this.#turn(next)
    } finally {
      this.#busy = false
    }
    if (this.#shown) this.#tui.requestRender()
  }

  /** Draws now what would be drawn within a moment. */
  draw(): void {
    this.#tui.renderNow()
  }

  get #view() {
    return this.#client?.store.view ?? this.#idle.view
  }

  #turn(message: Message): void {
    const { log, membersShown } = this.#frame
    const world = { view: this.#view, now: this.#ports.now(), ...log, membersShown, typed: this.#editor.getText() !== '' }
    const [model, effects] = update(this.#model, message, world)
    this.#model = model
    for (const effect of effects) this.#perform(effect)
  }

  #rows(columns: number): readonly string[] {
    const { rows } = this.#ports.terminal
    const scene = { view: this.#view, now: this.#ports.now(), columns, rows, editor: this.#editor.rows(columns) }
    this.#frame = frameOf(this.#model, scene)
    this.#entitle()
    return this.#frame.rows
  }

  /** The window's title, where it is another than it was. */
  #entitle(): void {
    const { count, named } = this.#frame.unread
    const next = this.#model.settings.config.notices.title ? title(count, named) : title(0, false)
    if (!this.#shown || next === this.#title) return
    this.#title = next
    this.#ports.terminal.write(next)
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'begin':
        return this.#begin(effect.command)
      case 'act':
        return this.#client?.do(effect.command)
      case 'type':
        return this.#editor.handleInput(effect.data)
      case 'insert':
        return this.#editor.insertTextAtCursor(effect.text)
      case 'remember':
        return this.#editor.addToHistory(effect.text)
      case 'copy':
        return this.#copy(effect.text)
      case 'save':
        return this.take(saved(this.#ports, effect))
      case 'save talk':
        return void this.#saveTalk(effect).then((message) => this.take(message))
      case 'read':
        return void this.#read(effect).then((message) => this.take(message))
      case 'complete':
        return void this.#ports.complete(effect.path).then((found) => this.take({ is: 'completed', path: effect.path, found }))
      case 'bell':
        return this.#ports.terminal.write(BELL)
      case 'notice':
        return this.#ports.terminal.write(notice(effect.count, effect.named, this.#outside))
      case 'keep':
        return this.#keep(effect.change)
      case 'wake':
        this.#sleep = this.#ports.wake(effect.after, () => this.take({ is: 'woke' }))
        return undefined
      case 'erase':
        return this.#erase()
      case 'redraw':
        return this.#tui.requestRender(true)
      case 'quit':
        return this.#over.resolve(effect.outcome)
    }
  }

  /** Into the terminal's clipboard (OSC 52), where it has one and lets us; or by the program that a person chose. */
  #copy(text: string): void {
    const program = this.#model.settings.config.copy
    if (program !== null) return void this.#pipe(program, text).then((fault) => this.take({ is: 'copied', fault }))
    const sequence = copy(text, this.#outside)
    if (sequence !== null) this.#ports.terminal.write(sequence)
    this.take({ is: 'copied', fault: sequence === null ? `not copied: a terminal takes ${bytes(COPY_BYTES)} at most` : null })
  }

  /** What went wrong, or null. */
  async #pipe(program: readonly string[], text: string): Promise<string | null> {
    try {
      await this.#ports.pipe(program, text)
      return null
    } catch (error) {
      return faultOf(error)
    }
  }

  /** The terminal is asked for its ground, where that decides between dark and light. One that does not answer stays with what was guessed. */
  #askGround(): void {
    const guess = this.#suits(null)
    if (guess === 'dark' || guess === 'light') this.#ports.terminal.write(GROUND_ASKED)
  }

  #begin(command: (Effect & { readonly do: 'begin' })['command']): void {
    this.#stopHearing()
    const client = this.#ports.client()
    this.#client = client
    const stops = [
      client.on((event) => this.take({ is: 'heard', event })),
      client.watch((seen) => this.take({ is: 'seen', seen })),
    ]
    this.#stopHearing = () => stops.forEach((stop) => stop())
    client.do(command)
  }

  async #read({ path, why }: Effect & { readonly do: 'read' }): Promise<Message> {
    try {
      return { is: 'read', text: await this.#ports.read(path), why }
    } catch (error) {
      return { is: 'unreadable', reason: faultOf(error), why }
    }
  }

  async #saveTalk({ path, passphrase }: Effect & { readonly do: 'save talk' }): Promise<Message> {
    const progress = (done: number) => this.take({ is: 'stretched', done })
    const sealed = passphrase !== null
    try {
      await this.#ports.saveTalk(path, talkOf(this.#view, this.#ports.now()), passphrase, progress)
      return { is: 'talk saved', path, sealed, fault: null }
    } catch (error) {
      return { is: 'talk saved', path, sealed, fault: faultOf(error) }
    }
  }

  #keep(change: Partial<Config>): void {
    try {
      this.#ports.keep(change)
    } catch (error) {
      this.take({ is: 'not kept', reason: faultOf(error) })
    }
  }
}

function saved(ports: Ports, { path, invite }: Effect & { readonly do: 'save' }): Message {
  try {
    ports.save(path, invite)
    return { is: 'saved', path, fault: null }
  } catch (error) {
    return { is: 'saved', path, fault: faultOf(error) }
  }
}

/** Why a port could not do it. A defect is thrown on. */
function faultOf(error: unknown): string {
  if (error instanceof Failure) return error.message
  throw error
}
