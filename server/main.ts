/**
 * The relay as a program: flags in, boot lines out, a signal ends it (docs/protocol.md, Relay contract). The entry of `bun server/main.ts` and of
 * dist/tacet-relay; `tacet relay` calls `main` with the words after `relay`. One behaviour, however it is launched.
 */
import { writeSync } from 'node:fs'
import { isIP } from 'node:net'
import { FRAME_TO_RELAY_BYTES, MAX_ROOMS } from '#lib/wire/limits.ts'
import { PROTOCOL_HEX, VERSION } from '#lib/wire/version.ts'
import { type Settings, settle } from './config.ts'
import { parseFlags, USAGE } from './flags.ts'
import { type RunningRelay, startServer } from './relay.ts'

const STDOUT = 1

/** What a launcher may add. */
export interface Launch {
  /** The last line of the boot output, given the URL that a client on this machine dials. */
  readonly next?: (url: string) => string
  /** The web client's page; null when it was not built. */
  readonly page?: () => Promise<string | null>
}

/** Runs a relay until SIGINT or SIGTERM. Resolves with the exit code: 0 help, version or ended by a signal, 1 wrong flags or cannot listen. */
export async function main(argv: readonly string[], launch: Launch = {}): Promise<number> {
  const { config, web, help, version, error } = parseFlags(argv)
  if (error !== undefined) return fail(`${error}\n\n${USAGE}`)
  if (help) return say(USAGE)
  if (version) return say(`Tacet v${VERSION} (protocol ${PROTOCOL_HEX})\n`)
  const page = web ? ((await launch.page?.()) ?? null) : null
  if (web && page === null) return fail('there is no web client in this program: `./run build` makes one that has it\n')
  const settings = settle(config, process.env)
  const ended = endSignal()
  let relay: RunningRelay
  try {
    relay = startServer({ ...config, page })
  } catch (error) {
    return fail(`cannot listen on ${address(settings)}: ${whyNot(error, settings)}\n`)
  }
  say(bootLines(relay, launch, page !== null).join('\n') + '\n')
  await ended
  await relay.stop()
  return 0
}

function bootLines(relay: RunningRelay, launch: Launch, web: boolean): readonly string[] {
  const { maxRoomSize, roomTtl } = relay
  const size = maxRoomSize === 0 ? 'of any size' : `of ${maxRoomSize} members`
  const here = address({ ...relay, hostname: dialled(relay.hostname) })
  const life = roomTtl > 0 ? `for ${roomTtl} h` : 'until the relay ends'
  return [
    `Tacet relay v${VERSION} (protocol ${PROTOCOL_HEX}) listening on ${address(relay)}`,
    `rooms ${size}, kept empty ${life}, ${MAX_ROOMS} at most; frames to ${FRAME_TO_RELAY_BYTES / 1024 ** 2} MiB`,
    ...(web ? [`web client at http://${here}/`] : []),
    ...(launch.next ? [launch.next(`ws://${here}/ws`)] : []),
  ]
}

/** `hostname:port`, an IPv6 address in brackets. */
function address({ hostname, port }: { readonly hostname: string; readonly port: number }): string {
  return `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`
}

/** Where this machine reaches a relay that listens everywhere. */
function dialled(hostname: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[hostname] ?? hostname
}

function whyNot(error: unknown, { hostname }: Settings): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRNOTAVAIL') return 'not an address of this machine'
  if (code === 'EACCES') return 'not allowed to use this port'
  // For a name without an address Bun reports one of several codes, a port in use among them.
  if (isIP(hostname) === 0) return 'the port is in use, or the name has no address'
  if (code === 'EADDRINUSE') return 'the port is in use'
  return typeof code === 'string' ? code : 'unknown reason'
}

function endSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  process.once('SIGINT', () => resolve())
  process.once('SIGTERM', () => resolve())
  return promise
}

/** Who reads no boot lines gets none, and a relay all the same. */
function say(text: string): number {
  try {
    writeSync(STDOUT, text)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
  return 0
}

function fail(text: string): number {
  process.stderr.write(`tacet relay: ${text}`)
  return 1
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
