/** Sending letters (docs/protocol.md, Letters). Called by handshake.ts, asking.ts, repair.ts and rosters.ts. */
import { sealLetter } from '#lib/crypto/letter.ts'
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import type { Turn } from './effects.ts'
import { letterToJson, type LetterContent, type StateLetter } from './letters.ts'
import type { Peer, Room } from './state.ts'

/** Seals and sends a letter, salted with a pair secret or with none. The caller keeps or wipes the secrets that it starts. */
export function sendLetter(
  room: Room,
  peer: Peer,
  content: LetterContent,
  salt: Bytes | null,
  turn: Turn,
): ReturnType<typeof sealLetter> {
  const { me } = room
  const key = me.keyring.current.pair.publicKey
  const sender = { seat: me.seat, sealedClaim: me.claim.sealed, claimHash: me.claim.hash, key, signer: me.signer }
  const receiver = { seat: peer.seat, claimHash: peer.claim.hash, key: peer.key }
  const letter = sealLetter(room.keys, sender, receiver, letterToJson(content), salt, turn.random)
  turn.effects.push({ do: 'send', frame: { type: 'relay', to: peer.seat, payload: letter.payload } })
  return letter
}

/** A letter that starts nothing: its secrets are wiped. */
export function sendNote(
  room: Room,
  peer: Peer,
  content: Exclude<LetterContent, StateLetter>,
  salt: Bytes | null,
  turn: Turn,
): void {
  const { root, pair } = sendLetter(room, peer, content, salt, turn)
  wipe(root, pair)
}

/** What shows the peer that it is me who asks: the newest secret that it gave me, or the newest that I gave it. */
export function saltFor({ in: inbound, out }: Peer): Bytes | null {
  return inbound?.pair ?? out?.pairs.at(-1)?.secret ?? null
}
