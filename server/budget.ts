/**
 * How much one socket may send (docs/protocol.md, Relay contract, Hardening): a token bucket for its frames and one for its bytes.
 * Pure: the clock is handed in. Called by server/relay.ts for every message before it is parsed, so that a flood costs the relay
 * a subtraction and its sender the socket.
 */

/** What a bucket gains in a second, and the most it holds. One unit is a frame or a byte. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

export interface Budget {
  /** Takes a cost at a time in ms that never goes back. False, and nothing taken, when the bucket holds less. */
  spend(cost: number, now: number): boolean
}

/** A full bucket as of `now` (ms). */
export function createBudget(rate: Rate, now: number): Budget {
  let held = rate.burst
  let filledAt = now
  return {
    spend(cost, now) {
      held = Math.min(rate.burst, held + ((now - filledAt) / 1000) * rate.perSecond)
      filledAt = now
      if (cost > held) return false
      held -= cost
      return true
    },
  }
}
