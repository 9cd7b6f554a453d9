/** Tests of lib/crypto/padding.ts: the size classes, and that padding has one form. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { pad, paddedSize, unpad } from '#lib/crypto/padding.ts'
import { type Bytes, concat } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { seeded } from '../harness/random.ts'

const MAX = 2 ** 32 - 5

/** Padmé as its paper words it: of a size's binary digits, as many stay as the number of its digits has digits; the rest is rounded up. */
function padme(size: number): number {
  const digits = BigInt(size).toString(2).length - 1
  const kept = digits.toString(2).length
  const unit = 1n << BigInt(digits - kept)
  return Number(((BigInt(size) + unit - 1n) / unit) * unit)
}

describe('size classes', () => {
  test.each([
    [0, 1_024],
    [1, 1_024],
    [1_020, 1_024],
    [1_021, 2_048],
    [2_044, 2_048],
    [2_045, 2_176],
    [2_172, 2_176],
    [2_173, 2_304],
    [4_092, 4_096],
    [4_093, 4_352],
    [16_380, 16_384],
    [16_381, 17_408],
    [65_532, 65_536],
    [65_533, 67_584],
    [262_140, 262_144],
    [262_141, 270_336],
    [1_048_572, 1_048_576],
    [1_048_573, 1_081_344],
  ])('%d bytes of content take %d', (bytes, padded) => {
    expect(paddedSize(bytes)).toBe(padded)
    expect(pad(new Uint8Array(bytes))).toHaveLength(padded)
  })

  test('are Padmé above 2 KiB, at most 12 % larger than what they hold, and never fall', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_045, max: MAX }), (bytes) => {
        const size = paddedSize(bytes)
        expect(size).toBe(padme(bytes + 4))
        expect(size).toBeLessThanOrEqual((bytes + 4) * 1.12)
        expect(paddedSize(bytes - 1)).toBeLessThanOrEqual(size)
      }),
      { seed: 1, numRuns: 2_000 },
    )
  })

  test('are exact beside every power of two', () => {
    for (let exponent = 11; exponent < 32; exponent++) {
      for (const size of [2 ** exponent - 1, 2 ** exponent, 2 ** exponent + 1]) {
        if (size > 2_048) expect(paddedSize(size - 4)).toBe(padme(size))
      }
    }
  })
})

describe('padding', () => {
  test('is four bytes of length, the content, and zeros', () => {
    expect(pad(Uint8Array.of(7, 8))).toEqual(concat(Uint8Array.of(0, 0, 0, 2, 7, 8), new Uint8Array(1_018)))
    expect(pad(Uint8Array.of(7, 8), 7)).toEqual(Uint8Array.of(0, 0, 0, 2, 7, 8, 0))
  })

  test('comes off as it went on', () => {
    const random = seeded(1)
    for (const size of [0, 1, 100, 1_020, 1_021, 2_044, 2_045, 5_000, 70_000]) {
      const content = random(size)
      expect(unpad(pad(content))).toEqual(content)
      expect(unpad(pad(content, size + 4 + 9), size + 4 + 9)).toEqual(content)
    }
  })

  test('to a size that is too small is refused', () => {
    expect(codeOf(() => pad(new Uint8Array(10), 13))).toBe('too_large')
    expect(pad(new Uint8Array(10), 14)).toHaveLength(14)
  })

  test('with a flipped bit among its zeros is refused', () => {
    const padded = pad(seeded(2)(500))
    for (let bit = 504 * 8; bit < padded.length * 8; bit++) expect(refusal(flipped(padded, bit))).toBe('bad_padding')
  })

  // The content is not ours to judge: its seal is. But no two padded forms may stand for one content.
  test('with any flipped bit is refused, or is the one padding of another content', () => {
    const random = seeded(3)
    for (const content of [random(0), random(3), random(1_020), new Uint8Array(50), concat(random(20), new Uint8Array(20))]) {
      const padded = pad(content)
      for (let bit = 0; bit < padded.length * 8; bit++) {
        const changed = flipped(padded, bit)
        if (refusal(changed) === 'nothing thrown') expect(pad(unpad(changed))).toEqual(changed)
      }
    }
  })

  test('of any other size is refused', () => {
    const padded = pad(seeded(4)(700))
    const larger = concat(padded, new Uint8Array(4_000))
    for (let size = 0; size < larger.length; size++) {
      if (size !== padded.length) expect(refusal(larger.subarray(0, size))).toBe('bad_padding')
    }
    expect(codeOf(() => unpad(pad(new Uint8Array(5), 20), 21))).toBe('bad_padding')
    expect(codeOf(() => unpad(pad(new Uint8Array(5), 20)))).toBe('bad_padding')
  })

  test('whose length field lies is refused before anything is read', () => {
    for (const length of ['ffffffff', '80000000', '000003fd', '00000400']) {
      expect(refusal(concat(Uint8Array.fromHex(length), new Uint8Array(1_020)))).toBe('bad_padding')
      expect(codeOf(() => unpad(concat(Uint8Array.fromHex(length), new Uint8Array(16)), 20))).toBe('bad_padding')
    }
    expect(codeOf(() => unpad(concat(Uint8Array.fromHex('00000011'), new Uint8Array(16)), 20))).toBe('bad_padding')
    expect(unpad(concat(Uint8Array.fromHex('00000010'), new Uint8Array(16)), 20)).toHaveLength(16)
  })
})

function refusal(padded: Bytes): string {
  return codeOf(() => unpad(padded))
}

function flipped(bytes: Bytes, bit: number): Bytes {
  const changed = bytes.slice()
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}
