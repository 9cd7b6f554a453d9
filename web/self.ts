/**
 * Which page this is (docs/web.md, Which page is it): the hash of the page as this browser read it. build.ts writes the file as a browser would write it
 * again, so that both are the same bytes; an extension that changes pages shows as another hash. Called by main.ts before anything is drawn.
 */

/** What stands before the root element. */
const BEFORE = '<!doctype html>\n'

/** SHA-256 in hexadecimal; null where the browser has no WebCrypto: on pages that came unencrypted from another machine. */
export async function ownHash(root: Element): Promise<string | null> {
  // Taken before the first pause: what is drawn later is not the page.
  const page = new TextEncoder().encode(BEFORE + root.outerHTML)
  if (!isSecureContext) return null
  return new Uint8Array(await crypto.subtle.digest('SHA-256', page)).toHex()
}
