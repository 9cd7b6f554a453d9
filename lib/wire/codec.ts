/**
 * The only place where bytes on a socket become typed frames and back (docs/protocol.md, Relay contract).
 * The relay decodes what clients send, clients decode what a relay sends; nothing after this casts or checks a field's type again.
 */
import { readBroadcast, writeBroadcast } from './broadcast.ts'
import { utf8 } from './bytes.ts'
import { ERROR_REASONS, WireError } from './errors.ts'
import type { FromRelay, SealedFields, SeatRecord, StepPayload, ToRelay } from './frames.ts'
import {
  CLAIM_CHARS,
  FRAME_FROM_RELAY_BYTES,
  FRAME_TO_RELAY_BYTES,
  KEM_KEY_CHARS,
  LARGEST_ROOM,
  META_CHARS,
  ROOM_ID_CHARS,
  ROOM_SECRET_CHARS,
  SIG_CHARS,
  STEP_KEM_CHARS,
  STEP_WRAP_CHARS,
  USERNAME_CHARS,
} from './limits.ts'

type Fields = Readonly<Record<string, unknown>>

/** A frame's text. Throws `WireError('too_large')` for one that the relay would not take. */
export function encodeToRelay(frame: ToRelay): string {
  const text = JSON.stringify(frame)
  checkSize(text, FRAME_TO_RELAY_BYTES)
  return text
}

/** A frame's text. */
export function encodeFromRelay(frame: FromRelay): string {
  return (frame.type === 'broadcast' ? writeBroadcast(frame.from, frame) : null) ?? JSON.stringify(frame)
}

/**
 * Reads a frame that a client sent. Where the contract answers a wrong value (create, join, identify), a field of a wrong type
 * reads as one that no gate lets pass, so that the gates alone decide what is answered; everywhere else it throws.
 * Throws `WireError`: the relay drops the frame.
 */
export function decodeToRelay(text: string): ToRelay {
  checkSize(text, FRAME_TO_RELAY_BYTES)
  const broadcast = readBroadcast(text)
  if (broadcast !== null) return { type: 'broadcast', ...broadcast }
  const fields = parse(text)
  switch (fields['type']) {
    case 'create':
      return {
        type: 'create',
        ...(own(fields, 'adminToken') === undefined ? {} : { adminToken: textOrEmpty(fields, 'adminToken') }),
        protocolVersion: numberOrNaN(fields, 'protocolVersion'),
      }
    case 'join':
      return {
        type: 'join',
        roomId: textOrEmpty(fields, 'roomId'),
        roomSecret: textOrEmpty(fields, 'roomSecret'),
        protocolVersion: numberOrNaN(fields, 'protocolVersion'),
      }
    case 'identify':
      return {
        type: 'identify',
        username: textOrEmpty(fields, 'username'),
        ek: textOrEmpty(fields, 'ek'),
        ratchetEk: textOrEmpty(fields, 'ratchetEk'),
        claim: textOrEmpty(fields, 'claim'),
      }
    case 'relay':
      return { type: 'relay', to: string(fields, 'to'), payload: string(fields, 'payload') }
    case 'broadcast':
      return { type: 'broadcast', ...sealed(fields) }
    case 'ratchet_step':
      return {
        type: 'ratchet_step',
        payloads: stepPayloads(fields),
        newEk: string(fields, 'newEk'),
        claim: string(fields, 'claim'),
        ...sealed(fields),
      }
    case 'ek_update':
      return { type: 'ek_update', ek: string(fields, 'ek'), claim: string(fields, 'claim') }
    case 'rekey':
      return { type: 'rekey', ek: string(fields, 'ek'), ratchetEk: string(fields, 'ratchetEk'), claim: string(fields, 'claim') }
    default:
      throw new WireError('unknown_type', 'unknown frame type')
  }
}

/**
 * Reads a frame that a relay sent: hostile, so every field has a type and a size before anything keeps it.
 * Throws `WireError`: the client ignores the frame, counts it and shows the count.
 */
