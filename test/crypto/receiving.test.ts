/**
 * What a member holds of another's sending: late and lost messages, replays, forgeries, and what is wiped when (docs/protocol.md, Chain,
 * Envelopes). What steps do to it is in receivingsteps.test.ts.
 */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { advance, MAX_SKIP } from '#lib/crypto/chain.ts'
import { type Header, sealHeader, sealMessage } from '#lib/crypto/message.ts'
import {
  type EpochStart,
  forgetLate,
  LATE_MS,
  newestEpoch,
  nextCounter,
  openEnvelope,
  receivingFrom,
  resume,
  wipeReceiving,
} from '#lib/crypto/receiving.ts'
import { sealNext, startEpoch } from '#lib/crypto/sending.ts'
import { type Bytes, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { everyBit, flipped, someBits } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import {
  hear,
  hearFirst,
  isWiped,
  NOW,
  pair,
  refuse,
  ROOM,
  SEAT,
  secretsOf,
  Sender,
  SIGNATURE,
  startOf,
} from '../harness/sender.ts'

describe('messages that arrive', () => {
  test('in any order are each heard once, and never again', () => {
    const orders = fc.integer({ min: 1, max: 30 }).chain((count) =>
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, i) => i),
        { minLength: 1, maxLength: count },
      ),
    )
    fc.assert(
      fc.property(orders, (order) => {
        const { sender, receiving } = pair()
        const envelopes = sender.sendMany(30)
        const sent = order.flatMap((counter) => envelopes.slice(counter, counter + 1))
        expect(sent.map((envelope) => hear(receiving, envelope))).toEqual(order.map((counter) => `0.${counter}`))
        expect(sent.map((envelope) => hear(receiving, envelope))).toEqual(order.map(() => 'replayed'))
        const furthest = Math.max(...order)
        expect(nextCounter(receiving)).toBe(furthest + 1)
        expect(receiving.skipped).toHaveLength(furthest + 1 - order.length)
      }),
      { seed: 1, numRuns: 40 },
    )
  })

  test('from before the chain was given are refused: a chain does not lead back', () => {
    const sender = new Sender()
    const earlier = sender.send()
    const start = startOf(0)
    advance(ROOM, start.chain)
    const receiving = receivingFrom(SEAT, start)
    expect(hear(receiving, earlier)).toBe('replayed')
    expect(hear(receiving, sender.send())).toBe('0.1')
  })

  test('of another epoch, room or seat do not open', () => {
    const { sender, receiving } = pair()
    const other = startEpoch(ROOM, SEAT, 0, seeded(9)(32))
    expect(hear(receiving, sealNext(ROOM, other, utf8('x'), SIGNATURE, seeded(9)))).toBe('not_opened')
    const envelope = sender.send()
    expect(codeOf(() => openEnvelope(seeded(9)(16), receiving, envelope, NOW, () => 0))).toBe('not_opened')
    const elsewhere = receivingFrom('B'.repeat(24), startOf(0))
    expect(hear(elsewhere, envelope)).toBe('not_opened')
    expect(hear(receiving, envelope)).toBe('0.0')
  })

  test('whose header names another epoch than its key belongs to do not open', () => {
    const { receiving } = pair()
    const { headerKey, chain } = startOf(0)
    const header = sealHeader(ROOM, SEAT, headerKey, { epoch: 1, counter: 0, type: 'entry' }, seeded(4)(24))
    const envelope = sealMessage(ROOM, SEAT, header, advance(ROOM, chain).key, utf8('x'), SIGNATURE)
    expect(hear(receiving, envelope)).toBe('not_opened')
  })
})

