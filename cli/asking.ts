/**
 * What is missing at the start, asked of the person at the terminal (docs/scripting.md, Questions): a name, an invite. Questions go to
 * standard error, so that standard output holds the conversation alone. Called by main.ts.
 */
import { nameReason } from '#lib/text/reasons.ts'
import { count } from '#lib/text/units.ts'
import { Failure } from './exit.ts'
import { inviteText } from './invite.ts'
import type { Lines } from './reading.ts'

/** Asks for a name until one can be used. Throws `Failure('usage')` at the end of the input. */
export async function askName(lines: Lines, ask: (text: string) => void): Promise<string> {
  for (;;) {
    ask('your name in the room: ')
    const line = await lines.next()
    if (line === null) throw new Failure('usage', 'no name was given')
    const name = line.is === 'line' ? line.text.trim() : ''
    const reason = nameReason(name)
    if (reason === null) return name
    if (name !== '') ask(`${reason}\n`)
  }
}

/** What is pasted comes at once: what comes so long after it (ms) was typed. */
const PASTE_MS = 150

/**
 * Asks for an invite and takes what is pasted until it is whole. A mail goes on behind its invite: that must not become the name and
 * the first messages, nor, when the invite is damaged and we end, commands for the shell.
 */
export async function askInvite(lines: Lines, ask: (text: string) => void): Promise<string> {
  ask('paste the invite and press Enter (Ctrl-D gives up):\n')
  try {
    return await inviteText(lines)
  } finally {
    const dropped = await lines.skipPaste(PASTE_MS)
    if (dropped > 0) ask(`left out what was pasted behind the invite (${count(dropped, 'line')})\n`)
  }
}