export function decodeFromRelay(text: string): FromRelay {
  checkSize(text, FRAME_FROM_RELAY_BYTES)
  const fields = parse(text)
  switch (fields['type']) {
    case 'room_created':
      return {
        type: 'room_created',
        roomId: matching(fields, 'roomId', /^[0-9a-f]*$/, ROOM_ID_CHARS),
        roomSecret: matching(fields, 'roomSecret', /^[A-Za-z0-9+/]{21}[AQgw]==$/, ROOM_SECRET_CHARS),
        serverVersion: integer(fields, 'serverVersion'),
      }
    case 'joined':
      return {
        type: 'joined',
        members: list(fields, 'members').map(joinedMember),
        serverVersion: integer(fields, 'serverVersion'),
      }
    case 'peer_joined':
      return { type: 'peer_joined', ...seatRecord(fields) }
    case 'peer_left':
      return { type: 'peer_left', username: upTo(fields, 'username', USERNAME_CHARS) }
    case 'relay':
      return {
        type: 'relay',
        from: upTo(fields, 'from', USERNAME_CHARS),
        payload: atMost(fields, 'payload', FRAME_TO_RELAY_BYTES),
      }
    case 'broadcast':
      return { type: 'broadcast', from: upTo(fields, 'from', USERNAME_CHARS), ...received(fields) }
    case 'ratchet_step_fwd':
      return {
        type: 'ratchet_step_fwd',
        from: upTo(fields, 'from', USERNAME_CHARS),
        kemCt: exactly(fields, 'kemCt', STEP_KEM_CHARS),
        encSeed: exactly(fields, 'encSeed', STEP_WRAP_CHARS),
        pn: integer(fields, 'pn'),
        newEk: exactly(fields, 'newEk', KEM_KEY_CHARS),
        claim: upTo(fields, 'claim', CLAIM_CHARS),
        ...received(fields),
      }
    case 'ek_update_fwd':
      return {
        type: 'ek_update_fwd',
        from: upTo(fields, 'from', USERNAME_CHARS),
        ek: exactly(fields, 'ek', KEM_KEY_CHARS),
        claim: upTo(fields, 'claim', CLAIM_CHARS),
      }
    case 'rekeyed':
      return { type: 'rekeyed' }
    case 'error':
      return errorFrame(fields)
    default:
      throw new WireError('unknown_type', 'unknown frame type')
  }
}

function parse(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new WireError('not_json', 'not JSON')
  }
  return object(value)
}

/** UTF-8 takes 1 to 3 bytes for a code unit, so only texts near the limit are counted. */
function checkSize(text: string, limit: number): void {
  const isOver = text.length > limit || (text.length * 3 > limit && utf8(text).length > limit)
  if (isOver) throw new WireError('too_large', 'frame over the size limit')
}

function object(value: unknown): Fields {
  if (!isObject(value)) throw new WireError('not_object', 'not an object')
  return value
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of an own key; inherited ones (`__proto__`, `constructor`) are not fields. */
function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined
}

function string(fields: Fields, key: string): string {
  const value = own(fields, key)
  // A lone surrogate has no UTF-8 form: it would come out as another text than went in.
  if (typeof value !== 'string' || !value.isWellFormed()) throw new WireError('bad_field', `${key} is not a text`)
  return value
}

function textOrEmpty(fields: Fields, key: string): string {
  const value = own(fields, key)
  return typeof value === 'string' && value.isWellFormed() ? value : ''
}

function numberOrNaN(fields: Fields, key: string): number {
  const value = own(fields, key)
  return typeof value === 'number' ? value : Number.NaN
}

function integer(fields: Fields, key: string): number {
  const value = own(fields, key)
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new WireError('bad_field', `${key} is not an integer`)
  return value
}

function atMost(fields: Fields, key: string, chars: number): string {
  const value = string(fields, key)
  if (value.length > chars) throw new WireError('bad_field', `${key} has a wrong length`)
  return value
}

