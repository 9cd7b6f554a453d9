/** Tests of server/rooms.ts as pure rules: what is delivered, for whom, and how long a room lives. The contract's cases are in the suite over sockets. */
import { describe, expect, test } from 'bun:test'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'
import { CLOSE } from '#lib/wire/limits.ts'
import type { Delivery } from '../../server/room.ts'
import { Rooms, type RoomRules } from '../../server/rooms.ts'
import { createFrame, joinFrame, seatOf } from '../harness/visits.ts'

const HOUR = 3_600_000

/** A connection: the rules compare it by identity and nothing else. */
interface Conn {
  readonly name: string
}

/** Rooms without a socket: random bytes count up, and connections are made by name. */
function relay(rules: Partial<RoomRules> = {}) {
  let drawn = 0
  const rooms = new Rooms<Conn>({
    maxRoomSize: 0,
    ttl: 24 * HOUR,
    maxRooms: 10,
    randomBytes: (size) => new Uint8Array(size).fill(++drawn),
    ...rules,
  })
  const receive = (conn: Conn, frame: ToRelay, now = 0) => rooms.receive(conn, frame, now)
  const create = (now = 0) => sent(receive({ name: 'creator' }, createFrame(), now), 'room_created')
  const enter = (door: { roomId: string; roomSecret: string }, name: string, now = 0): Conn => {
    const conn = { name }
    sent(receive(conn, joinFrame(door), now), 'joined')
    receive(conn, { type: 'identify', ...seatOf(name) }, now)
    return conn
  }
  return { rooms, receive, create, enter }
}

/** The one frame of a type among deliveries to single connections. */
function sent<Type extends FromRelay['type']>(deliveries: readonly Delivery<Conn>[], type: Type) {
  const frames = deliveries.flatMap((delivery) => (delivery.do === 'send' ? [delivery.frame] : []))
  const [frame, ...more] = frames.filter((frame): frame is Extract<FromRelay, { type: Type }> => frame.type === type)
  if (frame === undefined || more.length > 0) throw new Error(`not one ${type} in ${JSON.stringify(deliveries)}`)
  return frame
}

