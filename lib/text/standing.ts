/**
 * What a face keeps in mind of its conversation (docs/scripting.md, When the connection is lost): the newest invite, my name, and
 * where the connection stood. A pure fold of events; called by every face and by the page.
 */
import type { Event } from '#lib/client/events.ts'

type Invite = (Event & { readonly is: 'created' })['invite']

/** here: or not there yet · away: the connection is lost · lost: the relay has lost the room. */
export type Connection = 'here' | 'away' | 'lost'

export interface Standing {
  /** The room's; null until one is made. */
  readonly invite: Invite | null
  /** That of a room made anew, until we are in. */
  readonly trying: Invite | null
  /** My name in the room; empty before there is one. */
  readonly name: string
  readonly connection: Connection
}

/** Before anything was told; `invite` is the one to join with. */
export function beginning(invite: Invite | null): Standing {
  return { invite, trying: null, name: '', connection: 'here' }
}

/** How it stands after an event. */
export function after(standing: Standing, event: Event): Standing {
  switch (event.is) {
    case 'created':
      return { ...standing, invite: event.invite }
    case 'seated':
      return { invite: standing.trying ?? standing.invite, trying: null, name: event.me.name, connection: 'here' }
    case 'away':
      return { ...standing, connection: 'away' }
    case 'lost':
      return { ...standing, trying: null, connection: 'lost' }
    case 'failed':
      return event.command === 'join' ? { ...standing, trying: null } : standing
    case 'member':
      return event.who.me ? { ...standing, name: event.who.name } : standing
    default:
      return standing
  }
}
