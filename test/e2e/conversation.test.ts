/**
 * The first conversation, end to end: the compiled program as relay and as four clients, and a recording of every frame between them,
 * which is what the relay's owner has. Two more people are clients of glass, over sockets like the rest: what they hold can be looked
 * at, and tried on the recording.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { platformEdges } from '#lib/client/client.ts'
import type { Room } from '#lib/client/state.ts'
import { openClaim } from '#lib/crypto/claim.ts'
import { parseInvite } from '#lib/crypto/invite.ts'
import { envelopeOf } from '#lib/crypto/message.ts'
import { roomKeys } from '#lib/crypto/room.ts'
import { type Bytes, fromBase64, fromHex, fromUtf8, toBase64, utf8 } from '#lib/wire/bytes.ts'
import { decodeFromRelay, decodeToRelay } from '#lib/wire/codec.ts'
import type { ToRelay } from '#lib/wire/frames.ts'
import { binary } from '../harness/binaries.ts'
import { GlassClient } from '../harness/glass.ts'
import { type Proxy, recordingProxy } from '../harness/proxy.ts'
import { field, Tacet } from '../harness/tacet.ts'
import { attempt, confirming, type Known, knownFrom, openAnyWrap, openWithChains, sealedBytes, stolen } from '../harness/thief.ts'

const MESSAGES = 200
/** Texts of 1 to 170 bytes as JSON escapes them, with what JSON escapes. */
const MARK = 'meet "me" at the \\ harbour'
const NAMES = ['alice-of-the-north', 'bob-the-quiet', 'carol-who-leaves', 'dave-the-late'] as const
const GLASS_NAMES = ['mallory-who-leaves', 'erin-the-late'] as const
const GUESSED = 'the safe is behind the painting'

let relay: Awaited<ReturnType<typeof startRelay>>
let proxy: Proxy
let people: Record<'alice' | 'bob' | 'carol' | 'dave', Tacet>
let invite = ''
/** Of glass: one leaves when carol does, one comes when dave does. */
const [mallory, erin] = [new GlassClient(platformEdges()), new GlassClient(platformEdges())]
/** All that mallory held when she left, and erin when she had arrived. */
let leavers: Room
let latecomers: Room
/** How many frames had passed when they came and when she had left. */
let coming = 0
let leaving = 0
let guess: Known
let guessedAt = 0
const said: string[] = []

async function startRelay() {
  const child = Bun.spawn([await binary('tacet'), 'relay', '--port', '0'], { stdout: 'pipe', stderr: 'inherit' })
  const reader = child.stdout.getReader()
  let boot = ''
  while (!boot.includes('\n')) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`the relay ended: ${boot}`)
    boot += new TextDecoder().decode(value)
  }
  const port = /listening on 127\.0\.0\.1:(\d+)/.exec(boot)?.[1]
  return { child, url: `ws://127.0.0.1:${port}/ws` }
}

const arrived = (count: number) => (told: readonly { readonly event: string; readonly [key: string]: unknown }[]) =>
  told.filter(({ event, what }) => event === 'member' && what === 'arrived').length >= count

function joining(name: string): Promise<Tacet> {
  return Tacet.start(['join', '--json', '--name', name], { TACET_INVITE: invite })
}

async function joinGlass(client: GlassClient, name: string): Promise<void> {
  client.do({ do: 'join', invite: parseInvite(invite, { allowPlain: true }), name })
  await client.until(({ peers }) => peers.size > 0 && [...peers.values()].every((peer) => peer.in !== null && peer.out !== null))
}

/** A text of its own of so many bytes in JSON. */
function text(i: number): string {
  const whole = `${i} ${MARK} `
  let made = whole
  while (escaped(made) < 1 + ((i * 37) % 170)) made += 'x'
  return made
}

const escaped = (made: string) => JSON.stringify(made).length - 2

