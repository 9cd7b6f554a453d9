/**
 * The WebSocket protocol by hand (RFC 6455) over a plain TCP connection, for what a well-made client cannot do: broken bytes, a reader that
 * stops, a peer that goes silent or vanishes.
 */
import { concat, utf8 } from '#lib/wire/bytes.ts'

/** Frame kinds, RFC 6455 section 5.2. */
export const OPCODE = { more: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const

export class RawSocket {
  readonly #socket: Bun.Socket
  readonly #chunks: Uint8Array[] = []
  #sipping = false
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>

  private constructor(socket: Bun.Socket, closed: Promise<void>) {
    this.#socket = socket
    this.closed = closed
  }

  /** A connection after the handshake. It answers no ping and reads on until paused. */
  static async open(port: number): Promise<RawSocket> {
    const ready = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    let raw: RawSocket | undefined
    const socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        data(_, bytes) {
          if (raw) raw.#take(bytes)
          ready.resolve()
        },
        close: () => closed.resolve(),
        error: () => closed.resolve(),
      },
    })
    raw = new RawSocket(socket, closed.promise)
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGFjZXQgcmVsYXkgdGVzdA==\r\n\r\n',
    )
    await ready.promise
    return raw
  }

  sendText(text: string): void {
    this.sendFrame(OPCODE.text, utf8(text))
  }

  /** One frame, masked with zeros as a client's must be masked. `last` is FIN. */
  sendFrame(opcode: number, payload: Uint8Array, last = true): void {
    this.write(concat(header(opcode, payload.length, last, true), payload))
  }

  /** Any bytes; what does not fit is not sent. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Stops reading: what the relay sends waits. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#sipping = false
    this.#socket.resume()
  }

  /** Reads what is there now and pauses again: a slow network, one step of it. */
  sip(): void {
    this.#sipping = true
    this.#socket.resume()
  }

  /** Everything that came since the handshake's reply, frame headers between the texts. */
  heard(): string {
    return Buffer.concat(this.#chunks).toString('latin1')
  }

  #take(bytes: Uint8Array): void {
    // Copied: the buffer of a read is used again for the next.
    this.#chunks.push(bytes.slice())
    if (this.#sipping) this.pause()
  }

  /** Vanishes without a close frame. */
  terminate(): void {
    this.#socket.terminate()
  }
}

/** A frame's first bytes: FIN and opcode, length, and a mask of zeros. */
export function header(opcode: number, length: number, last: boolean, masked: boolean): Uint8Array {
  const first = (last ? 0x80 : 0) | opcode
  const mask = masked ? 0x80 : 0
  const size = new DataView(new ArrayBuffer(10))
  size.setUint8(0, first)
  let used = 2
  if (length < 126) size.setUint8(1, mask | length)
  else if (length < 65_536) {
    size.setUint8(1, mask | 126)
    size.setUint16(2, length)
    used = 4
  } else {
    size.setUint8(1, mask | 127)
    size.setBigUint64(2, BigInt(length))
    used = 10
  }
  return concat(new Uint8Array(size.buffer, 0, used), new Uint8Array(masked ? 4 : 0))
}
