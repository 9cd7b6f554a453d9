/** An invite with one character changed, in each of its text forms: it is refused, or reads as the very same one (docs/protocol.md, Invite). */
import { expect, test } from 'bun:test'
import { armor, type Invite, InviteError, link, parseInvite, qrText, roomFile } from '#lib/crypto/invite.ts'
import { inviteOf } from '../harness/invites.ts'

const invite = inviteOf()

const FORMS: readonly (readonly [string, string])[] = [
  ['base64url, as a QR code holds it', qrText(invite)],
  ['a link', link(invite, 'https://chat.example/open')],
  ['armor', armor(invite)],
  ['a .room file', roomFile(invite)],
]

/** A letter, a digit, what base64 and its web form differ in, white space, a quote mark, and what a copy may leave. */
const OTHERS = ['A', 'z', '7', '+', '/', '-', '_', '=', ' ', '\n', '>', '#', '%', '\u200b', '\u0430', '\u2014']

/** The text with the character at each place turned by one bit, replaced, lost or doubled. */
function* damaged(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const [before, char, after] = [text.slice(0, at), text.charAt(at), text.slice(at + 1)]
    for (let bit = 0; bit < 8; bit++) yield before + String.fromCharCode(char.charCodeAt(0) ^ (1 << bit)) + after
    for (const other of OTHERS) yield before + other + after
    yield before + after
    yield before + char + char + after
  }
}

function read(text: string): Invite | null {
  try {
    return parseInvite(text)
  } catch (error) {
    if (error instanceof InviteError) return null
    throw error
  }
}

test.each(FORMS)('%s with any one character changed', (_, text) => {
  const outcomes = { refused: 0, same: 0 }
  for (const wrong of damaged(text)) {
    const found = read(wrong)
    if (found === null) outcomes.refused++
    else {
      expect(found).toEqual(invite)
      outcomes.same++
    }
  }
  expect(read(text)).toEqual(invite)
  expect(outcomes.refused).toBeGreaterThan(qrText(invite).length * 15)
})
