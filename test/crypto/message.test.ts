/** An envelope's header, body and signature: known answers, what opens and what does not (docs/protocol.md, Envelopes). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import {
  type Envelope,
  envelopeFields,
  envelopeOf,
  openHeader,
  openMessage,
  sealHeader,
  sealMessage,
} from '#lib/crypto/message.ts'
import { pad } from '#lib/crypto/padding.ts'
import { sealOnce, sealRandom } from '#lib/crypto/primitives.ts'
import { type Bytes, concat, fromBase64, fromHex, toHex, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { everyBit, flipped } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import { readHeader, readMessageKey } from '../harness/reading/ratchet.ts'
import { salamander } from '../harness/salamander.ts'
import { makeHeader } from '../harness/writing/ratchet.ts'
import vectors from '../vectors/epoch.json'

const SEAT = 'A'.repeat(24)
const OTHER_SEAT = 'B'.repeat(24)
const random = seeded(1)
const [ROOM, HEADER_KEY, MESSAGE_KEY, NONCE, SIGNATURE] = [random(16), random(32), random(32), random(24), random(64)]
const HEADER = sealHeader(ROOM, SEAT, HEADER_KEY, { epoch: 1, counter: 2, type: 'entry' }, NONCE)
const BOUND = concat(ROOM, utf8(SEAT), HEADER)

const u32s = fc.oneof(fc.nat(), fc.constantFrom(0, 0xffff_ffff))
const types = fc.constantFrom('entry' as const, 'chunk' as const)

/** Sealing wipes the key that it is given. */
function seal(content: Bytes, key = MESSAGE_KEY): Envelope {
  return sealMessage(ROOM, SEAT, HEADER, key.slice(), content, SIGNATURE)
}

