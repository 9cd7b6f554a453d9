/**
 * A typed line as what it asks for (docs/scripting.md, Line mode). Pure; one table of commands for both faces of a person, called by
 * plain.ts and by the full screen. What begins with a slash is never said: a mistyped command must not become a message.
 */
import type { Command } from '#lib/client/commands.ts'
import { nameReason } from '#lib/text/reasons.ts'

/** What a line asks for: a command for the session, or something that the terminal answers. */
export type Asked =
  | { readonly is: 'command'; readonly command: Command }
  | { readonly is: 'help' }
  | { readonly is: 'who' }
  | { readonly is: 'invite' }
  /** The topic is asked for. */
  | { readonly is: 'topic' }
  /** `whom` is a name or a tag. */
  | { readonly is: 'verify'; readonly whom: string; readonly verified: boolean }
  /** `whom` as above: counts a device of that member that proved nothing. */
  | { readonly is: 'accept'; readonly whom: string }
  /** Makes a lost room anew. */
  | { readonly is: 'recreate' }
  /** Goes on in a room that somebody else made anew; `file` is the path of its invite. */
  | { readonly is: 'join'; readonly file: string }
  /** Ends the room for everybody: asked for twice before it is done. */
  | { readonly is: 'close' }
  | ScreenAsked
  | { readonly is: 'nothing' }
  | { readonly is: 'wrong'; readonly why: string }

/** What only the full screen is asked for. */
export type ScreenAsked =
  | { readonly is: 'clear' | 'events' | 'panic' }
  /** `file` empty: it is still to be named. */
  | { readonly is: 'save'; readonly file: string }
  /** `whom` null: who is ignored is asked for. */
  | { readonly is: 'ignore'; readonly whom: string | null; readonly on: boolean }
  /** `name` null: all settings are told; `value` null: what it is now. */
  | { readonly is: 'set'; readonly name: string | null; readonly value: string | null }

/** Who reads a line: what is for the full screen alone is no command elsewhere. */
export type Reader = 'lines' | 'screen'

/** What stands after a command's word. */
type Takes = 'nothing' | 'text' | 'text or nothing'

interface Slash {
  readonly takes: Takes
  /** Only there. */
  readonly on?: 'screen'
  /** What it takes and does, for /help. */
  readonly usage: string
  readonly does: string
  readonly ask: (rest: string) => Asked
}

const command = (command: Command): Asked => ({ is: 'command', command })

const SLASHES: Readonly<Record<string, Slash>> = {
  '/help': { takes: 'nothing', usage: '/help', does: 'this list', ask: () => ({ is: 'help' }) },
  '/quit': { takes: 'nothing', usage: '/quit', does: 'leave', ask: () => command({ do: 'leave', now: false }) },
  '/who': { takes: 'nothing', usage: '/who', does: 'who is in the room', ask: () => ({ is: 'who' }) },
  '/invite': { takes: 'nothing', usage: '/invite', does: 'the invite, to hand out', ask: () => ({ is: 'invite' }) },
  '/verify': {
    takes: 'text or nothing',
    usage: '/verify [NAME|TAG]',
    does: 'fingerprints to compare; with a name: mark as compared',
    ask: (whom) => (whom === '' ? command({ do: 'fingerprints' }) : { is: 'verify', whom, verified: true }),
  },
  '/unverify': {
    takes: 'text',
    usage: '/unverify NAME|TAG',
    does: 'take that mark back',
    ask: (whom) => ({ is: 'verify', whom, verified: false }),
  },
  '/accept': {
    takes: 'text',
    usage: '/accept NAME|TAG',
    does: 'count a device as its member’s that proved nothing',
    ask: (whom) => ({ is: 'accept', whom }),
  },
  '/topic': {
    takes: 'text or nothing',
    usage: '/topic [TEXT|-delete]',
    does: 'the topic; with a text: set it',
    ask: topic,
  },
  '/mode': { takes: 'text', usage: '/mode +t|-t', does: 'lock the topic, or open it to everybody (founder)', ask: mode },
  '/nick': { takes: 'text', usage: '/nick NAME', does: 'be called otherwise', ask: rename },
  '/me': {
    takes: 'text',
    usage: '/me TEXT',
    does: 'say what you do',
    ask: (text) => command({ do: 'say', text, class: 'action' }),
  },
  '/notice': {
    takes: 'text',
    usage: '/notice TEXT',
    does: 'say what no bot answers',
    ask: (text) => command({ do: 'say', text, class: 'notice' }),
  },
  '/rotate': { takes: 'nothing', usage: '/rotate', does: 'renew the keys now', ask: () => command({ do: 'rotate' }) },
  '/recreate': {
    takes: 'nothing',
    usage: '/recreate',
    does: 'make a room anew that the relay has lost',
    ask: () => ({ is: 'recreate' }),
  },
  '/join': {
    takes: 'text',
    usage: '/join FILE',
    does: 'go on in a lost room that somebody else made anew',
    ask: (file) => ({ is: 'join', file }),
  },
  '/events': { takes: 'nothing', on: 'screen', usage: '/events', does: 'what the relay sees', ask: () => ({ is: 'events' }) },
  '/save': {
    takes: 'text or nothing',
    on: 'screen',
    usage: '/save [FILE]',
    does: 'save the talk, under a passphrase or in clear text',
    ask: (file) => ({ is: 'save', file }),
  },
  '/ignore': {
    takes: 'text or nothing',
    on: 'screen',
    usage: '/ignore [NAME|TAG]',
    does: 'show nothing of what somebody says; alone: who is ignored',
    ask: (whom) => ({ is: 'ignore', whom: whom === '' ? null : whom, on: true }),
  },
  '/unignore': {
    takes: 'text',
    on: 'screen',
    usage: '/unignore NAME|TAG',
    does: 'show it again, also what was said meanwhile',
    ask: (whom) => ({ is: 'ignore', whom, on: false }),
  },
  '/clear': { takes: 'nothing', on: 'screen', usage: '/clear', does: 'empty the screen', ask: () => ({ is: 'clear' }) },
  '/theme': {
    takes: 'text or nothing',
    on: 'screen',
    usage: '/theme [NAME]',
    does: 'the colours: auto, dark, light, 16, none',
    ask: (name) => ({ is: 'set', name: 'theme', value: name === '' ? null : name }),
  },
  '/set': {
    takes: 'text or nothing',
    on: 'screen',
    usage: '/set [NAME [VALUE]]',
    does: 'see and change what is set',
    ask: setting,
  },
  '/panic': {
    takes: 'nothing',
    on: 'screen',
    usage: '/panic',
    does: 'wipe all, the scrollback too, and leave at once',
    ask: () => ({ is: 'panic' }),
  },
  '/close': { takes: 'nothing', usage: '/close', does: 'end the room for everybody (founder)', ask: () => ({ is: 'close' }) },
}

