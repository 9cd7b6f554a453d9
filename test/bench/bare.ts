/**
 * The limit that the relay is measured against: a `Bun.serve` that publishes what it gets, byte for byte and unread, to everybody else
 * on the same path, under the same socket settings. A process of its own, started by fanout.ts.
 */
import { FRAME_TO_RELAY_BYTES, IDLE_SECONDS, UNSENT_BYTES } from '#lib/wire/limits.ts'

interface Place {
  readonly room: string
}

const server = Bun.serve<Place>({
  hostname: '127.0.0.1',
  port: 0,
  development: false,
  fetch(request, server) {
    const upgraded = server.upgrade(request, { data: { room: new URL(request.url).pathname } })
    return upgraded ? undefined : new Response('no WebSocket', { status: 400 })
  },
  websocket: {
    maxPayloadLength: FRAME_TO_RELAY_BYTES,
    backpressureLimit: UNSENT_BYTES,
    closeOnBackpressureLimit: true,
    idleTimeout: IDLE_SECONDS,
    sendPings: true,
    perMessageDeflate: false,
    open: (socket) => void socket.subscribe(socket.data.room),
    message: (socket, message) => void socket.publish(socket.data.room, message),
  },
})

console.log(`listening on ${server.hostname}:${server.port}`)
