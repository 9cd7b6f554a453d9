/** The rows of what somebody said: paragraphs wrapped by what is seen, texts from right to left contained in each row. Called by message.ts. */
import { isolated, reopened } from '#lib/text/bidi.ts'
import { wrapped } from './columns.ts'

/** `text` is harmless. The first row has room for `first` columns, the others for `rest`. */
export function bodyRows(text: string, first: number, rest: number): readonly string[] {
  const paragraphs = isolated(text).split('\n')
  return reopened(paragraphs.flatMap((paragraph, i) => wrapped(paragraph, i === 0 ? first : rest, rest)))
}