describe('a room', () => {
  test('has an id and a secret made of the randomness that was handed in', () => {
    const { create } = relay()
    expect(create()).toEqual({
      type: 'room_created',
      roomId: '01'.repeat(16),
      roomSecret: 'AgICAgICAgICAgICAgICAg==',
      serverVersion: 1,
    })
  })

  test('hears one broadcast as one delivery, whatever its size, so that it is serialised once', () => {
    for (const size of [1, 2, 20, 100]) {
      const { receive, create, enter } = relay()
      const door = create()
      const sender = enter(door, 'sender')
      for (let i = 1; i < size; i++) enter(door, `peer ${i}`)
      const deliveries = receive(sender, { type: 'broadcast', payload: 'p', meta: 'm', sig: 's' })
      expect(deliveries).toHaveLength(1)
      const [delivery] = deliveries
      if (delivery?.do !== 'publish') throw new Error('not published')
      expect(delivery.except).toBe(sender)
      expect(delivery.room.conns.size).toBe(size)
      expect(delivery.frame).toEqual({ type: 'broadcast', from: 'sender', payload: 'p', meta: 'm', sig: 's' })
    }
  })

  test('is subscribed to before the newcomer reads the snapshot, so that nothing falls between', () => {
    const { receive, create } = relay()
    const door = create()
    const conn = { name: 'newcomer' }
    const deliveries = receive(conn, joinFrame(door))
    expect(deliveries.map((delivery) => delivery.do)).toEqual(['subscribe', 'send'])
  })

  test('tells a leave to everybody who is left, as one delivery, and only once', () => {
    const { rooms, create, enter } = relay()
    const door = create()
    const alice = enter(door, 'alice')
    enter(door, 'bob')
    const [left, ...more] = rooms.leave(alice)
    expect(left).toMatchObject({ do: 'publish', except: null, frame: { type: 'peer_left', username: 'alice' } })
    expect(more).toEqual([])
    expect(rooms.leave(alice)).toEqual([])
  })

  test('counts among those who joined who is in it, identified or not, until it leaves', () => {
    const { rooms, receive, create, enter } = relay()
    const door = create()
    const [alice, stranger] = [enter(door, 'alice'), { name: 'stranger' }]
    receive(stranger, joinFrame(door))
    expect([...rooms.joined()]).toEqual([alice, stranger])
    rooms.leave(alice)
    expect([...rooms.joined()]).toEqual([stranger])
  })

  test('does not know a connection that never joined when it leaves', () => {
    expect(relay().rooms.leave({ name: 'stranger' })).toEqual([])
  })

  test('opens to its whole secret alone, whichever character is wrong', () => {
    const { receive, create } = relay()
    const door = create()
    for (const i of door.roomSecret.split('').keys()) {
      const roomSecret = `${door.roomSecret.slice(0, i)}x${door.roomSecret.slice(i + 1)}`
      expect(sent(receive({ name: 'guest' }, joinFrame({ ...door, roomSecret })), 'error').reason).toBe('forbidden')
    }
    sent(receive({ name: 'guest' }, joinFrame(door)), 'joined')
  })

  test('hands a step to those with a part of their own, not to who is called like something inherited', () => {
    const { receive, create, enter } = relay()
    const door = create()
    const [alice, bob] = [enter(door, 'alice'), enter(door, 'bob')]
    enter(door, 'constructor')
    const payloads = { bob: { kemCt: 'ct', encSeed: 'seed', pn: 0 } }
    const { ek, claim } = seatOf('alice')
    const step: ToRelay = { type: 'ratchet_step', payloads, newEk: ek, claim, payload: 'p', meta: 'm', sig: 's' }
    expect(receive(alice, step)).toMatchObject([{ do: 'send', conn: bob }])
  })

  test('is one of so many at most: the next is refused with a close and no reason', () => {
    const { rooms, receive, create } = relay({ maxRooms: 2 })
    create()
    create()
    const conn = { name: 'third' }
    expect(receive(conn, createFrame())).toEqual([{ do: 'close', conn, code: CLOSE.tryAgainLater }])
    expect(rooms.size).toBe(2)
  })

  test('that is full asks for the admin token first', () => {
    const { receive } = relay({ maxRooms: 0, adminToken: 'token' })
    expect(sent(receive({ name: 'guest' }, createFrame()), 'error').reason).toBe('forbidden')
  })
})

