/** The relay contract, what an identified member may send: `relay`, `broadcast`, `ratchet_step`, `ek_update`, `rekey`. */
import { describe, expect, test } from 'bun:test'
import type { SealedFields, StepPayload, ToRelay } from '#lib/wire/frames.ts'
import { forEachRelay } from '../harness/relay.ts'
import { TestSocket } from '../harness/socket.ts'
import { join, joinFrame, keyOf, roomWith, seatOf, settled, snapshot } from '../harness/visits.ts'

const sealed: SealedFields = { payload: 'payload', meta: 'meta', sig: 'sig' }

function stepFrame(payloads: Readonly<Record<string, StepPayload>>): Extract<ToRelay, { type: 'ratchet_step' }> {
  return { type: 'ratchet_step', payloads, newEk: keyOf('stepped'), claim: 'stepped claim', ...sealed }
}

function stepFor(username: string): StepPayload {
  return { kemCt: `ct for ${username}`, encSeed: `seed for ${username}`, pn: username.length }
}

/** One frame of each type that needs an identified sender. */
const INSIDE: readonly ToRelay[] = [
  { type: 'relay', to: 'bob', payload: 'letter' },
  { type: 'broadcast', ...sealed },
  stepFrame({ bob: stepFor('bob') }),
  { type: 'ek_update', ek: keyOf('updated'), claim: 'updated claim' },
  { type: 'rekey', ek: keyOf('a'), ratchetEk: keyOf('b'), claim: 'claim' },
]

describe('a member', () => {
  forEachRelay([], (relay) => {
    test.each(INSIDE.map((frame) => [frame.type, frame] as const))(
      'that has not identified is not heard: %s',
      async (_, frame) => {
        const { door, sockets } = await roomWith(relay().url, 'bob')
        const stranger = await join(relay().url, door)
        stranger.send(frame)
        stranger.send(joinFrame(door))
        expect((await stranger.next('error')).reason).toBe('forbidden')
        await settled(sockets[0], 'bob')
      },
    )

    test('that has not joined is not heard', async () => {
      const { sockets } = await roomWith(relay().url, 'bob')
      const stranger = await TestSocket.open(relay().url)
      for (const frame of INSIDE) stranger.send(frame)
      stranger.send(joinFrame({ roomId: 'none', roomSecret: '' }))
      expect((await stranger.next('error')).reason).toBe('not_found')
      await settled(sockets[0], 'bob')
    })

    test('reaches nobody in another room', async () => {
      const here = await roomWith(relay().url, 'alice', 'bob')
      const there = await roomWith(relay().url, 'bob', 'carol')
      for (const frame of INSIDE) here.sockets[0].send(frame)
      await here.sockets[0].next('rekeyed')
      await settled(there.sockets[0], 'bob')
      await settled(there.sockets[1], 'carol')
    })
  })
})

describe('relay', () => {
  forEachRelay([], (relay) => {
    test('goes to the named member alone, with its sender’s name', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob', 'carol')
      sockets[0].send({ type: 'relay', to: 'bob', payload: 'a letter' })
      expect(await sockets[1].next('relay')).toEqual({ type: 'relay', from: 'alice', payload: 'a letter' })
      await settled(sockets[0], 'alice')
      await settled(sockets[2], 'carol')
    })

    test('to nobody vanishes: no reply', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      for (const to of ['carol', '', ' bob', '__proto__', 'toString']) sockets[0].send({ type: 'relay', to, payload: 'x' })
      await settled(sockets[0], 'alice')
      await settled(sockets[1], 'bob')
    })

    test('does not reach who has joined without a name', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      const stranger = await join(relay().url, door)
      sockets[0].send({ type: 'relay', to: '', payload: 'x' })
      sockets[0].send({ type: 'relay', to: 'null', payload: 'x' })
      await settled(sockets[0], 'alice')
      stranger.send(joinFrame(door))
      await stranger.next('error')
    })

    test('to the sender’s own name comes back', async () => {
      const { sockets } = await roomWith(relay().url, 'alice')
      sockets[0].send({ type: 'relay', to: 'alice', payload: 'note' })
      expect(await sockets[0].next('relay')).toEqual({ type: 'relay', from: 'alice', payload: 'note' })
    })

    test('cannot forge its sender', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].sendRaw('{"type":"relay","to":"bob","from":"carol","payload":"x","extra":1}')
      expect(await sockets[1].next('relay')).toEqual({ type: 'relay', from: 'alice', payload: 'x' })
    })

    test('carries an empty payload and any text, character for character', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      for (const payload of [
        '',
        '\u0000\u001f"\\/\u2028\u2029',
        '😀 é e\u0301 \u202e',
        '{"type":"error"}',
        'x'.repeat(300_000),
      ]) {
        sockets[0].send({ type: 'relay', to: 'bob', payload })
        expect((await sockets[1].next('relay')).payload).toBe(payload)
      }
    })
  })
})

