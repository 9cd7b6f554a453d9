/** Questions to a person at a terminal, for what the command line leaves open. Called by main.ts; never when nobody is there. */
import { Failure } from './exit.ts'
import { inviteText } from './invite.ts'
import type { Lines } from './reading.ts'

/** Asks for a name. Throws `Failure('usage')` when none comes. */
export async function askName(lines: Lines, say: (text: string) => void): Promise<string> {
  say('your name in the room: ')
  const line = await lines.next()
  const name = line?.is === 'line' ? line.text.trim() : ''
  if (name === '') throw new Failure('usage', 'a name is needed: --name NAME')
  return name
}

/** Asks for an invite to be pasted, whole. Returns what was pasted. */
export async function askInvite(lines: Lines, say: (text: string) => void): Promise<string> {
  say('paste the invite:\n')
  return inviteText(lines)
}
