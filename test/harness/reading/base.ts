/**
 * The second reading of the protocol (docs/protocol.md): written from its text over node:crypto and noble, without a line of lib/, so that
 * two programs have to agree on every byte of a layout. Here is what all layouts are made of. Called by the other files of this folder and
 * by the tests of known answers.
 */
import { createHash } from 'node:crypto'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { expand as hkdfExpand, hkdf } from '@noble/hashes/hkdf.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'

export type Octets = Uint8Array
export type Fields = Readonly<Record<string, unknown>>

/** Refuses what does not read as the protocol says. */
export class Misread extends Error {
  override readonly name = 'Misread'
}

export function hex(text: string): Octets {
  return new Uint8Array(Buffer.from(text, 'hex'))
}

export function toHex(octets: Octets): string {
  return Buffer.from(octets).toString('hex')
}

export function base64(text: string): Octets {
  const octets = Buffer.from(text, 'base64')
  if (octets.toString('base64') !== text) throw new Misread('not base64')
  return new Uint8Array(octets)
}

export function base64url(text: string): Octets {
  const octets = Buffer.from(text, 'base64url')
  if (octets.toString('base64url') !== text) throw new Misread('not base64url')
  return new Uint8Array(octets)
}

export function text(value: string): Octets {
  return new Uint8Array(Buffer.from(value, 'utf8'))
}

export function fromText(octets: Octets): string {
  return Buffer.from(octets).toString('utf8')
}

/** An unsigned integer of 32 bits, most significant byte first. */
export function number32(value: number): Octets {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(value)
  return new Uint8Array(octets)
}

export function readNumber32(octets: Octets): number {
  return Buffer.from(octets).readUInt32BE()
}

export function join(...parts: readonly Octets[]): Octets {
  return new Uint8Array(Buffer.concat(parts))
}

/** Takes the fields of a layout off its front, one after the other. */
export class Layout {
  #left: Octets

  constructor(octets: Octets) {
    this.#left = octets
  }

  take(size: number): Octets {
    if (size < 0 || size > this.#left.length) throw new Misread('a layout of another size')
    const field = this.#left.slice(0, size)
    this.#left = this.#left.slice(size)
    return field
  }

  /** Everything but the last `size` octets. */
  before(size: number): Octets {
    return this.take(this.#left.length - size)
  }

  /** All that is left. */
  rest(): Octets {
    return this.take(this.#left.length)
  }

  end(): void {
    if (this.#left.length > 0) throw new Misread('a layout of another size')
  }
}

function label(use: string): Octets {
  return text(`tacet/1 ${use}\u0000`)
}

export function sha256(...parts: readonly Octets[]): Octets {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** SHA-256("tacet/1 use" ‖ 0x00 ‖ parts). */
export function labelled(use: string, ...parts: readonly Octets[]): Octets {
  return sha256(label(use), ...parts)
}

/** HKDF-SHA-256 with info = "tacet/1 use" ‖ 0x00 ‖ parts. */
export function derived(use: string, salt: Octets, ikm: Octets, length: number, ...parts: readonly Octets[]): Layout {
  return new Layout(hkdf(nobleSha256, ikm, salt, join(label(use), ...parts), length))
}

/** HKDF-Expand with the same info. */
export function expanded(use: string, key: Octets, length: number, ...parts: readonly Octets[]): Layout {
  return new Layout(hkdfExpand(nobleSha256, key, join(label(use), ...parts), length))
}

/** Throws `Misread` unless this is the member's signature over "tacet/1 use" ‖ 0x00 ‖ message. */
export function checkSignature(use: string, key: Octets, message: Octets, signature: Octets): void {
  if (!ed25519.verify(signature, join(label(use), message), key, { zip215: false })) throw new Misread('not signed')
}

/** Opens nonce 24 ‖ ciphertext ‖ tag 16. */
export function openLongLived(key: Octets, bound: Octets, sealed: Octets): Octets {
  const layout = new Layout(sealed)
  return xchacha20poly1305(key, layout.take(24), bound).decrypt(layout.rest())
}

/** Opens commit 32 ‖ ciphertext ‖ tag 16 under key 32 ‖ nonce 24 ‖ commit 32. */
export function openSingleUse(material: Octets, bound: Octets, sealed: Octets): Octets {
  const [keys, layout] = [new Layout(material), new Layout(sealed)]
  const cipher = xchacha20poly1305(keys.take(32), keys.take(24), bound)
  if (toHex(layout.take(32)) !== toHex(keys.rest())) throw new Misread('another commitment')
  return cipher.decrypt(layout.rest())
}

/** Opens a sealed signature under key 32 ‖ nonce 24, with nothing bound to it. */
export function openSignature(material: Octets, sealed: Octets): Octets {
  const keys = new Layout(material)
  return xchacha20poly1305(keys.take(32), keys.rest()).decrypt(sealed)
}

/** 1 KiB, 2 KiB, then Padmé in the words of its paper: the lowest E - S bits of the length are zeros, rounded up. */
function paddedTo(content: number): number {
  const length = content + 4
  if (length <= 1_024) return 1_024
  if (length <= 2_048) return 2_048
  const e = length.toString(2).length - 1
  const s = e.toString(2).length
  const mask = 2 ** (e - s) - 1
  return length + mask - ((length + mask) & mask)
}

/** The content of length 4 ‖ content ‖ zeros, of its class's size or of a given one. */
export function unpadded(padded: Octets, size: number | null = null): Octets {
  const layout = new Layout(padded)
  const length = readNumber32(layout.take(4))
  if (padded.length !== (size ?? paddedTo(length))) throw new Misread('padded to another size')
  const content = layout.take(length)
  if (layout.rest().some((octet) => octet !== 0)) throw new Misread('padded with more than zeros')
  return content
}

/** RFC 8785 for texts, integers, booleans, null, lists and objects. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`
  if (!isFields(value)) return JSON.stringify(value)
  const names = Object.keys(value).toSorted()
  return `{${names.map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`).join(',')}}`
}

/** The object that canonical bytes stand for. Throws `Misread` when they are not canonical. */
export function readObject(octets: Octets): Fields {
  const canonical = fromText(octets)
  const value: unknown = JSON.parse(canonical)
  if (!isFields(value) || jcs(value) !== canonical) throw new Misread('not canonical')
  return value
}

/** Throws `Misread` unless an object has these fields and no others. */
export function haveFields(object: Fields, ...fields: readonly string[]): void {
  if (Object.keys(object).toSorted().join() !== fields.toSorted().join()) throw new Misread('other fields')
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field in base64url, in hexadecimal. */
export function hexOf(value: unknown): string {
  return toHex(base64url(String(value)))
}
