/** The screens with fields: the landing, making a room, joining one (docs/web.md). Called by web/screen.tsx. */
import type { JSX } from 'preact'
import { Field, Wrong } from './field.tsx'

type FieldName = 'name' | 'relay' | 'token' | 'invite'

export interface FormProps {
  readonly is: 'landing' | 'create' | 'join'
  readonly fields: Readonly<Record<FieldName, string>>
  /** The relay that it goes to; null while that is not known. */
  readonly host: string | null
  /** There is an invite. */
  readonly invited: boolean
  /** What the person has to allow first; null: nothing. */
  readonly warning: string | null
  readonly allowed: boolean
  readonly wrong: { readonly at: FieldName | null; readonly text: string } | null
  readonly version: string
  readonly on: FormActions
}

export interface FormActions {
  readonly type: (field: FieldName, text: string) => void
  readonly allow: (plain: boolean) => void
  readonly turn: (to: FormProps['is']) => void
  readonly submit: () => void
  readonly file: (file: File) => void
  readonly forget: () => void
  readonly about: () => void
}

export function Form(props: FormProps): JSX.Element {
  return (
    <main class="form">
      {props.is === 'landing' ? <Landing {...props} /> : <Filled {...props} />}
      <footer>
        <button type="button" class="plain" onClick={props.on.about}>
          About Tacet {props.version}
        </button>
      </footer>
    </main>
  )
}

function Landing({ on, wrong }: FormProps): JSX.Element {
  return (
    <>
      <h1>Tacet</h1>
      <p class="lead">Talk in a group over a relay that cannot listen. Nothing is kept when you leave.</p>
      <Wrong text={wrong?.text ?? null} />
      <div class="choices">
        <button type="button" class="main" onClick={() => on.turn('create')}>
          <strong>Make a room</strong>
          <span>and invite others into it</span>
        </button>
        <button type="button" onClick={() => on.turn('join')}>
          <strong>Join a room</strong>
          <span>with an invite that you were given</span>
        </button>
      </div>
    </>
  )
}

const WORDS = {
  create: {
    title: 'Make a room',
    about: 'The relay passes sealed messages on; it cannot read them. You get an invite to hand out.',
    go: 'Make the room',
  },
  join: { title: 'Join a room', about: 'Nothing is sent anywhere until you join.', go: 'Join the room' },
} as const

function Filled(props: FormProps): JSX.Element {
  const { is, on, fields, wrong, host } = props
  const { title, about, go } = WORDS[is === 'join' ? 'join' : 'create']
  const wrongAt = (name: FieldName) => (wrong?.at === name ? wrong.text : null)
  const field = (name: FieldName) => ({
    id: name,
    value: fields[name],
    wrong: wrongAt(name),
    onInput: (text: string) => on.type(name, text),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        on.submit()
      }}
    >
      <h1>{title}</h1>
      <p class="lead">{about}</p>
      <Wrong text={wrong?.at === null ? wrong.text : null} />
      <Field {...field('name')} label="Your name" hint="as the others see it" focus />
      {is === 'join' ? (
        <InviteField {...props} />
      ) : (
        <>
          <Field {...field('relay')} label="Relay" hint="wss://relay.example/ws" />
          <Field {...field('token')} label="Admin token, if the relay asks for one" secret />
        </>
      )}
      <Warning {...props} />
      <div class="buttons">
        <button type="submit" class="main">
          {host === null ? go : `${go} on ${host}`}
        </button>
        <button type="button" onClick={() => on.turn('landing')}>
          Back
        </button>
      </div>
    </form>
  )
}

function Warning({ warning, allowed, on }: FormProps): JSX.Element | null {
  if (warning === null) return null
  return (
    <div class="warning" role="alert">
      <p>{warning}.</p>
      <label class="tick">
        <input type="checkbox" checked={allowed} onChange={({ currentTarget }) => on.allow(currentTarget.checked)} />
        go on all the same
      </label>
    </div>
  )
}

function InviteField({ invited, host, fields, wrong, on }: FormProps): JSX.Element {
  const why = wrong?.at === 'invite' ? wrong.text : null
  if (invited) {
    return (
      <div class="field">
        <p class="card">
          An invite to a room on <strong>{host}</strong>
          <button type="button" onClick={on.forget}>
            Another one
          </button>
        </p>
        <Wrong text={why} />
      </div>
    )
  }
  return (
    <div class="field">
      <label for="invite">Invite</label>
      <textarea
        id="invite"
        rows={4}
        value={fields.invite}
        placeholder="paste it here, or drop its file anywhere"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={why !== null}
        aria-describedby="invite-wrong"
        onInput={({ currentTarget }) => on.type('invite', currentTarget.value)}
      />
      <label class="file">
        or choose its file
        <input type="file" accept=".room,text/plain" onChange={({ currentTarget }) => chosen(currentTarget, on.file)} />
      </label>
      <Wrong id="invite-wrong" text={why} />
    </div>
  )
}

function chosen(input: HTMLInputElement, take: (file: File) => void): void {
  const file = input.files?.[0]
  if (file !== undefined) take(file)
}
