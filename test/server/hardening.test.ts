/** The relay's own limits, which a well-behaved client never meets, with small numbers in process: budgets, slow readers, silent peers, rooms. */
import { afterEach, describe, expect, jest, spyOn, test } from 'bun:test'
import { PING_SECONDS } from '#lib/wire/limits.ts'
import { HARDENING, type Hardening, type RunningRelay, startServer } from '../../server/relay.ts'
import { Rooms } from '../../server/rooms.ts'
import { OPCODE, RawSocket } from '../harness/rawsocket.ts'
import { TestSocket } from '../harness/socket.ts'
import {
  createFrame,
  createRoom,
  type Door,
  enter,
  joinFrame,
  roomWith,
  seatOf,
  settled,
  settledOutside,
  snapshot,
} from '../harness/visits.ts'

const KIB = 1024
const sealed = { meta: 'm', sig: 's' }
const ENOUGH = 64 * KIB * KIB
let relay: RunningRelay | undefined

afterEach(async () => {
  await relay?.stop()
})

/** A relay with limits of our own, whose rooms live for two hours. */
function start(limits: Partial<Hardening>): { readonly url: string; readonly port: number } {
  relay = startServer({ port: 0, hostname: '127.0.0.1', roomTtl: 2 }, { ...HARDENING, ...limits })
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

  test('counts bytes of UTF-8, not characters, and takes the last one', async () => {
    const { url } = start({ bytes: { perSecond: 0, burst: 1200 } })
    const socket = await TestSocket.open(url)
    const frame = JSON.stringify(createFrame())
    socket.sendRaw('€'.repeat(300))
    socket.sendRaw('.'.repeat(300 - frame.length))
    socket.sendRaw(frame)
    await socket.next('room_created')
    socket.sendRaw('.')
    expect(await socket.endedUnanswered()).toBe(1008)
  })

  test.each([OPCODE.ping, OPCODE.pong])('is closed for pings and pongs too: opcode %d', async (opcode) => {
    const { port } = start({ frames: { perSecond: 0, burst: 3 } })
    const socket = await RawSocket.open(port)
    for (let i = 0; i < 4; i++) socket.sendFrame(opcode, new Uint8Array(1))
    await socket.closed
    expect(socket.heard()).toEndWith('\x88\x02\x03\xf0') // a close frame with 1008
  })

  test('is closed by default only far beyond what a client has to send', async () => {
    const { url } = start({})
    const { sockets } = await roomWith(url, 'alice', 'bob')
    const payload = 'p'.repeat(1024 * KIB)
    for (let i = 0; i < 5_000; i++) sockets[0].send({ type: 'relay', to: 'nobody', payload: '' })
    for (let i = 0; i < 20; i++) sockets[0].send({ type: 'broadcast', payload, ...sealed })
    for (let i = 0; i < 20; i++) await sockets[1].next('broadcast')
    await settled(sockets[0], 'alice')
  })
})

/** A member of a room over a plain connection. */
async function rawMember(port: number, door: Door, username: string): Promise<RawSocket> {
  const socket = await RawSocket.open(port)
  socket.sendText(JSON.stringify(joinFrame(door)))
  socket.sendText(JSON.stringify({ type: 'identify', ...seatOf(username) }))
  return socket
}

/** Alice, bob, and one that joins over a plain connection under the name `slow`. */
async function roomWithRaw(url: string, port: number) {
  const { door, sockets } = await roomWith(url, 'alice', 'bob')
  const slow = await rawMember(port, door, 'slow')
  for (const socket of sockets) await socket.next('peer_joined')
  return { alice: sockets[0], bob: sockets[1], slow }
}

