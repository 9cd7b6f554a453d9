/**
 * What can be wrong with an invite (docs/protocol.md, Invite). The message is the reason in words for whoever pasted it; it quotes
 * nothing of the invite, which is a secret. Thrown by the invite files alone; caught by the clients' forms.
 */

export type InviteErrorCode =
  /** Nothing in the text looks like an invite. */
  | 'no_invite'
  /** It ends too early. */
  | 'truncated'
  /** A character stands in it that no form of an invite has. */
  | 'bad_characters'
  | 'wrong_version'
  | 'unknown_flags'
  /** A character was changed, lost or added: the checksum or the length does not hold. */
  | 'bad_checksum'
  /** The relay's address, or the page of a link, is none that may be used. */
  | 'bad_url'
  /** The relay's address is not encrypted (ws, http) and not on this machine. */
  | 'not_wss'
  /** The text is too long to be searched, or bytes follow the invite. */
  | 'too_long'
  /** The text holds two different invites. */
  | 'several_invites'

/** A damaged, missing or unusable invite. */
export class InviteError extends Error {
  override readonly name = 'InviteError'
  readonly code: InviteErrorCode

  constructor(code: InviteErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