describe('the sweep', () => {
  test('deletes a room when more than its time has passed since its last activity', () => {
    const { rooms, receive, create } = relay({ ttl: HOUR })
    const door = create(1000)
    expect(rooms.prune(1000 + HOUR)).toBe(0)
    expect(rooms.prune(1001 + HOUR)).toBe(1)
    expect(rooms.size).toBe(0)
    expect(sent(receive({ name: 'late' }, joinFrame(door)), 'error').reason).toBe('not_found')
  })

  test('spares a room with a connection, identified or not, however long it was quiet', () => {
    const { rooms, receive, create } = relay({ ttl: HOUR })
    const door = create()
    const conn = { name: 'quiet' }
    receive(conn, joinFrame(door))
    expect(rooms.prune(1000 * HOUR)).toBe(0)
    rooms.leave(conn)
    expect(rooms.prune(1000 * HOUR)).toBe(1)
  })

  test('does not count leaving as activity', () => {
    const { rooms, create, enter } = relay({ ttl: HOUR })
    const conn = enter(create(), 'alice')
    rooms.leave(conn)
    expect(rooms.prune(HOUR + 1)).toBe(1)
  })

  const claim = 'claim'
  const { ek, ratchetEk } = seatOf('alice')
  const sealed = { payload: 'p', meta: 'm', sig: 's' }
  const touching: readonly ToRelay[] = [
    { type: 'identify', ...seatOf('alice') },
    { type: 'ratchet_step', payloads: {}, newEk: ek, claim, ...sealed },
    { type: 'ek_update', ek, claim },
    { type: 'relay', to: 'nobody', payload: 'p' },
    { type: 'broadcast', ...sealed },
    { type: 'rekey', ek, ratchetEk, claim },
  ]

  test.each(touching.map((frame) => [frame.type, frame] as const))('counts %s as activity', (_, frame) => {
    const { rooms, receive, create, enter } = relay({ ttl: HOUR })
    const conn = enter(create(), 'alice')
    receive(conn, frame, 5 * HOUR)
    rooms.leave(conn)
    expect(rooms.prune(6 * HOUR)).toBe(0)
    expect(rooms.prune(6 * HOUR + 1)).toBe(1)
  })

  test('counts join as activity, before any identify', () => {
    const { rooms, receive, create } = relay({ ttl: HOUR })
    const door = create()
    const conn = { name: 'alice' }
    receive(conn, joinFrame(door), 5 * HOUR)
    rooms.leave(conn)
    expect(rooms.prune(6 * HOUR)).toBe(0)
    expect(rooms.prune(6 * HOUR + 1)).toBe(1)
  })

  /** Frames of an identified member that fail one gate each. */
  const refused: readonly (readonly [why: string, frame: ToRelay])[] = [
    ['an identify with a wrong value', { type: 'identify', ...seatOf('alice'), claim: '' }],
    ['an identify with a taken username', { type: 'identify', ...seatOf('bob') }],
    ['a step with a wrong newEk', { type: 'ratchet_step', payloads: {}, newEk: 'short', claim, ...sealed }],
    ['a step with a wrong claim', { type: 'ratchet_step', payloads: {}, newEk: ek, claim: '', ...sealed }],
    ['a step with a wrong sig', { type: 'ratchet_step', payloads: {}, newEk: ek, claim, ...sealed, sig: '' }],
    ['an ek_update with a wrong claim', { type: 'ek_update', ek, claim: '' }],
    ['an ek_update with too long a key', { type: 'ek_update', ek: `${ek}+`, claim }],
    ['a broadcast with a wrong sig', { type: 'broadcast', ...sealed, sig: '' }],
    ['a rekey with a wrong claim', { type: 'rekey', ek, ratchetEk, claim: '' }],
    ['a rekey with too long a key', { type: 'rekey', ek, ratchetEk: `${ek}+`, claim }],
    ['a join of the same room', joinFrame({ roomId: '01'.repeat(16), roomSecret: '' })],
    ['a create', createFrame()],
  ]

  test.each(refused)('does not count %s as activity', (_, frame) => {
    const { rooms, receive, create, enter } = relay({ ttl: HOUR, maxRooms: 1 })
    const door = create()
    const [alice, bob] = [enter(door, 'alice', HOUR), enter(door, 'bob', HOUR)]
    receive(alice, frame, 9 * HOUR)
    rooms.leave(alice)
    rooms.leave(bob)
    expect(rooms.prune(2 * HOUR + 1)).toBe(1)
  })

  test.each(touching.slice(1).map((frame) => [frame.type, frame] as const))(
    'does not count %s as activity from who has not identified',
    (_, frame) => {
      const { rooms, receive, create } = relay({ ttl: HOUR })
      const conn = { name: 'stranger' }
      receive(conn, joinFrame(create()), HOUR)
      expect(receive(conn, frame, 9 * HOUR)).toEqual([])
      rooms.leave(conn)
      expect(rooms.prune(2 * HOUR + 1)).toBe(1)
    },
  )

  test('does not count a refused join as activity, whichever gate refused it', () => {
    const { rooms, receive, create, enter } = relay({ ttl: HOUR, maxRoomSize: 1 })
    const door = create()
    const alice = enter(door, 'alice', HOUR)
    for (const frame of [joinFrame(door), { ...joinFrame(door), protocolVersion: 2 }, { ...joinFrame(door), roomSecret: 'x' }]) {
      expect(sent(receive({ name: 'second' }, frame, 9 * HOUR), 'error').reason).toBeString()
    }
    rooms.leave(alice)
    expect(rooms.prune(2 * HOUR + 1)).toBe(1)
  })

  test.each([0, -1, Number.NaN])('with a time of %d never deletes', (ttl) => {
    const { rooms, create } = relay({ ttl })
    create()
    expect(rooms.prune(Number.MAX_SAFE_INTEGER)).toBe(0)
    expect(rooms.size).toBe(1)
  })

  test('deletes every room that is due and no other', () => {
    const { rooms, create } = relay({ ttl: HOUR })
    for (const now of [0, HOUR, 2 * HOUR, 3 * HOUR]) create(now)
    expect(rooms.prune(3 * HOUR)).toBe(2)
    expect(rooms.size).toBe(2)
  })
})