/** Everybody here says something in turn until `until` messages are said, and hears all of it. */
async function talkUntil(until: number, speakers: readonly (readonly [string, Tacet])[]): Promise<void> {
  while (said.length < until) {
    const [name, speaker] = speakers[said.length % speakers.length] ?? ['', people.alice]
    const next = text(said.length)
    speaker.say(next)
    said.push(`${name}: ${next}`)
    // Now and then everybody catches up, so that authors have seen each other.
    if (said.length % 9 === 0) await heard(speakers)
  }
  await heard(speakers)
}

async function heard(speakers: readonly (readonly [string, Tacet])[]): Promise<void> {
  const last = said.slice(-speakers.length)
  await Promise.all(
    speakers.map(([name, who]) =>
      who.until(`${name} hears ${last.length}`, () => last.every((one) => who.texts().includes(one))),
    ),
  )
}

beforeAll(async () => {
  relay = await startRelay()
  proxy = recordingProxy(relay.url)
  const alice = await Tacet.start(['create', '--json', '--relay', proxy.url, '--name', NAMES[0]])
  await alice.until('alice is in', () => alice.of('seated').length === 1)
  invite = field(alice.of('created')[0], 'invite')
  const bob = await joining(NAMES[1])
  await bob.until('bob arrives', arrived(1))
  const carol = await joining(NAMES[2])
  await carol.until('carol arrives', arrived(2))
  await joinGlass(mallory, GLASS_NAMES[0])
  await Promise.all([alice, bob, carol].map((who) => who.until('all are there', arrived(3))))
  people = { alice, bob, carol, dave: alice }
  const three = [
    [NAMES[0], alice],
    [NAMES[1], bob],
    [NAMES[2], carol],
  ] as const
  await talkUntil(90, three)
  bob.send({ do: 'rotate' })
  alice.send({ do: 'rotate' })
  await talkUntil(100, three)
  coming = proxy.passed.length
  people.dave = await joining(NAMES[3])
  await people.dave.until('dave arrives', arrived(4))
  await joinGlass(erin, GLASS_NAMES[1])
  latecomers = stolen(erin.room)
  await Promise.all(Object.values(people).map((who) => who.until('all are there', arrived(5))))
  await talkUntil(150, [...three, [NAMES[3], people.dave]])
  carol.send({ do: 'leave' })
  leavers = stolen(mallory.room)
  mallory.do({ do: 'leave', now: false })
  const gone = (who: Tacet) => who.until('both left', (told) => told.filter(({ what }) => what === 'left').length === 2)
  await Promise.all([gone(alice), gone(bob), gone(people.dave)])
  leaving = proxy.passed.length
  await talkUntil(MESSAGES, [
    [NAMES[0], alice],
    [NAMES[1], bob],
    [NAMES[3], people.dave],
  ])
  guess = await sayGuessed()
}, 120_000)

/** alice says a text that erin, who may read it, gives away to the letter. */
async function sayGuessed(): Promise<Known> {
  const { alice } = people
  const seat = field(alice.of('seated')[0]?.['me'], 'seat')
  const receiving = () => erin.room.peers.get(seat)?.in?.receiving
  // In an epoch of its own, so that the guessed one is no step.
  const epoch = receiving()?.epochs[0]?.epoch ?? 0
  alice.send({ do: 'rotate' })
  await erin.until(() => (receiving()?.epochs[0]?.epoch ?? 0) > epoch)
  const seen = structuredClone(receiving())
  guessedAt = proxy.passed.length
  alice.say(GUESSED)
  await people.bob.until('the guessed text', () => people.bob.texts().includes(`${NAMES[0]}: ${GUESSED}`))
  const sent = proxy.passed.slice(guessedAt).filter(({ way }) => way === 'to relay')
  const frame = sent.map(({ text: raw }) => decodeToRelay(raw)).find(({ type }) => type === 'broadcast')
  if (seen === undefined || frame?.type !== 'broadcast') throw new Error('erin heard nothing')
  return knownFrom(erin.room.keys.roomId, seen, frame)
}

