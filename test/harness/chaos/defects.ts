/**
 * Defects planted in sessions, not in the product: each breaks something that the rest makes up for in silence, and chaos must find it
 * all the same. Called by test/chaos.ts and its test.
 */
import { drawHistory, type Wishes } from './history.ts'
import type { Member } from './member.ts'
import { type Defect, type Outcome, run } from './run.ts'

/** Made anew for each run: a defect may remember what it saw. */
export const DEFECTS: Readonly<Record<string, () => Defect>> = {
  'no repair': () => giveNothing,
  'no held envelopes': () => dropHeld,
  'retired keys dropped': () => dropRetired,
  'a reused counter': setBackChains,
  'outbox order lost': () => reverseOutbox,
}

/** Nobody is given what came before it asks. */
function giveNothing({ room }: Member): void {
  for (const peer of room?.peers.values() ?? []) if (peer.floor !== null) peer.floor = room?.transcript.count ?? 0
}

function dropHeld({ room }: Member): void {
  if (room === null) return
  for (const peer of room.peers.values()) peer.held = []
  room.heldChars = 0
}

function dropRetired({ room }: Member): void {
  if (room !== null) room.me.keyring = { current: room.me.keyring.current, retired: [] }
}

/** Every third message of an epoch is sealed with the key of the one before it. */
function setBackChains(): Defect {
  const former = new WeakMap<Member, { epoch: number; key: Uint8Array; next: number }>()
  return (member) => {
    if (member.room === null) return
    const { epoch, chain } = member.room.sending
    const before = former.get(member)
    if (before?.epoch === epoch && before.next === 2 && chain.next === 3) {
      chain.key = before.key.slice()
      chain.next = 2
    }
    former.set(member, { epoch, key: chain.key.slice(), next: chain.next })
  }
}

function reverseOutbox({ room, session }: Member): void {
  if (session.at !== 'seated') room?.outbox.sort((a, b) => b - a)
}

/** The first of so many seeds that fails with the defect, and does not without it. */
export function firstFind(
  plant: () => Defect,
  { from, seeds }: { readonly from: number; readonly seeds: number },
  wishes: Wishes,
): { readonly seed: number; readonly outcome: Outcome } | null {
  for (let seed = from; seed < from + seeds; seed++) {
    const history = drawHistory(seed, wishes)
    const outcome = run(history, plant())
    if (outcome.problems.length > 0 && run(history).problems.length === 0) return { seed, outcome }
  }
  return null
}
