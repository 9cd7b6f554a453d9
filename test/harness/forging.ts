/** Letters that nobody's client would send, sealed with what a client of glass holds. Called by the tests of lies. */
import { ratchetKeyHash, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { KEM_SEED_BYTES, kemPair } from '#lib/crypto/kem.ts'
import { sealLetter } from '#lib/crypto/letter.ts'
import { NONCE_BYTES, type Random } from '#lib/crypto/primitives.ts'
import { type LetterContent, letterToJson } from '#lib/client/letters.ts'
import type { Peer, Room } from '#lib/client/state.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'

/**
 * A letter from a seat to a peer by who has the seat's signing key and the room key, and none of its ratchet keys: under the seat's next
 * claim, with a ratchet key of the thief's own.
 */
export function thiefsLetter(room: Room, to: Peer, content: LetterContent, random: Random): string {
  const { keys, me } = room
  const pair = kemPair(random(KEM_SEED_BYTES))
  const claim = {
    ...me.claim.opened,
    ratchetKey: ratchetKeyHash(keys.roomId, pair.publicKey),
    x25519: pair.publicKey.slice(ML_KEM_PUBLIC_BYTES),
    seq: me.claim.opened.seq + 1,
    prev: me.claim.hash,
    step: null,
  }
  const { signed, hash } = signClaim(keys.roomId, claim, me.signer)
  const sealedClaim = sealClaim(keys, me.seat, signed, random(NONCE_BYTES))
  const sender = { seat: me.seat, sealedClaim, claimHash: hash, key: pair.publicKey, signer: me.signer }
  return sealed(room, sender, to, content, random)
}

/** A letter from a seat to a peer, as its client would seal one. */
export function letterFrom(room: Room, to: Peer, content: LetterContent, random: Random): string {
  const { me } = room
  const key = me.keyring.current.pair.publicKey
  const sender = { seat: me.seat, sealedClaim: me.claim.sealed, claimHash: me.claim.hash, key, signer: me.signer }
  return sealed(room, sender, to, content, random)
}

function sealed(room: Room, sender: Parameters<typeof sealLetter>[1], to: Peer, content: LetterContent, random: Random): string {
  const receiver = { seat: to.seat, claimHash: to.claim.hash, key: to.key }
  return sealLetter(room.keys, sender, receiver, letterToJson(content), null, random).payload
}
