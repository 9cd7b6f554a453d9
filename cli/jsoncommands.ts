/**
 * A line of JSON as the command that it asks for (docs/scripting.md, Commands). Pure; called by jsonface.ts. Strict: a field that is
 * missing, misspelt or of another type makes the line no command, so that a bot's mistake shows at once.
 */
import type { Command } from '#lib/client/commands.ts'

/** What a line asks for: a command for the session, or something that the terminal answers. */
export type AskedJson =
  | { readonly is: 'command'; readonly command: Command }
  | { readonly is: 'who' }
  | { readonly is: 'invite' }
  /** The topic in force is asked for. */
  | { readonly is: 'topic' }
  /** Makes a lost room anew; without a token with the one of the program. */
  | { readonly is: 'recreate'; readonly adminToken: string | null }
  /** Goes on in a room that somebody else made anew; `invite` is a text with its invite in it. */
  | { readonly is: 'join'; readonly invite: string }
  | { readonly is: 'wrong'; readonly command: string | null; readonly fault: LineFault }

/** Why a line is no command. */
export type LineFault = 'bad_json' | 'unknown_command' | 'bad_fields' | 'bad_invite'

type Body = Extract<Command, { do: 'send' }>['body']
type Fields = Readonly<Record<string, unknown>>

/** The fields that a command may have, and what it asks for when they are right. */
interface Shape {
  readonly fields: readonly string[]
  readonly read: (fields: Fields) => AskedJson | null
}

const command = (command: Command): AskedJson => ({ is: 'command', command })

/** All commands, by name. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  say: {
    fields: ['text', 'class'],
    read: ({ text, class: named = null }) => (isText(text) && isClass(named) ? command({ do: 'say', text, class: named }) : null),
  },
  send: {
    fields: ['kind', 'body'],
    read: ({ kind, body }) => (isText(kind) && isBody(body) ? command({ do: 'send', kind, body }) : null),
  },
  topic: {
    fields: ['text'],
    read: ({ text }) => (text === undefined ? { is: 'topic' } : isText(text) ? command({ do: 'topic', text }) : null),
  },
  lock: {
    fields: ['locked'],
    read: ({ locked = true }) => (isFlag(locked) ? command({ do: 'lock', locked }) : null),
  },
  rename: { fields: ['name'], read: ({ name }) => (isText(name) ? command({ do: 'rename', name }) : null) },
  rotate: { fields: [], read: () => command({ do: 'rotate' }) },
  fingerprints: { fields: [], read: () => command({ do: 'fingerprints' }) },
  verify: {
    fields: ['member', 'verified'],
    read: ({ member, verified = true }) =>
      isText(member) && isFlag(verified) ? command({ do: 'verify', member, verified }) : null,
  },
  accept: { fields: ['seat'], read: ({ seat }) => (isText(seat) ? command({ do: 'accept', seat }) : null) },
  recreate: {
    fields: ['adminToken'],
    read: ({ adminToken = null }) => (adminToken === null || isText(adminToken) ? { is: 'recreate', adminToken } : null),
  },
  join: { fields: ['invite'], read: ({ invite }) => (isText(invite) ? { is: 'join', invite } : null) },
  leave: { fields: ['now'], read: ({ now = false }) => (isFlag(now) ? command({ do: 'leave', now }) : null) },
  close: { fields: [], read: () => command({ do: 'close' }) },
  who: { fields: [], read: () => ({ is: 'who' }) },
  invite: { fields: [], read: () => ({ is: 'invite' }) },
}

/** Reads one line. */
export function askedJson(line: string): AskedJson {
  const json = parse(line)
  if (!isFields(json)) return { is: 'wrong', command: null, fault: 'bad_json' }
  const { do: name, ...fields } = json
  if (!isText(name) || !Object.hasOwn(SHAPES, name)) return { is: 'wrong', command: null, fault: 'unknown_command' }
  const shape = SHAPES[name]
  const known = Object.keys(fields).every((field) => shape?.fields.includes(field))
  const asked = known ? shape?.read(fields) : null
  return asked ?? { is: 'wrong', command: name, fault: 'bad_fields' }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    // Deep nesting ends in a RangeError.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON.parse makes nothing else of an object; the session says what may be in it. */
function isBody(value: unknown): value is Body {
  return isFields(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isClass(value: unknown): value is Extract<Command, { do: 'say' }>['class'] {
  return value === null || value === 'notice' || value === 'action'
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
