/**
 * A passphrase, asked of a person without showing it, or taken from the first line of a pipe (docs/scripting.md, Saved talks). Never from the
 * command line, which every user of the machine can read. Called by open.ts.
 */
import { Failure } from './exit.ts'
import { type Lines, lineFault } from './reading.ts'

/** What is read of a terminal while nothing of it is shown. */
export interface Keyboard {
  /** Keys as they are pressed, without an echo, when true. */
  setRawMode(raw: boolean): unknown
  on(event: 'data', listener: (keys: Uint8Array) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (keys: Uint8Array) => void): unknown
  off(event: 'end', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

/** What the keys of one passphrase have come to. */
export type Typed =
  | { readonly is: 'typing'; readonly text: string }
  | { readonly is: 'done'; readonly text: string }
  /** Ctrl-C, or Ctrl-D with nothing typed. */
  | { readonly is: 'given up' }

const NOTHING: Typed = { is: 'typing', text: '' }

/** The next state after some keys: Enter ends, Backspace takes one sign back, Ctrl-U all. What else acts and shows nothing is left out. */
export function afterKeys(typed: Typed, keys: string): Typed {
  let next = typed
  for (const key of keys) {
    if (next.is !== 'typing') return next
    next = afterKey(next.text, key)
  }
  return next
}

function afterKey(text: string, key: string): Typed {
  switch (key) {
    case '\r':
    case '\n':
      return { is: 'done', text }
    case '\u0003':
      return { is: 'given up' }
    case '\u0004':
      return text === '' ? { is: 'given up' } : { is: 'done', text }
    case '\u007f':
    case '\u0008':
      return {
        is: 'typing',
        text: [...new Intl.Segmenter('en').segment(text)]
          .slice(0, -1)
          .map(({ segment }) => segment)
          .join(''),
      }
    case '\u0015':
      return NOTHING
    default:
      return { is: 'typing', text: /\p{Cc}/u.test(key) ? text : text + key }
  }
}

/** Asks at the terminal. Throws `Failure`: interrupted when the person gives up. The terminal is as before on every way out. */
export async function askHidden(question: string, keyboard: Keyboard, say: (text: string) => void): Promise<string> {
  const decoder = new TextDecoder()
  const ended = Promise.withResolvers<string>()
  let typed = NOTHING
  function take(keys: Uint8Array): void {
    typed = afterKeys(typed, decoder.decode(keys, { stream: true }))
    if (typed.is === 'done') ended.resolve(typed.text)
    if (typed.is === 'given up') ended.reject(new Failure('interrupted', 'given up'))
  }
  const giveUp = () => ended.reject(new Failure('interrupted', 'given up'))
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const
  for (const signal of signals) process.on(signal, giveUp)
  // Before it is asked for: a quick hand would be shown.
  keyboard.setRawMode(true)
  say(question)
  keyboard.on('data', take)
  keyboard.on('end', giveUp)
  keyboard.resume()
  try {
    return await ended.promise
  } finally {
    keyboard.off('data', take)
    keyboard.off('end', giveUp)
    keyboard.setRawMode(false)
    keyboard.pause()
    for (const signal of signals) process.off(signal, giveUp)
    say('\n')
  }
}

/** The first line of a pipe. Throws `Failure('usage')` when there is none. */
export async function pipedPassphrase(lines: Lines): Promise<string> {
  const line = await lines.next()
  if (line === null) throw new Failure('usage', 'no passphrase was given: it is the first line of the input')
  if (line.is !== 'line') throw new Failure('usage', lineFault(line))
  return line.text
}
