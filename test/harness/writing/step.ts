/** What lib/ makes of the values that vectors of steps give. Called by test/vectors/make.ts and by the tests of steps. */
import { wrapStep } from '#lib/crypto/step.ts'
import { fromHex, toHex } from '#lib/wire/bytes.ts'
import { type GivenParty, type GivenRoom, partyOf, roomOf } from './party.ts'

export interface GivenStep {
  readonly room: GivenRoom
  /** Who steps: its new claim announces the epoch, and its new ratchet key stands in it. */
  readonly from: GivenParty
  /** Who receives, under its newest claim. */
  readonly to: GivenParty
  /** The directed root RK(from→to). */
  readonly root: string
  /** Messages of the epoch before. */
  readonly previous: number
  /** Newest epoch of the receiver that was opened. */
  readonly opened: number
  /** The next room key in a removal's step, zeros otherwise. */
  readonly roomKey: string
  /** The 64 bytes that X-Wing encapsulates from: 32 for ML-KEM, 32 for X25519. */
  readonly encapsulation: string
}

/** `payload` as the frame holds it. */
export function makeStep(given: GivenStep) {
  const room = roomOf(given.room)
  const [from, to] = [partyOf(room, given.from), partyOf(room, given.to)]
  if (given.from.step === null) throw new Error('the claim announces no step')
  const { epoch, seed } = given.from.step
  const peer = { seat: to.seat, claimHash: to.claimHash, key: to.key, root: fromHex(given.root), opened: given.opened }
  const random = () => fromHex(given.encapsulation)
  const wrapped = wrapStep(room, { ...from, epoch }, peer, fromHex(seed), given.previous, fromHex(given.roomKey), random)
  return { payload: wrapped.payload, root: toHex(wrapped.root), pair: toHex(wrapped.pair) }
}
