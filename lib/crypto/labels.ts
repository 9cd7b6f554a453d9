/**
 * Every domain-separation label, in one table (docs/protocol.md, Labels): no two hashes, signatures or derivations of this
 * protocol share one, so that bytes made for one purpose never serve another. Each stands before its input, followed by 0x00.
 */
import { type Bytes, utf8 } from '#lib/wire/bytes.ts'

function label(use: string): Bytes {
  return utf8(`tacet/1 ${use}\0`)
}

export const LABELS = {
  // hashes
  memberId: label('member'),
  ratchetKey: label('ratchet key'),
  claimHash: label('claim hash'),
  entryHash: label('entry hash'),
  letterHash: label('letter hash'),
  keyId: label('key id'),
  seedCommitment: label('seed'),
  roster: label('roster'),
  inviteChecksum: label('invite checksum'),
  memberFingerprint: label('member fingerprint'),
  roomCode: label('room code'),
  // signatures
  signClaim: label('sign claim'),
  signLetter: label('sign letter'),
  signEntry: label('sign entry'),
  signUnchained: label('sign unchained'),
  // key derivations
  claimKey: label('claim'),
  psk: label('psk'),
  letter: label('letter'),
  epoch: label('epoch'),
  chain: label('chain'),
  message: label('message'),
  step: label('step'),
  proof: label('proof'),
  saved: label('saved'),
} as const satisfies Readonly<Record<string, Bytes>>

export type Label = keyof typeof LABELS
