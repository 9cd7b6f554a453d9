/** Room keys and claims: known answers, what opens, and every way in which a claim is refused (docs/protocol.md, Room keys, Claims). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { canonicalBytes, type Json, type JsonObject, parseCanonical } from '#lib/crypto/canonical.ts'
import {
  type Claim,
  claimBytes,
  claimedKey,
  claimText,
  isSeat,
  memberId,
  openClaim,
  ratchetKeyHash,
  sealClaim,
  signClaim,
} from '#lib/crypto/claim.ts'
import { admitKey, sealRandom, SIGNATURE_BYTES, signer } from '#lib/crypto/primitives.ts'
import { wipeRoomKeys } from '#lib/crypto/room.ts'
import { type Bytes, concat, fromBase64, fromHex, toBase64url, toHex, utf8 } from '#lib/wire/bytes.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'
import { checkName } from '#lib/wire/names.ts'
import { codeOf } from '../harness/codeof.ts'
import { everyBit, flipped } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import { base64 } from '../harness/reading/base.ts'
import { keyIdOf, memberIdOf, ratchetKeyOf, readClaim, readRoom } from '../harness/reading/claim.ts'
import { commitmentOf } from '../harness/reading/ratchet.ts'
import { makeClaim, makeRoom } from '../harness/writing/claim.ts'
import { drawParty, drawRoom, partyOf, roomOf } from '../harness/writing/party.ts'
import vectors from '../vectors/claim.json'

const random = seeded(1)
const room = roomOf(drawRoom(random))
const otherRoom = roomOf(drawRoom(random))
const step = { epoch: 3, seed: toHex(random(32)), heal: true }
const alice = partyOf(room, { ...drawParty(random, 'alice'), step })
const NONCE = random(24)

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const seats = bytes(18).map(toBase64url)
const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 32 }).filter((name) => checkName(name) === null)
const numbers = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER))
const epochs = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(1, 0xffff_ffff))
const steps = fc.option(fc.record({ epoch: epochs, commitment: bytes(32), heal: fc.boolean() }), { nil: null })

/** Any claim of alice's. */
const claims: fc.Arbitrary<Claim> = fc.record({
  key: fc.constant(alice.signer.publicKey),
  seat: seats,
  name: names,
  ratchetKey: bytes(32),
  x25519: bytes(32),
  seq: numbers,
  prev: bytes(32),
  time: numbers,
  step: steps,
})

describe('a room key', () => {
  test.each(vectors.rooms)('that is known, of $name, gives these two keys', ({ given, made }) => {
    expect(makeRoom(given)).toEqual(made)
    const read = readRoom(given)
    expect({ claimKey: toHex(read.claimKey), psk: toHex(read.psk) }).toEqual(made)
  })

  test('gives other keys in another room, and both are wiped when the room is left', () => {
    const given = drawRoom(seeded(2))
    const one = roomOf(given)
    const other = roomOf({ ...given, roomId: drawRoom(seeded(3)).roomId })
    expect(new Set([one, other].flatMap(({ claimKey, psk }) => [toHex(claimKey), toHex(psk)])).size).toBe(4)
    wipeRoomKeys(one)
    expect(toHex(one.claimKey) + toHex(one.psk)).toBe('00'.repeat(64))
  })
})

