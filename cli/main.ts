/**
 * `tacet`: relay and terminal client in one program (docs/scripting.md). Reads the command line, gathers what a conversation needs, and
 * turns every end into an exit code. The entry of `bun cli/main.ts` and of dist/tacet.
 */
import { isatty } from 'node:tty'
import type { Command } from '#lib/client/commands.ts'
import { createClient, type Invite, isPlain, PROTOCOL_HEX, VERSION } from '#lib/client/index.ts'
import { nameReason, PLAIN_WARNING } from '#lib/text/reasons.ts'
import { main as relay } from '../server/main.ts'
import { askInvite, askName } from './asking.ts'
import type { Look } from './drawing.ts'
import { errnoOf } from './errno.ts'
import type { Config } from './screen/config.ts'
import { configFile } from './screen/configfile.ts'
import { EXIT, Failure } from './exit.ts'
import { fullScreen, hasScreen } from './screen/fullscreen.ts'
import { fileText, type Found, inviteIn, inviteText, refuseInviteInWords, relayAddress } from './invite.ts'
import { newInviteFile } from './invitefile.ts'
import { jsonFace } from './jsonface.ts'
import { type Form, formOf, type Given, SETTINGS } from './screen/model.ts'
import { openFile } from './open.ts'
import { DEFAULT_RELAY, type Manner, type Order, parseOptions, WHICH } from './options.ts'
import { lostOutput, type Output, outputTo, writeTo } from './output.ts'
import { builtPage } from './page.ts'
import { askHidden, pipedPassphrase } from './passphrase.ts'
import { plainFace, type Terminal } from './plain.ts'
import { type Lines, linesOf, PIPE, TERMINAL } from './reading.ts'
import { outcome } from './reasons.ts'
import { talk } from './talk.ts'
import { HELP } from './usage.ts'
import { verifyWeb } from './verifyweb.ts'
import { settled } from './screen/settings.ts'
import { type Ground, themeFor } from './screen/themes.ts'

type Conversation = Order & { readonly do: 'create' | 'join' }
/** What the full screen is opened for. */
type Screened = Order & { readonly do: 'create' | 'join' | 'ask' }

/** How a conversation begins: the session's first command, and the invite where there is one already. */
interface Opening {
  readonly command: Command
  readonly invite: Invite | null
}

const [STDIN, STDOUT, STDERR] = [0, 1, 2]

/** A person types here. */
const typed = isatty(STDIN)
/** A person looks at this. */
const shown = isatty(STDOUT)

/** There is a screen to fill. */
const screen = hasScreen(process)

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
  const out = outputTo(writeTo(STDOUT))
  switch (order.do) {
    case 'relay':
      return relay(order.words, { next: nextStep, page: builtPage })
    case 'verify-web':
      return print(await verifyWeb(order.page, await builtPage()), out)
    case 'help':
      return print(HELP[order.topic].trimEnd(), out)
    case 'version':
      return print(`Tacet v${VERSION} (protocol ${PROTOCOL_HEX})`, out)
    case 'ask':
      if (!screen) throw new Failure('usage', WHICH)
      return onScreen(order)
    case 'open':
      return showSaved(order, out)
    case 'create':
    case 'join':
      return screen && !order.json && !order.plain ? onScreen(order) : converse(order, out)
  }
}

async function showSaved(order: Order & { readonly do: 'open' }, out: Output): Promise<number> {
  const passphrase = () => (typed ? askHidden('passphrase (it is not shown): ', process.stdin, say) : pipedPassphrase(input()))
  await openFile(order, { passphrase, out, look: look(), now: Date.now(), progress: typed ? shownProgress() : () => undefined })
  return EXIT.done
}

/** Per cent, on one line that is gone afterwards. */
function shownProgress(): (done: number) => void {
  let shown = -1
  return (done) => {
    const percent = Math.floor(done * 100)
    if (percent === shown || !isatty(STDERR)) return
    shown = percent
    say(percent < 100 ? `\ropening … ${percent} %` : '\r\u001b[K')
  }
}

async function print(text: string, out: Output): Promise<number> {
  out.lines(text)
  const over = await Promise.race([out.over, out.drained()])
  if (over?.is === 'broken') throw lostOutput(over)
  return EXIT.done
}

/** What a newcomer does after the relay has started. */
function nextStep(url: string): string {
  const tacet = Bun.main.startsWith('/$bunfs/') ? 'tacet' : './run cli'
  return `next, in another terminal: ${tacet} create --relay ${url} --name NAME`
}

