/**
 * Reads fields of canonical objects (docs/protocol.md, Canonical objects): a field has its type and its size, or the object is
 * refused with `CryptoError('bad_object')`. Used by claims, letters and entries after `exactKeys`.
 */
import { type Bytes, fromBase64url } from '#lib/wire/bytes.ts'
import { isObject, type Json, type JsonObject } from './canonical.ts'
import { CryptoError } from './errors.ts'

export function textField(object: JsonObject, key: string): string {
  const value = object[key]
  if (typeof value !== 'string') throw new CryptoError('bad_object', `${key} is not a text`)
  return value
}

export function integerField(object: JsonObject, key: string, least: number, most: number): number {
  const value = object[key]
  if (typeof value !== 'number' || value < least || value > most) throw new CryptoError('bad_object', `${key} is out of range`)
  return value
}

export function booleanField(object: JsonObject, key: string): boolean {
  const value = object[key]
  if (typeof value !== 'boolean') throw new CryptoError('bad_object', `${key} is not a boolean`)
  return value
}

/** Bytes of an exact length, written in base64url. */
export function bytesField(object: JsonObject, key: string, length: number): Bytes {
  return bytesOf(object[key], length)
}

export function bytesOf(value: Json | undefined, length: number): Bytes {
  if (typeof value !== 'string' || value.length !== Math.ceil((length * 4) / 3))
    throw new CryptoError('bad_object', 'wrong length')
  try {
    return fromBase64url(value)
  } catch {
    throw new CryptoError('bad_object', 'not base64url')
  }
}

export function objectField(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  if (!isObject(value)) throw new CryptoError('bad_object', `${key} is not an object`)
  return value
}

export function listField(object: JsonObject, key: string, most: number): readonly Json[] {
  return listOf(object[key], most)
}

export function listOf(value: Json | undefined, most: number): readonly Json[] {
  if (!Array.isArray(value)) throw new CryptoError('bad_object', 'not a list')
  if (value.length > most) throw new CryptoError('too_large', 'list too long')
  return value
}
