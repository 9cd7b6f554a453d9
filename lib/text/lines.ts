/**
 * What happens in a conversation, in plain lines (docs/scripting.md, Line mode). Pure: an event in, what to tell out. Called by the terminal's
 * two faces and by the page, which draw it. Everything that others wrote is made harmless here.
 */
import type { Alarm, EntryView, Event, GapView, MemberView, Presence, Stretch, TopicView } from '#lib/client/events.ts'
import { isolated } from './bidi.ts'
import { alarmText, endingText, FAULTS, lossText, refusedThing } from './endings.ts'
import { named, quoted } from './names.ts'
import { closeReason } from './reasons.ts'
import { harmless } from './sanitize.ts'
import type { Connection } from './standing.ts'
import type { Told } from './told.ts'
import { count, type Offset, shownTime } from './units.ts'

/** What of the world a line depends on. */
export interface Setting {
  /** ms since 1970: times of other days are shown with their date. */
  readonly now: number
  readonly offset: Offset
  /** The person types commands: name those that help. A page has buttons. */
  readonly commands: boolean
  /** Tell my own texts too: true when nobody has typed them on this screen. */
  readonly echo: boolean
  /** Tell also whenever somebody's keys are renewed, and when everybody has what I said. */
  readonly verbose: boolean
  /** How it stood before the event: what is told again is told shorter. */
  readonly connection: Connection
}

/** What an event comes to in lines; most come to one, some to none. An invite is told by plain.ts, a failure by main.ts. */
export function linesOf(event: Event, setting: Setting): readonly Told[] {
  switch (event.is) {
    case 'dialing':
      return [ours(`connecting to ${harmless(event.host)}`)]
    case 'created':
      return []
    case 'seated':
      return [ours(event.returned ? backText(event.others) : seatedText(event.me, event.others))]
    case 'away':
      return [awayLine(event, setting.connection)]
    case 'lost':
      return lostLines(event, setting)
    case 'member':
      return memberLines(event, setting)
    case 'entry':
      return entryLines(event.entry, setting)
    case 'topic':
      return [topicLine(event.topic)]
    case 'gaps':
      return [gapsLine(event.gaps)]
    case 'sent':
      return [ours(sentText(event.readers))]
    case 'delivered':
      return setting.verbose ? [ours(`everybody here has what you said, up to ${event.upTo}`)] : []
    case 'reset':
      return setting.verbose
        ? [ours(`the keys between you and ${named(event.who)} had fallen apart and are handed over anew`)]
        : []
    case 'stepped':
      return steppedLines(event, setting.verbose)
    case 'fingerprints':
      return fingerprintLines(event)
    case 'verified':
      return [ours(`${named(event.who)} is ${event.who.verified ? 'now' : 'no longer'} marked as verified`)]
    case 'refused':
      return refusedLines(event)
    case 'alarm':
      return [alarmLine(event.alarm)]
    case 'failed':
      return [alarm(FAULTS[event.fault])]
    case 'ended':
      return endedLines(event.why)
  }
}

export function ours(text: string): Told {
  return { as: 'ours', text }
}

export function alarm(text: string): Told {
  return { as: 'alarm', text }
}

function seatedText(me: MemberView, others: number): string {
  const inside = `you are in, called ${quoted(me.name)}`
  if (others === 0) return `${inside}; the room is empty, says the relay: nobody else is here`
  return `${inside}; ${others === 1 ? 'one other is' : `${others} others are`} here or about to be`
}

function backText(others: number): string {
  return `you are back in the room${others === 0 ? '; it is empty, says the relay: nobody else is here' : ''}`
}

/** It is tried for ever: the loss is told whole, each try that failed in few words. */
function awayLine({ code, again }: Event & { readonly is: 'away' }, before: Connection): Told {
  const next = `trying again in ${Math.ceil(again / 1000)} s`
  return before === 'away' ? ours(`still no connection, ${next}`) : alarm(`connection lost, ${next}: ${closeReason(code)}`)
}

/** Told again, and shorter, when neither way out of it worked. */
function lostLines({ why, unsure }: Event & { readonly is: 'lost' }, { connection, commands }: Setting): readonly Told[] {
  if (connection === 'lost') {
    const takesToken = why.is === 'refused' && why.reason === 'forbidden'
    const told = alarm(`that did not work: ${lossText(why)}`)
    return takesToken && commands ? [told, ours('/recreate takes an admin token from the variable TACET_ADMIN_TOKEN')] : [told]
  }
  return [alarm(lossText(why)), ...(unsure === null ? [] : [alarm(unsureText(unsure))]), ...(commands ? WAYS_OUT.map(ours) : [])]
}

