/** The relay contract, `identify`: its gates, what it stores, whom it tells. A wrong value closes without a word. */
import { describe, expect, test } from 'bun:test'
import { forEachRelay } from '../harness/relay.ts'
import { TestSocket } from '../harness/socket.ts'
import {
  createRoom,
  enter,
  join,
  joinFrame,
  keyOf,
  roomWith,
  seatOf,
  settled,
  settledOutside,
  snapshot,
} from '../harness/visits.ts'

/** Names that the contract refuses, and why. */
const REFUSED_NAMES: readonly (readonly [why: string, username: unknown])[] = [
  ['empty', ''],
  ['only white space', ' \t\n\u3000 '],
  ['65 characters', 'x'.repeat(65)],
  ['33 characters outside the basic plane', '😀'.repeat(33)],
  ['a C0 control inside', 'al\u0007ice'],
  ['a line break inside', 'al\nice'],
  ['NUL inside', 'al\u0000ice'],
  ['DEL inside', 'al\u007fice'],
  ['a C1 control inside', 'al\u0085ice'],
  ['a right-to-left override', 'al\u202eice'],
  ['a left-to-right mark at the end', 'alice\u200e'],
  ['an isolate', 'al\u2066ice'],
  ['an Arabic letter mark', 'al\u061cice'],
  ['a zero-width space', 'al\u200bice'],
  ['a zero-width joiner', 'al\u200dice'],
  ['a byte order mark inside', 'al\ufeffice'],
  ['a word joiner', 'al\u2060ice'],
  ['a lone surrogate', 'al\ud800ice'],
  ['a number', 7],
  ['null', null],
  ['a list', ['alice']],
]

const REFUSED_FIELDS: readonly (readonly [why: string, change: Readonly<Record<string, unknown>>])[] = [
  ['ek one character short', { ek: keyOf('x').slice(1) }],
  ['ek one character long', { ek: `${keyOf('x')}+` }],
  ['ek that is a list', { ek: [keyOf('x')] }],
  ['no ek', { ek: undefined }],
  ['ratchetEk one character short', { ratchetEk: keyOf('x').slice(1) }],
  ['ratchetEk one character long', { ratchetEk: `${keyOf('x')}+` }],
  ['ratchetEk that is null', { ratchetEk: null }],
  ['an empty claim', { claim: '' }],
  ['a claim of 4001 characters', { claim: 'c'.repeat(4001) }],
  ['a claim that is an object', { claim: { length: 7 } }],
]

