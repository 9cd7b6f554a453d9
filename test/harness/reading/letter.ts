/** The second reading of letters and of what they say (docs/protocol.md, Letters). Called by the tests of known answers. */
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js'
import {
  base64,
  checkSignature,
  derived,
  expanded,
  type Fields,
  fromText,
  haveFields,
  hexOf,
  join,
  labelled,
  Layout,
  Misread,
  type Octets,
  openSingleUse,
  readObject,
  sha256,
  text,
  toHex,
  unpadded,
} from './base.ts'
import { keyIdOf, ratchetKeyOf, readClaim, type ReadRoom } from './claim.ts'
import { readHead } from './entry.ts'
import type { Receiver } from './step.ts'

/**
 * Opens flags 1 ‖ sealed claim 1576 ‖ ML-KEM key 1184 ‖ key id 8 ‖ ct 1120 ‖ commit 32 ‖ seal(K, pad(JCS ‖ signature)), where
 * K 88 ‖ RK 32 ‖ pair 32 = HKDF(salt = psk ‖ (pair secret or 0³²), ikm = ss, info = "letter" ‖ roomId ‖ both seats ‖ both claim hashes ‖
 * both keys ‖ ct). Everything before the commit is bound to the seal, after the room.
 */
export function readLetter(room: ReadRoom, from: string, to: Receiver, pairSecret: Octets | null, payload: string) {
  const { roomId } = room
  const letter = new Layout(base64(payload))
  const [flags, sealedClaim, mlKem] = [letter.take(1), letter.take(1_576), letter.take(1_184)]
  const [keyId, ct] = [letter.take(8), letter.take(1_120)]
  if (flags[0] !== 0) throw new Misread('flags say something')
  if (toHex(keyId) !== toHex(keyIdOf(roomId, to.claimHash))) throw new Misread('for another key')
  const claim = readClaim(room, from, Buffer.from(sealedClaim).toString('base64'))
  const key = ratchetKeyOf(roomId, claim, mlKem)
  const { publicKey, secretKey } = xwing.keygen(to.ratchetSeed)
  const ends = [text(from), text(to.seat), claim.hash, to.claimHash]
  const salt = join(room.psk, pairSecret ?? new Uint8Array(32))
  const secret = xwing.decapsulate(ct, secretKey)
  const out = derived('letter', salt, secret, 88 + 32 + 32, roomId, ...ends, key, publicKey, ct)
  const [material, root, pair] = [out.take(88), out.take(32), out.take(32)]
  const bound = join(roomId, flags, sealedClaim, mlKem, keyId, ct)
  const plain = new Layout(unpadded(openSingleUse(material, bound, letter.rest())))
  const [content, signature] = [plain.before(64), plain.rest()]
  checkSignature('sign letter', claim.key, join(roomId, ...ends, sha256(ct), content), signature)
  return { claim, content: fromText(content), hash: labelled('letter hash', base64(payload)), root, pair }
}

/** EXPAND("proof", pair secret, roomId ‖ both seats, 16). */
export function readProof(roomId: Octets, pair: Octets, from: string, to: string): Octets {
  return expanded('proof', pair, 16, roomId, text(from), text(to)).rest()
}

/** What a letter says: bytes in hexadecimal, '' where there is nothing. */
export function readLetterContent(content: string): Fields {
  const fields = readObject(text(content))
  switch (fields['kind']) {
    case 'ask':
      return readAsk(fields)
    case 'ack':
      haveFields(fields, 'kind', 'state')
      return { kind: 'ack', state: hexOf(fields['state']) }
    case 'state':
      return readState(fields)
    case 'repair':
      return readRepair(fields)
    default:
      throw new Misread('another kind')
  }
}

const STATE = [
  'kind',
  'epoch',
  'counter',
  'chain',
  'header',
  'file',
  'head',
  'began',
  'heads',
  'answers',
  'asked',
  'proofs',
  'topic',
]

function readState(fields: Fields): Fields {
  haveFields(fields, ...STATE)
  const { epoch, counter, chain, header, file, head, began, heads, answers, asked, proofs, topic } = fields
  const keys = { chain: hexOf(chain), header: hexOf(header), file: hexOf(file) }
  const named = { head: readHead(head), began: readHead(began), heads: listOf(heads).map(readHead) }
  if (named.began.log !== named.head.log) throw new Misread('began in another log')
  const why = { answers: hexOf(answers), asked: hexOf(asked), proofs: listOf(proofs).map(hexOf) }
  const said = listOf(topic).map((one) => {
    const [entry, signature, seat, claim] = listOf(one, 4)
    return { entry: hexOf(entry), signature: hexOf(signature), seat, claim: hexOf(claim) }
  })
  return { kind: 'state', epoch, counter, ...keys, ...named, ...why, topic: said }
}

function readAsk(fields: Fields): Fields {
  haveFields(fields, 'kind', 'nonce', 'state', 'roster', 'entries')
  const { nonce, state, roster, entries } = fields
  const ranges = listOf(entries).map((range) => {
    const [log, from, to] = listOf(range, 3)
    return { log, from, to }
  })
  return { kind: 'ask', nonce: hexOf(nonce), state, roster, entries: ranges }
}

function readRepair(fields: Fields): Fields {
  haveFields(fields, 'kind', 'nonce', 'entries', 'authors', 'roster')
  const { nonce, entries, authors, roster } = fields
  const signed = listOf(entries).map((one) => {
    const [entry, signature] = listOf(one, 2)
    return { entry: hexOf(entry), signature: hexOf(signature) }
  })
  const introduced = listOf(authors).map((one) => {
    const [log, seat, claim] = listOf(one, 3)
    return { log, seat, claim: hexOf(claim) }
  })
  const seats = listOf(roster).map((one) => {
    const [seat, memberId] = listOf(one, 2)
    return { seat, memberId: hexOf(memberId) }
  })
  return { kind: 'repair', nonce: hexOf(nonce), entries: signed, authors: introduced, roster: seats }
}

function listOf(value: unknown, length: number | null = null): readonly unknown[] {
  if (!Array.isArray(value) || (length !== null && value.length !== length)) throw new Misread('not such a list')
  return value
}