function upTo(fields: Fields, key: string, chars: number): string {
  const value = atMost(fields, key, chars)
  if (value.length === 0) throw new WireError('bad_field', `${key} has a wrong length`)
  return value
}

function exactly(fields: Fields, key: string, chars: number): string {
  const value = string(fields, key)
  if (value.length !== chars) throw new WireError('bad_field', `${key} has a wrong length`)
  return value
}

function matching(fields: Fields, key: string, pattern: RegExp, chars: number): string {
  const value = exactly(fields, key, chars)
  if (!pattern.test(value)) throw new WireError('bad_field', `${key} has a wrong form`)
  return value
}

function list(fields: Fields, key: string): readonly unknown[] {
  const value = own(fields, key)
  if (!Array.isArray(value)) throw new WireError('bad_field', `${key} is not a list`)
  if (value.length > LARGEST_ROOM) throw new WireError('too_large', 'the room has more members than a client can serve')
  return value
}

function sealed(fields: Fields): SealedFields {
  return { payload: string(fields, 'payload'), meta: string(fields, 'meta'), sig: string(fields, 'sig') }
}

/** No client could have sent more than the relay takes, and no header of ours is longer than a few dozen bytes. */
function received(fields: Fields): SealedFields {
  const payload = atMost(fields, 'payload', FRAME_TO_RELAY_BYTES)
  return { payload, meta: atMost(fields, 'meta', META_CHARS), sig: upTo(fields, 'sig', SIG_CHARS) }
}

function seatRecord(value: unknown): SeatRecord {
  const fields = object(value)
  return {
    username: upTo(fields, 'username', USERNAME_CHARS),
    ek: exactly(fields, 'ek', KEM_KEY_CHARS),
    ratchetEk: exactly(fields, 'ratchetEk', KEM_KEY_CHARS),
    claim: upTo(fields, 'claim', CLAIM_CHARS),
  }
}

/**
 * A member of a snapshot. One with wrong values must not cost a newcomer the whole snapshot: what has a wrong type or is too long reads
 * as an empty text, which fails against the claim like every other wrong value, and costs that member alone.
 */
function joinedMember(value: unknown): SeatRecord {
  const fields = isObject(value) ? value : {}
  return {
    username: shortOrEmpty(fields, 'username', USERNAME_CHARS),
    ek: shortOrEmpty(fields, 'ek', KEM_KEY_CHARS),
    ratchetEk: shortOrEmpty(fields, 'ratchetEk', KEM_KEY_CHARS),
    claim: shortOrEmpty(fields, 'claim', CLAIM_CHARS),
  }
}

function shortOrEmpty(fields: Fields, key: string, chars: number): string {
  const value = textOrEmpty(fields, key)
  return value.length > chars ? '' : value
}

function stepPayloads(fields: Fields): Readonly<Record<string, StepPayload>> {
  const payloads = object(own(fields, 'payloads'))
  // Built without a prototype, so that a member called `__proto__` is a key like any other.
  const typed: Record<string, StepPayload> = Object.create(null)
  for (const name of Object.keys(payloads)) typed[name] = stepPayload(payloads[name])
  return typed
}

function stepPayload(value: unknown): StepPayload {
  const fields = object(value)
  // An integer, because JSON writes 1e999 back as null: the receiver would be sent another frame than the sender wrote.
  return { kemCt: string(fields, 'kemCt'), encSeed: string(fields, 'encSeed'), pn: integer(fields, 'pn') }
}

function errorFrame(fields: Fields): FromRelay {
  const named = own(fields, 'reason')
  const reason = ERROR_REASONS.find((known) => known === named)
  if (reason === undefined) throw new WireError('bad_field', 'reason is not one of the contract')
  return own(fields, 'serverVersion') === undefined
    ? { type: 'error', reason }
    : { type: 'error', reason, serverVersion: integer(fields, 'serverVersion') }
}
