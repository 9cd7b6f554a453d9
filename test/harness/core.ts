/**
 * What lib/crypto's base offers, as one module, so that the same tests can run through it twice: as Bun loads it, with native.bun behind
 * it, and as the page's bundler builds it, with native.web (browsercore.ts).
 */
import { native } from '#native'
import { admitKey } from '#lib/crypto/primitives.ts'
import type { Bytes } from '#lib/wire/bytes.ts'

export * as hkdf from '#lib/crypto/hkdf.ts'
export * as kem from '#lib/crypto/kem.ts'
export * as primitives from '#lib/crypto/primitives.ts'
export { native }

/** The protocol's one answer to "is this a signature?", over bare bytes: crafted signatures stand under no label of ours. */
export function accepts(publicKey: Bytes, message: Bytes, signature: Bytes): boolean {
  return isAdmitted(publicKey) && native.verifier(publicKey)(message, signature)
}

export function isAdmitted(publicKey: Bytes): boolean {
  try {
    admitKey(publicKey)
    return true
  } catch {
    return false
  }
}
