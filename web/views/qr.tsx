/** An invite for a camera, dark on light whatever the theme: cameras want it so. Called by invite.tsx. */
import { encodeQR } from 'qr'
import type { JSX } from 'preact'

export function Qr({ text }: { readonly text: string }): JSX.Element {
  // The least correction of errors makes the smallest code; a screen has no stains. The border is the light that the standard asks for.
  const dots = encodeQR(text, 'raw', { ecc: 'low', border: 4 })
  const path = dots.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${dots.length} ${dots.length}`}
      role="img"
      aria-label="QR code of the invite"
      shape-rendering="crispEdges"
    >
      <rect class="light" width={dots.length} height={dots.length} />
      <path class="dark" d={path} />
    </svg>
  )
}
