/**
 * `tacet`: relay and terminal client in one program (docs/scripting.md). Reads the command line, gathers what a conversation needs, and
 * turns every end into an exit code. The entry of `bun cli/main.ts` and of dist/tacet.
 */
import type { Command } from '#lib/client/commands.ts'
import { createClient, type Invite, PROTOCOL_HEX, VERSION } from '#lib/client/index.ts'
import { nameReason } from '#lib/text/reasons.ts'
import { main as relay } from '../server/main.ts'
import { askInvite, askName } from './asking.ts'
import { EXIT, Failure } from './exit.ts'
import {
  fileText,
  inviteIn,
  inviteText,
  isPlain,
  newInviteFile,
  PLAIN_WARNING,
  refuseInviteInWords,
  relayAddress,
} from './invite.ts'
import { jsonFace } from './jsonface.ts'
import { type Manner, type Order, parseOptions } from './options.ts'
import { outputTo } from './output.ts'
import { plainFace, type Terminal } from './plain.ts'
import { type Lines, linesOf } from './reading.ts'
import { outcome } from './reasons.ts'
import { talk } from './talk.ts'
import { HELP } from './usage.ts'

type Conversation = Order & { readonly do: 'create' | 'join' }

/** How a conversation begins: the session's first command, and the invite where there is one already. */
interface Opening {
  readonly command: Command
  readonly invite: Invite | null
}

/** A socket that does not finish its goodbye holds the program no longer than this (ms). */
const GOODBYE_MS = 2_000

/** Runs one command line. Resolves with the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    say(`tacet: ${error.message}\n${error.code === 'usage' ? "'tacet help' says more\n" : ''}`)
    return EXIT[error.code]
  }
}

async function run(argv: readonly string[]): Promise<number> {
  if (argv[0] !== 'relay') refuseInviteInWords(argv)
  const order = parseOptions(argv)
  switch (order.do) {
    case 'relay':
      return relay(order.words, { next: nextStep })
    case 'help':
      process.stdout.write(HELP[order.topic])
      return EXIT.done
    case 'version':
      process.stdout.write(`Tacet v${VERSION} (protocol ${PROTOCOL_HEX})\n`)
      return EXIT.done
    case 'create':
    case 'join':
      return converse(order)
  }
}

/** What a newcomer does after the relay has started. */
function nextStep(url: string): string {
  const tacet = Bun.main.startsWith('/$bunfs/') ? 'tacet' : './run cli'
  return `next, in another terminal: ${tacet} create --relay ${url} --name NAME`
}

async function converse(order: Conversation): Promise<number> {
  const lines = linesOf(Bun.stdin.stream())
  const out = outputTo(Bun.stdout.writer())
  const { command, invite } = order.do === 'create' ? await creation(order, lines) : await joining(order, lines)
  const inviteFile = order.do === 'create' && order.inviteFile !== null ? newInviteFile(order.inviteFile) : null
  const client = createClient()
  const setup = { view: () => client.store.view, out, invite, inviteFile }
  const why = await talk({
    opening: command,
    client,
    lines,
    out,
    inviteFile,
    stay: order.stay,
    face: (act) => (order.json ? jsonFace({ ...setup, act }) : plainFace({ ...setup, act }, terminal(order))),
  })
  const { exit, text } = outcome(why)
  if (!order.json && EXIT[exit] !== EXIT.done) say(`tacet: ${text}\n`)
  return EXIT[exit]
}

async function creation(order: Order & { readonly do: 'create' }, lines: Lines): Promise<Opening> {
  const url = relayAddress(order.relay, order.allowPlain)
  warnIfPlain(url)
  const adminToken = process.env['TACET_ADMIN_TOKEN'] ?? null
  return { command: { do: 'create', url, name: await nameOf(order, lines), adminToken }, invite: null }
}

async function joining(order: Order & { readonly do: 'join' }, lines: Lines): Promise<Opening> {
  const invite = inviteIn(await inviteSource(order.file, lines), order.allowPlain)
  warnIfPlain(invite.url)
  return { command: { do: 'join', invite, name: await nameOf(order, lines) }, invite }
}

async function inviteSource(file: string | null, lines: Lines): Promise<string> {
  if (file !== null && file !== '-') return fileText(file)
  const given = process.env['TACET_INVITE']
  // Programs that we start would inherit it; there are none, and this keeps it so.
  delete process.env['TACET_INVITE']
  if (file === null && given !== undefined) return given
  return process.stdin.isTTY ? askInvite(lines, say) : inviteText(lines)
}

async function nameOf({ name }: Manner, lines: Lines): Promise<string> {
  if (name === null && process.stdin.isTTY) return askName(lines, say)
  if (name === null) throw new Failure('usage', 'a name is needed: --name NAME')
  const reason = nameReason(name)
  if (reason !== null) throw new Failure('usage', reason)
  return name
}

function warnIfPlain(url: string): void {
  if (isPlain(url)) say(`tacet: ${PLAIN_WARNING}\n`)
}

function terminal({ verbose }: Manner): Terminal {
  const { NO_COLOR = '', TERM } = process.env
  const colour = process.stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb'
  return {
    look: () => ({ columns: process.stdout.isTTY ? process.stdout.columns : null, colour }),
    now: () => Date.now(),
    echo: !process.stdin.isTTY,
    verbose,
  }
}

function say(text: string): void {
  process.stderr.write(text)
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2))
  // Not process.exit: what was sent last, and the close, must still reach the relay.
  setTimeout(() => process.exit(), GOODBYE_MS).unref()
}
