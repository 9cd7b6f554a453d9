/**
 * Line mode (docs/scripting.md, Line mode): events as plain lines, typed lines as commands. No redraw, so that it works with a screen
 * reader, in a pipe and over a bad line. Called by main.ts.
 */
import type { Command } from '#lib/client/commands.ts'
import type { Event, MemberView } from '#lib/client/events.ts'
import { armor, type Invite, TEXT_BYTES } from '#lib/client/index.ts'
import { draw, type Look, type Told } from './drawing.ts'
import type { Face, Setup } from './face.ts'
import { asked, type Asked, helpLines } from './input.ts'
import { alarm, linesOf, ours, whoLines } from './lines.ts'
import { type Line, lineFault } from './reading.ts'
import { memberCalled } from './whom.ts'

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

export function plainFace({ act, view, out, invite: given, inviteFile }: Setup, terminal: Terminal): Face {
  let invite = given
  /** `/close` was the last thing typed. */
  let closing = false
  /** Bytes of what was said last. */
  let size = 0

  function tell(told: readonly Told[]): void {
    const look = terminal.look()
    out.lines(...told.flatMap((one) => draw(one, look)))
  }

  function hear(event: Event): void {
    tell(linesOf(event, { now: terminal.now(), echo: terminal.echo, verbose: terminal.verbose }))
    if (event.is === 'failed' && event.fault === 'too_large')
      tell([ours(`it has ${size} bytes, and may have ${TEXT_BYTES}; nothing was sent`)])
    if (event.is !== 'created') return
    invite = event.invite
    tell(inviteFile === null ? inviteLines(invite) : [ours('the invite is in the file that you named')])
    tell([
      ours('whoever has the invite can join: hand it out over a way you trust'),
      ours('they save it to a file: tacet join FILE --name NAME'),
    ])
  }

  function take(line: Line): void {
    const again = closing
    closing = false
    const what = askedBy(line)
    switch (what.is) {
      case 'nothing':
        return
      case 'wrong':
        return tell([alarm(what.why)])
      case 'help':
        return tell(helpLines().map(ours))
      case 'who':
        return tell(whoLines(view().members.values()))
      case 'invite':
        return tell(invite === null ? [] : inviteLines(invite))
      case 'close':
        return close(again)
      case 'verify':
      case 'accept':
        return about(what)
      case 'command':
        size = what.command.do === 'say' ? Buffer.byteLength(what.command.text) : 0
        return act(what.command)
    }
  }

  function close(again: boolean): void {
    const { status } = view()
    const founder = status.is === 'seated' && status.me.founder
    // Who may not is told so at once, by the session.
    if (again || !founder) return act({ do: 'close' })
    closing = true
    tell([alarm('this ends the room for everybody: type /close again to do it')])
  }

  function about(what: Asked & { readonly is: 'verify' | 'accept' }): void {
    const commands = commandsAbout(view().members.values(), what)
    if (typeof commands === 'string') tell([alarm(commands)])
    else commands.forEach(act)
  }

  return { hear, take }
}

function askedBy(line: Line): Asked {
  return line.is === 'line' ? asked(line.text) : { is: 'wrong', why: `${lineFault(line)}; nothing was sent` }
}

/** What is done about a member that was named, or why nothing is. */
function commandsAbout(
  members: Iterable<MemberView>,
  what: Asked & { readonly is: 'verify' | 'accept' },
): readonly Command[] | string {
  const all = [...members]
  if (what.is === 'verify') {
    const found = memberCalled(all, what.whom)
    return found.is === 'wrong' ? found.why : [{ do: 'verify', member: found.member, verified: what.verified }]
  }
  // Devices that proved nothing.
  const unconfirmed = all.filter(({ confirmed, presence }) => !confirmed && presence !== 'gone' && presence !== 'left')
  const found = memberCalled(unconfirmed, what.whom)
  if (found.is === 'wrong') return found.why
  return unconfirmed.filter(({ member }) => member === found.member).map(({ seat }) => ({ do: 'accept', seat }))
}

function inviteLines(invite: Invite): readonly Told[] {
  return [{ as: 'block', text: armor(invite).trimEnd() }]
}
