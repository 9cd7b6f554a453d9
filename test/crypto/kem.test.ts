/**
 * Tests of lib/crypto/kem.ts, as Bun runs it and as a browser does: X-Wing by its draft, ML-KEM-768 by NIST's vectors, noble and libsodium
 * over random input, and what is refused or wiped.
 */
import { describe, expect, test } from 'bun:test'
import { ml_kem768_x25519 as noble } from '@noble/post-quantum/hybrid.js'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { sha3_256 } from '@noble/hashes/sha3.js'
import sodium, { ready } from 'libsodium-wrappers-sumo'
import { type Bytes, concat, fromHex, toHex, utf8 } from '#lib/wire/bytes.ts'
import { browserCore } from '../harness/browsercore.ts'
import { codeOf } from '../harness/codeof.ts'
import * as bunCore from '../harness/core.ts'
import { seeded } from '../harness/random.ts'
import fips203 from '../vectors/fips203.json'
import wycheproof from '../vectors/wycheproof-x25519.json'
import xwing from '../vectors/xwing.json'

await ready

const ZEROS = new Uint8Array(32)
/** Every X25519 key that gives zeros with any secret, non-canonical forms included. */
const LOW_ORDER = [...new Set(wycheproof.cases.filter(({ shared }) => /^0+$/.test(shared)).map(({ public: u }) => u))]

test('the vectors hold all 14 encodings of low-order X25519 shares', () => {
  expect(LOW_ORDER).toHaveLength(14)
})

describe('ML-KEM-768 below', () => {
  test.each(fips203.keyGen)('makes the keys of ACVP case $tcId, as libsodium does', ({ d, z, ek, dk }) => {
    const seed = fromHex(d + z)
    const { publicKey, secretKey } = ml_kem768.keygen(seed)
    expect(toHex(publicKey)).toBe(ek)
    expect(toHex(secretKey)).toBe(dk)
    expect(toHex(sodium.crypto_kem_mlkem768_seed_keypair(seed).publicKey)).toBe(ek)
  })

  test('makes the keys, ciphertexts and secrets that libsodium makes', () => {
    const random = seeded(10)
    for (let i = 0; i < 25; i++) {
      const [seed, m, noise] = [random(64), random(32), random(1_088)]
      const mine = ml_kem768.keygen(seed)
      const theirs = sodium.crypto_kem_mlkem768_seed_keypair(seed)
      expect(toHex(mine.publicKey)).toBe(toHex(theirs.publicKey))
      const sent = ml_kem768.encapsulate(mine.publicKey, m)
      const { ciphertext, sharedSecret } = sodium.crypto_kem_mlkem768_enc_deterministic(theirs.publicKey, m)
      expect(toHex(sent.cipherText)).toBe(toHex(ciphertext))
      expect(toHex(sent.sharedSecret)).toBe(toHex(sharedSecret))
      for (const ct of [ciphertext, noise]) {
        expect(toHex(ml_kem768.decapsulate(ct, mine.secretKey))).toBe(
          sodium.crypto_kem_mlkem768_dec(ct, theirs.privateKey, 'hex'),
        )
      }
    }
  })
})