/** The form that the words fill in: whole, it goes on by itself. */
function formFor(order: Screened, { name, relay }: Config): Form {
  checkName(order)
  const given: Given = { name: order.name ?? name ?? '', relay: relay ?? DEFAULT_RELAY }
  if (order.do === 'ask') return formOf('landing', given)
  if (order.do === 'create') return formOf('create', order.relay === null ? given : { ...given, relay: order.relay })
  const invite = takeInvite()
  return formOf('join', { ...given, invite: order.file === null || order.file === '-' ? invite : order.file })
}

async function onScreen(order: Screened): Promise<number> {
  const file = configFile(process.env, order.clean)
  const config = file.read()
  const form = formFor(order, config)
  const { allowPlain, verbose } = order
  const inviteFile = order.do === 'create' ? order.inviteFile : null
  const suits = (ground: Ground | null) => themeFor('auto', process.env, ground)
  const base = { ...SETTINGS, allowPlain, verbose, adminToken: adminToken(), inviteFile }
  const settings = settled(base, config, themeFor(config.theme, process.env, null), suits(null))
  const isWhole = order.name !== null && (order.do === 'create' || (order.do === 'join' && form.fields.invite.text !== ''))
  const { exit, text } = await fullScreen({ form, settings, atOnce: isWhole, file, suits })
  if (text !== '') say(`tacet: ${text}\n`)
  return EXIT[exit]
}

async function converse(order: Conversation, out: Output): Promise<number> {
  checkName(order)
  const lines = input()
  const { command, invite } = order.do === 'create' ? await creation(order, lines) : await joining(order, lines)
  const inviteFile = order.do === 'create' && order.inviteFile !== null ? newInviteFile(order.inviteFile) : null
  const client = createClient()
  const setup = { view: () => client.store.view, out, invite, inviteFile, adminToken: adminToken(), allowPlain: order.allowPlain }
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

/** Before anything is asked, read or made: a wrong word on the command line costs nobody a paste. */
function checkName({ name }: Manner): void {
  if (name === null && !typed) throw new Failure('usage', 'a name is needed: --name NAME')
  const reason = name === null ? null : nameReason(name)
  if (reason !== null) throw new Failure('usage', reason)
}

function input(): Lines {
  try {
    return linesOf(Bun.stdin.stream(), typed ? TERMINAL : PIPE)
  } catch (error) {
    throw new Failure('usage', `the input cannot be read (${errnoOf(error)})`)
  }
}

async function creation(order: Order & { readonly do: 'create' }, lines: Lines): Promise<Opening> {
  const url = relayAddress(order.relay ?? DEFAULT_RELAY, order.allowPlain)
  warnIfPlain(url)
  const name = order.name ?? (await askName(lines, say))
  return { command: { do: 'create', url, name, adminToken: adminToken() }, invite: null }
}

/** What the relay asks for before it makes a room. */
function adminToken(): string | null {
  return process.env['TACET_ADMIN_TOKEN'] ?? null
}

async function joining(order: Order & { readonly do: 'join' }, lines: Lines): Promise<Opening> {
  const invite = inviteIn(await inviteSource(order.file, lines), order.allowPlain)
  warnIfPlain(invite.url)
  return { command: { do: 'join', invite, name: order.name ?? (await askName(lines, say)) }, invite }
}

async function inviteSource(file: string | null, lines: Lines): Promise<Found> {
  const given = takeInvite()
  if (file !== null && file !== '-') return { text: await fileText(file), from: 'the file' }
  if (file === null && given !== '') return { text: given, from: 'TACET_INVITE' }
  return { text: typed ? await askInvite(lines, say) : await inviteText(lines), from: 'the input' }
}

/** What TACET_INVITE holds; empty when nothing. It is taken out: programs that we start would inherit it. */
function takeInvite(): string {
  const given = process.env['TACET_INVITE'] ?? ''
  delete process.env['TACET_INVITE']
  return given
}

function warnIfPlain(url: string): void {
  if (isPlain(url)) say(`tacet: ${PLAIN_WARNING}\n`)
}

/** A terminal that does not know its width, as over a serial line, has this many columns. */
const USUAL_COLUMNS = 80

function terminal({ verbose }: Manner): Terminal {
  return {
    look,
    now: () => Date.now(),
    echo: !(typed && shown),
    verbose,
  }
}

/** How lines are drawn now: a terminal's size changes. */
function look(): Look {
  const { NO_COLOR = '', TERM } = process.env
  const colour = shown && NO_COLOR === '' && TERM !== 'dumb'
  return { columns: shown ? process.stdout.columns || USUAL_COLUMNS : null, colour }
}

function say(text: string): void {
  process.stderr.write(text)
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2))
  // Not process.exit: what was sent last, and the close, must still reach the relay.
  setTimeout(() => process.exit(), GOODBYE_MS).unref()
}
