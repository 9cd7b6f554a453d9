/**
 * The file that the invite of a new room goes to (docs/scripting.md, Invites): made before the room, read by its owner alone. Called by
 * main.ts and talk.ts.
 */
import { closeSync, ftruncateSync, rmSync, writeSync } from 'node:fs'
import { type Invite, roomFile } from '#lib/client/index.ts'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'
import { openNew } from './newfile.ts'

/** A file that waits for the invite of a room that is about to be made. */
export interface InviteFile {
  readonly path: string
  /** Writes it, in place of what was written before: a room that was lost is made anew with another invite. Throws `Failure('failed')`. */
  write(invite: Invite): void
  /** Done with it: takes the file away again when there was no invite to write. */
  discard(): void
}

/**
 * Makes the file before the room, so that a name that is taken costs no room. Throws `Failure('usage')`.
 */
export function newInviteFile(path: string): InviteFile {
  let file: number | null = openNew(path, 'the file for the invite')
  let written = false
  return {
    path,
    write(invite) {
      try {
        if (file === null) return
        ftruncateSync(file)
        writeSync(file, roomFile(invite), 0)
        written = true
      } catch (error) {
        throw new Failure('failed', `the file for the invite cannot be written (${errnoOf(error)})`)
      }
    },
    discard() {
      if (file === null) return
      closeSync(file)
      file = null
      if (!written) rmSync(path)
    },
  }
}
