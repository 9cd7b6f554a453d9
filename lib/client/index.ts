/**
 * The public door of the library: what the terminal and the web client may use besides events, commands and the store.
 */
export { TEXT_BYTES, TOPIC_BYTES } from '#lib/room/limits.ts'
export { CryptoError } from '#lib/crypto/errors.ts'
export { passphraseFault } from '#lib/crypto/passphrase.ts'
export { isSaved, SAVED_FILE_BYTES } from '#lib/crypto/saved.ts'
export {
  armor,
  hostOf,
  isPlain,
  type Invite,
  InviteError,
  link,
  parseInvite,
  qrText,
  relayUrl,
  roomFile,
} from '#lib/crypto/invite.ts'
export { PROTOCOL_HEX, VERSION } from '#lib/wire/version.ts'
export { type Client, createClient } from './client.ts'
export { secretIn } from './secrets.ts'
export { openTalk, saveTalk, type SavedEntry, type SavedTalk, talkOf } from './saving.ts'
