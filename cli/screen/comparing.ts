/** Whom fingerprints can be compared with: everybody but me. Called by screen.ts and updating/panes.ts, which must mean the same member by a place. */
import type { MemberView } from '#lib/client/events.ts'
import type { Fingerprints } from './model.ts'

export function comparable({ members }: Fingerprints): readonly MemberView[] {
  return members.map(({ who }) => who).filter(({ me }) => !me)
}
