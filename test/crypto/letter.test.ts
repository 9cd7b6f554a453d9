/** Letters: known answers, and each thing that a letter is signed for or bound to, swapped in turn (docs/protocol.md, Letters). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { canonicalBytes, type JsonObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { encapsulate } from '#lib/crypto/kem.ts'
import { keyId, ownKey, replaceKey } from '#lib/crypto/keyring.ts'
import { openLetter, PROOF_BYTES, proofOf, sealLetter } from '#lib/crypto/letter.ts'
import { pad } from '#lib/crypto/padding.ts'
import { derive, sealOnce, sha256, signer } from '#lib/crypto/primitives.ts'
import type { RoomKeys } from '#lib/crypto/room.ts'
import { type Bytes, concat, fromBase64, fromHex, toBase64, toHex, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { everyBit, flipped, someBits } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import { readRoom } from '../harness/reading/claim.ts'
import { readLetter, readLetterContent, readProof } from '../harness/reading/letter.ts'
import { ackOf, askOf, makeLetter, makeProof, repairOf, stateOf } from '../harness/writing/letter.ts'
import { drawParty, drawRoom, type Party, partyOf, roomOf, senderOf } from '../harness/writing/party.ts'
import vectors from '../vectors/letter.json'

const random = seeded(1)
const given = { room: drawRoom(random), alice: drawParty(random, 'alice'), bob: drawParty(random, 'bob') }
const room = roomOf(given.room)
const [alice, bob] = [partyOf(room, given.alice), partyOf(room, given.bob)]
const carol = partyOf(room, drawParty(random, 'carol'))
const PAIR = random(32)
const CONTENT = { kind: 'ask', nonce: 'AAAAAAAAAAAAAAAAAAAAAA' } as const

/** Where the parts of a letter begin (bytes). */
const AT = { flags: 0, claim: 1, mlKem: 1_577, keyId: 2_761, ct: 2_769, commit: 3_889 } as const

/** A letter from alice to bob, unless something is changed. */
function seal(
  changed: { from?: Party; to?: Party; content?: JsonObject; pair?: Bytes | null; keys?: RoomKeys; seed?: number } = {},
) {
  const { from = alice, to = bob, content = CONTENT, pair = null, keys = room, seed = 2 } = changed
  return sealLetter(keys, senderOf(from), to, content, pair, seeded(seed))
}

interface Opening {
  to?: Party
  from?: string
  known?: Party | null
  pairs?: readonly Bytes[]
  keys?: RoomKeys
}

/** Opens a payload at bob, who takes every ciphertext as his first. */
function open(payload: string, { to = bob, from = alice.seat, known = alice, pairs = [], keys = room }: Opening = {}) {
  const { pair: own, claimHash, id } = to.keyring.current
  const keyring = { current: { pair: own, claimHash, id, taken: new Set<string>() }, retired: [] }
  return openLetter(keys, keyring, to.seat, from, payload, known?.opened.member ?? null, pairs)
}
const refusal = (payload: string, changed: Opening = {}) => codeOf(() => open(payload, changed))

const known = [
  ...vectors.states.map(({ name, given, made }) => ({ name, given, made, says: stateOf(given.says) })),
  ...vectors.asks.map(({ name, given, made }) => ({ name, given, made, says: askOf(given.says) })),
  ...vectors.acks.map(({ name, given, made }) => ({ name, given, made, says: ackOf(given.says) })),
  ...vectors.repairs.map(({ name, given, made }) => ({ name, given, made, says: repairOf(given.says) })),
]

