/** A conversation: the line that is always in sight, the log or a pane in its place, and where one writes (docs/web.md). Called by web/screen.tsx. */
import type { Signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useFocus } from './focus.ts'
import { Composer } from './composer.tsx'
import { Log, type LogProps } from './log.tsx'
import { Members, type MembersProps } from './members.tsx'

export type PaneName = 'invite' | 'verify' | 'members' | 'events' | 'room'

export interface TalkProps {
  readonly status: readonly StatusPart[]
  readonly topic: string
  readonly log: LogProps
  readonly members: MembersProps
  readonly pane: { readonly is: PaneName; readonly inside: ComponentChildren } | null
  readonly draft: Signal<string>
  /** Asked before something is said. */
  readonly question: { readonly text: string; readonly why: string } | null
  /** What can be done about a lost room, or the end; null: nothing is to be done. */
  readonly notice: ComponentChildren
  /** The panes that there are now. */
  readonly panes: readonly PaneName[]
  readonly ended: boolean
  readonly on: TalkActions
}

/** A part of the line, harmless already. */
export interface StatusPart {
  readonly as: 'good' | 'waiting' | 'bad' | 'plain'
  readonly text: string
}

export interface TalkActions {
  readonly say: (text: string) => void
  readonly answer: (yes: boolean) => void
  readonly pane: (name: PaneName | null) => void
}

const PANES: Readonly<Record<PaneName, { readonly button: string; readonly title: string }>> = {
  members: { button: 'Who', title: 'Who is here' },
  verify: { button: 'Verify', title: 'Verify' },
  invite: { button: 'Invite', title: 'The invite to this room' },
  events: { button: 'Events', title: 'What the relay sees' },
  room: { button: 'Room', title: 'The room and you' },
}

export function Talk(props: TalkProps): JSX.Element {
  const { pane, ended, question, notice, on } = props
  const writes = pane === null && !ended && question === null
  return (
    <div class="talk">
      <Head {...props} />
      <div class="middle">
        <main>
          {pane === null ? null : <Pane key={pane.is} pane={pane} onClose={() => on.pane(null)} />}
          {/* Kept while a pane stands before it: where somebody was reading stays. */}
          <div class="conversation" inert={pane !== null}>
            <Log {...props.log} />
          </div>
          {notice}
          {question === null ? null : <Asking question={question} onAnswer={on.answer} />}
          <div hidden={!writes}>
            <Composer draft={props.draft} shown={writes} onSay={on.say} />
          </div>
        </main>
        <aside aria-label="Who is here">
          <Members {...props.members} />
        </aside>
      </div>
    </div>
  )
}

function Head({ status, topic, panes, pane, on }: TalkProps): JSX.Element {
  return (
    <header class="head">
      <h1 class="unseen">Conversation</h1>
      <p class="status" role="status">
        {status.map(({ as, text }) => (
          <span class={as}>{text}</span>
        ))}
      </p>
      {topic === '' ? null : (
        <p class="topic" dir="auto">
          {topic}
        </p>
      )}
      <nav aria-label="Panes">
        {panes.map((name) => (
          <button
            type="button"
            class={name}
            key={name}
            aria-pressed={pane?.is === name}
            onClick={() => on.pane(pane?.is === name ? null : name)}
          >
            {PANES[name].button}
          </button>
        ))}
      </nav>
    </header>
  )
}

function Pane({ pane, onClose }: { readonly pane: NonNullable<TalkProps['pane']>; readonly onClose: () => void }): JSX.Element {
  const section = useFocus<HTMLElement>()
  return (
    <section
      ref={section}
      tabIndex={-1}
      class="pane"
      aria-labelledby="pane-title"
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose()
      }}
    >
      <div class="title">
        <h2 id="pane-title">{PANES[pane.is].title}</h2>
        <button type="button" onClick={onClose}>
          {pane.is === 'invite' ? 'Go on to the talk' : 'Close'}
        </button>
      </div>
      {pane.inside}
    </section>
  )
}

function Asking({
  question: { text, why },
  onAnswer,
}: {
  readonly question: NonNullable<TalkProps['question']>
  readonly onAnswer: (yes: boolean) => void
}) {
  const no = useFocus<HTMLButtonElement>()
  return (
    <div class="question" role="alertdialog" aria-label="Before you say it">
      <p>{why}.</p>
      <p class="address">{text.length > 80 ? `${text.slice(0, 80)}…` : text}</p>
      <div class="buttons">
        <button type="button" onClick={() => onAnswer(true)}>
          Say it all the same
        </button>
        <button type="button" class="main" ref={no} onClick={() => onAnswer(false)}>
          Do not say it
        </button>
      </div>
    </div>
  )
}
