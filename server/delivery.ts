/**
 * The rules' deliveries, performed on Bun's sockets (docs/protocol.md, Relay contract, Hardening). Called by server/relay.ts.
 * Nobody gets frames with a hole between them: whoever has more bytes waiting than allowed is closed before the next frame is sent.
 */
import { encodeFromRelay } from '#lib/wire/codec.ts'
import type { CloseCode } from '#lib/wire/limits.ts'
import type { Delivery } from './room.ts'

/** What is used of Bun's socket. What `send` and `publish` return is above 0 only when nothing waits for anybody who was sent to. */
export interface Line {
  send(text: string): number
  /** To every subscriber but this one. */
  publish(topic: string, text: string): number
  subscribe(topic: string): void
  /** Bytes taken by `send` and `publish`, and not yet by the network. */
  getBufferedAmount(): number
  close(code: CloseCode): void
  terminate(): void
}

/** What is used of Bun's server. */
export interface Hub {
  publish(topic: string, text: string): number
}

/** Performs one delivery. `unsent` is how many bytes may wait for one socket. */
export function deliver<Conn extends Line>(hub: Hub, delivery: Delivery<Conn>, unsent: number): void {
  switch (delivery.do) {
    case 'send':
      if (delivery.conn.send(encodeFromRelay(delivery.frame)) <= 0) closeIfSlow(delivery.conn, unsent)
      return
    case 'publish': {
      const { room, except } = delivery
      const worst = (except ?? hub).publish(room.id, encodeFromRelay(delivery.frame))
      if (worst <= 0) for (const conn of room.conns.keys()) closeIfSlow(conn, unsent)
      return
    }
    case 'subscribe':
      delivery.conn.subscribe(delivery.room.id)
      return
    case 'close':
      delivery.conn.close(delivery.code)
  }
}

/** Without a close frame, which would wait behind the bytes that nobody reads. Called after each thing sent to the connection. */
export function closeIfSlow(conn: Line, unsent: number): void {
  if (conn.getBufferedAmount() > unsent) conn.terminate()
}