describe.each(known)('a known letter: $given.says.kind, $name', ({ given, made, says }) => {
  const keys = roomOf(given.room)
  const [from, to] = [partyOf(keys, given.from), partyOf(keys, given.to)]
  const pair = given.pair === null ? null : fromHex(given.pair)

  test('has these bytes and no others', () => {
    expect(makeLetter(given, says)).toEqual(made)
  })

  test('is read again', () => {
    const receiver = { seat: to.seat, claimHash: to.claimHash, ratchetSeed: fromHex(given.to.ratchetSeed) }
    const letter = readLetter(readRoom(given.room), from.seat, receiver, pair, made.payload)
    expect(letter.content).toBe(made.content)
    const content: unknown = readLetterContent(letter.content)
    expect(content).toEqual(given.says)
    expect([letter.hash, letter.root, letter.pair].map(toHex)).toEqual([made.letterHash, made.root, made.pair])
    expect(letter.claim.hash).toEqual(from.claimHash)
  })

  test('opens to what was sealed', () => {
    const letter = openLetter(keys, to.keyring, to.seat, from.seat, made.payload, null, pair === null ? [] : [pair])
    expect(letter.proved).toEqual(pair)
    expect(letter.content).toEqual(parseCanonical(utf8(made.content)))
    expect([letter.hash, letter.root, letter.pair].map(toHex)).toEqual([made.letterHash, made.root, made.pair])
    expect(letter.claim.claim).toEqual(from.claim)
    expect([letter.claim.hash, letter.claim.memberId]).toEqual([from.claimHash, from.opened.memberId])
    expect(letter.key).toEqual(from.key)
  })
})

test('any letter opens to what was sealed, and both ends hold the same secrets', () => {
  const texts = fc.dictionary(
    fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
    fc.string({ unit: 'grapheme' }),
  )
  const pairs = fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), { nil: null })
  fc.assert(
    fc.property(texts, pairs, fc.nat(), fc.boolean(), (content, pair, seed, isKnown) => {
      const sealed = seal({ content, pair, seed })
      const opened = open(sealed.payload, { pairs: pair === null ? [PAIR] : [PAIR, pair], known: isKnown ? alice : null })
      expect(opened.proved).toEqual(pair)
      expect(canonicalBytes(opened.content)).toEqual(canonicalBytes(content))
      expect([opened.hash, opened.root, opened.pair]).toEqual([sealed.hash, sealed.root, sealed.pair])
      expect([opened.claim.hash, opened.key]).toEqual([alice.claimHash, alice.key])
    }),
    { seed: 1, numRuns: 50 },
  )
})

