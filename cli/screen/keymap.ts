/**
 * Keys that a person chose, put into the tables of keys: ours (keys.ts) and the editor's. Called by config.ts to check them and by program.ts
 * to use them. Pure. A key that would do two things at once is an error, and so is one that could no longer be typed.
 */
import { type Keybinding, type KeyId, TUI_KEYBINDINGS } from '@earendil-works/pi-tui'
import { type Action, type Binding, keyName, KEYS, type Keys } from './keys.ts'

/** Keys in the editor of messages, and pi-tui's name for what they do. */
export interface EditorBinding {
  readonly keys: readonly KeyId[]
  /** For F1; null for what every program does alike. */
  readonly does: string | null
  readonly tui: Keybinding
}

const EDITOR = {
  send: { keys: ['enter'], does: 'send', tui: 'tui.input.submit' },
  'new line': { keys: ['shift+enter', 'alt+enter', 'ctrl+j'], does: 'a new line', tui: 'tui.input.newLine' },
  complete: { keys: ['tab'], does: 'complete a command, a name or a picture', tui: 'tui.input.tab' },
  up: { keys: ['up'], does: 'what you said before', tui: 'tui.editor.cursorUp' },
  down: { keys: ['down'], does: null, tui: 'tui.editor.cursorDown' },
  left: { keys: ['left', 'ctrl+b'], does: null, tui: 'tui.editor.cursorLeft' },
  right: { keys: ['right', 'ctrl+f'], does: null, tui: 'tui.editor.cursorRight' },
  'word left': { keys: ['alt+left', 'ctrl+left', 'alt+b'], does: 'one word back', tui: 'tui.editor.cursorWordLeft' },
  'word right': { keys: ['alt+right', 'ctrl+right', 'alt+f'], does: 'one word on', tui: 'tui.editor.cursorWordRight' },
  'line start': { keys: ['home', 'ctrl+a'], does: 'to the beginning of the line', tui: 'tui.editor.cursorLineStart' },
  'line end': { keys: ['end', 'ctrl+e'], does: 'to the end of the line', tui: 'tui.editor.cursorLineEnd' },
  'jump to': { keys: ['ctrl+]'], does: 'to the next character that is pressed', tui: 'tui.editor.jumpForward' },
  'jump back': { keys: ['ctrl+alt+]'], does: null, tui: 'tui.editor.jumpBackward' },
  'rub out': { keys: ['backspace'], does: null, tui: 'tui.editor.deleteCharBackward' },
  delete: { keys: ['delete', 'ctrl+d'], does: null, tui: 'tui.editor.deleteCharForward' },
  'cut word': { keys: ['ctrl+w', 'alt+backspace'], does: 'cut the word before', tui: 'tui.editor.deleteWordBackward' },
  'cut next word': { keys: ['alt+d', 'alt+delete'], does: 'cut the word behind', tui: 'tui.editor.deleteWordForward' },
  'cut to start': { keys: ['ctrl+u'], does: 'cut to the beginning of the line', tui: 'tui.editor.deleteToLineStart' },
  'cut to end': { keys: ['ctrl+k'], does: 'cut to the end of the line', tui: 'tui.editor.deleteToLineEnd' },
  'put back': { keys: ['ctrl+y'], does: 'put back what was cut', tui: 'tui.editor.yank' },
  'put back older': { keys: ['alt+y'], does: 'then: what was cut before that', tui: 'tui.editor.yankPop' },
  undo: { keys: ['ctrl+z', 'ctrl+_', 'ctrl+-', 'ctrl+shift+-'], does: 'undo', tui: 'tui.editor.undo' },
} as const satisfies Record<string, EditorBinding>

export type EditorAction = keyof typeof EDITOR
export type EditorKeys = Readonly<Record<EditorAction, EditorBinding>>

export const EDITOR_KEYS: EditorKeys = EDITOR

/** Everything that keys do. */
export interface Keymap {
  readonly ours: Keys
  readonly editor: EditorKeys
}

export const KEYMAP: Keymap = { ours: KEYS, editor: EDITOR }

/**
 * Where keys of ours work: `over` the editor, before it gets them; in `panes`, where there is no editor.
 */
const PLACES: Readonly<Record<Action, 'over' | 'panes'>> = {
  interrupt: 'over',
  end: 'over',
  help: 'over',
  members: 'over',
  verify: 'over',
  events: 'over',
  redraw: 'over',
  'page up': 'over',
  'page down': 'over',
  oldest: 'over',
  newest: 'over',
  'go on': 'panes',
  back: 'panes',
  next: 'panes',
  previous: 'panes',
  complete: 'panes',
}

