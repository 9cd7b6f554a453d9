/** The invite to the room: to copy, to send, to save, to hold before a camera. Stands in place of the log until somebody comes. Called by talk.tsx. */
import type { JSX } from 'preact'
import { Qr } from './qr.tsx'

export interface InviteProps {
  /** Nobody else has come yet. */
  readonly alone: boolean
  readonly qr: string
  readonly armored: string
  /** The link to this page with the invite in it; null where nobody else could open this page. */
  readonly link: string | null
  readonly canShare: boolean
  readonly note: string | null
  readonly onHand: (how: 'text' | 'link' | 'file' | 'share') => void
}

export function Invite({ alone, qr, armored, link, canShare, note, onHand }: InviteProps): JSX.Element {
  return (
    <div class="invite">
      {alone ? <p class="lead">The room is made. Nobody else is here yet.</p> : null}
      <p>Whoever has this invite can join. Hand it out over a way that you trust.</p>
      <div class="buttons">
        {link === null ? null : (
          <button type="button" class="main" onClick={() => onHand('link')}>
            Copy the link
          </button>
        )}
        <button type="button" class={link === null ? 'main' : ''} onClick={() => onHand('text')}>
          Copy the invite
        </button>
        <button type="button" onClick={() => onHand('file')}>
          Save as a file
        </button>
        {canShare ? (
          <button type="button" onClick={() => onHand('share')}>
            Share
          </button>
        ) : null}
      </div>
      <p class="note" role="status">
        {note}
      </p>
      <div class="ways">
        <Qr text={qr} />
        <pre tabIndex={0} aria-label="The invite as text">
          {armored}
        </pre>
      </div>
      {link === null ? <p class="faint">This page was opened from a file: there is no link that others could open.</p> : null}
    </div>
  )
}
