/**
 * A client of glass: the real session with everything it holds in sight, for tests of what a thief of that would get. Performs effects
 * as lib/client/client.ts does, and nothing more. Called by the tests of secrecy.
 */
import type { Edges, Line } from '#lib/client/client.ts'
import type { Command } from '#lib/client/commands.ts'
import type { Effect, Input, Timer } from '#lib/client/effects.ts'
import type { Event } from '#lib/client/events.ts'
import { idle, step } from '#lib/client/session.ts'
import type { Session } from '#lib/client/stages.ts'
import type { Room } from '#lib/client/state.ts'
import { decodeFromRelay, encodeToRelay } from '#lib/wire/codec.ts'
import type { CloseCode } from '#lib/wire/limits.ts'

export class GlassClient {
  session: Session = idle()
  readonly #waiting = new Set<() => void>()
  readonly #edges: Edges
  readonly #turned: (input: Input, told: readonly Event[]) => void
  readonly #timers = new Map<Timer, () => void>()
  #line: Line | null = null

  /** `turned` is called after each turn, with what was told in it. */
  constructor(edges: Edges, turned: (input: Input, told: readonly Event[]) => void = () => undefined) {
    this.#edges = edges
    this.#turned = turned
  }

  do(command: Command): void {
    this.#take({ on: 'command', command })
  }

  /** The conversation. Throws when there is none. */
  get room(): Room {
    if (this.session.at !== 'seated') throw new Error(`no room: ${this.session.at}`)
    return this.session.room
  }

  /** Resolves once the room suits, looked at after every turn. */
  until(suits: (room: Room) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.session.at !== 'seated' || !suits(this.session.room)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  #take(input: Input): void {
    const effects: Effect[] = []
    this.session = step(this.session, input, { now: this.#edges.now(), random: this.#edges.random, effects })
    for (const effect of effects) this.#perform(effect)
    this.#turned(
      input,
      effects.flatMap((effect) => (effect.do === 'tell' ? [effect.event] : [])),
    )
    for (const look of this.#waiting) look()
  }

  #perform(effect: Effect): void {
    if (effect.do === 'send') this.#line?.send(encodeToRelay(effect.frame))
    if (effect.do === 'wake') this.#wake(effect.timer, effect.after)
    if (effect.do === 'hangUp') this.#hangUp(effect.code)
    if (effect.do === 'dial') this.#dial(effect.url)
  }

  #wake(timer: Timer, after: number): void {
    this.#timers.get(timer)?.()
    const cancel = this.#edges.wake(after, () => this.#take({ on: 'woke', timer }))
    this.#timers.set(timer, cancel)
  }

  #hangUp(code: CloseCode): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    this.#line?.close(code)
    this.#line = null
  }

  #dial(url: string): void {
    const hear = (input: Input) => {
      if (this.#line === line) this.#take(input)
    }
    const line: Line = this.#edges.dial(url, {
      opened: () => hear({ on: 'opened' }),
      text: (text) => hear({ on: 'frame', frame: decodeFromRelay(text) }),
      binary: () => undefined,
      closed: (code) => hear({ on: 'closed', code }),
    })
    this.#line = line
  }
}