describe('broadcast', () => {
  forEachRelay([], (relay) => {
    test('goes to every other member, identified or not, and not to the sender', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob', 'carol')
      const waiting = await join(relay().url, door)
      sockets[0].send({ type: 'broadcast', ...sealed })
      for (const peer of [sockets[1], sockets[2], waiting]) {
        expect(await peer.next('broadcast')).toEqual({ type: 'broadcast', from: 'alice', ...sealed })
      }
      await settled(sockets[0], 'alice')
    })

    test('passes on its three fields alone, under its sender’s name', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].sendRaw(JSON.stringify({ type: 'broadcast', from: 'carol', to: 'bob', claim: 'c', ...sealed }))
      expect(await sockets[1].next('broadcast')).toEqual({ type: 'broadcast', from: 'alice', ...sealed })
    })

    test('takes a sig of 1 and of 200 characters and drops an empty one and one of 201', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      for (const length of [0, 1, 201, 200]) sockets[0].send({ type: 'broadcast', ...sealed, sig: 's'.repeat(length) })
      expect((await sockets[1].next('broadcast')).sig).toHaveLength(1)
      expect((await sockets[1].next('broadcast')).sig).toHaveLength(200)
      await settled(sockets[0], 'alice')
      await settled(sockets[1], 'bob')
    })

    test('has no size rule of its own below the frame’s limit of 2 MiB', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      const frame = { type: 'broadcast', payload: '', meta: '', sig: 's' } as const
      const payload = 'p'.repeat(2 * 1024 ** 2 - JSON.stringify(frame).length)
      sockets[0].send({ ...frame, payload })
      expect((await sockets[1].next('broadcast')).payload).toBe(payload)
    })

    test('keeps the order of one sender across every type of frame and every size', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      const sizes = Array.from({ length: 200 }, (_, i) => (i % 7 === 3 ? 40_000 : i * 10))
      for (const [i, size] of sizes.entries()) {
        const payload = `${i} `.padEnd(size, '.')
        if (i % 3 === 0) sockets[0].send({ type: 'broadcast', ...sealed, payload })
        else if (i % 3 === 1) sockets[0].send({ type: 'relay', to: 'bob', payload })
        else sockets[0].send({ ...stepFrame({ bob: stepFor('bob') }), payload })
      }
      for (const i of sizes.keys()) {
        const { payload } = await sockets[1].next(i % 3 === 0 ? 'broadcast' : i % 3 === 1 ? 'relay' : 'ratchet_step_fwd')
        expect(Number.parseInt(payload, 10)).toBe(i)
      }
    })
  })
})

