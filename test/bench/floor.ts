/**
 * The limit that lib/client is measured against in the same run: the protocol's cryptography and nothing else, called from node:crypto
 * and noble directly, on inputs of the same sizes. Called by session.ts, step.ts and join.ts.
 */
import { createHmac, diffieHellman, generateKeyPairSync, hash, sign, verify } from 'node:crypto'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { paddedSize } from '#lib/crypto/padding.ts'

/** What an entry holds beside its text, in bytes of JSON. */
const ENTRY_BYTES = 420
/** HMACs of one message: two blocks of the chain's step, five of the message's keys. */
const MESSAGE_HMACS = 7

const key = random(32)
const nonce = random(24)
const bound = random(40)
const signing = generateKeyPairSync('ed25519')
const signingBytes = new Uint8Array(signing.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
const exchange = generateKeyPairSync('x25519')
const kem = ml_kem768.keygen()
const { cipherText } = ml_kem768.encapsulate(kem.publicKey)
const header = seal(random(9))
const signature = seal(random(64))

/** What one text of so many bytes costs its sender and a receiver, in an epoch that stands. */
export function message(bytes: number): { readonly say: () => void; readonly hear: () => void } {
  const entry = random(ENTRY_BYTES + bytes)
  const signed = sign(null, entry, signing.privateKey)
  const body = random(paddedSize(entry.length))
  const sealed = seal(body)
  return {
    say() {
      sign(null, entry, signing.privateKey)
      digest(entry)
      seal(header.subarray(0, 9))
      seal(body)
      seal(signature.subarray(0, 64))
    },
    hear() {
      open(header)
      open(sealed)
      open(signature)
      verify(null, entry, signing.publicKey, signed)
      digest(entry)
    },
  }
}

/** What a step to so many others costs whoever steps: a new key, a share for each, a claim. */
export function stepOut(others: number): void {
  ml_kem768.keygen()
  for (let i = 0; i < others; i++) encapsulate()
  sign(null, kem.publicKey, signing.privateKey)
}

/** What a step costs a receiver: its share, and a claim with a key to admit. */
export function stepIn(): void {
  decapsulate()
  admit()
}

/** What so many elders cost a newcomer: a key of its own, their claims and keys, and a letter each way. */
export function join(elders: number): void {
  ml_kem768.keygen()
  for (let i = 0; i < elders; i++) {
    ed25519.Point.fromBytes(signingBytes).isTorsionFree()
    admit()
    decapsulate()
    encapsulate()
    verify(null, kem.publicKey, signing.publicKey, claim)
    sign(null, kem.publicKey, signing.privateKey)
  }
}

const claim = sign(null, kem.publicKey, signing.privateKey)

/** A claim's signature, and its X25519 share. */
function admit(): void {
  verify(null, kem.publicKey, signing.publicKey, claim)
  exchangeKeys()
}

function encapsulate(): void {
  ml_kem768.encapsulate(kem.publicKey)
  exchangeKeys()
}

function decapsulate(): void {
  ml_kem768.decapsulate(cipherText, kem.secretKey)
  exchangeKeys()
}

function exchangeKeys(): void {
  diffieHellman({ privateKey: exchange.privateKey, publicKey: exchange.publicKey })
}

function digest(entry: Uint8Array): void {
  hash('sha256', entry, 'buffer')
  for (let i = 0; i < MESSAGE_HMACS; i++) createHmac('sha256', key).update(bound).digest()
}

function seal(plain: Uint8Array): Uint8Array {
  return xchacha20poly1305(key, nonce, bound).encrypt(plain)
}

function open(sealed: Uint8Array): void {
  xchacha20poly1305(key, nonce, bound).decrypt(sealed)
}

function random(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}
