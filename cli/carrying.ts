/**
 * What a typed line asks of the session, when that takes a look at who and what is there (docs/scripting.md, Line mode). Pure; called by both
 * faces of a person, plain.ts and updating/saying.ts.
 */
import type { Command } from '#lib/client/commands.ts'
import type { View } from '#lib/client/store.ts'
import type { Asked } from './input.ts'
import { memberCalled } from './whom.ts'

/** Why `/recreate` and `/join` do nothing. */
export const NOT_LOST = 'this is for a room that the relay has lost; nothing was done'

/** Asked for before a room is closed. */
export const CLOSE_AGAIN = 'this ends the room for everybody: type /close again to do it'

export function isLost({ status }: View): boolean {
  return status.is === 'lost'
}

/** Who may not close is told so at once, by the session. */
export function mayClose({ status }: View): boolean {
  return status.is === 'seated' && status.me.founder
}

/** What is done about a member that was named, or why nothing is. */
export function commandsAbout(
  { members }: View,
  what: Asked & { readonly is: 'verify' | 'accept' },
): readonly Command[] | string {
  const all = [...members.values()]
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
