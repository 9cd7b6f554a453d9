/**
 * A room of friends, and what each of them was shown: alarms, gaps, presence, resets, what came from memory. Called by the tests of attacks,
 * whose question is always what the members see.
 */
import type { Alarm, GapView, Presence } from '#lib/client/events.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { decodeFromRelay } from '#lib/wire/codec.ts'
import { type Person, World } from './world.ts'

/** alice's room with bob and carol in it, after the first keys have been renewed. */
export function friends(seed: number) {
  const world = new World(seed)
  const [alice, bob, carol] = [world.person('alice'), world.person('bob'), world.person('carol')]
  const invite = alice.create()
  bob.join(invite)
  carol.join(invite)
  world.advance(10_000)
  return { world, invite, alice, bob, carol }
}

export function alarms(person: Person): Alarm[] {
  return person.of('alarm').map(({ alarm }) => alarm)
}

/** What is missing, as last told. */
export function gapsOf(person: Person): readonly GapView[] {
  return person.of('gaps').at(-1)?.gaps ?? []
}

/** Texts that came from somebody's memory. */
export function repaired(person: Person): unknown[] {
  return person
    .entries()
    .filter((entry) => entry.repaired)
    .map(({ body }) => body['text'])
}

/** Texts in the order in which they are shown. */
export function shown(person: Person): unknown[] {
  return person.client.store.view.entries.filter(({ kind }) => kind === 'core.text').map(({ body }) => body['text'])
}

/** How often keys with somebody were handed over anew. */
export function resets(person: Person, name: string): number {
  return person.of('reset').filter(({ who }) => who.name === name).length
}

/** How somebody is shown. */
export function presence(person: Person, name: string): Presence | undefined {
  return [...person.client.store.view.members.values()].findLast((member) => member.name === name)?.presence
}

/** Frames that the relay gave to somebody, in order. */
export function given(world: World, owner: string): FromRelay[] {
  return world.recording
    .filter((record) => record.owner === owner && record.way === 'from relay')
    .map(({ text }) => decodeFromRelay(text))
}
