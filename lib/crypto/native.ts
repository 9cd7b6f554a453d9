/**
 * The interface behind which a platform's own primitives stand in for noble's hot ones (docs/protocol.md, Primitives).
 * `#native` resolves to native.bun.ts under Bun and to native.web.ts, which is noble itself, elsewhere; a test holds both to
 * the same bytes. primitives.ts, hkdf.ts and kem.ts call it. Everything is synchronous, so that the core stays a pure function.
 */
import type { Bytes } from '#lib/wire/bytes.ts'

/** Makes 64-byte Ed25519 signatures (RFC 8032, pure). */
export type SignBytes = (message: Bytes) => Bytes

/** Cofactorless Ed25519 verification with R compared by its bytes. Never throws: a wrong length is false. */
export type VerifyBytes = (message: Bytes, signature: Bytes) => boolean

export interface NativeSigner {
  readonly publicKey: Bytes
  /** Throws once it is wiped. */
  readonly sign: SignBytes
  /** Forgets the secret, as far as the platform lets us. */
  readonly wipe: () => void
}

export interface Native {
  /** SHA-256, 32 bytes. */
  sha256(message: Bytes): Bytes
  /** HMAC-SHA-256, 32 bytes. */
  hmac(key: Bytes, message: Bytes): Bytes
  /** From a 32-byte seed, which may be wiped afterwards. Throws any error on another length, as all of these do. */
  signer(seed: Bytes): NativeSigner
  /** For a 32-byte key that primitives.ts has admitted. */
  verifier(publicKey: Bytes): VerifyBytes
  /** X25519 (RFC 7748), 32 bytes. Throws any error on an all-zero result. */
  x25519(secret: Bytes, publicKey: Bytes): Bytes
  x25519PublicKey(secret: Bytes): Bytes
}
