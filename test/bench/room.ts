/**
 * A room in memory for measuring one of its members: real clients, the relay's real rules and codec, the platform's randomness, a clock
 * that moves only in `rest`. What a client sends waits until `carry` takes it through the relay, and what the relay sends to a client
 * waits until `read`: so that each end's work can be timed alone. Called by the benches of lib/client.
 *
 * A hundred members who all know each other would take a minute to make. So those who are not to be measured know nothing of one another:
 * they find, and hear, the measured ones alone, to whom they are like any other member.
 */
import { type Client, clientOver, type Edges, type Line, type LineEvents } from '#lib/client/client.ts'
import { copyInvite, type Invite } from '#lib/crypto/invite.ts'
import { decodeToRelay, encodeFromRelay } from '#lib/wire/codec.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import type { Delivery } from '../../server/room.ts'
import { Rooms } from '../../server/rooms.ts'
import { Clock } from '../harness/clock.ts'

/** One client and the two ends of its socket. */
export class Seat {
  readonly client: Client
  readonly measured: boolean
  /** Frames that the client has sent and the relay has not seen. */
  sent: string[] = []
  /** Frames of the relay that the client has not read. */
  inbox: string[] = []
  #on: LineEvents | null = null

  constructor(edges: Omit<Edges, 'dial'>, measured: boolean) {
    this.measured = measured
    this.client = clientOver({ ...edges, dial: (_url, on) => this.#dial(on) })
  }

  /** The socket is open. */
  opened(): void {
    this.#on?.opened()
  }

  /** Reads what waits, in order; says how many frames that was. */
  read(): number {
    const inbox = this.inbox
    this.inbox = []
    for (const text of inbox) this.#on?.text(text)
    return inbox.length
  }

  say(text: string): void {
    this.client.do({ do: 'say', text, class: null })
  }

  #dial(on: LineEvents): Line {
    this.#on = on
    return { send: (text) => void this.sent.push(text), unsent: () => 0, close: () => undefined }
  }
}

/** Longer than anything is kept for late frames, and than keys wait to be renewed after a handshake (lib/client/times), ms. */
const REST_MS = 150_000

export class BenchRoom {
  readonly seats: Seat[] = []
  readonly #clock = new Clock()
  readonly #rooms = new Rooms<Seat>({ maxRoomSize: 0, ttl: 0, maxRooms: 1, randomBytes: random })
  /** Seats of those to be measured, as frames name them. */
  readonly #measured = new Set<string>()
  #invite: Invite | null = null

  /** A room with so many members, all settled: nothing waits, no timer is near. The first ones are to be measured. */
  static of(members: number, measured: number): BenchRoom {
    const room = new BenchRoom()
    const founder = room.#add(measured > 0)
    founder.client.on((event) => {
      if (event.is === 'created') room.#invite = copyInvite(event.invite)
    })
    founder.client.do({ do: 'create', url: 'ws://127.0.0.1/ws', name: 'member 1', adminToken: null })
    founder.opened()
    room.settle()
    while (room.seats.length < members) {
      room.join(room.seats.length < measured)
      room.settle()
    }
    room.rest()
    return room
  }

  /** Somebody who has asked to join; the answer waits. */
  join(measured: boolean): Seat {
    if (this.#invite === null) throw new Error('no room was made')
    const seat = this.#add(measured)
    seat.client.do({ do: 'join', invite: this.#invite, name: `member ${this.seats.length}` })
    seat.opened()
    this.carry()
    return seat
  }

  /** The newest member says goodbye and goes. */
  leave(): void {
    const seat = this.seats.at(-1)
    if (seat === undefined) return
    seat.client.do({ do: 'leave', now: false })
    this.settle()
    this.seats.pop()
    this.#perform(seat, this.#rooms.leave(seat))
    this.settle()
  }

  /** What waits for those who are not to be measured is lost. */
  deafen(): void {
    for (const seat of this.seats) if (!seat.measured) seat.inbox = []
  }

  /** Lets time pass in which nobody says anything: what was kept for late frames is forgotten. */
  rest(): void {
    this.#clock.advance(REST_MS, () => this.settle())
  }

  /** Takes what clients have sent through the relay. */
  carry(): void {
    for (const seat of this.seats) {
      const { sent } = seat
      seat.sent = []
      for (const text of sent) {
        const frame = decodeToRelay(text)
        if (frame.type === 'identify' && seat.measured) this.#measured.add(frame.username)
        this.#perform(seat, this.#rooms.receive(seat, frame, this.#clock.now()))
      }
    }
  }

  /** Carries and reads until nothing moves. */
  settle(): void {
    let read = 1
    while (read > 0 || this.seats.some(({ sent }) => sent.length > 0)) {
      this.carry()
      read = this.seats.reduce((sum, seat) => sum + seat.read(), 0)
    }
  }

  #add(measured: boolean): Seat {
    const wake = (after: number, then: () => void) => this.#clock.wake(after, then)
    const seat = new Seat({ now: () => this.#clock.now(), random, wake }, measured)
    this.seats.push(seat)
    return seat
  }

  #perform(from: Seat, deliveries: readonly Delivery<Seat>[]): void {
    for (const delivery of deliveries) {
      if (delivery.do === 'send') delivery.conn.inbox.push(...this.#heard(from, delivery.conn, delivery.frame))
      if (delivery.do !== 'publish') continue
      for (const seat of delivery.room.conns.keys()) {
        if (seat !== delivery.except) seat.inbox.push(...this.#heard(from, seat, delivery.frame))
      }
    }
  }

  /** What reaches a member of a frame that somebody caused: nothing, when it comes from another and neither is to be measured. */
  #heard(from: Seat, to: Seat, frame: FromRelay): readonly string[] {
    if (from !== to && !from.measured && !to.measured) return []
    if (to.measured || frame.type !== 'joined') return [encodeFromRelay(frame)]
    const members = frame.members.filter(({ username }) => this.#measured.has(username))
    return [encodeFromRelay({ ...frame, members })]
  }
}

function random(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}
