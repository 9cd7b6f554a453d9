/**
 * Which relay addresses may be used (docs/protocol.md, Invite). Called when an invite is made or read, when a person types a relay's
 * address, and where a host is shown.
 */
import { InviteError } from './inviteerror.ts'

/** Bytes of a relay's address; its canonical form is ASCII. */
export const RELAY_URL_BYTES = 512

const DEFAULT_PATH = '/ws'

/** Whether unencrypted addresses other than this machine's own are allowed: only after the person was told what the network then sees. */
export interface PlainRule {
  readonly allowPlain: boolean
}

/** The rule unless the person said otherwise. */
export const WSS_ONLY: PlainRule = { allowPlain: false }

/**
 * The canonical form of a relay's address: `wss://host[:port]/path`, at most 512 bytes, the path `/ws` unless named. ws is taken to
 * loopback, or when allowed. Throws `InviteError`: `not_wss`, or `bad_url` for anything else that is no such address.
 */
export function relayUrl(text: string, { allowPlain }: PlainRule): string {
  const url = parse(text, 'relay address')
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    throw new InviteError('not_wss', 'relay addresses begin with wss://, not with http')
  }
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') throw new InviteError('bad_url', 'relay addresses begin with wss://')
  if (url.protocol === 'ws:' && !allowPlain && !isLoopback(url)) {
    throw new InviteError('not_wss', 'relay address is not encrypted (ws://)')
  }
  if (url.pathname === '/') url.pathname = DEFAULT_PATH
  if (url.href.length > RELAY_URL_BYTES) throw new InviteError('bad_url', 'relay address is too long')
  return url.href
}

/** True for an address that may be used only when the person allows it: the network between sees what the relay sees. */
export function isPlain(text: string): boolean {
  return isAddress(text, { allowPlain: true }) && !isAddress(text, WSS_ONLY)
}

function isAddress(text: string, rule: PlainRule): boolean {
  try {
    relayUrl(text, rule)
    return true
  } catch (error) {
    if (error instanceof InviteError) return false
    throw error
  }
}

/** True for a relay's address in its canonical form, encrypted or not. */
export function isRelayUrl(text: string): boolean {
  try {
    return relayUrl(text, { allowPlain: true }) === text
  } catch (error) {
    if (error instanceof InviteError) return false
    throw error
  }
}

/**
 * The address of a page that opens invites: https, or http to loopback. Throws `InviteError('bad_url')`.
 * A page that came unencrypted could be anybody's, and its script reads the fragment.
 */
export function pageUrl(text: string): string {
  const url = parse(text, 'page address')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new InviteError('bad_url', 'page addresses begin with https://')
  }
  return url.href
}

/** Host and port as they are shown to the person: in punycode where the host is not ASCII. Throws `InviteError('bad_url')`. */
export function hostOf(url: string): string {
  return parse(url, 'address').host
}

/** An address with nothing in it that could hide a secret or another host: no user info, query, fragment, white space or controls. */
function parse(text: string, what: string): URL {
  const url = text.length > RELAY_URL_BYTES ? null : URL.parse(text)
  if (url === null || url.host === '') throw new InviteError('bad_url', `${what} is not an address or too long`)
  // Looked for in the text too: the parser drops tabs and line breaks, and an empty query, fragment or user name.
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/]*@/.test(text)) {
    throw new InviteError('bad_url', `${what} has a user name in it`)
  }
  if (/[?#]/.test(text)) throw new InviteError('bad_url', `${what} has a query or a fragment`)
  if (/[\u0000-\u0020\\]/.test(text)) throw new InviteError('bad_url', `${what} has white space or a backslash in it`)
  return url
}

/** This machine's own addresses by every spelling that the URL parser brings to one form. No name is resolved: `localhost` is loopback by RFC 6761. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
