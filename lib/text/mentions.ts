/**
 * Where a text names somebody (docs/protocol.md, Names). Called by the clients' views, which let it stand out, and by what tells a person that
 * they are named. Pure, and no more work than the text is long.
 */

/** A piece of a text from one UTF-16 unit to before another. */
export interface Place {
  readonly from: number
  readonly to: number
}

const WORD = /^[\p{L}\p{M}\p{N}_]$/u

/**
 * Where `name` stands in `text` as a word of its own, an @ before it included: whatever the case, and not as a part of another word. In scripts
 * without spaces between words a name stands out only where somebody sets it apart.
 */
export function mentionsOf(text: string, name: string): readonly Place[] {
  if (name === '') return []
  const found: Place[] = []
  // Compared letter by letter as they are: folding a whole text may change its length.
  const searched = new RegExp(RegExp.escape(name), 'giu')
  for (const { index, 0: said } of text.matchAll(searched)) {
    const at = text.charAt(index - 1) === '@' && index > (found.at(-1)?.to ?? 0) ? index - 1 : index
    const end = index + said.length
    const isApart = !isWord(characterBefore(text, index)) || !isWord(firstOf(said))
    if (isApart && !(isWord(characterAfter(text, end)) && isWord(characterBefore(text, end)))) found.push({ from: at, to: end })
  }
  return found
}

function isWord(char: string): boolean {
  return WORD.test(char)
}

function firstOf(text: string): string {
  return characterAfter(text, 0)
}

function characterAfter(text: string, at: number): string {
  const point = text.codePointAt(at)
  return point === undefined ? '' : String.fromCodePoint(point)
}

function characterBefore(text: string, at: number): string {
  const low = text.charAt(at - 1)
  return /[\udc00-\udfff]/.test(low) ? text.slice(at - 2, at) : low
}
