/** What this is, and which page (docs/web.md, Which page is it). Called by web/screen.tsx. */
import type { JSX } from 'preact'

export interface AboutProps {
  readonly version: string
  readonly protocol: string
  /** SHA-256 of the page in hexadecimal; null where the browser does not tell. */
  readonly hash: string | null
  readonly onClose: () => void
}

export function About({ version, protocol, hash, onClose }: AboutProps): JSX.Element {
  return (
    <main class="about">
      <h1>Tacet {version}</h1>
      <p>
        Private group conversation over a relay that cannot listen. Protocol {protocol}. This page is one file; it asks for
        nothing but the relay’s socket, and writes nothing to this device.
      </p>
      <h2>Which page is it</h2>
      <p>
        Whoever serves this page can change it, and a changed page can say anything, here too. Save the file, or get it from
        somebody whom you trust, and compare its SHA-256 with the one that was published: <code>sha256sum tacet.html</code>, or{' '}
        <code>tacet verify-web tacet.html</code>.
      </p>
      <p>As your browser read it:</p>
      <p class="hash">
        {hash ?? 'not told: browsers do so only for pages that came over https, from this machine or from a file'}
      </p>
      <button type="button" class="main" onClick={onClose}>
        Back
      </button>
    </main>
  )
}
