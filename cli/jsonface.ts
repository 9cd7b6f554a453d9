/**
 * A conversation as JSON (docs/scripting.md, JSON mode): each event one object a line, each line of input one command. Called by main.ts.
 */
import type { Event } from '#lib/client/events.ts'
import { failedJson, inviteJson, jsonLine, jsonOf, membersJson, type JsonEvent } from './jsonevents.ts'
import type { Face, Setup } from './face.ts'
import { askedJson, type LineFault } from './jsoncommands.ts'
import { type Line, lineFault } from './reading.ts'

/** Why a line is no command, in words. */
export const LINE_FAULTS: Readonly<Record<LineFault, string>> = {
  bad_json: 'this line is no JSON object',
  unknown_command: 'there is no such command',
  bad_fields: 'a field is missing, of a wrong type, or not known',
}

export function jsonFace({ act, view, out, invite: given, inviteFile }: Setup): Face {
  let invite = given

  function tell(json: JsonEvent): void {
    out.lines(jsonLine(json))
  }

  function hear(event: Event): void {
    if (event.is === 'created') invite = event.invite
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
        return invite === null ? undefined : tell(inviteJson(invite))
      case 'wrong':
        return tell(failedJson(asked.command, asked.fault, LINE_FAULTS[asked.fault]))
    }
  }

  return { hear, take }
}
