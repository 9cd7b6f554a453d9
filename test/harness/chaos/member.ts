/**
 * A member of a room in chaos: a client of glass, and all that it told. After each turn it is looked at, and may be damaged. Called by run.ts.
 */
import type { Edges } from '#lib/client/client.ts'
import type { Command } from '#lib/client/commands.ts'
import type { Event } from '#lib/client/events.ts'
import type { Session } from '#lib/client/stages.ts'
import type { Room } from '#lib/client/state.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { GlassClient } from '../glass.ts'

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
  /** It vanished without a word: nothing reaches it any more. */
  crashed = false
  /** It wants to leave, as soon as what it said has gone out. */
  isLeaving = false
  readonly #client: GlassClient

  constructor(name: string, edges: Edges, turned: (turned: Turned) => void) {
    this.name = name
    this.#client = new GlassClient(this.#mortal(edges), (input, told) => {
      this.events.push(...told)
      turned({ member: this, frame: input.on === 'frame' ? input.frame : null, told })
    })
  }

  do(command: Command): void {
    if (!this.crashed) this.#client.do(command)
  }

  get session(): Session {
    return this.#client.session
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

  /** Edges that tell it nothing once it has crashed. */
  #mortal(edges: Edges): Edges {
    const alive = (tell: () => void) => () => {
      if (!this.crashed) tell()
    }
    return {
      ...edges,
      wake: (after, then) => edges.wake(after, alive(then)),
      dial: (url, on) =>
        edges.dial(url, {
          opened: alive(() => on.opened()),
          text: (text) => alive(() => on.text(text))(),
          binary: alive(() => on.binary()),
          closed: (code) => alive(() => on.closed(code))(),
        }),
    }
  }
}
