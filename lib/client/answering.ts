/**
 * Answering an ask (docs/protocol.md, Letters, Repair): with my state, with entries, with the list of whom I am shown. Called by
 * handshake.ts.
 */
import type { Signed } from '#lib/room/entry.ts'
import { keptSince } from '#lib/room/transcript.ts'
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import { sendState } from './handing.ts'
import { type AskLetter, type Introduction, type Range, REPAIRED_ENTRIES, type RepairLetter } from './letters.ts'
import { sendNote } from './posting.ts'
import { shownTo } from './rosters.ts'
import type { Peer, Room } from './state.ts'
import { refuse, tell } from './telling.ts'
import { ASKING_ANSWERS, ASKING_BYTES, ASKING_MS, REPAIR_LETTER_BYTES, RESET_MS } from './times.ts'
import { topicsToHand } from './topics.ts'

/**
 * Answers what was asked. My state goes again to who proves a pair secret: else a stolen signing key would be enough to ask for it. Before
 * either side has shown that it has the other's state nothing stands to be protected.
 */
export function answerAsk(room: Room, peer: Peer, ask: AskLetter, proved: Bytes | null, turn: Turn): void {
  const isOpen = peer.out?.confirmed !== true && peer.in === null
  if (proved === null && (!isOpen || ask.roster || ask.entries.length > 0)) {
    return refuse(room, turn, 'letter', peer.seat, 'not_asked')
  }
  // A copy: a new state may push the secret out of those that are kept.
  const salt = proved === null ? null : proved.slice()
  if (ask.state) answerState(room, peer, ask.nonce, salt, turn)
  if (salt === null) return
  if (ask.roster || ask.entries.length > 0) {
    const answer = answerEntries(room, peer, ask, turn)
    // A step of mine that goes before the answer ends what the ask proved; what the asker gave me it keeps until I say more.
    if (answer !== null) sendNote(room, peer, answer, peer.in?.pair ?? salt, turn)
  }
  wipe(salt)
}

function answerState(room: Room, peer: Peer, nonce: Bytes, salt: Bytes | null, turn: Turn): void {
  if (peer.answeredAt !== null && turn.now - peer.answeredAt < RESET_MS)
    return refuse(room, turn, 'letter', peer.seat, 'too_many')
  peer.answeredAt = turn.now
  const isReset = salt !== null && peer.out !== null
  sendState(room, peer, { answers: null, asked: nonce, salt }, turn)
  if (isReset) tellReset(room, peer, turn)
}

/** Keys between a seat and me were handed over anew. */
export function tellReset(room: Room, peer: Peer, turn: Turn): void {
  peer.resets += 1
  room.roster = null
  tell(turn, { is: 'reset', who: peer.view, times: peer.resets })
}

/**
 * What I keep of what a seat asks for, and may have: what came since I gave it, or the seat that it continues, my state. Null when it asks
 * too much.
 */
function answerEntries(room: Room, peer: Peer, { nonce, entries, roster }: AskLetter, turn: Turn): RepairLetter | null {
  const { answered } = peer
  if (turn.now - answered.since >= ASKING_MS) Object.assign(answered, { since: turn.now, letters: 0, bytes: 0 })
  if (answered.letters >= ASKING_ANSWERS || answered.bytes >= ASKING_BYTES) {
    refuse(room, turn, 'letter', peer.seat, 'too_many')
    return null
  }
  const found = peer.floor === null ? [] : collect(room, entries, peer.floor)
  answered.letters += 1
  answered.bytes += found.reduce((sum, { bytes }) => sum + bytes.length, 0)
  return { kind: 'repair', nonce, entries: found, authors: introductions(room, entries), roster: roster ? shownTo(room) : [] }
}

function collect(room: Room, ranges: readonly Range[], floor: number): readonly Signed[] {
  const found: Signed[] = []
  let bytes = 0
  for (const { log, from, to } of ranges) {
    for (const kept of heldFor(room, log, from, to, floor)) {
      // What was not sent yet is nobody's yet.
      if (log === room.log && room.outbox.includes(kept.n)) continue
      bytes += kept.bytes.length
      if (found.length >= REPAIRED_ENTRIES || (bytes > REPAIR_LETTER_BYTES && found.length > 0)) return found
      found.push(kept)
    }
  }
  return found
}

/** What of a log is for a seat; the topic in force, which everybody is handed who comes, also where it is from before its time or mine. */
function heldFor(room: Room, log: string, from: number, to: number, floor: number): readonly (Signed & { readonly n: number })[] {
  const kept = keptSince(room.transcript, log, from, to, floor)
  const isMissing = (n: number) => from <= n && n <= to && kept.every((other) => other.n !== n)
  const topics = topicsToHand(room).filter((topic) => topic.log === log && isMissing(topic.n))
  return [...kept, ...topics].toSorted((a, b) => a.n - b.n)
}

/** Who wrote in the logs that are asked for from their beginning: the asker may never have met them. */
function introductions(room: Room, ranges: readonly Range[]): readonly Introduction[] {
  return ranges.flatMap(({ log, from }) => {
    const author = room.authors.get(log)
    return from > 1 || author === undefined ? [] : [{ log, seat: author.seat, sealedClaim: author.sealedClaim }]
  })
}
