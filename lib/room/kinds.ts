/**
 * Entry kinds (docs/protocol.md, Kinds): the core ones with the shape of their bodies, and reverse-DNS ones, whose bodies belong to
 * whoever made them up. Called when an entry is composed and when one is read.
 */
import { isObject, type JsonObject } from '#lib/crypto/canonical.ts'
import { KIND_CHARS } from './limits.ts'
import { isPolicyBody, isTopicBody } from './topic.ts'

/** A notice is a text that no program may answer by itself (RFC 2812 section 3.3.2); an action is what its author does: `waves`. */
export type TextClass = 'notice' | 'action'

/** Why a body is refused. */
export type KindFault = 'unknown_kind' | 'bad_body'

const CORE: Readonly<Record<string, (body: JsonObject) => boolean>> = {
  'core.text': (body) =>
    typeof body['text'] === 'string' && body['text'] !== '' && hasOnly(body, ['text', 'class']) && isClass(body),
  'core.topic': isTopicBody,
  'core.policy': isPolicyBody,
  'core.leave': (body) => hasOnly(body, []),
  'core.close': (body) => hasOnly(body, []),
  'core.beat': (body) => hasOnly(body, []),
}

/** Null when the body suits the kind. Unknown `core.` kinds are of a later version: kept and chained, shown as unsupported. */
export function kindFault(kind: string, body: unknown): KindFault | null {
  if (!isKind(kind)) return 'unknown_kind'
  if (!isObject(body)) return 'bad_body'
  const check = Object.hasOwn(CORE, kind) ? CORE[kind] : undefined
  return check === undefined || check(body) ? null : 'bad_body'
}

/** True for a name of at least two labels in lower case: `core.text`, `org.example.poll`. */
export function isKind(kind: string): boolean {
  return kind.length <= KIND_CHARS && /^[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+$/.test(kind)
}

/** True for a kind that a program may make up for itself: reverse-DNS, not `core.`. */
export function isExtension(kind: string): boolean {
  return isKind(kind) && !kind.startsWith('core.')
}

/** The class of a body; null for a text that is neither, and for what is no class. */
export function classOf({ class: value }: JsonObject): TextClass | null {
  return value === 'notice' || value === 'action' ? value : null
}

function isClass({ class: value }: JsonObject): boolean {
  return value === undefined || value === 'notice' || value === 'action'
}

function hasOnly(body: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(body).every((key) => keys.includes(key))
}
