/**
 * The rules of the relay contract: rooms, how one comes to be, who gets in, who leaves (docs/protocol.md, Relay contract).
 * Pure: a frame, the connection it came from, the time and randomness go in, deliveries come out. There is no socket here, so the
 * same rules serve server/relay.ts and the relay in memory of the tests. What members do inside a room is in server/members.ts.
 */
import { type Bytes, equal, toBase64, toHex, utf8 } from '#lib/wire/bytes.ts'
import type { ToRelay } from '#lib/wire/frames.ts'
import { CLOSE, PROTOCOL_VERSION, ROOM_ID_BYTES, ROOM_SECRET_BYTES } from '#lib/wire/limits.ts'
import { leaveRoom, receiveInside } from './members.ts'
import { close, type Delivery, refuse, type Room, send } from './room.ts'

export interface RoomRules {
  /** Members in a room; 0 = unlimited. */
  readonly maxRoomSize: number
  /** What `create` must show. Undefined or empty: everybody may create. */
  readonly adminToken?: string | undefined
  /** Time after its last activity when a room without connections may be deleted, ms. Not above 0: never. */
  readonly ttl: number
  /** Rooms at one time. */
  readonly maxRooms: number
  /** So many fresh random bytes. */
  readonly randomBytes: (size: number) => Bytes
}

/** All rooms of one relay. `Conn` is compared by identity. */
export class Rooms<Conn> {
  readonly #rules: RoomRules
  readonly #rooms = new Map<string, Room<Conn>>()
  /** Which room a connection is in: one at most, and it never changes. */
  readonly #joined = new Map<Conn, Room<Conn>>()

  constructor(rules: RoomRules) {
    this.#rules = rules
  }

  /** Rooms at this moment. */
  get size(): number {
    return this.#rooms.size
  }

  /** Every connection that is in a room. */
  joined(): Iterable<Conn> {
    return this.#joined.keys()
  }

  /** What a frame from a connection causes at a time (ms). */
  receive(conn: Conn, frame: ToRelay, now: number): readonly Delivery<Conn>[] {
    if (frame.type === 'create') return this.#create(conn, frame, now)
    if (frame.type === 'join') return this.#join(conn, frame, now)
    const room = this.#joined.get(conn)
    return room === undefined ? [] : receiveInside({ conn, room }, frame, now)
  }

  /** What a closed connection causes. Called once for each, also for one that never joined. */
  leave(conn: Conn): readonly Delivery<Conn>[] {
    const room = this.#joined.get(conn)
    this.#joined.delete(conn)
    return room === undefined ? [] : leaveRoom({ conn, room })
  }

  /** Deletes the empty rooms whose time has passed (now in ms) and says how many they were. */
  prune(now: number): number {
    const { ttl } = this.#rules
    if (!(ttl > 0)) return 0
    const before = this.#rooms.size
    for (const room of this.#rooms.values()) {
      if (room.conns.size === 0 && now - room.lastActivity > ttl) this.#rooms.delete(room.id)
    }
    return before - this.#rooms.size
  }

  #create(conn: Conn, frame: Extract<ToRelay, { type: 'create' }>, now: number): readonly Delivery<Conn>[] {
    const { adminToken, maxRooms, randomBytes } = this.#rules
    if (frame.protocolVersion !== PROTOCOL_VERSION) return versionMismatch(conn)
    if (adminToken && !isSameSecret(adminToken, frame.adminToken ?? '')) return [refuse(conn, 'forbidden')]
    // The reasons are a closed set without one for a full relay, so the close code says it.
    if (this.#rooms.size >= maxRooms) return [close(conn, CLOSE.tryAgainLater)]
    const id = toHex(randomBytes(ROOM_ID_BYTES))
    const secret = toBase64(randomBytes(ROOM_SECRET_BYTES))
    // The creator is no member yet: join is the one way in.
    this.#rooms.set(id, { id, secret, conns: new Map(), holders: new Map(), lastActivity: now })
    return [send(conn, { type: 'room_created', roomId: id, roomSecret: secret, serverVersion: PROTOCOL_VERSION })]
  }

  #join(conn: Conn, frame: Extract<ToRelay, { type: 'join' }>, now: number): readonly Delivery<Conn>[] {
    const { maxRoomSize } = this.#rules
    if (frame.protocolVersion !== PROTOCOL_VERSION) return versionMismatch(conn)
    if (this.#joined.has(conn)) return [refuse(conn, 'forbidden')]
    const room = this.#rooms.get(frame.roomId)
    if (room === undefined) return [refuse(conn, 'not_found')]
    if (!isSameSecret(room.secret, frame.roomSecret)) return [refuse(conn, 'forbidden')]
    if (maxRoomSize > 0 && room.conns.size >= maxRoomSize) return [refuse(conn, 'room_full')]
    const members = [...room.conns.values()].filter((seat) => seat !== null)
    room.conns.set(conn, null)
    room.lastActivity = now
    this.#joined.set(conn, room)
    return [{ do: 'subscribe', conn, room }, send(conn, { type: 'joined', members, serverVersion: PROTOCOL_VERSION })]
  }
}

function versionMismatch<Conn>(conn: Conn): readonly Delivery<Conn>[] {
  const reason = send(conn, { type: 'error', reason: 'version_mismatch', serverVersion: PROTOCOL_VERSION })
  return [reason, close(conn, CLOSE.policy)]
}

/** Takes a time that tells no more than whether the lengths agree. */
function isSameSecret(secret: string, shown: string): boolean {
  return secret.length === shown.length && equal(utf8(secret), utf8(shown))
}
