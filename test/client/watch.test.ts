/** Watching frames (docs/protocol.md, Client): all of them, in order, as they are on the socket, and only while somebody watches. */
import { expect, test } from 'bun:test'
import { clientOver, type LineEvents } from '#lib/client/client.ts'
import type { Seen } from '#lib/client/events.ts'
import { encodeFromRelay, encodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { seeded } from '../harness/random.ts'
import { World } from '../harness/world.ts'

const REFUSED: FromRelay = { type: 'error', reason: 'forbidden' }

/** A client on a line that a test holds the other end of. */
function wired() {
  const sent: string[] = []
  const lines: LineEvents[] = []
  const client = clientOver({
    dial(_url, on) {
      lines.push(on)
      return { send: (text) => sent.push(text), unsent: () => 0, close: () => undefined }
    },
    now: () => 0,
    random: seeded(1),
    wake: () => () => undefined,
  })
  const seen: Seen[] = []
  const stop = client.watch((one) => seen.push(one))
  client.do({ do: 'create', url: 'ws://127.0.0.1:1337/ws', name: 'alice', adminToken: null })
  const [line] = lines
  if (line === undefined) throw new Error('nothing was dialed')
  line.opened()
  return { client, line, sent, seen, stop }
}

test('what goes out is seen as it goes, with its size on the socket', () => {
  const { sent, seen } = wired()
  expect(sent).toHaveLength(1)
  expect(seen).toEqual([{ way: 'out', frame: { type: 'create', protocolVersion: 1 }, bytes: sent[0]?.length ?? 0 }])
})

test('what comes in is seen, before anything comes of it, and what is no frame by why', () => {
  const { client, line, seen } = wired()
  const order: string[] = []
  client.watch(({ way }) => order.push(way))
  client.on(({ is }) => order.push(is))
  line.text('{"type":"größer"}')
  line.binary()
  line.text(encodeFromRelay(REFUSED))
  expect(seen.slice(1)).toEqual([
    { way: 'in', frame: null, code: 'unknown_type', bytes: 19 },
    { way: 'in', frame: null, code: 'not_json', bytes: 0 },
    { way: 'in', frame: REFUSED, bytes: encodeFromRelay(REFUSED).length },
  ])
  expect(order.at(-2)).toBe('in')
  expect(order.at(-1)).toBe('ended')
})

test('nothing is seen of a line that is given up', () => {
  const { line, seen } = wired()
  line.text(encodeFromRelay(REFUSED))
  const before = seen.length
  line.text(encodeFromRelay(REFUSED))
  expect(seen).toHaveLength(before)
})

test('who stopped watching sees no more', () => {
  const { line, seen, stop } = wired()
  stop()
  line.text(encodeFromRelay(REFUSED))
  expect(seen).toHaveLength(1)
})

test('the frames of a conversation are seen as the relay has them, and no others', () => {
  const world = new World()
  const alice = world.person('alice')
  const seen: Seen[] = []
  alice.client.watch((one) => seen.push(one))
  const bob = world.person('bob').join(alice.create())
  const heard: FromRelay[] = []
  world.meddle = (frame, to) => {
    if (to.owner === 'alice') heard.push(frame)
    return [frame]
  }
  const before = seen.length
  bob.say('hello')
  alice.say('hello')
  bob.rotate()
  expect(heard.length).toBeGreaterThan(1)
  expect(seen.slice(before).flatMap(({ way, frame }) => (way === 'in' && frame !== null ? [frame] : []))).toEqual(heard)
  for (const { way, frame, bytes } of seen) if (way === 'out') expect(bytes).toBe(encodeToRelay(frame).length)
})
