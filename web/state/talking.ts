/** What a person does in a conversation: saying, panes, handing out the invite, leaving. Called by update.ts. */
import type { Command } from '#lib/client/commands.ts'
import { type Invite, InviteError, isPlain, link, qrText, roomFile, secretIn, TEXT_BYTES } from '#lib/client/index.ts'
import { alarm } from '#lib/text/lines.ts'
import { withTold } from '#lib/text/log.ts'
import { COUNT_MS, landingAfter } from './hearing.ts'
import { inviteIn } from './forms.ts'
import type { Effect, Handing, Message, World } from './message.ts'
import type { Pane, PaneName, Screen, Talk } from './model.ts'

type Turn = readonly [Screen, readonly Effect[]]

/** What a message does to a conversation. */
export function inTalk(talk: Talk, message: Message, world: World): Turn {
  switch (message.is) {
    case 'said':
      return said(talk, message.text, world)
    case 'answered':
      return answered(talk, message.yes)
    case 'scrolled':
      return [message.atEnd ? looked({ ...talk, atEnd: true }) : { ...talk, atEnd: false }, []]
    case 'woke':
      return counted(talk, world)
    case 'paned':
      return paned(talk, message.pane)
    case 'asked':
      return asked(talk, message.command)
    case 'handed':
      return handed(talk, message.how, world)
    case 'noted':
      return [talk.pane?.is === 'invite' ? { ...talk, pane: { ...talk.pane, note: message.note } } : talk, []]
    case 'given':
    case 'found':
      return joinedAnew(talk, message.text, world)
    case 'over':
      return [talk.ended === null ? talk : landingAfter(talk.origin), []]
    default:
      return [talk, []]
  }
}

/** Enter was pressed. A secret is asked about first, and so is what would be a command elsewhere. */
function said(talk: Talk, text: string, { now }: World): Turn {
  if (text.trim() === '') return [talk, []]
  const size = new TextEncoder().encode(text).length
  // Said so here, where the text can be given back.
  if (size > TEXT_BYTES) {
    const told = alarm(`too long: it has ${size} bytes, and may have ${TEXT_BYTES}; nothing was sent`)
    return [{ ...talk, log: withTold(talk.log, [told], now) }, [{ do: 'draft', text }]]
  }
  const why = secretIn(text) ?? slash(text)
  if (why !== null) return [{ ...talk, question: { text, why } }, []]
  return say(talk, text)
}

function slash(text: string): string | null {
  return /^\/[a-z]/i.test(text) ? 'this looks like a command: there are none here, it would be said' : null
}

function say(talk: Talk, text: string): Turn {
  const next = { ...talk, question: null, unread: null, atEnd: true }
  return [next, [{ do: 'act', command: { do: 'say', text, class: null } }]]
}

function answered(talk: Talk, yes: boolean): Turn {
  const { question } = talk
  if (question === null) return [talk, []]
  return yes ? say(talk, question.text) : [{ ...talk, question: null }, [{ do: 'draft', text: question.text }]]
}

/** What is at the end is looked at now; the marker stays until something is said. */
export function looked(talk: Talk): Talk {
  if (!talk.atEnd || talk.pane !== null || talk.unread === null || talk.unread.count === 0) return talk
  return { ...talk, unread: { ...talk.unread, count: 0, mentioned: false } }
}

/** While a try to connect is due, the time until then is drawn anew each second. */
function counted(talk: Talk, { now }: World): Turn {
  if (talk.retry === null) return [talk, []]
  return talk.retry > now ? [talk, [{ do: 'wake', after: COUNT_MS }]] : [{ ...talk, retry: null }, []]
}

function paned(talk: Talk, name: PaneName | null): Turn {
  // They are told first, and shown then.
  if (name === 'verify') return [talk, [{ do: 'act', command: { do: 'fingerprints' } }]]
  const pane: Pane | null = name === 'invite' ? { is: 'invite', asked: true, note: null } : name === null ? null : { is: name }
  return [looked({ ...talk, pane }), []]
}

function asked(talk: Talk, command: Command): Turn {
  const effects: readonly Effect[] = [{ do: 'act', command }]
  if (command.do !== 'leave') return [talk, effects]
  return [{ ...talk, leaving: command.now ? 'now' : 'in turn' }, effects]
}

function handed(talk: Talk, how: Handing, { page }: World): Turn {
  const { invite } = talk.standing
  if (invite === null) return [talk, []]
  return [talk, [{ do: 'hand', how, text: textFor(how, invite, page) }]]
}

function textFor(how: Handing, invite: Invite, page: string | null): string {
  if (how === 'file') return roomFile(invite)
  return page === null || how === 'text' ? qrText(invite) : link(invite, page)
}

/** The room was lost, and this is the invite of the one that takes its place. */
function joinedAnew(talk: Talk, text: string, { now, view }: World): Turn {
  if (view.status.is !== 'lost') return [talk, []]
  const invite = anewIn(text, talk.standing.invite)
  if (typeof invite === 'string') return [{ ...talk, log: withTold(talk.log, [alarm(invite)], now) }, []]
  const { standing } = talk
  return [
    { ...talk, standing: { ...standing, trying: invite } },
    [{ do: 'act', command: { do: 'join', invite, name: standing.name } }],
  ]
}

function anewIn(text: string, lost: Invite | null): Invite | string {
  const invite = inviteIn(text)
  if (invite instanceof InviteError) return invite.message
  const isSame = lost !== null && lost.roomKey.every((byte, i) => byte === invite.roomKey[i])
  if (!isSame) return 'it is an invite to another room: leave this one first'
  // What was allowed was this relay, not any.
  return isPlain(invite.url) && invite.url !== lost.url ? 'its relay’s address is not encrypted (ws://)' : invite
}