describe.each(vectors.claims)('a known claim: $name', ({ given, made }) => {
  const { party } = given
  const roomId = fromHex(given.room.roomId)

  test('has these bytes and no others', () => {
    expect(makeClaim(given)).toEqual(made)
  })

  test('is read again', () => {
    const claim = readClaim(readRoom(given.room), party.seat, made.claim)
    const { name, seq, time, prev, kem } = claim.fields
    expect([name, seq, time]).toEqual([party.name, party.seq, party.time])
    expect([prev, kem].map((value) => toHex(fromBase64url(value)))).toEqual([party.prev, made.ratchetKeyHash])
    expect([claim.json, toHex(claim.signature), toHex(claim.hash)]).toEqual([made.json, made.signature, made.claimHash])
    expect([toHex(claim.key), toHex(memberIdOf(roomId, claim.key))]).toEqual([made.key, made.memberId])
    expect(toHex(keyIdOf(roomId, claim.hash))).toBe(made.keyId)
    expect(ratchetKeyOf(roomId, claim, base64(made.ek))).toHaveLength(1_216)
    const { epoch = 0, seed = '', heal } = party.step ?? {}
    const commitment = toHex(commitmentOf(roomId, party.seat, epoch, fromHex(seed)))
    expect(claim.step).toEqual(party.step === null ? null : { epoch, commitment, heal })
    expect(made.commitment).toBe(party.step === null ? null : commitment)
  })

  test('opens, and its key with it', () => {
    const opened = openClaim(roomOf(given.room), party.seat, claimBytes(made.claim), null)
    expect([toHex(opened.hash), toHex(opened.memberId)]).toEqual([made.claimHash, made.memberId])
    expect(opened.claim).toEqual(partyOf(roomOf(given.room), party).claim)
    expect(claimedKey(roomId, opened.claim, fromBase64(made.ek))).toHaveLength(1_216)
  })

  test('is 2,104 characters long', () => {
    expect(made.claim).toHaveLength(2_104)
  })
})

test('any claim opens to what was signed, for who knows its member and for who does not', () => {
  fc.assert(
    fc.property(claims, fc.boolean(), (claim, known) => {
      const { signed, hash } = signClaim(room.roomId, claim, alice.signer)
      const opened = openClaim(room, claim.seat, sealClaim(room, claim.seat, signed, NONCE), known ? alice.opened.member : null)
      expect(opened.claim).toEqual(claim)
      expect(opened.hash).toEqual(hash)
      expect(opened.memberId).toEqual(alice.opened.memberId)
    }),
    { seed: 1, numRuns: 150 },
  )
})

describe('a claim does not open', () => {
  test('with any bit turned', () => {
    for (const bit of everyBit(alice.sealedClaim)) {
      expect(codeOf(() => openClaim(room, alice.seat, flipped(alice.sealedClaim, bit), null))).toBe('not_opened')
    }
  })

  test('in another room, at another seat, in another length', () => {
    const { seat, sealedClaim } = alice
    expect(codeOf(() => openClaim(otherRoom, seat, sealedClaim, null))).toBe('not_opened')
    expect(codeOf(() => openClaim({ ...room, roomId: otherRoom.roomId }, seat, sealedClaim, null))).toBe('not_opened')
    expect(codeOf(() => openClaim(room, `B${seat.slice(1)}`, sealedClaim, null))).toBe('not_opened')
    for (const size of [0, 40, 1_575]) {
      expect(codeOf(() => openClaim(room, seat, sealedClaim.subarray(0, size), null))).toBe('not_opened')
    }
    expect(codeOf(() => openClaim(room, seat, concat(sealedClaim, Uint8Array.of(0)), null))).toBe('not_opened')
  })

  test('whose text in a frame is no base64, or not the one way to write its bytes', () => {
    const text = claimText(alice.sealedClaim)
    expect(claimBytes(text)).toEqual(alice.sealedClaim)
    for (const wrong of [`${text}=`, text.slice(1), ` ${text}`, text.replace(/./, '*')]) {
      expect(codeOf(() => claimBytes(wrong))).toBe('not_opened')
    }
  })
})

