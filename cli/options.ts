/**
 * The command line of `tacet` as what it asks for (docs/scripting.md). Pure: no output, no environment. Strict, and no message here
 * quotes a word of the command line but a flag's name: a word that lost its flag may be a secret.
 */
import { parseArgs } from 'node:util'
import { Failure } from './exit.ts'
import type { Topic } from './usage.ts'

/** How a conversation is held. */
export interface Manner {
  /** Null when none is given: it is asked for. */
  readonly name: string | null
  readonly allowPlain: boolean
  readonly json: boolean
  /** Plain lines, also where there is a screen. */
  readonly plain: boolean
  readonly stay: boolean
  readonly verbose: boolean
  /** No file of settings is read or written. */
  readonly clean: boolean
}

export type Order =
  | { readonly do: 'help'; readonly topic: Topic }
  | { readonly do: 'version' }
  /** Nothing is said yet: the full screen asks. */
  | ({ readonly do: 'ask' } & Manner)
  /** `page` is a path or an address. */
  | { readonly do: 'verify-web'; readonly page: string }
  /** The words after `relay` are the relay's own. */
  | { readonly do: 'relay'; readonly words: readonly string[] }
  /** `relay` is as it was written, or null; `inviteFile` is a path. */
  | ({ readonly do: 'create'; readonly relay: string | null; readonly inviteFile: string | null } & Manner)
  /** `file` is a saved talk, `exportTo` where it goes in clear text, or null. */
  | { readonly do: 'open'; readonly file: string; readonly exportTo: string | null; readonly json: boolean }
  /** `file` is a path, `-` for standard input, or null when none is named. */
  | ({ readonly do: 'join'; readonly file: string | null } & Manner)

/** Why nothing is done without a command, where there is no screen to ask on. */
export const WHICH = 'which command? create, join, open, relay, verify-web or help'

/** Where `./run` listens. */
export const DEFAULT_RELAY = 'ws://127.0.0.1:1337/ws'

type Kind = 'string' | 'boolean'

const CONVERSATION: Readonly<Record<string, Kind>> = {
  name: 'string',
  'allow-plain': 'boolean',
  json: 'boolean',
  plain: 'boolean',
  stay: 'boolean',
  verbose: 'boolean',
  clean: 'boolean',
  help: 'boolean',
}

/** The flags of each command. */
export const FLAGS: Readonly<Record<'create' | 'join' | 'open' | 'verify-web', Readonly<Record<string, Kind>>>> = {
  create: { ...CONVERSATION, relay: 'string', 'invite-file': 'string' },
  join: CONVERSATION,
  open: { export: 'string', json: 'boolean', help: 'boolean' },
  'verify-web': { help: 'boolean' },
}

/** What is said of a flag that is none, where a reason helps. */
const NOT_A_FLAG: Readonly<Record<string, string>> = {
  'admin-token':
    'the admin token is taken from the variable TACET_ADMIN_TOKEN: every user of this machine can read the command line',
  invite:
    'an invite is taken from a file, from TACET_INVITE or from standard input: every user of this machine can read the command line',
  passphrase:
    'a passphrase is asked for, or is the first line of the input: every user of this machine can read the command line',
}

/** Reads the words after the program's name. Throws `Failure('usage')`. */
export function parseOptions(argv: readonly string[]): Order {
  const [word, ...rest] = argv
  switch (word) {
    case 'relay':
      return { do: 'relay', words: rest }
    case 'create':
    case 'join':
      return conversation(word, rest)
    case 'open':
      return opening(rest)
    case 'verify-web':
      return verifying(rest)
    case 'help':
      return help(rest)
    case '--help':
    case '-h':
      return { do: 'help', topic: 'tacet' }
    case '--version':
      return { do: 'version' }
    case undefined:
      return asking(argv)
    default:
      if (word.startsWith('-')) return asking(argv)
      throw new Failure('usage', 'no such command: there are create, join, open, relay, verify-web and help')
  }
}

function help(rest: readonly string[]): Order {
  const [topic = 'tacet', ...more] = rest
  if (more.length > 0) throw new Failure('usage', 'help takes one command')
  if (topic === 'relay') return { do: 'relay', words: ['--help'] }
  if (topic === 'tacet' || topic === 'create' || topic === 'join' || topic === 'open' || topic === 'verify-web')
    return { do: 'help', topic }
  throw new Failure('usage', 'no help on that: there are create, join, open, relay and verify-web')
}

