/**
 * Frames as people may look at them (docs/protocol.md, Relay contract): what the relay learns from each, sealed bytes and secrets left
 * out. Called by the clients' event panes with what `client.watch` saw.
 *
 * What is not known to be harmless to show is not shown: a field gets here only by the table below, and without a row for each field of
 * each frame it does not compile.
 */
import type { WireErrorCode } from '#lib/wire/errors.ts'
import type { FromRelay, SeatRecord, StepPayload, ToRelay } from '#lib/wire/frames.ts'
import { RELAY_REASONS, WIRE_REASONS } from './reasons.ts'
import { harmless } from './sanitize.ts'
import { bytes, count } from './units.ts'

type Frame = ToRelay | FromRelay

/** One frame in words. */
export interface Summary {
  /** In one line. */
  readonly line: string
  /** Expanded: every field, and what the relay learns from it. */
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  readonly shown: string
}

/**
 * id: the relay knows it, and it is shown shortened, since whole it is only noise · key: public, likewise · sealed: its size is all that
 * the relay learns · secret: the relay knows it, nobody else may · value: a number or a word of the contract.
 */
type Manner = 'id' | 'key' | 'sealed' | 'secret' | 'value'

type NamesOf<T> = T extends unknown ? keyof T : never
/** Lists are expanded to what they hold. */
type Name = Exclude<NamesOf<Frame | SeatRecord | StepPayload>, 'type' | 'members' | 'payloads'>

const MANNERS: Readonly<Record<Name, Manner>> = {
  roomId: 'id',
  roomSecret: 'secret',
  adminToken: 'secret',
  username: 'id',
  to: 'id',
  from: 'id',
  ek: 'key',
  ratchetEk: 'key',
  newEk: 'key',
  kemCt: 'sealed',
  encSeed: 'sealed',
  claim: 'sealed',
  payload: 'sealed',
  meta: 'sealed',
  sig: 'sealed',
  pn: 'value',
  protocolVersion: 'value',
  serverVersion: 'value',
  reason: 'value',
}

/** A frame of so many bytes. */
export function summaryOf(frame: Frame, size: number): Summary {
  return { line: `${frame.type}, ${bytes(size)}: ${told(frame)}`, fields: fieldsOf(frame) }
}

/** What came from the relay, was no frame of the contract, and was ignored. */
export function summaryOfGarbage(code: WireErrorCode, size: number): Summary {
  return { line: `not taken, ${bytes(size)}: ${WIRE_REASONS[code]}`, fields: [] }
}

function told(frame: Frame): string {
  switch (frame.type) {
    case 'create':
      return `asks for a room${frame.adminToken === undefined ? '' : ', with a token'}`
    case 'join':
      return `asks to be let into room ${short(frame.roomId)}, with its secret`
    case 'room_created':
      return `room ${short(frame.roomId)} and its secret`
    case 'joined':
      return `let in, ${count(frame.members.length, 'seat')} there`
    case 'identify':
    case 'peer_joined':
      return `seat ${short(frame.username)}, ${sealed('claim', frame.claim)}`
    case 'peer_left':
      return `seat ${short(frame.username)} is gone`
    case 'relay':
      return `${sealed('letter', frame.payload)} ${whom(frame)}`
    case 'broadcast':
      return 'from' in frame ? `${sealed('body', frame.payload)} ${whom(frame)}` : `${sealed('body', frame.payload)} to all`
    case 'ratchet_step':
      return `new key for ${count(Object.keys(frame.payloads).length, 'seat')}, ${sealed('body', frame.payload)}`
    case 'ratchet_step_fwd':
      return `new key, ${sealed('body', frame.payload)} ${whom(frame)}`
    case 'ek_update':
    case 'rekey':
      return `new key, ${sealed('claim', frame.claim)}`
    case 'ek_update_fwd':
      return `new key, ${sealed('claim', frame.claim)} ${whom(frame)}`
    case 'rekeyed':
      return 'the new key is kept'
    case 'error':
      return RELAY_REASONS[frame.reason]
  }
}

function whom(frame: { readonly to: string } | { readonly from: string }): string {
  return 'to' in frame ? `to seat ${short(frame.to)}` : `from seat ${short(frame.from)}`
}

function sealed(what: string, text: string): string {
  return `sealed ${what} of ${bytes(sizeOf(text))}`
}

/** Seats named in full, at most. */
const MOST_SEATS = 20

function fieldsOf(frame: Frame): readonly Field[] {
  const { type, ...rest } = frame
  const own = Object.entries(rest).flatMap(([name, value]) => shownField('', name, value))
  switch (type) {
    case 'joined':
      return [...own, ...listed(frame.members, (member) => ({ of: '', ...member }))]
    case 'ratchet_step':
      return [...own, ...listed(Object.entries(frame.payloads), ([seat, payload]) => ({ of: short(seat), ...payload }))]
    default:
      return own
  }
}

/** Each of a list, up to a limit: a relay may name a thousand. */
function listed<T>(
  list: readonly T[],
  record: (one: T) => { readonly of: string } & Readonly<Record<string, unknown>>,
): readonly Field[] {
  const shown = list.slice(0, MOST_SEATS).flatMap((one, at) => {
    const { of, ...fields } = record(one)
    const whose = of === '' ? `seat ${at + 1}` : `for seat ${of}`
    return Object.entries(fields).flatMap(([name, value]) => shownField(`${whose}, `, name, value))
  })
  const more = list.length - MOST_SEATS
  return more > 0 ? [...shown, { name: `${count(more, 'seat')} more`, shown: 'as these' }] : shown
}

function shownField(whose: string, name: string, value: unknown): readonly Field[] {
  const manner = isName(name) ? MANNERS[name] : undefined
  if (manner === undefined || (typeof value !== 'string' && typeof value !== 'number')) return []
  return [{ name: `${whose}${name}`, shown: shownValue(manner, value) }]
}

function isName(name: string): name is Name {
  return Object.hasOwn(MANNERS, name)
}

function shownValue(manner: Manner, value: string | number): string {
  const text = String(value)
  switch (manner) {
    case 'id':
      return short(text)
    case 'key':
      return `public key of ${bytes(sizeOf(text))}, ${short(text)}`
    case 'sealed':
      return `sealed, ${bytes(sizeOf(text))}`
    case 'secret':
      return 'secret, not shown'
    case 'value':
      return harmless(text)
  }
}

/** So much of an id tells it from others, and is of no use to who reads it over a shoulder. */
const SHORT_CHARS = 6

function short(id: string): string {
  return `${harmless(id.slice(0, SHORT_CHARS))}${id.length > SHORT_CHARS ? '…' : ''}`
}

/** Bytes behind a text in base64 with padding. */
function sizeOf(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding)
}