test('a chunk, which takes no key of the chain, is refused where a message is awaited, and takes none', () => {
  const { sender, receiving } = pair()
  const { headerKey, chain } = startOf(0)
  const before = structuredClone(receiving)
  const header = sealHeader(ROOM, SEAT, headerKey, { epoch: 0, counter: 0, type: 'chunk' }, seeded(4)(24))
  expect(hear(receiving, sealMessage(ROOM, SEAT, header, advance(ROOM, chain).key, utf8('x'), SIGNATURE))).toBe('bad_object')
  expect(receiving).toEqual(before)
  expect(hear(receiving, sender.send())).toBe('0.0')
})

describe('messages that are skipped', () => {
  test('may be 1,999 at once and not one more', () => {
    const { sender, receiving } = pair()
    const far = sender.lose(MAX_SKIP - 1).send()
    expect(hear(receiving, far)).toBe('0.1999')
    expect(receiving.skipped).toHaveLength(MAX_SKIP - 1)
    const tooFar = sender.lose(MAX_SKIP).send()
    expect(hear(receiving, tooFar)).toBe('too_far_ahead')
    expect(nextCounter(receiving)).toBe(MAX_SKIP)
  })

  test('are held up to 2,000 of a sender: the oldest goes, and is wiped', () => {
    const { sender, receiving } = pair()
    const [first, second, third] = sender.sendMany(3)
    if (first === undefined || second === undefined || third === undefined) throw new Error('nothing sent')
    hear(receiving, sender.lose(MAX_SKIP - 4).send())
    expect(receiving.skipped).toHaveLength(MAX_SKIP - 1)
    const oldest = receiving.skipped.slice(0, 2).map(({ key }) => key)
    hear(receiving, sender.lose(3).send())
    expect(receiving.skipped).toHaveLength(MAX_SKIP)
    expect(oldest.every(isWiped)).toBe(true)
    expect([first, second, third].map((envelope) => hear(receiving, envelope))).toEqual(['replayed', 'replayed', '0.2'])
  })

  test('are waited for two minutes and then forgotten, keys and all', () => {
    const { sender, receiving } = pair()
    const [lost, late] = sender.sendMany(2)
    if (lost === undefined || late === undefined) throw new Error('nothing sent')
    hear(receiving, sender.send(), NOW)
    forgetLate(receiving, NOW + LATE_MS - 1)
    expect(hear(receiving, late, NOW + LATE_MS - 1)).toBe('0.1')
    const keys = receiving.skipped.map(({ key }) => key)
    expect(keys.some(isWiped)).toBe(false)
    forgetLate(receiving, NOW + LATE_MS)
    expect(keys.every(isWiped)).toBe(true)
    expect(hear(receiving, lost, NOW + LATE_MS)).toBe('replayed')
    expect(LATE_MS).toBe(120_000)
  })

  test('and come late leave no key behind', () => {
    const { sender, receiving } = pair()
    const late = sender.send()
    hear(receiving, sender.send())
    const [key] = receiving.skipped
    hear(receiving, late)
    expect(receiving.skipped).toEqual([])
    expect(key !== undefined && isWiped(key.key)).toBe(true)
  })
})

