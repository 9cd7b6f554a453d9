/**
 * The marks that people put into their messages (docs/protocol.md, Shown text): bold, italic, code, fenced code, quotes, links. Called by
 * the clients' views with a text that is harmless already (sanitize.ts).
 *
 * The text comes back as a flat list of lines of spans, with nothing left out: the marks themselves are spans, which a view leaves out or
 * draws faintly, and all spans in order are the text. Nothing nests, so nothing can be nested deep; every character is looked at a fixed
 * number of times, so a hostile text costs no more than its length. A link is what it shows: there is no way to put other words over an
 * address, and nothing here ever fetches one.
 */

/** A piece of a line, all of one look. */
export interface MarkedSpan {
  readonly text: string
  readonly bold: boolean
  readonly italic: boolean
  readonly code: boolean
  /** An address of the web, as it was written. */
  readonly link: boolean
  /** The writer's mark, such as `**`: what it does can be seen, so it need not be. */
  readonly mark: boolean
}

/** A line of the text. `fence` opens or ends a block of code; all of it is a mark. */
export interface MarkedLine {
  readonly in: 'text' | 'quote' | 'code' | 'fence'
  readonly spans: readonly MarkedSpan[]
}

const PLAIN = { bold: false, italic: false, code: false, link: false, mark: false }

const FENCE = /^ {0,3}```[ \w+#.-]*$/
const FENCE_END = /^ {0,3}``` *$/
const QUOTE = /^(?:> ?)+/

/** The lines of a text, split at `\n`. Joining their spans' texts gives it back. */
export function marked(text: string): readonly MarkedLine[] {
  const lines = text.split('\n')
  // A fence that nothing ends is no fence: somebody is only talking about one.
  const lastEnd = lines.findLastIndex((line) => FENCE_END.test(line))
  let inside = false
  return lines.map((line, at) => {
    if (inside ? FENCE_END.test(line) : at < lastEnd && FENCE.test(line)) {
      inside = !inside
      return { in: 'fence', spans: spansOf([{ ...PLAIN, code: true, mark: true, text: line }]) }
    }
    return inside ? { in: 'code', spans: spansOf([{ ...PLAIN, code: true, text: line }]) } : prose(line)
  })
}

function prose(line: string): MarkedLine {
  const [quote = ''] = QUOTE.exec(line) ?? []
  const rest = inline(line.slice(quote.length))
  if (quote === '') return { in: 'text', spans: spansOf(rest) }
  return { in: 'quote', spans: spansOf([{ ...PLAIN, mark: true, text: quote }, ...rest]) }
}

/** Neighbours of one look are one span, and none is empty. */
function spansOf(pieces: readonly MarkedSpan[]): readonly MarkedSpan[] {
  const spans: MarkedSpan[] = []
  let texts: string[] = []
  for (const [at, piece] of pieces.entries()) {
    if (piece.text !== '') texts.push(piece.text)
    const next = pieces[at + 1]
    if (next !== undefined && sameLook(piece, next)) continue
    if (texts.length > 0) spans.push({ ...piece, text: texts.join('') })
    texts = []
  }
  return spans
}

function sameLook(a: MarkedSpan, b: MarkedSpan): boolean {
  return a.bold === b.bold && a.italic === b.italic && a.code === b.code && a.link === b.link && a.mark === b.mark
}

/** `__` is none: names in programs begin with it. */
type Star = '*' | '**' | '_'

/** What a line is cut into. */
type Token =
  | { readonly is: 'text' | 'link' | 'code' | 'mark'; readonly text: string }
  /** It may open or close something; three are an outer and an inner one. */
  | { readonly is: 'star'; readonly text: Star | '***'; readonly opens: Allowed; readonly closes: Allowed }

/** What stands around a star lets one that stands for italic do something, or one for bold. */
interface Allowed {
  readonly single: boolean
  readonly double: boolean
}

/** A star that does something, or a piece that no star is. */
type Piece = { readonly is: 'text' | 'link' | 'code' | 'mark' | Star; readonly text: string }

function inline(line: string): readonly MarkedSpan[] {
  let bold = false
  let italic = false
  return paired(tokensOf(line)).map(({ is, text }): MarkedSpan => {
    const before = { bold, italic }
    if (is === '**') bold = !bold
    if (is === '*' || is === '_') italic = !italic
    const star = is === '*' || is === '**' || is === '_'
    return {
      text,
      // A star is drawn inside what it marks.
      bold: bold || before.bold,
      italic: italic || before.italic,
      code: is === 'code',
      link: is === 'link',
      mark: star || is === 'mark',
    }
  })
}

/**
 * Finds the stars that belong together; the others are text. At most one of each kind is open, and what was opened inside a pair and not
 * closed there is none: pairs lie side by side or within each other, three deep at most.
 */
