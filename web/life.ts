/**
 * The life of a tab (docs/web.md, The life of a tab): browsers slow down, freeze, put aside and bring back pages, machines sleep, networks change. Each
 * of these tells here, and the library looks whether its connection lives. Called by main.tsx.
 */
import type { App } from './state/app.ts'

/** How often the clock is looked at, and how far it may have gone meanwhile (ms): more is a sleep. */
const LOOK = 5_000
const SLEPT = 15_000

/** Hears of everything until the page is gone. */
export function live(app: App): void {
  const focus = () => app.take({ is: 'focus', focused: document.visibilityState === 'visible' && document.hasFocus() })
  for (const event of ['focus', 'blur'] as const) window.addEventListener(event, focus)
  document.addEventListener('visibilitychange', () => {
    focus()
    if (document.visibilityState === 'visible') app.rouse()
  })
  // Chromium's word for the end of a freeze.
  document.addEventListener('resume', () => app.rouse())
  window.addEventListener('online', () => app.rouse())
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) app.rouse()
  })
  // A page that may come back is left as it is: who is on the other end sees it as reconnecting.
  window.addEventListener('pagehide', ({ persisted }) => {
    if (!persisted) app.leave()
  })
  window.addEventListener('beforeunload', (event) => {
    if (app.isUnsent()) event.preventDefault()
  })
  lookAtClock(app)
}

function lookAtClock(app: App): void {
  let last = Date.now()
  setInterval(() => {
    const now = Date.now()
    if (now - last > SLEPT) app.rouse()
    last = now
  }, LOOK)
}
