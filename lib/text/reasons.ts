/**
 * Why something was refused, in words for a person (docs/protocol.md, Errors). Called by the clients wherever they show a code of
 * lib/wire. Each table is a record over its codes, so that a new code without words does not compile. No sentence holds anything
 * that somebody else wrote. Invites bring their own words: the message of an InviteError.
 */
import type { ErrorReason, WireErrorCode } from '#lib/wire/errors.ts'
import { type CloseCode, PROTOCOL_VERSION } from '#lib/wire/limits.ts'
import { checkName, NAME_BYTES, NAME_GRAPHEMES, type NameFault } from '#lib/wire/names.ts'
import { bytes } from './units.ts'

/** Why the relay let nobody in. */
export const RELAY_REASONS: Readonly<Record<ErrorReason, string>> = {
  version_mismatch: 'the relay speaks another version of the protocol',
  forbidden: 'the relay refused: making a room takes its admin token, joining one takes the invite as it was handed out',
  not_found: 'the relay has no such room: it stood empty for too long, or the relay has been restarted',
  room_full: 'the room is full',
  username_taken: 'the relay says that this seat is taken; try again',
}

const CLOSE_REASONS: Readonly<Record<CloseCode, string>> = {
  1000: 'the relay ended it',
  1001: 'the relay was stopped',
  1008: 'the relay says that too much was sent at once',
  1009: 'the relay says that a frame was too large',
  1013: 'the relay takes no more rooms: try again later',
}

/** Why a connection ended, by its WebSocket close code; the platform says 1006 when there was none (RFC 6455 section 7.4.1). */
export function closeReason(code: number): string {
  const known = Object.entries(CLOSE_REASONS).find(([one]) => Number(one) === code)
  return known === undefined ? `the relay, or the network to it, is gone (${code})` : `${known[1]} (${code})`
}

/** What was wrong with a frame that a relay sent; it was ignored. */
export const WIRE_REASONS: Readonly<Record<WireErrorCode, string>> = {
  too_large: 'it is larger than a frame may be',
  not_json: 'it is not JSON',
  not_object: 'it is not a JSON object',
  unknown_type: 'it is of a kind that this client does not know',
  bad_field: 'one of its fields is missing or wrong',
  bad_base64: 'it holds text that is not base64',
  bad_hex: 'it holds text that is not hexadecimal',
  bad_utf8: 'it holds text that is not UTF-8',
}

/** Why a name cannot be used. */
export const NAME_REASONS: Readonly<Record<NameFault, string>> = {
  empty: 'a name needs at least one character that can be seen',
  too_long: `a name has ${NAME_GRAPHEMES} characters at most, and ${bytes(NAME_BYTES)}`,
  broken_character: 'a name cannot hold half a character',
  control: 'a name cannot hold control characters, tabs or line breaks',
  bidi: 'a name cannot hold marks that turn the direction of text',
  invisible: 'a name cannot hold characters that are not seen',
  blank_edge: 'a name cannot begin or end with a space',
  stacked_marks: 'a name cannot begin with an accent or pile up accents on a letter',
}

/** Why a name cannot be used, or null when it can. */
export function nameReason(name: string): string | null {
  const fault = checkName(name)
  return fault === null ? null : NAME_REASONS[fault]
}

/** Both sides' versions, so that it is clear which of the two is too old. `theirs` is null when the relay did not say. */
export function versionMismatch(theirs: number | null): string {
  if (theirs === null) return `this client speaks protocol ${hex(PROTOCOL_VERSION)}, the relay another one that it does not name`
  if (theirs === PROTOCOL_VERSION) return `the relay refused protocol ${hex(PROTOCOL_VERSION)}, and says that it speaks it`
  const older = theirs < PROTOCOL_VERSION ? 'the relay' : 'this client'
  return `this client speaks protocol ${hex(PROTOCOL_VERSION)}, the relay ${hex(theirs)}: ${older} is too old`
}

/** A version as the relay's boot line prints it. */
function hex(version: number): string {
  return `0x${Math.max(0, version).toString(16).padStart(2, '0')}`
}

/** What an address that is not encrypted gives away. */
export const PLAIN_SEES =
  'the network in between then sees what the relay sees: who connects, sizes and times, and the secret that opens the relay’s door, and could get in the way'

/** What a person is told who allowed an address that is not encrypted. */
export const PLAIN_WARNING = `the connection to the relay is not encrypted (ws://): ${PLAIN_SEES}. What is said stays sealed`
