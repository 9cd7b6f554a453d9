/** Files that a person asked for by name: made new, read by their owner alone. Called by invitefile.ts and saving.ts. */
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'

export const EXISTS = 'it exists, and nothing is overwritten'

/**
 * A descriptor of a new file. Mode 0600, and nothing is ever overwritten, also behind a symbolic link. `what` names it, as in `the file for
 * the invite`. Throws `Failure('usage')`.
 */
export function openNew(path: string, what: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const code = errnoOf(error)
    const why = code === 'EEXIST' ? EXISTS : code
    throw new Failure('usage', `${what} cannot be made (${why})`)
  }
}

/** A new file with all of that in it: one that came about in half is taken away again. Throws `Failure`: usage, or failed. */
export function writeNew(path: string, what: string, content: string | Uint8Array): void {
  const file = openNew(path, what)
  try {
    writeFileSync(file, content)
  } catch (error) {
    rmSync(path, { force: true })
    throw new Failure('failed', `${what} cannot be written (${errnoOf(error)})`)
  } finally {
    closeSync(file)
  }
}
