/** What a key step costs the member that makes it and one that receives it, by the size of the room. Called by main.ts. */
import { cpuOfWork } from './cpu.ts'
import { stepIn, stepOut } from './floor.ts'
import type { Part, Row } from './report.ts'
import { BenchRoom } from './room.ts'
import { spread } from './stats.ts'

export interface StepEffort {
  readonly rounds: number
  readonly warming: number
  /** Steps in a round. */
  readonly steps: number
  readonly members: readonly number[]
}

export const STEP: StepEffort = { rounds: 7, warming: 2, steps: 5, members: [2, 5, 20, 100] }

/** CPU of one step, ms. */
interface Round {
  readonly made: number
  readonly taken: number
  readonly makeFloor: number
  readonly takeFloor: number
}

export function step(effort: StepEffort): Part {
  return {
    name: 'step',
    about: 'CPU of one key step, ms: of the member that makes it for all others, and of one that receives it.',
    rows: effort.members.map((members) => rowOf(members, effort)),
  }
}

function rowOf(members: number, { rounds, warming, steps }: StepEffort): Row {
  const room = BenchRoom.of(members, 2)
  const counted: Round[] = []
  for (let round = -warming; round < rounds; round++) {
    const one = takeRound(room, steps)
    if (round >= 0) counted.push(one)
  }
  return {
    what: `${members} members`,
    figures: {
      'made, ms': spread(counted.map(({ made }) => made)),
      'made, of limit': spread(counted.map(({ made, makeFloor }) => makeFloor / made)),
      'received, ms': spread(counted.map(({ taken }) => taken)),
      'received, of limit': spread(counted.map(({ taken, takeFloor }) => takeFloor / taken)),
    },
  }
}

function takeRound(room: BenchRoom, steps: number): Round {
  const [stepping, receiving] = room.seats
  if (stepping === undefined || receiving === undefined) throw new Error('nobody there')
  let stepped = 0
  const off = receiving.client.on((event) => {
    if (event.is === 'stepped') stepped++
  })
  const each = (work: () => void) => cpuOfWork(() => repeat(steps, work)) / steps
  const made = each(() => stepping.client.do({ do: 'rotate' }))
  room.carry()
  const taken = cpuOfWork(() => void receiving.read()) / steps
  off()
  if (stepped !== steps) throw new Error('steps were lost')
  room.deafen()
  room.rest()
  return { made, taken, makeFloor: each(() => stepOut(room.seats.length - 1)), takeFloor: each(stepIn) }
}

function repeat(times: number, work: () => void): void {
  for (let i = 0; i < times; i++) work()
}
