/**
 * How members are named in plain lines (docs/scripting.md, Line mode). A name may hold spaces, colons and quotes, so that one called
 * `bob left. alice` could put words into our mouth: a name that is not one plain word stands in quotes, which no name can close.
 */
import type { MemberView } from '#lib/client/events.ts'
import { isolated } from './bidi.ts'
import { harmless } from './sanitize.ts'

/** One word of letters, digits, pictures and what stands within words. Modifier letters look like colons; two are common in names. */
const PLAIN =
  /^[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{N}\p{Extended_Pictographic}](?:[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{M}\p{N}\p{Extended_Pictographic}ー々_.'’]|-(?!$))*$/u

/** Words that our own sentences use for somebody. */
const OURS = new Set(['you', 'nobody', 'somebody', 'everybody'])

/** Everything that passes for a double quote. */
const QUOTES = /["\u201c-\u201f\u2033\u2034\u2036\u2037\u2057\u02ba\u02dd\u02ee\u02f6\u05f4\u1cd3\u3003\u301d-\u301f\uff02«»]/g

/** A name as our sentences can hold it: as it is when it is one plain word, in double quotes when it is not. */
export function quoted(name: string): string {
  const safe = harmless(name)
  return isolated(PLAIN.test(safe) && !OURS.has(safe.toLowerCase()) ? safe : `"${safe.replace(QUOTES, "'")}"`)
}

/** A member's name, with the tag of its key where the name alone may mislead. */
export function named(who: MemberView): string {
  if (!who.confirmed) return `${quoted(who.name)} (${who.tag}, not confirmed)`
  return who.clash ? `${quoted(who.name)} (${who.tag})` : quoted(who.name)
}
