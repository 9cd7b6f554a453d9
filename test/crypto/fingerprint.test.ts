/** Fingerprints, room codes and key tags, against vectors made by another program and a second reading of their bytes. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { createHash } from 'node:crypto'
import { type Fingerprint, keyTag, memberFingerprint, roomCode } from '#lib/crypto/fingerprint.ts'
import { wordOf } from '#lib/crypto/words.ts'
import { type Bytes, fromHex, toHex } from '#lib/wire/bytes.ts'
import vectors from '../vectors/fingerprint.json'

const words = Array.from({ length: 2048 }, (_, i) => wordOf(i))

/** The three forms, read from the hash as one large number: the code under test goes bit by bit. */
function readAgain(hash: string): Fingerprint {
  const bits = BigInt(`0x${hash}`).toString(2).padStart(256, '0')
  const cut = (from: number, count: number, size: number) =>
    Array.from({ length: count }, (_, i) => Number.parseInt(bits.slice(from + i * size, from + (i + 1) * size), 2))
  return {
    words: cut(0, 8, 11).map((index) => words[index] ?? 'none'),
    digits: cut(0, 5, 40).map((group) => (group % 100_000).toString().padStart(5, '0')),
    colours: cut(232, 8, 3),
  }
}

test('the words are those of BIP 39, and no two share their first four letters', () => {
  const file = `${words.join('\n')}\n`
  expect(createHash('sha256').update(file).digest('hex')).toBe(vectors.wordlist_sha256)
  expect(new Set(words.map((word) => word.slice(0, 4))).size).toBe(2048)
  expect(() => wordOf(2048)).toThrow(RangeError)
})

describe('a member fingerprint', () => {
  test.each(vectors.members)('is the known one of key $key', ({ key, room, hash, words, digits, colours }) => {
    const fingerprint = memberFingerprint(fromHex(key), fromHex(room))
    expect(fingerprint).toEqual({ words, digits, colours })
    expect(fingerprint).toEqual(readAgain(hash))
  })

  test('has 8 words, 25 digits and 8 colours, whatever the key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        const { words, digits, colours } = memberFingerprint(key, new Uint8Array(16))
        expect([words.length, digits.length, colours.length]).toEqual([8, 5, 8])
        for (const group of digits) expect(group).toMatch(/^\d{5}$/)
        for (const colour of colours) expect(colour >= 0 && colour <= 7).toBeTrue()
      }),
      { seed: 1 },
    )
  })

  test('is another in another room', () => {
    const key = new Uint8Array(32).fill(7)
    const there = memberFingerprint(key, new Uint8Array(16).fill(1))
    const here = memberFingerprint(key, new Uint8Array(16).fill(2))
    expect(there.words).not.toEqual(here.words)
    expect(there.digits).not.toEqual(here.digits)
  })

  test('of a key or a room of another length is refused', () => {
    expect(() => memberFingerprint(new Uint8Array(31), new Uint8Array(16))).toThrow('wrong length')
    expect(() => memberFingerprint(new Uint8Array(33), new Uint8Array(15))).toThrow('wrong length')
    expect(() => memberFingerprint(new Uint8Array(32), new Uint8Array(17))).toThrow('wrong length')
  })
})

describe('a room code', () => {
  test.each(vectors.rooms)('is the known one of $members.length members', ({ room, roomKey, members, hash, ...known }) => {
    const code = roomCode(fromHex(room), fromHex(roomKey), members.map(fromHex))
    expect(code).toEqual(known)
    expect(code).toEqual(readAgain(hash))
  })

  const room = new Uint8Array(16).fill(1)
  const roomKey = new Uint8Array(32).fill(2)
  const members = [5, 3, 4].map((value) => new Uint8Array(32).fill(value))
  const code = (keys: readonly Bytes[]) => roomCode(room, roomKey, keys).words.join(' ')

  test('does not depend on the order of the members, nor on a member named for each of its devices', () => {
    expect(code(members.toReversed())).toBe(code(members))
    expect(code([...members, ...members])).toBe(code(members))
  })

  test('changes with a member more, fewer or other, with the room key and with the room', () => {
    const codes = [
      code(members),
      code(members.slice(1)),
      code([...members, new Uint8Array(32)]),
      code([...members.slice(1), new Uint8Array(32)]),
      code([]),
      roomCode(room, new Uint8Array(32), members).words.join(' '),
      roomCode(new Uint8Array(16), roomKey, members).words.join(' '),
    ]
    expect(new Set(codes).size).toBe(codes.length)
  })

  test('leaves the keys it was given as they were, and refuses one of another length', () => {
    const before = members.map(toHex)
    code(members)
    expect(members.map(toHex)).toEqual(before)
    expect(() => code([...members, new Uint8Array(31)])).toThrow('wrong length')
    expect(() => roomCode(room, new Uint8Array(16), members)).toThrow('wrong length')
    expect(() => roomCode(new Uint8Array(32), roomKey, members)).toThrow('wrong length')
  })
})

describe('a key tag', () => {
  test.each(vectors.tags)('of member $member is $tag', ({ member, tag }) => {
    expect(keyTag(fromHex(member))).toBe(tag)
  })

  test('is six characters that nobody takes for others', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (id) => {
        expect(keyTag(id)).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/)
      }),
      { seed: 2 },
    )
    expect(() => keyTag(new Uint8Array(15))).toThrow('wrong length')
  })
})