const WAYS_OUT = [
  '/recreate makes the room anew, with another invite to hand out to the others',
  'when somebody else has done that, save their invite to a file: /join FILE goes on there. Everybody stays who they are',
]

function unsureText({ from, upTo }: Stretch): string {
  const number = upTo - from + 1
  const last = number === 1 ? 'the last message' : `the last ${count(number, 'message')}`
  return `not everybody had shown to have ${last} that you sent: say ${number === 1 ? 'it' : 'them'} again in the next room, if it matters`
}

const CHANGES = {
  present: 'is in the room, says the relay',
  joining: 'is joining',
  arrived: 'is here',
  unreachable: 'does not answer',
  returned: 'is back',
  silent: 'has not been heard for more than two minutes',
  reconnecting: 'is reconnecting',
  gone: 'did not come back',
  left: 'left',
  accepted: 'counts as confirmed from now on',
} as const

type MemberEvent = Event & { readonly is: 'member' }

function memberLines({ what, who, was, instead }: MemberEvent, { commands }: Setting): readonly Told[] {
  // It was I who was away.
  if (what === 'returned' && instead === who.seat) return []
  if (what === 'renamed') {
    const change = who.me ? `you are now called ${quoted(who.name)}` : `${quoted(was ?? '')} is now called ${named(who)}`
    return [ours(change), ...warnings(who, commands)]
  }
  if (what === 'alike') return who.clash ? warnings(who, commands) : []
  return [ours(`${named(who)} ${CHANGES[what]}`), ...(what === 'joining' || what === 'present' ? warnings(who, commands) : [])]
}

/** Said when somebody comes, or takes another name. */
function warnings(who: MemberView, commands: boolean): readonly Told[] {
  if (who.me) return who.clash ? [alarm('your name looks like another member’s: others see it with your tag, ' + who.tag)] : []
  const told: Told[] = []
  if (who.clash) told.push(alarm(`${named(who)} has a name that looks like another member’s: tell them apart by their tags`))
  if (!who.confirmed) {
    const device = `${named(who)} is a further device, not confirmed: it may be somebody else’s`
    told.push(alarm(commands ? `${device}. When you know that it is not: /accept ${who.tag}` : device))
  }
  return told
}

function entryLines(entry: EntryView, { now, offset, echo, connection }: Setting): readonly Told[] {
  const { kind, who, readers, late, repaired, waiting, time } = entry
  // Coming and going are told as such.
  if (kind === 'core.leave' || kind === 'core.close') return []
  // What is in force is told as such.
  if (isOfTopic(entry)) return waiting ? [ours(keptText(connection))] : []
  const nobody = who.me && readers === 0 ? [ours(waiting ? keptText(connection) : 'nobody else is here to read that')] : []
  if (who.me && !echo) return nobody
  const at = `[${shownTime(time, now, offset)}${late || repaired ? ' late' : ''}]`
  return [{ as: 'said', text: `${at} ${saidText(entry)}` }, ...nobody]
}

/** Alone in a room made anew, or while the others have not answered yet, one is there and not heard. */
function keptText(connection: Connection): string {
  return `kept, it is sent ${connection === 'here' ? 'as soon as somebody can read it' : 'when you are back'}`
}

function sentText(readers: number): string {
  return readers === 0 ? 'what you wrote meanwhile is in the room; nobody else is here' : 'what you wrote meanwhile is sent'
}

function saidText({ kind, body, who }: EntryView): string {
  const name = named(who)
  const { text } = body
  // In brackets, which no text begins a line with: nobody can say this sentence as a text.
  if (kind !== 'core.text' || typeof text !== 'string') return `[unsupported: ${harmless(kind)} from ${name}]`
  const safe = isolated(harmless(text, { multiline: true }))
  return `${spokenBy(name, body['class'])} ${safe}`
}

/** What stands before a text of a class, with its author's name. An action reads on: no sentence of ours has a name between such signs. */
export function spokenBy(name: string, kind: unknown): string {
  if (kind === 'notice') return `-${name}-`
  return kind === 'action' ? `~${name}~` : `${name}:`
}

function isOfTopic({ kind, body }: EntryView): boolean {
  return kind === 'core.topic' || (kind === 'core.policy' && body['topic'] !== undefined)
}

