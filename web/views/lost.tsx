/** What can be done when the relay has lost the room, and the end of a conversation. Called by web/screen.tsx. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Field } from './field.tsx'

export interface LostProps {
  /** The relay wants its admin token before it makes a room. */
  readonly takesToken: boolean
  readonly onRecreate: (token: string | null) => void
  /** A text with the invite of the room that somebody else made anew. */
  readonly onJoin: (text: string) => void
  readonly onLeave: () => void
}

export function Lost({ takesToken, onRecreate, onJoin, onLeave }: LostProps): JSX.Element {
  const [token, setToken] = useState('')
  const [invite, setInvite] = useState('')
  return (
    <section class="notice" aria-label="The room is lost">
      <p>Make the room anew and hand out its new invite; or paste the one of whoever did. Everybody stays who they are.</p>
      {takesToken ? <Field id="lost-token" label="Admin token" value={token} wrong={null} secret onInput={setToken} /> : null}
      <form
        class="setting"
        onSubmit={(event) => {
          event.preventDefault()
          onJoin(invite)
        }}
      >
        <Field id="lost-invite" label="Its new invite" value={invite} wrong={null} onInput={setInvite} />
        <button type="submit">Go on there</button>
      </form>
      <div class="buttons">
        <button type="button" class="main" onClick={() => onRecreate(token === '' ? null : token)}>
          Make the room anew
        </button>
        <button type="button" onClick={onLeave}>
          Leave
        </button>
      </div>
    </section>
  )
}

export function Ended({ why, onOver }: { readonly why: string; readonly onOver: () => void }): JSX.Element {
  return (
    <section class="notice" aria-label="The end" role="alert">
      <p>{why}. When you go on, what was said is gone.</p>
      <div class="buttons">
        <button type="button" class="main" onClick={onOver}>
          Go on
        </button>
      </div>
    </section>
  )
}
