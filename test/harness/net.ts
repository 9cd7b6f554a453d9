/**
 * A network in memory with a liar in it: the real relay rules, the real codec, a clock turned by hand, and rules of the test's own for
 * every frame on its way, in both directions (test/harness/liar.ts has the usual ones). Frames travel when `settle` or `advance` lets
 * them; without a rule in order and at once. Called by the world of the session tests and by chaos.
 */
import type { Edges, Line, LineEvents } from '#lib/client/client.ts'
import type { Random } from '#lib/crypto/primitives.ts'
import { decodeToRelay, encodeFromRelay } from '#lib/wire/codec.ts'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import type { Delivery } from '../../server/room.ts'
import { Rooms } from '../../server/rooms.ts'
import { Clock } from './clock.ts'
import { seeded } from './random.ts'

/** One end of a socket in memory. */
export interface Conn {
  readonly owner: string
  readonly on: LineEvents
  /** The relay has not closed it, nor heard it close. */
  open: boolean
  /** Half-open: nothing arrives on it any more, either way, and nobody is told. */
  frozen: boolean
  /** When the last delayed thing on its way up (to the relay) and down (from it) is due: what follows does not overtake it. */
  readonly due: { up: number; down: number }
}

/** A frame as it stood on the wire. */
export interface Recorded {
  readonly owner: string
  readonly way: 'to relay' | 'from relay'
  readonly text: string
}

/** A frame on its way, and what is to become of it. */
export type Passage = Travel &
  ({ readonly way: 'to relay'; readonly frame: ToRelay } | { readonly way: 'from relay'; readonly frame: FromRelay })

interface Travel {
  readonly conn: Conn
  /** Whose frame it is: the owner of the connection, or of the seat that the frame is of. Null for the relay's own words. */
  readonly from: string | null
  /** It arrives after so many ms. */
  readonly after: number
  /** It may overtake what went before it. */
  readonly overtakes: boolean
}

/** What the liar does with a frame: lets it pass as it is, changed, later, elsewhere, several times or not at all. */
export type Rule = (passage: Passage) => readonly Passage[]

/** The same passage with another frame. */
export function carrying(passage: Passage & { readonly way: 'from relay' }, frame: FromRelay): Passage {
  return { ...passage, frame }
}

/** The seat that a frame from the relay is of. */
function seatOf(frame: FromRelay): string | null {
  if ('from' in frame) return frame.from
  return 'username' in frame ? frame.username : null
}

export class Net {
  readonly clock = new Clock()
  readonly recording: Recorded[] = []
  /** Whoever ever took a seat since the relay started, in order of their first one. */
  readonly arrivals = new Set<string>()
  /** Applied one after the other, each to all that the one before it let pass. */
  rules: Rule[] = []
  readonly #queue: (() => void)[] = []
  readonly #conns = new Set<Conn>()
  readonly #owners = new Map<string, string>()
  readonly #randomBytes: Random
  readonly #maxRoomSize: number
  #rooms: Rooms<Conn>
  /** Owners of half-open sockets who have not dialed anew. */
  readonly #deaf = new Set<string>()
  #refusedUntil = 0
  #delayed = 0

  constructor(seed: number, maxRoomSize = 0) {
    this.#randomBytes = seeded(seed * 1_000_003)
    this.#maxRoomSize = maxRoomSize
    this.#rooms = this.#emptyRelay()
  }

  /** What a client runs on. */
  edgesOf(owner: string, random: Random): Edges {
    return {
      dial: (_url, on) => this.#dial(owner, on),
      now: () => this.clock.now(),
      random,
      wake: (after, then) => this.clock.wake(after, then),
    }
  }

  /** Whose seat that is, or was. */
  ownerOf(seat: string): string | null {
    return this.#owners.get(seat) ?? null
  }

  /** Something that was delayed has not arrived yet. */
  get isBusy(): boolean {
    return this.#delayed > 0
  }

  /** Delivers every frame that is on its way and not delayed, and those that they cause, until nothing moves. */
  settle(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next()
  }

  /** Lets so many frames travel one more hop each. */
  deliver(count: number): void {
    for (let i = 0; i < count; i++) this.#queue.shift()?.()
  }

  /** Turns the clock, delivering all that is on its way, all that timers send and all that falls due. */
  advance(ms: number): void {
    this.settle()
    this.clock.advance(ms, () => this.settle())
  }

