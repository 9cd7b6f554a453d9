/**
 * Sizes of what a room holds (docs/protocol.md, Entries). Beside lib/wire/limits, which has those of the relay contract.
 */

/** Canonical bytes of an entry at most. */
export const ENTRY_BYTES = 64 * 1024
/** A text, in bytes of its JSON form without the quotes: what is left of an entry after its other fields. */
export const TEXT_BYTES = 60 * 1024
/** A topic, in bytes of its JSON form without the quotes: what a title line of any width can still show. */
export const TOPIC_BYTES = 512
/** Topics and locks that are kept to find what is in force: anybody may set a topic as often as it likes. */
export const KEPT_TOPICS = 256
/** A number of a topic or a lock at most. */
export const LAST_TURN = 0xffff_ffff
/** Heads of others that a chained entry names at most, so that its length does not tell who spoke before. */
export const SEEN_IN_ENTRY = 2
/** Heads that a beat names at most. */
export const SEEN_IN_BEAT = 16
export const SALT_BYTES = 16
/** Characters of an entry's kind at most. */
export const KIND_CHARS = 64
/** Gaps of one log that are told one by one. */
export const GAPS_OF_A_LOG = 64
/** Heads of one log that were named and whose entries have not come: which ones come late. */
export const NAMED_HEADS = 2_000
/** Entries that are kept, of all logs: for the chain, and to repair others' gaps. The oldest go first. */
export const KEPT_ENTRIES = 20_000
/** Bytes of all kept entries and their signatures. */
export const KEPT_BYTES = 32 * 1024 * 1024
/** A sequence number in a log at most. */
export const LAST_N = 0xffff_ffff
