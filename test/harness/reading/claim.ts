/**
 * The second reading of claims and of what names rooms, members and keys (docs/protocol.md, Room keys, Claims). Called by the tests of
 * known answers, and by the readings of letters and steps.
 */
import {
  base64,
  base64url,
  checkSignature,
  derived,
  haveFields,
  hex,
  hexOf,
  isFields,
  labelled,
  type Fields,
  join,
  Layout,
  Misread,
  type Octets,
  openLongLived,
  readObject,
  text,
  toHex,
  unpadded,
} from './base.ts'

/** A room as a vector gives it: both in hexadecimal. */
export interface NamedRoom {
  readonly roomId: string
  readonly roomKey: string
}

export interface ReadRoom {
  readonly roomId: Octets
  readonly claimKey: Octets
  readonly psk: Octets
}

/** claimKey and psk = HKDF(salt = roomId, ikm = roomKey), each under its label. */
export function readRoom(room: NamedRoom): ReadRoom {
  const [roomId, roomKey] = [hex(room.roomId), hex(room.roomKey)]
  return { roomId, claimKey: derived('claim', roomId, roomKey, 32).rest(), psk: derived('psk', roomId, roomKey, 32).rest() }
}

export function memberIdOf(roomId: Octets, key: Octets): Octets {
  return labelled('member', roomId, key).slice(0, 16)
}

/** Which of a seat's keys, under which claim. */
export function keyIdOf(roomId: Octets, claimHash: Octets): Octets {
  return labelled('key id', roomId, claimHash).slice(0, 8)
}

/** The X-Wing key of a claim: the ML-KEM half that stood beside it, and the X25519 half in it. */
export function ratchetKeyOf(roomId: Octets, claim: ReadClaim, mlKem: Octets): Octets {
  const key = join(mlKem, base64url(String(claim.fields['x25519'])))
  if (toHex(labelled('ratchet key', roomId, key)) !== hexOf(claim.fields['kem'])) throw new Misread('another ratchet key')
  return key
}

export interface ReadClaim {
  readonly json: string
  readonly fields: Fields
  /** Epoch, commitment (hexadecimal) and mark of a step by hand. */
  readonly step: { readonly epoch: unknown; readonly commitment: string; readonly heal: unknown } | null
  readonly key: Octets
  readonly hash: Octets
  readonly signature: Octets
}

/** Opens nonce ‖ seal(claimKey, pad(JCS ‖ signature)), bound to room and seat: padded to 1,536 bytes, 2,104 characters in all. */
export function readClaim(room: ReadRoom, seat: string, sealed: string): ReadClaim {
  if (sealed.length !== 2_104) throw new Misread('a claim of another size')
  const signed = new Layout(unpadded(openLongLived(room.claimKey, join(room.roomId, text(seat)), base64(sealed)), 1_536))
  const [bytes, signature] = [signed.before(64), signed.rest()]
  const fields = readObject(bytes)
  const own = ['v', 'suite', 'room', 'key', 'seat', 'name', 'kem', 'x25519', 'seq', 'prev', 'time']
  haveFields(fields, ...own, ...('step' in fields ? ['step'] : []))
  const key = base64url(String(fields['key']))
  checkSignature('sign claim', key, bytes, signature)
  if (fields['v'] !== 1 || fields['suite'] !== 1) throw new Misread('another version')
  if (hexOf(fields['room']) !== toHex(room.roomId) || fields['seat'] !== seat) throw new Misread('of another seat')
  const json = Buffer.from(bytes).toString('utf8')
  return { json, fields, step: readClaimedStep(fields['step']), key, hash: labelled('claim hash', bytes), signature }
}

function readClaimedStep(step: unknown): ReadClaim['step'] {
  if (step === undefined) return null
  if (!isFields(step)) throw new Misread('another step')
  haveFields(step, 'epoch', 'heal', 'seed')
  return { epoch: step['epoch'], commitment: hexOf(step['seed']), heal: step['heal'] }
}
