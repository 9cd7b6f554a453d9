/**
 * Broadcasts, nearly all that a relay carries, read and written without a JSON parser when they are spelled as our clients spell them
 * (docs/performance.md). Called by codec.ts, which leaves every other spelling, and every other frame, to JSON. Nothing here is laxer:
 * what is taken is what `JSON.parse` would give, what is written is what `JSON.stringify` writes.
 */
import type { SealedFields } from './frames.ts'

const PAYLOAD = '{"type":"broadcast","payload":"'
const META = '","meta":"'
const SIG = '","sig":"'
const END = '"}'

/** What a JSON text may not hold, or holds only as an escape, and halves of characters, whole ones included. Quotes are found by their place. */
const SPECIAL = /[\\\u0000-\u001f\ud800-\udfff]/
const SPECIAL_OR_QUOTE = /["\\\u0000-\u001f\ud800-\udfff]/

/** The fields of a broadcast in the one spelling that needs no parser, or null for any other text. */
export function readBroadcast(text: string): SealedFields | null {
  if (!text.startsWith(PAYLOAD) || SPECIAL.test(text)) return null
  const payload = text.indexOf('"', PAYLOAD.length)
  if (!text.startsWith(META, payload)) return null
  const meta = text.indexOf('"', payload + META.length)
  if (!text.startsWith(SIG, meta)) return null
  const sig = text.indexOf('"', meta + SIG.length)
  if (sig !== text.length - END.length || !text.endsWith(END)) return null
  return {
    payload: text.slice(PAYLOAD.length, payload),
    meta: text.slice(payload + META.length, meta),
    sig: text.slice(meta + SIG.length, sig),
  }
}

/** The text of a forwarded broadcast, or null when a field has to be escaped. */
export function writeBroadcast(from: string, { payload, meta, sig }: SealedFields): string | null {
  if ([from, payload, meta, sig].some((field) => SPECIAL_OR_QUOTE.test(field))) return null
  return `{"type":"broadcast","from":"${from}","payload":"${payload}${META}${meta}${SIG}${sig}${END}`
}
