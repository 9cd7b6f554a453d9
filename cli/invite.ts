/**
 * Where an invite comes from at the terminal (docs/scripting.md, Invites): a file, TACET_INVITE or standard input. Never the command line,
 * which every user of the machine can read. Called by main.ts, asking.ts and, for a room made anew, by both faces.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { type Invite, InviteError, isPlain, parseInvite, relayUrl } from '#lib/client/index.ts'
import { PLAIN_SEES } from '#lib/text/reasons.ts'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'
import type { Lines } from './reading.ts'

/** Bytes of a file, and characters of input, that are read in search of an invite. */
const SEARCHED = 65_536

/** Throws `Failure('usage')` when an invite, whole or damaged, stands on the command line. */
export function refuseInviteInWords(words: readonly string[]): void {
  if (!looksLikeInvite(words)) return
  throw new Failure(
    'usage',
    'an invite does not belong on the command line: every user of this machine can read it there (ps), and the shell may keep it. ' +
      'Save it to a file and name that, or paste it when asked. Take this one for known to others',
  )
}

/** Fragments of an invite are as long as this; a word that only begins like one is not. */
const FRAGMENT_CHARS = 60

function looksLikeInvite(words: readonly string[]): boolean {
  try {
    parseInvite(words.join('\n'), { allowPlain: true })
    return true
  } catch (error) {
    if (!(error instanceof InviteError)) throw error
    return error.code !== 'no_invite' && error.code !== 'too_long' && words.some((word) => word.length >= FRAGMENT_CHARS)
  }
}

/** A text in which an invite is looked for, and where it came from, for the reason when there is none. */
export interface Found {
  readonly text: string
  /** Null where that is clear. */
  readonly from: 'the file' | 'TACET_INVITE' | 'the input' | null
}

/** Reads the invite in a text. Throws `Failure`: damaged_invite with the reason, usage when its relay's address is not encrypted. */
export function inviteIn({ text, from }: Found, allowPlain: boolean): Invite {
  try {
    return parseInvite(text, { allowPlain })
  } catch (error) {
    if (!(error instanceof InviteError)) throw error
    if (error.code === 'not_wss' && !allowPlain) throw notEncrypted(error)
    throw new Failure('damaged_invite', from === null ? error.message : `${from}: ${error.message}`)
  }
}

/**
 * The invite of a room that somebody made anew in place of a lost one, whose key it has. Throws as above, and `Failure('usage')` when it
 * is another room's: there one would be somebody else, and what was kept would be lost.
 */
export function inviteAnew(found: Found, allowPlain: boolean, lost: Invite | null): Invite {
  const invite = inviteIn(found, allowPlain)
  if (lost !== null && Buffer.compare(lost.roomKey, invite.roomKey) === 0) return invite
  throw new Failure('usage', 'it is an invite to another room: leave this one first')
}

/** A relay's address in its canonical form. Throws `Failure('usage')`. */
export function relayAddress(text: string, allowPlain: boolean): string {
  try {
    return relayUrl(text, { allowPlain })
  } catch (error) {
    if (!(error instanceof InviteError)) throw error
    if (error.code === 'not_wss' && isPlain(text)) throw notEncrypted(error)
    throw new Failure('usage', `${error.message}. One is wss://relay.example/ws`)
  }
}

function notEncrypted({ message }: InviteError): Failure {
  return new Failure('usage', `${message}; ${PLAIN_SEES}. To go on all the same: --allow-plain`)
}

/** The text of a file or a pipe, as far as an invite is looked for in it. Throws `Failure('usage')` when it cannot be read. */
export async function fileText(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    return new TextDecoder().decode(await beginning(file))
  } catch (error) {
    throw new Failure('usage', `the file with the invite cannot be read (${errnoOf(error)})`)
  }
}

/** Without positions, which a pipe does not have: `tacet join <(decrypt …)`. */
async function beginning(file: FileHandle): Promise<Uint8Array> {
  const bytes = new Uint8Array(SEARCHED)
  let length = 0
  while (length < SEARCHED) {
    const { bytesRead } = await file.read(bytes, length, SEARCHED - length, null)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/** Lines of input that are read in search of an invite. */
const SEARCHED_LINES = 1_000

/**
 * The invite at the beginning of input, with what stands before it: up to the line that ends its armor, or the line with which it is
 * whole. What follows is left for the conversation. Throws `Failure('damaged_invite')` when there is too much input before that.
 */
export async function inviteText(lines: Lines): Promise<string> {
  let text = ''
  for (let count = 0; !isWhole(text); count++) {
    const line = await lines.next()
    if (line === null) break
    if (line.is === 'line') text += `${line.text}\n`
    if (line.is === 'too_long' || text.length > SEARCHED || count > SEARCHED_LINES) {
      throw new Failure('damaged_invite', 'the input begins with too much text to look for an invite in it')
    }
  }
  return text
}

/** True when more lines would not help: the invite is there, or what is there is damaged in a way that they do not mend. */
function isWhole(text: string): boolean {
  // The bytes are complete a line before the armor is, and its last line is not for the conversation.
  if (/BEGIN\s+TACET\s+INVITE/.test(text)) return /END\s+TACET\s+INVITE/.test(text)
  try {
    parseInvite(text, { allowPlain: true })
    return true
  } catch (error) {
    if (!(error instanceof InviteError)) throw error
    return error.code !== 'no_invite' && error.code !== 'truncated'
  }
}
