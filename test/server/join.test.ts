/** The relay contract, `join`: its gates in order, the snapshot, and how many a room holds. */
import { describe, expect, test } from 'bun:test'
import { RawSocket } from '../harness/rawsocket.ts'
import { forEachRelay } from '../harness/relay.ts'
import { TestSocket } from '../harness/socket.ts'
import { createRoom, enter, join, joinFrame, roomWith, seatOf, settled, settledOutside } from '../harness/visits.ts'

const forbidden = { type: 'error', reason: 'forbidden' } as const
const notFound = { type: 'error', reason: 'not_found' } as const
const roomFull = { type: 'error', reason: 'room_full' } as const
const versionMismatch = { type: 'error', reason: 'version_mismatch', serverVersion: 1 } as const

describe('join', () => {
  forEachRelay([], (relay) => {
    test.each([
      ['absent', ''],
      ['older', ',"protocolVersion":0'],
      ['newer', ',"protocolVersion":2'],
      ['a text', ',"protocolVersion":"1"'],
      ['true', ',"protocolVersion":true'],
      ['a list', ',"protocolVersion":[1]'],
    ])('with a version that is %s is a mismatch, before the room is looked for, and closes', async (_, version) => {
      const socket = await TestSocket.open(relay().url)
      socket.sendRaw(`{"type":"join","roomId":"none","roomSecret":""${version}}`)
      expect(await socket.next('error')).toEqual(versionMismatch)
      expect(await socket.closed).toBe(1008)
    })

    test('with another version is a mismatch for a member too, who has left then', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].send({ ...joinFrame(door), protocolVersion: 0 })
      expect(await sockets[0].next('error')).toEqual(versionMismatch)
      expect(await sockets[0].closed).toBe(1008)
      expect(await sockets[1].next('peer_left')).toEqual({ type: 'peer_left', username: 'alice' })
    })

    test('of a second room is forbidden, before that room is looked for', async () => {
      const socket = await join(relay().url, await createRoom(relay().url))
      socket.send(joinFrame({ roomId: 'none', roomSecret: '' }))
      expect(await socket.next('error')).toEqual(forbidden)
    })

    test('of the same room again is forbidden and changes nothing', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      sockets[0].send(joinFrame(door))
      expect(await sockets[0].next('error')).toEqual(forbidden)
      await settled(sockets[0], 'alice')
    })

    test.each([
      ['that does not exist', '"0123456789abcdef0123456789abcdef"'],
      ['that is no text', '7'],
      ['that is a property of every object', '"__proto__"'],
      ['that is absent', 'null'],
    ])('of a room %s is not_found', async (_, roomId) => {
      const socket = await TestSocket.open(relay().url)
      socket.sendRaw(`{"type":"join","protocolVersion":1,"roomSecret":"x","roomId":${roomId}}`)
      expect(await socket.next('error')).toEqual(notFound)
      await settledOutside(socket)
    })

    test('with a wrong secret of any kind is forbidden and lets nobody in', async () => {
      const door = await createRoom(relay().url)
      const flipped = door.roomSecret.startsWith('A') ? `B${door.roomSecret.slice(1)}` : `A${door.roomSecret.slice(1)}`
      for (const roomSecret of [
        flipped,
        '',
        `${door.roomSecret} `,
        door.roomSecret.slice(0, -2),
        door.roomSecret.slice(0, -2).toLowerCase() + '==',
        '€'.repeat(door.roomSecret.length),
        7,
        null,
        [door.roomSecret],
        {},
      ]) {
        const socket = await TestSocket.open(relay().url)
        socket.sendRaw(JSON.stringify({ ...joinFrame(door), roomSecret }))
        expect(await socket.next('error')).toEqual(forbidden)
        socket.send({ type: 'identify', ...seatOf('mallory') })
        await settledOutside(socket)
      }
    })

    test('shows every other member that has identified, in the order they joined, and nobody else', async () => {
      const { door } = await roomWith(relay().url, 'alice', 'bob')
      await join(relay().url, door)
      const carol = await TestSocket.open(relay().url)
      carol.send(joinFrame(door))
      expect(await carol.next('joined')).toEqual({
        type: 'joined',
        members: [seatOf('alice'), seatOf('bob')],
        serverVersion: 1,
      })
    })

    test('is not told to the room before identify', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      await join(relay().url, door)
      await settled(sockets[0], 'alice')
    })
  })
})

describe('a room of two', () => {
  forEachRelay(['--max-room-size', '2'], (relay) => {
    test('refuses a third as room_full, who may come when one has left', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      const carol = await TestSocket.open(relay().url)
      carol.send(joinFrame(door))
      expect(await carol.next('error')).toEqual(roomFull)
      await sockets[1].close()
      await sockets[0].next('peer_left')
      carol.send(joinFrame(door))
      expect((await carol.next('joined')).members).toEqual([seatOf('alice')])
    })

    test('counts who joined without identifying', async () => {
      const door = await createRoom(relay().url)
      await join(relay().url, door)
      await join(relay().url, door)
      const third = await TestSocket.open(relay().url)
      third.send(joinFrame(door))
      expect(await third.next('error')).toEqual(roomFull)
    })

    test('is forbidden to one of its own members, not full', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].send(joinFrame(door))
      expect(await sockets[0].next('error')).toEqual(forbidden)
    })

    test('has a place again when a member vanished without a goodbye', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      const raw = await RawSocket.open(relay().port)
      raw.sendText(JSON.stringify(joinFrame(door)))
      raw.sendText(JSON.stringify({ type: 'identify', ...seatOf('bob') }))
      await sockets[0].next('peer_joined')
      raw.terminate()
      await sockets[0].next('peer_left')
      await enter(relay().url, door, 'bob', sockets)
    })

    test('tells who has no secret that it is forbidden, not that it is full', async () => {
      const { door } = await roomWith(relay().url, 'alice', 'bob')
      const socket = await TestSocket.open(relay().url)
      socket.send({ ...joinFrame(door), roomSecret: 'wrong' })
      expect(await socket.next('error')).toEqual(forbidden)
    })
  })
})

describe('a room by default', () => {
  forEachRelay([], (relay) => {
    test('holds twenty', async () => {
      const door = await createRoom(relay().url)
      for (let i = 0; i < 20; i++) await join(relay().url, door)
      const late = await TestSocket.open(relay().url)
      late.send(joinFrame(door))
      expect(await late.next('error')).toEqual(roomFull)
    })
  })
})

describe('a room of size 0', () => {
  forEachRelay(['--max-room-size', '0'], (relay) => {
    test('has no limit', async () => {
      const door = await createRoom(relay().url)
      await Promise.all(Array.from({ length: 60 }, () => join(relay().url, door)))
      await enter(relay().url, door, 'alice')
    })
  })
})
