/**
 * Copying by a program that a person chose (docs/terminal.md, Settings): started without a shell, with the text on its input and nowhere else,
 * since every user of the machine can read a command line. Called by fullscreen.ts.
 */
import { harmless } from '#lib/text/sanitize.ts'
import { errnoOf } from '../errno.ts'
import { Failure } from '../exit.ts'

/** Longer than this (ms) no copy takes; the program is ended then. */
const PATIENCE_MS = 5_000

/** What is ours to know, secrets among it, and no other program's. */
const OURS = 'TACET_'

/** Gives the text to the program. Throws `Failure('failed')`. */
export async function pipedTo([program = '', ...words]: readonly string[], text: string, patience = PATIENCE_MS): Promise<void> {
  const name = harmless(program)
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !variable.startsWith(OURS)))
  // One that is not there is none; one that is there and does not work says so by its exit code.
  if (Bun.which(program, { PATH: env['PATH'] ?? '' }) === null)
    throw new Failure('failed', `not copied: there is no program ${name}`)
  const child = started([program, ...words], {
    stdin: new TextEncoder().encode(text),
    stdout: 'ignore',
    stderr: 'ignore',
    env,
    timeout: patience,
    killSignal: 'SIGKILL',
  })
  const code = await child.exited
  if (code !== 0)
    throw new Failure('failed', `not copied: ${name} ${child.signalCode === null ? `ended with ${code}` : 'took too long'}`)
}

/** One that is there need not be one that the system starts: a script whose interpreter is gone, a file of another machine. */
function started(command: string[], options: Parameters<typeof Bun.spawn<Uint8Array, 'ignore', 'ignore'>>[1]) {
  try {
    return Bun.spawn(command, options)
  } catch (error) {
    throw new Failure('failed', `not copied: ${harmless(command[0] ?? '')} cannot be started (${errnoOf(error)})`)
  }
}
