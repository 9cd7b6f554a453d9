/**
 * `tacet open`: a saved talk, shown or written out in clear text (docs/scripting.md, Saved talks). Called by main.ts.
 */
import { open } from 'node:fs/promises'
import { CryptoError, isSaved, openTalk, passphraseFault, SAVED_FILE_BYTES, type SavedTalk } from '#lib/client/index.ts'
import { draw, type Look } from './drawing.ts'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'
import { jsonLine } from './jsonevents.ts'
import type { Order } from './options.ts'
import { lostOutput, type Output } from './output.ts'
import { savedJson, savedLines } from './savedlines.ts'
import { exportTo } from './saving.ts'

/** What opening needs of the world around. */
export interface Around {
  /** Asks for the passphrase, or reads it. */
  readonly passphrase: () => Promise<string>
  readonly out: Output
  readonly look: Look
  /** ms since 1970 */
  readonly now: number
  /** Hears how much of the work is done, 0 to 1. */
  readonly progress: (done: number) => void
}

/**
 * Shows the talk of a file, or exports it. Throws `Failure`: usage when the file cannot be read or is no saved talk, or the other not made;
 * not_opened for a wrong passphrase and for a damaged file alike; failed when the output is lost.
 */
export async function openFile(order: Order & { readonly do: 'open' }, around: Around): Promise<void> {
  const file = await bytesOf(order.file)
  if (!isSaved(file)) throw new Failure('usage', 'this is no saved talk, or of a later version')
  const talk = await opened(file, await around.passphrase(), around.progress)
  const { out, look, now } = around
  if (order.exportTo !== null) return exportTo(order.exportTo, talk, now)
  const lines = order.json ? savedJson(talk).map(jsonLine) : savedLines(talk, now).flatMap((told) => draw(told, look))
  await print(lines, out)
}

/** A pipe has no size, so that it is read up to the most and no further. */
async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r')
    const parts: Uint8Array[] = []
    for (let left = SAVED_FILE_BYTES + 1; left > 0;) {
      const part = Buffer.alloc(Math.min(left, READ_BYTES))
      const { bytesRead } = await file.read(part, 0, part.length, null)
      if (bytesRead === 0) break
      parts.push(part.subarray(0, bytesRead))
      left -= bytesRead
    }
    return Buffer.concat(parts)
  } catch (error) {
    throw new Failure('usage', `the file cannot be read (${errnoOf(error)})`)
  }
}

const READ_BYTES = 1024 * 1024

async function opened(file: Uint8Array, passphrase: string, progress: Around['progress']): Promise<SavedTalk> {
  if (passphraseFault(passphrase) !== null) throw new Failure('not_opened', NOT_OPENED)
  try {
    return await openTalk(file, passphrase, progress)
  } catch (error) {
    if (error instanceof CryptoError) throw new Failure('not_opened', NOT_OPENED)
    throw error
  }
}

const NOT_OPENED = 'the passphrase is wrong, or the file is damaged: nobody can tell which'

/** Lines that are handed to the output at once: a long talk does not wait whole for a reader who pauses. */
const AT_ONCE = 1_000

async function print(lines: readonly string[], out: Output): Promise<void> {
  for (let at = 0; at < lines.length; at += AT_ONCE) {
    out.lines(...lines.slice(at, at + AT_ONCE))
    const over = await Promise.race([out.over, out.drained()])
    if (over === undefined) continue
    if (over.is === 'gone') return
    throw lostOutput(over)
  }
}