describe('ratchet_step', () => {
  forEachRelay([], (relay) => {
    test('gives each named member its own part beside the shared ones, and those not named nothing', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob', 'carol', 'dave')
      const waiting = await join(relay().url, door)
      sockets[0].send(stepFrame({ bob: stepFor('bob'), dave: stepFor('dave'), nobody: stepFor('nobody') }))
      for (const [socket, name] of [
        [sockets[1], 'bob'],
        [sockets[3], 'dave'],
      ] as const) {
        expect(await socket.next('ratchet_step_fwd')).toEqual({
          type: 'ratchet_step_fwd',
          from: 'alice',
          ...stepFor(name),
          newEk: keyOf('stepped'),
          claim: 'stepped claim',
          ...sealed,
        })
      }
      await settled(sockets[0], 'alice')
      await settled(sockets[2], 'carol')
      waiting.send(joinFrame(door))
      await waiting.next('error')
    })

    test('never goes back to its sender', async () => {
      const { sockets } = await roomWith(relay().url, 'alice')
      sockets[0].send(stepFrame({ alice: stepFor('alice') }))
      await settled(sockets[0], 'alice')
    })

    test('reaches a member called __proto__ by its own key, and nobody by an inherited one', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', '__proto__', 'constructor')
      const frame = JSON.stringify(stepFrame({})).replace('{}', `{"__proto__":${JSON.stringify(stepFor('proto'))}}`)
      sockets[0].sendRaw(frame)
      expect(await sockets[1].next('ratchet_step_fwd')).toMatchObject(stepFor('proto'))
      await settled(sockets[2], 'constructor')
    })

    test('renews what newcomers are told: the ratchet key and the claim, not the first key', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      sockets[0].send(stepFrame({}))
      sockets[0].send({ type: 'relay', to: 'alice', payload: 'taken in' })
      await sockets[0].next('relay')
      expect(await snapshot(relay().url, door)).toEqual([
        { ...seatOf('alice'), ratchetEk: keyOf('stepped'), claim: 'stepped claim' },
      ])
    })

    test('takes a claim and a sig of every length within the limits', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      for (const [claim, sig] of [
        ['c', 's'],
        ['c'.repeat(4000), 's'.repeat(200)],
      ] as const) {
        sockets[0].send({ ...stepFrame({ bob: stepFor('bob') }), claim, sig })
        expect(await sockets[1].next('ratchet_step_fwd')).toMatchObject({ claim, sig })
      }
    })

    test('passes on its own fields alone, of the frame and of each part', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      const part = { ...stepFor('bob'), extra: 'x', from: 'carol' }
      sockets[0].sendRaw(JSON.stringify({ ...stepFrame({}), payloads: { bob: part }, from: 'carol', to: 'bob', extra: 'x' }))
      expect(await sockets[1].next('ratchet_step_fwd')).toEqual({
        type: 'ratchet_step_fwd',
        from: 'alice',
        ...stepFor('bob'),
        newEk: keyOf('stepped'),
        claim: 'stepped claim',
        ...sealed,
      })
    })

    test.each([
      ['a newEk one character short', { newEk: keyOf('x').slice(1) }],
      ['a newEk one character long', { newEk: `${keyOf('x')}+` }],
      ['an empty claim', { claim: '' }],
      ['a claim of 4001 characters', { claim: 'c'.repeat(4001) }],
      ['an empty sig', { sig: '' }],
      ['a sig of 201 characters', { sig: 's'.repeat(201) }],
    ])('with %s is dropped and renews nothing', async (_, change) => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].send({ ...stepFrame({ bob: stepFor('bob') }), ...change })
      sockets[0].send({ type: 'relay', to: 'bob', payload: 'taken in' })
      await sockets[1].next('relay')
      expect(await snapshot(relay().url, door)).toEqual([seatOf('alice'), seatOf('bob')])
    })
  })
})

