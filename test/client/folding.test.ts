/**
 * Folding a room: in whatever order what others say and do reaches a member, it ends with the same room: who is there, under which name, who
 * went, what was said, and whether the founder closed it (docs/protocol.md, Transcript). What an order does to a transcript alone is in
 * test/room/folding.test.ts.
 */
import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { MemberView } from '#lib/client/events.ts'
import { kemText } from '#lib/client/claims.ts'
import { claimText, ratchetKeyHash, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { kemPair } from '#lib/crypto/kem.ts'
import { decodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'
import { shuffle, to, when } from '../harness/liar.ts'
import { trio } from '../harness/mallory.ts'
import { seeded } from '../harness/random.ts'
import { alarms, friends, gapsOf } from '../harness/seen.ts'
import type { Person } from '../harness/world.ts'

const NAMES = ['alice', 'carol', 'dave'] as const

/** Who does something, and what: a name that nobody else has is a rename. */
type Deed = readonly [who: (typeof NAMES)[number], does: 'say' | 'rotate' | 'leave' | 'rename']

const deed: fc.Arbitrary<Deed> = fc.tuple(
  fc.constantFrom(...NAMES),
  // Who leaves does nothing more: most stay.
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom('say', 'say', 'rotate', 'rename') }, fc.constant('leave')),
)
const deeds: fc.Arbitrary<Deed[]> = fc.array(deed, { minLength: 4, maxLength: 16 })

/** Does all of it within a second or two, with the frames to bob in an order that a seed draws; returns what bob has in the end. */
function inSomeOrder(history: readonly Deed[], order: number, closing: boolean): Person {
  const { world, invite, alice, bob, carol } = friends(881)
  const dave = world.person('dave').join(invite)
  world.advance(10_000)
  const people = new Map([alice, carol, dave].map((person) => [person.name, person]))
  const dice = seeded(order)
  world.rules = [
    when(
      to('bob'),
      shuffle(() => (dice(1)[0] ?? 0) * 8),
    ),
  ]
  for (const [i, [who, does]] of history.entries()) {
    const person = people.get(who)
    if (does === 'say') person?.say(`${who} ${i}`)
    if (does === 'rotate') person?.rotate()
    if (does === 'rename') person?.do({ do: 'rename', name: `${who} the ${i}th` })
    if (does === 'leave' && who !== 'alice') {
      person?.leave()
      people.delete(who)
    }
    world.advance(100)
  }
  if (closing) alice.do({ do: 'close' })
  world.advance(5_000)
  world.rules = []
  world.advance(60_000)
  return bob
}

/** All of a member's room that people see, in the order of each author. */
function roomOf(person: Person) {
  const { members, entries } = person.client.store.view
  const said = new Map<string, unknown[]>()
  for (const { log, n, kind, body } of entries) said.set(log, [...(said.get(log) ?? []), { n, kind, body }])
  // What comes behind a goodbye is of nobody: who renamed itself and went at once may be shown under either name.
  const shownAs = ({ name, presence }: MemberView) => (presence === 'left' ? 'somebody' : name)
  return {
    members: [...members.values()].map((one) => `${one.seat} ${shownAs(one)} ${one.presence} ${one.confirmed}`).toSorted(byText),
    said: [...said].toSorted(([a], [b]) => byText(a, b)),
    gaps: gapsOf(person),
    alarms: alarms(person),
  }
}

const byText = (a: string, b: string) => (a < b ? -1 : 1)

test('any order in which messages, names, steps and goodbyes reach a member gives the same room', () => {
  fc.assert(
    fc.property(deeds, fc.nat(), fc.nat(), (history, one, other) => {
      const room = roomOf(inSomeOrder(history, one, false))
      expect(room).toEqual(roomOf(inSomeOrder(history, other, false)))
      expect(room.gaps).toEqual([])
      expect(room.alarms).toEqual([])
      // Each author's entries, all of them from the first on.
      for (const [, said] of room.said) expect(said).toMatchObject(said.map((_, i) => ({ n: i + 1 })))
    }),
    { seed: 1, numRuns: 15, endOnFailure: true },
  )
}, 60_000)

test('a room that its founder closed is closed in any order, by the founder, with nothing shown that was not said', () => {
  fc.assert(
    fc.property(deeds, fc.nat(), (history, order) => {
      const bob = inSomeOrder(history, order, true)
      expect(bob.client.store.view.status).toMatchObject({ is: 'ended', why: { is: 'closed', by: { founder: true } } })
      expect(alarms(bob)).toEqual([])
    }),
    { seed: 2, numRuns: 15, endOnFailure: true },
  )
}, 60_000)

test('of claims that do not follow each other, any order raises the alarm; of those that do, none does and the newest stands', () => {
  const { world, alice, mallory, act } = trio(882)
  const { keys, me } = mallory.room
  const before = world.recording.length
  const first = me.claim.opened
  for (const name of ['one', 'two', 'three', 'four']) act({ do: 'rename', name })
  const updates = world.recording
    .slice(before)
    .filter(({ owner, way }) => owner === 'mallory' && way === 'to relay')
    .map(({ text }) => decodeToRelay(text))
    .flatMap((frame): FromRelay[] =>
      frame.type === 'ek_update' ? [{ type: 'ek_update_fwd', from: me.seat, ek: frame.ek, claim: frame.claim }] : [],
    )
  expect(updates).toHaveLength(4)
  expect(alice.client.store.view.members.get(me.seat)?.name).toBe('four')
  // One more of the second's number, signed with the same key.
  const pair = kemPair(seeded(1)(32))
  const fields = { ratchetKey: ratchetKeyHash(keys.roomId, pair.publicKey), x25519: pair.publicKey.slice(ML_KEM_PUBLIC_BYTES) }
  const claim = { ...first, ...fields, name: 'another', seq: first.seq + 2, prev: new Uint8Array(32), step: null }
  const sealed = sealClaim(keys, me.seat, signClaim(keys.roomId, claim, me.signer).signed, seeded(2)(24))
  const lie: FromRelay = { type: 'ek_update_fwd', from: me.seat, ek: kemText(pair.publicKey), claim: claimText(sealed) }
  const numbers = [0, 1, 2, 3, 4]
  const order = fc
    .tuple(fc.shuffledSubarray(numbers, { minLength: 5 }), fc.shuffledSubarray(numbers))
    .map((parts) => parts.flat())
  fc.assert(
    fc.property(order, (arriving) => {
      expect(namedAfter(arriving.filter((i) => i < 4).map((i) => updates[i]))).toEqual({ name: 'four', alarms: [] })
      const { alarms: told } = namedAfter(arriving.map((i) => updates[i] ?? lie))
      expect(new Set(told)).toEqual(new Set(['claim_fork']))
    }),
    { seed: 3, numRuns: 20, endOnFailure: true },
  )
}, 60_000)

/** How a member that heard of no claim but the first is shown when these come, and what alarms they raise. */
function namedAfter(frames: readonly (FromRelay | undefined)[]) {
  const { world, alice, mallory } = trio(882)
  for (const frame of frames) if (frame !== undefined) world.inject('alice', frame)
  world.settle()
  return {
    name: alice.client.store.view.members.get(mallory.room.me.seat)?.name,
    alarms: alarms(alice).map(({ is }) => is),
  }
}
