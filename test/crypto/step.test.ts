/** A step's wrap for one receiver: known answers, and everything that it is bound to (docs/protocol.md, Steps). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type Claim, openClaim, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { seedCommitment } from '#lib/crypto/epoch.ts'
import { keyId, ownKey, replaceKey } from '#lib/crypto/keyring.ts'
import { type OpenedStep, openStep, wrapStep } from '#lib/crypto/step.ts'
import { type Bytes, concat, fromBase64, fromHex, toBase64, toHex } from '#lib/wire/bytes.ts'
import type { StepPayload } from '#lib/wire/frames.ts'
import { codeOf } from '../harness/codeof.ts'
import { everyBit, flipped, someBits } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import { readClaim, readRoom } from '../harness/reading/claim.ts'
import { readStep } from '../harness/reading/step.ts'
import { drawParty, drawRoom, type Party, partyOf, roomOf } from '../harness/writing/party.ts'
import { makeStep } from '../harness/writing/step.ts'
import vectors from '../vectors/step.json'

const random = seeded(1)
const room = roomOf(drawRoom(random))
const SEED = random(32)
const alice = partyOf(room, { ...drawParty(random, 'alice'), step: { epoch: 3, seed: toHex(SEED), heal: false } })
const [bob, carol] = [partyOf(room, drawParty(random, 'bob')), partyOf(room, drawParty(random, 'carol'))]
const ROOT = random(32)
const NO_ROOM_KEY = new Uint8Array(32)

/** alice's step as it is wrapped for bob; what is changed says how it differs. Wrapping wipes the root. */
function wrap(changed: { peer?: Party; root?: Bytes; epoch?: number; seed?: Bytes; from?: Party; keys?: typeof room } = {}) {
  const { peer = bob, root = ROOT, epoch = 3, seed = SEED, from = alice, keys = room } = changed
  const receiver = { seat: peer.seat, claimHash: peer.claimHash, key: peer.key, root: root.slice(), opened: 2 }
  return wrapStep(keys, { ...from, epoch }, receiver, seed, 25, NO_ROOM_KEY, seeded(2))
}

const { payload } = wrap()

/** Opens a step at bob. */
function open(
  changed: { payload?: Partial<StepPayload>; root?: Bytes; to?: Party; from?: Party; key?: Bytes; keys?: typeof room } = {},
) {
  const { root = ROOT, to = bob, from = alice, key = from.key, keys = room } = changed
  return openStep(keys, to.keyring, to.seat, from.opened, key, root, { ...payload, ...changed.payload })
}
const refusal = (changed: Parameters<typeof open>[0]) => codeOf(() => open(changed))

/** alice's claim with other values, signed by her. */
function claiming(changed: Partial<Claim>): Party {
  const { signed, hash } = signClaim(room.roomId, { ...alice.claim, ...changed }, alice.signer)
  const opened = openClaim(room, alice.seat, sealClaim(room, alice.seat, signed, seeded(3)(24)), null)
  return { ...alice, claim: opened.claim, claimHash: hash, opened }
}

const wiped = '00'.repeat(32)

describe.each(vectors.steps)('a known step: $name', ({ given, made }) => {
  const keys = roomOf(given.room)
  const [from, to] = [partyOf(keys, given.from), partyOf(keys, given.to)]
  const { epoch, seed } = given.from.step
  const held = { seed, previous: given.previous, opened: given.opened, root: made.root, pair: made.pair }
  const inHex = (step: Pick<OpenedStep, 'seed' | 'previous' | 'opened' | 'root' | 'pair'>) => ({
    seed: toHex(step.seed),
    previous: step.previous,
    opened: step.opened,
    root: toHex(step.root),
    pair: toHex(step.pair),
  })

  test('has these bytes and no others', () => {
    expect(makeStep(given)).toEqual(made)
  })

  test('is read again', () => {
    const read = readRoom(given.room)
    const claimHash = (party: Party) => readClaim(read, party.seat, toBase64(party.sealedClaim)).hash
    const stepper = { seat: from.seat, claimHash: claimHash(from), key: from.key, epoch }
    const receiver = { seat: to.seat, claimHash: claimHash(to), ratchetSeed: fromHex(given.to.ratchetSeed) }
    const step = readStep(read, fromHex(given.root), stepper, receiver, made.payload)
    expect(inHex(step)).toEqual(held)
    expect(toHex(step.roomKey)).toBe(given.roomKey)
  })

  test('opens to what was wrapped', () => {
    const step = openStep(keys, to.keyring, to.seat, from.opened, from.key, fromHex(given.root), made.payload)
    expect(inHex(step)).toEqual(held)
    expect(step.epoch).toBe(epoch)
  })
})

