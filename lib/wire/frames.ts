/**
 * The frames of the relay contract as types (docs/protocol.md, Relay contract): what a client sends and what a relay sends.
 * To the relay, `username` is a seat; every other string a client fills is opaque to it.
 */
import type { ErrorReason } from './errors.ts'

/** One seat's public values as the relay stores them: its last identify, step, ek_update or rekey. */
export interface SeatRecord {
  readonly username: string
  readonly ek: string
  readonly ratchetEk: string
  readonly claim: string
}

/** What a step holds for one receiver. */
export interface StepPayload {
  readonly kemCt: string
  readonly encSeed: string
  readonly pn: number
}

/** Body, header and signature of a broadcast or a step: opaque to the relay. */
export interface SealedFields {
  readonly payload: string
  readonly meta: string
  readonly sig: string
}

export type ToRelay =
  | { readonly type: 'create'; readonly adminToken?: string; readonly protocolVersion: number }
  | { readonly type: 'join'; readonly roomId: string; readonly roomSecret: string; readonly protocolVersion: number }
  | ({ readonly type: 'identify' } & SeatRecord)
  | { readonly type: 'relay'; readonly to: string; readonly payload: string }
  | ({ readonly type: 'broadcast' } & SealedFields)
  | ({
      readonly type: 'ratchet_step'
      /** Own keys only: a member may be called `__proto__`. */
      readonly payloads: Readonly<Record<string, StepPayload>>
      readonly newEk: string
      readonly claim: string
    } & SealedFields)
  | { readonly type: 'ek_update'; readonly ek: string; readonly claim: string }
  | { readonly type: 'rekey'; readonly ek: string; readonly ratchetEk: string; readonly claim: string }

export type FromRelay =
  | { readonly type: 'room_created'; readonly roomId: string; readonly roomSecret: string; readonly serverVersion: number }
  | { readonly type: 'joined'; readonly members: readonly SeatRecord[]; readonly serverVersion: number }
  | ({ readonly type: 'peer_joined' } & SeatRecord)
  | { readonly type: 'peer_left'; readonly username: string }
  | { readonly type: 'relay'; readonly from: string; readonly payload: string }
  | ({ readonly type: 'broadcast'; readonly from: string } & SealedFields)
  | ({ readonly type: 'ratchet_step_fwd'; readonly from: string; readonly newEk: string; readonly claim: string } & StepPayload &
      SealedFields)
  | { readonly type: 'ek_update_fwd'; readonly from: string; readonly ek: string; readonly claim: string }
  | { readonly type: 'rekeyed' }
  | { readonly type: 'error'; readonly reason: ErrorReason; readonly serverVersion?: number }
