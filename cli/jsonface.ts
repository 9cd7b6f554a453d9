/**
 * A conversation as JSON (docs/scripting.md, JSON mode): each event one object a line, each line of input one command. Called by main.ts.
 */
import type { Event } from '#lib/client/events.ts'
import { Failure } from './exit.ts'
import { failedJson, inviteJson, jsonLine, jsonOf, membersJson, topicJson, type JsonEvent } from './jsonevents.ts'
import type { Face, Setup } from './face.ts'
import { inviteAnew } from './invite.ts'
import { askedJson, type LineFault } from './jsoncommands.ts'
import { type Line, lineFault } from './reading.ts'
import { after, beginning } from '#lib/text/standing.ts'

/** Why a line is no command, in words. */
export const LINE_FAULTS: Readonly<Record<LineFault, string>> = {
  bad_json: 'this line is no JSON object',
  unknown_command: 'there is no such command',
  bad_fields: 'a field is missing, of a wrong type, or not known',
  bad_invite: 'this invite cannot be used',
}

export function jsonFace({ act, view, out, invite: given, inviteFile, adminToken, allowPlain }: Setup): Face {
  let standing = beginning(given)

  function tell(json: JsonEvent): void {
    out.lines(jsonLine(json))
  }

  function hear(event: Event): void {
    standing = after(standing, event)
    tell(jsonOf(event, inviteFile?.path ?? null))
  }

  function take(line: Line): void {
    if (line.is !== 'line') return tell(failedJson(null, line.is, lineFault(line)))
    if (line.text.trim() === '') return
    const asked = askedJson(line.text)
    switch (asked.is) {
      case 'command':
        return act(asked.command)
      case 'who':
        return tell(membersJson(view().members.values()))
      case 'invite':
        return standing.invite === null ? undefined : tell(inviteJson(standing.invite))
      case 'topic':
        return tell(topicJson(view().topic))
      case 'recreate':
        return act({ do: 'recreate', adminToken: asked.adminToken ?? adminToken })
      case 'join':
        return join(asked.invite)
      case 'wrong':
        return tell(failedJson(asked.command, asked.fault, LINE_FAULTS[asked.fault]))
    }
  }

  function join(text: string): void {
    try {
      const invite = inviteAnew({ text, from: null }, allowPlain, standing.invite)
      standing = { ...standing, trying: invite }
      act({ do: 'join', invite, name: standing.name })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      tell(failedJson('join', 'bad_invite', `${LINE_FAULTS.bad_invite}: ${error.message}`))
    }
  }

  return { hear, take }
}
