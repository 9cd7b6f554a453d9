/**
 * The driver: owns the socket, the clock and the randomness that it was given, and performs a session's effects in order
 * (docs/protocol.md, Client). The only file of lib/ that touches the outside. Both clients make one for each conversation.
 */
import type { Random } from '#lib/crypto/primitives.ts'
import { decodeFromRelay, encodeToRelay } from '#lib/wire/codec.ts'
import { utf8 } from '#lib/wire/bytes.ts'
import { WireError } from '#lib/wire/errors.ts'
import type { ToRelay } from '#lib/wire/frames.ts'
import type { CloseCode } from '#lib/wire/limits.ts'
import type { Command } from './commands.ts'
import type { Effect, Input, Millis, Timer } from './effects.ts'
import type { Event, Seen } from './events.ts'
import { idle, step } from './session.ts'
import type { Session } from './stages.ts'
import { emptyStore, type Store } from './store.ts'

/** A socket that is being opened or is open. Texts given before it opened are lost: the session never does that. */
export interface Line {
  send(text: string): void
  /** Bytes that were sent and that the network has not taken yet. */
  unsent(): number
  close(code: CloseCode): void
}

/** What a socket reports. `closed` comes once, also when it never opened. */
export interface LineEvents {
  opened(): void
  text(text: string): void
  /** A binary frame: no relay of the contract sends one. */
  binary(): void
  closed(code: number): void
}

/** The outside, handed in: real in the clients, made of memory and turned by hand in tests. */
export interface Edges {
  dial(url: string, on: LineEvents): Line
  /** ms since 1970 */
  now(): Millis
  readonly random: Random
  /** Calls back once after so many ms; returns how to call it off. */
  wake(after: Millis, then: () => void): () => void
}

export interface Client {
  /** Carries a command out; what comes of it is told as events. */
  do(command: Command): void
  /** Hears every event in order. Returns how to stop hearing. */
  on(listener: (event: Event) => void): () => void
  /**
   * Sees every frame, in order and before the session does; costs nothing while nobody watches. Frames hold what opens the relay's door: whoever
   * shows them goes by lib/text/summary. Returns how to stop.
   */
  watch(watcher: (seen: Seen) => void): () => void
  /** Bytes that wait for the network: who feeds a program's output in should wait while they are many. */
  unsent(): number
  /**
   * The platform noticed that time or the network stood still: a page is shown again, a machine woke. Looks at once whether the connection lives,
   * and dials at once where it is lost.
   */
  rouse(): void
  readonly store: Store
}

/** A client over the platform's WebSocket, clock and randomness. */
export function createClient(): Client {
  return clientOver(platformEdges())
}

/** The platform's own WebSocket, clock and randomness. */
export function platformEdges(): Edges {
  return { dial: dialWebSocket, now: steady(() => Date.now()), random: platformRandom, wake: wakeAfter }
}

/** A clock that goes on when it is set back: whatever is due at a time would else be late by as much, beats and alarms among it. */
export function steady(clock: () => Millis): () => Millis {
  let last = Number.NEGATIVE_INFINITY
  let ahead = 0
  return () => {
    const now = clock()
    if (now < last) ahead += last - now
    last = now
    return now + ahead
  }
}

/** A client over any edges. */
export function clientOver(edges: Edges): Client {
  return new Driver(edges)
}

type Unmeasured = Seen extends infer One ? (One extends Seen ? Omit<One, 'bytes'> : never) : never

class Driver implements Client {
  readonly store = emptyStore()
  readonly #edges: Edges
  readonly #listeners = new Set<(event: Event) => void>()
  readonly #watchers = new Set<(seen: Seen) => void>()
  readonly #timers = new Map<Timer, () => void>()
  readonly #inputs: Input[] = []
  #session: Session = idle()
  #line: Line | null = null
  #busy = false

  constructor(edges: Edges) {
    this.#edges = edges
  }

  do(command: Command): void {
    this.#take({ on: 'command', command })
  }

  rouse(): void {
    this.#take({ on: 'roused' })
  }

  unsent(): number {
    return this.#line?.unsent() ?? 0
  }

  on(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  watch(watcher: (seen: Seen) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Inputs are taken one at a time and in order, also when performing an effect brings the next one. */
  #take(input: Input): void {
    this.#inputs.push(input)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#turn(next)
    } finally {
      this.#busy = false
    }
  }

  #turn(input: Input): void {
    const effects: Effect[] = []
    this.#session = step(this.#session, input, { now: this.#edges.now(), random: this.#edges.random, effects })
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'send':
        return this.#send(effect.frame)
      case 'tell':
        return this.#tell(effect.event)
      case 'wake':
        return this.#wake(effect.timer, effect.after)
      case 'dial':
        return this.#dial(effect.url)
      case 'hangUp':
        return this.#hangUp(effect.code)
    }
  }

  #send(frame: ToRelay): void {
    if (this.#line === null) return
    const text = encodeToRelay(frame)
    this.#see(text, { way: 'out', frame })
    this.#line.send(text)
  }

  #see(text: string, seen: Unmeasured): void {
    if (this.#watchers.size === 0) return
    const bytes = utf8(text).length
    for (const watcher of this.#watchers) watcher({ ...seen, bytes })
  }

  #tell(event: Event): void {
    this.store.take(event)
    for (const listener of this.#listeners) listener(event)
  }

  #wake(timer: Timer, after: Millis): void {
    this.#timers.get(timer)?.()
    const cancel = this.#edges.wake(after, () => {
      this.#timers.delete(timer)
      this.#take({ on: 'woke', timer })
    })
    this.#timers.set(timer, cancel)
  }

  #dial(url: string): void {
    // What a socket says after we hung up, or after another was dialed, is not for the session.
    const hear = (input: Input, text = '') => {
      if (this.#line !== line) return
      if (input.on === 'frame') this.#see(text, { way: 'in', frame: input.frame })
      if (input.on === 'garbage') this.#see(text, { way: 'in', frame: null, code: input.code })
      this.#take(input)
    }
    const line: Line = this.#edges.dial(url, {
      opened: () => hear({ on: 'opened' }),
      text: (text) => hear(read(text), text),
      binary: () => hear({ on: 'garbage', code: 'not_json' }),
      closed: (code) => hear({ on: 'closed', code }),
    })
    this.#line = line
  }

  #hangUp(code: CloseCode): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    this.#line?.close(code)
    this.#line = null
  }
}

function read(text: string): Input {
  try {
    return { on: 'frame', frame: decodeFromRelay(text) }
  } catch (error) {
    if (error instanceof WireError) return { on: 'garbage', code: error.code }
    throw error
  }
}

function dialWebSocket(url: string, on: LineEvents): Line {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => on.opened())
  socket.addEventListener('message', (message: MessageEvent<unknown>) => {
    if (typeof message.data === 'string') on.text(message.data)
    else on.binary()
  })
  socket.addEventListener('close', ({ code }) => on.closed(code))
  // Every error is followed by a close, which is what the session hears.
  socket.addEventListener('error', () => undefined)
  return {
    send: (text) => socket.send(text),
    unsent: () => socket.bufferedAmount,
    close: (code) => socket.close(code),
  }
}

function platformRandom(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}

function wakeAfter(after: Millis, then: () => void): () => void {
  const timer = setTimeout(then, after)
  return () => clearTimeout(timer)
}