describe('a letter is refused', () => {
  const { payload } = seal()
  const bytes = fromBase64(payload)
  const withBit = (bit: number) => toBase64(flipped(bytes, bit))
  const bitsOf = (from: number, to: number, count: number) =>
    someBits(bytes.subarray(from, to), count, from).map((bit) => bit + from * 8)

  test('but not when nothing is changed', () => {
    expect(open(payload).content).toEqual(CONTENT)
  })

  test('with any bit of its flags turned, of its sealed claim, or of its key id', () => {
    for (const bit of everyBit(bytes.subarray(0, 1))) expect(refusal(withBit(bit))).toBe('not_opened')
    for (const bit of bitsOf(AT.claim, AT.mlKem, 600)) expect(refusal(withBit(bit))).toBe('not_opened')
    for (const bit of everyBit(bytes.subarray(AT.keyId, AT.ct))) expect(refusal(withBit(AT.keyId * 8 + bit))).toBe('unknown_key')
  })

  test('with any bit of its ratchet key turned', () => {
    for (const bit of bitsOf(AT.mlKem, AT.keyId, 400)) expect(refusal(withBit(bit))).toBe('wrong_key')
  })

  test('with any bit of its ciphertext turned, that one too which X25519 ignores, or of what is sealed', () => {
    for (const bit of bitsOf(AT.ct, AT.commit, 250)) expect(refusal(withBit(bit))).toBe('not_opened')
    expect(refusal(withBit(AT.commit * 8 - 1))).toBe('not_opened')
    for (const bit of bitsOf(AT.commit, bytes.length, 250)) expect(refusal(withBit(bit))).toBe('not_opened')
  })

  test('in another length, or when it is no base64', () => {
    for (const size of [0, 1, AT.claim, AT.ct, AT.commit, AT.commit + 47, bytes.length - 1]) {
      expect(refusal(toBase64(bytes.subarray(0, size)))).toBe('not_opened')
    }
    for (const wrong of [`${payload}AAAA`, `*${payload.slice(1)}`, payload.slice(1), ` ${payload}`]) {
      expect(refusal(wrong)).toBe('not_opened')
    }
  })

  test('when it is salted with a pair secret that its reader does not have', () => {
    const salted = seal({ pair: PAIR }).payload
    expect(refusal(salted, { pairs: [PAIR] })).toBe('nothing thrown')
    expect(refusal(salted)).toBe('not_opened')
    expect(refusal(salted, { pairs: [random(32), random(32)] })).toBe('not_opened')
    expect(refusal(salted, { pairs: [flipped(PAIR, 255)] })).toBe('not_opened')
  })

  test('without the room key, whoever knows every public key', () => {
    expect(refusal(seal({ keys: { ...room, psk: random(32) } }).payload)).toBe('not_opened')
    expect(refusal(payload, { keys: { ...room, psk: random(32) } })).toBe('not_opened')
    expect(refusal(payload, { keys: { ...room, claimKey: random(32) } })).toBe('not_opened')
  })

  test('in another room', () => {
    expect(refusal(payload, { keys: { ...room, roomId: random(16) } })).toBe('not_opened')
  })

  test('from another seat, and at another seat of the same keys', () => {
    expect(refusal(payload, { from: carol.seat })).toBe('not_opened')
    expect(refusal(payload, { to: { ...bob, seat: carol.seat } })).toBe('not_opened')
    expect(refusal(seal({ to: { ...bob, seat: carol.seat } }).payload)).toBe('not_opened')
  })

  test('at somebody it was not sealed to, and at a key that has gone; a retired one opens it', () => {
    expect(refusal(payload, { to: carol })).toBe('unknown_key')
    const next = ownKey(room.roomId, carol.pair, carol.claimHash)
    const retired = replaceKey(partyOf(room, given.bob).keyring, next, 0)
    const take = () => openLetter(room, retired, bob.seat, alice.seat, payload, null, [])
    expect(codeOf(take)).toBe('nothing thrown')
    expect(codeOf(take)).toBe('replayed')
    expect(refusal(payload, { to: { ...bob, keyring: { current: next, retired: [] } } })).toBe('unknown_key')
  })

  test('under another claim of who writes or reads than the one it was sealed under', () => {
    const renewed = partyOf(room, { ...given.alice, seq: 1, nonce: toHex(random(24)) })
    const other = concat(bytes.subarray(0, 1), renewed.sealedClaim, bytes.subarray(AT.mlKem))
    expect(refusal(toBase64(other))).toBe('not_opened')
    const moved = partyOf(room, { ...given.bob, seq: 1 })
    const again = concat(bytes.subarray(0, AT.keyId), keyId(room.roomId, moved.claimHash), bytes.subarray(AT.ct))
    expect(refusal(toBase64(again), { to: moved })).toBe('not_opened')
  })

  test('from another member than the seat is known to hold', () => {
    expect(refusal(seal({ from: carol }).payload, { from: carol.seat, known: carol })).toBe('nothing thrown')
    expect(refusal(seal({ from: carol }).payload, { from: carol.seat, known: alice })).toBe('wrong_member')
  })

  test('when its parts are of two letters', () => {
    const other = fromBase64(seal({ seed: 9 }).payload)
    const [first, second] = [AT.ct, AT.commit]
    expect(refusal(toBase64(concat(bytes.subarray(0, first), other.subarray(first, second), bytes.subarray(second))))).toBe(
      'not_opened',
    )
    expect(refusal(toBase64(concat(bytes.subarray(0, second), other.subarray(second))))).toBe('not_opened')
    expect(refusal(toBase64(other))).toBe('nothing thrown')
  })

  test('the second time it comes, however it is addressed; one that was refused may still come', () => {
    const { keyring, seat } = partyOf(room, given.bob)
    const salted = seal({ pair: PAIR }).payload
    const take = (pairs: readonly Bytes[]) => () => openLetter(room, keyring, seat, alice.seat, salted, null, pairs)
    expect(codeOf(take([]))).toBe('not_opened')
    expect(keyring.current.taken.size).toBe(0)
    expect(codeOf(take([PAIR]))).toBe('nothing thrown')
    expect(codeOf(take([PAIR]))).toBe('replayed')
    expect(keyring.current.taken.size).toBe(1)
  })
})