describe('ek_update', () => {
  forEachRelay([], (relay) => {
    test('goes to every other member, identified or not, and renews the ratchet key and the claim', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      const waiting = await join(relay().url, door)
      sockets[0].send({ type: 'ek_update', ek: keyOf('updated'), claim: 'updated claim' })
      for (const peer of [sockets[1], waiting]) {
        expect(await peer.next('ek_update_fwd')).toEqual({
          type: 'ek_update_fwd',
          from: 'alice',
          ek: keyOf('updated'),
          claim: 'updated claim',
        })
      }
      expect(await snapshot(relay().url, door)).toEqual([
        { ...seatOf('alice'), ratchetEk: keyOf('updated'), claim: 'updated claim' },
        seatOf('bob'),
      ])
      await settled(sockets[0], 'alice')
    })

    test('takes a claim of 1 and of 4000 characters, and a key of any length up to the longest', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      for (const [ek, claim] of [
        ['', 'c'],
        ['short', 'c'.repeat(4000)],
      ] as const) {
        sockets[0].send({ type: 'ek_update', ek, claim })
        expect(await sockets[1].next('ek_update_fwd')).toEqual({ type: 'ek_update_fwd', from: 'alice', ek, claim })
      }
    })

    test('passes on its own fields alone', async () => {
      const { sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].sendRaw(
        JSON.stringify({ type: 'ek_update', ek: 'e', claim: 'c', from: 'carol', username: 'carol', payload: 'x' }),
      )
      expect(await sockets[1].next('ek_update_fwd')).toEqual({ type: 'ek_update_fwd', from: 'alice', ek: 'e', claim: 'c' })
    })

    test.each([
      ['an empty claim', { claim: '' }],
      ['a claim of 4001 characters', { claim: 'c'.repeat(4001) }],
      ['a key longer than any', { ek: `${keyOf('x')}+` }],
    ])('with %s is dropped and renews nothing', async (_, change) => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      sockets[0].send({ type: 'ek_update', ek: keyOf('updated'), claim: 'claim', ...change })
      sockets[0].send({ type: 'relay', to: 'bob', payload: 'taken in' })
      await sockets[1].next('relay')
      expect(await snapshot(relay().url, door)).toEqual([seatOf('alice'), seatOf('bob')])
    })
  })
})

describe('rekey', () => {
  forEachRelay([], (relay) => {
    test('is acknowledged to its sender alone and renews both keys and the claim', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice', 'bob')
      const renewed = { ek: keyOf('one'), ratchetEk: keyOf('two'), claim: 'three' }
      sockets[0].send({ type: 'rekey', ...renewed })
      expect(await sockets[0].next('rekeyed')).toEqual({ type: 'rekeyed' })
      expect(await snapshot(relay().url, door)).toEqual([{ username: 'alice', ...renewed }, seatOf('bob')])
      await settled(sockets[1], 'bob')
    })

    test('takes a claim of 1 and of 4000 characters, and keys of any length up to the longest', async () => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      for (const renewed of [
        { ek: '', ratchetEk: 'short', claim: 'c' },
        { ek: 'short', ratchetEk: '', claim: 'c'.repeat(4000) },
      ]) {
        sockets[0].send({ type: 'rekey', ...renewed })
        await sockets[0].next('rekeyed')
        expect(await snapshot(relay().url, door)).toEqual([{ username: 'alice', ...renewed }])
      }
    })

    test.each([
      ['an empty claim', { claim: '' }],
      ['a claim of 4001 characters', { claim: 'c'.repeat(4001) }],
      ['a first key longer than any', { ek: `${keyOf('x')}+` }],
      ['a ratchet key longer than any', { ratchetEk: `${keyOf('x')}+` }],
    ])('with %s is dropped without an acknowledgement and renews nothing', async (_, change) => {
      const { door, sockets } = await roomWith(relay().url, 'alice')
      sockets[0].send({ type: 'rekey', ek: keyOf('one'), ratchetEk: keyOf('two'), claim: 'three', ...change })
      sockets[0].send({ type: 'relay', to: 'alice', payload: 'taken in' })
      await sockets[0].next('relay')
      expect(await snapshot(relay().url, door)).toEqual([seatOf('alice')])
    })
  })
})
