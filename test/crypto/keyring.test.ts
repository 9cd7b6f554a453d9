/** A seat's own ratchet keys: which one something was sealed to, how long retired ones serve, and what is taken once (docs/protocol.md, The ratchet). */
import { describe, expect, test } from 'bun:test'
import { kemPair, type KemPair } from '#lib/crypto/kem.ts'
import {
  findKey,
  forgetRetired,
  type Keyring,
  keyId,
  ownKey,
  replaceKey,
  RETIRED_MS,
  takeOnce,
  wipeKeyring,
} from '#lib/crypto/keyring.ts'
import { sha256 } from '#lib/crypto/primitives.ts'
import { toHex, u32 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { seeded } from '../harness/random.ts'

const ROOM = seeded(1)(16)
const NOW = 1_000_000

const pairOf = (seed: number) => kemPair(seeded(seed)(32))
const claimOf = (seed: number) => seeded(1_000 + seed)(32)
const keyOf = (seed: number, pair = pairOf(seed)) => ownKey(ROOM, pair, claimOf(seed))
const idOf = (seed: number) => keyId(ROOM, claimOf(seed))
const isWiped = ({ mlKem, x25519 }: KemPair) => [...mlKem, ...x25519].every((byte) => byte === 0)

/** Keys 1, 2 and 3 in turn, the last one current. */
function threeKeys(): Keyring {
  const first: Keyring = { current: keyOf(1), retired: [] }
  return replaceKey(replaceKey(first, keyOf(2), NOW), keyOf(3), NOW + 1_000)
}

describe('a key id', () => {
  test('is 8 bytes that depend on the room and the claim', () => {
    const ids = [idOf(1), idOf(2), keyId(seeded(2)(16), claimOf(1))]
    expect(ids.map(({ length }) => length)).toEqual([8, 8, 8])
    expect(new Set(ids.map(toHex)).size).toBe(3)
  })

  test('finds the current key and the retired ones, each with its claim', () => {
    const keyring = threeKeys()
    for (const seed of [1, 2, 3]) {
      const found = findKey(keyring, idOf(seed))
      expect(found.claimHash).toEqual(claimOf(seed))
      expect(found.pair.publicKey).toEqual(pairOf(seed).publicKey)
    }
    expect(codeOf(() => findKey(keyring, idOf(4)))).toBe('unknown_key')
    expect(codeOf(() => findKey(keyring, idOf(1).subarray(1)))).toBe('unknown_key')
  })
})

describe('a retired key', () => {
  test('serves for two minutes, and is wiped then', () => {
    const keyring = threeKeys()
    const pairs = [1, 2, 3].map((seed) => findKey(keyring, idOf(seed)).pair)
    const forgotten = (now: number) => {
      const left = forgetRetired(keyring, now)
      return [1, 2, 3].filter((seed) => codeOf(() => findKey(left, idOf(seed))) === 'unknown_key')
    }
    expect(RETIRED_MS).toBe(120_000)
    expect(forgotten(NOW + RETIRED_MS - 1)).toEqual([])
    expect(pairs.map(isWiped)).toEqual([false, false, false])
    expect(forgotten(NOW + RETIRED_MS)).toEqual([1])
    expect(pairs.map(isWiped)).toEqual([true, false, false])
    expect(forgotten(NOW + RETIRED_MS + 1_000)).toEqual([1, 2])
    expect(pairs.map(isWiped)).toEqual([true, true, false])
  })

  test('that stands under a newer claim too is not wiped under its feet', () => {
    const pair = pairOf(1)
    const first: Keyring = { current: keyOf(1, pair), retired: [] }
    const renamed = replaceKey(first, keyOf(2, pair), NOW)
    const left = forgetRetired(renamed, NOW + RETIRED_MS)
    expect(codeOf(() => findKey(left, idOf(1)))).toBe('unknown_key')
    expect(isWiped(pair)).toBe(false)
    const gone = forgetRetired(replaceKey(left, keyOf(3), NOW), NOW + RETIRED_MS)
    expect(gone.retired).toEqual([])
    expect(isWiped(pair)).toBe(true)
  })
})

describe('a ciphertext', () => {
  const hashOf = (n: number) => sha256(u32(n))

  test('is taken once by a key, also when the key has retired meanwhile', () => {
    const key = keyOf(1)
    takeOnce(key, hashOf(1))
    expect(codeOf(() => takeOnce(key, hashOf(1)))).toBe('replayed')
    const keyring = replaceKey({ current: key, retired: [] }, keyOf(2), NOW)
    expect(codeOf(() => takeOnce(findKey(keyring, idOf(1)), hashOf(1)))).toBe('replayed')
    expect(codeOf(() => takeOnce(findKey(keyring, idOf(1)), hashOf(2)))).toBe('nothing thrown')
    expect(codeOf(() => takeOnce(key, hashOf(2)))).toBe('replayed')
  })

  test('is one of 16,384 at most, so that a flood fills no memory', () => {
    const key = keyOf(1)
    for (let n = 0; n < 16_384; n++) takeOnce(key, hashOf(n))
    expect(codeOf(() => takeOnce(key, hashOf(16_384)))).toBe('too_large')
    expect(codeOf(() => takeOnce(key, hashOf(0)))).toBe('replayed')
    expect(key.taken.size).toBe(16_384)
    expect(codeOf(() => takeOnce(keyOf(2), hashOf(16_384)))).toBe('nothing thrown')
  })
})

test('wiping a keyring leaves no secret of any key', () => {
  const keyring = threeKeys()
  wipeKeyring(keyring)
  expect([keyring.current, ...keyring.retired].map(({ pair }) => isWiped(pair))).toEqual([true, true, true])
})
