/**
 * Saves a talk as a file (docs/scripting.md, Saved talks): under a passphrase, or in clear text. Called by fullscreen.ts for `/save`, and by
 * open.ts for `--export`.
 */
import { randomFillSync } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { CryptoError, type SavedTalk, saveTalk } from '#lib/client/index.ts'
import { draw } from './drawing.ts'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'
import { EXISTS, writeNew } from './newfile.ts'
import { savedLines } from './savedlines.ts'

/**
 * Writes a new file, and only when there is all of it to write: who goes meanwhile leaves none behind. Throws `Failure`: usage when there is
 * such a file or none can be made, failed when it cannot be written or the talk is too large.
 */
export async function saveAs(
  path: string,
  talk: SavedTalk,
  passphrase: string | null,
  progress: (done: number) => void,
): Promise<void> {
  // A name that is taken costs no work; what comes to be there meanwhile is not overwritten either.
  if (isTaken(path)) throw new Failure('usage', `the file cannot be made (${EXISTS})`)
  if (passphrase === null) return exportTo(path, talk, talk.time)
  writeNew(path, 'the file', await sealed(talk, passphrase, progress))
}

function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw new Failure('usage', `the file cannot be made (${errnoOf(error)})`)
  }
}

/** The lines of a talk in clear text, in a new file for its owner's eyes. Throws `Failure`. */
export function exportTo(path: string, talk: SavedTalk, now: number): void {
  const lines = savedLines(talk, now).flatMap((told) => draw(told, { columns: null, colour: false }))
  writeNew(path, 'the file for the clear text', lines.map((line) => `${line}\n`).join(''))
}

async function sealed(talk: SavedTalk, passphrase: string, progress: (done: number) => void): Promise<Uint8Array> {
  try {
    return await saveTalk(talk, passphrase, (size) => randomFillSync(new Uint8Array(size)), progress)
  } catch (error) {
    if (error instanceof CryptoError) throw new Failure('failed', 'the talk is too large to save')
    throw error
  }
}
