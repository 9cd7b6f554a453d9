/**
 * What pi-tui draws on and is drawn on by: the screen as one component, and the terminal with an ear on it (docs/terminal.md). Called by program.ts.
 */
import {
  type Component,
  parseOsc11BackgroundColor,
  type RgbColor,
  type Terminal,
  type TuiMouseEvent,
  type TuiMouseEventResult,
} from '@earendil-works/pi-tui'

const FOCUS_IN = '\x1b[I'
const FOCUS_OUT = '\x1b[O'

/** All of the screen, as one component: what is where is for screen.ts to say. */
export class Root implements Component {
  readonly #rows: (columns: number) => readonly string[]
  readonly #turned: (rows: number) => void

  constructor(rows: (columns: number) => readonly string[], turned: (rows: number) => void) {
    this.#rows = rows
    this.#turned = turned
  }

  render(columns: number): string[] {
    return [...this.#rows(columns)]
  }

  handleMouse({ type, wheelDelta = 0 }: TuiMouseEvent): TuiMouseEventResult | undefined {
    if (type !== 'wheel') return undefined
    this.#turned(wheelDelta)
    return { handled: true }
  }

  invalidate(): void {
    // Nothing is kept here.
  }
}

/** Nothing at all: what stands on the screen when it is given back. */
export const EMPTY: Component = { render: () => [], invalidate: () => undefined }

/** Asks a terminal for its ground (OSC 11). Many never answer. */
export const GROUND_ASKED = '\x1b]11;?\x07'

/** What a terminal tells besides keys. */
export interface Ears {
  readonly focus: (focused: boolean) => void
  readonly ground: (ground: RgbColor) => void
}

/**
 * The terminal, overheard: pi-tui keeps to itself whether somebody looks at it. Its own question for the ground keeps the process alive until it is
 * answered or given up; here nothing waits, and an answer that comes late counts as well.
 */
export function watched(terminal: Terminal, { focus, ground }: Ears): Terminal {
  return new Proxy(terminal, {
    get(target, name) {
      if (name === 'start') {
        return (onInput: (data: string) => void, onResize: () => void) =>
          target.start((data) => {
            if (data === FOCUS_IN || data === FOCUS_OUT) focus(data === FOCUS_IN)
            const told = parseOsc11BackgroundColor(data)
            if (told === undefined) onInput(data)
            else ground(told)
          }, onResize)
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
