/**
 * Standard output, line by line (docs/scripting.md, Output). Called by main.ts and through it by both faces. Whoever reads it may go
 * away at any time (`tacet … | head`), which is an end and no failure, or stop reading while the room goes on: then what waits has a bound.
 */
import { write } from 'node:fs'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'

/** Why nothing can be written any more. */
export type Over =
  /** Nobody reads: the pipe or the terminal was closed. */
  | { readonly is: 'gone' }
  /** Too much waits for a reader who does not read. */
  | { readonly is: 'stuck' }
  /** `code` is the system's, such as ENOSPC. */
  | { readonly is: 'broken'; readonly code: string }

/** What a person is told of an output that is over by no wish of the reader. */
export function lostOutput(over: Exclude<Over, { readonly is: 'gone' }>): Failure {
  if (over.is === 'broken') return new Failure('failed', `the output cannot be written (${over.code})`)
  return new Failure('failed', 'nobody reads the output, and too much waits for it: the room was left')
}

export interface Output {
  /** Writes lines, each with its end. After the end of the output nothing happens. */
  lines(...lines: readonly string[]): void
  /** Resolves when everything written has reached the reader, or never will. */
  drained(): Promise<void>
  /** Waits for the reader no longer. */
  abandon(): void
  /** Resolves when the output is over, not by `abandon`. */
  readonly over: Promise<Over>
}

/** Writes some of the bytes and says how many. Throws the system's errors. */
export type Write = (bytes: Uint8Array) => Promise<number>

/** Characters that may wait for the reader: more than anybody reads in a day, and no burden to the machine. */
export const MOST_WAITING = 16 * 1024 * 1024

/** A pipe that is closed, a terminal that is, a socket that is. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET'])
/** Who shares our output made it non-blocking: there is no news of when it takes more (ms). */
const TRY_AGAIN_MS = 20

/**
 * Writing to a file descriptor in a thread of its own. A terminal that somebody stopped with Ctrl-S takes nothing for hours: a write on
 * the main thread would keep the socket and every signal waiting for it.
 */
export function writeTo(descriptor: number): Write {
  return (bytes) =>
    new Promise((resolve, reject) => {
      write(descriptor, bytes, (error, written) => (error ? reject(error) : resolve(written)))
    })
}

export function outputTo(put: Write, most: number = MOST_WAITING): Output {
  const over = Promise.withResolvers<Over>()
  let waiting: string[] = []
  let chars = 0
  let open = true
  /** Resolves when nothing waits; null when nothing does. */
  let busy: PromiseWithResolvers<void> | null = null

  function close(why: Over | null): void {
    open = false
    waiting = []
    chars = 0
    if (why !== null) over.resolve(why)
    rest()
  }

  function rest(): void {
    busy?.resolve()
    busy = null
  }

  async function work(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const text = waiting.join('')
        waiting = []
        await putAll(put, Buffer.from(text), () => open)
        chars -= text.length
      }
      rest()
    } catch (error) {
      const code = errnoOf(error)
      close(GONE.has(code) ? { is: 'gone' } : { is: 'broken', code })
    }
  }

  return {
    lines(...lines) {
      if (!open) return
      for (const line of lines) waiting.push(`${line}\n`)
      chars += lines.reduce((sum, line) => sum + line.length + 1, 0)
      if (chars > most) return close({ is: 'stuck' })
      if (busy !== null) return
      busy = Promise.withResolvers()
      void work()
    },
    drained: () => busy?.promise ?? Promise.resolve(),
    abandon: () => close(null),
    over: over.promise,
  }
}

async function putAll(put: Write, bytes: Uint8Array, goesOn: () => boolean): Promise<void> {
  let done = 0
  while (done < bytes.length && goesOn()) {
    try {
      done += await put(bytes.subarray(done))
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error
      await Bun.sleep(TRY_AGAIN_MS)
    }
  }
}