describe('a pair secret', () => {
  const others = [random(32), random(32), random(32)]

  test('is found among those that the sender may have salted with, and named; none is named where none was used', () => {
    const { payload } = seal({ pair: PAIR })
    for (let at = 0; at <= others.length; at++) {
      const opened = open(payload, { pairs: others.toSpliced(at, 0, PAIR) })
      expect(opened.proved).toEqual(PAIR)
      expect(opened.content).toEqual(CONTENT)
    }
    expect(open(seal().payload, { pairs: [...others, PAIR] }).proved).toBeNull()
  })

  test('of zeros proves nothing: it is the same as none', () => {
    expect(open(seal({ pair: new Uint8Array(32) }).payload, { pairs: [new Uint8Array(32)] }).proved).toBeNull()
  })

  test('shows in nothing that can be seen: a letter is as long with it, and no field before the seal is another', () => {
    const [plain, salted] = [seal(), seal({ pair: PAIR })].map(({ payload }) => fromBase64(payload))
    if (plain === undefined || salted === undefined) throw new Error('nothing sealed')
    expect(salted).toHaveLength(plain.length)
    expect(salted.subarray(0, AT.commit)).toEqual(plain.subarray(0, AT.commit))
    expect(salted.subarray(AT.commit)).not.toEqual(plain.subarray(AT.commit))
  })

  test('starts another root and another pair secret at both ends', () => {
    const [plain, salted] = [seal(), seal({ pair: PAIR })]
    expect(toHex(salted.root)).not.toBe(toHex(plain.root))
    expect(toHex(salted.pair)).not.toBe(toHex(plain.pair))
    const { root, pair } = open(salted.payload, { pairs: [...others, PAIR] })
    expect([root, pair]).toEqual([salted.root, salted.pair])
  })
})

describe.each(vectors.proofs)('a known proof: $name', ({ given, made }) => {
  test('has these bytes and no others, in both readings', () => {
    expect(makeProof(given)).toEqual(made)
    const { roomId, pair, from, to } = given
    expect(toHex(readProof(fromHex(roomId), fromHex(pair), from, to))).toBe(made.proof)
  })
})

test('a proof holds for one room, one pair secret, one pair of seats and one way between them', () => {
  const { roomId } = room
  const proofs = [
    proofOf(roomId, PAIR, alice.seat, bob.seat),
    proofOf(roomId, PAIR, bob.seat, alice.seat),
    proofOf(roomId, PAIR, alice.seat, carol.seat),
    proofOf(roomId, PAIR, carol.seat, bob.seat),
    proofOf(roomId, flipped(PAIR, 0), alice.seat, bob.seat),
    proofOf(flipped(roomId, 0), PAIR, alice.seat, bob.seat),
  ]
  expect(new Set(proofs.map(toHex)).size).toBe(proofs.length)
  for (const proof of proofs) expect(proof).toHaveLength(PROOF_BYTES)
  expect(PROOF_BYTES).toBe(16)
})

/** Everything that a letter's signature covers, and what else there is to know of a letter. */
interface Crafted {
  roomId: Bytes
  from: string
  to: string
  fromClaim: Bytes
  toClaim: Bytes
  ct: Bytes
  content: Bytes
}

/**
 * A letter to bob under alice's claim that opens for him, made without lib/'s letters: alone the signature is what `sign` makes of what it
 * should cover. Whoever has the room key can make all of it but the signature.
 */
function crafted(sign: (covered: Crafted) => Bytes, content = canonicalBytes(CONTENT), flags = 0): string {
  const { roomId, psk } = room
  const { ct, secret } = encapsulate(bob.key, seeded(3)(64))
  const seats = [utf8(alice.seat), utf8(bob.seat)]
  const context = concat(roomId, ...seats, alice.claimHash, bob.claimHash, alice.key, bob.key, ct)
  const material = derive('letter', concat(psk, new Uint8Array(32)), secret, context, 152).slice(0, 88)
  const covered = { roomId, from: alice.seat, to: bob.seat, fromClaim: alice.claimHash, toClaim: bob.claimHash, ct, content }
  const id = keyId(roomId, bob.claimHash)
  const fixed = concat(Uint8Array.of(flags), alice.sealedClaim, alice.key.subarray(0, 1_184), id, ct)
  return toBase64(concat(fixed, sealOnce(material, concat(roomId, fixed), pad(concat(content, sign(covered))))))
}

