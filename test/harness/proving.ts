/**
 * Letters that prove a pair secret, as an honest client's do, whatever they say; and what they are answered. Called by the tests of members
 * that ask too much or hand on what is not true.
 */
import { openLetter } from '#lib/crypto/letter.ts'
import { type LetterContent, letterOf, type StateLetter } from '#lib/client/letters.ts'
import { saltFor, sendNote } from '#lib/client/posting.ts'
import type { Effect } from '#lib/client/effects.ts'
import type { Peer } from '#lib/client/state.ts'
import type { GlassClient } from './glass.ts'
import { given } from './seen.ts'
import { seeded } from './random.ts'
import type { World } from './world.ts'

/** Whoever sits there, as a client of glass knows it. */
export function peerAt({ room }: GlassClient, seat: string): Peer {
  const peer = room.peers.get(seat)
  if (peer === undefined) throw new Error('no such peer')
  return peer
}

/** Writes a letter and gives it to its receiver. Says what came back, read by the keys of before. */
export function write(
  world: World,
  writer: GlassClient,
  to: { readonly owner: string; readonly seat: string },
  content: Exclude<LetterContent, StateLetter>,
): LetterContent[] {
  const { room } = writer
  const peer = peerAt(writer, to.seat)
  const keyring = structuredClone(room.me.keyring)
  const pairs = [...(peer.in === null ? [] : [peer.in.pair]), ...(peer.out?.pairs ?? []).map(({ secret }) => secret)].map(
    (pair) => pair.slice(),
  )
  const owner = world.ownerOf(room.me.seat) ?? ''
  const before = given(world, owner).length
  const effects: Effect[] = []
  sendNote(room, peer, content, saltFor(peer), { now: world.clock.now(), random: seeded(world.recording.length), effects })
  for (const effect of effects) {
    if (effect.do !== 'send' || effect.frame.type !== 'relay') continue
    world.inject(to.owner, { type: 'relay', from: room.me.seat, payload: effect.frame.payload })
  }
  world.settle()
  return given(world, owner)
    .slice(before)
    .flatMap((frame) => (frame.type === 'relay' && frame.from === to.seat ? [frame.payload] : []))
    .map((payload) =>
      letterOf(openLetter(room.keys, structuredClone(keyring), room.me.seat, to.seat, payload, peer.claim.member, pairs).content),
    )
}