function paired(tokens: readonly Token[]): readonly Piece[] {
  const pieces: Piece[] = []
  let open: { readonly star: Star; readonly at: number }[] = []
  const mean = (at: number, star: Star) => {
    pieces[at] = { is: star, text: star }
  }
  for (const token of tokens) {
    if (token.is !== 'star') {
      pieces.push(token)
      continue
    }
    for (const star of starsIn(token, open.at(-1)?.star)) {
      const at = pieces.push({ is: 'text', text: star }) - 1
      const depth = open.findIndex((other) => other.star === star)
      const kind = star === '**' ? 'double' : 'single'
      if (depth === -1 && token.opens[kind]) open.push({ star, at })
      if (depth === -1 || !token.closes[kind]) continue
      mean(open[depth]?.at ?? at, star)
      mean(at, star)
      open = open.slice(0, depth)
    }
  }
  return pieces
}

/** Three close what was opened last first, and open the outer two first. */
function starsIn({ text }: Token & { readonly is: 'star' }, innermost: Star | undefined): readonly Star[] {
  if (text !== '***') return [text]
  return innermost === '*' ? ['*', '**'] : ['**', '*']
}

/** Code, links and stars, each at its first character; a backslash takes a star or a backtick its meaning, and is shown. */
const START = /\\[*_`]|`+|\*+|_+|https?:\/\//g

function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = []
  const ticks = closingTicks(line)
  const start = new RegExp(START)
  let from = 0
  const upTo = (at: number) => {
    if (at > from) tokens.push({ is: 'text', text: line.slice(from, at) })
  }
  for (let found = start.exec(line); found !== null; found = start.exec(line)) {
    const taken = takenAt(line, found.index, found[0], ticks)
    if (taken.length === 0) continue
    upTo(found.index)
    tokens.push(...taken)
    from = found.index + taken.reduce((sum, { text }) => sum + text.length, 0)
    start.lastIndex = from
  }
  upTo(line.length)
  return tokens
}

/** The tokens that begin with `found`; none when it is text. */
function takenAt(line: string, at: number, found: string, ticks: ReadonlyMap<number, number>): readonly Token[] {
  switch (found.charAt(0)) {
    case '`':
      return codeAt(line, at, found, ticks.get(at))
    case '*':
    case '_':
      return stars(line, at, found)
    case 'h':
      return linkAt(line, at, found)
    default:
      return []
  }
}

/** For each run of backticks the place of the next run as long, found from behind, so that a line of many lengths costs no more than its own. */
function closingTicks(line: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>()
  const next = new Map<number, number>()
  const runs = [...line.matchAll(/`+/g)].toReversed()
  for (const { 0: run, index } of runs) {
    const end = next.get(run.length)
    if (end !== undefined) closing.set(index, end)
    next.set(run.length, index)
  }
  return closing
}

function codeAt(line: string, at: number, run: string, end: number | undefined): readonly Token[] {
  if (end === undefined) return [{ is: 'text', text: run }]
  return [
    { is: 'mark', text: run },
    { is: 'code', text: line.slice(at + run.length, end) },
    { is: 'mark', text: run },
  ]
}

const BLANK = /^\s?$/u
const WORD = /^[\p{L}\p{N}_]$/u

/** Stars open before what is no blank and close behind it. A single one does neither within a word: 2*3*4 and a_b_c mark nothing. */
function stars(line: string, at: number, run: string): readonly Token[] {
  if (run !== '*' && run !== '**' && run !== '***' && run !== '_') return [{ is: 'text', text: run }]
  const before = characterBefore(line, at)
  const after = characterAfter(line, at + run.length)
  const [opens, closes] = [!BLANK.test(after), !BLANK.test(before)]
  return [
    {
      is: 'star',
      text: run,
      opens: { single: opens && !WORD.test(before), double: opens },
      closes: { single: closes && !WORD.test(after), double: closes },
    },
  ]
}

function characterBefore(line: string, at: number): string {
  const low = line.charAt(at - 1)
  return /[\udc00-\udfff]/.test(low) ? line.slice(at - 2, at) : low
}

function characterAfter(line: string, at: number): string {
  return String.fromCodePoint(line.codePointAt(at) ?? 0x20)
}

const ADDRESS = /[^\s<>"`\\^{|}\u2068\u2069]+/uy
/** What stands at the end of an address and belongs to the sentence around it. */
const SENTENCE = /[.,;:!?'"*_~\]]/

function linkAt(line: string, at: number, scheme: string): readonly Token[] {
  if (WORD.test(characterBefore(line, at))) return []
  const address = new RegExp(ADDRESS)
  address.lastIndex = at
  const whole = address.exec(line)?.[0] ?? ''
  const text = whole.slice(0, endOfAddress(whole))
  return text.length > scheme.length ? [{ is: 'link', text }] : []
}

/** A bracket at the end belongs to the address when it was opened in it. */
function endOfAddress(address: string): number {
  let end = address.length
  let unopened = address.split(')').length - address.split('(').length
  for (; end > 0; end--) {
    const last = address.charAt(end - 1)
    if (last === ')' && unopened > 0) unopened--
    else if (!SENTENCE.test(last)) break
  }
  return end
}
