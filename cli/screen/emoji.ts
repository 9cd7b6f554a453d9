/**
 * Pictures by their short names: `:thumbs` becomes 👍 when it is completed, `:thumbsup:` when its second colon is typed. Pure; the names are
 * GitHub's. Called by program.ts, which hands the completer to the editor.
 */
import { gemoji, nameToEmoji } from 'gemoji'
import type { Completion } from './completing.ts'

/** Offered at once, at most. */
const MOST_OFFERED = 20

/** Names have two letters at least before anything is offered: `:D` is somebody laughing. */
const BEGUN = /(?:^|[\s(])(?<prefix>:(?<name>[a-z0-9_+-]{2,40}))$/
const WHOLE = /(?:^|[^\w:])(?<prefix>:(?<name>[a-z0-9_+-]{1,40}):)$/

/** What the end of a line can become: names that begin so, then those that hold it, then those of pictures with such a tag. */
export function emojiCompleter({ line }: { readonly line: string }): Completion | null {
  const { prefix, name } = BEGUN.exec(line)?.groups ?? {}
  if (prefix === undefined || name === undefined) return null
  const items = offered(name).map(({ emoji, named, about }) => ({
    value: `${emoji} `,
    label: `${emoji} :${named}:`,
    description: about,
  }))
  return items.length === 0 ? null : { prefix, items }
}

interface Offer {
  readonly emoji: string
  readonly named: string
  readonly about: string
}

function offered(begun: string): readonly Offer[] {
  const suits = [
    ({ names }: Names) => names.find((name) => name.startsWith(begun)),
    ({ names }: Names) => names.find((name) => name.includes(begun)),
    ({ names, tags }: Names) => (tags.some((tag) => tag.startsWith(begun)) ? names[0] : undefined),
  ]
  const found = new Map<string, Offer>()
  for (const suit of suits) {
    for (const { emoji, names, tags, description } of gemoji) {
      const named = found.has(emoji) ? undefined : suit({ names, tags })
      if (named !== undefined) found.set(emoji, { emoji, named, about: description })
      if (found.size === MOST_OFFERED) return [...found.values()]
    }
  }
  return [...found.values()]
}

interface Names {
  readonly names: readonly string[]
  readonly tags: readonly string[]
}

/** The picture whose whole name, colons included, stands at the end of a line, and what it takes the place of; null when there is none. */
export function emojiAtEnd(line: string): { readonly prefix: string; readonly emoji: string } | null {
  const { prefix, name } = WHOLE.exec(line)?.groups ?? {}
  if (prefix === undefined || name === undefined || !Object.hasOwn(nameToEmoji, name)) return null
  const emoji = nameToEmoji[name]
  return emoji === undefined ? null : { prefix, emoji }
}
