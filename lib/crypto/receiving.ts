/**
 * What a member holds of another seat's sending (docs/protocol.md, The ratchet): its newest epochs, and keys of messages still on
 * their way. Called by lib/client for every envelope. Opening ends with the signature: until header, body and signature all hold,
 * nothing is advanced, taken or wiped, so nobody can burn another's counters, not even a member that knows the chain.
 */
import { type Bytes, wipe } from '#lib/wire/bytes.ts'
import { abandon, type Ahead, type Chain, commit, lookAhead, MAX_SKIP, type MessageKey } from './chain.ts'
import { type EpochSecrets, wipeEpoch } from './epoch.ts'
import { CryptoError } from './errors.ts'
import { type Envelope, type Header, openHeader, openMessage } from './message.ts'

/** Keys of skipped messages, and epochs that a step has closed, are kept so long (ms). */
export const LATE_MS = 120_000
/** Epochs kept of one seat. Each costs a try for every envelope that does not open, and a member may step as often as it likes. */
export const MOST_EPOCHS = 32

interface ReceivingEpoch {
  readonly epoch: number
  readonly headerKey: Bytes
  readonly fileKey: Bytes
  /** Null once a step said where the epoch ended and every key up to there was derived. */
  chain: Chain | null
  /** Until when the closed epoch is kept (ms). */
  until: number
}

interface Skipped extends MessageKey {
  readonly epoch: number
  readonly until: number
}

export interface Receiving {
  readonly seat: string
  /** Newest first. */
  readonly epochs: ReceivingEpoch[]
  /** Oldest first, at most 2,000. */
  skipped: Skipped[]
}

/** What a step's wrap starts and a state letter hands over: an epoch and where its chain stands. */
export interface EpochStart extends EpochSecrets {
  readonly epoch: number
}

/** Holds nothing yet. */
export function receivingFrom(seat: string, start: EpochStart): Receiving {
  return { seat, epochs: [receivingEpoch(start)], skipped: [] }
}

function receivingEpoch(start: EpochStart): ReceivingEpoch {
  return {
    epoch: start.epoch,
    headerKey: start.headerKey,
    fileKey: start.fileKey,
    chain: start.chain,
    until: Number.POSITIVE_INFINITY,
  }
}

/**
 * Goes on where a state that was handed over anew says. What was on its way under the keys held before still opens for a while. Takes the
 * secrets of `start` over.
 */
export function resume(receiving: Receiving, start: EpochStart, now: number): void {
  const newest = receiving.epochs[0]
  if (newest !== undefined && newest.epoch === start.epoch && newest.chain !== null) {
    const ahead = start.chain.next - newest.chain.next
    // The same chain, which leads there by itself; from too far off it takes the one that was handed over.
    if (ahead < MAX_SKIP) return wipeEpoch(start)
    wipe(newest.chain.key, start.headerKey, start.fileKey)
    newest.chain = start.chain
    return
  }
  if (newest !== undefined) newest.until = now + LATE_MS
  receiving.epochs.unshift(receivingEpoch(start))
  if (receiving.epochs.length > MOST_EPOCHS) dropOldest(receiving)
}

/** The newest epoch held. */
export function newestEpoch(receiving: Receiving): number {
  return receiving.epochs[0]?.epoch ?? -1
}

/** Where the newest epoch's chain stands. */
export function nextCounter(receiving: Receiving): number {
  return receiving.epochs[0]?.chain?.next ?? 0
}

/**
 * Opens an envelope and lets `read` verify and keep what is in it; `read` throws to refuse. Only when it returns does the state move.
 * Throws `CryptoError`: not_opened (another epoch, or forged), replayed, too_far_ahead, bad_padding, and whatever `read` throws.
 */
export function openEnvelope<T>(
  roomId: Bytes,
  receiving: Receiving,
  envelope: Envelope,
  now: number,
  read: (content: Bytes, signature: Bytes, header: Header) => T,
): T {
  const { epoch, header } = findEpoch(roomId, receiving, envelope.header)
  // A chunk takes no key of the chain.
  if (header.type !== 'entry') throw new CryptoError('bad_object', 'not an entry')
  const late = receiving.skipped.find((key) => key.epoch === epoch.epoch && key.counter === header.counter)
  if (late !== undefined) {
    const result = readWith(roomId, receiving.seat, envelope, late.key, header, read)
    receiving.skipped = receiving.skipped.filter((key) => key !== late)
    wipe(late.key)
    return result
  }
  if (epoch.chain === null || header.counter < epoch.chain.next) throw new CryptoError('replayed', 'message key already used')
  const ahead = lookAhead(roomId, epoch.chain, header.counter)
  let result: T
  try {
    result = readWith(roomId, receiving.seat, envelope, ahead.at.key, header, read)
  } catch (error) {
    abandon(ahead)
    throw error
  }
  keep(receiving, epoch.epoch, ahead, now)
  commit(epoch.chain, ahead)
  wipe(ahead.at.key)
  return result
}