describe('a claim that its own member signed is refused', () => {
  const json = parseCanonical(alice.signed.subarray(0, -SIGNATURE_BYTES))

  /** What becomes of these canonical bytes under a signature that holds. */
  function verdict(signed: Bytes, seat = alice.seat): string {
    const whole = concat(signed, alice.signer.sign('signClaim', signed))
    return codeOf(() => openClaim(room, seat, sealClaim(room, seat, whole, NONCE), null))
  }
  const changed = (change: Record<string, Json>) => verdict(canonicalBytes({ ...json, ...change }))
  const without = (key: string) =>
    verdict(canonicalBytes(Object.fromEntries(Object.entries(json).filter(([name]) => name !== key))))
  const key32 = toBase64url(new Uint8Array(32))

  test('but not when nothing is changed', () => {
    expect(changed({})).toBe('nothing thrown')
  })

  const refused: readonly (readonly [string, string, Record<string, Json>])[] = [
    ['bad_object', 'of another version', { v: 2 }],
    ['bad_object', 'of another suite', { suite: 2 }],
    ['wrong_room', 'of another room', { room: toBase64url(otherRoom.roomId) }],
    ['bad_object', 'of a room id that is too short', { room: toBase64url(room.roomId.subarray(1)) }],
    ['wrong_seat', 'of another seat', { seat: `B${alice.seat.slice(1)}` }],
    ['wrong_seat', 'of a seat that is no text', { seat: 7 }],
    ['bad_object', 'without a name', { name: '' }],
    ['bad_object', 'of a name with a line break', { name: 'a\nb' }],
    ['bad_object', 'of a name that turns the text around', { name: 'a\u202eb' }],
    ['bad_object', 'of a name of 33 characters', { name: 'a'.repeat(33) }],
    ['bad_object', 'of a name that is a list', { name: ['alice'] }],
    ['bad_object', 'of a ratchet key hash that is too long', { kem: `${key32}A` }],
    ['bad_object', 'of an X25519 half that is too short', { x25519: key32.slice(1) }],
    ['bad_object', 'of a negative number', { seq: -1 }],
    ['bad_object', 'of a number that is a text', { seq: '1' }],
    ['bad_object', 'of a former claim that is null', { prev: null }],
    ['bad_object', 'of a time before 1970', { time: -1 }],
    ['bad_object', 'with a field more', { more: 1 }],
    ['bad_object', 'of a step that is null', { step: null }],
    ['bad_object', 'of a step that is a list', { step: [] }],
    ['bad_object', 'of a step without a mark', { step: { epoch: 1, seed: key32 } }],
    ['bad_object', 'of a step with a field more', { step: { epoch: 1, seed: key32, heal: true, more: 1 } }],
    ['bad_object', 'of a step into epoch 0, which no step starts', { step: { epoch: 0, seed: key32, heal: true } }],
    ['bad_object', 'of a step beyond the last epoch', { step: { epoch: 2 ** 32, seed: key32, heal: true } }],
    ['bad_object', 'of a step whose mark is a number', { step: { epoch: 1, seed: key32, heal: 1 } }],
    ['bad_object', 'of a step whose commitment is too short', { step: { epoch: 1, seed: key32.slice(1), heal: true } }],
    ['bad_object', 'of a member key that is too short', { key: key32.slice(1) }],
    ['bad_key', 'of a member key of small order', { key: toBase64url(Uint8Array.of(1, ...new Uint8Array(31))) }],
    ['bad_signature', "of another member's key", { key: toBase64url(signer(seeded(7)(32)).publicKey) }],
  ]
  test.each(refused)('as %s: one %s', (code, _, change) => {
    expect(changed(change)).toBe(code)
  })

  test.each(Object.keys(json).filter((key) => key !== 'step'))('as bad_object: one without its %s', (key) => {
    expect(without(key)).toBe('bad_object')
  })

  test('as not_canonical: one whose bytes are not the one way to write it', () => {
    const text = JSON.stringify(json)
    for (const other of [
      ` ${text}`,
      text.replace(',', ', '),
      text.replace('"v":1', '"v":1,"v":1'),
      JSON.stringify(reversed(json)),
    ]) {
      expect(verdict(utf8(other))).toBe('not_canonical')
    }
  })

  test('at a seat that no client of ours takes', () => {
    const seat = 'not a seat at all, 24 c.'
    expect(verdict(canonicalBytes({ ...json, seat }), seat)).toBe('wrong_seat')
  })

  test('when the seat belongs to another member', () => {
    const other = admitKey(signer(seeded(7)(32)).publicKey)
    expect(codeOf(() => openClaim(room, alice.seat, alice.sealedClaim, other))).toBe('wrong_member')
  })

  test('when it is all signature, or was padded in another way', () => {
    const { claimKey, roomId } = room
    const bound = concat(roomId, utf8(alice.seat))
    expect(codeOf(() => openClaim(room, alice.seat, sealClaim(room, alice.seat, new Uint8Array(64), NONCE), null))).toBe(
      'bad_object',
    )
    const unpadded = sealRandom(claimKey, NONCE, bound, new Uint8Array(1_536).fill(1))
    expect(codeOf(() => openClaim(room, alice.seat, unpadded, null))).toBe('bad_padding')
  })

  test('when its signature was made for something else', () => {
    const signed = canonicalBytes(json)
    const whole = concat(signed, alice.signer.sign('signEntry', signed))
    expect(codeOf(() => openClaim(room, alice.seat, sealClaim(room, alice.seat, whole, NONCE), null))).toBe('bad_signature')
  })
})

