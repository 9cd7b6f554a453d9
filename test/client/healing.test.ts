/**
 * Forward secrecy and healing at random moments: a member's whole state is copied, and tried on the recording. Beside it a twin of a client
 * that wipes nothing, on whose copies the same attempts have to succeed: else the test would see nothing.
 */
import { describe, expect, test } from 'bun:test'
import { envelopeOf } from '#lib/crypto/message.ts'
import type { Room } from '#lib/client/state.ts'
import { decodeFromRelay, decodeToRelay } from '#lib/wire/codec.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { trio } from '../harness/mallory.ts'
import { seeded } from '../harness/random.ts'
import { openAnyWrap, openWithChains, stolen } from '../harness/thief.ts'
import type { Recorded } from '../harness/world.ts'

const SEEDS = [...Array(12).keys()].map((i) => 700 + i)

type Spoken = FromRelay & { readonly type: 'broadcast' | 'ratchet_step_fwd' }

/** What came to mallory that was said to all. */
function envelopes(recording: readonly Recorded[]): Spoken[] {
  return recording
    .filter(({ owner, way }) => owner === 'mallory' && way === 'from relay')
    .map(({ text }) => decodeFromRelay(text))
    .filter((frame) => frame.type === 'broadcast' || frame.type === 'ratchet_step_fwd')
}

function steps(recording: readonly Recorded[]) {
  return recording
    .filter(({ way }) => way === 'to relay')
    .map(({ text }) => decodeToRelay(text))
    .filter((frame) => frame.type === 'ratchet_step')
}

/** How many of them open with any of the copies. */
function opened(copies: readonly Room[], frames: readonly Spoken[]): number {
  return frames.filter((frame) => copies.some((copy) => openWithChains(copy, envelopeOf(frame)) !== null)).length
}

/** A room that talks at random until somebody copies mallory's state, and heals. `copies` are all states she was in before. */
function story(seed: number) {
  const { world, alice, bob, mallory, act, say } = trio(seed)
  const dice = seeded(seed)
  const roll = (sides: number) => (dice(1)[0] ?? 0) % sides
  const copies: Room[] = []
  const talk = (turns: number) => {
    for (let i = 0; i < turns; i++) {
      copies.push(stolen(mallory.room))
      const acts = [
        () => alice.say(`a ${i}`),
        () => bob.say(`b ${i}`),
        () => say(`m ${i}`),
        () => alice.rotate(),
        () => world.advance(30_000),
      ]
      acts[roll(acts.length)]?.()
    }
  }
  talk(10 + roll(30))
  const copied = stolen(mallory.room)
  const before = envelopes(world.recording)
  // She steps, and the others step with what they say next.
  act({ do: 'rotate' })
  const healing = world.recording.length
  alice.say('healed')
  bob.say('healed too')
  const healed = world.recording.length
  for (let i = 0; i < 5; i++) {
    alice.say(`after ${i}`)
    bob.say(`after ${i}`)
    say(`after ${i}`)
  }
  alice.rotate()
  bob.say('a step of his own')
  return { copied, copies, before, steps: steps(world.recording.slice(healing)), after: envelopes(world.recording.slice(healed)) }
}

describe('a copy of a member’s whole state, taken at a random moment', () => {
  for (const seed of SEEDS) {
    test(`opens nothing from before, and nothing once she and the others have stepped (${seed})`, () => {
      const { copied, copies, before, steps: later, after } = story(seed)
      expect(before.length).toBeGreaterThan(3)
      expect(after.length).toBeGreaterThanOrEqual(10)
      expect(later.length).toBeGreaterThanOrEqual(2)
      expect(opened([copied], before)).toBe(0)
      expect(later.filter((step) => openAnyWrap(copied, step)).length).toBe(0)
      expect(opened([copied], after)).toBe(0)
      // The twin that wiped nothing has every state she was ever in: from those everything opens that did not itself come with a step.
      const messages = before.filter(({ type }) => type === 'broadcast')
      expect(messages.length).toBeGreaterThan(0)
      expect(opened(copies, messages)).toBe(messages.length)
    })
  }
})
