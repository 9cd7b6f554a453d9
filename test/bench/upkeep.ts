/**
 * What a room spends beside what is said in it: bytes of beats, of repair and of key renewal for each message, and in an hour in which nobody
 * speaks. Real sessions over the relay's rules in memory, on a clock turned by hand; all that is random has a seed. Called by main.ts.
 */
import { encodeFromRelay, encodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay, SealedFields, ToRelay } from '#lib/wire/frames.ts'
import type { Passage, Rule } from '../harness/net.ts'
import { seeded } from '../harness/random.ts'
import { type Person, World } from '../harness/world.ts'
import type { Part, Row } from './report.ts'

/** How a room talks. */
export interface Talk {
  /** Of all members together. */
  readonly linesPerMinute: number
  readonly minutes: number
}

export interface UpkeepEffort {
  readonly members: readonly number[]
  readonly talks: readonly Talk[]
  /** Of a hundred frames that the relay has for a member, so many are lost; each is a case. */
  readonly lost: readonly number[]
}

export interface IdleEffort {
  readonly members: readonly number[]
  /** How long nobody speaks. */
  readonly minutes: number
}

export const UPKEEP: UpkeepEffort = {
  members: [2, 8, 20],
  talks: [
    { linesPerMinute: 17, minutes: 10 },
    { linesPerMinute: 1, minutes: 30 },
  ],
  lost: [0, 5],
}

export const IDLE: IdleEffort = { members: [2, 8, 20], minutes: 60 }

/** Of one line: an ordinary one, which a frame of the smallest size holds. */
const LINE = 'x'.repeat(80)
/** All who came have each other's keys, and those that letters used are renewed, ms. */
const SETTLED_MS = 20_000
/** Everything that was lost is repaired by then, ms. */
const HEALED_MS = 120_000
const MINUTE = 60_000

/** For each line that somebody says. */
export function upkeep({ members, talks, lost }: UpkeepEffort): Part {
  return {
    name: 'upkeep',
    about:
      'Bytes of one line of 80 characters, and of what the room spends beside it, at all sockets together, there and back; `of a line`: ' +
      'as a share of the first.',
    rows: members.flatMap((count) => talks.flatMap((talk) => lost.map((share) => talkRow(count, talk, share)))),
  }
}

/** While nobody speaks. */
export function idle({ members, minutes }: IdleEffort): Part {
  return {
    name: 'idle',
    about: 'KB that one member sends and gets in an hour in which nobody speaks.',
    rows: members.map((count) => idleRow(count, minutes)),
  }
}

function talkRow(members: number, talk: Talk, lost: number): Row {
  const { world, people, meter } = roomOf(members)
  const dice = seeded(members * 1_000 + talk.linesPerMinute)
  const draw = () => (dice(2)[0] ?? 0) / 256
  const loses = seeded(members)
  if (lost > 0) world.rules.push(losing(() => ((loses(1)[0] ?? 0) * 100) / 256 < lost))
  const lines = talk.linesPerMinute * talk.minutes
  for (let line = 0; line < lines; line++) {
    // Between two lines twice the mean at most.
    world.advance(Math.round((draw() * 2 * MINUTE) / talk.linesPerMinute))
    const person = people[Math.floor(draw() * people.length)]
    if (person !== undefined) meter.say(person)
    world.settle()
    world.recording.length = 0
  }
  const { messages, beats, repair, keys } = meter.stop()
  world.rules.length = 0
  world.advance(HEALED_MS)
  expectAll(people, lines)
  const perLine = (bytes: number) => bytes / lines
  return {
    what: `${members} members, ${talk.linesPerMinute} a minute, ${lost === 0 ? 'nothing' : `${lost} %`} lost`,
    figures: {
      'a line, B': perLine(messages),
      'beats, B': perLine(beats),
      'beats, of a line': beats / messages,
      'repair, B': perLine(repair),
      'repair, of a line': repair / messages,
      'key renewal, B': perLine(keys),
    },
  }
}

function idleRow(members: number, minutes: number): Row {
  const { world, meter } = roomOf(members)
  for (let minute = 0; minute < minutes; minute++) {
    world.advance(MINUTE)
    world.recording.length = 0
  }
  const { messages, beats, repair, keys } = meter.stop()
  if (messages > 0) throw new Error('somebody spoke')
  const perHour = (bytes: number) => (bytes / members / minutes) * (60 / 1_000)
  return {
    what: `${members} members`,
    figures: { 'beats, KB': perHour(beats), 'repair, KB': perHour(repair), 'key renewal, KB': perHour(keys) },
  }
}