describe('until the reader has verified a message, nothing moves', () => {
  /** The next message, a late one, and who waits for both. */
  function waiting() {
    const { sender, receiving } = pair()
    const late = sender.send()
    hear(receiving, sender.send())
    return { receiving, late, next: sender.lose(3).send() }
  }

  test.each(['late', 'next'] as const)('when it refuses a message that is %s', (which) => {
    const { receiving, [which]: envelope } = waiting()
    const before = structuredClone(receiving)
    expect(codeOf(() => openEnvelope(ROOM, receiving, envelope, NOW, refuse))).toBe('bad_signature')
    expect(receiving).toEqual(before)
    expect(hear(receiving, envelope)).toBe(which === 'late' ? '0.0' : '0.5')
  })

  test.each(['late', 'next'] as const)('when a bit of a message that is %s was turned on the way', (which) => {
    const { receiving, [which]: envelope } = waiting()
    const before = structuredClone(receiving)
    const { header, body, signature } = envelope
    const forged = [
      ...everyBit(header).map((bit) => ({ header: flipped(header, bit), body, signature })),
      ...someBits(body, 400, 1).map((bit) => ({ header, body: flipped(body, bit), signature })),
      ...everyBit(signature).map((bit) => ({ header, body, signature: flipped(signature, bit) })),
    ]
    for (const one of forged) expect(hear(receiving, one)).toBe('not_opened')
    expect(receiving).toEqual(before)
    expect(hear(receiving, envelope)).toBe(which === 'late' ? '0.0' : '0.5')
  })

  test('when another member, which knows the chain, says something at its counters', () => {
    const { sender, receiving } = pair()
    const known = startOf(0)
    const before = structuredClone(receiving)
    for (const counter of [0, 1, 2, 3, 4]) {
      const header = sealHeader(ROOM, SEAT, known.headerKey, { epoch: 0, counter, type: 'entry' }, seeded(5)(24))
      const forged = sealMessage(ROOM, SEAT, header, advance(ROOM, known.chain).key, utf8('burned'), SIGNATURE)
      // It opens: all that stands against it is the author's signature, which `read` checks.
      expect(codeOf(() => openEnvelope(ROOM, receiving, forged, NOW, refuse))).toBe('bad_signature')
    }
    expect(receiving).toEqual(before)
    expect(sender.sendMany(5).map((envelope) => hear(receiving, envelope))).toEqual(['0.0', '0.1', '0.2', '0.3', '0.4'])
  })

  test('and what it was given to read is wiped in the end, taken or refused', () => {
    const { sender, receiving } = pair()
    const seen: Bytes[] = []
    const look = (content: Bytes, signature: Bytes, header: Header) => {
      seen.push(content, signature)
      expect(fromUtf8(content)).toBe('0.0')
      expect(signature).toEqual(SIGNATURE)
      expect(header).toEqual({ epoch: 0, counter: 0, type: 'entry' })
    }
    const envelope = sender.send()
    const lookAndRefuse = (content: Bytes, signature: Bytes, header: Header) => {
      look(content, signature, header)
      refuse()
    }
    expect(codeOf(() => openEnvelope(ROOM, receiving, envelope, NOW, lookAndRefuse))).toBe('bad_signature')
    openEnvelope(ROOM, receiving, envelope, NOW, look)
    expect(seen).toHaveLength(4)
    expect(seen.every(isWiped)).toBe(true)
  })

  test('and the chain key it left is wiped', () => {
    const { sender, receiving } = pair()
    const key = receiving.epochs[0]?.chain?.key
    hear(receiving, sender.send())
    expect(key !== undefined && isWiped(key)).toBe(true)
  })
})