describe.each([
  ['in Bun', bunCore],
  ['built for browsers', await browserCore()],
])('X-Wing %s', (_, { kem, native }) => {
  const { kemPair, encapsulate, decapsulate, wipeKem, admitKemKey } = kem

  test.each(xwing.cases)('gives what its draft says for seed $seed', ({ seed, pk, eseed, ct, ss }) => {
    const pair = kemPair(fromHex(seed))
    expect(toHex(pair.publicKey)).toBe(pk)
    const sent = encapsulate(fromHex(pk), fromHex(eseed))
    expect(toHex(sent.ct)).toBe(ct)
    expect(toHex(sent.secret)).toBe(ss)
    expect(toHex(decapsulate(pair, fromHex(ct)))).toBe(ss)
  })

  describe('carries ML-KEM-768', () => {
    const random = seeded(11)
    const [secretX, ephemeral] = [random(32), random(32)]
    const publicX = native.x25519PublicKey(secretX)
    const ctX = native.x25519PublicKey(ephemeral)

    /** The combiner of the draft, read a second time: SHA3-256 over secrets, X25519 ciphertext and key, and the label. */
    const combined = (k: string) =>
      toHex(sha3_256(concat(fromHex(k), native.x25519(ephemeral, publicX), ctX, publicX, utf8(String.raw`\./` + '/^\\'))))

    const open = (dk: string, ct: Bytes) =>
      decapsulate({ publicKey: concat(new Uint8Array(1_184), publicX), mlKem: fromHex(dk), x25519: secretX }, ct)

    test.each(fips203.encapsulation)('into the ciphertext of ACVP case $tcId', ({ ek, m, c, k }) => {
      const sent = encapsulate(concat(fromHex(ek), publicX), concat(fromHex(m), ephemeral))
      expect(toHex(sent.ct)).toBe(c + toHex(ctX))
      expect(toHex(sent.secret)).toBe(combined(k))
    })

    test.each(fips203.decapsulation)('out of the ciphertext of ACVP case $tcId ($reason)', ({ dk, c, k }) => {
      expect(toHex(open(dk, concat(fromHex(c), ctX)))).toBe(combined(k))
    })

    test.each(fips203.encapsulationKeyCheck)('and its key check in ACVP case $tcId ($reason)', ({ ek, testPassed }) => {
      const expected = testPassed ? 'nothing thrown' : 'bad_key'
      expect(codeOf(() => encapsulate(concat(fromHex(ek), publicX), random(64)))).toBe(expected)
      expect(codeOf(() => admitKemKey(concat(fromHex(ek), publicX)))).toBe(expected)
    })

    test.each(fips203.decapsulationKeyCheck)('and its key check in ACVP case $tcId ($reason)', ({ dk, testPassed }) => {
      const ct = concat(random(1_088), ctX)
      expect(codeOf(() => open(dk, ct))).toBe(testPassed ? 'nothing thrown' : 'bad_key')
    })
  })

  test('makes the keys, ciphertexts and secrets that noble and libsodium make', () => {
    const random = seeded(12)
    for (let i = 0; i < 25; i++) {
      const [seed, eseed] = [random(32), random(64)]
      const pair = kemPair(seed.slice())
      const sent = encapsulate(pair.publicKey, eseed.slice())
      const other = noble.keygen(seed)
      const { cipherText, sharedSecret } = noble.encapsulate(other.publicKey, eseed)
      expect(toHex(pair.publicKey)).toBe(toHex(other.publicKey))
      expect(toHex(sent.ct)).toBe(toHex(cipherText))
      expect(toHex(sent.secret)).toBe(toHex(sharedSecret))
      expect(toHex(decapsulate(pair, sent.ct))).toBe(toHex(sharedSecret))
      const third = sodium.crypto_kem_xwing_seed_keypair(seed)
      const theirs = sodium.crypto_kem_xwing_enc_deterministic(third.publicKey, eseed)
      expect(toHex(pair.publicKey)).toBe(toHex(third.publicKey))
      expect(toHex(sent.ct)).toBe(toHex(theirs.ciphertext))
      expect(toHex(sent.secret)).toBe(toHex(theirs.sharedSecret))
      expect(sodium.crypto_kem_xwing_dec(sent.ct, third.privateKey, 'hex')).toBe(toHex(sent.secret))
    }
  })

  test('gives another secret, the same as noble and libsodium, for a ciphertext that was changed', () => {
    const random = seeded(13)
    const seed = random(32)
    const pair = kemPair(seed.slice())
    const sent = encapsulate(pair.publicKey, random(64))
    for (const at of [0, 500, 1_087, 1_088, 1_119]) {
      const changed = sent.ct.slice()
      changed[at] = (changed[at] ?? 0) ^ 1
      const secret = toHex(decapsulate(pair, changed))
      expect(secret).not.toBe(toHex(sent.secret))
      expect(secret).toBe(toHex(noble.decapsulate(changed, noble.keygen(seed).secretKey)))
      expect(secret).toBe(sodium.crypto_kem_xwing_dec(changed, seed, 'hex'))
    }
  })

  test('uses a key as often as it likes, and never mistakes one for what its array held before', () => {
    const random = seeded(17)
    const [former, pair] = [kemPair(random(32)), kemPair(random(32))]
    const key = former.publicKey.slice()
    encapsulate(key, random(64))
    key.set(pair.publicKey)
    for (const seed of [random(64), random(64)]) {
      const expected = noble.encapsulate(pair.publicKey, seed)
      const sent = encapsulate(key, seed)
      expect(toHex(sent.ct)).toBe(toHex(expected.cipherText))
      expect(toHex(decapsulate(pair, sent.ct))).toBe(toHex(expected.sharedSecret))
    }
  })

  test('opens nothing with a pair that was wiped after use', () => {
    const random = seeded(18)
    const pair = kemPair(random(32))
    const { ct } = encapsulate(pair.publicKey, random(64))
    decapsulate(pair, ct)
    wipeKem(pair)
    expect(codeOf(() => decapsulate(pair, ct))).toBe('bad_key')
  })

  describe('refuses', () => {
    const random = seeded(14)
    const pair = kemPair(random(32))
    const { ct } = encapsulate(pair.publicKey, random(64))

    test.each(LOW_ORDER)('the low-order X25519 share %s', (u) => {
      const key = concat(pair.publicKey.subarray(0, 1_184), fromHex(u))
      expect(codeOf(() => encapsulate(key, random(64)))).toBe('bad_key')
      expect(codeOf(() => admitKemKey(key))).toBe('bad_key')
      expect(codeOf(() => decapsulate(pair, concat(ct.subarray(0, 1_088), fromHex(u))))).toBe('bad_key')
    })

    // Coefficients are 12 bits, two in three bytes: q = 3329 = d01 is the first that is too large.
    test.each([
      [0, '010d00'],
      [0, '0010d0'],
      [1_149, '010d00'],
      [1_149, '0010d0'],
      [1_149, 'ffffff'],
    ])('an ML-KEM key with a coefficient not below q at byte %d (%s)', (at, bytes) => {
      const key = pair.publicKey.slice()
      key.set(fromHex(bytes), at)
      expect(codeOf(() => encapsulate(key, random(64)))).toBe('bad_key')
      expect(codeOf(() => admitKemKey(key))).toBe('bad_key')
    })

    test('nothing about coefficients of q - 1', () => {
      const key = pair.publicKey.slice()
      for (let at = 0; at < 1_152; at += 3) key.set(fromHex('000dd0'), at)
      expect(codeOf(() => encapsulate(key, random(64)))).toBe('nothing thrown')
      expect(codeOf(() => admitKemKey(key))).toBe('nothing thrown')
    })

    test.each([0, 32, 1_184, 1_215, 1_217])('a public key of %d bytes', (size) => {
      expect(codeOf(() => encapsulate(random(size), random(64)))).toBe('bad_length')
      expect(codeOf(() => admitKemKey(random(size)))).toBe('bad_length')
    })

    test.each([0, 1_088, 1_119, 1_121])('a ciphertext of %d bytes', (size) => {
      expect(codeOf(() => decapsulate(pair, random(size)))).toBe('bad_length')
    })

    test.each([0, 31, 33, 63, 65, 96])('seeds of %d bytes', (size) => {
      expect(codeOf(() => kemPair(random(size)))).toBe('bad_length')
      expect(codeOf(() => encapsulate(pair.publicKey, random(size)))).toBe('bad_length')
    })
  })

  describe('wipes', () => {
    const random = seeded(15)

    test('the seed of a key pair', () => {
      const seed = random(32)
      kemPair(seed)
      expect(seed).toEqual(ZEROS)
    })

    test('the seed of a ciphertext, also when the key is refused', () => {
      const good = kemPair(random(32)).publicKey
      const badShare = concat(good.subarray(0, 1_184), ZEROS)
      const badCoefficient = concat(new Uint8Array(1_184).fill(255), good.subarray(1_184))
      for (const key of [good, badShare, badCoefficient, good.subarray(1)]) {
        const seed = random(64)
        codeOf(() => encapsulate(key, seed))
        expect(seed).toEqual(new Uint8Array(64))
      }
    })

    test("a pair's secrets when it is forgotten", () => {
      const pair = kemPair(random(32))
      wipeKem(pair)
      expect(pair.mlKem).toEqual(new Uint8Array(2_400))
      expect(pair.x25519).toEqual(ZEROS)
    })
  })

  test('hands out secrets that are no view on a larger buffer', () => {
    const random = seeded(16)
    const pair = kemPair(random(32))
    const { ct, secret } = encapsulate(pair.publicKey, random(64))
    expect(secret.buffer.byteLength).toBe(32)
    expect(decapsulate(pair, ct).buffer.byteLength).toBe(32)
  })
})