test('any step opens to what was wrapped, and both ends hold the same root and pair secret', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const u32 = fc.oneof(fc.nat(), fc.constantFrom(0, 0xffff_ffff))
  fc.assert(
    fc.property(
      bytes,
      bytes,
      u32,
      u32,
      fc.integer({ min: 1, max: 0xffff_ffff }),
      fc.nat(),
      (seed, root, previous, opened, epoch, n) => {
        const commitment = seedCommitment(room.roomId, alice.seat, epoch, seed)
        const from = claiming({ step: { epoch, commitment, heal: true } })
        const peer = { seat: bob.seat, claimHash: bob.claimHash, key: bob.key, root: root.slice(), opened }
        const made = wrapStep(room, { ...from, epoch }, peer, seed, previous, NO_ROOM_KEY, seeded(n))
        const step = openStep(room, bob.keyring, bob.seat, from.opened, from.key, root, made.payload)
        expect(step).toEqual({ epoch, seed, previous, opened, root: made.root, pair: made.pair })
      },
    ),
    { seed: 1, numRuns: 40 },
  )
})

describe('a step is refused', () => {
  test('but not when nothing is changed', () => {
    expect(toHex(open().seed)).toBe(toHex(SEED))
  })

  test('with any bit of its wrap turned', () => {
    const encSeed = fromBase64(payload.encSeed)
    for (const bit of someBits(encSeed, 300, 1)) {
      expect(refusal({ payload: { encSeed: toBase64(flipped(encSeed, bit)) } })).toBe('not_opened')
    }
  })

  test('with any bit of its ciphertext turned, that one too which X25519 ignores', () => {
    const kemCt = fromBase64(payload.kemCt)
    for (const bit of [...someBits(kemCt.subarray(8), 300, 2).map((bit) => bit + 64), kemCt.length * 8 - 1]) {
      expect(refusal({ payload: { kemCt: toBase64(flipped(kemCt, bit)) } })).toBe('not_opened')
    }
  })

  test('with any bit of its key id turned', () => {
    const kemCt = fromBase64(payload.kemCt)
    for (const bit of everyBit(kemCt.subarray(0, 8))) {
      expect(refusal({ payload: { kemCt: toBase64(flipped(kemCt, bit)) } })).toBe('unknown_key')
    }
  })

  test.each(['kemCt', 'encSeed'] as const)('with a %s of another length, or that is no base64', (field) => {
    const { [field]: text, [field === 'kemCt' ? 'encSeed' : 'kemCt']: other } = payload
    for (const wrong of ['', '*', text.slice(4), `${text}AAAA`, `*${text.slice(1)}`, other]) {
      expect(refusal({ payload: { [field]: wrong } })).toBe('not_opened')
    }
  })

  test('with a pn, which is always zero', () => {
    for (const pn of [1, -1, 25]) expect(refusal({ payload: { pn } })).toBe('bad_object')
  })

  test('under a claim that announces none', () => {
    expect(refusal({ from: claiming({ step: null }) })).toBe('bad_object')
  })

  test('under another root, as after another step or from who stole the signing key alone', () => {
    expect(refusal({ root: random(32) })).toBe('not_opened')
    expect(refusal({ root: wrap().root })).toBe('not_opened')
    expect(refusal({ payload: wrap({ root: new Uint8Array(32) }).payload })).toBe('not_opened')
  })

  test('without the room key, whoever knows the root and every public key', () => {
    expect(refusal({ payload: wrap({ keys: { ...room, psk: random(32) } }).payload })).toBe('not_opened')
    expect(refusal({ keys: { ...room, psk: random(32) } })).toBe('not_opened')
  })

  test('in another room', () => {
    const roomId = random(16)
    const elsewhere = { current: ownKey(roomId, bob.pair, bob.claimHash), retired: [] }
    const kemCt = toBase64(concat(keyId(roomId, bob.claimHash), fromBase64(payload.kemCt).subarray(8)))
    const open = () => openStep({ ...room, roomId }, elsewhere, bob.seat, alice.opened, alice.key, ROOT, { ...payload, kemCt })
    expect(codeOf(open)).toBe('not_opened')
  })

  test("when it was wrapped for another, also with this one's key id put before it", () => {
    const forCarol = wrap({ peer: carol }).payload
    expect(refusal({ payload: forCarol })).toBe('unknown_key')
    const kemCt = toBase64(concat(keyId(room.roomId, bob.claimHash), fromBase64(forCarol.kemCt).subarray(8)))
    expect(refusal({ payload: { ...forCarol, kemCt } })).toBe('not_opened')
    expect(codeOf(() => open({ payload: forCarol, to: carol }))).toBe('nothing thrown')
  })

  test('when its two parts are of two steps', () => {
    const other = wrapStep(
      room,
      { ...alice, epoch: 3 },
      { ...bob, root: ROOT.slice(), opened: 2 },
      SEED,
      25,
      NO_ROOM_KEY,
      seeded(9),
    )
    expect(refusal({ payload: { kemCt: other.payload.kemCt } })).toBe('not_opened')
    expect(refusal({ payload: { encSeed: other.payload.encSeed } })).toBe('not_opened')
    expect(refusal({ payload: other.payload })).toBe('nothing thrown')
  })

  test('at another seat of the same keys, and from another seat', () => {
    expect(refusal({ to: { ...bob, seat: carol.seat } })).toBe('not_opened')
    expect(refusal({ payload: wrap({ from: { ...alice, seat: carol.seat } }).payload })).toBe('not_opened')
  })

  test('under another claim of who steps, or another new key than the one it was made with', () => {
    expect(refusal({ from: claiming({ seq: 1 }) })).toBe('not_opened')
    expect(refusal({ key: carol.key })).toBe('not_opened')
  })

  test('into another epoch than the claim announces', () => {
    expect(refusal({ payload: wrap({ epoch: 4 }).payload })).toBe('not_opened')
  })

  test('when its seed is not the one that the claim commits to', () => {
    expect(refusal({ payload: wrap({ seed: random(32) }).payload })).toBe('wrong_commitment')
    const commitment = seedCommitment(room.roomId, alice.seat, 4, SEED)
    const from = claiming({ step: { epoch: 3, commitment, heal: false } })
    expect(refusal({ from, payload: wrap({ from }).payload })).toBe('wrong_commitment')
  })

  test('to a key that has gone; to one that has retired it opens', () => {
    const next = ownKey(room.roomId, carol.pair, carol.claimHash)
    const retired = { ...bob, keyring: replaceKey(bob.keyring, next, 0) }
    expect(toHex(open({ to: retired }).seed)).toBe(toHex(SEED))
    expect(refusal({ to: { ...bob, keyring: { current: next, retired: [] } } })).toBe('unknown_key')
  })
})

