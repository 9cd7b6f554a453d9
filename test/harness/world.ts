/**
 * A world in memory: real clients on a network whose frames travel when `settle` or `advance` lets them (test/harness/net.ts). A `meddle`
 * hook stands where a lying relay would. Called by the session tests.
 */
import { type Client, clientOver, type Edges } from '#lib/client/client.ts'
import type { Command } from '#lib/client/commands.ts'
import type { EntryView, Event } from '#lib/client/events.ts'
import { copyInvite, type Invite } from '#lib/crypto/invite.ts'
import type { Random } from '#lib/crypto/primitives.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { carrying, type Conn, Net, type Passage } from './net.ts'
import { seeded } from './random.ts'

export type { Recorded } from './net.ts'

/** What a frame becomes on its way to one receiver: itself, nothing, or several. */
export type Meddle = (frame: FromRelay, to: Conn) => readonly FromRelay[]

export class World extends Net {
  /** Replace to lie. */
  meddle: Meddle = (frame) => [frame]
  readonly #seed: number
  #people = 0

  constructor(seed = 1, maxRoomSize = 0) {
    super(seed, maxRoomSize)
    this.#seed = seed
    this.rules = [(passage) => this.#meddled(passage)]
  }

  /** A person with a client of their own. */
  person(name: string): Person {
    return new Person(this, name, clientOver(this.edges(name)))
  }

  /** What a client of this world runs on. */
  edges(owner: string, random: Random = seeded(this.#seed * 7_919 + ++this.#people)): Edges {
    return this.edgesOf(owner, random)
  }

  #meddled(passage: Passage): readonly Passage[] {
    if (passage.way === 'to relay') return [passage]
    return this.meddle(passage.frame, passage.conn).map((frame) => carrying(passage, frame))
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
    return this.do({ do: 'say', text, class: null })
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
