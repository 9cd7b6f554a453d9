/**
 * Tests of lib/crypto/primitives.ts, as Bun runs it and as a browser does: the standards' vectors, libsodium and noble over random input,
 * and every layout read a second time from its parts. The verification rule has a file of its own, signature.test.ts.
 */
import { describe, expect, test } from 'bun:test'
import { createHash, createHmac } from 'node:crypto'
import { chacha20poly1305, hchacha, xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { expand as nobleExpand, hkdf as nobleHkdf } from '@noble/hashes/hkdf.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import sodium, { ready } from 'libsodium-wrappers-sumo'
import { type Bytes, concat, fromHex, toHex, utf8 } from '#lib/wire/bytes.ts'
import { browserCore } from '../harness/browsercore.ts'
import { codeOf } from '../harness/codeof.ts'
import * as bunCore from '../harness/core.ts'
import { seeded } from '../harness/random.ts'
import rfc8032 from '../vectors/rfc8032.json'
import rfc8439 from '../vectors/rfc8439.json'
import xchacha from '../vectors/xchacha.json'

await ready

const SIZES = [0, 1, 15, 16, 17, 55, 56, 63, 64, 65, 127, 128, 129, 1_000, 1_024, 65_537]
const NONE = new Uint8Array(0)

test.each(rfc8439.cases)('ChaCha20-Poly1305 below gives what RFC 8439 $section says', (sample) => {
  const cipher = chacha20poly1305(fromHex(sample.key), fromHex(sample.nonce), fromHex(sample.aad))
  expect(toHex(cipher.encrypt(fromHex(sample.plaintext)))).toBe(sample.ciphertext + sample.tag)
  expect(toHex(cipher.decrypt(fromHex(sample.ciphertext + sample.tag)))).toBe(sample.plaintext)
})

test('HChaCha20 below gives what the XChaCha draft says, as libsodium does', () => {
  const [key, nonce] = [fromHex(xchacha.hchacha20.key), fromHex(xchacha.hchacha20.nonce)]
  expect(toHex(hchachaKey(key, nonce))).toBe(xchacha.hchacha20.subkey)
  expect(sodium.crypto_core_hchacha20(nonce, key, null, 'hex')).toBe(xchacha.hchacha20.subkey)
})

describe.each([
  ['in Bun', bunCore],
  ['built for browsers', await browserCore()],
])('primitives %s', (_, { primitives }) => {
  const { derive, expand, hash, sha256, signer, admitKey } = primitives
  const { sealRandom, openRandom, sealOnce, openOnce, sealSignature, openSignature } = primitives

  describe('hashes and derivations', () => {
    test('SHA-256 of "abc" is what FIPS 180-4 says', () => {
      expect(toHex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    })

    test.each(SIZES)('over %d bytes have their label and a zero before them', (size) => {
      const random = seeded(size)
      const [part, tail, key] = [random(32), random(size), random(32)]
      const labelled = createHash('sha256').update('tacet/1 member\0').update(part).update(tail).digest('hex')
      expect(toHex(hash('memberId', part, tail))).toBe(labelled)
      expect(toHex(sha256(tail))).toBe(createHash('sha256').update(tail).digest('hex'))
      const info = concat(utf8('tacet/1 step\0'), tail)
      expect(toHex(derive('step', part, key, tail, 152))).toBe(toHex(nobleHkdf(nobleSha256, key, part, info, 152)))
      expect(toHex(expand('step', key, tail, 88))).toBe(toHex(nobleExpand(nobleSha256, key, info, 88)))
    })

    test('expand is the second half of derive', () => {
      const random = seeded(2)
      const [salt, ikm, context] = [random(32), random(64), random(20)]
      const extracted = new Uint8Array(createHmac('sha256', salt).update(ikm).digest())
      expect(expand('chain', extracted, context, 64)).toEqual(derive('chain', salt, ikm, context, 64))
    })
  })

  describe('a sealing under a long-lived key', () => {
    const { aead } = xchacha
    const [key, nonce, aad] = [fromHex(aead.key), fromHex(aead.nonce), fromHex(aead.aad)]
    const sealed = sealRandom(key, nonce, aad, fromHex(aead.plaintext))

    test('is the nonce and what draft-irtf-cfrg-xchacha A.3.1 says', () => {
      expect(toHex(sealed)).toBe(aead.nonce + aead.ciphertext + aead.tag)
      expect(toHex(openRandom(key, aad, sealed) ?? NONE)).toBe(aead.plaintext)
    })

    test.each(SIZES)('of %d bytes is opened by libsodium, and what libsodium seals is opened', (size) => {
      const random = seeded(size)
      const [key, nonce, aad, plain] = [random(32), random(24), random(size % 40), random(size)]
      const theirs = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, aad, null, nonce, key)
      expect(toHex(sealRandom(key, nonce, aad, plain))).toBe(toHex(concat(nonce, theirs)))
      expect(openRandom(key, aad, concat(nonce, theirs))).toEqual(plain)
    })

    test.each(SIZES)('of %d bytes is ChaCha20-Poly1305 under an HChaCha20 key', (size) => {
      const random = seeded(size)
      const [key, nonce, aad, plain] = [random(32), random(24), random(20), random(size)]
      const shortNonce = concat(new Uint8Array(4), nonce.subarray(16))
      const parts = chacha20poly1305(hchachaKey(key, nonce.subarray(0, 16)), shortNonce, aad).encrypt(plain)
      expect(sealRandom(key, nonce, aad, plain)).toEqual(concat(nonce, parts))
    })

    test('does not open with any bit flipped, with another key or other associated data, or cut short', () => {
      for (const wrong of flips(sealed)) expect(openRandom(key, aad, wrong)).toBeNull()
      for (const wrong of flips(key)) expect(openRandom(wrong, aad, sealed)).toBeNull()
      for (const wrong of flips(aad)) expect(openRandom(key, wrong, sealed)).toBeNull()
      for (let size = 0; size < sealed.length; size++) expect(openRandom(key, aad, sealed.subarray(0, size))).toBeNull()
    })
  })

  describe('a sealing under a single-use key', () => {
    const random = seeded(3)
    const [key, aad, plain] = [random(88), random(30), random(50)]
    const sealed = sealOnce(key, aad, plain)

    test.each(SIZES)('of %d bytes is commit and XChaCha20-Poly1305 under key and nonce', (size) => {
      const random = seeded(size)
      const [key, aad, plain] = [random(88), random(size % 50), random(size)]
      const [secret, nonce, commit] = [key.slice(0, 32), key.slice(32, 56), key.slice(56)]
      const theirs = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, aad, null, nonce, secret)
      expect(toHex(sealOnce(key, aad, plain))).toBe(toHex(concat(commit, theirs)))
      expect(openOnce(key, aad, concat(commit, theirs))).toEqual(plain)
    })

    test('does not open with any bit flipped, with another key or other associated data, or cut short', () => {
      for (const wrong of flips(sealed)) expect(openOnce(key, aad, wrong)).toBeNull()
      for (const wrong of flips(key)) expect(openOnce(wrong, aad, sealed)).toBeNull()
      for (const wrong of flips(aad)) expect(openOnce(key, wrong, sealed)).toBeNull()
      for (let size = 0; size < sealed.length; size++) expect(openOnce(key, aad, sealed.subarray(0, size))).toBeNull()
    })

    test('does not open under a second key that has another commit, though the ciphertext alone would', () => {
      const other = concat(key.subarray(0, 56), random(32))
      const alone = xchacha20poly1305(other.subarray(0, 32), other.subarray(32, 56), aad).decrypt(sealed.subarray(32))
      expect(toHex(alone)).toBe(toHex(plain))
      expect(openOnce(other, aad, sealed)).toBeNull()
    })

    test.each([0, 56, 87, 89])('refuses a key of %d bytes', (size) => {
      expect(codeOf(() => sealOnce(new Uint8Array(size), aad, plain))).toBe('bad_length')
      expect(codeOf(() => openOnce(new Uint8Array(size), aad, sealed))).toBe('bad_length')
    })
  })

  describe('a sealed signature', () => {
    const random = seeded(4)
    const [key, signature] = [random(56), random(64)]
    const sealed = sealSignature(key, signature)

    test('is 80 bytes of XChaCha20-Poly1305 without associated data', () => {
      const theirs = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(signature, null, null, key.slice(32), key.slice(0, 32))
      expect(toHex(sealed)).toBe(toHex(theirs))
      expect(openSignature(key, sealed)).toEqual(signature)
    })

    test('does not open with any bit flipped, with another key, or in another length', () => {
      for (const wrong of flips(sealed)) expect(openSignature(key, wrong)).toBeNull()
      for (const wrong of flips(key)) expect(openSignature(wrong, sealed)).toBeNull()
      expect(openSignature(key, sealed.subarray(1))).toBeNull()
      expect(openSignature(key, sealSignature(key, random(65)))).toBeNull()
    })
  })

  describe('a signature', () => {
    test.each(rfc8032.cases)('has the public key of RFC 8032 test $name', ({ secretKey, publicKey }) => {
      expect(toHex(signer(fromHex(secretKey)).publicKey)).toBe(publicKey)
      expect(toHex(admitKey(fromHex(publicKey)).bytes)).toBe(publicKey)
    })

    test.each(SIZES)('over %d bytes is pure Ed25519 over label, zero and message, as libsodium makes it', (size) => {
      const random = seeded(size)
      const [seed, message] = [random(32), random(size)]
      const labelled = concat(utf8('tacet/1 sign entry\0'), message)
      const signature = signer(seed).sign('signEntry', message)
      const { privateKey, publicKey } = sodium.crypto_sign_seed_keypair(seed)
      expect(toHex(signature)).toBe(sodium.crypto_sign_detached(labelled, privateKey, 'hex'))
      expect(sodium.crypto_sign_verify_detached(signature, labelled, publicKey)).toBe(true)
      expect(admitKey(publicKey).verify('signEntry', message, signature)).toBe(true)
    })

    test('holds for its label, message and key alone', () => {
      const [seed, message] = [seeded(5)(32), utf8('a message')]
      const mine = signer(seed)
      const signature = mine.sign('signEntry', message)
      const key = admitKey(mine.publicKey)
      expect(key.verify('signEntry', message, signature)).toBe(true)
      expect(key.verify('signLetter', message, signature)).toBe(false)
      expect(admitKey(signer(seeded(6)(32)).publicKey).verify('signEntry', message, signature)).toBe(false)
      for (const wrong of flips(message)) expect(key.verify('signEntry', wrong, signature)).toBe(false)
      for (const wrong of flips(signature)) expect(key.verify('signEntry', message, wrong)).toBe(false)
    })

    test('is checked against the key as it was admitted, whatever became of the bytes handed in', () => {
      const mine = signer(seeded(8)(32))
      const bytes = mine.publicKey.slice()
      const key = admitKey(bytes)
      bytes.fill(0)
      expect(key.bytes).toEqual(mine.publicKey)
      expect(key.verify('signEntry', NONE, mine.sign('signEntry', NONE))).toBe(true)
    })
  })
})

/** Every array that differs from this one in a single bit. */
function* flips(bytes: Bytes): Generator<Bytes> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice()
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    yield flipped
  }
}

/** HChaCha20 of 32 and 16 bytes, through noble's words. */
function hchachaKey(key: Bytes, nonce: Bytes): Bytes {
  const out = new Uint32Array(8)
  hchacha(words(utf8('expand 32-byte k')), words(key), words(nonce), out)
  return new Uint8Array(out.buffer)
}

/** Little-endian, as every platform of ours is. */
function words(bytes: Bytes): Uint32Array {
  return new Uint32Array(bytes.slice().buffer)
}