/** Numbers that a stopped reader had been sent, in their order. */
function numbersIn(heard: string): readonly number[] {
  return [...heard.matchAll(/"payload":"(\d+) /g)].map(([, number]) => Number(number))
}

/** Frames that mean nothing, one in every turn of the event loop, so that there is always something left to be read. Returns how to stop. */
function chatter(socket: RawSocket): () => void {
  let on = true
  const say = (): void => {
    if (!on) return
    socket.sendText('x')
    setImmediate(say)
  }
  say()
  return () => {
    on = false
  }
}

describe('a member that stops reading', () => {
  test.each([
    ['broadcast', 60 * KIB, 'and is silent'],
    ['broadcast', 2 * KIB, 'and is silent'],
    ['relay', 60 * KIB, 'and is silent'],
    ['relay', 2 * KIB, 'and is silent'],
    ['broadcast', 60 * KIB, 'and goes on sending'],
    ['relay', 60 * KIB, 'and goes on sending'],
  ] as const)('is closed, with no hole in what it got, and the others miss nothing: %s of %d bytes, %s', async (...kind) => {
    const [type, size, manner] = kind
    const { url, port } = start({ unsent: 256 * KIB, frames: { perSecond: 0, burst: Number.POSITIVE_INFINITY } })
    const { alice, bob, slow } = await roomWithRaw(url, port)
    slow.pause()
    const hush = manner === 'and goes on sending' ? chatter(slow) : () => undefined
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
    hush()
    const got = numbersIn(slow.heard())
    expect(got.length).toBeLessThan(count)
    expect(got).toEqual([...got.keys()])
  })

  test('and sends pings is closed when too many answers wait', async () => {
    const { url, port } = start({ unsent: 256 * KIB, frames: { perSecond: 0, burst: Number.POSITIVE_INFINITY } })
    const { bob, slow } = await roomWithRaw(url, port)
    slow.pause()
    let open = true
    const ask = (): void => {
      for (let i = 0; i < 400; i++) slow.sendFrame(OPCODE.ping, new Uint8Array(125))
      if (open) setImmediate(ask)
    }
    ask()
    expect(await bob.next('peer_left')).toEqual({ type: 'peer_left', username: 'slow' })
    open = false
  })

  test('for less than the limit gets everything when it reads on', async () => {
    const { url, port } = start({})
    const { alice, bob, slow } = await roomWithRaw(url, port)
    slow.pause()
    for (let i = 0; i < 24; i++) {
      alice.send({ type: 'broadcast', payload: `${i} `.padEnd(1024 * KIB, '.'), ...sealed })
      await bob.next('broadcast')
    }
    slow.resume()
    while (numbersIn(slow.heard()).length < 24) await settled(alice, 'alice')
    expect(numbersIn(slow.heard())).toEqual([...Array(24).keys()])
    slow.terminate()
  })
})

/** The relay’s own clock, turned by hand, while what goes over sockets is real. */
async function withHands(what: () => Promise<void>): Promise<void> {
  jest.useFakeTimers()
  try {
    await what()
  } finally {
    jest.useRealTimers()
  }
}

describe('in a busy room', () => {
  test('a member that vanished is asked three times and closed after 150 s; who answers stays', async () => {
    await withHands(async () => {
      const { url, port } = start({})
      const { door, sockets } = await roomWith(url, 'alice')
      const silent = await rawMember(port, door, 'silent')
      await sockets[0].next('peer_joined')
      const answering = await rawMember(port, door, 'answering')
      await sockets[0].next('peer_joined')
      for (let look = 1; look < 6; look++) {
        jest.advanceTimersByTime(PING_SECONDS * 1000)
        if (look % 2 === 0) answering.sendFrame(look === 2 ? OPCODE.ping : OPCODE.pong, new Uint8Array(0))
        sockets[0].send({ type: 'broadcast', payload: 'busy', ...sealed })
        await settled(sockets[0], 'alice')
      }
      jest.advanceTimersByTime(PING_SECONDS * 1000)
      expect(await sockets[0].next('peer_left')).toEqual({ type: 'peer_left', username: 'silent' })
      await silent.closed
      expect(silent.heard().split('\x89\x00')).toHaveLength(4)
      sockets[0].send({ type: 'relay', to: 'answering', payload: 'still here?' })
      while (!answering.heard().includes('still here?')) await settled(sockets[0], 'alice')
      answering.terminate()
    })
  })

  test('a member that says nothing and reads slowly stays', async () => {
    await withHands(async () => {
      const { url, port } = start({})
      const { alice, bob, slow } = await roomWithRaw(url, port)
      slow.pause()
      for (let i = 0; i < 16; i++) {
        alice.send({ type: 'broadcast', payload: `${i} `.padEnd(1024 * KIB, '.'), ...sealed })
        await bob.next('broadcast')
      }
      for (let look = 1; look < 6; look++) {
        jest.advanceTimersByTime(PING_SECONDS * 1000)
        await settled(alice, 'alice')
        await settled(bob, 'bob')
      }
      slow.resume()
      while (numbersIn(slow.heard()).length < 16) await settled(alice, 'alice')
      jest.advanceTimersByTime(PING_SECONDS * 1000)
      await settled(alice, 'alice')
      slow.terminate()
      expect(await alice.next('peer_left')).toEqual({ type: 'peer_left', username: 'slow' })
    })
  })
})

describe('a quiet socket', () => {
  test('that answers pings stays, one that does not is closed and leaves; a slow reader that gets on stays too', async () => {
    const { url, port } = start({ idle: 8, unsent: 256 * KIB * KIB })
    const { alice, bob, slow } = await roomWithRaw(url, port)
    const door = await createRoom(url)
    const watcher = await enter(url, door, 'watcher')
    const silent = await rawMember(port, door, 'silent')
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

  test('are swept every hour, when their time has passed and nobody is in them', async () => {
    await withHands(async () => {
      const { url } = start({})
      const [empty, held] = [await createRoom(url), await createRoom(url)]
      const alice = await enter(url, held, 'alice')
      const pass = async (minutes: number): Promise<void> => {
        for (let passed = 0; passed < minutes; passed++) {
          jest.advanceTimersByTime(60_000)
          await settled(alice, 'alice')
        }
      }
      await pass(119)
      expect(await snapshot(url, empty)).toEqual([])
      // Looking was activity, so two hours begin anew, and the next full hour is an hour later at most.
      await pass(181)
      const late = await TestSocket.open(url)
      late.send(joinFrame(empty))
      expect((await late.next('error')).reason).toBe('not_found')
      expect(await snapshot(url, held)).toEqual([seatOf('alice')])
    })
  })

  test('are swept once when the relay starts', () => {
    const sweep = spyOn(Rooms.prototype, 'prune')
    try {
      start({})
      expect(sweep).toHaveBeenCalledTimes(1)
    } finally {
      sweep.mockRestore()
    }
  })
})

describe('a fault of the relay’s own', () => {
  test('costs the frame that met it, and its log names no more than its kind', async () => {
    const { url } = start({})
    const socket = await TestSocket.open(url)
    const said = spyOn(console, 'error').mockImplementation(() => undefined)
    const faulty = spyOn(Rooms.prototype, 'receive').mockImplementationOnce(() => {
      throw new RangeError('quotes a frame')
    })
    try {
      socket.send(createFrame())
      socket.send(createFrame())
      await socket.next('room_created')
      await settledOutside(socket)
      expect(said.mock.calls).toEqual([['dropped a frame: RangeError']])
    } finally {
      said.mockRestore()
      faulty.mockRestore()
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
