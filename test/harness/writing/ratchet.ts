/** What lib/ makes of the values that vectors of epochs, chains and envelopes give. Called by test/vectors/make.ts and by the tests of each. */
import { advance } from '#lib/crypto/chain.ts'
import { epochSecrets, seedCommitment } from '#lib/crypto/epoch.ts'
import { envelopeFields, type Header, sealHeader } from '#lib/crypto/message.ts'
import { sealNext, startEpoch } from '#lib/crypto/sending.ts'
import type { SealedFields } from '#lib/wire/frames.ts'
import { fromHex, toBase64, toHex, utf8 } from '#lib/wire/bytes.ts'

export interface GivenEpoch {
  readonly roomId: string
  readonly seat: string
  readonly epoch: number
  readonly seed: string
}

export function makeEpoch({ roomId, seat, epoch, seed }: GivenEpoch) {
  const { chain, headerKey, fileKey } = epochSecrets(fromHex(roomId), seat, epoch, fromHex(seed))
  const commitment = seedCommitment(fromHex(roomId), seat, epoch, fromHex(seed))
  return {
    chainKey: toHex(chain.key),
    headerKey: toHex(headerKey),
    fileKey: toHex(fileKey),
    commitment: toHex(commitment),
  }
}

export interface GivenLink {
  readonly roomId: string
  readonly chainKey: string
  readonly counter: number
}

export function makeLink({ roomId, chainKey, counter }: GivenLink) {
  const chain = { key: fromHex(chainKey), next: counter }
  const { key } = advance(fromHex(roomId), chain)
  return { chainKey: toHex(chain.key), messageKey: toHex(key) }
}

export interface GivenHeader {
  readonly roomId: string
  readonly seat: string
  readonly headerKey: string
  readonly epoch: number
  readonly counter: number
  readonly type: string
  readonly nonce: string
}

export function makeHeader({ roomId, seat, headerKey, epoch, counter, type, nonce }: GivenHeader) {
  const header = { epoch, counter, type: typeOf(type) }
  return { meta: toBase64(sealHeader(fromHex(roomId), seat, fromHex(headerKey), header, fromHex(nonce))) }
}

function typeOf(type: string): Header['type'] {
  if (type === 'entry' || type === 'chunk') return type
  throw new Error(`no such type: ${type}`)
}

export interface GivenEnvelopes extends GivenEpoch {
  /** Contents are texts here; the layout takes any bytes. */
  readonly messages: readonly { readonly content: string; readonly signature: string; readonly nonce: string }[]
}

/** The first messages of an epoch, as frames hold them. */
export function makeEnvelopes({ roomId, seat, epoch, seed, messages }: GivenEnvelopes) {
  const sending = startEpoch(fromHex(roomId), seat, epoch, fromHex(seed))
  return messages.map(({ content, signature, nonce }): SealedFields => {
    const envelope = sealNext(fromHex(roomId), sending, utf8(content), fromHex(signature), () => fromHex(nonce))
    return envelopeFields(envelope)
  })
}