describe('a claimed ratchet key', () => {
  const { key, claim } = alice
  const mlKem = key.subarray(0, ML_KEM_PUBLIC_BYTES)

  test('is the half that the relay carried and the half in the claim', () => {
    expect(claimedKey(room.roomId, claim, mlKem)).toEqual(key)
  })

  test('is refused with any other half, in another length, or in another room', () => {
    for (const bit of [0, 4_095, 1_184 * 8 - 1]) {
      expect(codeOf(() => claimedKey(room.roomId, claim, flipped(mlKem, bit)))).toBe('wrong_key')
    }
    expect(codeOf(() => claimedKey(room.roomId, claim, mlKem.subarray(1)))).toBe('wrong_key')
    expect(codeOf(() => claimedKey(room.roomId, claim, new Uint8Array(0)))).toBe('wrong_key')
    expect(codeOf(() => claimedKey(room.roomId, { ...claim, x25519: random(32) }, mlKem))).toBe('wrong_key')
    expect(codeOf(() => claimedKey(otherRoom.roomId, claim, mlKem))).toBe('wrong_key')
  })

  test('is refused when its member claims one that nobody should use', () => {
    const claiming = (whole: Bytes): Claim => ({
      ...claim,
      ratchetKey: ratchetKeyHash(room.roomId, whole),
      x25519: whole.slice(ML_KEM_PUBLIC_BYTES),
    })
    const overQ = concat(Uint8Array.of(0xff, 0xff, 0xff), key.subarray(3))
    const lowOrder = concat(mlKem, new Uint8Array(32))
    for (const whole of [overQ, lowOrder]) {
      const half = whole.subarray(0, ML_KEM_PUBLIC_BYTES)
      expect(codeOf(() => claimedKey(room.roomId, claiming(whole), half))).toBe('bad_key')
    }
  })
})

test('a member has another id in another room', () => {
  const key = alice.signer.publicKey
  expect(memberId(room.roomId, key)).toHaveLength(16)
  expect(toHex(memberId(room.roomId, key))).not.toBe(toHex(memberId(otherRoom.roomId, key)))
})

test('a seat is base64url of 18 bytes and nothing else', () => {
  fc.assert(
    fc.property(seats, (seat) => {
      expect(isSeat(seat)).toBe(true)
    }),
    { seed: 2 },
  )
  const wrong = [
    '',
    'A'.repeat(23),
    'A'.repeat(25),
    `${'A'.repeat(23)}=`,
    `${'A'.repeat(23)}+`,
    `${'A'.repeat(23)} `,
    'é'.repeat(24),
  ]
  expect(wrong.filter(isSeat)).toEqual([])
})

function fromBase64url(value: unknown): Bytes {
  return Uint8Array.fromBase64(String(value), { alphabet: 'base64url' })
}

/** The same object with its keys the other way round. */
function reversed(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).reverse())
}