  /** Gives a frame to everybody of that name, past the relay's rules and the liar's. */
  inject(owner: string, frame: FromRelay): void {
    for (const conn of this.#of(owner)) this.#arrive({ conn, frame, after: 0, overtakes: false })
  }

  /** Cuts somebody's connection: both ends hear of it, and what is on its way is lost. */
  cut(owner: string, code = 1006): void {
    for (const conn of this.#of(owner)) this.#close(conn, code)
  }

  /** Makes somebody's connection half-open. The relay finds out after so many ms; the client is never told. */
  freeze(owner: string, noticed: number): void {
    this.#deaf.add(owner)
    for (const conn of this.#of(owner)) {
      conn.frozen = true
      this.clock.wake(noticed, () => this.#close(conn, 1006))
    }
  }

  /** Some connection is half-open, and an end of it does not know. */
  get hasFrozen(): boolean {
    return [...this.#conns].some(({ frozen }) => frozen)
  }

  /** Somebody's socket is half-open, and its client has not found out. */
  isDeaf(owner: string): boolean {
    return this.#deaf.has(owner)
  }

  /** The relay starts anew: all sockets are closed, all rooms are gone. */
  restart(): void {
    this.#rooms = this.#emptyRelay()
    this.arrivals.clear()
    for (const conn of this.#conns) this.#close(conn, 1006)
  }

  /** The relay takes no connection for so many ms. */
  refuseDials(ms: number): void {
    this.#refusedUntil = this.clock.now() + ms
  }

  #emptyRelay(): Rooms<Conn> {
    return new Rooms<Conn>({
      maxRoomSize: this.#maxRoomSize,
      ttl: 86_400_000,
      maxRooms: 1_000,
      randomBytes: this.#randomBytes,
    })
  }

  #of(owner: string): readonly Conn[] {
    return [...this.#conns].filter((conn) => conn.owner === owner)
  }

  #dial(owner: string, on: LineEvents): Line {
    this.#deaf.delete(owner)
    const conn: Conn = { owner, on, open: true, frozen: false, due: { up: 0, down: 0 } }
    const isRefused = this.clock.now() < this.#refusedUntil
    if (!isRefused) this.#conns.add(conn)
    this.#queue.push(() => (isRefused ? on.closed(1006) : on.opened()))
    return {
      send: (text) => this.#send(conn, text),
      unsent: () => 0,
      // A close travels behind what was sent before it.
      close: (code) => this.#travel(conn, 'up', { after: 0, overtakes: false }, () => this.#close(conn, code)),
    }
  }

  #send(conn: Conn, text: string): void {
    this.recording.push({ owner: conn.owner, way: 'to relay', text })
    const sent = { conn, from: conn.owner, way: 'to relay', frame: decodeToRelay(text), after: 0, overtakes: false } as const
    this.#pass(sent)
  }

  #perform(deliveries: readonly Delivery<Conn>[]): void {
    for (const delivery of deliveries) {
      switch (delivery.do) {
        case 'send':
          this.#forward(delivery.conn, delivery.frame)
          break
        case 'publish':
          for (const conn of delivery.room.conns.keys()) if (conn !== delivery.except) this.#forward(conn, delivery.frame)
          break
        case 'close':
          this.#close(delivery.conn, delivery.code)
          break
        case 'subscribe':
          break
      }
    }
  }

  #forward(conn: Conn, frame: FromRelay): void {
    const seat = seatOf(frame)
    const from = seat === null ? null : this.ownerOf(seat)
    this.#pass({ conn, from, way: 'from relay', frame, after: 0, overtakes: false })
  }

  #pass(passage: Passage): void {
    let passing: readonly Passage[] = [passage]
    for (const rule of this.rules) passing = passing.flatMap(rule)
    for (const one of passing) {
      if (one.way === 'from relay') this.#arrive(one)
      else this.#travel(one.conn, 'up', one, () => this.#receive(one.conn, one.frame))
    }
  }

  #receive(conn: Conn, frame: ToRelay): void {
    if (!this.#conns.has(conn)) return
    if (frame.type === 'identify') {
      this.#owners.set(frame.username, conn.owner)
      this.arrivals.add(conn.owner)
    }
    this.#perform(this.#rooms.receive(conn, frame, this.clock.now()))
  }

  #arrive(passage: Pick<Passage, 'conn' | 'after' | 'overtakes'> & { readonly frame: FromRelay }): void {
    const { conn, frame } = passage
    const text = encodeFromRelay(frame)
    this.recording.push({ owner: conn.owner, way: 'from relay', text })
    this.#travel(conn, 'down', passage, () => {
      if (conn.open) conn.on.text(text)
    })
  }

  /** Lets something arrive at its time: behind what went the same way before it, unless it overtakes. */
  #travel(conn: Conn, way: 'up' | 'down', { after, overtakes }: Pick<Passage, 'after' | 'overtakes'>, arrive: () => void): void {
    const now = this.clock.now()
    const isBehind = !overtakes && conn.due[way] >= now
    const due = isBehind ? Math.max(now + after, conn.due[way]) : now + after
    const unlessFrozen = () => {
      if (!conn.frozen) arrive()
    }
    if (due === now && !isBehind) {
      this.#queue.push(unlessFrozen)
      return
    }
    if (!overtakes) conn.due[way] = due
    this.#delayed += 1
    this.clock.wake(due - now, () => {
      this.#delayed -= 1
      unlessFrozen()
    })
  }

  #close(conn: Conn, code: number): void {
    if (!conn.open) return
    conn.open = false
    this.#conns.delete(conn)
    this.#perform(this.#rooms.leave(conn))
    if (!conn.frozen) this.#queue.push(() => conn.on.closed(code))
  }
}
