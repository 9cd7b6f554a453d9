/**
 * The full screen on the real terminal (docs/terminal.md): its edges, and the ways out that no key takes: signals, a window that is closed, a
 * defect. Called by main.ts.
 */
import { glob } from 'node:fs/promises'
import { homedir } from 'node:os'
import { ProcessTerminal } from '@earendil-works/pi-tui'
import { createClient } from '#lib/client/index.ts'
import { pipedTo } from './clipboard.ts'
import type { ConfigFile } from './configfile.ts'
import { emojiCompleter } from './emoji.ts'
import { EXIT } from '../exit.ts'
import { fileText } from '../invite.ts'
import { newInviteFile } from '../invitefile.ts'
import type { Ports, Start } from './ports.ts'
import { Program } from './program.ts'
import { outsideOf } from './notices.ts'
import type { Outcome } from '../reasons.ts'
import { saveAs } from '../saving.ts'

/** Paths that are offered at once. */
const MOST_PATHS = 50

/** True where there is a screen to fill. */
export function hasScreen({ stdin, stdout, env }: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'env'>): boolean {
  return stdin.isTTY && stdout.isTTY && env['TERM'] !== 'dumb'
}

export interface Opening extends Omit<Start, 'outside' | 'completers'> {
  /** Where what is set is kept. */
  readonly file: ConfigFile
}

/** Shows the full screen until the person leaves. The terminal is as before then, whatever happens. */
export async function fullScreen({ file, ...start }: Opening): Promise<Outcome> {
  const program = new Program(realPorts(file), { ...start, outside: outsideOf(process.env), completers: [emojiCompleter] })
  const stop = guarded(program)
  try {
    return await program.run(start.atOnce)
  } finally {
    stop()
  }
}

/** pi-tui would write all that it draws into a file that this variable names. */
function realTerminal(): ProcessTerminal {
  delete process.env['PI_TUI_WRITE_LOG']
  return new ProcessTerminal()
}

function realPorts(config: ConfigFile): Ports {
  return {
    terminal: realTerminal(),
    client: createClient,
    now: () => Date.now(),
    wake(after, then) {
      const timer = setTimeout(then, after)
      return () => clearTimeout(timer)
    },
    read: (path) => fileText(fromHome(path)),
    complete: pathsFrom,
    keep: (change) => config.change(change),
    pipe: pipedTo,
    saveTalk: (path, talk, passphrase, progress) => saveAs(fromHome(path), talk, passphrase, progress),
    save(path, invite) {
      const file = newInviteFile(fromHome(path))
      try {
        file.write(invite)
      } finally {
        file.discard()
      }
    },
  }
}

function fromHome(path: string): string {
  return path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path
}

/** Paths that begin like this, as they would be typed; folders end with a slash. */
async function pathsFrom(path: string): Promise<readonly string[]> {
  const real = fromHome(path)
  const pattern = `${real.replace(/[\\*?[\]{}()!+@]/g, '\\$&')}*`
  const found: string[] = []
  for await (const entry of glob(pattern, { withFileTypes: true })) {
    if (found.length === MOST_PATHS) break
    const full = `${real.slice(0, real.lastIndexOf('/') + 1)}${entry.name}${entry.isDirectory() ? '/' : ''}`
    found.push(path.startsWith('~/') ? `~${full.slice(homedir().length)}` : full)
  }
  return found.toSorted()
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Says what went wrong once the screen is gone, and ends. */
async function fail(program: Program, error: unknown): Promise<void> {
  try {
    await program.end()
  } finally {
    console.error(error)
    process.exit(EXIT.failed)
  }
}

/** Restores the terminal on every way out that does not come by `run`. Returns how to stop watching. */
function guarded(program: Program): () => void {
  let asked = false
  let signals = 0
  function leave(): void {
    if (asked) return
    asked = true
    program.take({ is: 'signal' })
  }
  function signalled(signal: NodeJS.Signals): void {
    // A window that is closed says so more than once: its shell passes on what the system tells it.
    if (signal !== 'SIGHUP') signals += 1
    if (signals > 1) process.exit(EXIT.interrupted)
    leave()
  }
  let failing = false
  function defect(error: unknown): void {
    // Of a second one there is nothing to wait for: the terminal is put back at the exit.
    if (failing) process.exit(EXIT.failed)
    failing = true
    void fail(program, error)
  }
  /** There is nobody to draw for any more, but somebody to say goodbye to. */
  function gone(): void {
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
    leave()
  }
  const restore = () => program.restore()
  for (const signal of SIGNALS) process.on(signal, signalled)
  process.on('uncaughtException', defect)
  process.on('unhandledRejection', defect)
  process.on('exit', restore)
  process.stdout.on('error', gone)
  process.stdin.on('end', gone)
  return () => {
    for (const signal of SIGNALS) process.off(signal, signalled)
    process.off('uncaughtException', defect)
    process.off('unhandledRejection', defect)
    process.off('exit', restore)
    process.stdout.off('error', gone)
    process.stdin.off('end', gone)
  }
}
