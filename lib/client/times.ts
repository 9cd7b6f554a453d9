/** Spans that the session keeps to, in ms, and counts that bound what it holds (docs/protocol.md, Times and bounds). */

/** A relay that has not opened its door by then, from the first dial on, is given up. */
export const CONNECT_MS = 20_000
/** An elder that has not answered by then is shown as unreachable, and asked again. */
export const ANSWER_MS = 5_000
/** A seat may ask for my state so long after I first saw it. */
export const ASK_MS = 60_000
/** One seat is given my state again at most so often. */
export const RESET_MS = 10_000
/** A ratchet key that opened a letter without a pair secret is replaced after so long. */
export const UPDATE_MS = 5_000
/** A ratchet key that was used, and an epoch that is in use, live at most so long. */
export const RENEW_MS = 600_000
/** Who the relay says is gone is waited for so long before keys are renewed without it. */
export const OFFLINE_MS = 60_000
/** How often what was kept for late frames is looked through. */
export const SWEEP_MS = 30_000
/** Messages in an epoch. */
export const EPOCH_MESSAGES = 25
/** Envelopes of one sender that wait for its state. */
export const HELD_FRAMES = 64
/** Characters of all envelopes that wait, of all senders. */
export const HELD_CHARS = 16 * 1024 * 1024
/** Pair secrets of one peer. */
export const PAIR_SECRETS = 32
/** Names of members, the newest, also of those who went, that a new one is compared with. Each takes about 15 µs. */
export const NAMES_COMPARED = 256
/** Commands that wait for the handshake. */
export const WAITING_COMMANDS = 256
