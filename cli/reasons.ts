/** What an ending means to whoever started the program: the sentence and the exit code (docs/scripting.md, Exit codes). Called by both faces and by main.ts. */
import type { Ending } from '#lib/client/events.ts'
import { endingText } from '#lib/text/endings.ts'
import type { ExitName } from './exit.ts'

/** An ending in words. `exit` names the exit code. */
export interface Outcome {
  readonly exit: ExitName
  readonly text: string
}

const EXITS: Readonly<Record<Ending['is'], ExitName>> = {
  left: 'done',
  closed: 'done',
  unreachable: 'unreachable',
  silent: 'unreachable',
  disconnected: 'failed',
  refused: 'refused',
  version_mismatch: 'version_mismatch',
  too_large_room: 'refused',
}

/** What an ending means. Who closed a room is named by the caller. */
export function outcome(why: Ending): Outcome {
  return { exit: EXITS[why.is], text: endingText(why) }
}
