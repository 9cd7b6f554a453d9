/**
 * The invite (docs/protocol.md, Invite): all that a client needs to join a room, and the secret that keeps the relay out of it. This is
 * the door to five files: its bytes, its forms as text, the search for it in a text, the addresses in it, and what can be wrong with it.
 * Called by lib/client and, through it, by the clients' forms and commands.
 */
export { copyInvite, decodeInvite, encodeInvite, type Invite, wipeInvite } from './invitebytes.ts'
export { InviteError } from './inviteerror.ts'
export { armor, link, qrText, roomFile } from './inviteforms.ts'
export { parseInvite, SEARCHED_CHARS } from './invitesearch.ts'
export { hostOf, isPlain, isRelayUrl, RELAY_URL_BYTES, relayUrl } from './inviteurl.ts'