/** The topic in force; also the answer to /topic. What its author wrote stands last. */
export function topicLine({ text, by, locked }: TopicView): Told {
  const who = locked ? 'only the founder may set it' : 'anybody may set it'
  if (text === '' || by === null) return ours(`there is no topic; ${who}`)
  return ours(`topic (${who}), set by ${by.me ? 'you' : named(by)}: ${isolated(harmless(text))}`)
}

function gapsLine(gaps: readonly GapView[]): Told {
  if (gaps.length === 0) return ours('nothing is missing any more')
  const missing = Map.groupBy(gaps, ({ name, by, unavailable }) => {
    const whose = `from ${quoted(name)}${by === null ? '' : `, says ${quoted(by)} alone`}`
    return `${whose}${unavailable ? ': nobody here has ' : ', asking for '}`
  })
  return alarm([...missing].map(([whose, some]) => missingText(whose, some)).join('; '))
}

function missingText(whose: string, gaps: readonly GapView[]): string {
  const number = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  return `${count(number, 'message')} missing ${whose}${number === 1 ? 'it' : 'them'}`
}

function alarmLine(caught: Alarm): Told {
  if (caught.is === 'silence') return alarm(alarmText(caught))
  return alarm(`${quoted(caught.name)} ${alarmText(caught)}${besides(caught)}`)
}

/** The other name in it. */
function besides(caught: Alarm): string {
  if (caught.is === 'contradiction') return ` (says ${quoted(caught.by.name)})`
  return caught.is === 'roster' && caught.who !== null ? ` (the seat is of ${quoted(caught.who)})` : ''
}

function steppedLines({ who, epoch, heal }: Event & { readonly is: 'stepped' }, verbose: boolean): readonly Told[] {
  if (heal) return [ours(who.me ? 'your keys are renewed' : `${named(who)} asks everybody to renew the keys`)]
  return verbose ? [ours(`${who.me ? 'your' : `${named(who)}’s`} keys are renewed (epoch ${epoch})`)] : []
}

/** The eight colours of fingerprints, by their numbers (docs/protocol.md, Fingerprints). */
export const COLOURS = ['red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'white'] as const

type Fingerprints = Event & { readonly is: 'fingerprints' }

function fingerprintLines({ room, members }: Fingerprints): readonly Told[] {
  return [
    ours('compare the room’s code, all its words or all its digits, by a way that shows who the others are, such as a call'),
    ...codeLines('the room’s code', room),
    ...members.flatMap(({ who, fingerprint }) => codeLines(`${named(who)}${who.me ? ', you' : ''}`, fingerprint)),
  ]
}

function codeLines(whose: string, { words, digits, colours }: Fingerprints['room']): readonly Told[] {
  const drawn = colours.map((colour) => COLOURS[colour] ?? String(colour))
  return [`${whose}: ${words.join(' ')}`, `  ${digits.join(' ')}`, `  ${drawn.join(' ')}`].map(ours)
}

/** A flood of refusals is told at 1, 10, 100 … */
function refusedLines({ refusal, times }: Event & { readonly is: 'refused' }): readonly Told[] {
  if (!/^10*$/.test(String(times))) return []
  const from = refusal.name === null ? '' : ` from ${quoted(refusal.name)}`
  return [alarm(`refused: ${refusedThing(refusal)}${from}${times === 1 ? '' : `, ${times} times`}`)]
}

function endedLines(why: (Event & { readonly is: 'ended' })['why']): readonly Told[] {
  if (why.is === 'closed') return [ours(why.by.me ? 'you closed the room' : `${named(why.by)}, the founder, closed the room`)]
  return why.is === 'left' ? [ours(endingText(why))] : []
}

export const PRESENCES: Readonly<Record<Presence, string>> = {
  joining: 'joining',
  here: 'here',
  unreachable: 'does not answer',
  silent: 'not heard for more than two minutes',
  reconnecting: 'reconnecting',
  gone: 'did not come back',
  left: 'left',
}

/** The lines of /who: everybody with a seat, those that went aside. */
export function whoLines(members: Iterable<MemberView>): readonly Told[] {
  const seated = [...members].filter(({ presence }) => presence !== 'left' && presence !== 'gone')
  return seated.map((who) => ours(whoText(who)))
}

function whoText(who: MemberView): string {
  const marks = [
    who.me ? 'you' : PRESENCES[who.presence],
    who.founder ? 'founder' : '',
    who.verified && !who.me ? 'verified' : '',
  ]
  return `${quoted(who.name)} (${who.tag}): ${[...marks, who.confirmed ? '' : 'not confirmed'].filter(Boolean).join(', ')}`
}
