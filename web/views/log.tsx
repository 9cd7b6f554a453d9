/**
 * The log in its window (docs/web.md). Rows are drawn in blocks, and only the blocks in sight and one around them are there; the others are as
 * much empty room as they took when they were drawn last. A log of any length costs what the screen costs. Called by talk.tsx.
 *
 * What is announced to who does not see stands in a list of its own, text first: blocks that come and go while somebody scrolls are no news.
 */
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks'
import { Message, type RowProps } from './message.tsx'

export interface LogProps {
  readonly length: number
  readonly rowAt: (place: number) => RowProps
  /** The newest row is in sight, and stays so. */
  readonly atEnd: boolean
  readonly unread: number
  readonly onScroll: (atEnd: boolean) => void
  readonly onLink: (address: string) => void
}

/** Rows in a block. */
const BLOCK = 40
/** What a row takes before it was drawn (px). */
const ROW = 48
/** So near to the end is at the end (px). */
const NEAR = 48

export function Log({ length, rowAt, atEnd, unread, onScroll, onLink }: LogProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const heights = useRef<number[]>([])
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const blocks = Math.ceil(length / BLOCK)
  const seen = inSight(box.current, heights.current, blocks, atEnd)
  useLayoutEffect(() => {
    measure(box.current, heights.current)
    if (atEnd && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  })
  useResize(box, redraw)
  const scrolled = () => {
    const now = box.current
    if (now === null) return
    const isAtEnd = now.scrollHeight - now.scrollTop - now.clientHeight < NEAR
    if (isAtEnd !== atEnd) onScroll(isAtEnd)
    else redraw(undefined)
  }
  return (
    <div class="log">
      <div class="window" ref={box} onScroll={scrolled} role="region" aria-label="Messages" tabIndex={0}>
        <div class="room" style={{ height: `${above(heights.current, seen.first)}px` }} />
        {range(seen.first, seen.last).map((block) => (
          <div class="block" key={block} data-block={block}>
            {range(block * BLOCK, Math.min(length, (block + 1) * BLOCK) - 1).map((place) => {
              const row = rowAt(place)
              return <Message key={row.id} row={row} onLink={onLink} />
            })}
          </div>
        ))}
        <div class="room" style={{ height: `${above(heights.current, blocks) - above(heights.current, seen.last + 1)}px` }} />
      </div>
      <Jump atEnd={atEnd} unread={unread} onJump={() => onScroll(true)} />
      <Announced length={length} rowAt={rowAt} />
    </div>
  )
}

function Jump({ atEnd, unread, onJump }: { readonly atEnd: boolean; readonly unread: number; readonly onJump: () => void }) {
  if (atEnd) return null
  return (
    <button type="button" class="jump" onClick={onJump}>
      {unread > 0 ? `${unread} new below` : 'to the newest'}
    </button>
  )
}

/** The newest rows, text first. */
function Announced({ length, rowAt }: Pick<LogProps, 'length' | 'rowAt'>): JSX.Element {
  return (
    <div class="unseen" role="log" aria-live="polite" aria-label="New messages">
      {range(Math.max(0, length - ANNOUNCED), length - 1).map((place) => {
        const row = rowAt(place)
        const who = row.is === 'said' ? `, ${row.name}` : ''
        return <p key={row.id}>{`${row.text}${who}`}</p>
      })}
    </div>
  )
}

const ANNOUNCED = 3

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
}

function heightOf(heights: readonly number[], block: number): number {
  return heights[block] ?? BLOCK * ROW
}

/** What the blocks before one take (px). */
function above(heights: readonly number[], block: number): number {
  let sum = 0
  for (let one = 0; one < block; one++) sum += heightOf(heights, one)
  return sum
}

/** The blocks to draw: those in sight, and one before and behind. */
function inSight(box: HTMLElement | null, heights: readonly number[], blocks: number, atEnd: boolean) {
  if (box === null || atEnd) return { first: Math.max(0, blocks - 2), last: blocks - 1 }
  const [top, bottom] = [box.scrollTop, box.scrollTop + box.clientHeight]
  let first = 0
  let y = 0
  while (first < blocks - 1 && y + heightOf(heights, first) <= top) y += heightOf(heights, first++)
  let last = first
  while (last < blocks - 1 && y + heightOf(heights, last) < bottom) y += heightOf(heights, last++)
  return { first: Math.max(0, first - 1), last: Math.min(blocks - 1, last + 1) }
}

function measure(box: HTMLElement | null, heights: number[]): void {
  for (const block of box?.querySelectorAll<HTMLElement>('.block') ?? []) {
    heights[Number(block.dataset['block'])] = block.offsetHeight
  }
}

/** Another width is other heights. */
function useResize(box: { readonly current: HTMLElement | null }, redraw: (nothing: undefined) => void): void {
  useEffect(() => {
    if (box.current === null) return undefined
    const observer = new ResizeObserver(() => redraw(undefined))
    observer.observe(box.current)
    return () => observer.disconnect()
  }, [])
}
