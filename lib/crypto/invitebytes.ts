/**
 * The bytes of an invite (docs/protocol.md, Invite). Called through invite.ts, by inviteforms.ts and by invitesearch.ts.
 *
 *     version 1 ‖ flags 1 ‖ length of the address 2 ‖ relay address ‖ room id 16 ‖ room secret 16 ‖ room key 32 ‖ founder 16 ‖ checksum 4
 */
import { type Bytes, concat, equal, fromUtf8, utf8, wipe } from '#lib/wire/bytes.ts'
import { WireError } from '#lib/wire/errors.ts'
import { ROOM_ID_BYTES, ROOM_SECRET_BYTES } from '#lib/wire/limits.ts'
import { MEMBER_ID_BYTES } from './claim.ts'
import { CryptoError } from './errors.ts'
import { InviteError } from './inviteerror.ts'
import { type PlainRule, RELAY_URL_BYTES, relayUrl, WSS_ONLY } from './inviteurl.ts'
import { hash, KEY_BYTES } from './primitives.ts'

export interface Invite {
  /** The relay's address in its canonical form. */
  readonly url: string
  /** 16 bytes, from the relay. */
  readonly roomId: Bytes
  /** 16 bytes, from the relay: they open its door. */
  readonly roomSecret: Bytes
  /** 32 bytes that the founder's client made: the relay never has them. */
  readonly roomKey: Bytes
  /** The founder's member id, 16 bytes. */
  readonly founder: Bytes
}

const VERSION = 1
const NO_FLAGS = 0
/** Version, flags and the length of the address. */
export const HEAD_BYTES = 4
const SECRET_BYTES = ROOM_ID_BYTES + ROOM_SECRET_BYTES + KEY_BYTES + MEMBER_ID_BYTES
const CHECKSUM_BYTES = 4

/** The bytes of an invite. Throws `InviteError` for an address that is not canonical, `CryptoError`: bad_length, or bad_key for one that is wiped. */
export function encodeInvite({ url, roomId, roomSecret, roomKey, founder }: Invite): Bytes {
  mustBeCanonical(url, { allowPlain: true })
  if (
    roomId.length !== ROOM_ID_BYTES ||
    roomSecret.length !== ROOM_SECRET_BYTES ||
    roomKey.length !== KEY_BYTES ||
    founder.length !== MEMBER_ID_BYTES
  ) {
    throw new CryptoError('bad_length', 'wrong length')
  }
  // Handed out, a wiped invite would lead into a room whose key everybody knows.
  if (equal(roomKey, new Uint8Array(KEY_BYTES))) throw new CryptoError('bad_key', 'the invite is wiped')
  const address = utf8(url)
  const head = Uint8Array.of(VERSION, NO_FLAGS, address.length >>> 8, address.length & 0xff)
  const body = concat(head, address, roomId, roomSecret, roomKey, founder)
  const bytes = concat(body, checksum(body))
  wipe(body)
  return bytes
}

/**
 * How many bytes an invite has, by its first four. Throws `InviteError`: `wrong_version`, or `bad_checksum` for a length that no
 * address has.
 */
export function inviteBytes(head: Bytes): number {
  if (head[0] !== VERSION) throw new InviteError('wrong_version', 'the invite is of a version this client does not know')
  const address = ((head[2] ?? 0) << 8) | (head[3] ?? 0)
  if (address > RELAY_URL_BYTES) throw new InviteError('bad_checksum', 'the invite is damaged: its length is wrong')
  return HEAD_BYTES + address + SECRET_BYTES + CHECKSUM_BYTES
}

/**
 * Reads exactly one invite. Its parts are copies: the caller wipes the bytes, and the invite when it is done. Throws `InviteError`,
 * also for an address that `rule` forbids.
 */
export function decodeInvite(bytes: Bytes, rule: PlainRule = WSS_ONLY): Invite {
  if (bytes.length < HEAD_BYTES) throw new InviteError('truncated', 'the invite is cut short')
  const size = inviteBytes(bytes)
  if (bytes.length < size) throw new InviteError('truncated', 'the invite is cut short')
  if (bytes.length > size) throw new InviteError('too_long', 'the invite is damaged: something follows it')
  const body = bytes.subarray(0, -CHECKSUM_BYTES)
  if (!equal(checksum(body), bytes.subarray(-CHECKSUM_BYTES))) {
    throw new InviteError('bad_checksum', 'the invite is damaged: a character was changed or lost')
  }
  // After the checksum: now it is what somebody wrote, not what a copy made of it.
  if (bytes[1] !== NO_FLAGS) throw new InviteError('unknown_flags', 'the invite asks for something this client does not know')
  const url = text(body.subarray(HEAD_BYTES, -SECRET_BYTES))
  mustBeCanonical(url, rule)
  return { url, ...secrets(body.subarray(-SECRET_BYTES)) }
}

/** An invite with bytes of its own, which wiping the first does not touch. */
export function copyInvite({ url, roomId, roomSecret, roomKey, founder }: Invite): Invite {
  return { url, roomId: roomId.slice(), roomSecret: roomSecret.slice(), roomKey: roomKey.slice(), founder: founder.slice() }
}

/** Wipes the secrets of an invite. It must not be used again. */
export function wipeInvite({ roomSecret, roomKey }: Invite): void {
  wipe(roomSecret, roomKey)
}

function secrets(bytes: Bytes): Omit<Invite, 'url'> {
  let at = 0
  const next = (size: number) => bytes.slice(at, (at += size))
  return {
    roomId: next(ROOM_ID_BYTES),
    roomSecret: next(ROOM_SECRET_BYTES),
    roomKey: next(KEY_BYTES),
    founder: next(MEMBER_ID_BYTES),
  }
}

/** The first bytes of a hash of all before them: they tell a slip of the hand, not an attack. Whoever changes an invite can make them anew. */
function checksum(body: Bytes): Bytes {
  return hash('inviteChecksum', body).subarray(0, CHECKSUM_BYTES)
}

function text(bytes: Bytes): string {
  try {
    return fromUtf8(bytes)
  } catch (error) {
    if (error instanceof WireError) throw new InviteError('bad_url', 'relay address is not a text')
    throw error
  }
}

/** One relay, one spelling: two invites to a room are equal byte for byte, and no reader has another idea of the host. */
function mustBeCanonical(url: string, rule: PlainRule): void {
  if (relayUrl(url, rule) !== url) throw new InviteError('bad_url', 'relay address is not in its canonical form')
}
