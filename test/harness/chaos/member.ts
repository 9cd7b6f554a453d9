/**
 * A member of a room in chaos: the real session with everything it holds in sight, driven as lib/client/client.ts drives it, and
 * all that it told. After each turn it is looked at, and may be damaged. Called by run.ts.
 */
import type { Edges, Line } from '#lib/client/client.ts'
import type { Command } from '#lib/client/commands.ts'
import type { Effect, Input, Timer } from '#lib/client/effects.ts'
import type { Event } from '#lib/client/events.ts'
import { idle, step } from '#lib/client/session.ts'
import type { Room, Session } from '#lib/client/state.ts'
import { decodeFromRelay, encodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay } from '#lib/wire/frames.ts'

/** What happened in one turn. */
export interface Turned {
  readonly member: Member
  /** The frame that came, if one did. */
  readonly frame: FromRelay | null
  readonly told: readonly Event[]
}

export class Member {
  readonly name: string
  readonly events: Event[] = []
  session: Session = idle()
  /** It vanished without a word: nothing reaches it any more. */
  crashed = false
  /** It wants to leave, as soon as what it said has gone out. */
  isLeaving = false
  readonly #edges: Edges
  readonly #turned: (turned: Turned) => void
  readonly #timers = new Map<Timer, () => void>()
  #line: Line | null = null

  constructor(name: string, edges: Edges, turned: (turned: Turned) => void) {
    this.name = name
    this.#edges = edges
    this.#turned = turned
  }

  do(command: Command): void {
    this.#take({ on: 'command', command })
  }

  /** The conversation, connected or not; null when there is none. */
  get room(): Room | null {
    const { session } = this
    if ('room' in session) return session.room
    return 'goal' in session && session.goal.is === 'return' ? session.goal.room : null
  }

  get isSeated(): boolean {
    return !this.crashed && this.session.at === 'seated'
  }

  /** It has not left, died or been refused: it is in the room or on its way in. */
  get isAlive(): boolean {
    return !this.crashed && this.session.at !== 'idle' && this.session.at !== 'ended'
  }

  of<K extends Event['is']>(is: K): (Event & { readonly is: K })[] {
    return this.events.filter((event): event is Event & { readonly is: K } => event.is === is)
  }

  #take(input: Input): void {
    if (this.crashed) return
    const effects: Effect[] = []
    this.session = step(this.session, input, { now: this.#edges.now(), random: this.#edges.random, effects })
    const told: Event[] = []
    for (const effect of effects) this.#perform(effect, told)
    this.events.push(...told)
    this.#turned({ member: this, frame: input.on === 'frame' ? input.frame : null, told })
  }

  #perform(effect: Effect, told: Event[]): void {
    switch (effect.do) {
      case 'send':
        return this.#line?.send(encodeToRelay(effect.frame))
      case 'tell':
        told.push(effect.event)
        return
      case 'wake':
        return this.#wake(effect.timer, effect.after)
      case 'dial':
        return this.#dial(effect.url)
      case 'hangUp':
        for (const cancel of this.#timers.values()) cancel()
        this.#timers.clear()
        this.#line?.close(effect.code)
        this.#line = null
    }
  }

  #wake(timer: Timer, after: number): void {
    this.#timers.get(timer)?.()
    const cancel = this.#edges.wake(after, () => {
      this.#timers.delete(timer)
      this.#take({ on: 'woke', timer })
    })
    this.#timers.set(timer, cancel)
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
