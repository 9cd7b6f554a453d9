/**
 * The relay on its socket: bytes in, codec, rules, deliveries out (docs/protocol.md, Relay contract). Keeps sockets and rooms in memory and
 * writes nothing: no disk, no log of who came or what was said. Called by server/main.ts and by tests; the rules are in server/rooms.ts.
 */
import type { Server, ServerWebSocket } from 'bun'
import { decodeToRelay } from '#lib/wire/codec.ts'
import { WireError } from '#lib/wire/errors.ts'
import type { ToRelay } from '#lib/wire/frames.ts'
import {
  BYTES_BURST,
  BYTES_PER_SECOND,
  CLOSE,
  FRAME_TO_RELAY_BYTES,
  FRAMES_BURST,
  FRAMES_PER_SECOND,
  HELD_BACK_BYTES,
  IDLE_SECONDS,
  MAX_ROOMS,
  PING_SECONDS,
  UNSENT_BYTES,
} from '#lib/wire/limits.ts'
import { type Budget, createBudget, type Rate } from './budget.ts'
import { type ServerConfig, settle } from './config.ts'
import { closeIfSlow, deliver } from './delivery.ts'
import { pageHandlers } from './page.ts'
import { look, type Pulse } from './pulse.ts'
import type { Delivery } from './room.ts'
import { Rooms } from './rooms.ts'

/** What the contract leaves to the relay. Tests hand in smaller ones to reach them. */
export interface Hardening {
  readonly frames: Rate
  readonly bytes: Rate
  /** Bytes that may wait for one socket. */
  readonly unsent: number
  /** Seconds without a byte from a socket, or to it, until it is closed. */
  readonly idle: number
  /** Rooms at one time. */
  readonly maxRooms: number
}

export const HARDENING: Hardening = {
  frames: { perSecond: FRAMES_PER_SECOND, burst: FRAMES_BURST },
  bytes: { perSecond: BYTES_PER_SECOND, burst: BYTES_BURST },
  unsent: UNSENT_BYTES,
  idle: IDLE_SECONDS,
  maxRooms: MAX_ROOMS,
}

export interface RunningRelay {
  readonly hostname: string
  readonly port: number
  /** Members in a room, 0 = unlimited, and hours that an empty room lives, not above 0 = for ever: as decided. */
  readonly maxRoomSize: number
  readonly roomTtl: number
  /** Closes every socket with 1001 and frees the port. */
  stop(): Promise<void>
}

/** What rides on each socket. */
interface Guest extends Pulse {
  readonly frames: Budget
  readonly bytes: Budget
}

type Socket = ServerWebSocket<Guest>

const SECOND = 1_000
const HOUR = 3_600_000

/** Starts a relay. Throws what Bun throws when it cannot listen, with a `code` such as EADDRINUSE. */
export function startServer(config: ServerConfig = {}, hardening: Hardening = HARDENING): RunningRelay {
  const settings = settle(config, process.env)
  const { maxRoomSize, adminToken, roomTtl } = settings
  const { page = null } = config
  const rooms = new Rooms<Socket>({
    maxRoomSize,
    adminToken,
    ttl: roomTtl * HOUR,
    maxRooms: hardening.maxRooms,
    randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  })
  const server = Bun.serve({
    hostname: settings.hostname,
    port: settings.port,
    development: false,
    // Said aloud, because without development pages Bun shares the port: a second relay would take half of the connections.
    reusePort: false,
    // Matched by path alone: a request's URL holds its Host header, and a hostile one does not parse.
    routes: {
      '/health_check': { GET: () => new Response('OK', { headers: { 'Access-Control-Allow-Origin': '*' } }) },
      '/ws': (request, server) => upgrade(request, server, hardening),
      '/': page === null ? notFound : pageHandlers(page),
    },
    fetch: notFound,
    websocket: socketHandlers(rooms, hardening, (delivery) => deliver(server, delivery, hardening.unsent)),
  })
  rooms.prune(Date.now())
  const sweep = Bun.cron('@hourly', () => void rooms.prune(Date.now()))
  const pulse = setInterval(() => look(rooms.joined()), PING_SECONDS * SECOND)
  return {
    hostname: server.hostname ?? settings.hostname,
    port: server.port ?? settings.port,
    maxRoomSize,
    roomTtl,
    async stop() {
      sweep.stop()
      clearInterval(pulse)
      await server.stop(true)
    },
  }
}

function notFound(): Response {
  return new Response('Not found', { status: 404 })
}

function upgrade(request: Request, server: Server<Guest>, hardening: Hardening): Response | undefined {
  const now = performance.now()
  const data = { quiet: 0, frames: createBudget(hardening.frames, now), bytes: createBudget(hardening.bytes, now) }
  return server.upgrade(request, { data }) ? undefined : new Response('Upgrade failed', { status: 500 })
}

function socketHandlers(rooms: Rooms<Socket>, hardening: Hardening, perform: (delivery: Delivery<Socket>) => void) {
  return {
    maxPayloadLength: FRAME_TO_RELAY_BYTES,
    backpressureLimit: hardening.unsent + HELD_BACK_BYTES,
    idleTimeout: hardening.idle,
    sendPings: true,
    perMessageDeflate: false,
    message(socket: Socket, message: string | Buffer) {
      if (!pay(socket, Buffer.byteLength(message))) return
      const frame = typeof message === 'string' ? read(message) : undefined
      if (frame !== undefined) rooms.receive(socket, frame, Date.now()).forEach(perform)
    },
    // Bun has answered it, and whoever reads no answers could pile them up.
    ping(socket: Socket, data: Buffer) {
      if (pay(socket, data.length)) closeIfSlow(socket, hardening.unsent)
    },
    pong(socket: Socket, data: Buffer) {
      pay(socket, data.length)
    },
    // A peer that reads is there, however slowly.
    drain(socket: Socket) {
      socket.data.quiet = 0
    },
    close(socket: Socket) {
      rooms.leave(socket).forEach(perform)
    },
    // Whatever else goes wrong costs one frame, not the relay. The message could quote a frame, so the name alone is said.
    error(error: Error) {
      console.error(`dropped a frame: ${error.name}`)
    },
  }
}

/** Counts what a socket sent. False when that was too much, and the socket is closed. */
function pay(socket: Socket, bytes: number): boolean {
  const { data } = socket
  const now = performance.now()
  data.quiet = 0
  if (data.frames.spend(1, now) && data.bytes.spend(bytes, now)) return true
  socket.close(CLOSE.policy)
  return false
}

/** The frame, or undefined for one that is dropped without an answer: a hostile sender learns nothing from it. */
function read(text: string): ToRelay | undefined {
  try {
    return decodeToRelay(text)
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}
