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
import { paint, type Theme } from './views/theme.ts'

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

/** pi-tui would scroll by itself where we have a window of our own: its keys for that are taken off it. */
const NO_KEYS = ['pageUp', 'pageDown', 'top', 'bottom', 'previousPrompt', 'nextPrompt', 'search'] as const

/** Keys that pi-tui does not have by itself. */
export function bindEditorKeys(): void {
  const without = Object.fromEntries(NO_KEYS.map((name) => [`tui.altScreen.${name}`, []]))
  setKeybindings(
    new KeybindingsManager(TUI_KEYBINDINGS, {
      ...without,
      'tui.input.newLine': ['shift+enter', 'alt+enter', 'ctrl+j'],
      'tui.editor.undo': ['ctrl+-', 'ctrl+z'],
    }),
  )
}

export class MessageEditor extends Editor {
  constructor(tui: TUI, theme: Theme, completers: readonly Completer[]) {
    super(tui, {
      borderColor: (text) => text,
      selectList: {
        selectedPrefix: (text) => paint(theme, 'chosen', text),
        selectedText: (text) => paint(theme, 'chosen', text),
        description: (text) => paint(theme, 'faint', text),
        scrollInfo: (text) => paint(theme, 'faint', text),
        noMatch: (text) => paint(theme, 'faint', text),
      },
    })
    this.setAutocompleteProvider(providerOf(completers))
    this.focused = true
  }

  /** A command that is not typed whole is completed by Enter, and goes off by the next: none is done that nobody has read. */
  override handleInput(data: string): void {
    const text = this.getText()
    const begun = this.isShowingAutocomplete() && matchesKey(data, 'enter') && /^\/\S*$/.test(text)
    if (!begun) return super.handleInput(data)
    if (!isCommand(text)) return super.handleInput('\t')
    super.handleInput('\x1b')
    super.handleInput(data)
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
