/** The relay's own limits, which a well-behaved client never meets, with small numbers in process: budgets, slow readers, silent peers, rooms. */
import { afterEach, describe, expect, jest, test } from 'bun:test'
import { HARDENING, type Hardening, type RunningRelay, startServer } from '../../server/relay.ts'
import { RawSocket } from '../harness/rawsocket.ts'
import { TestSocket } from '../harness/socket.ts'
import { createFrame, createRoom, enter, joinFrame, roomWith, seatOf, settled, settledOutside } from '../harness/visits.ts'

const KIB = 1024
const ENOUGH = 64 * KIB * KIB
let relay: RunningRelay | undefined

afterEach(async () => {
  await relay?.stop()
})

function start(limits: Partial<Hardening>): { readonly url: string; readonly port: number } {
  relay = startServer({ port: 0, hostname: '127.0.0.1', roomTtl: 1 }, { ...HARDENING, ...limits })
  return { url: `ws://127.0.0.1:${relay.port}/ws`, port: relay.port }
}

describe('a socket over its budget', () => {
  test('of frames is closed with 1008, what it sent before is answered, and others go on', async () => {
    const { url } = start({ frames: { perSecond: 0, burst: 3 } })
    const other = await TestSocket.open(url)
    const socket = await TestSocket.open(url)
    for (let i = 0; i < 4; i++) socket.send(createFrame())
    for (let i = 0; i < 3; i++) await socket.next('room_created')
    expect(await socket.endedUnanswered()).toBe(1008)
    await settledOutside(other)
  })

  test('of frames is closed for binary and broken ones too', async () => {
    const { url } = start({ frames: { perSecond: 0, burst: 3 } })
    const socket = await TestSocket.open(url)
    socket.sendRaw(new Uint8Array(1))
    socket.sendRaw('broken')
    socket.sendRaw('')
    socket.sendRaw('one too many')
    expect(await socket.endedUnanswered()).toBe(1008)
  })

  test('of bytes is closed with 1008, and its room hears that it left', async () => {
    const { url } = start({ bytes: { perSecond: 0, burst: 50 * KIB } })
    const { sockets } = await roomWith(url, 'alice', 'bob')
    sockets[0].send({ type: 'broadcast', payload: 'p'.repeat(30 * KIB), meta: 'm', sig: 's' })
    sockets[0].send({ type: 'broadcast', payload: 'p'.repeat(30 * KIB), meta: 'm', sig: 's' })
    await sockets[1].next('broadcast')
    await sockets[1].next('peer_left')
    expect(await sockets[0].endedUnanswered()).toBe(1008)
    await settled(sockets[1], 'bob')
  })

  test('counts bytes of UTF-8, not characters', async () => {
    const { url } = start({ bytes: { perSecond: 0, burst: 1000 } })
    const socket = await TestSocket.open(url)
    socket.sendRaw('€'.repeat(400))
    expect(await socket.endedUnanswered()).toBe(1008)
  })
})

/** Alice, bob, and one that joins over a plain connection under the name `slow`. */
async function roomWithRaw(url: string, port: number) {
  const { door, sockets } = await roomWith(url, 'alice', 'bob')
  const slow = await RawSocket.open(port)
  slow.sendText(JSON.stringify(joinFrame(door)))
  slow.sendText(JSON.stringify({ type: 'identify', ...seatOf('slow') }))
  for (const socket of sockets) await socket.next('peer_joined')
  return { alice: sockets[0], bob: sockets[1], slow }
}

