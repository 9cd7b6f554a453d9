/** What the page knows of itself and its browser, beside its state. Made by main.tsx; called upon by screen.tsx and talkscreen.tsx. */
import type { ReadonlySignal } from '@preact/signals'

export interface Around {
  /** SHA-256 of the page in hexadecimal; null where the browser does not tell, and until it did. */
  readonly hash: ReadonlySignal<string | null>
  /** The address of this page, for links; null where nobody else could open it. */
  readonly page: string | null
  readonly canShare: boolean
  /** Asks the browser whether it lets us. */
  readonly askNotices: () => Promise<boolean>
}
