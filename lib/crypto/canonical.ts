/**
 * Canonical bytes of signed objects: RFC 8785 JCS (docs/protocol.md, Canonical objects). Claims, letters and entries are built and
 * read here, so that what is signed has exactly one form: strings, safe integers, booleans, null, arrays and plain objects.
 */
import canonicalize from 'canonicalize'
import { type Bytes, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { CryptoError } from './errors.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** Arrays and objects may be nested so deep, the outermost object counted. */
export const JSON_DEPTH = 16

/** Canonical bytes. Throws `CryptoError('bad_object')` for whatever no one may sign: see `check`. */
export function canonicalBytes(value: JsonObject): Bytes {
  check(value, 0)
  const text = canonicalize(value)
  if (text === undefined) throw new CryptoError('bad_object', 'not a JSON object')
  return utf8(text)
}

/**
 * The object that canonical bytes stand for. Throws `CryptoError('not_canonical')` for any other form of it, which refuses
 * duplicate keys, other spellings of numbers and escapes, and `CryptoError('bad_object')` for values that no one may sign.
 */
export function parseCanonical(bytes: Bytes): JsonObject {
  let text: string
  let value: unknown
  try {
    text = fromUtf8(bytes)
    value = JSON.parse(text)
  } catch {
    throw new CryptoError('not_canonical', 'not canonical JSON')
  }
  if (!isObject(value)) throw new CryptoError('bad_object', 'not a JSON object')
  check(value, 0)
  if (canonicalize(value) !== text) throw new CryptoError('not_canonical', 'not canonical JSON')
  return value
}

/** True for a plain object, whose values may still be anything JSON can hold. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws `CryptoError('bad_object')` unless the object has exactly these keys (`optional` ones may be absent). */
export function exactKeys(object: JsonObject, keys: readonly string[], optional: readonly string[] = []): void {
  const present = Object.keys(object)
  const known = present.every((key) => keys.includes(key) || optional.includes(key))
  if (!known || !keys.every((key) => Object.hasOwn(object, key))) throw new CryptoError('bad_object', 'wrong fields')
}

/**
 * Refuses what JCS leaves open or what two programs may read differently: floats, -0, integers beyond 2^53, lone surrogates, more than
 * 16 levels, anything that is no plain JSON value, and keys called `__proto__`: every `copy[key] = value` that meets one would put a
 * stranger's values behind all the keys that are looked up later.
 */
function check(value: unknown, depth: number): void {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'string') return checkText(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new CryptoError('bad_object', 'not a safe integer')
    return
  }
  if (depth >= JSON_DEPTH) throw new CryptoError('bad_object', 'nested too deep')
  if (isPlainArray(value)) {
    for (const item of value) check(item, depth + 1)
    return
  }
  if (!isPlainObject(value)) throw new CryptoError('bad_object', 'not a plain value')
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw new CryptoError('bad_object', 'forbidden key')
    checkText(key)
    check(value[key], depth + 1)
  }
}

function checkText(text: string): void {
  if (!text.isWellFormed()) throw new CryptoError('bad_object', 'lone surrogate')
}

function isPlainArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && !hasToJson(value)
}

/** Only what JSON.parse or a literal makes: canonicalize would turn a Map into {}. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || hasToJson(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** canonicalize calls `toJSON` and signs what it returns instead of what was checked. */
function hasToJson(value: object): boolean {
  return typeof Reflect.get(value, 'toJSON') === 'function'
}