/** Flags without a command. */
function asking(words: readonly string[]): Order {
  const { flags, others } = readFlags(CONVERSATION, words)
  if (others.length > 0 || flags.has('json') || flags.has('plain') || flags.has('stay')) throw new Failure('usage', WHICH)
  return flags.has('help') ? { do: 'help', topic: 'tacet' } : { do: 'ask', ...mannerOf(flags) }
}

function mannerOf(flags: ReadonlyMap<string, string>): Manner {
  return {
    name: flags.get('name') ?? null,
    allowPlain: flags.has('allow-plain'),
    json: flags.has('json'),
    plain: flags.has('plain'),
    stay: flags.has('stay'),
    verbose: flags.has('verbose'),
    clean: flags.has('clean'),
  }
}

function conversation(command: 'create' | 'join', words: readonly string[]): Order {
  const { flags, others } = readFlags(FLAGS[command], words)
  if (flags.has('help')) return { do: 'help', topic: command }
  const manner = mannerOf(flags)
  if (command === 'join') {
    if (others.length > 1) throw new Failure('usage', 'join takes one file')
    return { do: 'join', file: others[0] ?? null, ...manner }
  }
  if (others.length > 0) throw new Failure('usage', 'create takes flags alone')
  return { do: 'create', relay: flags.get('relay') ?? null, inviteFile: flags.get('invite-file') ?? null, ...manner }
}

function verifying(words: readonly string[]): Order {
  const { flags, others } = readFlags(FLAGS['verify-web'], words)
  if (flags.has('help')) return { do: 'help', topic: 'verify-web' }
  const [page, ...more] = others
  if (page === undefined || more.length > 0) throw new Failure('usage', 'verify-web takes one file or address')
  return { do: 'verify-web', page }
}

function opening(words: readonly string[]): Order {
  const { flags, others } = readFlags(FLAGS.open, words)
  if (flags.has('help')) return { do: 'help', topic: 'open' }
  const [file, ...more] = others
  if (file === undefined || more.length > 0) throw new Failure('usage', 'open takes one file')
  const [exportTo, json] = [flags.get('export') ?? null, flags.has('json')]
  if (exportTo !== null && json) throw new Failure('usage', 'open takes --export or --json, not both')
  return { do: 'open', file, exportTo, json }
}

interface Words {
  /** The flags given, each with its value, or with an empty text when it takes none. */
  readonly flags: ReadonlyMap<string, string>
  readonly others: readonly string[]
}

/** parseArgs cuts the words up and judges nothing: its own messages quote them. */
function readFlags(kinds: Readonly<Record<string, Kind>>, words: readonly string[]): Words {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, type]) => [name, { type, ...(name === 'help' ? { short: 'h' } : {}) }]),
  )
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true })
  const flags = new Map<string, string>()
  const others: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') others.push(token.value)
    if (token.kind !== 'option') continue
    const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined
    if (kind === undefined) throw new Failure('usage', notAFlag(token))
    if (flags.has(token.name)) throw new Failure('usage', `--${token.name} is given twice`)
    flags.set(token.name, valueOf(token, kind))
  }
  return { flags, others }
}

function notAFlag({ name, rawName }: { readonly name: string; readonly rawName: string }): string {
  if (Object.hasOwn(NOT_A_FLAG, name)) return NOT_A_FLAG[name] ?? ''
  return /^--?[a-z-]{1,20}$/.test(rawName) ? `there is no flag ${rawName}` : 'there is no such flag'
}

function valueOf(
  token: { readonly name: string; readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
  kind: Kind,
): string {
  const { name, value, inlineValue = false } = token
  if (kind === 'boolean') {
    if (value !== undefined) throw new Failure('usage', `--${name} takes no value`)
    return ''
  }
  if (value === undefined || value === '') throw new Failure('usage', `--${name} needs a value`)
  // `--name --json` is a forgotten name, not somebody called --json.
  if (!inlineValue && value.startsWith('-'))
    throw new Failure('usage', `--${name} needs a value; one that begins with a dash is written --${name}=VALUE`)
  return value
}
