/**
 * Bun's own primitives, synchronous in node:crypto and several times as fast as noble (docs/protocol.md, Primitives).
 * Called through `#native`, see native.ts. Key objects cannot be wiped by us; BoringSSL clears them when they are collected.
 */
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject, sign, verify } from 'node:crypto'
import { type Bytes, concat, fromHex, wipe } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'
import type { Native } from './native.ts'

/** DER before the 32 key bytes: RFC 8410 sections 4 (SubjectPublicKeyInfo) and 7 (PKCS #8). */
const DER = {
  ed25519: { secret: fromHex('302e020100300506032b657004220420'), public: fromHex('302a300506032b6570032100') },
  x25519: { secret: fromHex('302e020100300506032b656e04220420'), public: fromHex('302a300506032b656e032100') },
} as const

type Curve = keyof typeof DER

export const native: Native = {
  // Bun's hasher and not node:crypto's, which makes a stream for each: half the time, and every message takes ten of them.
  sha256: (message) => own(new Bun.CryptoHasher('sha256').update(message).digest()),
  hmac: (key, message) => own(new Bun.CryptoHasher('sha256', key).update(message).digest()),
  signer(seed) {
    let secret: KeyObject | null = secretKey('ed25519', seed)
    return {
      publicKey: rawPublicKey(secret),
      sign(message) {
        if (secret === null) throw new Error('signer is wiped')
        return own(sign(null, message, secret))
      },
      wipe() {
        secret = null // BoringSSL clears it when it is collected
      },
    }
  },
  verifier(publicKey) {
    const key = openKey('ed25519', publicKey)
    return (message, signature) => signature.length === 64 && verify(null, message, key, signature)
  },
  x25519: (secret, publicKey) =>
    own(diffieHellman({ privateKey: secretKey('x25519', secret), publicKey: openKey('x25519', publicKey) })),
  x25519PublicKey: (secret) => rawPublicKey(secretKey('x25519', secret)),
}

/** Plain bytes: a Buffer's slice would share memory where callers expect a copy. What the platform made is wiped: it may be a key. */
function own(buffer: Buffer): Bytes {
  const bytes = new Uint8Array(buffer)
  wipe(buffer)
  return bytes
}

function secretKey(curve: Curve, seed: Bytes): KeyObject {
  check(seed)
  const key = concat(DER[curve].secret, seed)
  const opened = createPrivateKey({ key: Buffer.from(key.buffer), format: 'der', type: 'pkcs8' })
  wipe(key)
  return opened
}

function openKey(curve: Curve, publicKey: Bytes): KeyObject {
  check(publicKey)
  return createPublicKey({ key: Buffer.from(concat(DER[curve].public, publicKey).buffer), format: 'der', type: 'spki' })
}

/** BoringSSL takes the first 32 bytes of a longer key: two keys that are not equal would then be one. */
function check(key: Bytes): void {
  if (key.length !== 32) throw new CryptoError('bad_length', 'not a key of 32 bytes')
}

function rawPublicKey(secret: KeyObject): Bytes {
  return own(createPublicKey(secret).export({ format: 'der', type: 'spki' })).slice(-32)
}
