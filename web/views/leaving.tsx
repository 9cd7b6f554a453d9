/** Before a link is opened: its real host, in the letters of the address itself. Called by web/screen.tsx. */
import type { JSX } from 'preact'
import { useFocus } from './focus.ts'

export interface LeavingProps {
  readonly address: string
  /** Its host as the browser will call it; null when it is no address. */
  readonly host: string | null
  readonly onClose: () => void
}

export function Leaving({ address, host, onClose }: LeavingProps): JSX.Element {
  const stay = useFocus<HTMLButtonElement>()
  return (
    <div class="question" role="alertdialog" aria-label="Open a link">
      {host === null ? (
        <p>This is no address that can be opened.</p>
      ) : (
        <p>
          It goes to <strong>{host}</strong>, which then knows your address. It is not told of this page.
        </p>
      )}
      <p class="address">{address}</p>
      <div class="buttons">
        {host === null ? null : (
          <a class="main button" href={address} target="_blank" rel="noopener noreferrer" onClick={onClose}>
            Open {host}
          </a>
        )}
        <button type="button" ref={stay} onClick={onClose}>
          Stay here
        </button>
      </div>
    </div>
  )
}
