/**
 * Standard input as lines, of bounded size (docs/scripting.md, Input). Pulled one at a time: what nobody asked for yet stays in the
 * pipe. Called by invite.ts, asking.ts and talk.ts, in turn.
 */

/** Bytes of a line at most. Far above the longest text that can be said, so that whoever writes too much is told by how much. */
export const LINE_BYTES = 1024 * 1024

/** A line without its end, or why it cannot be read. */
export type Line =
  | { readonly is: 'line'; readonly text: string }
  /** `bytes` is its whole length; they were dropped as they came. */
  | { readonly is: 'too_long'; readonly bytes: number }
  | { readonly is: 'not_utf8' }

/** Cuts bytes into lines at LF or CRLF. */
export interface Splitter {
  /** The lines that these bytes complete. They are copied where they are kept. */
  push(bytes: Uint8Array): Line[]
  /** What stood after the last line end, if anything. */
  end(): Line[]
}

const LF = 0x0a
const CR = 0x0d

export function splitter(most: number = LINE_BYTES): Splitter {
  let kept: Uint8Array[] = []
  /** Of the line begun, also what was dropped of it. */
  let length = 0

  function add(bytes: Uint8Array): void {
    length += bytes.length
    // Room for the CR that may still turn out to be half of the line's end.
    if (length <= most + 1) kept.push(bytes.slice())
    else kept = []
  }

  function take(): Line {
    const whole = Buffer.concat(kept)
    const bytes = length - (whole.at(-1) === CR ? 1 : 0)
    const tooLong = length > most + 1 || bytes > most
    kept = []
    length = 0
    return tooLong ? { is: 'too_long', bytes } : decode(whole.subarray(0, bytes))
  }

  return {
    push(bytes) {
      const lines: Line[] = []
      let from = 0
      for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, from)) {
        add(bytes.subarray(from, at))
        lines.push(take())
        from = at + 1
      }
      add(bytes.subarray(from))
      return lines
    },
    end: () => (length === 0 ? [] : [take()]),
  }
}

function decode(bytes: Uint8Array): Line {
  try {
    return { is: 'line', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    if (error instanceof TypeError) return { is: 'not_utf8' }
    throw error
  }
}

/** Lines, one after the other. */
export interface Lines {
  /** The next line, or null at the end. */
  next(): Promise<Line | null>
  /** No more is wanted: `next` gives null, also to who waits for it. */
  stop(): Promise<void>
}

/** The lines of a stream. A stream that breaks ends. */
export function linesOf(stream: ReadableStream<Uint8Array>, most: number = LINE_BYTES): Lines {
  const reader = stream.getReader()
  const split = splitter(most)
  const ready: Line[] = []
  let over = false

  async function next(): Promise<Line | null> {
    while (ready.length === 0 && !over) await fill()
    return ready.shift() ?? null
  }

  async function fill(): Promise<void> {
    const read = await reader.read().catch(() => ({ done: true, value: undefined }))
    if (read.value !== undefined) ready.push(...split.push(read.value))
    if (!read.done || over) return
    over = true
    ready.push(...split.end())
  }

  return {
    next,
    async stop() {
      over = true
      ready.length = 0
      await reader.cancel().catch(() => 'a stream that broke has stopped already')
    },
  }
}
