/** Files that a person asked for by name: made new, read by their owner alone. Called by invitefile.ts and open.ts. */
import { openSync } from 'node:fs'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'

/**
 * A descriptor of a new file. Mode 0600, and nothing is ever overwritten, also behind a symbolic link. `what` names it, as in `the file for
 * the invite`. Throws `Failure('usage')`.
 */
export function openNew(path: string, what: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const code = errnoOf(error)
    const why = code === 'EEXIST' ? 'it exists, and nothing is overwritten' : code
    throw new Failure('usage', `${what} cannot be made (${why})`)
  }
}