describe('identify', () => {
  forEachRelay([], (relay) => {
    test('is dropped from a connection that has not joined, even with wrong values', async () => {
      const socket = await TestSocket.open(relay().url)
      socket.send({ type: 'identify', ...seatOf('alice') })
      socket.send({ type: 'identify', ...seatOf('') })
      await settledOutside(socket)
    })

    test.each(REFUSED_NAMES)('closes for a username that is or holds %s, and tells nobody', async (_, username) => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const socket = await join(relay().url, door)
      socket.sendRaw(JSON.stringify({ type: 'identify', ...seatOf('alice'), username }))
      expect(await socket.endedUnanswered()).toBe(1008)
      await settled(sockets[0], 'bob')
    })

    test.each(REFUSED_FIELDS)('closes for %s, and tells nobody', async (_, change) => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const socket = await join(relay().url, door)
      socket.sendRaw(JSON.stringify({ type: 'identify', ...seatOf('alice'), ...change }))
      expect(await socket.endedUnanswered()).toBe(1008)
      await settled(sockets[0], 'bob')
    })

    test.each([
      ['64 characters', 'x'.repeat(64)],
      ['32 characters outside the basic plane', '😀'.repeat(32)],
      ['letters of any script', 'Ελένη 李雷'],
      ['a name that objects inherit', '__proto__'],
      ['another one', 'constructor'],
    ])('takes %s', async (_, username) => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const alice = await enter(relay().url, door, username)
      expect(await sockets[0].next('peer_joined')).toEqual({ type: 'peer_joined', ...seatOf(username) })
      await settled(alice, username)
    })

    test('takes a claim of 1 and of 4000 characters', async () => {
      for (const claim of ['c', 'c'.repeat(4000)]) {
        const { door, sockets } = await roomWith(relay().url, 'bob')
        const alice = await join(relay().url, door)
        alice.send({ type: 'identify', ...seatOf('alice'), claim })
        expect((await sockets[0].next('peer_joined')).claim).toBe(claim)
      }
    })

    test('trims the username and keeps the trimmed one', async () => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const alice = await join(relay().url, door)
      alice.send({ type: 'identify', ...seatOf('alice'), username: '\u00a0\n alice \t' })
      expect(await sockets[0].next('peer_joined')).toEqual({ type: 'peer_joined', ...seatOf('alice') })
      sockets[0].send({ type: 'relay', to: 'alice', payload: 'for the trimmed name' })
      expect((await alice.next('relay')).payload).toBe('for the trimmed name')
    })

    test('counts 64 characters after trimming', async () => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const alice = await join(relay().url, door)
      alice.send({ type: 'identify', ...seatOf('alice'), username: `  ${'x'.repeat(64)}  ` })
      expect((await sockets[0].next('peer_joined')).username).toBe('x'.repeat(64))
    })

    test('with a username that another holds is username_taken, and another name is welcome', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      const second = await join(relay().url, door)
      second.send({ type: 'identify', ...seatOf('alice'), username: ' alice ' })
      expect(await second.next('error')).toEqual({ type: 'error', reason: 'username_taken' })
      second.send({ type: 'broadcast', payload: 'not heard', meta: 'm', sig: 's' })
      second.send({ type: 'identify', ...seatOf('Alice') })
      expect((await sockets[0].next('peer_joined')).username).toBe('Alice')
    })

    test('with wrong values and a taken username closes: the values come first', async () => {
      const { door } = await roomWith(relay().url, 'alice')
      const second = await join(relay().url, door)
      second.send({ type: 'identify', ...seatOf('alice'), claim: '' })
      expect(await second.closed).toBe(1008)
    })

    test('may take a username that is held in another room', async () => {
      await roomWith(relay().url, 'alice')
      await roomWith(relay().url, 'alice')
    })

    test('is told to every other member, identified or not, and not to the sender', async () => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const waiting = await join(relay().url, door)
      const alice = await enter(relay().url, door, 'alice')
      expect(await sockets[0].next('peer_joined')).toEqual({ type: 'peer_joined', ...seatOf('alice') })
      expect(await waiting.next('peer_joined')).toEqual({ type: 'peer_joined', ...seatOf('alice') })
      await settled(alice, 'alice')
    })

    test('passes on the four fields alone', async () => {
      const { door, sockets } = await roomWith(relay().url, 'bob')
      const alice = await join(relay().url, door)
      alice.sendRaw(JSON.stringify({ ...seatOf('alice'), type: 'identify', from: 'bob', extra: 'x' }))
      expect(await sockets[0].next('peer_joined')).toEqual({ type: 'peer_joined', ...seatOf('alice') })
    })

    test('again, with the same username, refreshes the stored values', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      const renewed = { ...seatOf('alice'), ek: keyOf('new'), claim: 'new claim' }
      sockets[0].send({ type: 'identify', ...renewed })
      expect(await sockets[1].next('peer_joined')).toEqual({ type: 'peer_joined', ...renewed })
      const carol = await TestSocket.open(relay().url)
      carol.send(joinFrame(door))
      expect((await carol.next('joined')).members).toEqual([renewed, seatOf('bob')])
    })

    test('again, with another username, frees the first', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].send({ type: 'identify', ...seatOf('alice two') })
      expect((await sockets[1].next('peer_joined')).username).toBe('alice two')
      sockets[1].send({ type: 'relay', to: 'alice', payload: 'nobody' })
      sockets[1].send({ type: 'relay', to: 'alice two', payload: 'somebody' })
      expect((await sockets[0].next('relay')).payload).toBe('somebody')
      await enter(relay().url, door, 'alice', sockets)
    })

    test('again, with a username that another holds, leaves both as they were', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].send({ type: 'identify', ...seatOf('bob'), claim: 'stolen' })
      expect(await sockets[0].next('error')).toEqual({ type: 'error', reason: 'username_taken' })
      for (const to of ['alice', 'bob']) sockets[0].send({ type: 'relay', to, payload: `for ${to}` })
      expect(await sockets[0].next('relay')).toEqual({ type: 'relay', from: 'alice', payload: 'for alice' })
      expect(await sockets[1].next('relay')).toEqual({ type: 'relay', from: 'alice', payload: 'for bob' })
      expect(await snapshot(relay().url, door)).toEqual([seatOf('alice'), seatOf('bob')])
    })

    test('that is refused for its values leaves what the connection sends after it unheard, a new join too', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].send({ type: 'identify', ...seatOf('alice'), claim: '' })
      sockets[0].send({ type: 'broadcast', payload: 'p', meta: 'm', sig: 's' })
      sockets[0].send(joinFrame(door))
      sockets[0].send({ type: 'identify', ...seatOf('ghost') })
      expect(await sockets[1].next('peer_left')).toEqual({ type: 'peer_left', username: 'alice' })
      expect(await sockets[0].endedUnanswered()).toBe(1008)
      expect(await snapshot(relay().url, door)).toEqual([seatOf('bob')])
      await settled(sockets[1], 'bob')
    })

    test('in a room of its own tells nobody', async () => {
      await enter(relay().url, await createRoom(relay().url), 'alice')
    })
  })
})
