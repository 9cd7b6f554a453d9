/** Tests of lib/crypto/hkdf.ts, as Bun runs it and as a browser does: RFC 5869, and two other implementations over random input. */
import { describe, expect, test } from 'bun:test'
import { hkdfSync } from 'node:crypto'
import { expand as nobleExpand, hkdf as nobleHkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { fromHex, toHex } from '#lib/wire/bytes.ts'
import { browserCore } from '../harness/browsercore.ts'
import { codeOf } from '../harness/codeof.ts'
import * as bunCore from '../harness/core.ts'
import { seeded } from '../harness/random.ts'
import rfc5869 from '../vectors/rfc5869.json'

describe.each([
  ['in Bun', bunCore],
  ['built for browsers', await browserCore()],
])('HKDF-SHA-256 %s', (_, { hkdf: { hkdf, hkdfExpand } }) => {
  test.each(rfc5869.cases)('gives what RFC 5869 $section says', ({ ikm, salt, info, length, prk, okm }) => {
    expect(toHex(hkdf(fromHex(salt), fromHex(ikm), fromHex(info), length))).toBe(okm)
    expect(toHex(hkdfExpand(fromHex(prk), fromHex(info), length))).toBe(okm)
  })

  test.each([1, 31, 32, 33, 63, 64, 65, 88, 152, 255, 8_160])('gives %d bytes as noble and OpenSSL do', (length) => {
    const random = seeded(length)
    const [salt, ikm, info] = [random(32), random(64), random(100)]
    const okm = toHex(hkdf(salt, ikm, info, length))
    expect(okm).toBe(toHex(nobleHkdf(sha256, ikm, salt, info, length)))
    expect(okm).toBe(Buffer.from(hkdfSync('sha256', ikm, salt, info, length)).toString('hex'))
  })

  test.each([0, 1, 55, 56, 63, 64, 65, 1_000, 1_024, 1_025, 4_000])(
    'takes %d bytes of salt, key and info as noble does',
    (size) => {
      const random = seeded(size)
      const [key, long] = [random(32), random(size)]
      expect(toHex(hkdf(long, key, key, 88))).toBe(toHex(nobleHkdf(sha256, key, long, key, 88)))
      expect(toHex(hkdf(key, long, key, 88))).toBe(toHex(nobleHkdf(sha256, long, key, key, 88)))
      expect(toHex(hkdf(key, key, long, 88))).toBe(toHex(nobleHkdf(sha256, key, key, long, 88)))
      expect(toHex(hkdfExpand(key, long, 88))).toBe(toHex(nobleExpand(sha256, key, long, 88)))
    },
  )

  test.each([0, -1, 8_161, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses to give %d bytes', (length) => {
    const key = new Uint8Array(32)
    expect(codeOf(() => hkdf(key, key, key, length))).toBe('bad_length')
    expect(codeOf(() => hkdfExpand(key, key, length))).toBe('bad_length')
  })

  test('leaves its input as it was', () => {
    const random = seeded(7)
    const input = [random(32), random(32), random(40)] as const
    const before = input.map((bytes) => bytes.slice())
    hkdf(...input, 100)
    expect(input.map((bytes) => bytes)).toEqual(before)
  })
})
