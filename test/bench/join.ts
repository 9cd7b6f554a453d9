/**
 * What joining costs the newcomer: from the relay's `joined`, with a claim of each member, to the answers to their letters.
 * Called by main.ts.
 */
import { cpuOfWork } from './cpu.ts'
import { join as joinFloor } from './floor.ts'
import type { Part, Row } from './report.ts'
import { BenchRoom } from './room.ts'
import { spread } from './stats.ts'

export interface JoinEffort {
  readonly rounds: number
  readonly warming: number
  /** Members of the room, the newcomer included. */
  readonly members: readonly number[]
}

export const JOIN: JoinEffort = { rounds: 9, warming: 3, members: [2, 5, 20, 50] }

/** CPU of one join, ms. */
interface Round {
  readonly claims: number
  readonly letters: number
  readonly floor: number
}

export function join(effort: JoinEffort): Part {
  return {
    name: 'join',
    about: 'CPU of a newcomer, ms: to verify who is there, and to open and answer the letters of all.',
    rows: effort.members.map((members) => rowOf(members, effort)),
  }
}

function rowOf(members: number, { rounds, warming }: JoinEffort): Row {
  const room = BenchRoom.of(members - 1, 0)
  const counted: Round[] = []
  for (let round = -warming; round < rounds; round++) {
    const one = takeRound(room)
    if (round >= 0) counted.push(one)
  }
  return {
    what: `${members} members`,
    figures: {
      'join, ms': spread(counted.map(({ claims, letters }) => claims + letters)),
      'claims, ms': spread(counted.map(({ claims }) => claims)),
      'letters, ms': spread(counted.map(({ letters }) => letters)),
      'of limit': spread(counted.map(({ claims, letters, floor }) => floor / (claims + letters))),
    },
  }
}

function takeRound(room: BenchRoom): Round {
  const elders = room.seats.slice()
  const newcomer = room.join(true)
  const claims = cpuOfWork(() => void newcomer.read())
  room.carry()
  for (const elder of elders) elder.read()
  room.carry()
  const letters = cpuOfWork(() => void newcomer.read())
  room.settle()
  const here = [...newcomer.client.store.view.members.values()].filter(({ presence }) => presence === 'here')
  if (here.length !== room.seats.length) throw new Error('somebody did not answer')
  room.leave()
  room.rest()
  return { claims, letters, floor: cpuOfWork(() => joinFloor(elders.length)) }
}
