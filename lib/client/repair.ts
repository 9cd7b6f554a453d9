/**
 * Repair (docs/protocol.md, Repair): what is missing is asked of its author, then of everybody else who is here, one after the other, and
 * filled in with its author's own signature. Called by seated.ts for its timer, and by handshake.ts with asks and repair letters.
 */
import { parseCanonical } from '#lib/crypto/canonical.ts'
import { type Claim, openClaim } from '#lib/crypto/claim.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { isLogOf, readEntry, type Signed, type SignedEntry } from '#lib/room/entry.ts'
import { gaps, whoNamed } from '#lib/room/gaps.ts'
import { introducedAt, introduceLog, keptSince } from '#lib/room/transcript.ts'
import { type Bytes, equal, toHex } from '#lib/wire/bytes.ts'
import { WireError } from '#lib/wire/errors.ts'
import type { Turn } from './effects.ts'
import { ASK_BYTES, ASKED_RANGES, type Introduction, type Range, type RepairLetter } from './letters.ts'
import { saltFor, sendNote } from './posting.ts'
import { takeRoster } from './rosters.ts'
import type { Heard, Peer, Room } from './state.ts'
import { refuse, tellGaps, viewOf } from './telling.ts'
import { REPAIR_AGAIN_MS, REPAIR_ANSWER_MS, REPAIR_MS, UNKNOWN_LOGS } from './times.ts'

/** What an entry does to the room once it is verified: hearing.ts knows. */
export type TakeEntry = (room: Room, signed: SignedEntry, turn: Turn) => Heard

/** Something may be missing: it is looked at in a moment, when what is on its way has come. */
export function lookForGaps(room: Room, turn: Turn, after = REPAIR_MS): void {
  if (room.repairing.unknown.size === 0 && gaps(room.transcript).length === 0) return
  const at = turn.now + after
  if (room.repairing.at !== null && room.repairing.at <= at) return
  room.repairing.at = at
  turn.effects.push({ do: 'wake', timer: 'repair', after })
}

/** Somebody came: it may have what nobody here had. */
export function askAfresh(room: Room, turn: Turn): void {
  const { given } = room.repairing
  for (const log of given.keys()) given.set(log, 0)
  lookForGaps(room, turn)
}

/** Asks for all that is missing, of whoever is next. */
export function repair(room: Room, turn: Turn): void {
  const { repairing } = room
  repairing.at = null
  giveUpLate(room, turn)
  const wanted = missing(room, turn)
  const asks = new Map<Peer, Range[]>()
  for (const range of wanted) {
    if (isAsked(room, range.log)) continue
    const peer = nextToAsk(room, range)
    if (peer === null) giveUp(room, range.log, turn)
    else if (peer.repair === null) asks.set(peer, [...(asks.get(peer) ?? []), { log: range.log, from: range.from, to: range.to }])
  }
  for (const [peer, ranges] of asks) ask(room, peer, ranges.slice(0, ASKED_RANGES), turn)
  tellGaps(room, turn)
  if (wanted.length > 0) lookForGaps(room, turn, REPAIR_ANSWER_MS)
  else if (repairing.given.size > 0) lookForGaps(room, turn, REPAIR_AGAIN_MS)
}

/** What is missing, and the members whose word alone it is that it was said; null when its author itself shows it. */
type Missing = Range & { readonly by: readonly string[] | null }

/** Gaps of logs that are not given up for now, and logs that I never heard of. */
function missing(room: Room, turn: Turn): readonly Missing[] {
  const { given, tried, unanswered, unknown } = room.repairing
  const open = gaps(room.transcript)
  for (const [log, until] of given) {
    if (!unknown.has(log) && !open.some((gap) => gap.log === log)) given.delete(log)
    else if (until > 0 && until <= turn.now) {
      tried.delete(log)
      unanswered.delete(log)
      given.set(log, 0)
    }
  }
  const known = open.map(({ log, from, to, by }) => ({
    log,
    from,
    to,
    by: by === null ? null : whoNamed(room.transcript, log, from),
  }))
  const strange = [...unknown].map(([log, { n, by }]) => ({ log, from: 1, to: n, by: by === null ? null : [...by] }))
  return [...known, ...strange].filter(({ log }) => (given.get(log) ?? 0) <= turn.now)
}

