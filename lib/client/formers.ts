/**
 * Seats that went without a goodbye (docs/protocol.md, Coming back): the pair secrets by which a later seat shows that it continues one,
 * and by which I show the same. Kept for the conversation, the newest 256. Called by peers.ts, handshake.ts and returning.ts.
 */
import { proofOf } from '#lib/crypto/letter.ts'
import { type Bytes, equal, wipe } from '#lib/wire/bytes.ts'
import { MOST_PROOFS } from './letters.ts'
import type { Former, Peer, Room } from './state.ts'
import { EARLIER_SECRETS, FORMER_SEATS } from './times.ts'

/** Keeps what a later seat of this one's device has to prove. The peer keeps no secret of it: it is wiped apart. */
export function keepFormer(room: Room, peer: Peer): void {
  const { seat, member, log, confirmed, claim, sealedClaim, key, view } = peer
  // It never gave me its state: the next seat is as good as the first.
  if (peer.in === null && room.firstSeats.get(member) === seat) room.firstSeats.delete(member)
  // Nothing was handed over: nothing can be proved.
  if (peer.in === null && peer.out === null) return
  const pairs = copyPairs(peer.out?.pairs ?? [])
  const given = givenBy(room, peer)
  const floor = peer.floor ?? room.transcript.count
  room.formers.set(seat, {
    seat,
    member,
    log,
    confirmed,
    claim,
    sealedClaim,
    key,
    in: given,
    pairs,
    guards: peer.out?.confirmed === true,
    floor,
    view,
  })
  for (const oldest of room.formers.values()) {
    if (room.formers.size <= FORMER_SEATS) break
    forgetFormer(room, oldest)
  }
}

export function copyPairs(pairs: Former['pairs']): Former['pairs'] {
  return pairs.map(({ epoch, secret }) => ({ epoch, secret: secret.slice() }))
}

/** What shows to this one who I am. While it may not have met the seat that I give up, what it gave to the one before shows it too. */
function givenBy(room: Room, { seat, in: inbound, out }: Peer): readonly Bytes[] {
  const newest = inbound === null ? [] : [inbound.pair.slice()]
  const before = room.formers.get(seat)?.in ?? []
  const kept = out?.confirmed === true ? [] : before.slice(0, EARLIER_SECRETS)
  for (const secret of before) if (!kept.includes(secret)) wipe(secret)
  return [...kept, ...newest]
}

/**
 * A seat has shown that it continues this one: nobody else can. What I show with it myself is kept, since the letter that shows it may be
 * lost.
 */
export function endFormer(room: Room, seat: string): void {
  const former = room.formers.get(seat)
  if (former === undefined) return
  const pairs = former.pairs.map(({ secret }) => secret)
  // While it gave me nothing, what I gave it is what shows me.
  const isShown = former.in.length > 0
  if (isShown) wipe(...pairs)
  const given = isShown ? former.in : pairs
  room.formers.set(seat, { ...former, in: given, pairs: [], guards: false, view: { ...former.view, presence: 'gone' } })
}

export function forgetFormer(room: Room, former: Former): void {
  wipe(...former.in, ...former.pairs.map(({ secret }) => secret))
  room.formers.delete(former.seat)
}

/** Who said goodbye does not come back, by none of its seats. */
export function forgetFormers(room: Room, { log, seat }: { readonly log: string | null; readonly seat: string | null }): void {
  for (const former of room.formers.values()) {
    // What was kept of its own seat, before it said which log it writes.
    if (former.seat === seat || (log !== null && former.log === log)) forgetFormer(room, former)
  }
}

/** That I continue former seats of mine: proofs for each former seat that the receiver may continue itself, the newest last. */
export function proofsFor(room: Room, peer: Peer): readonly Bytes[] {
  const { roomId } = room.keys
  const secrets: Bytes[] = []
  for (const other of room.peers.values()) {
    if (other !== peer && other.member === peer.member) secrets.push(...shownBy(givenOf(other), other.out?.pairs ?? []))
  }
  for (const former of room.formers.values()) {
    if (former.member === peer.member) secrets.push(...shownBy(former.in, former.pairs))
  }
  return secrets.slice(-MOST_PROOFS).map((secret) => proofOf(roomId, secret, room.me.seat, peer.seat))
}

/**
 * What it gave me shows who I am; while it gave me nothing, what I gave it, since its answer may be what was lost: any of my steps, and all
 * after one, may be lost as well.
 */
function shownBy(given: readonly Bytes[], pairs: Former['pairs']): readonly Bytes[] {
  return given.length > 0 ? given : pairs.map(({ secret }) => secret)
}

function givenOf({ in: inbound }: Peer): readonly Bytes[] {
  return inbound === null ? [] : [inbound.pair]
}

/**
 * The seats that a peer's proofs show it to continue, gone or only shown by the relay still: several when it lost its connection again before
 * I had heard of it.
 */
export function provedSeats(room: Room, peer: Peer, proofs: readonly Bytes[]): readonly (Former | Peer)[] {
  if (proofs.length === 0) return []
  const shows = (secrets: readonly Bytes[]) =>
    secrets.some((secret) => {
      const expected = proofOf(room.keys.roomId, secret, peer.seat, room.me.seat)
      return proofs.some((proof) => equal(proof, expected))
    })
  const isOf = ({ member }: Former | Peer) => member === peer.member
  const others = [...room.peers.values()].filter((other) => other !== peer && isOf(other) && shows(pairOf(other)))
  const formers = [...room.formers.values()].filter((former) => isOf(former) && former.pairs.length > 0 && shows(pairsOf(former)))
  return [...others, ...formers]
}

/** All secrets of me and a seat: those that I gave it, and those that it gave me. */
function pairOf(peer: Peer): readonly Bytes[] {
  return [...(peer.out?.pairs ?? []).map(({ secret }) => secret), ...givenOf(peer)]
}

function pairsOf({ pairs, in: given }: Former): readonly Bytes[] {
  return [...pairs.map(({ secret }) => secret), ...given]
}

/** True when a seat of this log, other than the peer's, could prove itself to me: then nobody else may write in it. */
export function isGuarded(room: Room, peer: Peer, log: string): boolean {
  for (const other of room.peers.values()) if (other !== peer && other.log === log && other.out?.confirmed === true) return true
  return [...room.formers.values()].some((former) => former.log === log && former.guards)
}
