/**
 * One row of the log: what somebody said, or what we tell (docs/web.md). The two never look alike: what we tell has a sign before it and no name, so
 * that nobody can put words into our mouth. Called by log.tsx.
 */
import type { JSX } from 'preact'
import { KeyMark } from './keymark.tsx'
import { SaidText } from './text.tsx'

/** What is drawn of an item. All texts are harmless already. */
export type RowProps = (SaidRow | ToldRow) & {
  readonly id: number
  /** Another day begins with it. */
  readonly day: string | null
  /** What is new begins with it. */
  readonly isNew: boolean
}

export interface SaidRow {
  readonly is: 'said'
  /** By its author's clock; with a date where that is another day's than that on which it came. */
  readonly time: string
  readonly name: string
  /** The tag of its key, where the name alone may mislead. */
  readonly tag: string | null
  readonly member: string
  readonly mine: boolean
  readonly verified: boolean
  /** How far it has come, as a sign and in words. */
  readonly mark: string
  readonly state: string
  readonly text: string
  readonly named: string | null
  /** An action reads on from its author's name. */
  readonly manner: 'text' | 'notice' | 'action' | 'unsupported'
  /** The same author goes on, in the same minute or so: the name need not be said again. */
  readonly goesOn: boolean
}

export interface ToldRow {
  readonly is: 'told'
  readonly as: 'ours' | 'alarm'
  readonly time: string
  readonly text: string
}

export interface MessageProps {
  readonly row: RowProps
  readonly onLink: (address: string) => void
}

export function Message({ row, onLink }: MessageProps): JSX.Element {
  return (
    <div class="row">
      {row.day === null ? null : <div class="rule">{row.day}</div>}
      {row.isNew ? <div class="rule new">new</div> : null}
      {row.is === 'told' ? <Told row={row} /> : <Said row={row} onLink={onLink} />}
    </div>
  )
}

function Told({ row: { as, time, text } }: { readonly row: ToldRow }): JSX.Element {
  return (
    <p class={`told ${as}`}>
      <span class="sign" aria-hidden="true">
        {as === 'alarm' ? '!' : '*'}
      </span>
      {as === 'alarm' ? <span class="unseen">alarm: </span> : null}
      <span class="what">{text}</span>
      <time>{time}</time>
    </p>
  )
}

function Said({ row, onLink }: { readonly row: SaidRow; readonly onLink: (address: string) => void }): JSX.Element {
  const { mine, manner, goesOn, text, named, mark, state, time } = row
  return (
    <article class={`said ${mine ? 'mine' : ''} ${manner} ${goesOn ? 'on' : ''}`}>
      <KeyMark member={row.member} />
      <header class={goesOn ? 'unseen' : ''}>
        <span class="name" dir="auto">
          {row.name}
        </span>
        {row.tag === null ? null : <span class="tag">{row.tag}</span>}
        {row.verified && !mine ? <span class="verified">✓ verified</span> : null}
      </header>
      <SaidText text={text} named={named} onLink={onLink} />
      <footer>
        <time>{time}</time>
        {mark === '' ? null : (
          <span class="mark" role="img" aria-label={state} title={state}>
            {mark}
          </span>
        )}
      </footer>
    </article>
  )
}
