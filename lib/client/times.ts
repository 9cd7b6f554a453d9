/** Spans that the session keeps to, in ms, and counts that bound what it holds (docs/protocol.md, Times and bounds). */

/** A relay that has not opened its door by then, from the first dial on, is given up. */
export const CONNECT_MS = 20_000
/** An elder that has not answered by then is shown as unreachable, and asked again. */
export const ANSWER_MS = 5_000
/** A state that does not come is asked for again after so long; one seat is given mine again at most so often. */
export const RESET_MS = 10_000
/** A newcomer that has not answered my state by then is given no more keys. */
export const NEWCOMER_MS = 60_000
/** A ratchet key that opened a letter without a pair secret is replaced after so long. */
export const UPDATE_MS = 5_000
/** A ratchet key that was used, and an epoch that is in use, live at most so long. */
export const RENEW_MS = 600_000
/** Who the relay says is gone is waited for so long before keys are renewed without it. */
export const OFFLINE_MS = 60_000
/** How often what was kept for late frames is looked through. */
export const SWEEP_MS = 30_000
/** How often it is looked who is silent, and whose state is still missing. */
export const PULSE_MS = 5_000
/** A seat unheard for so long is shown as silent: noticed within 150 s. */
export const SILENT_MS = 145_000
/** A relay that sent nothing for so long is asked for a sign of life … */
export const QUIET_MS = 30_000
/** … and given up when none comes for so long. */
export const PROBE_MS = 10_000
/** A relay that brought nothing to my seat so long after I took it does not know it. */
export const REACHED_MS = 15_000
/** A beat follows the last entry after so long … */
export const BEAT_SOON_MS = [2_000, 6_000] as const
/** … and so many times as long as there are others for each of so many: each beat goes to all of them. */
export const BEAT_SOON_OTHERS = 4
/** … and the last beat after so long. */
export const BEAT_MS = [40_000, 80_000] as const
/** A gap is asked for so long after it was noticed: frames may still be on their way. */
export const REPAIR_MS = 1_000
/** Who was asked for entries has so long to answer. */
export const REPAIR_ANSWER_MS = 5_000
/** What nobody here has is asked for again after so long. */
export const REPAIR_AGAIN_MS = 30_000
/** Rosters may differ for so long. */
export const ROSTER_MS = 5_000
/** Seats that are told as hidden on the word of one seat. */
export const ROSTER_ALARMS = 64
/** The span in which answers to one seat are counted, how many it gets, and how many bytes of entries. */
export const ASKING_MS = 10_000
export const ASKING_ANSWERS = 20
export const ASKING_BYTES = 4 * 1024 * 1024
/** Bytes of entries in one repair letter. */
export const REPAIR_LETTER_BYTES = 256 * 1024
/** The first wait before dialing again, and the longest; it doubles from try to try. */
export const REDIAL_MS = [1_000, 30_000] as const
/** Who wants to leave with something unsaid waits so long for the connection. */
export const LEAVE_MS = 30_000
/** Messages in an epoch. */
export const EPOCH_MESSAGES = 25
/** Envelopes of one sender that wait for its state. */
export const HELD_FRAMES = 64
/** Characters of all envelopes that wait, of all senders. */
export const HELD_CHARS = 16 * 1024 * 1024
/** Pair secrets of one peer. */
export const PAIR_SECRETS = 32
/** Former seats whose pair secrets are kept. */
export const FORMER_SEATS = 256
/** Secrets kept of such a seat, before the newest, that it gave to former seats of mine. */
export const EARLIER_SECRETS = 3
/** Claims of a seat that are remembered by their hashes; one that runs so far ahead of what its seat proves is nobody's mistake. */
export const CLAIMS_KEPT = 64
/** Logs whose author I never met that are asked about. */
export const UNKNOWN_LOGS = 256
/** Names of members, the newest, also of those who went, that a new one is compared with. Each takes about 15 µs. */
export const NAMES_COMPARED = 256
/** Commands that wait for the handshake; entries that wait for the connection. */
export const WAITING_COMMANDS = 256