function signedBytes({ roomId, from, to, fromClaim, toClaim, ct, content }: Crafted): Bytes {
  return concat(roomId, utf8(from), utf8(to), fromClaim, toClaim, sha256(ct), content)
}

describe("a letter's signature", () => {
  const signing = (change: Partial<Crafted>) =>
    refusal(crafted((covered) => alice.signer.sign('signLetter', signedBytes({ ...covered, ...change }))))

  test('holds for what it covers', () => {
    expect(signing({})).toBe('nothing thrown')
  })

  test.each<[string, Partial<Crafted>]>([
    ['room', { roomId: random(16) }],
    ['sender', { from: carol.seat }],
    ['receiver', { to: carol.seat }],
    ["sender's claim", { fromClaim: carol.claimHash }],
    ["receiver's claim", { toClaim: carol.claimHash }],
    ['ciphertext', { ct: random(1_120) }],
    ['content', { content: canonicalBytes({ ...CONTENT, kind: 'ack' }) }],
  ])('does not hold for another %s', (_, change) => {
    expect(signing(change)).toBe('bad_signature')
  })

  test("does not hold under another member's key, nor when it was made for something else than a letter", () => {
    const other = signer(seeded(7)(32))
    expect(refusal(crafted((covered) => other.sign('signLetter', signedBytes(covered))))).toBe('bad_signature')
    expect(refusal(crafted((covered) => alice.signer.sign('signEntry', signedBytes(covered))))).toBe('bad_signature')
  })

  test('stands behind canonical bytes of an object, or the letter is refused', () => {
    const signed = (content: Bytes) =>
      refusal(crafted((covered) => alice.signer.sign('signLetter', signedBytes(covered)), content))
    expect(signed(utf8('{"b":1,"a":2}'))).toBe('not_canonical')
    expect(signed(utf8('["a"]'))).toBe('bad_object')
    expect(signed(new Uint8Array(0))).toBe('bad_object')
  })

  test('keeps its reader from handing the letter on as if it had been sealed to somebody else', () => {
    // carol reads what alice wrote to her, with this signature, and seals both to bob under alice's claim and key.
    const ct = fromBase64(seal({ to: carol }).payload).subarray(AT.ct, AT.commit)
    const readByCarol = (covered: Crafted) =>
      alice.signer.sign('signLetter', signedBytes({ ...covered, to: carol.seat, toClaim: carol.claimHash, ct }))
    expect(refusal(crafted(readByCarol))).toBe('bad_signature')
  })
})

test('a letter with flags, which this version does not know, is refused, although everything else holds', () => {
  const sign = (covered: Crafted) => alice.signer.sign('signLetter', signedBytes(covered))
  expect(refusal(crafted(sign, canonicalBytes(CONTENT), 0))).toBe('nothing thrown')
  expect(refusal(crafted(sign, canonicalBytes(CONTENT), 1))).toBe('not_opened')
})

describe('secrets', () => {
  test('the randomness that seals a letter is wiped; the pair secret is left to who keeps it', () => {
    const [drawn, pair] = [seeded(2)(64), PAIR.slice()]
    sealLetter(room, senderOf(alice), bob, CONTENT, pair, (size) => {
      expect(size).toBe(64)
      return drawn
    })
    expect(toHex(drawn)).toBe('00'.repeat(64))
    expect<Bytes>(pair).toEqual(PAIR)
    expect(open(seal({ pair }).payload, { pairs: [PAIR.slice(), pair] }).proved).toEqual(PAIR)
    expect<Bytes>(pair).toEqual(PAIR)
  })

  test('that letters start are different for each letter, and none is in it', () => {
    const letters = [seal(), seal({ seed: 3 }), seal({ pair: PAIR }), seal({ from: bob, to: alice })]
    const secrets = letters.flatMap(({ root, pair }) => [toHex(root), toHex(pair)])
    expect(new Set(secrets).size).toBe(8)
    for (const { payload } of letters) for (const secret of secrets) expect(toHex(fromBase64(payload))).not.toContain(secret)
  })
})

test('a letter to a key that nobody should use is not written', () => {
  const key = bob.key.slice()
  key.fill(0, 1_184)
  expect(codeOf(() => seal({ to: { ...bob, key } }))).toBe('bad_key')
})
