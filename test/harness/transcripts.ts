/**
 * Transcripts fed by hand: entries and heads of logs by their numbers alone, for the tests of what a transcript makes of them. Logs are
 * called `a`, `b`…; who signed what, and whether, is no question of the transcript.
 */
import { sha256 } from '#lib/crypto/primitives.ts'
import type { NamedHead, Signed, SignedEntry } from '#lib/room/entry.ts'
import { addEntry, beginLog, emptyTranscript, noteHead, type Outcome, type Transcript } from '#lib/room/transcript.ts'
import { type Bytes, utf8 } from '#lib/wire/bytes.ts'

export const ZEROS = new Uint8Array(32)

export const memberOf = (log: string) => `member of ${log}`

/** The hash of an entry of a log. Another telling gives another entry at the same place. */
export function hashOf(log: string, n: number, telling = ''): Bytes {
  return n === 0 ? ZEROS : sha256(utf8(`${log} ${n} ${telling}`))
}

export function headAt(log: string, n: number, telling = ''): NamedHead {
  return { log, n, hash: hashOf(log, n, telling) }
}

/** Where an entry is changed from the one that stands at its place. */
export interface Changed {
  readonly telling?: string
  readonly prev?: Bytes
  /** Of its canonical bytes. */
  readonly size?: number
}

/** An entry as the transcript looks at it: its log, its number, what it says came before, and bytes to keep. */
export function signedAt(log: string, n: number, { telling = '', prev = hashOf(log, n - 1), size }: Changed = {}): SignedEntry {
  const said = { member: new Uint8Array(16), time: 0, kind: 'core.text', body: {}, seen: [], roster: ZEROS, salt: ZEROS }
  const bytes = size === undefined ? utf8(`${log} ${n} ${telling}`) : new Uint8Array(size).fill(1)
  return { entry: { ...said, log, n, prev }, hash: hashOf(log, n, telling), bytes, signature: new Uint8Array(64).fill(n) }
}

/** What of it shows others that it was said. */
export function evidenceOf({ bytes, signature }: Signed): Signed {
  return { bytes, signature }
}

/** A transcript with these logs, each from its base. */
export function transcriptOf(bases: Readonly<Record<string, number>>): Transcript {
  const transcript = emptyTranscript()
  for (const [log, n] of Object.entries(bases)) beginLog(transcript, log, memberOf(log), { n, hash: hashOf(log, n) })
  return transcript
}

export function add(transcript: Transcript, log: string, n: number, telling = ''): Outcome {
  return addEntry(transcript, signedAt(log, n, { telling }))
}

/** A head that a member names: `x` unless it is said. */
export function note(transcript: Transcript, log: string, n: number, { by = 'x', telling = '' } = {}): Outcome {
  return noteHead(transcript, headAt(log, n, telling), by)
}
