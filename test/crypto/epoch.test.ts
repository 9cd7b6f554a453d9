/** An epoch's secrets and the commitment to its seed: known answers, and what they depend on (docs/protocol.md, Epochs). */
import { expect, test } from 'bun:test'
import { epochSecrets, seedCommitment, wipeEpoch } from '#lib/crypto/epoch.ts'
import { type Bytes, fromHex, toHex } from '#lib/wire/bytes.ts'
import { commitmentOf, readEpoch } from '../harness/reading/ratchet.ts'
import { seeded } from '../harness/random.ts'
import { makeEpoch } from '../harness/writing/ratchet.ts'
import vectors from '../vectors/epoch.json'

test.each(vectors.epochs)('a known epoch, $name, is made and read again', ({ given, made }) => {
  expect(makeEpoch(given)).toEqual(made)
  const [roomId, seed] = [fromHex(given.roomId), fromHex(given.seed)]
  const { chainKey, headerKey, fileKey } = readEpoch(roomId, given.seat, given.epoch, seed)
  const commitment = commitmentOf(roomId, given.seat, given.epoch, seed)
  expect([chainKey, headerKey, fileKey, commitment].map(toHex)).toEqual([
    made.chainKey,
    made.headerKey,
    made.fileKey,
    made.commitment,
  ])
})

const random = seeded(1)
const [roomId, seed] = [random(16), random(32)]
const SEATS = ['A'.repeat(24), 'B'.repeat(24)] as const

/** One argument changed at a time, the unchanged ones first. */
const OTHERS: readonly (readonly [Bytes, string, number, Bytes])[] = [
  [roomId, SEATS[0], 1, seed],
  [random(16), SEATS[0], 1, seed],
  [roomId, SEATS[1], 1, seed],
  [roomId, SEATS[0], 2, seed],
  [roomId, SEATS[0], 256, seed],
  [roomId, SEATS[0], 1, random(32)],
]

test('another room, seat, epoch or seed gives other secrets, and no two secrets are alike', () => {
  const keys = OTHERS.flatMap((given) => {
    const { chain, headerKey, fileKey } = epochSecrets(...given)
    expect(chain.next).toBe(0)
    return [chain.key, headerKey, fileKey]
  })
  expect(new Set(keys.map(toHex)).size).toBe(3 * OTHERS.length)
})

test('the commitment is another for another room, seat, epoch or seed', () => {
  expect(new Set(OTHERS.map((given) => toHex(seedCommitment(...given)))).size).toBe(OTHERS.length)
})

test('the seed is left to who handed it in, and wiping an epoch leaves none of its secrets', () => {
  const mine = seed.slice()
  const secrets = epochSecrets(roomId, SEATS[0], 1, mine)
  expect<Bytes>(mine).toEqual(seed)
  wipeEpoch(secrets)
  for (const key of [secrets.chain.key, secrets.headerKey, secrets.fileKey]) expect(toHex(key)).toBe('00'.repeat(32))
})
