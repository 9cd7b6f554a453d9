/**
 * The web client's page, handed to browsers as it was built (docs/running.md, The web client). Called by server/relay.ts when the operator asks for
 * it; the page comes in as a text, so that the relay has no line of it.
 */

/** What the page cannot say in a meta element: nobody shows it in a frame. The rest of its policy is repeated, for whoever looks at headers alone. */
const FRAMES = "frame-ancestors 'none'"

/** Always asked for anew, since a relay may be brought up to date; but kept by the browser for the way back. */
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'geolocation=(), microphone=(), payment=(), usb=()',
  Vary: 'Accept-Encoding',
} as const

/** Answers GET and HEAD. */
export function pageHandlers(page: string): { readonly GET: (request: Request) => Response } {
  const meta = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]
  const headers = { ...HEADERS, 'Content-Security-Policy': meta === undefined ? FRAMES : `${meta}; ${FRAMES}` }
  const packed = Bun.gzipSync(page)
  return {
    GET: (request) =>
      /\bgzip\b/.test(request.headers.get('Accept-Encoding') ?? '')
        ? new Response(packed, { headers: { ...headers, 'Content-Encoding': 'gzip' } })
        : new Response(page, { headers }),
  }
}