describe('a header', () => {
  test.each(vectors.headers)('that is known, of $name, is made and read again', ({ given, made }) => {
    expect(makeHeader(given)).toEqual(made)
    const { seat, epoch, counter, type, nonce } = given
    const [roomId, headerKey] = [fromHex(given.roomId), fromHex(given.headerKey)]
    expect(readHeader(roomId, seat, headerKey, made.meta)).toEqual({ epoch, counter, type })
    const sealed = fromBase64(made.meta)
    expect(toHex(sealed.subarray(0, 24))).toBe(nonce)
    const opened: Record<string, unknown> = { ...openHeader(roomId, seat, headerKey, sealed) }
    expect(opened).toEqual({ epoch, counter, type })
  })

  test('opens to what was sealed, in 49 bytes', () => {
    fc.assert(
      fc.property(u32s, u32s, types, (epoch, counter, type) => {
        const header = { epoch, counter, type }
        const sealed = sealHeader(ROOM, SEAT, HEADER_KEY, header, NONCE)
        expect(sealed).toHaveLength(49)
        expect(openHeader(ROOM, SEAT, HEADER_KEY, sealed)).toEqual(header)
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  test('does not open with any bit turned, in any other length, or under another key, room or seat', () => {
    for (const bit of everyBit(HEADER)) expect(openHeader(ROOM, SEAT, HEADER_KEY, flipped(HEADER, bit))).toBeNull()
    for (let size = 0; size < HEADER.length; size++) {
      expect(openHeader(ROOM, SEAT, HEADER_KEY, HEADER.subarray(0, size))).toBeNull()
    }
    expect(openHeader(ROOM, SEAT, HEADER_KEY, concat(HEADER, Uint8Array.of(0)))).toBeNull()
    expect(openHeader(ROOM, SEAT, random(32), HEADER)).toBeNull()
    expect(openHeader(random(16), SEAT, HEADER_KEY, HEADER)).toBeNull()
    expect(openHeader(ROOM, OTHER_SEAT, HEADER_KEY, HEADER)).toBeNull()
  })

  test.each([
    ['of an unknown type', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2, 2)],
    ['without a type', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2)],
    ['with more behind it', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0)],
    ['that is empty', new Uint8Array(0)],
  ])('that was sealed %s is none', (_, plain) => {
    const sealed = sealRandom(HEADER_KEY, NONCE, concat(ROOM, utf8(SEAT)), plain)
    expect(openHeader(ROOM, SEAT, HEADER_KEY, sealed)).toBeNull()
  })
})

describe('a message', () => {
  const envelope = seal(utf8('a message'))
  const open = (changed: Partial<Envelope>, key = MESSAGE_KEY, room = ROOM, seat = SEAT) =>
    openMessage(room, seat, { ...envelope, ...changed }, key)

  test('opens to the content and signature that were sealed, whatever they are, and the key stays', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (content) => {
        const key = MESSAGE_KEY.slice()
        expect(openMessage(ROOM, SEAT, seal(content), key)).toEqual({ content, signature: SIGNATURE })
        expect<Bytes>(key).toEqual(MESSAGE_KEY)
      }),
      { seed: 2, numRuns: 60 },
    )
  })

  test('wipes the key that seals it', () => {
    const key = MESSAGE_KEY.slice()
    sealMessage(ROOM, SEAT, HEADER, key, utf8('a message'), SIGNATURE)
    expect(toHex(key)).toBe('00'.repeat(32))
  })

  test('tells the size class of its content and nothing else by its sizes', () => {
    const sizes = ['', 'short', 'a'.repeat(1_020)].map((text) => seal(utf8(text)).body.length)
    expect(sizes).toEqual([1_072, 1_072, 1_072])
    expect(envelope.signature).toHaveLength(80)
  })

  test('does not open with any bit of its body turned', () => {
    for (const bit of everyBit(envelope.body)) expect(open({ body: flipped(envelope.body, bit) })).toBeNull()
  })

  test('does not open with any bit of its signature turned', () => {
    for (const bit of everyBit(envelope.signature)) expect(open({ signature: flipped(envelope.signature, bit) })).toBeNull()
  })

  test('does not open with any bit of its header turned', () => {
    for (const bit of everyBit(HEADER)) expect(open({ header: flipped(HEADER, bit) })).toBeNull()
  })

  test('does not open under another key, room or seat, nor with a part of another message', () => {
    const other = seal(utf8('another message'), random(32))
    expect(open({}, random(32))).toBeNull()
    expect(open({}, MESSAGE_KEY, random(16))).toBeNull()
    expect(open({}, MESSAGE_KEY, ROOM, OTHER_SEAT)).toBeNull()
    expect(open({ body: other.body })).toBeNull()
    expect(open({ signature: other.signature })).toBeNull()
    for (const size of [0, 31, 47, 48, 1_071]) expect(open({ body: envelope.body.subarray(0, size) })).toBeNull()
    expect(open({})).not.toBeNull()
  })

  test('made to open under two keys, which Poly1305 allows, opens under the one that it commits to', () => {
    const otherKey = random(32)
    const [mine, theirs] = [readMessageKey(ROOM, MESSAGE_KEY), readMessageKey(ROOM, otherKey)]
    const plain = pad(utf8('a'.repeat(500)))
    const honest = xchacha20poly1305(mine.body.slice(0, 32), mine.body.slice(32, 56), BOUND).encrypt(plain).slice(0, -16)
    const body = salamander({ key: mine.body, bound: BOUND }, { key: theirs.body, bound: BOUND }, honest, 64)
    const none = new Uint8Array(0)
    const signature = salamander({ key: mine.signature, bound: none }, { key: theirs.signature, bound: none }, random(64), 0)
    // Without the commitment nothing would be wrong with it, under either key.
    for (const { body: key, signature: sigKey } of [mine, theirs]) {
      expect(xchacha20poly1305(key.slice(0, 32), key.slice(32, 56), BOUND).decrypt(body)).toHaveLength(1_024)
      expect(xchacha20poly1305(sigKey.slice(0, 32), sigKey.slice(32)).decrypt(signature)).toHaveLength(64)
    }
    const two = { header: HEADER, body: concat(mine.body.slice(56), body), signature }
    expect(openMessage(ROOM, SEAT, two, MESSAGE_KEY)?.content).toHaveLength(500)
    expect(openMessage(ROOM, SEAT, two, otherKey)).toBeNull()
  })

  test.each([
    ['not padded', utf8('bare')],
    ['padded to a size that is no class', concat(Uint8Array.of(0, 0, 0, 1), new Uint8Array(1_021))],
    ['padded with something', concat(pad(utf8('x')).subarray(0, -1), Uint8Array.of(1))],
  ])('that was sealed %s is refused', (_, plain) => {
    const body = sealOnce(readMessageKey(ROOM, MESSAGE_KEY).body, BOUND, plain)
    expect(codeOf(() => open({ body }))).toBe('bad_padding')
  })
})

describe('an envelope in a frame', () => {
  test('is read back as it was written', () => {
    const bytes = fc.uint8Array({ maxLength: 100 })
    fc.assert(
      fc.property(bytes, bytes, bytes, (header, body, signature) => {
        expect(envelopeOf(envelopeFields({ header, body, signature }))).toEqual({ header, body, signature })
      }),
      { seed: 3 },
    )
  })

  test.each(['meta', 'payload', 'sig'])(
    'whose %s is no base64, or not the one way to write its bytes, does not open',
    (field) => {
      const fields = envelopeFields(seal(utf8('x')))
      for (const wrong of ['*', 'AA', 'AB==', 'AAAA\n', '_-__']) {
        expect(codeOf(() => envelopeOf({ ...fields, [field]: wrong }))).toBe('not_opened')
      }
    },
  )
})
