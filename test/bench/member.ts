/**
 * One member's connection in a fan-out, by hand (RFC 6455 over TCP): a WebSocket object for each would make the loader the bottleneck.
 * It speaks until its room is set up; from then on every byte that comes must be the one that must come. Called by crowd.ts.
 */
import { concat, utf8 } from '#lib/wire/bytes.ts'
import { header, OPCODE } from '../harness/rawsocket.ts'

/** What is awaited is awaited so long, ms. */
const PATIENCE_MS = 20_000

const HEADERS_END = '\r\n\r\n'
const HEADERS = [
  'Host: bench',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]

/** Something that came whole: where its text lies. */
interface Span {
  readonly from: number
  readonly to: number
}

export class Member {
  #socket: Bun.Socket | null = null
  /** What came and is not read yet, while the room is being set up. */
  #unread: Buffer = Buffer.alloc(0)
  #awaited: (() => void) | null = null
  /** What comes over and over once the room is set up, and where in it the next byte stands. */
  #period: Buffer | null = null
  #at = 0
  #arrived: (bytes: number) => void = () => undefined
  #broken: () => void = () => undefined
  #fault: Error | null = null

  /** A connection after its handshake. */
  static async open(port: number, path: string): Promise<Member> {
    const member = new Member()
    member.#socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        data: (_, bytes) => member.#take(bytes),
        close: () => member.#end(new Error('the server closed a connection')),
        error: (_, error) => member.#end(error),
      },
    })
    member.write(utf8([`GET ${path} HTTP/1.1`, ...HEADERS].join('\r\n') + HEADERS_END))
    if (!(await member.#read(headersIn)).startsWith('HTTP/1.1 101 ')) throw new Error('no upgrade')
    return member
  }

  /** Bytes as they are. Throws Error when the system does not take all of them: then the frames in flight are too many. */
  write(bytes: Uint8Array): void {
    if (this.#fault !== null) throw this.#fault
    if (this.#socket?.write(bytes) !== bytes.length) throw new Error('the socket is full')
  }

  say(frame: object): void {
    this.write(clientFrame(JSON.stringify(frame)))
  }

  /** The next frame that came. */
  async next(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.#read(textIn))
  }

  /** From now on `period` comes over and over; `arrived` hears of each read, `broken` that something else came or nothing will. */
  expect(period: Buffer, arrived: (bytes: number) => void, broken: () => void): void {
    if (this.#unread.length > 0) throw new Error('something is unread')
    this.#period = period
    this.#arrived = arrived
    this.#broken = broken
  }

  /** A pong that nobody asked for (RFC 6455 section 5.5.3): who has just spoken is not pinged. */
  stir(): void {
    this.write(header(OPCODE.pong, 0, true, true))
  }

  close(): void {
    this.#socket?.terminate()
  }

  /** Throws what went wrong, if something did. */
  check(): void {
    if (this.#fault !== null) throw this.#fault
  }

  #take(bytes: Buffer): void {
    if (this.#period !== null) return this.#compare(this.#period, bytes)
    this.#unread = Buffer.concat([this.#unread, bytes])
    this.#awaited?.()
  }

  #compare(period: Buffer, bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + period.length - this.#at)
      if (period.compare(bytes, from, to, this.#at, this.#at + to - from) !== 0) {
        return this.#end(new Error('a frame came that nobody sent'))
      }
      this.#at = (this.#at + to - from) % period.length
      from = to
    }
    this.#arrived(bytes.length)
  }

  #end(fault: Error): void {
    this.#fault ??= fault
    this.#awaited?.()
    this.#broken()
  }

  /** The text of the next thing that `find` finds in what came. */
  async #read(find: (bytes: Buffer) => Span | null): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      this.check()
      const span = find(this.#unread)
      if (span !== null) {
        const text = this.#unread.toString('utf8', span.from, span.to)
        this.#unread = this.#unread.subarray(span.to)
        return text
      }
      if (performance.now() >= deadline) throw new Error('the server does not answer')
      await this.#more(deadline - performance.now())
    }
  }

  /** Waits until something comes, so many ms at most. */
  async #more(patience: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#awaited = resolve
    const timer = setTimeout(resolve, patience)
    await promise
    clearTimeout(timer)
    this.#awaited = null
  }
}

function headersIn(bytes: Buffer): Span | null {
  const end = bytes.indexOf(HEADERS_END)
  return end < 0 ? null : { from: 0, to: end + HEADERS_END.length }
}

/** The text of the first frame. */
function textIn(bytes: Buffer): Span | null {
  if (bytes.length < 2) return null
  const short = bytes.readUInt8(1)
  const from = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < from) return null
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  return bytes.length < from + length ? null : { from, to: from + length }
}

/** A text as a client sends it: masked, with a mask of zeros. */
export function clientFrame(text: string): Buffer {
  const bytes = utf8(text)
  return Buffer.from(concat(header(OPCODE.text, bytes.length, true, true), bytes))
}

/** A text as a server sends it. */
export function serverFrame(text: string): Buffer {
  const bytes = utf8(text)
  return Buffer.from(concat(header(OPCODE.text, bytes.length, true, false), bytes))
}
