/**
 * A saved talk as a file that a passphrase opens (docs/protocol.md, Saved talk). Called by lib/client/saving.ts, which knows what is in it.
 *
 *   header = magic 10 ‖ version 1 ‖ salt 16,  file = header ‖ ONCE(KDF("saved", salt, Argon2id(passphrase, salt), header), header, pad(content))
 *
 * The commit that ONCE begins with keeps one file from opening under two passphrases, by which a reader could be tried for many at once.
 */
import { type Bytes, concat, equal, utf8, wipe } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'
import { pad, paddedSize, unpad } from './padding.ts'
import { PASSPHRASE_SALT_BYTES, type Progress, stretch } from './passphrase.ts'
import { COMMIT_BYTES, derive, openOnce, type Random, sealOnce, SINGLE_USE_BYTES, TAG_BYTES } from './primitives.ts'

/** What every file begins with: format and version. Another version may stretch the passphrase otherwise. */
const MAGIC = concat(utf8('TACET TALK'), Uint8Array.of(1))
const HEADER_BYTES = MAGIC.length + PASSPHRASE_SALT_BYTES
/** Bytes of a talk at most: more than a client keeps of the longest, and no burden to open. */
export const SAVED_BYTES = 64 * 1024 * 1024
/** Bytes of a file at least, and at most. */
const LEAST_FILE_BYTES = HEADER_BYTES + COMMIT_BYTES + paddedSize(0) + TAG_BYTES
export const SAVED_FILE_BYTES = HEADER_BYTES + COMMIT_BYTES + paddedSize(SAVED_BYTES) + TAG_BYTES

/** True when it begins and ends where a saved talk would. What is in it, only the passphrase tells. */
export function isSaved(file: Bytes): boolean {
  if (file.length < LEAST_FILE_BYTES || file.length > SAVED_FILE_BYTES) return false
  return equal(file.subarray(0, MAGIC.length), MAGIC)
}

/** Seals a content. Throws `CryptoError`: too_large; bad_length for what is no passphrase. */
export async function sealSaved(content: Bytes, passphrase: string, random: Random, progress: Progress): Promise<Bytes> {
  if (content.length > SAVED_BYTES) throw new CryptoError('too_large', 'talk too large to save')
  const salt = random(PASSPHRASE_SALT_BYTES)
  const stretched = await stretch(passphrase, salt, progress)
  const file = sealStretched(content, stretched, salt)
  wipe(stretched)
  return file
}

/**
 * The content of a file; the caller wipes it. Throws `CryptoError('not_opened')`, the same for a wrong passphrase and for a damaged file:
 * nobody can tell them apart, and who tries passphrases learns nothing else. Sizes are looked at before any work.
 */
export async function openSaved(file: Bytes, passphrase: string, progress: Progress): Promise<Bytes> {
  if (!isSaved(file)) throw notOpened()
  const stretched = await stretch(passphrase, file.subarray(MAGIC.length, HEADER_BYTES), progress)
  try {
    return openStretched(file, stretched)
  } finally {
    wipe(stretched)
  }
}

/** The same with the passphrase stretched already, 32 bytes: apart for the tests, which cannot wait a second for every bit. */
export function sealStretched(content: Bytes, stretched: Bytes, salt: Bytes): Bytes {
  const header = concat(MAGIC, salt)
  const [key, plain] = [keyFor(header, stretched), pad(content)]
  const sealed = sealOnce(key, header, plain)
  wipe(key, plain)
  return concat(header, sealed)
}

export function openStretched(file: Bytes, stretched: Bytes): Bytes {
  if (!isSaved(file)) throw notOpened()
  const header = file.subarray(0, HEADER_BYTES)
  const key = keyFor(header, stretched)
  const plain = openOnce(key, header, file.subarray(HEADER_BYTES))
  wipe(key)
  if (plain === null) throw notOpened()
  try {
    return unpad(plain).slice()
  } catch (error) {
    if (error instanceof CryptoError) throw notOpened()
    throw error
  } finally {
    wipe(plain)
  }
}

function keyFor(header: Bytes, stretched: Bytes): Bytes {
  return derive('saved', header.subarray(MAGIC.length), stretched, header, SINGLE_USE_BYTES)
}

function notOpened(): CryptoError {
  return new CryptoError('not_opened', 'wrong passphrase, or the file is damaged')
}
