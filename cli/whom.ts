/** Which member a person means by a name or a tag (docs/scripting.md, Line mode). Called by carrying.ts. */
import type { MemberView } from '#lib/client/events.ts'
import { quoted } from '#lib/text/names.ts'

export type Found = { readonly is: 'found'; readonly member: string } | { readonly is: 'wrong'; readonly why: string }

/**
 * The one other member with this name, to the letter or as we show it, or with this tag, in either case. What fits more than one is
 * refused, or the wrong one would be verified: a key whose tag spells another's name takes an attacker 2^30 tries.
 */
export function memberCalled(members: Iterable<MemberView>, whom: string): Found {
  const [name, tag] = [whom.normalize('NFC'), whom.toUpperCase()]
  const others = [...members].filter(({ me, presence }) => !me && presence !== 'left' && presence !== 'gone')
  const meant = others.filter(
    (who) => who.tag === tag || [who.name, quoted(who.name)].some((one) => one.normalize('NFC') === name),
  )
  const ids = new Set(meant.map(({ member }) => member))
  const [member] = ids
  if (member === undefined) return { is: 'wrong', why: 'nobody here is called so. /who lists names and tags' }
  if (ids.size > 1) return { is: 'wrong', why: 'more than one is called so: name one by the tag that /who shows' }
  return { is: 'found', member }
}
