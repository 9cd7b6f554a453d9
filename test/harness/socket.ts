/**
 * A client of the relay for tests: a real WebSocket whose frames are waited for one by one. There is no way to skip a frame, so a test
 * that a frame is not answered sends another that is, and sees that its answer comes first.
 */
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'

type FrameType = FromRelay['type']
type Received<Type extends FrameType> = Extract<FromRelay, { type: Type }>

/** Long enough for a busy machine: only a failing test waits so long. */
const DEADLINE = 10_000

interface Waiting {
  readonly take: (text: string) => void
  readonly fail: (error: Error) => void
}

export class TestSocket {
  readonly #socket: WebSocket
  readonly #received: string[] = []
  #waiting: Waiting | undefined
  /** The close code, once closed. */
  readonly closed: Promise<number>

  private constructor(socket: WebSocket) {
    this.#socket = socket
    const { promise, resolve } = Promise.withResolvers<number>()
    this.closed = promise
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)))
    socket.addEventListener('close', ({ code }) => {
      this.#waiting?.fail(new Error(`closed with ${code} while a frame was awaited`))
      resolve(code)
    })
  }

  /** An open connection. Throws Error when the relay refuses it. */
  static async open(url: string): Promise<TestSocket> {
    const socket = new WebSocket(url)
    const wrapped = new TestSocket(socket)
    const { promise, resolve, reject } = Promise.withResolvers<TestSocket>()
    socket.addEventListener('open', () => resolve(wrapped))
    socket.addEventListener('close', () => reject(new Error('the relay refused the connection')))
    return promise
  }

  send(frame: ToRelay): void {
    this.#socket.send(JSON.stringify(frame))
  }

  /** Anything at all, for frames that are none. */
  sendRaw(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data)
  }

  /**
   * The next frame, which must be of this type; compare it whole. Throws Error for another type, when the socket closes first,
   * and after 10 s.
   */
  async next<Type extends FrameType>(type: Type): Promise<Received<Type>> {
    return this.nextOf(type)
  }

  /** The next frame, which must be of one of these types. */
  async nextOf<Type extends FrameType>(...types: readonly Type[]): Promise<Received<Type>> {
    const awaited = types.join(' or ')
    const text = this.#received.shift() ?? (await this.#arrival(awaited))
    const frame: unknown = JSON.parse(text)
    if (!isOf(frame, types)) throw new Error(`awaited ${awaited}, got ${text.slice(0, 200)}`)
    return frame
  }

  /** Waits for the relay to close and says the code. Throws Error when a frame came before. */
  async endedUnanswered(): Promise<number> {
    const code = await this.closed
    if (this.#received.length > 0) throw new Error(`answered before the close: ${this.#received.join(' ').slice(0, 200)}`)
    return code
  }

  /** Closes from this side and waits until it is done. */
  async close(): Promise<number> {
    this.#socket.close(1000)
    return this.closed
  }

  #receive(text: string): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) waiting.take(text)
    else this.#received.push(text)
  }

  async #arrival(awaited: string): Promise<string> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Error(`closed before ${awaited} came`)
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.#waiting = { take: resolve, fail: reject }
    const timer = setTimeout(() => reject(new Error(`no ${awaited} within ${DEADLINE} ms`)), DEADLINE)
    return promise.finally(() => clearTimeout(timer))
  }
}

/** The relay's own fields are not checked here: tests compare whole frames. */
function isOf<Type extends FrameType>(frame: unknown, types: readonly Type[]): frame is Received<Type> {
  return typeof frame === 'object' && frame !== null && 'type' in frame && types.some((type) => type === frame.type)
}
