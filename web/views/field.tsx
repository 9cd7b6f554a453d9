/** A labelled field of a form, with what is wrong with it beside it. Called by form.tsx and roompane.tsx. */
import type { JSX } from 'preact'
import { useFocus } from './focus.ts'

export interface FieldProps {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly value: string
  readonly wrong: string | null
  readonly secret?: boolean
  readonly focus?: boolean
  readonly onInput: (text: string) => void
}

export function Field({ id, label, hint = '', value, wrong, secret = false, focus = false, onInput }: FieldProps): JSX.Element {
  const element = useFocus<HTMLInputElement>(focus)
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={element}
        id={id}
        // A password field would make browsers offer to keep it.
        class={secret ? 'secret' : ''}
        type="text"
        value={value}
        placeholder={hint}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={wrong !== null}
        aria-describedby={wrong === null ? undefined : `${id}-wrong`}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      <Wrong id={`${id}-wrong`} text={wrong} />
    </div>
  )
}

/** Why it did not go on. It is announced. */
export function Wrong({ id, text }: { readonly id?: string; readonly text: string | null }): JSX.Element {
  return (
    <p class="wrong" id={id} role="alert">
      {text}
    </p>
  )
}
