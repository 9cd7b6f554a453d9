/** What another's step does to what a member holds of its sending: how epochs begin, end and are forgotten (docs/protocol.md, Epochs, Steps). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { MAX_SKIP } from '#lib/crypto/chain.ts'
import type { Envelope } from '#lib/crypto/message.ts'
import { forgetLate, LATE_MS, newestEpoch, openFirst, receivingFrom } from '#lib/crypto/receiving.ts'
import { codeOf } from '../harness/codeof.ts'
import { flipped } from '../harness/flips.ts'
import { hear, hearFirst, isWiped, NOW, pair, refuse, ROOM, SEAT, secretsOf, Sender, startOf } from '../harness/sender.ts'

describe("a step's first message", () => {
  /** Epoch 0 with three messages, of which the second is on its way; then a step. */
  function stepped() {
    const { sender, receiving } = pair()
    const [first, late, third] = sender.sendMany(3)
    if (first === undefined || late === undefined || third === undefined) throw new Error('nothing sent')
    hear(receiving, first)
    const previous = sender.step()
    return { sender, receiving, late, third, previous, opening: sender.send() }
  }

  test('closes the epoch before where the step says it ended, whose late messages are still heard', () => {
    const { sender, receiving, late, third, previous, opening } = stepped()
    const chainKey = receiving.epochs[0]?.chain?.key
    expect(hearFirst(receiving, 1, previous, opening)).toBe('1.0')
    expect(newestEpoch(receiving)).toBe(1)
    expect(chainKey !== undefined && isWiped(chainKey)).toBe(true)
    expect([third, late, sender.send()].map((envelope) => hear(receiving, envelope))).toEqual(['0.2', '0.1', '1.1'])
    expect([third, late, opening].map((envelope) => hear(receiving, envelope))).toEqual(['replayed', 'replayed', 'replayed'])
  })

  test('leaves no way to say more in the epoch that is closed', () => {
    const { receiving, previous, opening } = stepped()
    hearFirst(receiving, 1, previous, opening)
    const beyond = new Sender().lose(previous).send()
    expect(hear(receiving, beyond)).toBe('replayed')
  })

  test('that says less was sent than arrived closes the epoch with nothing to wait for', () => {
    const { receiving, third, opening } = stepped()
    hear(receiving, third)
    expect(hearFirst(receiving, 1, 1, opening)).toBe('1.0')
    expect(receiving.skipped.map(({ epoch, counter }) => `${epoch}.${counter}`)).toEqual(['0.1'])
    expect(hear(receiving, new Sender().lose(3).send())).toBe('replayed')
  })

  test('is the message of counter 0, and no other', () => {
    const { sender, receiving, previous, opening } = stepped()
    const before = structuredClone(receiving)
    expect(hearFirst(receiving, 1, previous, sender.send())).toBe('wrong_epoch')
    expect(receiving).toEqual(before)
    expect(hearFirst(receiving, 1, previous, opening)).toBe('1.0')
  })

  test('that is refused, forged, of another epoch or too far ahead changes nothing, and its secrets are wiped', () => {
    const { receiving, previous, opening, third } = stepped()
    const before = structuredClone(receiving)
    const forged = { ...opening, body: flipped(opening.body, 9) }
    const refused: readonly (readonly [string, Envelope, number, () => string])[] = [
      ['bad_signature', opening, previous, refuse],
      ['not_opened', forged, previous, () => 'heard'],
      ['not_opened', third, previous, () => 'heard'],
      ['too_far_ahead', opening, 1 + MAX_SKIP + 1, () => 'heard'],
      ['too_far_ahead', opening, 0xffff_ffff, () => 'heard'],
    ]
    for (const [code, envelope, ended, read] of refused) {
      const start = startOf(1)
      const secrets = secretsOf(receivingFrom(SEAT, start))
      expect(codeOf(() => openFirst(ROOM, receiving, start, ended, envelope, NOW, read))).toBe(code)
      expect(receiving).toEqual(before)
      expect(secrets.every(isWiped)).toBe(true)
    }
    expect(hearFirst(receiving, 1, previous, opening)).toBe('1.0')
  })

  test('may end the epoch before as far ahead as a message may be: 2,000 keys', () => {
    const { receiving, opening } = stepped()
    expect(hearFirst(receiving, 1, 1 + MAX_SKIP, opening)).toBe('1.0')
    expect(receiving.skipped).toHaveLength(MAX_SKIP)
  })

  test('is heard when the epoch before was never heard of, by who was just given the newest', () => {
    const sender = new Sender()
    sender.step()
    const receiving = receivingFrom(SEAT, startOf(1))
    expect(hear(receiving, sender.send())).toBe('1.0')
    const previous = sender.step()
    expect(hearFirst(receiving, 2, previous, sender.send())).toBe('2.0')
  })

  test('closes an epoch that is forgotten after two minutes, while the newest stays', () => {
    const { sender, receiving, previous, opening } = stepped()
    const old = secretsOf(receiving)
    hearFirst(receiving, 1, previous, opening, NOW)
    forgetLate(receiving, NOW + LATE_MS - 1)
    expect(receiving.epochs).toHaveLength(2)
    forgetLate(receiving, NOW + LATE_MS)
    expect(receiving.epochs).toHaveLength(1)
    expect(old.every(isWiped)).toBe(true)
    forgetLate(receiving, NOW + 100 * LATE_MS)
    expect(hear(receiving, sender.send())).toBe('1.1')
  })
})

test('of a seat that steps without end 32 epochs are kept: the oldest goes, and is wiped', () => {
  const { sender, receiving } = pair()
  const oldest = secretsOf(receiving)
  const late = sender.send()
  for (let epoch = 1; epoch <= 31; epoch++) hearFirst(receiving, epoch, sender.step(), sender.send())
  expect(receiving.epochs).toHaveLength(32)
  expect(hear(receiving, late)).toBe('0.0')
  expect(hearFirst(receiving, 32, sender.step(), sender.send())).toBe('32.0')
  expect(receiving.epochs).toHaveLength(32)
  expect(oldest.every(isWiped)).toBe(true)
  expect(hear(receiving, sender.send())).toBe('32.1')
})

test('any order of the messages of several epochs is heard whole, each step being taken when it comes', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(counts, fc.infiniteStream(fc.nat()), (epochs, draws) => {
      const { sender, receiving } = pair()
      // Steps arrive in their order; what lies between them is held back and comes in any.
      const late: Envelope[] = []
      const heard: string[] = []
      for (const [epoch, count] of epochs.entries()) {
        const previous = epoch === 0 ? 0 : sender.step()
        if (epoch > 0) heard.push(hearFirst(receiving, epoch, previous, sender.send()))
        late.push(...sender.sendMany(count))
        while (late.length > 4) heard.push(...late.splice(draws.next().value % late.length, 1).map((one) => hear(receiving, one)))
      }
      while (late.length > 0) heard.push(...late.splice(draws.next().value % late.length, 1).map((one) => hear(receiving, one)))
      const said = epochs.flatMap((count, epoch) =>
        Array.from({ length: count + (epoch > 0 ? 1 : 0) }, (_, i) => `${epoch}.${i}`),
      )
      expect(heard.toSorted()).toEqual(said.toSorted())
    }),
    { seed: 2, numRuns: 60 },
  )
})
