/**
 * The load of a fan-out, a process of its own: rooms at several servers, loaded one after the other in short slices, so that what else
 * happens on the machine meets all of them. Every frame that arrives is compared byte for byte. Started by fanout.ts with a `Load` as
 * its one argument; prints a `Loaded`.
 */
import { cpuMeter, type CpuMeter, ownCpu } from './cpu.ts'
import { Crowd, type ServerKind } from './crowd.ts'

export interface LoadedServer {
  readonly name: string
  readonly kind: ServerKind
  readonly port: number
  readonly pid: number
}

export interface Load {
  readonly servers: readonly LoadedServer[]
  readonly members: number
  readonly rooms: number
  /** Frames that a room's speaker sends at once. */
  readonly burst: number
  /** Bytes of a body, padded. */
  readonly bodyBytes: number
  /** Rounds that count, and rounds before them, in which a new process finds its pace. */
  readonly rounds: number
  readonly warming: number
  /** How long a server is loaded in a round, ms, and how long before that, uncounted. */
  readonly slice: number
  readonly lead: number
}

/** What a server did in one round. */
export interface Slice {
  readonly frames: number
  /** CPU of the server, of the loader, and time on the wall: ms. */
  readonly cpu: number
  readonly loaderCpu: number
  readonly wall: number
}

/** Rounds of each server, by its name. */
export type Loaded = Readonly<Record<string, readonly Slice[]>>

/** Well below the 20 s after which a silent socket is pinged. */
const STIR_MS = 5_000

async function measure(crowds: readonly Crowd[], pid: number, { slice, lead }: Load, cpuOf: CpuMeter): Promise<Slice> {
  for (const crowd of crowds) crowd.start()
  await Bun.sleep(lead)
  const read = () => ({
    frames: crowds.reduce((sum, crowd) => sum + crowd.delivered, 0),
    cpu: cpuOf(pid),
    loaderCpu: ownCpu(),
    wall: performance.now(),
  })
  const before = read()
  await Bun.sleep(slice)
  const after = read()
  await Promise.all(crowds.map((crowd) => crowd.stop()))
  return {
    frames: after.frames - before.frames,
    cpu: after.cpu - before.cpu,
    loaderCpu: after.loaderCpu - before.loaderCpu,
    wall: after.wall - before.wall,
  }
}

async function run(load: Load): Promise<Loaded> {
  const { servers, rooms, members, burst, bodyBytes } = load
  const places = await Promise.all(
    servers.map(async (server) => {
      const crowds: Crowd[] = []
      while (crowds.length < rooms) crowds.push(await Crowd.gather(server.port, server.kind, members, burst, bodyBytes))
      return { server, crowds, slices: [] as Slice[] }
    }),
  )
  const cpuOf = cpuMeter()
  let stirred = performance.now()
  for (let round = -load.warming; round < load.rounds; round++) {
    // Every other round the other way about, so that no server is always the one that comes first.
    for (const { server, crowds, slices } of round % 2 === 0 ? places : places.toReversed()) {
      const slice = await measure(crowds, server.pid, load, cpuOf)
      if (round >= 0) slices.push(slice)
    }
    if (performance.now() - stirred < STIR_MS) continue
    stirred = performance.now()
    for (const { crowds } of places) for (const crowd of crowds) crowd.stir()
  }
  for (const { crowds } of places) for (const crowd of crowds) crowd.close()
  return Object.fromEntries(places.map(({ server, slices }) => [server.name, slices]))
}

const load: Load = JSON.parse(process.argv[2] ?? '')
console.log(JSON.stringify(await run(load)))
