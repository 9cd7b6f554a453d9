/**
 * The forms in which an invite travels (docs/protocol.md, Invite): armored text, a `.room` file, a link, the text of a QR code.
 * Called by the clients when a person hands out an invite. invitesearch.ts reads all of them. A text cannot be wiped: make it when it
 * is shown, and keep no copy.
 */
import { toBase64, toBase64url, wipe } from '#lib/wire/bytes.ts'
import { encodeInvite, type Invite } from './invitebytes.ts'
import { pageUrl } from './inviteurl.ts'

/** Characters of base64 in a line of armor, as PEM has (RFC 7468 section 2). */
const LINE_CHARS = 64

/** Armored text with line breaks, for mails and the terminal. Throws like `encodeInvite`. */
export function armor(invite: Invite): string {
  const text = encoded(invite, toBase64)
  const lines = ['-----BEGIN TACET INVITE-----']
  for (let at = 0; at < text.length; at += LINE_CHARS) lines.push(text.slice(at, at + LINE_CHARS))
  return `${lines.join('\n')}\n-----END TACET INVITE-----\n`
}

/** The content of a `.room` file. Throws like `encodeInvite`. */
export function roomFile(invite: Invite): string {
  return `Tacet invite: whoever has this file can join the room.\n${armor(invite)}`
}

/** Base64url: what a QR code or a form field holds. Throws like `encodeInvite`. */
export function qrText(invite: Invite): string {
  return encoded(invite, toBase64url)
}

/**
 * A link to a page that opens invites. The invite is its fragment, which browsers send to no server; the page's own script can read
 * it, so the page's host must be trusted with the room. Throws like `encodeInvite`, and `InviteError('bad_url')` for the page.
 */
export function link(invite: Invite, page: string): string {
  return `${pageUrl(page)}#${qrText(invite)}`
}

function encoded(invite: Invite, encode: (bytes: Uint8Array) => string): string {
  const bytes = encodeInvite(invite)
  const text = encode(bytes)
  wipe(bytes)
  return text
}
