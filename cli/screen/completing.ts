/**
 * What can be completed in the editor: commands, paths, and names of who is here. A completer is a function of the text before the cursor, pure but
 * for the one that is handed a look at the disk;
 * a further one (pictures by their names) is added to the list that program.ts hands in. Called by editor.ts.
 */
import type { AutocompleteItem, AutocompleteProvider } from '@earendil-works/pi-tui'
import type { MemberView } from '#lib/client/events.ts'
import { offers } from '../input.ts'
import { quoted } from '#lib/text/names.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { settables } from './settings.ts'

/** What the end of a text can become: `prefix` is replaced by the value of an item. */
export interface Completion {
  readonly prefix: string
  readonly items: readonly AutocompleteItem[]
}

/** `line` is the text before the cursor in its line, `first` whether that is the first line, `asked` whether Tab was pressed. */
export type Completer = (at: {
  readonly line: string
  readonly first: boolean
  readonly asked: boolean
}) => Completion | null | Promise<Completion | null>

/** Commands, at the beginning. */
export const commandCompleter: Completer = ({ line, first }) => {
  if (!first || !/^\/[a-z]*$/.test(line)) return null
  const items = offers().filter(({ word }) => word.startsWith(line))
  return {
    prefix: line,
    items: items.map(({ word, usage, does, takesText }) => ({
      value: takesText ? `${word} ` : word,
      label: usage,
      description: does,
    })),
  }
}

/** What is set, and what it can be. */
export const settingCompleter: Completer = ({ line, first }) => {
  const { command, name, value } = /^\/(?:(?<command>theme)|set (?<name>[\w.]*)) ?(?<value>(?<= )\w*)?$/.exec(line)?.groups ?? {}
  if (!first || (command === undefined && name === undefined)) return null
  const known = settables()
  if (value === undefined && command === undefined)
    return {
      prefix: name ?? '',
      items: known.filter(([one]) => one.startsWith(name ?? '')).map(([one]) => ({ value: `${one} `, label: one })),
    }
  const [, values = []] = known.find(([one]) => one === (command ?? name)) ?? []
  const begun = value ?? ''
  return {
    prefix: begun,
    items: values.filter((one) => one.startsWith(begun) && one !== begun).map((one) => ({ value: one, label: one })),
  }
}

/** Paths, behind a command that takes one, when Tab is pressed: nobody's disk is looked at for each letter. */
export function pathCompleter(complete: (path: string) => Promise<readonly string[]>): Completer {
  return async ({ line, first, asked }) => {
    const path = first && asked ? /^\/(?:save|join) (?<path>.*)$/.exec(line)?.groups?.['path'] : undefined
    if (path === undefined) return null
    // What cannot be shown as it is does not come into the editor, which shows all that is in it.
    const found = (await complete(path)).filter((one) => harmless(one) === one)
    return { prefix: path, items: found.map((one) => ({ value: one, label: one })) }
  }
}

/** True for a command's word. */
export function isCommand(word: string): boolean {
  return offers().some((offer) => offer.word === word)
}

/** Names: behind @, behind a command about somebody, or anywhere when asked for. */
export function nameCompleter(members: () => Iterable<MemberView>): Completer {
  return ({ line, first, asked }) => {
    const about = first ? /^\/(?:verify|unverify|accept|ignore|unignore) (?<begun>.*)$/.exec(line)?.groups?.['begun'] : undefined
    const word = about ?? /(?:^|\s)(?<begun>\S*)$/.exec(line)?.groups?.['begun'] ?? ''
    if (about === undefined && !word.startsWith('@') && !(asked && word !== '')) return null
    const begun = word.replace(/^@/, '').toLowerCase()
    const here = [...members()].filter(({ me, presence }) => !me && presence !== 'left' && presence !== 'gone')
    const names = [...new Map(here.map((who) => [who.name, who])).values()].filter(({ name }) =>
      name.toLowerCase().startsWith(begun),
    )
    // Nothing is left to complete.
    if (about !== undefined && names.some(({ name }) => name === about)) return null
    // Said to somebody, as on IRC.
    const behind = about !== undefined ? '' : word === line ? ': ' : ' '
    return {
      prefix: word,
      items: names.map(({ name, tag }) => ({ value: name + behind, label: quoted(name), description: tag })),
    }
  }
}

/** The completers as the editor wants them: the first that knows something is heard. */
export function providerOf(completers: readonly Completer[], triggerCharacters: string[] = []): AutocompleteProvider {
  return {
    triggerCharacters,
    getSuggestions: async (lines, row, column, { force = false }) => {
      const at = { line: (lines[row] ?? '').slice(0, column), first: row === 0, asked: force }
      for (const completer of completers) {
        // The first that knows something is heard, so that they are asked in turn.
        const found = await completer(at)
        if (found !== null && found.items.length > 0) return { prefix: found.prefix, items: [...found.items] }
      }
      return null
    },
    applyCompletion: (lines, row, column, item, prefix) => {
      const line = lines[row] ?? ''
      // Keys that come in one burst outrun the next offer: what was offered for less than is typed now is not put into it.
      if (!line.slice(0, column).endsWith(prefix)) return { lines, cursorLine: row, cursorCol: column }
      const start = line.slice(0, column - prefix.length) + item.value
      return {
        lines: lines.with(row, start + line.slice(column)),
        cursorLine: row,
        cursorCol: start.length,
      }
    },
  }
}
