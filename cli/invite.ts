/**
 * Where an invite comes from and goes to at the terminal (docs/scripting.md, Invites): from a file, TACET_INVITE or standard input;
 * to a new file that only its owner reads. Never from the command line, which every user of the machine can see. Called by main.ts.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Invite, InviteError, parseInvite, relayUrl, roomFile } from '#lib/client/index.ts'
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

/** Reads the invite in a text. Throws `Failure`: damaged_invite with the reason, usage when its relay's address is not encrypted. */
export function inviteIn(text: string, allowPlain: boolean): Invite {
  try {
    return parseInvite(text, { allowPlain })
  } catch (error) {
    throw failureOf(error)
  }
}

/** A relay's address in its canonical form. Throws `Failure('usage')`. */
export function relayAddress(text: string, allowPlain: boolean): string {
  try {
    return relayUrl(text, { allowPlain })
  } catch (error) {
    const { message } = failureOf(error)
    throw new Failure('usage', message)
  }
}

/** True when the network between sees what the relay sees. */
export function isPlain(url: string): boolean {
  try {
    relayUrl(url, { allowPlain: false })
    return false
  } catch (error) {
    if (error instanceof InviteError && error.code === 'not_wss') return true
    throw error
  }
}

const PLAIN_SEES =
  'the network in between then sees what the relay sees: who connects, the room’s number, sizes and times, and could get in the way'

/** What a person is told who allowed an address that is not encrypted. */
export const PLAIN_WARNING = `the connection to the relay is not encrypted (ws://): ${PLAIN_SEES}. What is said stays sealed`

function failureOf(error: unknown): Failure {
  if (!(error instanceof InviteError)) throw error
  if (error.code !== 'not_wss') return new Failure('damaged_invite', error.message)
  return new Failure('usage', `${error.message}; ${PLAIN_SEES}. To go on all the same: --allow-plain`)
}

/** The text of a file, as far as an invite is looked for in it. Throws `Failure('usage')` when it cannot be read. */
export async function fileText(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { bytesRead, buffer } = await file.read(new Uint8Array(SEARCHED), 0, SEARCHED, 0)
    return new TextDecoder().decode(buffer.subarray(0, bytesRead))
  } catch (error) {
    throw new Failure('usage', `the file with the invite cannot be read (${codeOf(error)})`)
  }
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

/** A file that waits for the invite of a room that is about to be made. */
export interface InviteFile {
  readonly path: string
  /** Writes and closes it. Throws `Failure('failed')`. */
  write(invite: Invite): void
  /** Takes the file away again when there was no invite to write. */
  discard(): void
}

/**
 * Makes the file before the room, so that a name that is taken costs no room. Mode 0600, and nothing is ever overwritten, also behind
 * a symbolic link. Throws `Failure('usage')`.
 */
export function newInviteFile(path: string): InviteFile {
  let file: number | null = openNew(path)
  const close = () => {
    if (file !== null) closeSync(file)
    file = null
  }
  return {
    path,
    write(invite) {
      try {
        if (file !== null) writeSync(file, roomFile(invite))
      } catch (error) {
        throw new Failure('failed', `the file for the invite cannot be written (${codeOf(error)})`)
      }
      close()
    },
    discard() {
      if (file === null) return
      close()
      rmSync(path)
    },
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const code = codeOf(error)
    const why = code === 'EEXIST' ? 'it exists, and nothing is overwritten' : code
    throw new Failure('usage', `the file for the invite cannot be made (${why})`)
  }
}

/** The system's code for what went wrong, such as ENOENT. Throws on what is no such error. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}
