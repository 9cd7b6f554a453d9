/**
 * Texts that a person may have pasted by mistake: an invite, a private key. Asked about before they go into a conversation. Pure; called by
 * the full screen and by the page.
 */
import { InviteError, parseInvite } from '#lib/crypto/invite.ts'

/** Private keys as OpenSSL, OpenSSH, PGP and age write them. */
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[0-9A-Z]/i

/** What the text holds that is not to be said lightly, in words; null when nothing. */
export function secretIn(text: string): string | null {
  if (PRIVATE_KEY.test(text)) return 'this looks like a private key'
  return hasInvite(text) ? 'this is an invite: whoever gets it can join its room' : null
}

/** A damaged invite gives away nearly as much as a whole one. */
function hasInvite(text: string): boolean {
  try {
    parseInvite(text, { allowPlain: true })
    return true
  } catch (error) {
    if (!(error instanceof InviteError)) throw error
    return /BEGIN\s+TACET\s+INVITE/i.test(text)
  }
}
