/**
 * The topic and its lock (docs/protocol.md, Topic): which of all that were said is in force. A pure fold, the same for every order of the
 * same entries, that needs no entry from before one's time: each says itself what it follows. Called by lib/client/topics.ts; kinds.ts
 * asks for the shapes of the bodies.
 */
import type { Json, JsonObject } from '#lib/crypto/canonical.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { bytesOf } from '#lib/crypto/fields.ts'
import { HASH_BYTES } from '#lib/crypto/primitives.ts'
import { fromHex, toBase64url, toHex, utf8 } from '#lib/wire/bytes.ts'
import { hasControls } from '#lib/wire/marks.ts'
import { LAST_TURN, TOPIC_BYTES } from './limits.ts'

export const TOPIC = 'core.topic'
export const POLICY = 'core.policy'

/** What both say. Names of entries are their hashes in hexadecimal, '' is none. */
interface Stated {
  /** The entry's own hash. */
  readonly hash: string
  /** Signed by the room's founder. */
  readonly founder: boolean
  /** One more than the highest that its author knew: of topics under one lock, of locks among themselves. */
  readonly turn: number
}

/** Somebody's topic; an empty text takes it away. */
export interface Topic extends Stated {
  readonly is: 'topic'
  readonly text: string
  /** The lock, shut or open, that was in force for its author: it counts under no other. */
  readonly under: string
}

/** The founder's word on who may set the topic. */
export interface Lock extends Stated {
  readonly is: 'lock'
  readonly locked: boolean
  /** The topic that stays. No other from before counts, so that nobody can date one back behind the lock. */
  readonly keeps: string
}

export interface InForce {
  readonly topic: Topic | null
  readonly lock: Lock | null
}

/** All that were said, by hash. */
export type Statements = ReadonlyMap<string, Topic | Lock>

/** What is in force. */
export function inForce(said: Statements): InForce {
  const lock = last([...said.values()].filter((one) => one.is === 'lock'))
  const kept = lock === null ? undefined : said.get(lock.keeps)
  return { lock, topic: last(counting(said, lock)) ?? (kept?.is === 'topic' && !isDefiant(said, kept) ? kept : null) }
}

/** The topics that were set under a lock by who may. */
function counting(said: Statements, lock: Lock | null): readonly Topic[] {
  const under = lock?.hash ?? ''
  const mayBy = (one: Topic) => one.founder || lock?.locked !== true
  return [...said.values()].filter((one) => one.is === 'topic').filter((one) => one.under === under && mayBy(one))
}

/** The last in causal order; of those that did not know of each other the founder's goes first, then the lower hash. */
function last<S extends Stated>(some: readonly S[]): S | null {
  return some.reduce<S | null>((newest, one) => (newest === null || isBefore(newest, one) ? one : newest), null)
}

function isBefore(one: Stated, other: Stated): boolean {
  if (one.turn !== other.turn) return one.turn < other.turn
  return one.founder === other.founder ? one.hash < other.hash : one.founder
}

/** True for a topic whose author names the lock that kept it from setting one: it knew. Who had not heard of it did no wrong. */
export function isDefiant(said: Statements, one: Topic): boolean {
  const lock = said.get(one.under)
  return !one.founder && lock?.is === 'lock' && lock.locked
}

/** The one to forget when there are too many: what is in force stays, then what the next one has to come after. */
export function leastOf(said: Statements): string | null {
  const { topic, lock } = inForce(said)
  const rest = [...said.values()].filter((one) => one !== topic && one !== lock)
  const isPast = (one: Topic | Lock) => one.is === 'lock' || one.under !== (lock?.hash ?? '')
  const least =
    rest.find(isPast) ?? rest.reduce<Topic | Lock | undefined>((a, b) => (a === undefined || isBefore(b, a) ? b : a), undefined)
  return least?.hash ?? null
}

/** The body of a topic that follows all that are known. At the last turn there is, hashes decide. */
export function topicBody(said: Statements, text: string): JsonObject {
  const { lock } = inForce(said)
  return { text, turn: turnAfter(last(counting(said, lock))), under: nameOf(lock) }
}

/** The body of the founder's lock: the topic in force stays. */
export function lockBody(said: Statements, locked: boolean): JsonObject {
  const { topic, lock } = inForce(said)
  return { topic: locked ? 'locked' : 'open', turn: turnAfter(lock), keeps: nameOf(topic) }
}

function turnAfter(newest: Stated | null): number {
  return Math.min((newest?.turn ?? 0) + 1, LAST_TURN)
}

function nameOf(one: Stated | null): string {
  return one === null ? '' : toBase64url(fromHex(one.hash))
}

/** What a verified entry states of the topic; null when nothing, as when it is no founder's lock. Throws nothing: kinds.ts has looked at the body. */
export function statementOf(kind: string, body: JsonObject, hash: string, founder: boolean): Topic | Lock | null {
  if (kind === TOPIC) return topicOf(body, hash, founder)
  return kind === POLICY && founder ? lockOf(body, hash) : null
}

function topicOf({ text, turn, under }: JsonObject, hash: string, founder: boolean): Topic | null {
  const named = nameIn(under)
  if (typeof text !== 'string' || topicFault(text) !== null || !isTurn(turn) || named === null) return null
  return { is: 'topic', hash, founder, turn, text, under: named }
}

function lockOf({ topic, turn, keeps }: JsonObject, hash: string): Lock | null {
  const named = nameIn(keeps)
  if ((topic !== 'locked' && topic !== 'open') || !isTurn(turn) || named === null) return null
  return { is: 'lock', hash, founder: true, turn, locked: topic === 'locked', keeps: named }
}

function isTurn(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 1 && value <= LAST_TURN
}

/** An entry's hash in hexadecimal, '' for none; null when it names nothing. */
function nameIn(value: Json | undefined): string | null {
  if (value === '') return ''
  try {
    return toHex(bytesOf(value, HASH_BYTES))
  } catch (error) {
    if (error instanceof CryptoError) return null
    throw error
  }
}

/** Why a text cannot be a topic; null when it can. */
export function topicFault(text: string): 'bad_topic' | 'too_large' | null {
  if (!text.isWellFormed() || hasControls(text)) return 'bad_topic'
  return utf8(JSON.stringify(text)).length - 2 > TOPIC_BYTES ? 'too_large' : null
}

/** The shapes of both bodies. A policy on something else is of a later version. */
export function isTopicBody(body: JsonObject): boolean {
  return hasKeys(body, ['text', 'turn', 'under']) && topicOf(body, '', false) !== null
}

export function isPolicyBody(body: JsonObject): boolean {
  return body['topic'] === undefined || (hasKeys(body, ['topic', 'turn', 'keeps']) && lockOf(body, '') !== null)
}

function hasKeys(body: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(body).length === keys.length && keys.every((key) => Object.hasOwn(body, key))
}
