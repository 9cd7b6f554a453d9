/** The relay contract, leaving: whom it is told, and that the room stays. */
import { describe, expect, test } from 'bun:test'
import { forEachRelay } from '../harness/relay.ts'
import { createRoom, join, roomWith, seatOf, settled, snapshot } from '../harness/visits.ts'

describe('leaving', () => {
  forEachRelay([], (relay) => {
    test('of an identified member is told to all who remain, identified or not', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      const waiting = await join(relay().url, door)
      await sockets[0].close()
      for (const peer of [sockets[1], waiting]) {
        expect(await peer.next('peer_left')).toEqual({ type: 'peer_left', username: 'alice' })
      }
    })

    test('comes after everything that the member had sent', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      for (let i = 0; i < 50; i++) sockets[0].send({ type: 'broadcast', payload: String(i), meta: 'm', sig: 's' })
      await sockets[0].close()
      for (let i = 0; i < 50; i++) expect((await sockets[1].next('broadcast')).payload).toBe(String(i))
      await sockets[1].next('peer_left')
    })

    test('of one that never identified is told to nobody', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      const stranger = await join(relay().url, door)
      await stranger.close()
      await settled(sockets[0], 'alice')
    })

    test('frees the username and takes the member out of the snapshot', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      await sockets[0].close()
      await sockets[1].next('peer_left')
      expect(await snapshot(relay().url, door)).toEqual([seatOf('bob')])
      const again = await join(relay().url, door)
      again.send({ type: 'identify', ...seatOf('alice') })
      expect((await sockets[1].next('peer_joined')).username).toBe('alice')
    })

    test('of the last member leaves the room behind: the same door opens it again', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      await sockets[0].close()
      expect(await snapshot(relay().url, door)).toEqual([])
      await join(relay().url, door)
    })

    test('a room that nobody ever joined opens too', async () => {
      await join(relay().url, await createRoom(relay().url))
    })
  })
})
