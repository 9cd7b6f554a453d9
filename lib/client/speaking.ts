/**
 * Saying something (docs/protocol.md, Entries): builds the next entry of my log, signs it, and sends it in an envelope or as the
 * first message of a step. Called by seated.ts for commands.
 */
import type { JsonObject } from '#lib/crypto/canonical.ts'
import { envelopeFields } from '#lib/crypto/message.ts'
import { sealNext } from '#lib/crypto/sending.ts'
import { BEAT, type Entry, type NamedHead, type Signed, signBeat, signEntry, type SignedEntry } from '#lib/room/entry.ts'
import { SALT_BYTES, SEEN_IN_BEAT, SEEN_IN_ENTRY } from '#lib/room/limits.ts'
import { rosterDigest } from '#lib/room/roster.ts'
import { addEntry, headOf } from '#lib/room/transcript.ts'
import type { Bytes } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import { stepOut, stepReason } from './rotation.ts'
import type { Peer, Room } from './state.ts'
import { tell } from './telling.ts'

/** Sends an entry of mine and tells it. Throws `CryptoError`: too_large, bad_object; then nothing was sent or moved. */
export function sayEntry(room: Room, kind: string, body: JsonObject, turn: Turn): void {
  const draft = draftEntry(room, kind, body, turn)
  // Signed before anything moves, so that a body which cannot be said leaves the session as it was.
  const signed = signEntry(room.keys.roomId, draft, room.me.signer)
  const reason = stepReason(room, turn.now)
  if (reason === null) broadcast(room, signed, turn)
  else stepOut(room, reason, () => signed, turn)
  keepOwn(room, signed, turn)
}

/** Renews my keys now: a step that carries a beat. */
export function rotateNow(room: Room, turn: Turn): void {
  stepOut(room, 'by hand', (epoch) => beat(room, epoch, turn), turn)
}

function draftEntry(room: Room, kind: string, body: JsonObject, turn: Turn): Entry {
  const { me, transcript } = room
  const head = headOf(transcript, me.seat) ?? { n: 0, hash: new Uint8Array(32) }
  return { log: me.seat, n: head.n + 1, prev: head.hash, ...said(room, kind, body, SEEN_IN_ENTRY, turn) }
}

function beat(room: Room, epoch: number, turn: Turn): Signed {
  const { me, transcript } = room
  const head = { log: me.seat, ...(headOf(transcript, me.seat) ?? { n: 0, hash: new Uint8Array(32) }) }
  const content = { ...said(room, BEAT, {}, SEEN_IN_BEAT, turn), seat: me.seat, epoch, counter: room.sending.chain.next, head }
  takeNews(room, content.seen)
  return signBeat(room.keys.roomId, content, me.signer)
}

function said(room: Room, kind: string, body: JsonObject, most: number, turn: Turn): Omit<Entry, 'log' | 'n' | 'prev'> {
  const { memberId } = room.me
  // The newest news: older ones wait for the next entry or travel in beats.
  const seen = [...room.news.values()].slice(-most)
  return { member: memberId, time: turn.now, kind, body, seen, roster: myRoster(room), salt: turn.random(SALT_BYTES) }
}

/** Digest of whom my current epoch was given to, myself included. */
function myRoster(room: Room): Bytes {
  room.roster ??= rosterDigest([
    { seat: room.me.seat, memberId: room.me.memberId },
    ...given(room).map((peer) => ({ seat: peer.seat, memberId: peer.claim.memberId })),
  ])
  return room.roster
}

function given(room: Room): readonly Peer[] {
  return [...room.peers.values()].filter((peer) => peer.out !== null)
}

function broadcast(room: Room, { bytes, signature }: Signed, turn: Turn): void {
  const envelope = sealNext(room.keys.roomId, room.sending, bytes, signature, turn.random)
  room.usedSince ??= turn.now
  turn.effects.push({ do: 'send', frame: { type: 'broadcast', ...envelopeFields(envelope) } })
}

function keepOwn(room: Room, { entry, hash }: SignedEntry, turn: Turn): void {
  addEntry(room.transcript, entry, hash)
  takeNews(room, entry.seen)
  const { log, n, kind, body, time, seen } = entry
  const readers = given(room).length
  tell(turn, { is: 'entry', entry: { log, n, who: room.me.view, kind, body, time, seen, late: false, readers } })
}

/** What I have said of others' heads is no news any more. */
function takeNews(room: Room, seen: readonly NamedHead[]): void {
  for (const { log, n } of seen) if (room.news.get(log)?.n === n) room.news.delete(log)
}
