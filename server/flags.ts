/**
 * The relay's command line (docs/protocol.md, Relay contract). Pure: no exit, no environment, no output; server/main.ts decides what to print.
 * Strict, so that a typing mistake fails loudly. Node's parseArgs is not used: its messages repeat the argument, and
 * `--admin-tokne=secret` must not put a secret into a log.
 */
import { parseCount, parseHours, parsePort, type ServerConfig } from './config.ts'

export interface ParsedFlags {
  /** Only what was passed. */
  readonly config: ServerConfig
  /** Serve the web client too. */
  readonly web?: true
  readonly help?: true
  readonly version?: true
  /** What is wrong, in one line; nothing else counts then. */
  readonly error?: string
}

export const USAGE = `usage: tacet-relay [flags]

  --port N            port to listen on, 0 takes a free one     (PORT, 1337)
  --host ADDRESS      address to listen on                      (HOST, 127.0.0.1)
  --max-room-size N   members in a room, 0 is unlimited         (MAX_ROOM_SIZE, 20)
  --room-ttl HOURS    how long an empty room lives, 0 is ever   (ROOM_TTL, 24)
  --admin-token TEXT  what creating a room needs                (ADMIN_TOKEN, none)
                      other users of this machine see flags: prefer the variable
  --web               serve the web client at /, for browsers
  -h, --help          this text
  --version           version and protocol

A flag wins over its variable, a variable over the default.
`

type Reader = (text: string) => ServerConfig | undefined

/** A flag's value as the one key that it sets, or undefined when it is not valid; and what a valid one is. */
const FLAGS: Readonly<Record<string, { readonly read: Reader; readonly wants: string }>> = {
  '--port': { read: (text) => set('port', parsePort(text)), wants: 'a port from 0 to 65535' },
  '--max-room-size': { read: (text) => set('maxRoomSize', parseCount(text)), wants: 'a whole number from 0' },
  '--admin-token': { read: (text) => ({ adminToken: text }), wants: 'a text' },
  '--host': { read: (text) => (text.trim() === text && text !== '' ? { hostname: text } : undefined), wants: 'an address' },
  '--room-ttl': { read: (text) => set('roomTtl', parseHours(text)), wants: 'hours from 0' },
}

/** Reads `--flag value` and `--flag=value`; a value that begins with a dash needs the second form. */
export function parseFlags(argv: readonly string[]): ParsedFlags {
  const config: ServerConfig = {}
  let web = false
  const seen = new Set<string>()
  const rest = [...argv]
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--help' || argument === '-h') return { config, help: true }
    if (argument === '--version') return { config, version: true }
    const { name, inline } = split(argument)
    if (name === '--web' && inline === undefined) {
      if (web) return { config, error: '--web is given twice' }
      web = true
      continue
    }
    if (name === '--web') return { config, error: '--web takes no value' }
    const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined
    if (flag === undefined) return { config, error: unknown(name) }
    if (seen.has(name)) return { config, error: `${name} is given twice` }
    seen.add(name)
    const value = inline ?? (rest[0]?.startsWith('-') ? undefined : rest.shift())
    const read = value === undefined ? undefined : flag.read(value)
    if (read === undefined) return { config, error: `${name} needs ${flag.wants}` }
    Object.assign(config, read)
  }
  return web ? { config, web } : { config }
}

function split(argument: string): { readonly name: string; readonly inline: string | undefined } {
  const at = argument.indexOf('=')
  return at < 0 ? { name: argument, inline: undefined } : { name: argument.slice(0, at), inline: argument.slice(at + 1) }
}

/** Names a flag, never a stray word: that may be a value that lost its flag. */
function unknown(name: string): string {
  return /^--?[a-z][a-z-]*$/.test(name) ? `unknown flag ${name}` : 'unexpected argument'
}

function set(key: 'port' | 'maxRoomSize' | 'roomTtl', value: number | undefined): ServerConfig | undefined {
  return value === undefined ? undefined : { [key]: value }
}
