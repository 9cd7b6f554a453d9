/**
 * What people compare to know that nobody stands between them (docs/protocol.md, Fingerprints). A member's fingerprint stands for its
 * key in this room, the room code for the room key and all members at once. Called by lib/client; the views draw the forms.
 */
import { type Bytes, concat, toHex } from '#lib/wire/bytes.ts'
import { ROOM_ID_BYTES } from '#lib/wire/limits.ts'
import { MEMBER_ID_BYTES } from './claim.ts'
import { CryptoError } from './errors.ts'
import { hash, KEY_BYTES } from './primitives.ts'
import { WORD_BITS, wordOf } from './words.ts'

/**
 * One hash in three forms. Words or digits, compared in full, say for themselves that two people hold the same: who wants another
 * key with the same words tries 2^88 keys, with the same digits 2^83.
 */
export interface Fingerprint {
  /** 8 words of 11 bits. */
  readonly words: readonly string[]
  /** 5 groups of 5 decimal digits. */
  readonly digits: readonly string[]
  /** 8 numbers from 0 to 7, each to be drawn as a colour. 24 bits: they show a difference at a glance and prove no sameness. */
  readonly colours: readonly number[]
}

const WORDS = 8
const DIGIT_GROUPS = 5
/** Taken modulo 100,000, these many bits favour no group by more than one in ten million. */
const GROUP_BITS = 40
const GROUP_DIGITS = 5
const COLOURS = 8
const COLOUR_BITS = 3

/** The fingerprint of a member's key (32 bytes) in a room (id of 16 bytes). Throws `CryptoError('bad_length')`. */
export function memberFingerprint(key: Bytes, roomId: Bytes): Fingerprint {
  mustHave(key, KEY_BYTES)
  mustHave(roomId, ROOM_ID_BYTES)
  return inForms(hash('memberFingerprint', key, roomId))
}

/**
 * The code of a whole room: equal for all who have the same room key (32 bytes, its newest generation) and see the same members.
 * Order and repetition of the members' keys (32 bytes each) do not matter. The code tells nothing of the room key to who hears it:
 * those are 32 random bytes behind a hash. Throws `CryptoError('bad_length')`.
 */
export function roomCode(roomId: Bytes, roomKey: Bytes, memberKeys: readonly Bytes[]): Fingerprint {
  mustHave(roomId, ROOM_ID_BYTES)
  mustHave(roomKey, KEY_BYTES)
  for (const key of memberKeys) mustHave(key, KEY_BYTES)
  const keys = new Map(memberKeys.map((key) => [toHex(key), key]))
  const sorted = [...keys].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
  return inForms(hash('roomCode', roomId, roomKey, concat(...sorted)))
}

/** Crockford's digits: none of I, L, O, U, so that a tag read aloud or copied stays the same. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TAG_CHARS = 6
const TAG_BITS = 5

/**
 * The tag shown beside a name that looks like another one: 6 characters, 30 bits of the member id (16 bytes). It tells two members
 * apart and proves nothing: a key with a wanted tag takes 2^30 tries. Throws `CryptoError('bad_length')`.
 */
export function keyTag(memberId: Bytes): string {
  mustHave(memberId, MEMBER_ID_BYTES)
  return numbers(memberId, 0, TAG_CHARS, TAG_BITS)
    .map((value) => CROCKFORD.charAt(value))
    .join('')
}

/** Words from the first bytes, digits from the first bytes too (one of the two is compared), colours from the last three, which neither uses. */
function inForms(digest: Bytes): Fingerprint {
  const lastBits = digest.length * 8 - COLOURS * COLOUR_BITS
  return {
    words: numbers(digest, 0, WORDS, WORD_BITS).map(wordOf),
    digits: numbers(digest, 0, DIGIT_GROUPS, GROUP_BITS).map(digitsOf),
    colours: numbers(digest, lastBits, COLOURS, COLOUR_BITS),
  }
}

function digitsOf(value: number): string {
  return String(value % 10 ** GROUP_DIGITS).padStart(GROUP_DIGITS, '0')
}

/** `count` numbers of `bits` bits (48 at most) each, from the bit at `from` on, big-endian. */
function numbers(bytes: Bytes, from: number, count: number, bits: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    let value = 0
    for (let at = from + i * bits; at < from + (i + 1) * bits; at++) {
      value = value * 2 + (((bytes[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1)
    }
    return value
  })
}

function mustHave(bytes: Bytes, length: number): void {
  if (bytes.length !== length) throw new CryptoError('bad_length', 'wrong length')
}