/** What has a key and is worth knowing, by the place where it works. */
export function keysByPlace({
  ours,
  editor,
}: Keymap): Readonly<Record<Use['place'], readonly (readonly [keys: string, does: string])[]>> {
  const listed = (bindings: readonly Binding[]) =>
    bindings.flatMap(({ keys, does }) =>
      does === null || keys.length === 0 ? [] : [[distinct(keys).map(keyName).join(', '), does] as const],
    )
  const at = (place: 'over' | 'panes') =>
    listed(Object.entries(ours).flatMap(([action, binding]) => (isAction(action) && PLACES[action] === place ? [binding] : [])))
  return { editor: listed(Object.values(editor)), over: at('over'), panes: at('panes') }
}

/** Of keys that a terminal may not tell apart the first: people know it as that. */
function distinct(keys: readonly KeyId[]): readonly KeyId[] {
  return [...new Map(keys.toReversed().map((key) => [ALIKE.get(key) ?? key, key])).values()].toReversed()
}

/** What nobody can do without. */
const NEEDED: ReadonlySet<string> = new Set<Action | EditorAction>(['send', 'interrupt', 'go on', 'back', 'next', 'rub out'])

/** Keys chosen for what they do, by its name. */
export type Choice = Readonly<Record<string, readonly string[]>>

/** A choice of keys put into the tables, or everything that is wrong with it, each with the name it is about. */
export type Mapped =
  | { readonly keymap: Keymap }
  | { readonly faults: readonly { readonly action: string; readonly why: string }[] }

export function mapped(choice: Choice): Mapped {
  const faults: { action: string; why: string }[] = []
  const chosen = new Map<string, readonly KeyId[]>()
  for (const [action, texts] of Object.entries(choice)) {
    const why = (text: string) => faults.push({ action, why: text })
    if (!Object.hasOwn(KEYS, action) && !Object.hasOwn(EDITOR, action)) why(`there is no such action; there are ${ACTIONS}`)
    const keys = texts.map(keyIdOf)
    if (keys.includes(null)) why('must be keys such as "f5", "ctrl+g" or "alt+pageUp"')
    if (keys.some((key) => key !== null && isTyped(key))) why('must be no key that types something: add ctrl or alt')
    if (keys.length === 0 && NEEDED.has(action)) why('must have a key')
    chosen.set(
      action,
      keys.filter((key) => key !== null),
    )
  }
  const keymap = withKeys(chosen)
  const all = faults.length > 0 ? faults : clashes(keymap, chosen)
  return all.length > 0 ? { faults: all } : { keymap }
}

const ACTIONS = [...new Set([...Object.keys(KEYS), ...Object.keys(EDITOR)])].join(', ')

function withKeys(chosen: ReadonlyMap<string, readonly KeyId[]>): Keymap {
  const { ours, editor } = KEYMAP
  return { ours: changed(ours, chosen), editor: changed(editor, chosen) }
}

function changed<T extends Readonly<Record<string, { readonly keys: readonly KeyId[] }>>>(
  table: T,
  chosen: ReadonlyMap<string, readonly KeyId[]>,
): T {
  const rows = Object.entries(table).map(([action, row]) => [action, { ...row, keys: chosen.get(action) ?? row.keys }])
  return { ...table, ...Object.fromEntries(rows) }
}

/** A key in use: by what, and where. */
interface Use {
  readonly action: string
  readonly place: 'over' | 'panes' | 'editor'
}

/** Every key that would do two things at once. Of the two, the one that was chosen is at fault. */
function clashes(keymap: Keymap, chosen: ReadonlyMap<string, unknown>): { action: string; why: string }[] {
  const uses = new Map<string, Use[]>()
  for (const [action, { keys }] of Object.entries(keymap.editor))
    for (const key of keys) add(uses, key, { action, place: 'editor' })
  for (const [action, { keys }] of Object.entries(keymap.ours)) {
    for (const key of keys) add(uses, key, { action, place: isAction(action) ? PLACES[action] : 'over' })
  }
  const found = [...uses].flatMap(([key, list]) =>
    list.flatMap((one, at) =>
      list.slice(at + 1).flatMap((other) => {
        if (!clash(one, other)) return []
        const [action, than] = chosen.has(other.action) ? [other.action, one.action] : [one.action, other.action]
        return [{ action, why: `${key} is also the key for "${than}"` }]
      }),
    ),
  )
  // What is in both tables clashes twice.
  return [...new Map(found.map((fault) => [`${fault.action} ${fault.why}`, fault])).values()]
}

