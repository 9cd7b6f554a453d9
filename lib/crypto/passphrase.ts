/**
 * A key from a passphrase: Argon2id (docs/protocol.md, Saved talk). Called by saved.ts alone: no other secret here is of a person's making.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js'
import { type Bytes, utf8, wipe } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'
import { KEY_BYTES } from './primitives.ts'

/**
 * RFC 9106 section 4, the second recommended option: 3 passes over 64 MiB in 4 lanes, salt of 128 bits. In JavaScript that is a second or
 * two. A file does not say them, its version does: who makes one cannot have its reader spend memory or hours.
 */
const ARGON2ID = { t: 3, m: 64 * 1024, p: 4, version: 0x13, dkLen: KEY_BYTES } as const
export const PASSPHRASE_SALT_BYTES = 16
/** Bytes of UTF-8 of a passphrase at most: nobody types more, and a pasted file is none. */
export const PASSPHRASE_BYTES = 1_024

/** Hears how much of the work is done, 0 to 1. */
export type Progress = (done: number) => void

/** Why a text cannot be a passphrase; null when it can. */
export function passphraseFault(passphrase: string): 'empty' | 'too_long' | 'not_text' | null {
  if (passphrase === '') return 'empty'
  if (!passphrase.isWellFormed()) return 'not_text'
  return utf8(normal(passphrase)).length > PASSPHRASE_BYTES ? 'too_long' : null
}

/**
 * 32 bytes that take as long to guess as to make. Lets other work go on between. Throws `CryptoError('bad_length')` for what is no
 * passphrase. The caller wipes the result.
 */
export async function stretch(passphrase: string, salt: Bytes, progress: Progress): Promise<Bytes> {
  if (passphraseFault(passphrase) !== null) throw new CryptoError('bad_length', 'not a passphrase')
  const secret = utf8(normal(passphrase))
  try {
    return await argon2idAsync(secret, salt, { ...ARGON2ID, onProgress: progress })
  } finally {
    wipe(secret)
  }
}

/** Two keyboards may write one é in two ways (RFC 8265 section 4.2: NFC). */
function normal(passphrase: string): string {
  return passphrase.normalize('NFC')
}