/** Reads one line, without its end. A text that begins with a slash is written with two. */
export function asked(line: string, reader: Reader = 'lines'): Asked {
  if (line.trim() === '') return { is: 'nothing' }
  if (!line.startsWith('/')) return command({ do: 'say', text: line, class: null })
  if (line.startsWith('//')) return command({ do: 'say', text: line.slice(1), class: null })
  const word = /^\/\S*/.exec(line)?.[0] ?? ''
  const slash = Object.hasOwn(SLASHES, word) ? SLASHES[word] : undefined
  if (slash === undefined || !isFor(slash, reader))
    return wrong('no such command. /help lists them; a text that begins with / is written with two')
  const rest = line.slice(word.length).trim()
  if (rest === '' && slash.takes === 'text') return wrong(`it is ${slash.usage}`)
  if (rest !== '' && slash.takes === 'nothing') return wrong(`${slash.usage} takes nothing after it; nothing was done`)
  return slash.ask(rest)
}

function isFor({ on }: Slash, reader: Reader): boolean {
  return on === undefined || on === reader
}

/** A command as completion offers it. */
export interface Offer {
  readonly word: string
  readonly usage: string
  readonly does: string
  /** A text may stand behind it. */
  readonly takesText: boolean
}

/** All commands of the full screen. */
export function offers(): readonly Offer[] {
  return Object.entries(SLASHES).map(([word, { usage, does, takes }]) => ({ word, usage, does, takesText: takes !== 'nothing' }))
}

/** What /help lists: what is typed, and what it does. */
export function helpPairs(reader: Reader): readonly (readonly [usage: string, does: string])[] {
  const all = Object.values(SLASHES).filter((slash) => isFor(slash, reader))
  return [...all.map(({ usage, does }) => [usage, does] as const), ['//TEXT', 'say /TEXT']]
}

/** The lines of /help. */
export function helpLines(): readonly string[] {
  const all = helpPairs('lines')
  const width = Math.max(...all.map(([usage]) => usage.length))
  return all.map(([usage, does]) => `${usage.padEnd(width)}  ${does}`)
}

/** `-delete` as in WeeChat and irssi: an empty line shows the topic, so that it cannot take it away. */
function topic(text: string): Asked {
  if (text === '') return { is: 'topic' }
  return command({ do: 'topic', text: text === '-delete' ? '' : text })
}

/** The one mode there is, by the name that IRC gives it (RFC 2811 section 4.2.8). */
function mode(change: string): Asked {
  if (change !== '+t' && change !== '-t') return wrong('it is /mode +t, to lock the topic, or /mode -t')
  return command({ do: 'lock', locked: change === '+t' })
}

function setting(rest: string): Asked {
  const { name = null, value = null } = /^(?<name>\S+)(?:\s+(?<value>[^]+))?$/.exec(rest)?.groups ?? {}
  return { is: 'set', name, value }
}

function rename(name: string): Asked {
  const reason = nameReason(name)
  return reason === null ? command({ do: 'rename', name }) : wrong(reason)
}

function wrong(why: string): Asked {
  return { is: 'wrong', why }
}
