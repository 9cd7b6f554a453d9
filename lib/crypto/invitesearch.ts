/**
 * Finds an invite in whatever a person pasted (docs/protocol.md, Invite): a mail that quotes and wraps it, a chat that hung a query
 * behind it, a page that escaped it. Called by the clients' forms and commands.
 *
 * An invite tells its own length, so nothing has to be known of where it ends: the text is rid of what copying adds, and from each
 * place that looks like a beginning exactly as many characters are taken as the first of them say. Work is bounded: the text has a
 * limit, every expression is linear in it, and each place costs at most the longest invite.
 */
import { type Bytes, fromBase64url, toBase64url, wipe } from '#lib/wire/bytes.ts'
import { WireError } from '#lib/wire/errors.ts'
import { BIDI, INVISIBLE } from '#lib/wire/marks.ts'
import { decodeInvite, HEAD_BYTES, type Invite, inviteBytes } from './invitebytes.ts'
import { InviteError } from './inviteerror.ts'
import { type PlainRule, WSS_ONLY } from './inviteurl.ts'

/** UTF-16 units of text that are searched. */
export const SEARCHED_CHARS = 65_536

/** Places that are tried: no honest text has more, and each costs a hash. */
const TRIED_PLACES = 64

/** Where an invite may begin, and in which letters it is written there. */
interface Place {
  readonly at: number
  readonly letters: RegExp
}

/** In armor a dash ends the invite. */
const ARMOR_LETTERS = /[A-Za-z0-9+/]/
/** Elsewhere both alphabets are taken: some programs rewrite the one as the other. */
const URL_LETTERS = /[A-Za-z0-9_+/-]/

/**
 * The one invite in a text. The same invite twice is one. Throws `InviteError` with the precise reason: of the first place that looks
 * like an invite when none can be read. `rule` says whether unencrypted relays are allowed.
 */
export function parseInvite(text: string, rule: PlainRule = WSS_ONLY): Invite {
  if (text.length > SEARCHED_CHARS) throw new InviteError('too_long', 'the text is too long to look for an invite in it')
  const words = withoutTraces(text)
  const joined = words.join('')
  const found = new Map<string, Invite>()
  let reason: InviteError | null = null
  for (const place of places(words, joined)) {
    const read = readAt(joined, place, rule)
    if (read instanceof InviteError) reason ??= read
    else found.set(read.key, read.invite)
  }
  const [invite, another] = found.values()
  if (another !== undefined)
    throw new InviteError('several_invites', 'the text holds more than one invite: paste the one you mean')
  if (invite === undefined) throw reason ?? new InviteError('no_invite', 'there is no invite in this text')
  return invite
}

/** What shows nothing, which some programs put into long words so that they can wrap. */
const unseen = new RegExp(`[${BIDI}${INVISIBLE}\\ufe00-\\ufe0f]`, 'gu')

/** The words of a text, without the traces of copying, mailing and escaping. */
function withoutTraces(text: string): string[] {
  return text
    .replace(unseen, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[>|\s]|&gt;)+/gm, '') // a reply quotes so
    .replace(/=\n/g, '') // quoted-printable wraps a long line so
    .replace(/%23|&#35;|&num;/g, '#')
    .replace(/[\u2010-\u2013\u2212]/g, '-') // word processors make dashes longer
    .replaceAll('\u2014', '--')
    .split(/\s+/)
}

/**
 * Where an invite may begin, best first: after the armor's first line; at characters that say version 1, no flags and a possible
 * length; and, so that one of another version is named as such, at a long word of base64url: behind a `#`, or alone when it
 * says one of the first versions.
 */
function places(words: readonly string[], joined: string): Place[] {
  const wordStarts = new Set<number>()
  const long: number[] = []
  let at = 0
  for (const word of words) {
    wordStarts.add(at)
    for (const end of endsOf(/#(?=[\w-]{60})|(?<![\w-])(?=A[\w-]{99})/g, word)) long.push(at + end)
    at += word.length
  }
  // In the joined words, for a wrap may fall on these characters too.
  const current = endsOf(/(?=AQA[ABC])/g, joined).filter((at) => wordStarts.has(at) || !URL_LETTERS.test(joined.charAt(at - 1)))
  // Letters of the armor's last line are none of an empty invite.
  const armored = endsOf(/BEGINTACETINVITE[^A-Za-z0-9+/]*(?:ENDTACETINVITE)?/g, joined)
  return [
    ...armored.map((at) => ({ at, letters: ARMOR_LETTERS })),
    ...[...current, ...long].map((at) => ({ at, letters: URL_LETTERS })),
  ].slice(0, TRIED_PLACES)
}

/** Offsets at which the matches of an expression end. */
function endsOf(beginning: RegExp, text: string): number[] {
  return Array.from(text.matchAll(beginning), (match) => match.index + match[0].length)
}

/** The invite at a place with its text, or why there is none. */
function readAt(joined: string, place: Place, rule: PlainRule): { readonly key: string; readonly invite: Invite } | InviteError {
  let bytes: Bytes = new Uint8Array(0)
  try {
    bytes = bytesAt(joined, place)
    return { key: toBase64url(bytes), invite: decodeInvite(bytes, rule) }
  } catch (error) {
    if (error instanceof InviteError) return error
    throw error
  } finally {
    wipe(bytes)
  }
}

/** Characters of base64 that hold the head and end with a whole byte. */
const HEAD_CHARS = Math.ceil(HEAD_BYTES / 3) * 4

/** As many bytes as the first of them say. */
function bytesAt(joined: string, place: Place): Bytes {
  const head = decode(lettersAt(joined, place, HEAD_CHARS))
  return decode(lettersAt(joined, place, Math.ceil((inviteBytes(head) * 4) / 3)))
}

/** So many letters after a strange character mean that it stands in the invite, not behind it. */
const GOES_ON = 8

function lettersAt(joined: string, { at, letters }: Place, count: number): string {
  const end = lettersFrom(joined, at, letters, count)
  if (end === at + count) return joined.slice(at, end)
  if (lettersFrom(joined, end + 1, letters, GOES_ON) === end + 1 + GOES_ON) {
    throw new InviteError('bad_characters', 'the invite is damaged: it has a character that does not belong in it')
  }
  throw new InviteError('truncated', 'the invite is cut short')
}

/** The end of a run of letters, `most` at most. */
function lettersFrom(joined: string, at: number, letters: RegExp, most: number): number {
  let end = at
  while (end < at + most && letters.test(joined.charAt(end))) end++
  return end
}

function decode(letters: string): Bytes {
  try {
    return fromBase64url(letters.replaceAll('+', '-').replaceAll('/', '_'))
  } catch (error) {
    // The last letter has bits to spare, and they are not zero.
    if (error instanceof WireError)
      throw new InviteError('bad_checksum', 'the invite is damaged: a character was changed or lost')
    throw error
  }
}
