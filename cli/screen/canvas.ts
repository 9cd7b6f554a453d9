/**
 * What pi-tui draws on and is drawn on by: the screen as one component, and the terminal with an ear on it (docs/terminal.md). Called by program.ts.
 */
import type { Component, Terminal, TuiMouseEvent, TuiMouseEventResult } from '@earendil-works/pi-tui'

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

/** The terminal, overheard: pi-tui keeps to itself whether somebody looks at it. */
export function watched(terminal: Terminal, focus: (focused: boolean) => void): Terminal {
  return new Proxy(terminal, {
    get(target, name) {
      if (name === 'start') {
        return (onInput: (data: string) => void, onResize: () => void) =>
          target.start((data) => {
            if (data === FOCUS_IN || data === FOCUS_OUT) focus(data === FOCUS_IN)
            onInput(data)
          }, onResize)
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
