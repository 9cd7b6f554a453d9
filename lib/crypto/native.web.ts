/**
 * noble as the platform's primitives: the reference for every byte, and what a browser runs (docs/protocol.md, Primitives).
 * Called through `#native`, see native.ts.
 */
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { type Bytes, concat, equal, wipe } from '#lib/wire/bytes.ts'
import type { Native, VerifyBytes } from './native.ts'

const ORDER = ed25519.Point.Fn.ORDER

export const native: Native = {
  sha256,
  hmac: (key, message) => hmac(sha256, key, message),
  signer(seed) {
    const kept = seed.slice()
    let wiped = false
    return {
      publicKey: ed25519.getPublicKey(kept),
      sign(message) {
        if (wiped) throw new Error('signer is wiped')
        return ed25519.sign(message, kept)
      },
      wipe() {
        wiped = true
        wipe(kept)
      },
    }
  },
  verifier,
  x25519: (secret, publicKey) => x25519.getSharedSecret(secret, publicKey),
  x25519PublicKey: (secret) => x25519.getPublicKey(secret),
}

/**
 * RFC 8032 section 5.1.7 without the cofactor: recomputes R = [S]B - [k]A and compares its encoding. noble's own verify multiplies
 * by the cofactor and would accept crafted signatures that Bun refuses: two members would then hold different transcripts.
 */
function verifier(publicKey: Bytes): VerifyBytes {
  const key = ed25519.Point.fromBytes(publicKey).negate()
  return (message, signature) => {
    if (signature.length !== 64) return false
    const r = signature.subarray(0, 32)
    const s = littleEndian(signature.subarray(32))
    if (s >= ORDER) return false
    const k = littleEndian(sha512(concat(r, publicKey, message))) % ORDER
    return equal(ed25519.Point.BASE.multiplyUnsafe(s).add(key.multiplyUnsafe(k)).toBytes(), r)
  }
}

function littleEndian(bytes: Bytes): bigint {
  return BigInt(`0x${bytes.toReversed().toHex()}`)
}
