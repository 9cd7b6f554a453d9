/**
 * What a session tells the world, in the order it happened (docs/protocol.md, Client). Both clients draw from these, through the
 * store or directly; nothing else leaves a session but effects. All texts in events that peers wrote are as they wrote them: make
 * them harmless (lib/text/sanitize) before they are drawn.
 */
import type { JsonObject } from '#lib/crypto/canonical.ts'
import type { CryptoErrorCode } from '#lib/crypto/errors.ts'
import type { Fingerprint } from '#lib/crypto/fingerprint.ts'
import type { Invite } from '#lib/crypto/invite.ts'
import type { ErrorReason, WireErrorCode } from '#lib/wire/errors.ts'
import type { FromRelay, ToRelay } from '#lib/wire/frames.ts'

/**
 * joining: its claim verifies, it has not answered yet · here: it has proved that it is there · unreachable: it did not answer
 * within 5 s · silent: unheard for 145 s · reconnecting: gone, says the relay · gone: reconnecting for a minute · left: it said so itself.
 */
export type Presence = 'joining' | 'here' | 'unreachable' | 'silent' | 'reconnecting' | 'gone' | 'left'

/** One seat of a member, as people see it. */
export interface MemberView {
  readonly seat: string
  /** Member id in hexadecimal: the same for all seats of one member. */
  readonly member: string
  readonly name: string
  /** A short tag of the member's key, for names that look alike. */
  readonly tag: string
  /** Another member's name looks like this one: show the tag with it. */
  readonly clash: boolean
  readonly founder: boolean
  readonly me: boolean
  /** False for a further seat of a member that proved nothing: "a new device, not confirmed". */
  readonly confirmed: boolean
  /** The person compared fingerprints and said so. */
  readonly verified: boolean
  readonly presence: Presence
}

/** An entry of the conversation. */
export interface EntryView {
  /** The device's log, and the entry's number in it: together its name. */
  readonly log: string
  readonly n: number
  readonly who: MemberView
  readonly kind: string
  readonly body: JsonObject
  /** The author's clock, ms since 1970: shown, never trusted. */
  readonly time: number
  /** What the author had seen: decides where a late entry is shown. */
  readonly seen: readonly { readonly log: string; readonly n: number }[]
  /** It came after later ones: it fills a gap. */
  readonly late: boolean
  /** It came from somebody's memory, with its author's signature. */
  readonly repaired: boolean
  /** For my own: the connection was down, and it waits to be sent. */
  readonly waiting: boolean
  /** For my own: how many other seats could read it when it was sent. */
  readonly readers: number
}

/** The topic in force, and who may set it. */
export interface TopicView {
  /** Empty when there is none. As its author wrote it. */
  readonly text: string
  /** Who set it, or took the one before away; null when nobody did. */
  readonly by: MemberView | null
  /** The author's clock, ms since 1970: shown, never trusted. */
  readonly time: number | null
  /** The founder alone may set it. */
  readonly locked: boolean
}

/** Entries that somebody said and that have not reached us. */
export interface GapView {
  readonly log: string
  readonly name: string
  readonly from: number
  readonly to: number
  /** Whose word alone it is that they were said; null when the author itself shows it. */
  readonly by: string | null
  /** Everybody who is here was asked, and nobody has them. They are asked for again when somebody comes, and now and then. */
  readonly unavailable: boolean
}

/** What was refused: the kind of thing, from which seat, and why. */
export interface Refusal {
  readonly what: 'claim' | 'letter' | 'step' | 'update' | 'envelope' | 'repair' | 'frame' | 'peer_left'
  /** Null when no seat can be named. */
  readonly seat: string | null
  readonly name: string | null
  readonly code: CryptoErrorCode | WireErrorCode | 'unknown_seat' | 'own_seat' | 'stale' | 'not_asked' | 'too_many' | 'unexpected'
}

/** Somebody is lying, and it can be named. */
export type Alarm =
  /** The member signed two different things for one place of its log. */
  | {
      readonly is: 'fork'
      readonly name: string
      readonly member: string
      readonly log: string
      readonly n: number
      readonly evidence: readonly Evidence[]
    }
  /** Another member (`by`) says that it said something else there: one of the two lies. */
  | {
      readonly is: 'contradiction'
      readonly name: string
      readonly member: string
      readonly log: string
      readonly n: number
      readonly by: { readonly name: string; readonly member: string }
    }
  /** Two claims of a seat do not follow each other. */
  | { readonly is: 'claim_fork'; readonly name: string; readonly member: string; readonly seat: string; readonly seq: number }
  /** A member has a name like one whose key the person verified, and another key. `member` and `verified` are member ids. */
  | { readonly is: 'changed_key'; readonly name: string; readonly member: string; readonly verified: string }
  | { readonly is: 'not_allowed'; readonly name: string; readonly member: string; readonly kind: string }
  /**
   * The member (`name`, `member`) shares the room with a seat that I am not shown (`hidden` from me), or does not know one that I share it
   * with: the relay shows us different rooms. `who` is the name at that seat, where it is known.
   */
  | {
      readonly is: 'roster'
      readonly name: string
      readonly member: string
      readonly seat: string
      readonly who: string | null
      readonly hidden: 'from me' | 'from them'
    }
  /** Others are here and none of them has been heard for 145 s: the relay may be withholding. */
  | { readonly is: 'silence' }

