/** A seat's sending: known envelopes, made and opened in turn, and what is gone afterwards (docs/protocol.md, The ratchet). */
import { describe, expect, test } from 'bun:test'
import { epochSecrets } from '#lib/crypto/epoch.ts'
import { type Envelope, envelopeOf } from '#lib/crypto/message.ts'
import { openEnvelope, receivingFrom } from '#lib/crypto/receiving.ts'
import { sealNext, startEpoch, wipeSending } from '#lib/crypto/sending.ts'
import { type Bytes, fromHex, fromUtf8, toHex, utf8 } from '#lib/wire/bytes.ts'
import { fromText } from '../harness/reading/base.ts'
import { readEpoch, readHeader, readLink, readMessage } from '../harness/reading/ratchet.ts'
import { seeded } from '../harness/random.ts'
import { makeEnvelopes } from '../harness/writing/ratchet.ts'
import vectors from '../vectors/epoch.json'

const SEAT = 'A'.repeat(24)
const ROOM = seeded(1)(16)

describe.each(vectors.envelopes)('known envelopes: $name', ({ given, made }) => {
  const { seat, epoch, messages } = given
  const [roomId, seed] = [fromHex(given.roomId), fromHex(given.seed)]
  const said = messages.map(({ content, signature }, counter) => ({ content, signature, counter }))

  test('are made of what is given', () => {
    expect(makeEnvelopes(given)).toEqual(made)
  })

  test('are read again', () => {
    const { headerKey, chainKey } = readEpoch(roomId, seat, epoch, seed)
    let chain = chainKey
    const read = made.map((fields, counter) => {
      const link = readLink(roomId, chain, counter)
      chain = link.chainKey
      expect(readHeader(roomId, seat, headerKey, fields.meta)).toEqual({ epoch, counter, type: 'entry' })
      const { content, signature } = readMessage(roomId, seat, link.messageKey, fields)
      return { content: fromText(content), signature: toHex(signature), counter }
    })
    expect(read).toEqual(said)
  })

  test('are opened by who was given the epoch', () => {
    const receiving = receivingFrom(seat, { epoch, ...epochSecrets(roomId, seat, epoch, seed) })
    const opened = made.map((fields) =>
      openEnvelope(roomId, receiving, envelopeOf(fields), 0, (content, signature, { counter }) => ({
        content: fromUtf8(content),
        signature: toHex(signature),
        counter,
      })),
    )
    expect(opened).toEqual(said)
  })
})

describe('sealing', () => {
  const start = () => startEpoch(ROOM, SEAT, 4, seeded(2)(32))
  const signature = seeded(3)(64)

  test('takes 24 random bytes and the next key of the chain, and wipes the chain key that it left', () => {
    const sending = start()
    const asked: number[] = []
    const random = seeded(4)
    for (const next of [0, 1, 2]) {
      const before = sending.chain.key
      expect(sending.chain.next).toBe(next)
      sealNext(ROOM, sending, utf8('x'), signature, (bytes) => {
        asked.push(bytes)
        return random(bytes)
      })
      expect(toHex(before)).toBe('00'.repeat(32))
    }
    expect(asked).toEqual([24, 24, 24])
  })

  test('the same entry twice leaves nothing on the wire that the two share', () => {
    const sending = start()
    const random = seeded(5)
    const pieces = ({ header, body, signature }: Envelope) =>
      [header, body, signature].flatMap((field) =>
        Array.from({ length: field.length - 7 }, (_, at) => toHex(field.subarray(at, at + 8))),
      )
    const first = new Set(pieces(sealNext(ROOM, sending, utf8('the same words'), signature, random)))
    const second = pieces(sealNext(ROOM, sending, utf8('the same words'), signature, random))
    expect(first.size).toBeGreaterThan(1_000)
    expect(second.filter((piece) => first.has(piece))).toEqual([])
  })

  test('leaves content and signature to who handed them in', () => {
    const [content, mine] = [utf8('mine'), signature.slice()]
    sealNext(ROOM, start(), content, mine, seeded(6))
    expect(fromUtf8(content)).toBe('mine')
    expect<Bytes>(mine).toEqual(signature)
  })

  test('is over when the epoch is wiped', () => {
    const sending = start()
    wipeSending(sending)
    for (const key of [sending.chain.key, sending.headerKey, sending.fileKey]) expect(toHex(key)).toBe('00'.repeat(32))
  })
})