function giveUp(room: Room, log: string, turn: Turn): void {
  const { unknown, unanswered, tried, foreign } = room.repairing
  const named = unknown.get(log)
  // What was before its first entry nobody will name again, and who did not answer may have it.
  const isOpen = unanswered.has(log) && introducedAt(room.transcript, log) !== null
  // Whoever named it has it not, or not for me: it is from before my time.
  if (named !== undefined && !isOpen) {
    unknown.delete(log)
    foreign.delete(log)
    foreign.set(log, unanswered.delete(log) ? 0 : named.n)
    const [oldest] = foreign.keys()
    if (foreign.size > UNKNOWN_LOGS && oldest !== undefined) {
      foreign.delete(oldest)
      tried.delete(oldest)
    }
    return
  }
  room.repairing.given.set(log, turn.now + REPAIR_AGAIN_MS)
}

function isAsked(room: Room, log: string): boolean {
  return [...room.peers.values()].some(({ repair: open }) => open !== null && open.ranges.some((range) => range.log === log))
}

/**
 * The author first, then whoever was not asked yet. What its author does not show is asked of those alone who say that it was said: one
 * could else have everybody ask everybody for what nobody ever said.
 */
function nextToAsk(room: Room, { log, by }: Missing): Peer | null {
  const tried = room.repairing.tried.get(log)
  const able = [...room.peers.values()].filter(
    (peer) => peer.in !== null && peer.out !== null && peer.presence !== 'reconnecting' && tried?.has(peer.seat) !== true,
  )
  const author = able.find((peer) => peer.log === log)
  if (author !== undefined) return author
  if (by !== null) return able.find(({ member }) => by.includes(member)) ?? null
  return able.find(({ repair: open }) => open === null) ?? able[0] ?? null
}

function ask(room: Room, peer: Peer, ranges: readonly Range[], turn: Turn): void {
  const nonce = turn.random(ASK_BYTES)
  peer.repair = { nonce, at: turn.now, ranges, roster: false }
  sendNote(room, peer, { kind: 'ask', nonce, state: false, roster: false, entries: ranges }, saltFor(peer), turn)
}

/** Who did not answer in time is passed over. */
function giveUpLate(room: Room, turn: Turn): void {
  for (const peer of room.peers.values()) {
    if (peer.repair === null || turn.now - peer.repair.at < REPAIR_ANSWER_MS) continue
    passOver(room, peer, peer.repair.ranges)
    for (const { log } of peer.repair.ranges) if (room.repairing.unknown.has(log)) room.repairing.unanswered.add(log)
    peer.repair = null
  }
}

function passOver(room: Room, peer: Peer, ranges: readonly Range[]): void {
  const { tried } = room.repairing
  for (const { log } of ranges) tried.set(log, (tried.get(log) ?? new Set()).add(peer.seat))
}

/** A repair letter came: taken when it answers my open ask, each entry by its author's signature. */
export function takeRepair(room: Room, peer: Peer, letter: RepairLetter, take: TakeEntry, turn: Turn): Heard {
  const open = peer.repair
  if (open === null || !equal(open.nonce, letter.nonce)) {
    refuse(room, turn, 'letter', peer.seat, 'not_asked')
    return 'on'
  }
  peer.repair = null
  if (open.roster) takeRoster(room, peer, letter.roster, turn)
  for (const author of letter.authors) if (open.ranges.some(({ log }) => log === author.log)) meet(room, peer, author, turn)
  const filled = new Set<string>()
  for (const signed of letter.entries) {
    const entry = readKept(room, peer, open.ranges, signed, turn)
    if (entry === null || isHandedTopic(room, entry)) continue
    const { log, n } = entry.entry
    begin(room, entry)
    const heard = take(room, entry, turn)
    if (heard !== 'on') return heard
    // One that contradicts another is not kept, and is no reason to go on asking.
    if (keptSince(room.transcript, log, n, n, -1).length > 0) filled.add(log)
  }
  passOver(
    room,
    peer,
    open.ranges.filter(({ log }) => !filled.has(log)),
  )
  for (const log of filled) {
    lookFurther(room, log)
    room.repairing.unanswered.delete(log)
    if (!gaps(room.transcript).some((gap) => gap.log === log)) room.repairing.tried.delete(log)
  }
  tellGaps(room, turn)
  if (open.ranges.length > 0) lookForGaps(room, turn, 0)
  return 'on'
}

