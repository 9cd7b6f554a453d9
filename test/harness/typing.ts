/** Standard input for tests: a stream that is fed by hand, and its lines. */
import { type Lines, linesOf, type Source } from '../../cli/reading.ts'

export interface Typing {
  readonly lines: Lines
  /** Gives bytes, all at once. */
  type(text: string | Uint8Array): void
  /** The end of the input. */
  end(): void
  /** The input breaks. */
  break(): void
  /** True when it was called off. */
  readonly stopped: () => boolean
}

export function typing(source?: Source): Typing {
  let control: ReadableStreamDefaultController<Uint8Array> | undefined
  let stopped = false
  // A stream is started while it is being made.
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (control = controller),
    cancel: () => void (stopped = true),
  })
  return {
    lines: linesOf(stream, source),
    type: (text) => control?.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text),
    end: () => control?.close(),
    break: () => control?.error(new Error('broken')),
    stopped: () => stopped,
  }
}

/** Input that is all there from the beginning, and ends. */
export function typed(text: string, source?: Source): Lines {
  const input = typing(source)
  input.type(text)
  input.end()
  return input.lines
}
