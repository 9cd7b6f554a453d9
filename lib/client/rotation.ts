/**
 * Renewing keys (docs/states.md, Rotation): when my next frame is a step, how a step goes out and comes in, and when my ratchet key
 * is replaced between steps. Called by speaking.ts, hearing.ts, handshake.ts and the session's clock.
 */
import { claimBytes, claimedKey, claimText, openClaim } from '#lib/crypto/claim.ts'
import { epochSecrets, SEED_BYTES, seedCommitment } from '#lib/crypto/epoch.ts'
import { CryptoError } from '#lib/crypto/errors.ts'
import { KEY_BYTES } from '#lib/crypto/primitives.ts'
import { forgetRetired } from '#lib/crypto/keyring.ts'
import { envelopeFields, envelopeOf } from '#lib/crypto/message.ts'
import { forgetLate, newestEpoch, openFirst } from '#lib/crypto/receiving.ts'
import { sealNext, startEpoch, wipeSending } from '#lib/crypto/sending.ts'
import { openStep, type Stepping, wrapStep } from '#lib/crypto/step.ts'
import type { Content, Signed } from '#lib/room/entry.ts'
import { type Bytes, fromBase64, wipe } from '#lib/wire/bytes.ts'
import type { FromRelay, StepPayload } from '#lib/wire/frames.ts'
import { kemText, renewClaim } from './claims.ts'
import type { Millis, Turn } from './effects.ts'
import type { Inbound, Outbound, Peer, Room, StepReason } from './state.ts'
import { refuse, tell } from './telling.ts'
import { takeClaim, takeProvedClaim } from './peers.ts'
import { EPOCH_MESSAGES, PAIR_SECRETS, RENEW_MS, SWEEP_MS, UPDATE_MS } from './times.ts'

/** Why my next frame has to be a step, or null. */
export function stepReason(room: Room, now: Millis): StepReason | null {
  if (room.stepDue !== null) return room.stepDue
  if (room.sending.chain.next >= EPOCH_MESSAGES) return 'full'
  if (room.usedSince !== null && now - room.usedSince >= RENEW_MS) return 'age'
  return null
}

/**
 * Starts a new epoch and gives it to everybody whom I gave my state; `content` makes its first message, once it is known who that
 * is.
 */
export function stepOut(room: Room, reason: StepReason, content: (epoch: number) => Signed, turn: Turn): void {
  const { keys, me } = room
  const { roomId } = keys
  const epoch = room.sending.epoch + 1
  const previous = room.sending.chain.next
  const seed = turn.random(SEED_BYTES)
  const step = { epoch, commitment: seedCommitment(roomId, me.seat, epoch, seed), heal: reason === 'by hand' }
  renewClaim(room, me.claim.opened.name, step, turn)
  const payloads = wrapForAll(room, epoch, seed, previous, turn)
  wipeSending(room.sending)
  room.sending = startEpoch(roomId, me.seat, epoch, seed)
  wipe(seed)
  room.stepDue = null
  room.usedSince = turn.now
  const { bytes, signature } = content(epoch)
  const envelope = envelopeFields(sealNext(roomId, room.sending, bytes, signature, turn.random))
  const newEk = kemText(me.keyring.current.pair.publicKey)
  turn.effects.push({
    do: 'send',
    frame: { type: 'ratchet_step', payloads, newEk, claim: claimText(me.claim.sealed), ...envelope },
  })
  tell(turn, { is: 'stepped', who: me.view, epoch, heal: step.heal })
}

function wrapForAll(room: Room, epoch: number, seed: Bytes, previous: number, turn: Turn): Record<string, StepPayload> {
  const { me } = room
  const stepping: Stepping = { seat: me.seat, epoch, claimHash: me.claim.hash, key: me.keyring.current.pair.publicKey }
  const noRoomKey = new Uint8Array(KEY_BYTES)
  // Without a prototype: a seat is a key like any other.
  const payloads: Record<string, StepPayload> = Object.create(null)
  for (const peer of room.peers.values()) {
    if (peer.out === null) continue
    const opened = peer.in === null ? 0 : newestEpoch(peer.in.receiving)
    const receiver = { seat: peer.seat, claimHash: peer.claim.hash, key: peer.key, root: peer.out.root, opened }
    const wrapped = wrapStep(room.keys, stepping, receiver, seed, previous, noRoomKey, turn.random)
    peer.out.root = wrapped.root
    keepPair(peer.out, epoch, wrapped.pair)
    payloads[peer.seat] = wrapped.payload
  }
  return payloads
}

/** Keeps the secret by which the peer shows later that it is the one I gave this epoch to. */
export function keepPair(out: Outbound, epoch: number, secret: Bytes): void {
  out.pairs.push({ epoch, secret })
  for (const old of out.pairs.splice(0, Math.max(0, out.pairs.length - PAIR_SECRETS))) wipe(old.secret)
}

