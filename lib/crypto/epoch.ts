/**
 * An epoch's secrets (docs/protocol.md, Epochs): what a seat's seed gives everybody it was handed to. Called by the ratchet for
 * both sides; the seed is wiped as soon as these are derived.
 */
import { type Bytes, concat, u32, utf8, wipe } from '#lib/wire/bytes.ts'
import type { Chain } from './chain.ts'
import { derive, hash, KEY_BYTES } from './primitives.ts'

export const SEED_BYTES = 32

export interface EpochSecrets {
  readonly chain: Chain
  /** Header key: opens the epoch's headers, kinds and bodies never. */
  readonly headerKey: Bytes
  /** File key: what chunk keys are derived from. */
  readonly fileKey: Bytes
}

/** CK0 ‖ HK ‖ FK = HKDF(salt = 0, ikm = seed, info = "epoch" ‖ roomId ‖ seat ‖ epoch). */
export function epochSecrets(roomId: Bytes, seat: string, epoch: number, seed: Bytes): EpochSecrets {
  const out = derive('epoch', new Uint8Array(32), seed, concat(roomId, utf8(seat), u32(epoch)), 3 * KEY_BYTES)
  const key = (index: number) => out.slice(index * KEY_BYTES, (index + 1) * KEY_BYTES)
  const secrets = { chain: { key: key(0), next: 0 }, headerKey: key(1), fileKey: key(2) }
  wipe(out)
  return secrets
}

/** What a step's claim commits to: nobody steps in another's name, and all were given the same seed. */
export function seedCommitment(roomId: Bytes, seat: string, epoch: number, seed: Bytes): Bytes {
  return hash('seedCommitment', roomId, utf8(seat), u32(epoch), seed)
}

export function wipeEpoch(secrets: EpochSecrets): void {
  wipe(secrets.chain.key, secrets.headerKey, secrets.fileKey)
}