afterAll(async () => {
  erin.do({ do: 'leave', now: true })
  for (const who of Object.values(people)) who.send({ do: 'leave' })
  for (const who of Object.values(people)) expect(await who.ended()).toEqual({ code: 0, stderr: '' })
  await proxy.stop()
  relay.child.kill()
  await relay.child.exited
}, 60_000)

/** Every field of every frame that passed, as text and, where it is base64, as bytes. */
function fields(): { readonly texts: Set<string>; readonly bytes: Bytes[] } {
  const texts = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.add(value)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        texts.add(key)
        collect(inner)
      }
    }
  }
  for (const passed of proxy.passed) collect(JSON.parse(passed.text))
  return { texts, bytes: [...texts].flatMap(decoded) }
}

function decoded(held: string): Bytes[] {
  try {
    return [fromBase64(held)]
  } catch {
    return []
  }
}

function sentFrames<T extends ToRelay['type']>(
  type: T,
): { readonly frame: ToRelay & { readonly type: T }; readonly text: string }[] {
  const sent = proxy.passed
    .filter(({ way }) => way === 'to relay')
    .map(({ text: raw }) => ({ frame: decodeToRelay(raw), text: raw }))
  return sent.filter((one): one is { frame: ToRelay & { readonly type: T }; text: string } => one.frame.type === type)
}

describe('200 messages, steps, a late joiner and a leaver', () => {
  test('arrive everywhere, once, in the order of each sender', () => {
    expect(said).toHaveLength(MESSAGES)
    const expected = { alice: said, bob: said, carol: said.slice(0, 150), dave: said.slice(100) }
    for (const who of ['alice', 'bob', 'carol', 'dave'] as const) {
      const texts = people[who].texts().filter((one) => !one.endsWith(GUESSED))
      expect(texts.toSorted()).toEqual(expected[who].toSorted())
      for (const name of NAMES) {
        const from = (one: string) => one.startsWith(`${name}: `)
        expect(texts.filter(from)).toEqual(expected[who].filter(from))
      }
    }
  })

  test('come without a refusal, an alarm or a gap', () => {
    for (const who of Object.values(people)) expect([...who.of('refused'), ...who.of('alarm'), ...who.of('gaps')]).toEqual([])
  })

  test('take several automatic steps besides those by hand', () => {
    expect(sentFrames('ratchet_step').length).toBeGreaterThanOrEqual(2 + 6)
    const byHand = people.alice.of('stepped').filter(({ heal }) => heal === true)
    expect(byHand).toHaveLength(3)
  })

  test('leave nothing readable in the recording: no name, text, kind, member or signing key', () => {
    const { texts, bytes } = fields()
    const { roomId, roomSecret, roomKey } = parseInvite(invite, { allowPlain: true })
    const signing = signingKeys(roomId, roomKey)
    expect(signing.length).toBeGreaterThanOrEqual(6)
    const members = people.alice.of('member').map(({ who }) => fromHex(field(who, 'member')))
    const words = [
      ...NAMES,
      ...GLASS_NAMES,
      GUESSED,
      'harbour',
      'core.text',
      'core.leave',
      'core.beat',
      '"kind"',
      '"text"',
      'tacet/1 ',
    ]
    const needles = [...words.map(utf8), ...signing, ...members, roomKey]
    for (const word of words) expect([...texts].filter((held) => held.includes(word))).toEqual([])
    const everything = Buffer.concat(bytes)
    // What is on the wire is found: the relay's own secret, which every join shows it.
    expect(everything.indexOf(roomSecret)).toBeGreaterThan(-1)
    expect(texts.has(toBase64(roomSecret))).toBe(true)
    expect(everything.length).toBeGreaterThan(300_000)
    for (const needle of needles) expect(everything.indexOf(needle)).toBe(-1)
  })

  test('have frames of one length, whoever spoke before and whatever was said, up to 170 bytes', () => {
    const lengths = sentFrames('broadcast').map(({ text: raw }) => raw.length)
    expect(lengths.length).toBeGreaterThan(150)
    expect(new Set(lengths).size).toBe(1)
  })

  test('have longer frames when they are longer: the measure sees', async () => {
    const before = proxy.passed.length
    people.alice.say('y'.repeat(2_000))
    await people.bob.until('a long text', () => people.bob.texts().some((one) => one.includes('yyyy')))
    const raw = proxy.passed.slice(before).find(({ way }) => way === 'to relay')?.text ?? ''
    const usual = sentFrames('broadcast')[0]?.text ?? ''
    const payload = (frame: string) => field(JSON.parse(frame), 'payload').length
    expect(payload(raw)).toBeGreaterThan(payload(usual))
  })

  test('go on without who left: every step after it names three receivers, and the leaver hears nothing more', () => {
    const after = proxy.passed
      .slice(leaving)
      .filter(({ way }) => way === 'to relay')
      .map(({ text: raw }) => decodeToRelay(raw))
    const steps = after.filter((frame) => frame.type === 'ratchet_step')
    expect(steps.length).toBeGreaterThanOrEqual(3)
    for (const step of steps) expect(Object.keys(step.payloads)).toHaveLength(3)
    expect(people.carol.texts()).toHaveLength(150)
  })
})

