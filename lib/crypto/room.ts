/**
 * What all members of a room derive from its room key (docs/protocol.md, Room keys). Made once by the session from the invite;
 * used by claims, letters and steps. Whoever lacks the room key can open no claim and complete no key agreement.
 */
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import { derive, KEY_BYTES } from './primitives.ts'

export interface RoomKeys {
  /** 16 bytes, from the relay. */
  readonly roomId: Bytes
  /** Seals claims. */
  readonly claimKey: Bytes
  /** Mixed into every letter and every step: a pre-shared key against whoever has only the public keys. */
  readonly psk: Bytes
}

/** Derives a room's keys from the 32-byte room key. */
export function roomKeys(roomId: Bytes, roomKey: Bytes): RoomKeys {
  const none = new Uint8Array(0)
  return {
    roomId,
    claimKey: derive('claimKey', roomId, roomKey, none, KEY_BYTES),
    psk: derive('psk', roomId, roomKey, none, KEY_BYTES),
  }
}

/** Forgets a room's keys. */
export function wipeRoomKeys(keys: RoomKeys): void {
  wipe(keys.claimKey, keys.psk)
}