/** Who introduced a log may have come late itself: others may have what came before. */
function lookFurther({ transcript, repairing: { unknown } }: Room, log: string): void {
  const n = introducedAt(transcript, log) ?? 0
  if (n > 0) unknown.set(log, { n, by: null })
  else unknown.delete(log)
}

/** The author of a log that I never heard of. Its claim says who; that it was really here is the word of who hands it on. */
function meet(room: Room, peer: Peer, { log, seat, sealedClaim }: Introduction, turn: Turn): void {
  if (!room.repairing.unknown.has(log) || room.transcript.logs.has(log)) return
  const opened = attempt(room, peer, turn, () => openClaim(room.keys, seat, sealedClaim, null))
  if (opened === null) return
  const { member, memberId, claim } = opened
  if (!isLogOf(log, memberId)) return refuse(room, turn, 'repair', peer.seat, 'wrong_member')
  const view = {
    ...viewOf(room, seat, memberId, nameFor(room, toHex(memberId), claim), false),
    presence: 'gone',
    confirmed: false,
  } as const
  room.authors.set(log, { member, memberId, seat, sealedClaim, view })
}

/**
 * The topic that I was handed when I came, out of a log that begins for me later if at all: it would begin it, and all that was said between
 * would be missed by who is not meant to have it.
 */
function isHandedTopic({ topics, transcript }: Room, { entry: { log, n }, hash }: SignedEntry): boolean {
  const known = transcript.logs.get(log)
  return topics.has(toHex(hash)) && (known === undefined || known.introduced || n <= known.base.n)
}

/** A log that I never heard of begins for me with the first entry that I am given of it: what came before is not for me. */
function begin(room: Room, { entry: { log, n, prev, member } }: SignedEntry): void {
  introduceLog(room.transcript, log, toHex(member), { n: n - 1, hash: prev })
}

function nameFor(room: Room, member: string, { name }: Claim): string {
  const known = room.names.get(member)
  if (known === undefined) room.names.set(member, name)
  return known ?? name
}

function readKept(
  room: Room,
  peer: Peer,
  ranges: readonly Range[],
  { bytes, signature }: Signed,
  turn: Turn,
): SignedEntry | null {
  return attempt(room, peer, turn, () => {
    const log = logOf(bytes)
    const author = log === null ? undefined : room.authors.get(log)
    if (author === undefined) throw new CryptoError('bad_object', 'of no log that was asked for')
    const { member, memberId } = author
    const signed = readEntry(bytes, signature, { roomId: room.keys.roomId, member, memberId })
    const { entry } = signed
    const isAskedFor = ranges.some((range) => range.log === entry.log && range.from <= entry.n && entry.n <= range.to)
    if (!isAskedFor) throw new CryptoError('bad_object', 'not asked for')
    return signed
  })
}

/**
 * Which log an entry says that it is of: looked at again once it verifies. Read whole, since its body may hold a field of that name. Throws
 * `CryptoError`.
 */
function logOf(bytes: Bytes): string | null {
  const { log } = parseCanonical(bytes)
  return typeof log === 'string' ? log : null
}

function attempt<T>(room: Room, peer: Peer, turn: Turn, read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CryptoError || error instanceof WireError)) throw error
    refuse(room, turn, 'repair', peer.seat, error.code)
    return null
  }
}
