/** Letters that nobody's client would send, sealed with what a client of glass holds. Called by the tests of lies. */
import { ratchetKeyHash, sealClaim, signClaim } from '#lib/crypto/claim.ts'
import { KEM_SEED_BYTES, kemPair } from '#lib/crypto/kem.ts'
import { openLetter, sealLetter } from '#lib/crypto/letter.ts'
import { type MemberKey, NONCE_BYTES, type Random } from '#lib/crypto/primitives.ts'
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

/**
 * A letter that a member was sent, as `reader` opens it, sealed anew to somebody else: under its author's claim and key, with its author's own
 * signature. Only the sealing is new.
 */
export function rewrapped(reader: Room, author: Peer, payload: string, to: Peer, random: Random): string {
  const { keys, me } = reader
  const { member } = author.claim
  let signature: Uint8Array = new Uint8Array(0)
  const listening: MemberKey = {
    bytes: member.bytes,
    verify(label, message, signed) {
      if (label === 'signLetter') signature = signed.slice()
      return member.verify(label, message, signed)
    },
  }
  const keyring = structuredClone(me.keyring)
  // Its client has opened that letter once: a copy that has not can open it again.
  for (const key of [keyring.current, ...keyring.retired]) key.taken.clear()
  const letter = openLetter(keys, keyring, me.seat, author.seat, payload, listening, [])
  const signer = { publicKey: member.bytes, sign: () => signature, wipe: () => undefined }
  const { sealedClaim, key, content } = letter
  const sender = { seat: author.seat, sealedClaim, claimHash: letter.claim.hash, key, signer }
  return sealLetter(keys, sender, { seat: to.seat, claimHash: to.claim.hash, key: to.key }, content, null, random).payload
}

function sealed(room: Room, sender: Parameters<typeof sealLetter>[1], to: Peer, content: LetterContent, random: Random): string {
  const receiver = { seat: to.seat, claimHash: to.claim.hash, key: to.key }
  return sealLetter(room.keys, sender, receiver, letterToJson(content), null, random).payload
}
