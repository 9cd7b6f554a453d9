/** All that passes the relay, as the relay sees it: a line for each frame, newest first, that opens to its fields (lib/text/summary). Called by talk.tsx. */
import type { JSX } from 'preact'
import type { Summary } from '#lib/text/summary.ts'

export interface FrameProps {
  readonly id: number
  /** ms since 1970 */
  readonly at: number
  readonly way: 'in' | 'out'
  readonly summary: Summary
}

const WAYS = { out: ['→', 'sent'], in: ['←', 'came'] } as const

export interface EventsProps {
  readonly frames: readonly FrameProps[]
  readonly timeOf: (at: number) => string
}

export function Events({ frames, timeOf }: EventsProps): JSX.Element {
  return (
    <div class="events">
      <p>
        All that passes the relay. It sees seats, times and sizes; what is sealed it cannot open, and names and messages are
        sealed.
      </p>
      {frames.map(({ id, at, way, summary: { line, fields } }) => (
        <details key={id}>
          <summary>
            <time>{timeOf(at)}</time> <span aria-hidden="true">{WAYS[way][0]}</span>
            <span class="unseen">{WAYS[way][1]}</span> {line}
          </summary>
          <dl>
            {fields.map(({ name, shown }) => (
              <div>
                <dt>{name}</dt>
                <dd>{shown}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </div>
  )
}
