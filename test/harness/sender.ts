/**
 * Somebody who sends and somebody who receives, without a room around them: for the tests of what a member holds of another's sending.
 * Everything is of one room and one seat; epochs and their seeds are fixed.
 */
import { advance } from '#lib/crypto/chain.ts'
import { epochSecrets } from '#lib/crypto/epoch.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import type { Envelope } from '#lib/crypto/message.ts'
import { type EpochStart, openEnvelope, openFirst, type Receiving, receivingFrom } from '#lib/crypto/receiving.ts'
import { type Sending, sealNext, startEpoch, wipeSending } from '#lib/crypto/sending.ts'
import { type Bytes, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from './codeof.ts'
import { seeded } from './random.ts'

export const SEAT = 'A'.repeat(24)
export const ROOM = seeded(1)(16)
export const SIGNATURE = seeded(2)(64)
export const NOW = 1_000_000

const seedOf = (epoch: number) => seeded(100 + epoch)(32)

/** An epoch as a step hands it over. */
export function startOf(epoch: number): EpochStart {
  return { epoch, ...epochSecrets(ROOM, SEAT, epoch, seedOf(epoch)) }
}

/** Somebody who sends under epochs 0, 1, 2…, each message saying which one it is: `0.0`, `0.1`… */
export class Sender {
  readonly #random = seeded(3)
  #sending: Sending = startEpoch(ROOM, SEAT, 0, seedOf(0))

  send(): Envelope {
    const { epoch, chain } = this.#sending
    return sealNext(ROOM, this.#sending, utf8(`${epoch}.${chain.next}`), SIGNATURE, this.#random)
  }

  sendMany(count: number): Envelope[] {
    return Array.from({ length: count }, () => this.send())
  }

  /** Passes over so many messages without sealing them: they are lost. */
  lose(count: number): this {
    for (let i = 0; i < count; i++) advance(ROOM, this.#sending.chain)
    return this
  }

  /** Starts the next epoch; returns how many messages the one before held. */
  step(): number {
    const { epoch, chain } = this.#sending
    wipeSending(this.#sending)
    this.#sending = startEpoch(ROOM, SEAT, epoch + 1, seedOf(epoch + 1))
    return chain.next
  }
}

/** A sender in epoch 0, and somebody who was given that epoch from its start. */
export function pair(): { readonly sender: Sender; readonly receiving: Receiving } {
  return { sender: new Sender(), receiving: receivingFrom(SEAT, startOf(0)) }
}

/** What an envelope says, or the code by which it is refused. */
export function hear(receiving: Receiving, envelope: Envelope, now = NOW): string {
  return heardOr(() => openEnvelope(ROOM, receiving, envelope, now, (content) => fromUtf8(content)))
}

export function hearFirst(receiving: Receiving, epoch: number, previous: number, envelope: Envelope, now = NOW): string {
  return heardOr(() => openFirst(ROOM, receiving, startOf(epoch), previous, envelope, now, (content) => fromUtf8(content)))
}

function heardOr(open: () => string): string {
  let heard = ''
  const code = codeOf(() => {
    heard = open()
  })
  return code === 'nothing thrown' ? heard : code
}

/** Reads as a signature that does not verify: whatever was opened is refused in the end. */
export function refuse(): never {
  throw new CryptoError('bad_signature', 'signature does not verify')
}

/** Every secret that is held, as references: to see them wiped. */
export function secretsOf({ epochs, skipped }: Receiving): Bytes[] {
  const ofEpochs = epochs.flatMap(({ chain, headerKey, fileKey }) => [headerKey, fileKey, ...(chain === null ? [] : [chain.key])])
  return [...ofEpochs, ...skipped.map(({ key }) => key)]
}

export function isWiped(key: Bytes): boolean {
  return key.every((byte) => byte === 0)
}
