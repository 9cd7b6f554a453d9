/**
 * What others wrote, as text nodes and nothing else (docs/protocol.md, Shown text): marks are spans with a look, a link is what it shows, and opens
 * only after its real host was named (leaving.tsx). Called by message.tsx with a text that is harmless already.
 */
import type { JSX } from 'preact'
import { type MarkedLine, type MarkedSpan, marked } from '#lib/text/markup.ts'
import { mentionsOf } from '#lib/text/mentions.ts'

export interface SaidTextProps {
  readonly text: string
  /** The name that stands out; null: none. */
  readonly named: string | null
  readonly onLink: (address: string) => void
}

export function SaidText({ text, named, onLink }: SaidTextProps): JSX.Element {
  return (
    // Isolated and by its own direction, so that it turns nothing around it (UAX #9).
    <div class="body" dir="auto">
      {marked(text).map((line) => (
        <Line line={line} named={named} onLink={onLink} />
      ))}
    </div>
  )
}

interface LineProps extends Omit<SaidTextProps, 'text'> {
  readonly line: MarkedLine
}

function Line({ line, named, onLink }: LineProps): JSX.Element | null {
  // All of it is a mark.
  if (line.in === 'fence') return null
  const spans = line.spans.filter(({ mark }) => !mark)
  return (
    <div class={`line ${line.in}`} dir="auto">
      {spans.map((span) => (
        <Span span={span} named={named} onLink={onLink} />
      ))}
    </div>
  )
}

interface SpanProps extends Omit<SaidTextProps, 'text'> {
  readonly span: MarkedSpan
}

function Span({ span, named, onLink }: SpanProps): JSX.Element {
  const { text, bold, italic, code, link } = span
  const look = [bold ? 'bold' : '', italic ? 'italic' : ''].join(' ').trim()
  if (code) return <code>{text}</code>
  if (link) return <Link address={text} look={look} onLink={onLink} />
  return <span class={look}>{named === null ? text : <Named text={text} name={named} />}</span>
}

function Link({
  address,
  look,
  onLink,
}: {
  readonly address: string
  readonly look: string
  readonly onLink: (address: string) => void
}) {
  return (
    <a
      class={look}
      href={address}
      rel="noopener noreferrer"
      target="_blank"
      onClick={(event) => {
        event.preventDefault()
        onLink(address)
      }}
    >
      {address}
    </a>
  )
}

function Named({ text, name }: { readonly text: string; readonly name: string }): JSX.Element {
  const parts: (string | JSX.Element)[] = []
  let at = 0
  for (const { from, to } of mentionsOf(text, name)) {
    parts.push(text.slice(at, from), <mark>{text.slice(from, to)}</mark>)
    at = to
  }
  return <>{[...parts, text.slice(at)]}</>
}
