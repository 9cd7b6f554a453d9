/**
 * The contract's rules for the fields of a seat (docs/protocol.md, Relay contract, Limits). Characters are UTF-16 units.
 * Called by server/members.ts. What the fields mean is no business of the relay: sizes and unsafe marks alone are looked at.
 */
import type { SeatRecord } from '#lib/wire/frames.ts'
import { CLAIM_CHARS, KEM_KEY_CHARS, SIG_CHARS, USERNAME_CHARS } from '#lib/wire/limits.ts'
import { hasControls, hasUnsafeFormatChars } from '#lib/wire/marks.ts'

/** The gates of `identify`, for a username that is already trimmed. */
export function isSeat(seat: SeatRecord): boolean {
  return isUsername(seat.username) && isKemKey(seat.ek) && isKemKey(seat.ratchetEk) && isClaim(seat.claim)
}

export function isUsername(username: string): boolean {
  return isUpTo(username, USERNAME_CHARS) && !hasControls(username) && !hasUnsafeFormatChars(username)
}

export function isKemKey(text: string): boolean {
  return text.length === KEM_KEY_CHARS
}

/**
 * `ek_update` and `rekey` have no rule for their keys in the contract. A cap keeps one member from growing the `joined` frame until no
 * newcomer can read it; no ML-KEM-768 key in base64 is longer.
 */
export function isKeyText(text: string): boolean {
  return text.length <= KEM_KEY_CHARS
}

export function isClaim(claim: string): boolean {
  return isUpTo(claim, CLAIM_CHARS)
}

export function isSig(sig: string): boolean {
  return isUpTo(sig, SIG_CHARS)
}

function isUpTo(text: string, chars: number): boolean {
  return text.length > 0 && text.length <= chars
}
