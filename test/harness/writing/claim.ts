/** What lib/ makes of the values that vectors of room keys and claims give. Called by test/vectors/make.ts and by the tests of claims. */
import { claimText, memberId } from '#lib/crypto/claim.ts'
import { keyId } from '#lib/crypto/keyring.ts'
import { SIGNATURE_BYTES } from '#lib/crypto/primitives.ts'
import { fromUtf8, toBase64, toHex } from '#lib/wire/bytes.ts'
import { ML_KEM_PUBLIC_BYTES } from '#lib/wire/limits.ts'
import { type GivenParty, type GivenRoom, partyOf, roomOf } from './party.ts'

export function makeRoom(given: GivenRoom) {
  const { claimKey, psk } = roomOf(given)
  return { claimKey: toHex(claimKey), psk: toHex(psk) }
}

export interface GivenClaim {
  readonly room: GivenRoom
  readonly party: GivenParty
}

/** `ek` and `claim` as frames hold them. */
export function makeClaim(given: GivenClaim) {
  const room = roomOf(given.room)
  const { claim, signed, claimHash, sealedClaim, key } = partyOf(room, given.party)
  return {
    key: toHex(claim.key),
    memberId: toHex(memberId(room.roomId, claim.key)),
    ek: toBase64(key.subarray(0, ML_KEM_PUBLIC_BYTES)),
    ratchetKeyHash: toHex(claim.ratchetKey),
    commitment: claim.step === null ? null : toHex(claim.step.commitment),
    json: fromUtf8(signed.subarray(0, -SIGNATURE_BYTES)),
    signature: toHex(signed.subarray(-SIGNATURE_BYTES)),
    claim: claimText(sealedClaim),
    claimHash: toHex(claimHash),
    keyId: toHex(keyId(room.roomId, claimHash)),
  }
}