/** The peer has opened my epoch `opened`: what proved earlier ones is over. */
function forgetPairs(out: Outbound, opened: number): void {
  for (const { epoch, secret } of out.pairs) if (epoch < opened) wipe(secret)
  out.pairs = out.pairs.filter(({ epoch }) => epoch >= opened)
}

type StepFrame = FromRelay & { readonly type: 'ratchet_step_fwd' }

/**
 * Takes a peer's step in: claim, wrap, seed, first message and its signature all hold, or nothing of it is kept.
 * `read` verifies the content. Throws `CryptoError` and `WireError`.
 */
export function stepIn(
  room: Room,
  peer: Peer,
  inbound: Inbound,
  frame: StepFrame,
  read: (bytes: Bytes, signature: Bytes, at: { readonly epoch: number; readonly counter: number }) => Content,
  turn: Turn,
): Content {
  const { keys, me } = room
  const claim = openClaim(keys, peer.seat, claimBytes(frame.claim), peer.claim.member)
  const key = claimedKey(keys.roomId, claim.claim, fromBase64(frame.newEk))
  // By the epoch, not by the claim: who has the signing key alone could else shut a member out with a claim of a high number.
  if (claim.claim.step !== null && claim.claim.step.epoch <= newestEpoch(inbound.receiving)) {
    throw new CryptoError('replayed', 'epoch is not newer')
  }
  const envelope = envelopeOf(frame)
  const step = openStep(keys, me.keyring, me.seat, claim, key, inbound.root, frame)
  let content: Content
  try {
    const start = { epoch: step.epoch, ...epochSecrets(keys.roomId, peer.seat, step.epoch, step.seed) }
    content = openFirst(keys.roomId, inbound.receiving, start, step.previous, envelope, turn.now, read)
  } catch (error) {
    wipe(step.root, step.pair)
    throw error
  } finally {
    wipe(step.seed)
  }
  wipe(inbound.root, inbound.pair)
  inbound.root = step.root
  inbound.pair = step.pair
  if (peer.out !== null) forgetPairs(peer.out, step.opened)
  takeProvedClaim(room, peer, claim, key, turn)
  scheduleUpdate(room, 'step', turn)
  const heal = claim.claim.step?.heal === true
  if (heal) room.stepDue ??= 'heal'
  tell(turn, { is: 'stepped', who: peer.view, epoch: step.epoch, heal })
  return content
}

/** My ratchet key was used: by a letter without a pair secret it is soon replaced, by a step when it is old. */
export function scheduleUpdate(room: Room, by: 'letter' | 'step', turn: Turn): void {
  const at = by === 'letter' ? turn.now + UPDATE_MS : Math.max(turn.now + UPDATE_MS, room.keySince + RENEW_MS)
  if (room.updateAt !== null && room.updateAt <= at) return
  room.updateAt = at
  turn.effects.push({ do: 'wake', timer: 'update', after: at - turn.now })
}

/** The update's time has come, unless a step has replaced the key meanwhile. */
export function updateIfDue(room: Room, turn: Turn): void {
  if (room.updateAt !== null && room.updateAt <= turn.now) updateKey(room, room.me.claim.opened.name, turn)
}

/** Announces a new ratchet key under a new claim, and with it perhaps a new name. */
export function updateKey(room: Room, name: string, turn: Turn): void {
  renewClaim(room, name, null, turn)
  const { claim, keyring } = room.me
  const frame = { type: 'ek_update', ek: kemText(keyring.current.pair.publicKey), claim: claimText(claim.sealed) } as const
  turn.effects.push({ do: 'send', frame })
}

/** A peer announces a new ratchet key. Throws `CryptoError` and `WireError`. */
export function takeUpdate(room: Room, peer: Peer, frame: FromRelay & { readonly type: 'ek_update_fwd' }, turn: Turn): void {
  const claim = openClaim(room.keys, peer.seat, claimBytes(frame.claim), peer.claim.member)
  if (claim.claim.step !== null) throw new CryptoError('bad_object', 'a step came as an update')
  const key = claimedKey(room.keys.roomId, claim.claim, fromBase64(frame.ek))
  const order = takeClaim(room, peer, claim, key, turn)
  if (order !== 'newer') refuse(room, turn, 'update', peer.seat, 'stale')
}

/** Forgets what was kept for late frames long enough. */
export function sweep(room: Room, turn: Turn): void {
  room.me.keyring = forgetRetired(room.me.keyring, turn.now)
  for (const peer of room.peers.values()) if (peer.in !== null) forgetLate(peer.in.receiving, turn.now)
  turn.effects.push({ do: 'wake', timer: 'sweep', after: SWEEP_MS })
}
