/**
 * Standard input as lines, of bounded size (docs/scripting.md, Input). Pulled one at a time: what nobody asked for yet stays in the
 * pipe. Called by invite.ts, asking.ts and talk.ts, in turn.
 */

/** Bytes of a line at most. Far above the longest text that can be said, so that whoever writes too much is told by how much. */
export const LINE_BYTES = 1024 * 1024

/**
 * Bytes of a line that a terminal hands over, its end aside; the rest is dropped without a word (Linux n_tty, MAX_CANON elsewhere). A
 * line as long as that has probably lost some.
 */
const TERMINAL_LINE_BYTES = process.platform === 'darwin' ? 1_023 : 4_095

/** A line without its end, or why it cannot be read. */
export type Line =
  | { readonly is: 'line'; readonly text: string }
  /** `bytes` is its whole length; they were dropped as they came. */
  | { readonly is: 'too_long'; readonly bytes: number; readonly most: number }
  /** The terminal has kept no more than `most` bytes of it. */
  | { readonly is: 'cut'; readonly most: number }
  | { readonly is: 'not_utf8' }

/** Why a line cannot be taken, in words. */
export function lineFault(line: Exclude<Line, { is: 'line' }>): string {
  switch (line.is) {
    case 'too_long':
      return `a line has ${line.most} bytes at most, this one has ${line.bytes}`
    case 'cut':
      return `a terminal hands over ${line.most} bytes of a line and drops the rest: a longer one comes from a file or a pipe`
    case 'not_utf8':
      return 'this line is not UTF-8'
  }
}

/** Where lines come from: what bounds them. */
export interface Source {
  /** Bytes of a line at most. */
  readonly most: number
  /** Bytes that a terminal keeps of a line; null for a file or a pipe, which keep all. */
  readonly kept: number | null
}

export const PIPE: Source = { most: LINE_BYTES, kept: null }
export const TERMINAL: Source = { most: LINE_BYTES, kept: TERMINAL_LINE_BYTES }

/** Cuts bytes into lines at LF or CRLF. */
export interface Splitter {
  /** The lines that these bytes complete. They are copied where they are kept. */
  push(bytes: Uint8Array): Line[]
  /** What stood after the last line end, if anything. */
  end(): Line[]
}

const LF = 0x0a
const CR = 0x0d

export function splitter({ most, kept: keeps }: Source = PIPE): Splitter {
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
    if (tooLong) return { is: 'too_long', bytes, most }
    return keeps !== null && bytes >= keeps ? { is: 'cut', most: keeps } : decode(whole.subarray(0, bytes))
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
  /** Drops lines until none has come for so many ms. Resolves with the count of those that were not blank. */
  skipPaste(quiet: number): Promise<number>
  /** No more is wanted: `next` gives null, also to who waits for it. */
  stop(): Promise<void>
}

/** The lines of a stream. A stream that breaks ends. */
export function linesOf(stream: ReadableStream<Uint8Array>, source: Source = PIPE): Lines {
  const reader = stream.getReader()
  const split = splitter(source)
  const ready: Line[] = []
  let over = false
  let filling: Promise<boolean> | null = null

  /** Reads on; false at the end. One read at a time, also when somebody went away from it. */
  function fill(): Promise<boolean> {
    filling ??= read().finally(() => {
      filling = null
    })
    return filling
  }

  async function read(): Promise<boolean> {
    if (over) return false
    const got = await reader.read().catch(() => ({ done: true, value: undefined }))
    // Somebody may have called `stop` meanwhile.
    if (over) return false
    if (got.value !== undefined) ready.push(...split.push(got.value))
    if (!got.done) return true
    over = true
    ready.push(...split.end())
    return false
  }

  return {
    async next() {
      while (ready.length === 0 && (await fill())) continue
      return ready.shift() ?? null
    },
    async skipPaste(quiet) {
      let dropped = 0
      for (let more = true; more;) {
        more = await Promise.race([fill(), Bun.sleep(quiet).then(() => false)])
        dropped += ready.splice(0).filter(isSomething).length
      }
      return dropped
    },
    async stop() {
      over = true
      ready.length = 0
      await reader.cancel().catch(() => 'a stream that broke has stopped already')
    },
  }
}

function isSomething(line: Line): boolean {
  return line.is !== 'line' || line.text.trim() !== ''
}
