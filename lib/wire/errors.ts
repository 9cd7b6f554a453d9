/**
 * What can be wrong with bytes from outside, and the relay's closed set of error reasons (docs/protocol.md, Relay contract).
 * Thrown by lib/wire alone; caught once at each edge: the relay drops the frame, a client counts and names it.
 */

export type WireErrorCode =
  | 'too_large'
  | 'not_json'
  | 'not_object'
  | 'unknown_type'
  | 'bad_field'
  | 'bad_base64'
  | 'bad_hex'
  | 'bad_utf8'

/** Malformed input. The message never quotes the input: it may be secret or hostile. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: WireErrorCode

  constructor(code: WireErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The relay's error reasons, in the order of the contract. */
export const ERROR_REASONS = ['version_mismatch', 'forbidden', 'not_found', 'room_full', 'username_taken'] as const

export type ErrorReason = (typeof ERROR_REASONS)[number]
