/** Tests of native.bun.ts and native.web.ts: one interface, the same bytes. Standards first, then each other over random input. */
import { describe, expect, test } from 'bun:test'
import { native as bun } from '#lib/crypto/native.bun.ts'
import { native as web } from '#lib/crypto/native.web.ts'
import { type Bytes, concat, fromHex, toHex } from '#lib/wire/bytes.ts'
import { bundled } from '../harness/browsercore.ts'
import { seeded } from '../harness/random.ts'
import rfc5869 from '../vectors/rfc5869.json'
import rfc7748 from '../vectors/rfc7748.json'
import rfc8032 from '../vectors/rfc8032.json'
import wycheproof from '../vectors/wycheproof-x25519.json'

/** Around SHA-256's and SHA-512's block and padding edges, and beyond. */
const SIZES = [0, 1, 31, 32, 33, 55, 56, 57, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1000, 4096, 65_537]
const BOTH = [
  ['native.bun', bun],
  ['native.web', web],
] as const

describe.each(BOTH)('%s', (_, native) => {
  test.each(rfc5869.cases)('extracts what RFC 5869 $section says', ({ ikm, salt, prk }) => {
    expect(toHex(native.hmac(fromHex(salt), fromHex(ikm)))).toBe(prk)
  })

  test.each(rfc8032.cases)('signs what RFC 8032 test $name says', ({ secretKey, publicKey, message, signature }) => {
    const signer = native.signer(fromHex(secretKey))
    expect(toHex(signer.publicKey)).toBe(publicKey)
    expect(toHex(signer.sign(fromHex(message)))).toBe(signature)
    expect(native.verifier(signer.publicKey)(fromHex(message), fromHex(signature))).toBe(true)
  })

  test.each(rfc7748.multiplication)('multiplies what RFC 7748 says', ({ scalar, u, result }) => {
    expect(toHex(native.x25519(fromHex(scalar), fromHex(u)))).toBe(result)
  })

  test.each(rfc7748.iterated)('reaches what RFC 7748 says after $times iterations', ({ times, result }) => {
    let [scalar, u] = [fromHex(`09${'00'.repeat(31)}`), fromHex(`09${'00'.repeat(31)}`)]
    for (let i = 0; i < times; i++) [scalar, u] = [native.x25519(scalar, u), scalar]
    expect(toHex(scalar)).toBe(result)
  })

  test('agrees on what RFC 7748 section 6.1 says, from both sides', () => {
    const { alice, bob, shared } = rfc7748.diffieHellman
    expect(toHex(native.x25519PublicKey(fromHex(alice.secret)))).toBe(alice.public)
    expect(toHex(native.x25519PublicKey(fromHex(bob.secret)))).toBe(bob.public)
    expect(toHex(native.x25519(fromHex(alice.secret), fromHex(bob.public)))).toBe(shared)
    expect(toHex(native.x25519(fromHex(bob.secret), fromHex(alice.public)))).toBe(shared)
  })

  test.each(wycheproof.cases)(
    'takes or refuses the key of Wycheproof case $tcId ($comment)',
    ({ public: u, private: scalar, shared }) => {
      const agree = () => toHex(native.x25519(fromHex(scalar), fromHex(u)))
      if (/^0+$/.test(shared)) expect(agree).toThrow()
      else expect(agree()).toBe(shared)
    },
  )

  test('gives plain arrays, whose slices are copies', () => {
    const { publicKey, sign } = native.signer(new Uint8Array(32).fill(1))
    const empty = new Uint8Array(0)
    const made = [publicKey, sign(empty), native.sha256(empty), native.hmac(publicKey, empty), native.x25519PublicKey(publicKey)]
    for (const bytes of [...made, native.x25519(publicKey, publicKey)]) {
      expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
    }
  })

  test('goes on signing after the seed was wiped', () => {
    const seed = fromHex(rfc8032.cases[1]?.secretKey ?? '')
    const signer = native.signer(seed)
    seed.fill(0)
    expect(toHex(signer.sign(Uint8Array.of(0x72)))).toBe(rfc8032.cases[1]?.signature ?? '')
  })

  test('signs no more once it is wiped', () => {
    const signer = native.signer(new Uint8Array(32).fill(7))
    signer.wipe()
    expect(() => signer.sign(Uint8Array.of(1))).toThrow()
  })

  test.each([0, 31, 33, 64])('refuses keys of %d bytes', (size) => {
    const [wrong, right] = [new Uint8Array(size).fill(9), new Uint8Array(32).fill(9)]
    expect(() => native.signer(wrong).sign(right)).toThrow()
    expect(() => native.verifier(wrong)).toThrow()
    expect(() => native.x25519PublicKey(wrong)).toThrow()
    expect(() => native.x25519(wrong, right)).toThrow()
    expect(() => native.x25519(right, wrong)).toThrow()
  })
})

describe('native.bun and native.web give equal bytes', () => {
  const random = seeded(1)

  test.each(SIZES)('over messages of %d bytes', (size) => {
    const message = random(size)
    const seed = random(32)
    same((native) => native.sha256(message))
    same((native) => native.hmac(seed, message))
    same((native) => native.signer(seed).sign(message))
    const [signer, verifiers] = [bun.signer(seed), BOTH.map(([, native]) => native.verifier(bun.signer(seed).publicKey))]
    const signature = signer.sign(message)
    for (const verify of verifiers) {
      expect(verify(message, signature)).toBe(true)
      expect(verify(concat(message, Uint8Array.of(0)), signature)).toBe(false)
    }
  })

  test.each(SIZES)('over HMAC keys of %d bytes', (size) => {
    const [key, message] = [random(size), random(48)]
    same((native) => native.hmac(key, message))
  })

  test('over 50 random keys', () => {
    for (let i = 0; i < 50; i++) {
      const [seed, other] = [random(32), random(32)]
      const theirs = bun.x25519PublicKey(other)
      same((native) => native.signer(seed).publicKey)
      same((native) => native.x25519PublicKey(seed))
      same((native) => native.x25519(seed, theirs))
    }
  })

  test('over views into larger buffers, which stay as they were', () => {
    const large = random(200)
    const before = large.slice()
    const [secret, message, odd] = [large.subarray(3, 35), large.subarray(40, 99), large.subarray(101, 133)]
    same((native) => native.sha256(message))
    same((native) => native.hmac(secret, message))
    same((native) => native.signer(secret).sign(message))
    same((native) => native.x25519(secret, odd))
    expect(large).toEqual(before)
  })

  function same(operation: (native: typeof bun) => Bytes): void {
    expect(toHex(operation(bun))).toBe(toHex(operation(web)))
  }
})

test('the bundle for browsers holds no module of Node or Bun', async () => {
  expect(await bundled('core.ts')).not.toContain('createPrivateKey')
})
