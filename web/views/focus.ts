/** The keyboard goes where something new wants it. Called by views that come up by themselves, or in place of what had the focus. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** The element to which this is given gets the focus as soon as it is drawn, and again whenever `on` turns true. */
export function useFocus<E extends HTMLElement>(on = true): RefObject<E | null> {
  const element = useRef<E>(null)
  // Before it is painted: what is typed at once must not go elsewhere.
  useLayoutEffect(() => {
    if (on) element.current?.focus()
  }, [on])
  return element
}

/** There is a keyboard, as far as one can tell: on a phone the focus would bring one up over half of the screen. */
export function hasKeyboard(): boolean {
  return matchMedia('(pointer: fine)').matches
}
