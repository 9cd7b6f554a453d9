/** Events as a session tells them, made by hand for the tests of what draws them. */
import type { Alarm, EntryView, Event, Loss, MemberView, Setback, Stretch } from '#lib/client/events.ts'
import { inviteOf } from './invites.ts'

/** Bob, who is here, or whoever the changes make of him. */
export function member(changes: Partial<MemberView> = {}): MemberView {
  return {
    seat: 'seat-of-bob',
    member: '0b'.repeat(16),
    name: 'bob',
    tag: 'K7WQ2M',
    clash: false,
    founder: false,
    me: false,
    confirmed: true,
    verified: false,
    presence: 'here',
    ...changes,
  }
}

/** Myself: alice, who made the room. */
export function me(changes: Partial<MemberView> = {}): MemberView {
  const mine = { seat: 'seat-of-alice', member: 'a1'.repeat(16), name: 'alice', tag: 'H5V7KW' }
  return member({ ...mine, founder: true, me: true, verified: true, ...changes })
}

/** Bob's first text, or what the changes make of it. */
export function entry(changes: Partial<EntryView> = {}): EntryView {
  const body = { text: 'hello' }
  return {
    log: 'seat-of-bob',
    n: 1,
    who: member(),
    kind: 'core.text',
    body,
    time: 0,
    seen: [],
    late: false,
    repaired: false,
    waiting: false,
    readers: 0,
    ...changes,
  }
}

const code = { words: Array(8).fill('word'), digits: Array(5).fill('01234'), colours: [0, 1, 2, 3, 4, 5, 6, 7] }

const bob = { name: 'bob', member: '0b'.repeat(16) }

export const ALARMS: { readonly [Is in Alarm['is']]: Extract<Alarm, { is: Is }> } = {
  fork: { is: 'fork', ...bob, log: 'seat-of-bob', n: 2, evidence: [{ entry: '{}', signature: 'c2ln' }] },
  contradiction: { is: 'contradiction', ...bob, log: 'seat-of-bob', n: 2, by: { name: 'carol', member: '0c'.repeat(16) } },
  claim_fork: { is: 'claim_fork', ...bob, seat: 'seat-of-bob', seq: 2 },
  changed_key: { is: 'changed_key', ...bob, verified: '0d'.repeat(16) },
  not_allowed: { is: 'not_allowed', ...bob, kind: 'core.close' },
  roster: { is: 'roster', ...bob, seat: 'seat-of-carol', who: null, hidden: 'from me' },
  silence: { is: 'silence' },
}

const BY_KIND: { readonly [Is in Setback['is']]: Extract<Setback, { is: Is }> } = {
  unreachable: { is: 'unreachable', host: 'relay.example' },
  silent: { is: 'silent' },
  disconnected: { is: 'disconnected', code: 1006 },
  refused: { is: 'refused', reason: 'not_found' },
  version_mismatch: { is: 'version_mismatch', mine: 1, relays: 2 },
  too_large_room: { is: 'too_large_room', most: 1_000 },
}

/** Every way in which it can fail to get into a room. */
export const SETBACKS: readonly Setback[] = Object.values(BY_KIND)

/** The relay has lost the room, or what was tried since did not work. */
export function lost(why: Loss = { is: 'forgotten' }, unsure: Stretch | null = null): Event & { readonly is: 'lost' } {
  return { is: 'lost', why, unsure }
}

const alarmOf = (alarm: Alarm) => ({ is: 'alarm', alarm }) as const

type Samples = { readonly [Is in Event['is']]: readonly [Extract<Event, { is: Is }>, ...Extract<Event, { is: Is }>[]] }

/** Every event there is, in every variant: a new one without a sample does not compile. */
export const SAMPLES: Samples = {
  dialing: [{ is: 'dialing', host: 'relay.example', goesOn: false }],
  created: [{ is: 'created', invite: inviteOf() }],
  seated: [{ is: 'seated', me: me(), others: 2, returned: false }],
  away: [{ is: 'away', code: 1006, again: 1_500 }],
  lost: [lost({ is: 'forgotten' }, { log: 'log-of-alice', from: 3, upTo: 4 }), ...SETBACKS.map((why) => lost(why))],
  member: [
    { is: 'member', what: 'present', who: member(), was: null, instead: null },
    { is: 'member', what: 'renamed', who: member(), was: 'robert', instead: null },
    { is: 'member', what: 'returned', who: member(), was: null, instead: 'former-seat-of-bob' },
  ],
  entry: [
    { is: 'entry', entry: entry() },
    { is: 'entry', entry: entry({ kind: 'org.example.poll', body: { question: 'tea?' } }) },
  ],
  topic: [
    { is: 'topic', topic: { text: 'tea at five', by: member(), time: 0, locked: true } },
    { is: 'topic', topic: { text: '', by: null, time: null, locked: false } },
  ],
  gaps: [
    { is: 'gaps', gaps: [{ log: 'seat-of-bob', name: 'bob', from: 2, to: 3, by: null, unavailable: false }] },
    { is: 'gaps', gaps: [] },
  ],
  sent: [{ is: 'sent', log: 'log-of-alice', upTo: 4, readers: 2 }],
  delivered: [{ is: 'delivered', log: 'log-of-alice', upTo: 4 }],
  reset: [{ is: 'reset', who: member(), times: 1 }],
  stepped: [{ is: 'stepped', who: member(), epoch: 1, heal: true }],
  fingerprints: [{ is: 'fingerprints', room: code, members: [{ who: member(), fingerprint: code }] }],
  verified: [{ is: 'verified', who: member({ verified: true }) }],
  refused: [
    { is: 'refused', refusal: { what: 'letter', seat: 'seat-of-bob', name: 'bob', code: 'bad_signature' }, times: 1 },
    { is: 'refused', refusal: { what: 'frame', seat: null, name: null, code: 'not_json' }, times: 10 },
  ],
  alarm: [alarmOf(ALARMS.fork), ...Object.values(ALARMS).slice(1).map(alarmOf)],
  failed: [{ is: 'failed', fault: 'too_large', command: 'say' }],
  ended: [
    { is: 'ended', why: { is: 'left' } },
    { is: 'ended', why: { is: 'closed', by: member({ founder: true }) } },
    ...SETBACKS.map((why) => ({ is: 'ended', why }) as const),
  ],
}

/** All of them. */
export const EVENTS: readonly Event[] = Object.values(SAMPLES).flat()
