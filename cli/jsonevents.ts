/**
 * Events as JSON objects (docs/scripting.md, Events). The shapes are a promise to programs: fields may be added, none changes its meaning.
 * Pure; called by jsonface.ts. Texts are as they were written, each character that acts on a terminal as an escape.
 */
import type { Alarm, EntryView, Event, GapView, Loss, MemberView, Stretch, TopicView } from '#lib/client/events.ts'
import { armor, type Invite } from '#lib/client/index.ts'
import { alarmText, FAULTS, lossText } from '#lib/text/endings.ts'
import { outcome } from './reasons.ts'
import { EXIT } from './exit.ts'

/** A value that JSON can hold. */
type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }
export type JsonEvent = { readonly event: string; readonly [key: string]: Value }

/** An event as an object of plain values. Its invite is left out when `inviteFile` names the file that it was written to. */
export function jsonOf(event: Event, inviteFile: string | null): JsonEvent {
  switch (event.is) {
    case 'dialing':
      return { event: 'dialing', host: event.host }
    case 'created':
      return { event: 'created', invite: inviteFile === null ? armor(event.invite) : null, file: inviteFile }
    case 'seated':
      return { event: 'seated', me: memberJson(event.me), others: event.others, returned: event.returned }
    case 'away':
      return { event: 'away', code: event.code, again: event.again }
    case 'lost':
      return { event: 'lost', ...lossJson(event.why), unsure: stretchJson(event.unsure), text: lossText(event.why) }
    case 'member':
      return { event: 'member', what: event.what, who: memberJson(event.who), was: event.was, instead: event.instead }
    case 'entry':
      return { event: 'entry', ...entryJson(event.entry) }
    case 'topic':
      return topicJson(event.topic)
    case 'gaps':
      return { event: 'gaps', gaps: event.gaps.map(gapJson) }
    case 'sent':
      return { event: 'sent', log: event.log, upTo: event.upTo, readers: event.readers }
    case 'delivered':
      return { event: 'delivered', log: event.log, upTo: event.upTo }
    case 'reset':
      return { event: 'reset', who: memberJson(event.who), times: event.times }
    case 'stepped':
      return { event: 'stepped', who: memberJson(event.who), epoch: event.epoch, heal: event.heal }
    case 'fingerprints':
      return fingerprintsJson(event)
    case 'verified':
      return { event: 'verified', who: memberJson(event.who) }
    case 'refused': {
      const { what, seat, name, code } = event.refusal
      return { event: 'refused', what, seat, name, code, times: event.times }
    }
    case 'alarm':
      return { event: 'alarm', ...alarmJson(event.alarm), text: alarmText(event.alarm) }
    case 'failed':
      return failedJson(event.command, event.fault, FAULTS[event.fault])
    case 'ended': {
      const { exit, text } = outcome(event.why)
      return { event: 'ended', ...endingJson(event.why), exit: EXIT[exit], text }
    }
  }
}

/** A command, or a line that is none (`command` null), was not carried out. */
export function failedJson(command: string | null, fault: string, text: string): JsonEvent {
  return { event: 'failed', command, fault, text }
}

/** The answer to `who`. */
export function membersJson(members: Iterable<MemberView>): JsonEvent {
  return { event: 'members', members: [...members].map(memberJson) }
}

/** The answer to `invite`. */
export function inviteJson(invite: Invite): JsonEvent {
  return { event: 'invite', invite: armor(invite) }
}

/**
 * Everything that a terminal would act on or hide, and an accent that would fall on the quote before its text; none of it is lost, for
 * JSON has an escape for each.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=")\p{M}/gu

/** An object as one line. */
export function jsonLine(json: JsonEvent): string {
  return JSON.stringify(json).replace(UNSAFE, escaped)
}

function escaped(char: string): string {
  return [...Array(char.length).keys()].map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
}

function memberJson(who: MemberView): JsonMember {
  const { seat, member, name, tag, clash, founder, me, confirmed, verified, presence } = who
  return { seat, member, name, tag, clash, founder, me, confirmed, verified, presence }
}

type JsonMember = { readonly [Key in keyof MemberView]: MemberView[Key] }

function entryJson({ log, n, who, kind, body, time, late, repaired, waiting, readers }: EntryView) {
  return { log, n, who: memberJson(who), kind, body, time, late, repaired, waiting, readers }
}

/** The topic in force; also the answer to `topic` without a text. */
export function topicJson({ text, by, time, locked }: TopicView): JsonEvent {
  return { event: 'topic', text, by: by === null ? null : memberJson(by), time, locked }
}

function gapJson({ log, name, from, to, by, unavailable }: GapView) {
  return { log, name, from, to, by, unavailable }
}

function fingerprintsJson({ room, members }: Event & { readonly is: 'fingerprints' }): JsonEvent {
  const forms = ({ words, digits, colours }: typeof room) => ({ words, digits, colours })
  return {
    event: 'fingerprints',
    room: forms(room),
    members: members.map(({ who, fingerprint }) => ({ who: memberJson(who), ...forms(fingerprint) })),
  }
}

function alarmJson(alarm: Alarm): { readonly [key: string]: Value } {
  if (alarm.is === 'silence') return { alarm: 'silence', name: null, member: null }
  const { name, member } = alarm
  switch (alarm.is) {
    case 'fork':
      return {
        alarm: 'fork',
        name,
        member,
        log: alarm.log,
        n: alarm.n,
        evidence: alarm.evidence.map((signed) => ({ ...signed })),
      }
    case 'roster':
      return { alarm: 'roster', name, member, seat: alarm.seat, who: alarm.who, hidden: alarm.hidden }
    case 'contradiction':
      return { alarm: 'contradiction', name, member, log: alarm.log, n: alarm.n, by: alarm.by }
    case 'changed_key':
      return { alarm: 'changed_key', name, member, verified: alarm.verified }
    case 'claim_fork':
      return { alarm: 'claim_fork', name, member, seat: alarm.seat, seq: alarm.seq }
    case 'not_allowed':
      return { alarm: 'not_allowed', name, member, kind: alarm.kind }
  }
}

function lossJson(why: Loss): { readonly [key: string]: Value } {
  return why.is === 'forgotten' ? { why: 'forgotten' } : endingJson(why)
}

function stretchJson(stretch: Stretch | null): Value {
  return stretch === null ? null : { log: stretch.log, from: stretch.from, upTo: stretch.upTo }
}

function endingJson(why: (Event & { readonly is: 'ended' })['why']): { readonly [key: string]: Value } {
  switch (why.is) {
    case 'left':
      return { why: 'left' }
    case 'closed':
      return { why: 'closed', by: memberJson(why.by) }
    case 'unreachable':
      return { why: 'unreachable', host: why.host }
    case 'silent':
      return { why: 'silent' }
    case 'disconnected':
      return { why: 'disconnected', code: why.code }
    case 'refused':
      return { why: 'refused', reason: why.reason }
    case 'version_mismatch':
      return { why: 'version_mismatch', mine: why.mine, relays: why.relays }
    case 'too_large_room':
      return { why: 'too_large_room', most: why.most }
  }
}
