/**
 * Every size, count and time of the relay contract, with its unit and where it comes from (docs/protocol.md, Relay contract).
 * Imported by everything; imports nothing.
 */

const KIB = 1024
const MIB = 1024 * KIB

/** Characters that base64 with padding needs for so many bytes (RFC 4648 section 4). */
export function base64Chars(bytes: number): number {
  return Math.ceil(bytes / 3) * 4
}

/** Version of the relay contract and of everything above it. A plaintext compatibility gate, not a security boundary. */
export const PROTOCOL_VERSION = 1

// Identifiers (bytes)
export const ROOM_ID_BYTES = 16
export const ROOM_ID_CHARS = ROOM_ID_BYTES * 2 // hexadecimal
export const ROOM_SECRET_BYTES = 16
export const ROOM_SECRET_CHARS = base64Chars(ROOM_SECRET_BYTES) // 24
export const SEAT_BYTES = 18
export const SEAT_CHARS = base64Chars(SEAT_BYTES) // 24, no padding at this size

// Field rules that the relay enforces (characters = UTF-16 units)
export const USERNAME_CHARS = 64
export const ML_KEM_PUBLIC_BYTES = 1184 // FIPS 203, ML-KEM-768
export const KEM_KEY_CHARS = base64Chars(ML_KEM_PUBLIC_BYTES) // 1,580
export const CLAIM_CHARS = 4_000
export const SIG_CHARS = 200
/** Not the relay's rule: what our clients read of a header, which is 68 characters. */
export const META_CHARS = 128

// The claim, the letters and the steps that our clients send (bytes; layouts in docs/protocol.md)
export const CLAIM_PADDED_BYTES = 1_536
export const SEALED_CLAIM_BYTES = 24 + CLAIM_PADDED_BYTES + 16 // nonce ‖ ciphertext ‖ tag
export const SEALED_CLAIM_CHARS = base64Chars(SEALED_CLAIM_BYTES) // 2,104
export const STEP_KEM_BYTES = 8 + 1_120 // key id ‖ X-Wing ciphertext
export const STEP_KEM_CHARS = base64Chars(STEP_KEM_BYTES) // 1,504
export const STEP_WRAP_BYTES = 32 + (32 + 4 + 4 + 32) + 16 // commit ‖ (seed ‖ previous counter ‖ peer epoch ‖ r) ‖ tag
export const STEP_WRAP_CHARS = base64Chars(STEP_WRAP_BYTES) // 160

// Frames (bytes of UTF-8 on the socket)
export const FRAME_TO_RELAY_BYTES = 2 * MIB
export const FRAME_FROM_RELAY_BYTES = 16 * MIB

/** What one member takes of a `joined` frame: its fields, and 64 for names and punctuation. */
const JOINED_MEMBER_BYTES = SEAT_CHARS + 2 * KEM_KEY_CHARS + SEALED_CLAIM_CHARS + 64
/** What one member takes of a `ratchet_step` frame. */
const STEP_MEMBER_BYTES = SEAT_CHARS + STEP_KEM_CHARS + STEP_WRAP_CHARS + 48
/** What a `ratchet_step` frame takes besides: new key, claim, and the largest envelope. */
const STEP_FIXED_BYTES = KEM_KEY_CHARS + SEALED_CLAIM_CHARS + 256 * KIB

/** The largest room (seats) that our clients can serve: the smaller of what `joined` and a step can name. */
export const LARGEST_ROOM = Math.min(
  Math.floor(FRAME_FROM_RELAY_BYTES / JOINED_MEMBER_BYTES),
  Math.floor((FRAME_TO_RELAY_BYTES - STEP_FIXED_BYTES) / STEP_MEMBER_BYTES),
)

// The relay's own (defaults of the contract)
export const DEFAULT_PORT = 1337
export const DEFAULT_HOSTNAME = '127.0.0.1'
export const DEFAULT_MAX_ROOM_SIZE = 20 // members; 0 = unlimited
export const DEFAULT_ROOM_TTL_HOURS = 24 // 0 = never

// The relay's hardening, where the contract is silent
/** A quiet socket in a quiet room is pinged this long after its last byte, at the latest. */
export const PING_SECONDS = 25
/**
 * What a quiet socket has from its last byte, in or out, to its end: Bun pings 16 s before, rounded up to its clock's step of 4 s, so after
 * 20 to 24 s. In a room that goes on sending to it this never comes: there the looks below count what comes from it alone.
 */
export const IDLE_SECONDS = PING_SECONDS + 15
/**
 * A look at every member each PING_SECONDS. Silent for 50 to 75 s it is pinged. Not sooner: in a quiet room Bun's timer asks and closes by
 * then, and a ping of ours would put it off.
 */
export const LOOKS_TO_PING = 3
/** Silent for 125 to 150 s it is closed: long enough to send the largest frame over a slow line, which is no sign of life before it is whole. */
export const LOOKS_TO_END = 6
export const MAX_ROOMS = 100_000
/** Unsent bytes a socket may have: the largest `joined` and as much again. Beyond it the socket is closed. */
export const UNSENT_BYTES = 2 * FRAME_FROM_RELAY_BYTES
/**
 * Above that, until Bun's own limit, which must never be met: beyond it Bun drops frames, and closes a socket only once nothing is left to be
 * read from it, so that a peer that goes on sending would go on receiving. Uncounted, Bun holds back for a socket at most 32 published
 * frames, each under 16 KiB; this is twice that.
 */
export const HELD_BACK_BYTES = 2 * 32 * 16 * KIB
/** Frames a socket may send: per second, and at once after a pause. Beyond it the socket is closed. */
export const FRAMES_PER_SECOND = 20_000
export const FRAMES_BURST = 40_000
/** Bytes a socket may send: per second, and at once after a pause. Beyond it the socket is closed. */
export const BYTES_PER_SECOND = 512 * MIB
export const BYTES_BURST = 1024 * MIB

/** WebSocket close codes in use (RFC 6455 section 7.4.1). */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  policy: 1008,
  tooLarge: 1009,
  tryAgainLater: 1013,
} as const

/** What a platform reports when no close frame came (section 7.1.5 there). Nobody sends it. */
export const NO_CLOSE = 1006

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE]
