/**
 * Saving a talk (docs/protocol.md, Saved talk): what of a view is kept, its canonical bytes, and the file that a passphrase opens. Bytes out
 * and bytes in: who calls it reads and writes the files. Called by both clients, on a person's word alone.
 */
import { canonicalBytes, exactKeys, type Json, type JsonObject, isObject, parseCanonical } from '#lib/crypto/canonical.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { booleanField, integerField, listField, textField } from '#lib/crypto/fields.ts'
import type { Progress } from '#lib/crypto/passphrase.ts'
import type { Random } from '#lib/crypto/primitives.ts'
import { openSaved, SAVED_BYTES, sealSaved } from '#lib/crypto/saved.ts'
import { classOf, isKind, type TextClass } from '#lib/room/kinds.ts'
import { wipe } from '#lib/wire/bytes.ts'
import type { EntryView } from './events.ts'
import type { View } from './store.ts'

const VERSION = 1

/** What was said, as a file keeps it: without keys, seats, ids or signatures. Texts are as they were written. */
export interface SavedTalk {
  /** When it was saved, ms since 1970. */
  readonly time: number
  /** The topic then; empty when there was none. */
  readonly topic: string
  readonly entries: readonly SavedEntry[]
}

export interface SavedEntry {
  readonly name: string
  /** The short tag of the author's key, by which two of one name are told apart. */
  readonly tag: string
  /** The author was marked as compared, or is who saved it. */
  readonly verified: boolean
  /** Said by who saved it. */
  readonly me: boolean
  /** The author's clock, ms since 1970. */
  readonly time: number
  readonly kind: string
  /** Of a text or a topic; empty for what is neither. */
  readonly text: string
  /** Of a text; empty where it has none. */
  readonly class: TextClass | ''
}

/** What of a view is saved. */
export function talkOf({ topic, entries, members }: View, time: number): SavedTalk {
  return { time, topic: topic.text, entries: entries.map((entry) => savedEntry(entry, members)) }
}

/** The mark is the one of now: it may have been set after the entry was said. */
function savedEntry({ who, kind, body, time }: EntryView, members: View['members']): SavedEntry {
  const { name, tag, me, seat } = who
  const text = kind === 'core.text' || kind === 'core.topic' ? body['text'] : ''
  return {
    name,
    tag,
    verified: (members.get(seat) ?? who).verified,
    me,
    time,
    kind,
    text: typeof text === 'string' ? text : '',
    class: kind === 'core.text' ? (classOf(body) ?? '') : '',
  }
}

/**
 * The file of a talk: takes a second or two, and tells how far it is. Throws `CryptoError`: too_large over 64 MiB, bad_length for what is
 * no passphrase.
 */
export async function saveTalk(talk: SavedTalk, passphrase: string, random: Random, progress: Progress): Promise<Uint8Array> {
  const content = canonicalBytes(talkToJson(talk))
  try {
    return await sealSaved(content, passphrase, random, progress)
  } finally {
    wipe(content)
  }
}

/**
 * The talk in a file. Throws `CryptoError`: not_opened for a wrong passphrase and for a damaged file alike, also for one that was made by
 * no client of ours.
 */
export async function openTalk(file: Uint8Array, passphrase: string, progress: Progress): Promise<SavedTalk> {
  const content = await openSaved(file, passphrase, progress)
  try {
    return talkIn(content)
  } catch (error) {
    if (error instanceof CryptoError) throw new CryptoError('not_opened', 'no talk is in the file')
    throw error
  } finally {
    wipe(content)
  }
}

function talkToJson({ time, topic, entries }: SavedTalk): JsonObject {
  return { v: VERSION, time, topic, entries: entries.map((entry) => ({ ...entry })) }
}

/** The talk in an opened content. Throws `CryptoError`: not_canonical, bad_object. */
export function talkIn(content: Uint8Array): SavedTalk {
  const json = parseCanonical(content)
  exactKeys(json, ['v', 'time', 'topic', 'entries'])
  if (json['v'] !== VERSION) throw new CryptoError('bad_object', 'unknown version')
  const entries = listField(json, 'entries', SAVED_BYTES).map(entryIn)
  return { time: timeIn(json), topic: textField(json, 'topic'), entries }
}

function entryIn(json: Json): SavedEntry {
  if (!isObject(json)) throw new CryptoError('bad_object', 'not an entry')
  exactKeys(json, ['name', 'tag', 'verified', 'me', 'time', 'kind', 'text', 'class'])
  const kind = textField(json, 'kind')
  if (!isKind(kind)) throw new CryptoError('bad_object', 'not a kind')
  return {
    name: textField(json, 'name'),
    tag: textField(json, 'tag'),
    verified: booleanField(json, 'verified'),
    me: booleanField(json, 'me'),
    time: timeIn(json),
    kind,
    text: textField(json, 'text'),
    class: classIn(json),
  }
}

function classIn(json: JsonObject): TextClass | '' {
  if (json['class'] === '') return ''
  const named = classOf(json)
  if (named === null) throw new CryptoError('bad_object', 'not a class')
  return named
}

function timeIn(json: JsonObject): number {
  return integerField(json, 'time', 0, Number.MAX_SAFE_INTEGER)
}
