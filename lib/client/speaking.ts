/**
 * Saying something (docs/protocol.md, Entries): builds the next entry of my log, signs it, and sends it in an envelope or as the
 * first message of a step. Called by obeying.ts.
 */
import type { JsonObject } from '#lib/crypto/canonical.ts'
import { type Entry, type Signed, signEntry, type SignedEntry } from '#lib/room/entry.ts'
import { SEEN_IN_ENTRY } from '#lib/room/limits.ts'
import { headOf } from '#lib/room/heads.ts'
import { addEntry, coverNow } from '#lib/room/transcript.ts'
import { beatOf, beatSoon } from './beats.ts'
import { broadcast, given, said, takeNews } from './composing.ts'
import type { Turn } from './effects.ts'
import { entryOf } from './outbox.ts'
import { stepOut, stepReason } from './rotation.ts'
import type { Room } from './state.ts'
import { tell } from './telling.ts'
import { noteTopic } from './topics.ts'

/**
 * Says an entry of mine and tells it; while the connection is down it waits in the outbox. Throws `CryptoError`: too_large, bad_object;
 * then nothing was sent or moved.
 */
export function sayEntry(room: Room, kind: string, body: JsonObject, turn: Turn): void {
  const draft = draftEntry(room, kind, body, turn)
  // Signed before anything moves, so that a body which cannot be said leaves the session as it was.
  const signed = signEntry(room.keys.roomId, draft, room.me.signer)
  if (room.returning) room.outbox.push(draft.n)
  else send(room, signed, turn)
  keepOwn(room, signed, turn)
}

/** Sends what waited, in its order. */
export function emptyOutbox(room: Room, turn: Turn): void {
  const numbers = room.outbox.splice(0)
  for (const n of numbers) {
    const kept = entryOf(room, n)
    if (kept === undefined) continue
    coverNow(room.transcript, kept)
    send(room, kept, turn)
  }
  const upTo = numbers.at(-1)
  if (upTo !== undefined && given(room).length > 0) room.readUpTo = upTo
  if (upTo !== undefined) tell(turn, { is: 'sent', log: room.log, upTo, readers: given(room).length })
  if (upTo !== undefined) beatSoon(room, turn)
}

function send(room: Room, signed: Signed, turn: Turn): void {
  const reason = stepReason(room, turn.now)
  if (reason === null) broadcast(room, signed, turn)
  else stepOut(room, reason, () => signed, turn)
}

/** Renews my keys now: a step that carries a beat. */
export function rotateNow(room: Room, turn: Turn): void {
  stepOut(room, 'by hand', (epoch) => beatOf(room, epoch, turn), turn)
}

function draftEntry(room: Room, kind: string, body: JsonObject, turn: Turn): Entry {
  const { log, transcript } = room
  const head = headOf(transcript, log) ?? { n: 0, hash: new Uint8Array(32) }
  // The newest news: older ones wait for the next entry or travel in beats.
  const seen = [...room.news.values()].slice(-SEEN_IN_ENTRY)
  return { log, n: head.n + 1, prev: head.hash, ...said(room, kind, body, seen, turn) }
}

function keepOwn(room: Room, signed: SignedEntry, turn: Turn): void {
  const { entry } = signed
  addEntry(room.transcript, signed)
  takeNews(room, entry.seen)
  const { log, n, kind, body, time, seen } = entry
  const waiting = room.returning
  const readers = waiting ? 0 : given(room).length
  if (readers > 0) room.readUpTo = n
  const view = { log, n, who: room.me.view, kind, body, time, seen, late: false, repaired: false, waiting, readers }
  tell(turn, { is: 'entry', entry: view })
  noteTopic(room, signed, room.me.view, turn)
  if (!waiting) beatSoon(room, turn)
}
