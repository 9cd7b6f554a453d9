/** The relay contract, `create`: its gates in order and what it replies. */
import { describe, expect, test } from 'bun:test'
import { forEachRelay } from '../harness/relay.ts'
import { TestSocket } from '../harness/socket.ts'
import { createFrame, createRoom, enter, join, joinFrame, seatOf, settled, settledOutside } from '../harness/visits.ts'

describe('create', () => {
  forEachRelay([], (relay) => {
    test.each([
      ['absent', '{"type":"create"}'],
      ['newer', '{"type":"create","protocolVersion":2}'],
      ['a text', '{"type":"create","protocolVersion":"1"}'],
      ['true', '{"type":"create","protocolVersion":true}'],
      ['null', '{"type":"create","protocolVersion":null}'],
      ['a list', '{"type":"create","protocolVersion":[1]}'],
    ])('with a version that is %s is answered with the relay’s version and a close', async (_, text) => {
      const socket = await TestSocket.open(relay().url)
      socket.sendRaw(text)
      expect(await socket.next('error')).toEqual({ type: 'error', reason: 'version_mismatch', serverVersion: 1 })
      expect(await socket.closed).toBe(1008)
    })

    test('replies with a room of 16 bytes in hexadecimal, a secret of 16 bytes in base64 and the version, and nothing else', async () => {
      const socket = await TestSocket.open(relay().url)
      socket.send(createFrame())
      const created = await socket.next('room_created')
      expect(Object.keys(created).toSorted()).toEqual(['roomId', 'roomSecret', 'serverVersion', 'type'])
      expect(created.roomId).toMatch(/^[0-9a-f]{32}$/)
      expect(created.roomSecret).toMatch(/^[A-Za-z0-9+/]{22}==$/)
      expect(created.serverVersion).toBe(1)
    })

    test('gives each room an id and a secret of its own', async () => {
      const [one, other] = [await createRoom(relay().url), await createRoom(relay().url)]
      expect(one.roomId).not.toBe(other.roomId)
      expect(one.roomSecret).not.toBe(other.roomSecret)
    })

    test('takes no id and no secret from the client', async () => {
      const socket = await TestSocket.open(relay().url)
      socket.sendRaw('{"type":"create","protocolVersion":1,"roomId":"00","roomSecret":"AA=="}')
      const { roomId, roomSecret } = await socket.next('room_created')
      expect([roomId, roomSecret]).not.toContain('00')
      expect([roomId, roomSecret]).not.toContain('AA==')
    })

    test('does not make its sender a member: only join does', async () => {
      const creator = await TestSocket.open(relay().url)
      creator.send(createFrame())
      const door = await creator.next('room_created')
      creator.send({ type: 'identify', ...seatOf('alice') })
      await settledOutside(creator)
      const bob = await join(relay().url, door)
      creator.send(joinFrame(door))
      expect(await creator.next('joined')).toEqual({ type: 'joined', members: [], serverVersion: 1 })
      creator.send({ type: 'identify', ...seatOf('alice') })
      expect(await bob.next('peer_joined')).toEqual({ type: 'peer_joined', ...seatOf('alice') })
    })

    test('is open to a member of a room too, and leaves it where it is', async () => {
      const door = await createRoom(relay().url)
      const alice = await enter(relay().url, door, 'alice')
      alice.send(createFrame())
      expect((await alice.next('room_created')).roomId).not.toBe(door.roomId)
      await settled(alice, 'alice')
    })

    test.each(['"whatever"', '""', '7', 'null', '{}'])('ignores an admin token that nobody asked for: %s', async (token) => {
      const socket = await TestSocket.open(relay().url)
      socket.sendRaw(`{"type":"create","protocolVersion":1,"adminToken":${token}}`)
      await socket.next('room_created')
    })
  })
})

describe('create with an admin token', () => {
  forEachRelay(['--admin-token', 'open sesame'], (relay) => {
    test.each([
      ['none', '{"type":"create","protocolVersion":1}'],
      ['another', '{"type":"create","protocolVersion":1,"adminToken":"open sesamf"}'],
      ['one as long in characters and longer in bytes', '{"type":"create","protocolVersion":1,"adminToken":"open sesamé"}'],
      ['a shorter one', '{"type":"create","protocolVersion":1,"adminToken":"open"}'],
      ['an empty one', '{"type":"create","protocolVersion":1,"adminToken":""}'],
      ['a list of it', '{"type":"create","protocolVersion":1,"adminToken":["open sesame"]}'],
      ['true', '{"type":"create","protocolVersion":1,"adminToken":true}'],
    ])('refuses %s as forbidden and stays open', async (_, text) => {
      const socket = await TestSocket.open(relay().url)
      socket.sendRaw(text)
      expect(await socket.next('error')).toEqual({ type: 'error', reason: 'forbidden' })
      await settledOutside(socket)
    })

    test('takes the right one', async () => {
      const socket = await TestSocket.open(relay().url)
      socket.send({ ...createFrame(), adminToken: 'open sesame' })
      await socket.next('room_created')
    })

    test('looks at the version before the token', async () => {
      const socket = await TestSocket.open(relay().url)
      socket.send({ type: 'create', protocolVersion: 2, adminToken: 'wrong' })
      expect((await socket.next('error')).reason).toBe('version_mismatch')
    })
  })
})

describe('create with an admin token that is empty', () => {
  forEachRelay(['--admin-token', ''], (relay) => {
    test('is open to everybody, whatever token they show', async () => {
      await createRoom(relay().url)
      const socket = await TestSocket.open(relay().url)
      socket.send({ ...createFrame(), adminToken: 'whatever' })
      await socket.next('room_created')
    })
  })
})