describe('a state that was handed over anew', () => {
  /** An epoch where its chain stands after so many messages. */
  function standing(epoch: number, next: number): EpochStart {
    const start = startOf(epoch)
    for (let i = 0; i < next; i++) advance(ROOM, start.chain)
    return start
  }

  test('of the same epoch changes nothing: what was on its way, and what comes, opens by the chain held', () => {
    const { sender, receiving } = pair()
    const [late, second] = sender.sendMany(2)
    if (late === undefined || second === undefined) throw new Error('nothing sent')
    hear(receiving, second)
    const third = sender.send()
    const before = structuredClone(receiving)
    const start = standing(0, 3)
    const given = secretsOf(receivingFrom(SEAT, start))
    resume(receiving, start, NOW)
    expect(receiving).toEqual(before)
    expect(given.every(isWiped)).toBe(true)
    expect([late, third, sender.send(), late].map((envelope) => hear(receiving, envelope))).toEqual([
      '0.0',
      '0.2',
      '0.3',
      'replayed',
    ])
  })

  test('of the same epoch never leads back, whatever counter it names', () => {
    const { sender, receiving } = pair()
    const [first] = sender.sendMany(3).map((envelope) => (hear(receiving, envelope), envelope))
    if (first === undefined) throw new Error('nothing sent')
    resume(receiving, standing(0, 0), NOW)
    expect(nextCounter(receiving)).toBe(3)
    expect(hear(receiving, first)).toBe('replayed')
    expect(hear(receiving, sender.send())).toBe('0.3')
  })

  test.each([
    [MAX_SKIP - 1, 0],
    [MAX_SKIP, MAX_SKIP],
  ])('that is %p messages ahead leaves the chain at %p: from too far off it is taken', (ahead, next) => {
    const { sender, receiving } = pair()
    const late = sender.send()
    const held = receiving.epochs[0]?.chain?.key
    const start = standing(0, ahead)
    const keys = [start.headerKey, start.fileKey]
    resume(receiving, start, NOW)
    expect(nextCounter(receiving)).toBe(next)
    expect(receiving.epochs).toHaveLength(1)
    expect(keys.every(isWiped)).toBe(true)
    expect(held !== undefined && isWiped(held)).toBe(next !== 0)
    expect(hear(receiving, sender.lose(ahead - 1).send())).toBe(`0.${ahead}`)
    expect(hear(receiving, late)).toBe(next === 0 ? '0.0' : 'replayed')
  })

  test('of a later epoch, whose step was lost, opens what comes; the epoch before goes on opening for two minutes', () => {
    const { sender, receiving } = pair()
    const [first, late] = sender.sendMany(2)
    if (first === undefined || late === undefined) throw new Error('nothing sent')
    hear(receiving, first)
    sender.step()
    const lost = sender.send()
    resume(receiving, standing(1, 1), NOW)
    expect([newestEpoch(receiving), nextCounter(receiving)]).toEqual([1, 1])
    expect([lost, late, sender.send()].map((envelope) => hear(receiving, envelope))).toEqual(['replayed', '0.1', '1.1'])
    forgetLate(receiving, NOW + LATE_MS - 1)
    expect(receiving.epochs).toHaveLength(2)
    const old = secretsOf({ ...receiving, epochs: receiving.epochs.slice(1) })
    forgetLate(receiving, NOW + LATE_MS)
    expect(receiving.epochs).toHaveLength(1)
    expect(old.every(isWiped)).toBe(true)
    expect(hear(receiving, late)).toBe('not_opened')
    expect(hear(receiving, sender.send())).toBe('1.2')
  })

  test('is followed by steps as any other', () => {
    const { sender, receiving } = pair()
    sender.step()
    resume(receiving, standing(1, 0), NOW)
    const [late] = sender.sendMany(2)
    if (late === undefined) throw new Error('nothing sent')
    expect(hearFirst(receiving, 2, sender.step(), sender.send())).toBe('2.0')
    expect(hear(receiving, late)).toBe('1.0')
    expect(receiving.epochs.map(({ epoch }) => epoch)).toEqual([2, 1, 0])
  })

  test('again and again keeps no more than 32 epochs: the oldest goes, its chain too', () => {
    const { receiving } = pair()
    const oldest = secretsOf(receiving)
    expect(oldest).toHaveLength(3)
    for (let epoch = 1; epoch <= 31; epoch++) resume(receiving, startOf(epoch), NOW)
    expect(oldest.some(isWiped)).toBe(false)
    resume(receiving, startOf(32), NOW)
    expect(receiving.epochs).toHaveLength(32)
    expect(oldest.every(isWiped)).toBe(true)
  })
})

test('wiping leaves no secret and nothing that opens', () => {
  const { sender, receiving } = pair()
  const late = sender.send()
  hear(receiving, sender.send())
  hearFirst(receiving, 1, sender.step(), sender.send())
  const secrets = secretsOf(receiving)
  expect(secrets).toHaveLength(2 + 3 + 1)
  wipeReceiving(receiving)
  expect(secrets.every(isWiped)).toBe(true)
  expect([late, sender.send()].map((envelope) => hear(receiving, envelope))).toEqual(['not_opened', 'not_opened'])
})