/** A signed entry, as somebody else can check it: its canonical text and its signature in base64url. */
export interface Evidence {
  readonly entry: string
  readonly signature: string
}

/** Why a command was not carried out. Nothing of it was sent. */
export type CommandFault =
  | 'not_seated'
  /** The connection is down. */
  | 'away'
  | 'bad_url'
  | 'busy'
  /** The conversation was over before it could be said. */
  | 'not_sent'
  | 'bad_name'
  | 'bad_kind'
  | 'bad_body'
  | 'empty'
  | 'too_large'
  | 'not_founder'
  /** This cannot be a topic: it is one line. */
  | 'bad_topic'
  /** The founder locked the topic. */
  | 'topic_locked'
  | 'no_such_member'
  | 'no_such_seat'
  | 'room_closed'

/** Why a conversation ended. */
export type Ending =
  | { readonly is: 'left' }
  | { readonly is: 'closed'; readonly by: MemberView }
  /** The relay never answered: wrong address, no network, refused. */
  | { readonly is: 'unreachable'; readonly host: string }
  /** The relay took the connection and said nothing. */
  | { readonly is: 'silent' }
  /** The socket died before there was a seat, or who wanted to leave with something unsaid did not get back. */
  | { readonly is: 'disconnected'; readonly code: number }
  | { readonly is: 'refused'; readonly reason: Exclude<ErrorReason, 'version_mismatch'> }
  | { readonly is: 'version_mismatch'; readonly mine: number; readonly relays: number | null }
  | { readonly is: 'too_large_room'; readonly most: number }

/** Why it did not work to get into a room. */
export type Setback = Exclude<Ending, { readonly is: 'left' | 'closed' }>

/** Why a room is lost: the relay does not know it any more, or what was tried to go on elsewhere did not work. */
export type Loss = { readonly is: 'forgotten' } | Setback

/** Entries of one log, from and to (both included). */
export interface Stretch {
  readonly log: string
  readonly from: number
  readonly upTo: number
}

export type Event =
  /** `goesOn`: into a room that takes the place of the lost one. */
  | { readonly is: 'dialing'; readonly host: string; readonly goesOn: boolean }
  /** The room exists; hand out the invite. It is a copy, for who hears this to keep. */
  | { readonly is: 'created'; readonly invite: Invite }
  /** We are in the room. `others`: seats with a valid claim; none means that the room is empty. `returned`: again, after `away`. */
  | { readonly is: 'seated'; readonly me: MemberView; readonly others: number; readonly returned: boolean }
  /** The connection is lost (`code` is the WebSocket close code); the next try is in `again` ms. */
  | { readonly is: 'away'; readonly code: number; readonly again: number }
  /**
   * There is no room. `recreate` makes it anew, `join` goes on in one that somebody else made anew. `unsure` is what I sent and not everybody
   * has shown to have: it is not said again by itself.
   */
  | { readonly is: 'lost'; readonly why: Loss; readonly unsure: Stretch | null }
  /** present: in the room before us, says the relay. The others are changes of presence and name. */
  | {
      readonly is: 'member'
      readonly what:
        | 'present'
        | 'joining'
        | 'arrived'
        | 'returned'
        | 'unreachable'
        | 'silent'
        | 'reconnecting'
        | 'gone'
        | 'left'
        | 'renamed'
        | 'accepted'
        /** Its name is like another's from now on, or no more: see `who.clash`. */
        | 'alike'
      readonly who: MemberView
      /** The former name, when renamed. */
      readonly was: string | null
      /** The former seat that this one continues, when returned: nobody sits there any more. The same seat, when I was away myself. */
      readonly instead: string | null
    }
  | { readonly is: 'entry'; readonly entry: EntryView }
  /** Another topic is in force, or somebody else may set it. */
  | { readonly is: 'topic'; readonly topic: TopicView }
  /** Entries of mine that waited are sent, up to this number, to so many seats. */
  | { readonly is: 'sent'; readonly log: string; readonly upTo: number; readonly readers: number }
  /** Everybody who is here has all my entries up to this number. */
  | { readonly is: 'delivered'; readonly log: string; readonly upTo: number }
  /** Keys between this seat and me had fallen apart and were handed over anew. */
  | { readonly is: 'reset'; readonly who: MemberView; readonly times: number }
  /** All gaps there are now, whenever that changes. */
  | { readonly is: 'gaps'; readonly gaps: readonly GapView[] }
  /** A member's keys were renewed. */
  | { readonly is: 'stepped'; readonly who: MemberView; readonly epoch: number; readonly heal: boolean }
  | {
      readonly is: 'fingerprints'
      readonly room: Fingerprint
      readonly members: readonly { readonly who: MemberView; readonly fingerprint: Fingerprint }[]
    }
  | { readonly is: 'verified'; readonly who: MemberView }
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly times: number }
  | { readonly is: 'alarm'; readonly alarm: Alarm }
  | { readonly is: 'failed'; readonly fault: CommandFault; readonly command: string }
  | { readonly is: 'ended'; readonly why: Ending }

/** A frame on its way, as the relay sees it too, and its size on the socket. What came and is no frame has a code in its place. */
export type Seen = { readonly bytes: number } & (
  | { readonly way: 'out'; readonly frame: ToRelay }
  | { readonly way: 'in'; readonly frame: FromRelay }
  | { readonly way: 'in'; readonly frame: null; readonly code: WireErrorCode }
)
