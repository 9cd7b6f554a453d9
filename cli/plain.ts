/**
 * Line mode (docs/scripting.md, Line mode): events as plain lines, typed lines as commands. No redraw, so that it works with a screen
 * reader, in a pipe and over a bad line. Called by main.ts.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Event } from '#lib/client/events.ts'
import { armor, type Invite, TEXT_BYTES, TOPIC_BYTES } from '#lib/client/index.ts'
import type { View } from '#lib/client/store.ts'
import { CLOSE_AGAIN, commandsAbout, isLost, mayClose, NOT_LOST } from './carrying.ts'
import type { Told } from '#lib/text/told.ts'
import { offsetAt } from './clock.ts'
import { draw, type Look } from './drawing.ts'
import { Failure } from './exit.ts'
import type { Face, Setup } from './face.ts'
import { asked, type Asked, helpLines, type ScreenAsked } from './input.ts'
import { fileText, inviteAnew } from './invite.ts'
import { alarm, linesOf, ours, topicLine, whoLines } from '#lib/text/lines.ts'
import { type Line, lineFault } from './reading.ts'
import { after, beginning, type Connection } from '#lib/text/standing.ts'

/** What line mode needs to know of the terminal. */
export interface Terminal {
  /** Asked for each line: a terminal's size changes. */
  look(): Look
  /** ms since 1970 */
  now(): number
  /** Show my own texts: true when they were not typed on this screen. */
  readonly echo: boolean
  readonly verbose: boolean
}

export function plainFace(setup: Setup, terminal: Terminal): Face {
  const { act, view, out, inviteFile } = setup
  let standing = beginning(setup.invite)
  /** `/close` was the last thing typed. */
  let closing = false
  /** Bytes of what was said last. */
  let size = 0

  function tell(told: readonly Told[]): void {
    const look = terminal.look()
    out.lines(...told.flatMap((one) => draw(one, look)))
  }

  function hear(event: Event): void {
    const { echo, verbose } = terminal
    tell(
      linesOf(event, { now: terminal.now(), offset: offsetAt, commands: true, echo, verbose, connection: standing.connection }),
    )
    if (event.is === 'failed' && event.fault === 'too_large') {
      const most = event.command === 'topic' ? TOPIC_BYTES : TEXT_BYTES
      tell([ours(`it has ${size} bytes, and may have ${most}; nothing was sent`)])
    }
    if (event.is === 'created') tell(createdLines(event.invite, inviteFile !== null, standing.connection))
    standing = after(standing, event)
  }

  function take(line: Line): void | Promise<void> {
    const again = closing
    closing = false
    const what = askedBy(line)
    switch (what.is) {
      case 'close':
        return close(again)
      case 'verify':
      case 'accept':
        return carryOut(commandsAbout(view(), what))
      case 'recreate':
        return carryOut(isLost(view()) ? [{ do: 'recreate', adminToken: setup.adminToken }] : NOT_LOST)
      case 'join':
        return join(what.file)
      case 'command':
        size = 'text' in what.command ? Buffer.byteLength(what.command.text) : 0
        return act(what.command)
      default:
        return tell(answerTo(what, view(), standing.invite))
    }
  }

  function close(again: boolean): void {
    if (again || !mayClose(view())) return act({ do: 'close' })
    closing = true
    tell([alarm(CLOSE_AGAIN)])
  }

  /** Does that, or tells why not. */
  function carryOut(what: readonly Command[] | string): void {
    if (typeof what === 'string') tell([alarm(what)])
    else what.forEach(act)
  }

  async function join(file: string): Promise<void> {
    const invite = isLost(view()) ? await inviteOf(file, setup.allowPlain, standing.invite) : NOT_LOST
    if (typeof invite === 'string') return carryOut(invite)
    standing = { ...standing, trying: invite }
    act({ do: 'join', invite, name: standing.name })
  }

  return { hear, take }
}

/** The invite in a file, or why there is none. */
async function inviteOf(file: string, allowPlain: boolean, lost: Invite | null): Promise<Invite | string> {
  try {
    return inviteAnew({ text: await fileText(file), from: 'the file' }, allowPlain, lost)
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
}

function askedBy(line: Line): Asked {
  return line.is === 'line' ? asked(line.text) : { is: 'wrong', why: `${lineFault(line)}; nothing was sent` }
}

/** What is told to a line for which nothing is done. */
function answerTo(
  what: (Asked & { readonly is: 'nothing' | 'wrong' | 'help' | 'who' | 'topic' | 'invite' }) | ScreenAsked,
  { members, topic }: View,
  invite: Invite | null,
): readonly Told[] {
  switch (what.is) {
    case 'nothing':
    // There is no screen to do it to, and no such command.
    case 'clear':
    case 'events':
    case 'panic':
    case 'save':
    case 'ignore':
    case 'set':
      return []
    case 'wrong':
      return [alarm(what.why)]
    case 'help':
      return helpLines().map(ours)
    case 'who':
      return whoLines(members.values())
    case 'topic':
      return [topicLine(topic)]
    case 'invite':
      return invite === null ? [] : inviteLines(invite)
  }
}

/** What to do with the invite of a new room, or of one made anew. */
function createdLines(invite: Invite, isInFile: boolean, before: Connection): readonly Told[] {
  const others = before === 'lost' ? ['those who were here go on with it as who they were: /join FILE'] : []
  return [
    ...(isInFile ? [ours('the invite is in the file that you named')] : inviteLines(invite)),
    ours('whoever has the invite can join: hand it out over a way you trust'),
    ours('they save it to a file: tacet join FILE --name NAME'),
    ...others.map(ours),
  ]
}

function inviteLines(invite: Invite): readonly Told[] {
  return [{ as: 'block', text: armor(invite).trimEnd() }]
}
