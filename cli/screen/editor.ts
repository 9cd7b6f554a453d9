/**
 * The editor of messages: pi-tui's, with its history, undo and kill ring, without its frame. What it draws is handed out in parts, for screen.ts
 * to put together. Called by program.ts.
 */
import {
  Editor,
  KeybindingsManager,
  matchesKey,
  setKeybindings,
  type TUI,
  TUI_KEYBINDINGS,
  visibleWidth,
} from '@earendil-works/pi-tui'
import { type Completer, isCommand, providerOf } from './completing.ts'
import { emojiAtEnd } from './emoji.ts'
import { BY_ITSELF, type EditorKeys, tuiKeys } from './keymap.ts'
import { paint, type Role } from '../views/theme.ts'
import type { Settings } from './model.ts'

/** Rows of the editor, each `columns` wide at most. */
export interface EditorRows {
  readonly text: readonly string[]
  /** What can be completed; empty when nothing is offered. */
  readonly offered: readonly string[]
}

/** Where pi-tui draws a frame, this stands instead, and is taken out. */
const FRAME = '\x00'

/** Before the first row, and before the others. */
const PROMPT = ['› ', '  '] as const

/** The editor's keys, for all editors there are: pi-tui keeps them in one place. */
export function bindKeys(editor: EditorKeys): void {
  setKeybindings(new KeybindingsManager(TUI_KEYBINDINGS, tuiKeys(editor)))
}

export class MessageEditor extends Editor {
  readonly #settings: () => Pick<Settings, 'theme' | 'editorKeys'>

  constructor(tui: TUI, settings: () => Pick<Settings, 'theme' | 'editorKeys'>, completers: readonly Completer[]) {
    const painted = (role: Role) => (text: string) => paint(settings().theme, role, text)
    super(tui, {
      borderColor: (text) => text,
      selectList: {
        selectedPrefix: painted('chosen'),
        selectedText: painted('chosen'),
        description: painted('faint'),
        scrollInfo: painted('faint'),
        noMatch: painted('faint'),
      },
    })
    this.#settings = settings
    this.setAutocompleteProvider(providerOf(completers, [':']))
    this.focused = true
  }

  /** A command that is not typed whole is completed by Enter, and goes off by the next: none is done that nobody has read. */
  override handleInput(data: string): void {
    const text = this.getText()
    const begun = this.isShowingAutocomplete() && this.#sends(data) && /^\/\S*$/.test(text)
    if (!begun) {
      super.handleInput(data)
      return data === ':' ? this.#draw() : undefined
    }
    if (!isCommand(text)) return super.handleInput(BY_ITSELF.complete.data)
    super.handleInput('\x1b')
    super.handleInput(data)
  }

  /** The name of a picture that was just typed whole becomes it. */
  #draw(): void {
    const { line, col } = this.getCursor()
    const found = emojiAtEnd((this.getLines()[line] ?? '').slice(0, col))
    if (found === null) return
    // A name has letters of one unit each.
    for (let left = found.prefix.length; left > 0; left--) super.handleInput(BY_ITSELF['rub out'].data)
    this.insertTextAtCursor(found.emoji)
  }

  #sends(data: string): boolean {
    return this.#settings().editorKeys.send.keys.some((key) => matchesKey(data, key))
  }

  protected override renderTopBorder(): string {
    return FRAME
  }

  protected override renderBottomBorder(): string {
    return FRAME
  }

  /** What it draws, with a prompt before it. */
  rows(columns: number): EditorRows {
    const all = this.render(Math.max(4, columns - visibleWidth(PROMPT[0])))
    const frame = all.lastIndexOf(FRAME)
    const text = all.slice(1, frame).map((row, i) => `${PROMPT[i === 0 ? 0 : 1]}${row}`)
    return { text, offered: all.slice(frame + 1) }
  }
}
