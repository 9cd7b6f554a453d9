/** The room and you: name, topic, keys, how you hear of what is new, leaving, ending. Called by talk.tsx. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Field } from './field.tsx'

export interface RoomPaneProps {
  readonly name: string
  readonly topic: string
  /** The founder alone may set the topic. */
  readonly locked: boolean
  readonly founder: boolean
  readonly sound: boolean
  readonly desktop: 'off' | 'on' | 'denied'
  /** Why a name cannot be used; null when it can. */
  readonly nameReason: (name: string) => string | null
  readonly on: RoomActions
}

export interface RoomActions {
  readonly rename: (name: string) => void
  readonly topic: (text: string) => void
  readonly lock: (locked: boolean) => void
  readonly rotate: () => void
  readonly sound: (on: boolean) => void
  readonly desktop: (on: boolean) => void
  readonly leave: () => void
  readonly close: () => void
}

export function RoomPane(props: RoomPaneProps): JSX.Element {
  const { on, sound, desktop, founder, locked, topic } = props
  return (
    <div class="roompane">
      <Naming {...props} />
      {locked && !founder ? (
        <p class="faint">Only the founder may set the topic.</p>
      ) : (
        <Setting label="Topic" button="Set" value={topic} onSet={on.topic} />
      )}
      {founder ? <Tick on={locked} label="only I may set the topic" onTick={on.lock} /> : null}
      <h3>When something comes and you are not looking</h3>
      <Tick on={sound} label="a sound" onTick={on.sound} />
      <Tick on={desktop === 'on'} label="a notification, with a count and nothing else" onTick={on.desktop} />
      {desktop === 'denied' ? <p class="faint">The browser does not let this page show notifications.</p> : null}
      <h3>Keys</h3>
      <p>They are renewed by themselves. Renew them now when a device of yours was out of your hands.</p>
      <button type="button" onClick={on.rotate}>
        Renew the keys now
      </button>
      <h3>Leaving</h3>
      <Endings founder={founder} on={on} />
    </div>
  )
}

function Naming({ name, nameReason, on }: RoomPaneProps): JSX.Element {
  return <Setting label="Your name" button="Change" value={name} reason={nameReason} onSet={on.rename} />
}

interface SettingProps {
  readonly label: string
  readonly button: string
  readonly value: string
  readonly reason?: (text: string) => string | null
  readonly onSet: (text: string) => void
}

function Setting({ label, button, value, reason, onSet }: SettingProps): JSX.Element {
  const [text, setText] = useState(value)
  const wrong = reason === undefined || text.trim() === value ? null : reason(text.trim())
  return (
    <form
      class="setting"
      onSubmit={(event) => {
        event.preventDefault()
        if (wrong === null && text.trim() !== value) onSet(text.trim())
      }}
    >
      <Field id={`set-${label}`} label={label} value={text} wrong={wrong} onInput={setText} />
      <button type="submit">{button}</button>
    </form>
  )
}

function Tick({ on, label, onTick }: { readonly on: boolean; readonly label: string; readonly onTick: (on: boolean) => void }) {
  return (
    <label class="tick">
      <input type="checkbox" checked={on} onChange={({ currentTarget }) => onTick(currentTarget.checked)} />
      {label}
    </label>
  )
}

function Endings({ founder, on }: Pick<RoomPaneProps, 'founder' | 'on'>): JSX.Element {
  const [sure, setSure] = useState(false)
  return (
    <div class="buttons">
      <button type="button" onClick={on.leave}>
        Leave
      </button>
      {founder ? (
        <button type="button" class="danger" onClick={() => (sure ? on.close() : setSure(true))}>
          {sure ? 'This ends the room for everybody: do it' : 'End the room for everybody'}
        </button>
      ) : null}
    </div>
  )
}