function add(uses: Map<string, Use[]>, key: KeyId, use: Use): void {
  const same = ALIKE.get(key) ?? key
  uses.set(same, [...(uses.get(same) ?? []), use])
}

function isAction(action: string): action is Action {
  return Object.hasOwn(PLACES, action)
}

/** Panes and the editor are never there together. Ctrl-D leaves only when there is nothing to delete. */
function clash(one: Use, other: Use): boolean {
  if (one.action === other.action) return false
  const places = new Set([one.place, other.place])
  if (places.has('panes') && places.has('editor')) return false
  const both = new Set([one.action, other.action])
  return !(both.has('end') && both.has('delete'))
}

/** Keys that older terminals cannot tell from others. */
const ALIKE: ReadonlyMap<string, string> = new Map([
  ['ctrl+i', 'tab'],
  ['ctrl+m', 'enter'],
  ['ctrl+[', 'escape'],
  ['ctrl+h', 'backspace'],
  ['ctrl+_', 'ctrl+-'],
  ['ctrl+shift+-', 'ctrl+-'],
  ['ctrl+/', 'ctrl+-'],
  ['ctrl+7', 'ctrl+-'],
  ['ctrl+2', 'ctrl+space'],
  ['ctrl+@', 'ctrl+space'],
  ['ctrl+4', 'ctrl+\\'],
  ['ctrl+5', 'ctrl+]'],
  ['ctrl+6', 'ctrl+^'],
])

const MODIFIERS = ['ctrl', 'shift', 'alt', 'super']
const NAMED =
  'escape enter tab space backspace delete insert clear home end pageUp pageDown up down left right f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12'
    .split(' ')
    .map((name) => [name.toLowerCase(), name] as const)
/** Keys by how people write them. Plus is none: it stands between the parts. */
const BASES: ReadonlyMap<string, string> = new Map([
  ...NAMED,
  ['esc', 'escape'],
  ['return', 'enter'],
  ...Array.from("abcdefghijklmnopqrstuvwxyz0123456789`-=[]\\;',./!@#$%^&*()_|~{}:<>?", (char) => [char, char] as const),
])

/** A key as pi-tui calls it, from how a person wrote it: `Ctrl+PgUp` is none, `ctrl+PAGEUP` is. Null for what is no key. */
export function keyIdOf(text: string): KeyId | null {
  const parts = text.toLowerCase().split('+')
  const base = BASES.get(parts.pop() ?? '') ?? ''
  // Each modifier once, and all in one order, so that one key has one name.
  if (parts.some((part, at) => parts.indexOf(part) !== at || !MODIFIERS.includes(part))) return null
  const id = [...MODIFIERS.filter((modifier) => parts.includes(modifier)), base].join('+')
  return isKeyId(id) ? id : null
}

function isKeyId(id: string): id is KeyId {
  const [base = '', ...modifiers] = id.split('+').toReversed()
  return BASES.get(base.toLowerCase()) === base && modifiers.every((modifier) => MODIFIERS.includes(modifier))
}

/** Pressed, it stands in the text. */
function isTyped(key: KeyId): boolean {
  const [base = '', ...modifiers] = key.split('+').toReversed()
  return (base.length === 1 || base === 'space') && modifiers.every((modifier) => modifier === 'shift')
}

/** Keys that no hand has: by them editor.ts does by itself what people do by theirs. */
export const BY_ITSELF = {
  complete: { key: 'ctrl+alt+super+tab', data: '\x1b[9;15u' },
  'rub out': { key: 'ctrl+alt+super+backspace', data: '\x1b[127;15u' },
} as const

/** All of pi-tui's keys: the editor's as they are here, and none for what we do ourselves. */
export function tuiKeys(editor: EditorKeys): Readonly<Record<string, KeyId[]>> {
  const off = Object.keys(TUI_KEYBINDINGS).filter((name) => name.startsWith('tui.altScreen.') || OFF.has(name))
  return Object.fromEntries([
    ...off.map((name): [string, KeyId[]] => [name, []]),
    ...Object.values(editor).map(({ tui, keys }): [string, KeyId[]] => [tui, [...keys]]),
    [editor.complete.tui, [...editor.complete.keys, BY_ITSELF.complete.key]],
    [editor['rub out'].tui, [...editor['rub out'].keys, BY_ITSELF['rub out'].key]],
  ])
}

/** Keys of pi-tui's editor for which we have our own. */
const OFF: ReadonlySet<string> = new Set<Keybinding>(['tui.editor.pageUp', 'tui.editor.pageDown', 'tui.input.copy'])
