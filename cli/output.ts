/**
 * Standard output, line by line (docs/scripting.md, Output). Called by main.ts and through it by both faces. Whoever reads it may go
 * away at any time (`tacet … | head`): that is no failure but an end.
 */

export interface Output {
  /** Writes lines, each with its end. After the reader is gone nothing happens. */
  lines(...lines: readonly string[]): void
  /** Resolves when everything written has reached the reader, or nobody reads any more. */
  drained(): Promise<void>
  /** Resolves when the reader is gone. */
  readonly gone: Promise<void>
}

/** What of Bun's FileSink is used. */
export interface Sink {
  write(text: string): number | Promise<number>
  flush(): number | Promise<number>
}

export function outputTo(sink: Sink): Output {
  const gone = Promise.withResolvers<void>()
  let isGone = false
  let unfinished: Promise<void> = Promise.resolve()

  async function put(text: string): Promise<void> {
    if (isGone) return
    try {
      await sink.write(text)
      await sink.flush()
    } catch (error) {
      // A closed pipe says EPIPE, a closed terminal EIO. Whatever it says, there is no place left to say it.
      if (!(error instanceof Error)) throw error
      isGone = true
      gone.resolve()
    }
  }

  return {
    lines(...lines) {
      const text = lines.map((line) => `${line}\n`).join('')
      unfinished = unfinished.then(() => put(text))
    },
    drained: () => unfinished,
    gone: gone.promise,
  }
}
