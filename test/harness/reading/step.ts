/** The second reading of a step's wrap for one receiver (docs/protocol.md, Steps). Called by the tests of known answers. */
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js'
import {
  base64,
  derived,
  join,
  Layout,
  Misread,
  number32,
  type Octets,
  openSingleUse,
  readNumber32,
  text,
  toHex,
} from './base.ts'
import { keyIdOf, type ReadRoom } from './claim.ts'

/** Who receives: its seat, its claim's hash and the seed of the X-Wing key under it. */
export interface Receiver {
  readonly seat: string
  readonly claimHash: Octets
  readonly ratchetSeed: Octets
}

/** Who steps: its seat, its new claim's hash, its new X-Wing key and the epoch that the claim announces. */
export interface Stepper {
  readonly seat: string
  readonly claimHash: Octets
  readonly key: Octets
  readonly epoch: number
}

/**
 * Opens { kemCt: key id 8 ‖ ct 1120, encSeed: commit 32 ‖ seal(wrapKey, seed 32 ‖ previous 4 ‖ opened 4 ‖ room key 32) }, where
 * RK' 32 ‖ pair' 32 ‖ wrapKey 88 = HKDF(salt = RK, ikm = ss ‖ psk, info = "step" ‖ roomId ‖ both claim hashes ‖ both keys ‖ ct ‖ epoch).
 */
export function readStep(
  { roomId, psk }: ReadRoom,
  root: Octets,
  from: Stepper,
  to: Receiver,
  payload: { readonly kemCt: string; readonly encSeed: string; readonly pn: number },
) {
  const kem = new Layout(base64(payload.kemCt))
  if (toHex(kem.take(8)) !== toHex(keyIdOf(roomId, to.claimHash))) throw new Misread('for another key')
  if (payload.pn !== 0) throw new Misread('pn says something')
  const ct = kem.take(1_120)
  kem.end()
  const { publicKey, secretKey } = xwing.keygen(to.ratchetSeed)
  const ikm = join(xwing.decapsulate(ct, secretKey), psk)
  const context = [roomId, from.claimHash, to.claimHash, from.key, publicKey, ct, number32(from.epoch)]
  const out = derived('step', root, ikm, 32 + 32 + 88, ...context)
  const secrets = { root: out.take(32), pair: out.take(32) }
  const wrap = new Layout(openSingleUse(out.rest(), join(roomId, text(from.seat), text(to.seat)), base64(payload.encSeed)))
  const [seed, previous, opened, roomKey] = [wrap.take(32), wrap.take(4), wrap.take(4), wrap.take(32)]
  wrap.end()
  return { seed, previous: readNumber32(previous), opened: readNumber32(opened), roomKey, ...secrets }
}
