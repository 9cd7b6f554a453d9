/** Keys that a person chose: what is a key, what may have one, and that none does two things at once. */
import { describe, expect, test } from 'bun:test'
import { KeybindingsManager, matchesKey, TUI_KEYBINDINGS } from '@earendil-works/pi-tui'
import {
  type Choice,
  EDITOR_KEYS,
  keyIdOf,
  KEYMAP,
  keysByPlace,
  type Keymap,
  mapped,
  tuiKeys,
} from '../../../cli/screen/keymap.ts'

function keymapOf(choice: Choice): Keymap {
  const made = mapped(choice)
  if ('faults' in made) throw new Error(JSON.stringify(made.faults))
  return made.keymap
}

function faultsOf(choice: Choice): readonly string[] {
  const made = mapped(choice)
  return 'faults' in made ? made.faults.map(({ action, why }) => `${action}: ${why}`) : []
}

describe('a key', () => {
  test.each([
    ['f1', 'f1'],
    ['Ctrl+K', 'ctrl+k'],
    ['alt+ctrl+PAGEUP', 'ctrl+alt+pageUp'],
    ['Shift+Return', 'shift+enter'],
    ['esc', 'escape'],
    ['ctrl+-', 'ctrl+-'],
    ['', null],
    ['+', null],
    ['ctrl', null],
    ['ctrl+', null],
    ['ctrl++', null],
    ['ctrl+ctrl+k', null],
    ['k+ctrl', null],
    ['hyper+k', null],
    ['f13', null],
    ['ctrl+é', null],
    ['__proto__', null],
    ['ctrl + k', null],
  ])('%p is %p', (text, id) => {
    expect<string>(keyIdOf(text) ?? 'no key').toBe(id ?? 'no key')
  })

  test('is what the terminal sends for it', () => {
    for (const [text, data] of [
      ['CTRL+G', '\x07'],
      ['Alt+D', '\x1bd'],
      ['F5', '\x1b[15~'],
      ['ctrl+home', '\x1b[1;5H'],
      ['Return', '\r'],
    ] as const) {
      const id = keyIdOf(text)
      expect(id !== null && matchesKey(data, id)).toBe(true)
    }
  })
})

test('as they are, no key does two things at once', () => {
  expect(mapped({})).toEqual({ keymap: KEYMAP })
})

test('what was chosen takes the place of what was there, and nothing else changes', () => {
  const { ours, editor } = keymapOf({ members: ['ctrl+g', 'f6'], undo: [] })
  expect(ours.members).toEqual({ ...KEYMAP.ours.members, keys: ['ctrl+g', 'f6'] })
  expect({ ...ours, members: KEYMAP.ours.members }).toEqual(KEYMAP.ours)
  expect(editor.undo.keys).toEqual([])
  expect({ ...editor, undo: KEYMAP.editor.undo }).toEqual(KEYMAP.editor)
})

test('undo is shown as people know it, whichever of its keys a terminal sends', () => {
  expect(new Map(keysByPlace(KEYMAP).editor.map(([keys, does]) => [does, keys])).get('undo')).toBe('Ctrl-Z, Ctrl-_')
  // As older terminals send Ctrl-_, and as newer ones do with and without Shift.
  for (const data of ['\x1f', '\x1b[95;5u', '\x1b[45;5u', '\x1b[45;6u', '\x1a'])
    expect(EDITOR_KEYS.undo.keys.some((key) => matchesKey(data, key))).toBe(true)
})

test('one name in both tables is one choice', () => {
  const { ours, editor } = keymapOf({ complete: ['ctrl+space'] })
  expect([ours.complete.keys, editor.complete.keys]).toEqual([['ctrl+space'], ['ctrl+space']])
})

test('keys can change places', () => {
  expect(faultsOf({ help: ['f2'], members: ['f1'] })).toEqual([])
})

test.each<readonly [string, Choice, readonly string[]]>([
  ['two of ours', { members: ['f1'] }, ['members: f1 is also the key for "help"']],
  ['one of ours and one of the editor', { help: ['ctrl+k'] }, ['help: ctrl+k is also the key for "cut to end"']],
  ['the editor and one of ours', { undo: ['ctrl+c'] }, ['undo: ctrl+c is also the key for "interrupt"']],
  ['two of the editor', { undo: ['ctrl+y'] }, ['undo: ctrl+y is also the key for "put back"']],
  ['two in the panes', { next: ['escape'] }, ['next: escape is also the key for "back"']],
  ['in an older terminal', { help: ['ctrl+i'] }, ['help: tab is also the key for "complete"']],
])('a key for two things is refused: %s', (_which, choice, faults) => {
  expect(faultsOf(choice)).toEqual([...faults])
})

test('panes and the editor may share a key, since they are never there together', () => {
  expect(faultsOf({ next: ['ctrl+y'] })).toEqual([])
})

test.each<readonly [string, Choice, RegExp]>([
  ['an action that is none', { fly: ['f5'] }, /^fly: there is no such action; there are help, members, .*, undo$/],
  ['a name of JavaScript', { constructor: ['f5'] }, /^constructor: there is no such action/],
  ['a key that is none', { help: ['f5', 'hyper+x'] }, /^help: must be keys such as/],
  ['a letter', { help: ['h'] }, /^help: must be no key that types something/],
  ['a capital', { help: ['shift+h'] }, /^help: must be no key that types something/],
  ['space', { next: ['space'] }, /^next: must be no key that types something/],
  ['no way to send', { send: [] }, /^send: must have a key/],
  ['no way out', { interrupt: [] }, /^interrupt: must have a key/],
])('refused: %s', (_what, choice, why) => {
  expect(faultsOf(choice)).toHaveLength(1)
  expect(faultsOf(choice)[0]).toMatch(why)
})

test('everything that is wrong is told at once', () => {
  expect(faultsOf({ fly: ['x'], send: [] })).toHaveLength(3)
})

describe('what pi-tui is told', () => {
  const manager = new KeybindingsManager(TUI_KEYBINDINGS, tuiKeys(keymapOf({ undo: ['ctrl+g'] }).editor))

  test('has the chosen keys and no former ones', () => {
    expect(manager.matches('\x07', 'tui.editor.undo')).toBe(true)
    expect(manager.matches('\x1a', 'tui.editor.undo')).toBe(false)
  })

  test('names each key of its editor once, so that none works unseen', () => {
    const named = new Set<string>(Object.values(EDITOR_KEYS).map(({ tui }) => tui))
    const missing = Object.entries(manager.getResolvedBindings()).filter(
      ([name, keys]) => /^tui\.(?:editor|input)\./.test(name) && !named.has(name) && keys?.length !== 0,
    )
    expect(missing).toEqual([])
    expect(named.size).toBe(Object.keys(EDITOR_KEYS).length)
  })

  test('leaves it no scrolling of its own', () => {
    expect(manager.getKeys('tui.altScreen.pageUp')).toEqual([])
    expect(manager.getKeys('tui.editor.pageUp')).toEqual([])
  })
})