describe('secrets', () => {
  test('that wrapping uses are wiped: the root and the randomness; the seed is left for the next receiver', () => {
    const [root, seed, drawn] = [ROOT.slice(), SEED.slice(), seeded(2)(64)]
    const roomKey = random(32)
    const before = toHex(roomKey)
    wrapStep(room, { ...alice, epoch: 3 }, { ...bob, root, opened: 2 }, seed, 25, roomKey, (bytes) => {
      expect(bytes).toBe(64)
      return drawn
    })
    expect([toHex(root), toHex(drawn)]).toEqual([wiped, wiped + wiped])
    expect([toHex(seed), toHex(roomKey)]).toEqual([toHex(SEED), before])
  })

  test('that opening uses stay until the whole step holds, taken or refused', () => {
    const root = ROOT.slice()
    open({ root })
    expect(refusal({ root, payload: wrap({ seed: random(32) }).payload })).toBe('wrong_commitment')
    expect<Bytes>(root).toEqual(ROOT)
  })

  test('of two steps to one peer, and of one step to two, are all different', () => {
    const first = wrap()
    const then = wrap({ root: first.root })
    const toCarol = wrap({ peer: carol })
    const all = [first, then, toCarol].flatMap(({ root, pair }) => [toHex(root), toHex(pair)])
    expect(new Set([toHex(ROOT), ...all]).size).toBe(7)
  })
})
