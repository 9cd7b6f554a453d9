/**
 * Who is still there (docs/protocol.md, Relay contract, Hardening). Bun's idle timer begins anew with every frame that the relay sends, so
 * in a busy room a peer that vanished would keep its seat until TCP gives up, a quarter of an hour later. Here only what comes from the
 * peer counts. Called by server/relay.ts every PING_SECONDS. There is no clock: looks are counted.
 */
import { LOOKS_TO_END, LOOKS_TO_PING } from '#lib/wire/limits.ts'

/** Rides on a socket. Who hears from the socket sets `quiet` to 0. */
export interface Pulse {
  /** Looks since the last sign of life. */
  quiet: number
}

export interface Peer {
  readonly data: Pulse
  ping(): void
  terminate(): void
}

/** One look at every peer: who is quiet is asked, who stays quiet is closed. */
export function look(peers: Iterable<Peer>): void {
  for (const peer of peers) {
    peer.data.quiet++
    if (peer.data.quiet >= LOOKS_TO_END) peer.terminate()
    else if (peer.data.quiet >= LOOKS_TO_PING) peer.ping()
  }
}