/** Numbers that a stopped reader had been sent, in their order. */
function numbersIn(heard: string): readonly number[] {
  return [...heard.matchAll(/"payload":"(\d+) /g)].map(([, number]) => Number(number))
}

const sealed = { meta: 'm', sig: 's' }

describe('a member that stops reading', () => {
  test.each([
    ['broadcast', 60 * KIB],
    ['broadcast', 2 * KIB],
    ['relay', 60 * KIB],
    ['relay', 2 * KIB],
  ] as const)('is closed, with no hole in what it got, and the others miss nothing: %s of %d bytes', async (type, size) => {
    const { url, port } = start({ unsent: 256 * KIB })
    const { alice, bob, slow } = await roomWithRaw(url, port)
    slow.pause()
    let count = 0
    // Far more than what the two kernels buffer.
    for (let gone = false; !gone && count * size < ENOUGH; count++) {
      const payload = `${count} `.padEnd(size, '.')
      if (type === 'relay') alice.send({ type, to: 'slow', payload })
      alice.send({ type: 'broadcast', payload: type === 'relay' ? `after ${count}` : payload, ...sealed })
      const frame = await bob.nextOf('broadcast', 'peer_left')
      gone = frame.type === 'peer_left'
      const heard = frame.type === 'broadcast' ? frame : await bob.next('broadcast')
      expect(heard.payload).toBe(type === 'relay' ? `after ${count}` : payload)
    }
    slow.resume()
    await slow.closed
    const got = numbersIn(slow.heard())
    expect(got.length).toBeLessThan(count)
    expect(got).toEqual([...got.keys()])
  })
})

describe('a quiet socket', () => {
  test('that answers pings stays, one that does not is closed and leaves; a slow reader that gets on stays too', async () => {
    const { url, port } = start({ idle: 8, unsent: 256 * KIB * KIB })
    const { alice, bob, slow } = await roomWithRaw(url, port)
    const door = await createRoom(url)
    const watcher = await enter(url, door, 'watcher')
    const silent = await RawSocket.open(port)
    silent.sendText(JSON.stringify(joinFrame(door)))
    silent.sendText(JSON.stringify({ type: 'identify', ...seatOf('silent') }))
    await watcher.next('peer_joined')
    slow.pause()
    for (let i = 0; i < 40; i++) {
      alice.send({ type: 'broadcast', payload: `${i} `.padEnd(1024 * KIB, '.'), ...sealed })
      await bob.next('broadcast')
    }
    const sips = setInterval(() => slow.sip(), 500)
    await silent.closed
    expect(await watcher.next('peer_left')).toEqual({ type: 'peer_left', username: 'silent' })
    clearInterval(sips)
    await settled(alice, 'alice')
    await settled(bob, 'bob')
    slow.sendText(JSON.stringify({ type: 'relay', to: 'bob', payload: 'still here' }))
    expect((await bob.next('relay')).from).toBe('slow')
    slow.terminate()
  }, 40_000)
})

describe('rooms', () => {
  test('beyond the cap are refused with 1013 and no reason', async () => {
    const { url } = start({ maxRooms: 2 })
    await createRoom(url)
    await createRoom(url)
    const socket = await TestSocket.open(url)
    socket.send(createFrame())
    expect(await socket.endedUnanswered()).toBe(1013)
  })

  test('are swept every hour, those with a member never', async () => {
    jest.useFakeTimers()
    try {
      const { url } = start({})
      const [empty, held] = [await createRoom(url), await createRoom(url)]
      const alice = await enter(url, held, 'alice')
      jest.advanceTimersByTime(3 * 3_600_000)
      const late = await TestSocket.open(url)
      late.send(joinFrame(empty))
      expect((await late.next('error')).reason).toBe('not_found')
      late.send(joinFrame(held))
      expect((await late.next('joined')).members).toEqual([seatOf('alice')])
      await settled(alice, 'alice')
    } finally {
      jest.useRealTimers()
    }
  })
})

describe('a relay that stops', () => {
  test('closes its sockets with 1001 and frees its port', async () => {
    const { url, port } = start({})
    const socket = await TestSocket.open(url)
    await relay?.stop()
    expect(await socket.closed).toBe(1001)
    relay = startServer({ port, hostname: '127.0.0.1' })
    await createRoom(url)
  })

  test('does not share its port', () => {
    const { port } = start({})
    expect(() => startServer({ port, hostname: '127.0.0.1' })).toThrow('in use')
  })
})