describe('the recording in the hands of', () => {
  const spoken = (from: number, to: number) =>
    proxy.passed
      .slice(from, to)
      .filter(({ way }) => way === 'to relay')
      .map(({ text: raw }) => decodeToRelay(raw))
      .filter((frame) => frame.type === 'broadcast' || frame.type === 'ratchet_step')
  const opened = (room: Room, frames: ReturnType<typeof spoken>) =>
    frames.filter((frame) => openWithChains(room, envelopeOf(frame)) !== null)
  const wraps = (room: Room, frames: ReturnType<typeof spoken>) =>
    frames.filter((frame) => frame.type === 'ratchet_step' && openAnyWrap(room, frame))

  test('the late joiner, with all its keys as she arrived and as they are now, opens no body from before', () => {
    const before = spoken(0, coming)
    expect(before.length).toBeGreaterThanOrEqual(100)
    for (const room of [latecomers, erin.room]) {
      expect(opened(room, before)).toEqual([])
      expect(wraps(room, before)).toEqual([])
    }
    expect(opened(latecomers, spoken(coming, leaving)).length).toBeGreaterThan(0) // the attempt sees
  })

  test('the leaver, with all she held, opens nothing sent after, neither bodies nor steps', () => {
    const after = spoken(leaving, proxy.passed.length)
    expect(after.length).toBeGreaterThan(50)
    expect(opened(leavers, after)).toEqual([])
    expect(wraps(leavers, after)).toEqual([])
  })

  test('the leaver, with every public key, confirms no guess of a later text, though it is right to the letter', () => {
    const members = [...leavers.peers.values()].map((peer) => peer.claim.member)
    const frames = proxy.passed
      .slice(guessedAt)
      .map(({ way, text: raw }) => (way === 'to relay' ? decodeToRelay(raw) : decodeFromRelay(raw)))
    expect(frames.length).toBeGreaterThanOrEqual(3)
    expect(fromUtf8(guess.entry)).toContain(GUESSED)
    expect(confirming(members, guess, sealedBytes(frames))).toEqual([])
  })
})

/** The signing keys in all claims that passed, opened as a member could. */
function signingKeys(roomId: Bytes, roomKey: Bytes): Bytes[] {
  const keys = roomKeys(roomId, roomKey)
  const seats = sentFrames('identify').map(({ frame }) => frame.username)
  const claims = [...sentFrames('identify'), ...sentFrames('ratchet_step')].map(({ frame }) => fromBase64(frame.claim))
  return claims.flatMap((claim) => seats.flatMap((seat) => attempt(() => [openClaim(keys, seat, claim, null).claim.key]) ?? []))
}
