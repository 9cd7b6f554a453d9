/**
 * Throughput of a session: texts said by one member and heard by another, each end timed alone, the whole way from the command to the
 * frame and from the frame to the store, key steps included. Called by main.ts.
 */
import { EPOCH_MESSAGES } from '#lib/client/times.ts'
import { cpuOfWork } from './cpu.ts'
import { message, stepIn, stepOut } from './floor.ts'
import type { Part, Row } from './report.ts'
import { BenchRoom } from './room.ts'
import { spread } from './stats.ts'

export interface SessionCase {
  readonly members: number
  /** Of one text. */
  readonly bytes: number
  /** In a round: whole epochs, so that each round has its steps. */
  readonly texts: number
}

export interface SessionEffort {
  /** Rounds that count in each case, and rounds before them. */
  readonly rounds: number
  readonly warming: number
  /** Texts before all of it: so many until the engine has compiled what it will. */
  readonly start: number
  readonly cases: readonly SessionCase[]
}

export const SESSION: SessionEffort = {
  rounds: 9,
  warming: 1,
  start: 16_000,
  cases: [
    { members: 2, bytes: 100, texts: 1_000 },
    { members: 5, bytes: 100, texts: 500 },
    { members: 20, bytes: 100, texts: 200 },
    { members: 100, bytes: 100, texts: 50 },
    { members: 2, bytes: 1_000, texts: 500 },
    { members: 2, bytes: 10_000, texts: 200 },
    { members: 2, bytes: 60_000, texts: 50 },
  ],
}

/** Texts of a round before all of it. */
const START_ROUND = 1_000

/** CPU of one round, ms: each end, and the bare cryptography of each. */
interface Round {
  readonly said: number
  readonly heard: number
  readonly sayFloor: number
  readonly hearFloor: number
}

export function session(effort: SessionEffort): Part {
  const room = BenchRoom.of(2, 2)
  for (let texts = 0; texts < effort.start; texts += START_ROUND) takeRound(room, START_ROUND, 100)
  return {
    name: 'session',
    about:
      'Texts of one member, said and heard, per second of CPU of that end; `of limit`: the share of it that noble and node:crypto ' +
      'take for the same keys, seals and signatures and nothing else.',
    rows: effort.cases.map((one) => rowOf(one, effort)),
  }
}

function rowOf({ members, bytes, texts }: SessionCase, { rounds, warming }: SessionEffort): Row {
  const room = BenchRoom.of(members, 2)
  const taken: Round[] = []
  for (let round = -warming; round < rounds; round++) {
    const one = takeRound(room, texts, bytes)
    if (round >= 0) taken.push(one)
  }
  return {
    what: `${members} members, ${bytes.toLocaleString('en')} B`,
    figures: {
      'said/s': spread(taken.map(({ said }) => (texts / said) * 1000)),
      'said, of limit': spread(taken.map(({ said, sayFloor }) => sayFloor / said)),
      'heard/s': spread(taken.map(({ heard }) => (texts / heard) * 1000)),
      'heard, of limit': spread(taken.map(({ heard, hearFloor }) => hearFloor / heard)),
    },
  }
}

function takeRound(room: BenchRoom, texts: number, bytes: number): Round {
  const [speaker, hearer] = room.seats
  if (speaker === undefined || hearer === undefined) throw new Error('nobody there')
  const { entries } = hearer.client.store.view
  const before = entries.length
  const text = 'x'.repeat(bytes)
  const said = cpuOfWork(() => {
    for (let i = 0; i < texts; i++) speaker.say(text)
  })
  room.carry()
  const heard = cpuOfWork(() => void hearer.read())
  if (entries.length - before !== texts || hearer.client.store.view.refused > 0) throw new Error('texts were lost')
  room.deafen()
  room.rest()
  const { say, hear } = message(bytes)
  const steps = texts / EPOCH_MESSAGES
  const sayFloor = cpuOfWork(() => {
    for (let i = 0; i < texts; i++) say()
    for (let i = 0; i < steps; i++) stepOut(room.seats.length - 1)
  })
  const hearFloor = cpuOfWork(() => {
    for (let i = 0; i < texts; i++) hear()
    for (let i = 0; i < steps; i++) stepIn()
  })
  return { said, heard, sayFloor, hearFloor }
}
