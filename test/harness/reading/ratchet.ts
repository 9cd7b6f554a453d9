/**
 * The second reading of epochs, chains and envelopes (docs/protocol.md, Epochs, Chain, Envelopes). Called by the tests of known answers,
 * and by those that craft an envelope from its parts.
 */
import {
  base64,
  derived,
  expanded,
  join,
  labelled,
  Layout,
  Misread,
  number32,
  type Octets,
  openLongLived,
  openSignature,
  openSingleUse,
  readNumber32,
  text,
  unpadded,
} from './base.ts'

/** CK0 ‖ HK ‖ FK = HKDF(salt = 0, ikm = seed, info = "epoch" ‖ roomId ‖ seat ‖ epoch). */
export function readEpoch(roomId: Octets, seat: string, epoch: number, seed: Octets) {
  const out = derived('epoch', new Uint8Array(32), seed, 96, roomId, text(seat), number32(epoch))
  return { chainKey: out.take(32), headerKey: out.take(32), fileKey: out.take(32) }
}

/** What a step's claim commits to: SHA-256("seed" ‖ roomId ‖ seat ‖ epoch ‖ seed). */
export function commitmentOf(roomId: Octets, seat: string, epoch: number, seed: Octets): Octets {
  return labelled('seed', roomId, text(seat), number32(epoch), seed)
}

/** CK' ‖ MK = HKDF-Expand(CK, "chain" ‖ roomId ‖ counter). */
export function readLink(roomId: Octets, chainKey: Octets, counter: number): { chainKey: Octets; messageKey: Octets } {
  const out = expanded('chain', chainKey, 64, roomId, number32(counter))
  return { chainKey: out.take(32), messageKey: out.take(32) }
}

const TYPES = ['entry', 'chunk']

/** meta = nonce ‖ seal(HK, epoch ‖ counter ‖ type), bound to room and seat. */
export function readHeader(roomId: Octets, seat: string, headerKey: Octets, meta: string) {
  const header = new Layout(openLongLived(headerKey, join(roomId, text(seat)), base64(meta)))
  const [epoch, counter, type] = [readNumber32(header.take(4)), readNumber32(header.take(4)), header.take(1)[0]]
  header.end()
  const name = TYPES[type ?? TYPES.length]
  if (name === undefined) throw new Misread('another type')
  return { epoch, counter, type: name }
}

/** A message key's parts: 88 bytes for the body, then 56 for the signature. */
export function readMessageKey(roomId: Octets, messageKey: Octets): { body: Octets; signature: Octets } {
  const out = expanded('message', messageKey, 88 + 56, roomId)
  return { body: out.take(88), signature: out.take(56) }
}

/** payload = commit ‖ seal(body key, pad(content)), bound to room, seat and header; sig = seal(signature key, signature). */
export function readMessage(
  roomId: Octets,
  seat: string,
  messageKey: Octets,
  fields: { readonly meta: string; readonly payload: string; readonly sig: string },
): { content: Octets; signature: Octets } {
  const keys = readMessageKey(roomId, messageKey)
  const bound = join(roomId, text(seat), base64(fields.meta))
  const content = unpadded(openSingleUse(keys.body, bound, base64(fields.payload)))
  return { content, signature: openSignature(keys.signature, base64(fields.sig)) }
}