function findEpoch(roomId: Bytes, receiving: Receiving, sealed: Bytes): { epoch: ReceivingEpoch; header: Header } {
  for (const epoch of receiving.epochs) {
    const header = openHeader(roomId, receiving.seat, epoch.headerKey, sealed)
    if (header !== null && header.epoch === epoch.epoch) return { epoch, header }
  }
  throw new CryptoError('not_opened', 'envelope does not open')
}

function readWith<T>(
  roomId: Bytes,
  seat: string,
  envelope: Envelope,
  key: Bytes,
  header: Header,
  read: (content: Bytes, signature: Bytes, header: Header) => T,
): T {
  const opened = openMessage(roomId, seat, envelope, key)
  if (opened === null) throw new CryptoError('not_opened', 'envelope does not open')
  try {
    return read(opened.content, opened.signature, header)
  } finally {
    wipe(opened.content, opened.signature)
  }
}

function keep(receiving: Receiving, epoch: number, ahead: Pick<Ahead, 'skipped'>, now: number): void {
  for (const { counter, key } of ahead.skipped) receiving.skipped.push({ epoch, counter, key, until: now + LATE_MS })
  const over = Math.max(0, receiving.skipped.length - MAX_SKIP)
  for (const dropped of receiving.skipped.splice(0, over)) wipe(dropped.key)
}

/**
 * Opens a step's first envelope under the epoch that the step starts. When `read` returns, the epoch before is closed at `previous`
 * messages (the keys still missing are derived, its chain is wiped) and the new one stands; otherwise nothing has changed and the
 * new epoch's secrets are wiped. Throws as `openEnvelope`.
 */
export function openFirst<T>(
  roomId: Bytes,
  receiving: Receiving,
  start: EpochStart,
  previous: number,
  envelope: Envelope,
  now: number,
  read: (content: Bytes, signature: Bytes, header: Header) => T,
): T {
  const next = receivingFrom(receiving.seat, start)
  const last = receiving.epochs[0]
  let ending: Ahead | null = null
  let result: T
  try {
    if (last !== undefined && last.chain !== null && previous > last.chain.next) {
      ending = lookAhead(roomId, last.chain, previous - 1)
    }
    result = openEnvelope(roomId, next, envelope, now, (content, signature, header) => {
      if (header.counter !== 0) throw new CryptoError('wrong_epoch', 'a step does not start at counter 0')
      return read(content, signature, header)
    })
  } catch (error) {
    if (ending !== null) abandon(ending)
    wipeEpoch(start)
    throw error
  }
  if (last !== undefined) close(receiving, last, ending, now)
  receiving.epochs.unshift(...next.epochs)
  if (receiving.epochs.length > MOST_EPOCHS) dropOldest(receiving)
  return result
}

function close(receiving: Receiving, epoch: ReceivingEpoch, ending: Ahead | null, now: number): void {
  if (ending !== null) {
    keep(receiving, epoch.epoch, { skipped: [...ending.skipped, ending.at] }, now)
    wipe(ending.after.key)
  }
  if (epoch.chain !== null) wipe(epoch.chain.key)
  epoch.chain = null
  epoch.until = now + LATE_MS
}

function dropOldest(receiving: Receiving): void {
  const oldest = receiving.epochs.pop()
  if (oldest === undefined) return
  if (oldest.chain !== null) wipe(oldest.chain.key)
  wipe(oldest.headerKey, oldest.fileKey)
}

/** Wipes what has been kept for late messages long enough. Called by the session's clock. */
export function forgetLate(receiving: Receiving, now: number): void {
  const gone = receiving.skipped.filter((key) => key.until <= now)
  receiving.skipped = receiving.skipped.filter((key) => key.until > now)
  for (const { key } of gone) wipe(key)
  while (receiving.epochs.length > 1) {
    const oldest = receiving.epochs.at(-1)
    if (oldest === undefined || oldest.until > now) return
    dropOldest(receiving)
  }
}

export function wipeReceiving(receiving: Receiving): void {
  for (const { chain, headerKey, fileKey } of receiving.epochs) {
    if (chain !== null) wipe(chain.key)
    wipe(headerKey, fileKey)
  }
  for (const { key } of receiving.skipped) wipe(key)
  receiving.epochs.length = 0
  receiving.skipped = []
}