/** A room in which everybody has everybody's keys, and a meter that has just begun. */
function roomOf(members: number) {
  const world = new World(members)
  const people = Array.from({ length: members }, (_, i) => world.person(`member ${i + 1}`))
  const [founder, ...others] = people
  if (founder === undefined) throw new Error('a room of nobody')
  const invite = founder.create()
  for (const person of others) person.join(invite)
  world.advance(SETTLED_MS)
  world.recording.length = 0
  const meter = new Meter()
  world.rules = [meter.rule]
  return { world, people, meter }
}

/**
 * What the relay has for somebody is lost, signs of life excepted: who gets none takes its connection for dead and comes back, and what that
 * costs is no repair.
 */
function losing(isLost: () => boolean): Rule {
  return (passage) => (passage.way === 'from relay' && !isProbe(passage) && isLost() ? [] : [passage])
}

/** The empty frame of a client to itself, on its way back. */
function isProbe({ frame }: Passage): boolean {
  return frame.type === 'relay' && frame.payload === ''
}

function expectAll(people: readonly Person[], lines: number): void {
  for (const { client, events } of people) {
    if (events.some(({ is }) => is === 'away')) throw new Error('a connection was given up')
    const { entries, gaps } = client.store.view
    if (entries.length !== lines || gaps.length > 0) throw new Error('lines were lost')
  }
}

interface Bytes {
  /** What was said. */
  messages: number
  /** Beats, and the frames by which a client asks its relay for a sign of life. */
  beats: number
  /** Letters: what is missing, whose keys fell apart, who is shown whom. */
  repair: number
  /** What a step has beside the message or the beat in it, and keys announced apart. */
  keys: number
}

/**
 * Counts the texts on all sockets, there and back, by what they are for. What is sealed in them it cannot know: what goes out while
 * somebody says something is said, every other envelope a beat.
 */
class Meter {
  readonly #bytes: Bytes = { messages: 0, beats: 0, repair: 0, keys: 0 }
  /** Envelopes on their way, by their sealed signatures. */
  readonly #uses = new Map<string, 'messages' | 'beats'>()
  #saying = false
  #stopped = false

  readonly rule: Rule = (passage) => {
    if (!this.#stopped) this.#count(passage)
    return [passage]
  }

  say(person: Person): void {
    this.#saying = true
    person.client.do({ do: 'say', text: LINE, class: null })
    this.#saying = false
  }

  stop(): Readonly<Bytes> {
    this.#stopped = true
    return this.#bytes
  }

  #count(passage: Passage): void {
    const { frame } = passage
    const bytes = textOf(passage).length
    switch (frame.type) {
      case 'broadcast':
        this.#bytes[this.#useOf(frame)] += bytes
        break
      case 'ratchet_step':
      case 'ratchet_step_fwd': {
        const envelope = textOf(withoutKeys(passage)).length
        this.#bytes[this.#useOf(frame)] += envelope
        this.#bytes.keys += bytes - envelope
        break
      }
      case 'ek_update':
      case 'ek_update_fwd':
        this.#bytes.keys += bytes
        break
      case 'relay':
        this.#bytes[isProbe(passage) ? 'beats' : 'repair'] += bytes
        break
      default:
        throw new Error(`nobody comes or goes, and there was ${frame.type}`)
    }
  }

  #useOf({ sig }: SealedFields): 'messages' | 'beats' {
    const use = this.#uses.get(sig) ?? (this.#saying ? 'messages' : 'beats')
    this.#uses.set(sig, use)
    return use
  }
}

function textOf({ way, frame }: Way): string {
  return way === 'to relay' ? encodeToRelay(frame) : encodeFromRelay(frame)
}

type Way = { readonly way: 'to relay'; readonly frame: ToRelay } | { readonly way: 'from relay'; readonly frame: FromRelay }

/** The envelope of a step, as it would go without one. */
function withoutKeys({ way, frame }: Way): Way {
  if (way === 'to relay') {
    if (frame.type !== 'ratchet_step') return { way, frame }
    const { payload, meta, sig } = frame
    return { way, frame: { type: 'broadcast', payload, meta, sig } }
  }
  if (frame.type !== 'ratchet_step_fwd') return { way, frame }
  const { from, payload, meta, sig } = frame
  return { way, frame: { type: 'broadcast', from, payload, meta, sig } }
}
