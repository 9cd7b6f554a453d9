/** Where a message is written: Enter sends, Shift-Enter breaks. The text is a signal of its own, so that it outlives panes and reconnects. Called by talk.tsx. */
import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { hasKeyboard, useFocus } from './focus.ts'

export interface ComposerProps {
  readonly draft: Signal<string>
  /** It can be seen. */
  readonly shown: boolean
  readonly onSay: (text: string) => void
}

export function Composer({ draft, shown, onSay }: ComposerProps): JSX.Element {
  const field = useFocus<HTMLTextAreaElement>(shown && hasKeyboard())
  const text = draft.value
  useLayoutEffect(() => {
    if (field.current !== null) fit(field.current)
  }, [text])
  const send = () => {
    const said = draft.value
    if (said.trim() === '') return
    draft.value = ''
    // At once, not with the next picture: who types on would else type behind what was said.
    if (field.current !== null) field.current.value = ''
    onSay(said)
    field.current?.focus()
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={field}
        rows={1}
        aria-label="Message"
        placeholder="Message"
        autocomplete="off"
        enterkeyhint="send"
        value={text}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value
        }}
        onKeyDown={(event) => {
          // While a word is being composed, Enter ends the word.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <button type="submit" class="main" disabled={text.trim() === ''}>
        Send
      </button>
    </form>
  )
}

/** As high as its text, up to what the style allows. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`
}
