/** Tests of server/delivery.ts against sockets of our own: who is closed for the bytes that wait for it, exactly. */
import { describe, expect, test } from 'bun:test'
import type { FromRelay } from '#lib/wire/frames.ts'
import { deliver, type Line } from '../../server/delivery.ts'
import type { Room } from '../../server/room.ts'

const UNSENT = 1000
const frame: FromRelay = { type: 'peer_left', username: 'alice' }

/** A socket for which so many bytes wait, and what was done to it. */
class FakeLine implements Line {
  readonly done: string[] = []
  readonly #waiting: number
  readonly #status: number

  constructor(waiting: number, status = waiting > 0 ? -1 : 1) {
    this.#waiting = waiting
    this.#status = status
  }

  send(text: string): number {
    this.done.push(`send ${text}`)
    return this.#status
  }
  publish(topic: string, text: string): number {
    this.done.push(`publish ${topic} ${text}`)
    return this.#status
  }
  subscribe(topic: string): void {
    this.done.push(`subscribe ${topic}`)
  }
  getBufferedAmount(): number {
    return this.#waiting
  }
  close(code: number): void {
    this.done.push(`close ${code}`)
  }
  terminate(): void {
    this.done.push('terminate')
  }
}

function roomOf(...conns: readonly FakeLine[]): Room<FakeLine> {
  return { id: 'room', secret: '', conns: new Map(conns.map((conn) => [conn, null])), holders: new Map(), lastActivity: 0 }
}

const text = JSON.stringify(frame)

describe('a frame to one', () => {
  test('leaves it open with exactly the allowed bytes waiting', () => {
    const conn = new FakeLine(UNSENT)
    deliver(conn, { do: 'send', conn, frame }, UNSENT)
    expect(conn.done).toEqual([`send ${text}`])
  })

  test.each([-1, 0])('closes it at once with one more, whatever Bun says of the send: %d', (status) => {
    const conn = new FakeLine(UNSENT + 1, status)
    deliver(conn, { do: 'send', conn, frame }, UNSENT)
    expect(conn.done).toEqual([`send ${text}`, 'terminate'])
  })
})

describe('a frame to a room', () => {
  test.each([-1, 0])('closes those with more than the allowed bytes waiting, its sender too, and nobody else: %d', (status) => {
    const sender = new FakeLine(UNSENT + 1, status)
    const [full, fuller, idle] = [new FakeLine(UNSENT), new FakeLine(UNSENT + 1), new FakeLine(0)]
    deliver(idle, { do: 'publish', room: roomOf(sender, full, fuller, idle), except: sender, frame }, UNSENT)
    expect(sender.done).toEqual([`publish room ${text}`, 'terminate'])
    expect(full.done).toEqual([])
    expect(fuller.done).toEqual(['terminate'])
    expect(idle.done).toEqual([])
  })

  test('that nobody sent goes out by the server, with the same look', () => {
    const [server, full] = [new FakeLine(1), new FakeLine(UNSENT + 1)]
    deliver(server, { do: 'publish', room: roomOf(full), except: null, frame }, UNSENT)
    expect(server.done).toEqual([`publish room ${text}`])
    expect(full.done).toEqual(['terminate'])
  })
})

test('a subscription and a close are passed on', () => {
  const conn = new FakeLine(0)
  deliver(conn, { do: 'subscribe', conn, room: roomOf() }, UNSENT)
  deliver(conn, { do: 'close', conn, code: 1008 }, UNSENT)
  expect(conn.done).toEqual(['subscribe room', 'close 1008'])
})
