/** Broken frames of every kind: the relay neither ends, nor answers, nor lets them hurt anybody else. */
import { describe, expect, test } from 'bun:test'
import { fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { FRAME_TO_RELAY_BYTES } from '#lib/wire/limits.ts'
import { BROKEN_FRAMES } from '../harness/brokenframes.ts'
import { header, OPCODE, RawSocket } from '../harness/rawsocket.ts'
import { forEachRelay } from '../harness/relay.ts'
import { TestSocket } from '../harness/socket.ts'
import { createRoom, joinFrame, roomWith, seatOf, settled, settledOutside } from '../harness/visits.ts'

const broadcast = { type: 'broadcast', payload: 'still here', meta: 'm', sig: 's' } as const

describe('a broken frame', () => {
  forEachRelay([], (relay) => {
    test(`is dropped without an answer and reaches nobody: ${BROKEN_FRAMES.length} kinds, from a member`, async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      for (const [why, text] of BROKEN_FRAMES) {
        sockets[0].sendRaw(text)
        sockets[0].send({ ...broadcast, meta: why })
        await settled(sockets[0], 'alice')
        expect(await sockets[1].next('broadcast')).toEqual({ ...broadcast, meta: why, from: 'alice' })
      }
    })

    test('from a stranger is dropped as well', async () => {
      const socket = await TestSocket.open(relay().url)
      for (const [, text] of BROKEN_FRAMES) {
        socket.sendRaw(text)
        await settledOutside(socket)
      }
    })

    test('in binary is dropped even when its bytes are a good frame', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].sendRaw(new Uint8Array(utf8(JSON.stringify(broadcast))))
      sockets[0].sendRaw(new Uint8Array([0xff, 0x00]))
      sockets[0].sendRaw(new Uint8Array(0))
      sockets[0].send(broadcast)
      await sockets[1].next('broadcast')
      await settled(sockets[0], 'alice')
      await settled(sockets[1], 'bob')
    })

    test('of duplicate keys counts the last, and forwards each key once', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].sendRaw('{"type":"rekey","payload":"one","type":"broadcast","meta":"m","payload":"two","sig":"s"}')
      expect(await sockets[1].next('broadcast')).toEqual({ ...broadcast, payload: 'two', from: 'alice' })
    })

    test('with an unknown field, however deep, loses that field alone', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      const deep = '['.repeat(100_000) + ']'.repeat(100_000)
      sockets[0].sendRaw(`${JSON.stringify(broadcast).slice(0, -1)},"deep":${deep},"__proto__":{"from":"carol"}}`)
      expect(await sockets[1].next('broadcast')).toEqual({ ...broadcast, from: 'alice' })
    })

    test('of one byte over 2 MiB closes its sender with 1009, who leaves like anybody', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      const payload = 'p'.repeat(FRAME_TO_RELAY_BYTES + 1 - JSON.stringify({ ...broadcast, payload: '' }).length)
      sockets[0].sendRaw(JSON.stringify({ ...broadcast, payload }))
      expect(await sockets[1].next('peer_left')).toEqual({ type: 'peer_left', username: 'alice' })
      expect(await sockets[0].endedUnanswered()).toBe(1009)
      await settled(sockets[1], 'bob')
    })
  })
})

describe('broken bytes', () => {
  forEachRelay([], (relay) => {
    const notUtf8 = new Uint8Array([...utf8('{"type":"'), 0xff, 0xfe, ...utf8('"}')])
    const wrong: readonly (readonly [why: string, send: (socket: RawSocket) => void])[] = [
      ['text that is not UTF-8', (socket) => socket.sendFrame(OPCODE.text, notUtf8)],
      ['a surrogate written in UTF-8', (socket) => socket.sendFrame(OPCODE.text, new Uint8Array([0xed, 0xa0, 0x80]))],
      ['a frame that says it is 4 GiB', (socket) => socket.write(header(OPCODE.text, 2 ** 32, true, true))],
      [
        'a frame that says it is 2^63 bytes',
        (socket) => socket.write(new Uint8Array([0x81, 0xff, ...new Uint8Array(12).fill(0xff)])),
      ],
      ['pieces that add up to more than 2 MiB', (socket) => sendPieces(socket, 3 * 1024 ** 2)],
      ['a reserved kind', (socket) => socket.sendFrame(0x3, utf8('x'))],
      ['a reserved bit', (socket) => socket.write(new Uint8Array([0xf1, 0x80, 0, 0, 0, 0]))],
      ['a ping too long for one', (socket) => socket.sendFrame(OPCODE.ping, new Uint8Array(126))],
      ['a ping in pieces', (socket) => socket.sendFrame(OPCODE.ping, utf8('x'), false)],
      ['a piece of nothing', (socket) => socket.sendFrame(OPCODE.more, utf8('x'))],
      ['a close frame of one byte', (socket) => socket.sendFrame(OPCODE.close, utf8('x'))],
    ]

    test.each(wrong)('cost their sender the connection and nobody else: %s', async (_, send) => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const raw = await RawSocket.open(relay().port)
      raw.sendText(JSON.stringify(joinFrame(door)))
      raw.sendText(JSON.stringify({ type: 'identify', ...seatOf('mallory') }))
      await sockets[0].next('peer_joined')
      send(raw)
      await raw.closed
      expect(await sockets[0].next('peer_left')).toEqual({ type: 'peer_left', username: 'mallory' })
      await settled(sockets[0], 'bob')
    })

    test('a frame in pieces, split inside a character, is one frame', async () => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const raw = await RawSocket.open(relay().port)
      raw.sendText(JSON.stringify(joinFrame(door)))
      raw.sendText(JSON.stringify({ type: 'identify', ...seatOf('alice') }))
      const bytes = utf8(JSON.stringify({ ...broadcast, payload: '😀' }))
      const middle = fromUtf8(bytes).indexOf('😀') + 2
      raw.sendFrame(OPCODE.text, bytes.subarray(0, middle), false)
      raw.sendFrame(OPCODE.more, bytes.subarray(middle))
      await sockets[0].next('peer_joined')
      expect((await sockets[0].next('broadcast')).payload).toBe('😀')
      raw.terminate()
    })

    test('a peer that vanishes without a goodbye has left', async () => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const raw = await RawSocket.open(relay().port)
      raw.sendText(JSON.stringify(joinFrame(door)))
      raw.sendText(JSON.stringify({ type: 'identify', ...seatOf('alice') }))
      await sockets[0].next('peer_joined')
      raw.terminate()
      expect(await sockets[0].next('peer_left')).toEqual({ type: 'peer_left', username: 'alice' })
    })

    test('half a frame and then nothing keeps nobody waiting', async () => {
      const raw = await RawSocket.open(relay().port)
      raw.write(header(OPCODE.text, 1_000_000, true, true))
      await createRoom(relay().url)
      raw.terminate()
    })
  })
})

function sendPieces(socket: RawSocket, total: number): void {
  const piece = new Uint8Array(60_000).fill(0x20)
  socket.sendFrame(OPCODE.text, piece, false)
  for (let sent = piece.length; sent < total; sent += piece.length) socket.sendFrame(OPCODE.more, piece, false)
}
