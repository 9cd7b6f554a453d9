/**
 * What a person can ask of a session (docs/protocol.md, Client). Both clients send these through `client.do`; what comes of them is
 * told as events. A command that cannot be carried out is answered by a `failed` event and has no other effect.
 */
import type { JsonObject } from '#lib/crypto/canonical.ts'
import type { Invite } from '#lib/crypto/invite.ts'
import type { TextClass } from '#lib/room/kinds.ts'

export type Command =
  /** Make a room on a relay (its WebSocket URL) and join it as its founder. */
  | { readonly do: 'create'; readonly url: string; readonly name: string; readonly adminToken: string | null }
  | { readonly do: 'join'; readonly invite: Invite; readonly name: string }
  | { readonly do: 'say'; readonly text: string; readonly class: TextClass | null }
  /** Any reverse-DNS kind with a JSON body. */
  | { readonly do: 'send'; readonly kind: string; readonly body: JsonObject }
  /** Sets the topic; an empty text takes it away. */
  | { readonly do: 'topic'; readonly text: string }
  /** The founder lets nobody else set the topic, or everybody again. */
  | { readonly do: 'lock'; readonly locked: boolean }
  | { readonly do: 'rename'; readonly name: string }
  /** Renew my keys now; everybody else does so before its next message. */
  | { readonly do: 'rotate' }
  /** Tells the fingerprints of all members and the room's code. */
  | { readonly do: 'fingerprints' }
  /** Marks a member (its id in hexadecimal) as verified, or takes the mark back. */
  | { readonly do: 'verify'; readonly member: string; readonly verified: boolean }
  /** Counts a device that proved nothing as its member's: the person knows better. */
  | { readonly do: 'accept'; readonly seat: string }
  /** The relay lost the room: makes it anew there, with the same room key and the same key of mine. */
  | { readonly do: 'recreate'; readonly adminToken: string | null }
  /** Says goodbye and goes. What was said and is still waiting for the handshake goes out first, unless `now`. */
  | { readonly do: 'leave'; readonly now: boolean }
  /** The founder ends the room for everybody. */
  | { readonly do: 'close' }
