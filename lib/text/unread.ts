/**
 * How much is unread, where others may look over a shoulder: a window's title, a notice of the desktop. Nothing of the talk is in it. Called by
 * the terminal's notices and by the page.
 */
import { count } from './units.ts'

/** Counts shown are bounded: nobody reads more. */
const MOST = 999

/** A window's title. `mentioned`: my name is in something unread. */
export function titleText(unread: number, mentioned: boolean): string {
  if (unread <= 0) return 'tacet'
  return `(${unread > MOST ? `${MOST}+` : unread}${mentioned ? '!' : ''}) tacet`
}

/** A notice, which a locked screen may show. */
export function noticeText(unread: number, mentioned: boolean): string {
  return `${count(unread, 'new message')}${mentioned ? ', you are named' : ''}`
}
