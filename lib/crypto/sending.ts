/**
 * A seat's sending state: one epoch at a time, one key a message (docs/protocol.md, The ratchet). Called by lib/client, which
 * decides when to step. A sending state is consumed: each seal wipes the key it used, a new epoch wipes the old one.
 */
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import { advance, type Chain } from './chain.ts'
import { epochSecrets } from './epoch.ts'
import { type Envelope, sealHeader, sealMessage } from './message.ts'
import { NONCE_BYTES, type Random } from './primitives.ts'

export interface Sending {
  readonly seat: string
  readonly epoch: number
  readonly chain: Chain
  readonly headerKey: Bytes
  readonly fileKey: Bytes
}

/** Starts an epoch from its 32-byte seed, which the caller wipes when every receiver has its wrap. */
export function startEpoch(roomId: Bytes, seat: string, epoch: number, seed: Bytes): Sending {
  return { seat, epoch, ...epochSecrets(roomId, seat, epoch, seed) }
}

/** Seals content with its signature as this epoch's next message. Takes 24 random bytes. */
export function sealNext(roomId: Bytes, sending: Sending, content: Bytes, signature: Bytes, random: Random): Envelope {
  const { counter, key } = advance(roomId, sending.chain)
  const nonce = random(NONCE_BYTES)
  const header = sealHeader(roomId, sending.seat, sending.headerKey, { epoch: sending.epoch, counter, type: 'entry' }, nonce)
  return sealMessage(roomId, sending.seat, header, key, content, signature)
}

export function wipeSending(sending: Sending): void {
  wipe(sending.chain.key, sending.headerKey, sending.fileKey)
}
