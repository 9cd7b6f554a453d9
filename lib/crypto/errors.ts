/**
 * What can go wrong with keys and sealed bytes (docs/protocol.md, Primitives). One class, stable codes, messages that tell an
 * attacker nothing beyond the code. That something does not open is no error but `null`: most of what arrives is for others or forged.
 */

export type CryptoErrorCode =
  | 'bad_key'
  | 'bad_length'
  | 'bad_signature'
  | 'not_canonical'
  | 'bad_object'
  | 'too_large'
  | 'bad_padding'
  | 'wrong_room'
  | 'wrong_seat'
  | 'wrong_key'
  | 'wrong_member'
  | 'wrong_commitment'
  | 'wrong_epoch'
  | 'replayed'
  | 'unknown_key'
  | 'not_opened'
  | 'too_far_ahead'

export class CryptoError extends Error {
  override readonly name = 'CryptoError'
  readonly code: CryptoErrorCode

  constructor(code: CryptoErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
