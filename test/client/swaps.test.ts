/**
 * First contact and after it: a relay swaps every public value that a peer uses, one at a time, in every frame that carries one.
 * The cases are generated from real frames and real claims, so that a new field is covered the day it appears.
 */
import { describe, expect, test } from 'bun:test'
import { canonicalBytes, type JsonObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { openClaim, sealClaim } from '#lib/crypto/claim.ts'
import { openRandom, SIGNATURE_BYTES } from '#lib/crypto/primitives.ts'
import { unpad } from '#lib/crypto/padding.ts'
import { roomKeys } from '#lib/crypto/room.ts'
import { concat, fromBase64, toBase64, utf8 } from '#lib/wire/bytes.ts'
import { decodeFromRelay } from '#lib/wire/codec.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { CLAIM_PADDED_BYTES } from '#lib/wire/limits.ts'
import { codeOf } from '../harness/codeof.ts'
import { seeded } from '../harness/random.ts'
import { type Person, World } from '../harness/world.ts'

type Path = readonly (string | number)[]
type Carrier = 'joined' | 'peer_joined' | 'ratchet_step_fwd' | 'ek_update_fwd' | 'broadcast' | 'relay'

const CARRIERS: readonly Carrier[] = ['joined', 'peer_joined', 'ratchet_step_fwd', 'ek_update_fwd', 'broadcast', 'relay']

/** As what a refusal names the frame. */
const NAMED: Readonly<Record<Carrier, string>> = {
  joined: 'claim',
  peer_joined: 'claim',
  ratchet_step_fwd: 'step',
  ek_update_fwd: 'update',
  broadcast: 'envelope',
  relay: 'letter',
}

/** Fields that no peer uses: swapping them must change nothing at all. */
const UNUSED: ReadonlySet<string> = new Set(['joined members 0 ek'])

/**
 * alice and carol talk; bob, the victim, joins, hears a text, a step by hand and a key update; dave joins after him. `meddle` may
 * change the first frame of one type on its way to bob.
 */
function play(carrier: Carrier, alter: (frame: FromRelay) => FromRelay): { readonly bob: Person; readonly world: World } {
  const world = new World(77)
  let altered = false
  world.meddle = (frame, to) => {
    if (altered || to.owner !== 'bob' || frame.type !== carrier) return [frame]
    altered = true
    return [alter(frame)]
  }
  const [alice, carol, bob, dave] = ['alice', 'carol', 'bob', 'dave'].map((name) => world.person(name))
  if (alice === undefined || carol === undefined || bob === undefined || dave === undefined) throw new Error('nobody')
  const invite = alice.create()
  carol.join(invite)
  bob.join(invite)
  alice.say('one')
  alice.rotate()
  dave.join(invite)
  world.advance(10_000)
  alice.say('two')
  return { bob, world }
}

/** Every place of a frame that holds a value; of a list the first item stands for all. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return leaves(value[0], [...path, 0])
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) =>
    path.length === 0 && key === 'type' ? [] : leaves(inner, [...path, key]),
  )
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

/** The frame with another value at a place. */
function put(frame: FromRelay, path: Path, value: unknown): FromRelay {
  const changed: unknown = structuredClone(frame)
  const holder = at(changed, path.slice(0, -1))
  if (typeof holder !== 'object' || holder === null) throw new Error('no such place')
  Reflect.set(holder, path.at(-1) ?? '', value)
  return decodeFromRelay(JSON.stringify(changed))
}

/** What a relay could put in a place: a value of the same kind that it saw elsewhere, and the true one with its middle changed. */
function lies(honest: unknown, path: Path, seen: readonly FromRelay[]): unknown[] {
  if (typeof honest === 'number') return [honest + 1]
  if (typeof honest !== 'string') throw new Error(`no lie for ${path.join(' ')}`)
  const elsewhere = seen.map((frame) => at(frame, path)).find((value) => typeof value === 'string' && value !== honest)
  const middle = Math.floor(honest.length / 2)
  const bent = honest.slice(0, middle) + (honest[middle] === 'A' ? 'B' : 'A') + honest.slice(middle + 1)
  return elsewhere === undefined ? [bent] : [bent, elsewhere]
}

function honestFrame(carrier: Carrier): { readonly frame: FromRelay; readonly seen: readonly FromRelay[] } {
  const frames: FromRelay[] = []
  const { world } = play(carrier, (honest) => {
    frames.push(honest)
    return honest
  })
  const [frame] = frames
  if (frame === undefined) throw new Error(`bob never got ${carrier}`)
  const texts = world.recording.filter(({ way }) => way === 'from relay').map(({ text }) => decodeFromRelay(text))
  return { frame, seen: texts.filter(({ type }) => type === carrier) }
}

const sentBy = (world: World, owner: string) =>
  world.recording.filter((record) => record.owner === owner && record.way === 'to relay')

describe.each(CARRIERS)('a relay that swaps values in %s', (carrier) => {
  const { frame, seen } = honestFrame(carrier)
  const honest = play(carrier, (same) => same)

  test('finds a conversation without refusals when it does not', () => {
    expect(honest.bob.refusals()).toEqual([])
    expect(honest.bob.texts()).toEqual(['alice: one', 'alice: two'])
  })

  for (const path of leaves(frame)) {
    const name = `${carrier} ${path.join(' ')}`
    for (const [i, lie] of lies(at(frame, path), path, seen).entries()) {
      if (UNUSED.has(name)) {
        test(`changes nothing by another ${name} (${i})`, () => {
          const { world } = play(carrier, (sent) => put(sent, path, lie))
          expect(sentBy(world, 'bob')).toEqual(sentBy(honest.world, 'bob'))
        })
        continue
      }
      test(`is refused and named: ${name} (${i})`, () => {
        const { bob } = play(carrier, (sent) => put(sent, path, lie))
        // The very first thing to go wrong is the frame that was changed, and it is named as what it is.
        const first = bob.events.find(({ is }) => is === 'refused' || is === 'alarm' || is === 'ended')
        const named: string | undefined = first?.is === 'refused' ? first.refusal.what : first?.is
        expect(named).toBe(name === 'joined serverVersion' ? 'ended' : NAMED[carrier])
      })
    }
  }
})

describe('a claim with one field changed', () => {
  const { keys, seat, signed } = realClaim()
  const json = parseCanonical(signed.subarray(0, -SIGNATURE_BYTES))
  const signature = signed.subarray(-SIGNATURE_BYTES)

  test('opens when it is not changed', () => {
    expect(openClaim(keys, seat, reseal(json), null).claim.name).toBe('alice')
  })

  for (const path of leaves(json)) {
    test(`is refused: ${path.join(' ')}`, () => {
      const changed = structuredClone(json)
      const holder = at(changed, path.slice(0, -1))
      if (typeof holder !== 'object' || holder === null) throw new Error('no such place')
      Reflect.set(holder, path.at(-1) ?? '', other(at(json, path)))
      expect(codeOf(() => openClaim(keys, seat, reseal(changed), null))).toMatch(/^(bad_|wrong_)/)
    })
    test(`is refused: ${path.join(' ')} left out`, () => {
      const changed = structuredClone(json)
      const holder = at(changed, path.slice(0, -1))
      if (typeof holder !== 'object' || holder === null) throw new Error('no such place')
      Reflect.deleteProperty(holder, path.at(-1) ?? '')
      expect(codeOf(() => openClaim(keys, seat, reseal(changed), null))).toMatch(/^(bad_|wrong_)/)
    })
  }

  function reseal(object: JsonObject) {
    return sealClaim(keys, seat, concat(canonicalBytes(object), signature), seeded(5)(24))
  }
})

/** Another value of the same type and, for texts, of the same length. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return (value.startsWith('A') ? 'B' : 'A') + value.slice(1)
  throw new Error('no other value')
}

/** The claim of a step, as it stood in a real room: it has every field there is. */
function realClaim() {
  const world = new World(3)
  const alice = world.person('alice')
  const invite = alice.create()
  world.person('bob').join(invite)
  alice.rotate()
  const keys = roomKeys(invite.roomId, invite.roomKey)
  const step = world.recording.map(({ text }) => JSON.parse(text)).find(({ type }) => type === 'ratchet_step')
  const sealed = fromBase64(String(step.claim))
  const padded = openRandom(keys.claimKey, concat(keys.roomId, utf8(alice.seat())), sealed)
  if (padded === null) throw new Error('claim does not open')
  expect(toBase64(sealed)).toHaveLength(2_104)
  return { keys, seat: alice.seat(), signed: unpad(padded, CLAIM_PADDED_BYTES) }
}
