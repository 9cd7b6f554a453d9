/**
 * A world in memory: real clients, the real relay rules, the real codec, seeded randomness and a clock turned by hand. Frames travel
 * when `settle` or `advance` lets them, in order. A `meddle` hook stands where a lying relay would. Called by the session tests.
 */
import { type Client, clientOver, type Edges, type Line, type LineEvents } from '#lib/client/client.ts'
import type { Command } from '#lib/client/commands.ts'
import type { EntryView, Event } from '#lib/client/events.ts'
import { copyInvite, type Invite } from '#lib/crypto/invite.ts'
import type { Random } from '#lib/crypto/primitives.ts'
import { decodeToRelay, encodeFromRelay } from '#lib/wire/codec.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import type { Delivery } from '../../server/room.ts'
import { Rooms } from '../../server/rooms.ts'
import { Clock } from './clock.ts'
import { seeded } from './random.ts'

/** One end of a socket in memory. */
export interface Conn {
  readonly owner: string
  readonly on: LineEvents
  open: boolean
}

/** What a frame becomes on its way to one receiver: itself, nothing, or several. */
export type Meddle = (frame: FromRelay, to: Conn) => readonly FromRelay[]

/** A frame as it stood on the wire. */
export interface Recorded {
  readonly owner: string
  readonly way: 'to relay' | 'from relay'
  readonly text: string
}

export class World {
  readonly clock = new Clock()
  readonly recording: Recorded[] = []
  /** Replace to lie. */
  meddle: Meddle = (frame) => [frame]
  readonly #seed: number
  readonly #queue: (() => void)[] = []
  readonly #conns = new Set<Conn>()
  readonly #rooms: Rooms<Conn>
  #people = 0

  constructor(seed = 1, maxRoomSize = 0) {
    this.#seed = seed
    const randomBytes = seeded(seed * 1_000_003)
    this.#rooms = new Rooms<Conn>({ maxRoomSize, ttl: 86_400_000, maxRooms: 1_000, randomBytes })
  }

  /** A person with a client of their own. */
  person(name: string): Person {
    return new Person(this, name, clientOver(this.edges(name)))
  }

  /** What a client of this world runs on. */
  edges(owner: string, random: Random = seeded(this.#seed * 7_919 + ++this.#people)): Edges {
    return {
      dial: (_url, on) => this.#dial(owner, on),
      now: () => this.clock.now(),
      random,
      wake: (after, then) => this.clock.wake(after, then),
    }
  }

  /** Delivers every frame that is on its way, and those that they cause, until nothing moves. */
  settle(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next()
  }

  /** Lets so many frames travel one more hop each. */
  deliver(count: number): void {
    for (let i = 0; i < count; i++) this.#queue.shift()?.()
  }

  /** Turns the clock, delivering all that its timers send. */
  advance(ms: number): void {
    this.clock.advance(ms, () => this.settle())
  }

  /** Gives a frame to everybody of that name, past the relay's rules. */
  inject(owner: string, frame: FromRelay): void {
    for (const conn of this.#conns) if (conn.owner === owner) this.#arrive(conn, frame)
  }

  /** Cuts somebody's connection. */
  cut(owner: string): void {
    for (const conn of this.#conns) if (conn.owner === owner) this.#close(conn, 1006)
  }

  #dial(owner: string, on: LineEvents): Line {
    const conn: Conn = { owner, on, open: true }
    this.#conns.add(conn)
    this.#queue.push(() => on.opened())
    return {
      send: (text) => {
        this.recording.push({ owner, way: 'to relay', text })
        this.#queue.push(() => {
          if (this.#conns.has(conn)) this.#perform(this.#rooms.receive(conn, decodeToRelay(text), this.clock.now()))
        })
      },
      unsent: () => 0,
      // A close travels behind what was sent before it.
      close: (code) => this.#queue.push(() => this.#close(conn, code)),
    }
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
    for (const sent of this.meddle(frame, conn)) this.#arrive(conn, sent)
  }

  #arrive(conn: Conn, frame: FromRelay): void {
    const text = encodeFromRelay(frame)
    this.recording.push({ owner: conn.owner, way: 'from relay', text })
    this.#queue.push(() => {
      if (conn.open) conn.on.text(text)
    })
  }

  #close(conn: Conn, code: number): void {
    if (!conn.open) return
    conn.open = false
    this.#conns.delete(conn)
    this.#perform(this.#rooms.leave(conn))
    this.#queue.push(() => conn.on.closed(code))
  }
}

/** Somebody with a client, and all that the client told. */
export class Person {
  readonly name: string
  readonly client: Client
  readonly events: Event[] = []
  readonly #world: World

  constructor(world: World, name: string, client: Client) {
    this.#world = world
    this.name = name
    this.client = client
    client.on((event) => this.events.push(event))
  }

  /** Does something and lets everything that follows happen. */
  do(command: Command): this {
    this.client.do(command)
    this.#world.settle()
    return this
  }

  /** Makes a room; returns its invite. */
  create(): Invite {
    this.do({ do: 'create', url: 'ws://127.0.0.1:1337/ws', name: this.name, adminToken: null })
    const created = this.of('created')[0]
    if (created === undefined) throw new Error('no room was made')
    // A copy: the session wipes its own.
    return copyInvite(created.invite)
  }

  join(invite: Invite): this {
    return this.do({ do: 'join', invite, name: this.name })
  }

  say(text: string): this {
    return this.do({ do: 'say', text, notice: false })
  }

  rotate(): this {
    return this.do({ do: 'rotate' })
  }

  leave(): this {
    return this.do({ do: 'leave', now: false })
  }

  /** Events of one kind. */
  of<K extends Event['is']>(is: K): (Event & { readonly is: K })[] {
    return this.events.filter((event): event is Event & { readonly is: K } => event.is === is)
  }

  /** Entries told, in order of arrival. */
  entries(): EntryView[] {
    return this.of('entry').map((event) => event.entry)
  }

  /** Texts heard and said, as `name: text`, in order of arrival. */
  texts(): string[] {
    return this.entries().flatMap(({ kind, body: { text }, who }) =>
      kind === 'core.text' && typeof text === 'string' ? [`${who.name}: ${text}`] : [],
    )
  }

  /** What was refused, as `what code name`. */
  refusals(): string[] {
    return this.of('refused').map(({ refusal }) => `${refusal.what} ${refusal.code} ${refusal.name ?? '?'}`)
  }

  /** Changes of members, as `what name`. */
  members(): string[] {
    return this.of('member').map(({ what, who }) => `${what} ${who.name}`)
  }

  /** My seat. */
  seat(): string {
    const seated = this.of('seated').at(-1)
    if (seated === undefined) throw new Error(`${this.name} has no seat`)
    return seated.me.seat
  }
}
