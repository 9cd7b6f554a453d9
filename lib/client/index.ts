/**
 * The public door of the library: what the terminal and the web client may use besides events, commands and the store.
 */
export { armor, hostOf, type Invite, InviteError, parseInvite, relayUrl, roomFile } from '#lib/crypto/invite.ts'
export type { Fingerprint } from '#lib/crypto/fingerprint.ts'
export { PROTOCOL_VERSION } from '#lib/wire/limits.ts'
export { PROTOCOL_HEX, VERSION } from '#lib/wire/version.ts'
export { type Client, clientOver, createClient, type Edges, type Line, type LineEvents } from './client.ts'
