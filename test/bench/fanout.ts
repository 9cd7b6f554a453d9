/**
 * What the relay costs beside the least that could do the same: one member speaks, all others hear. The relay and a bare `Bun.serve` are
 * processes of their own, started anew for each set, and so is the loader; it loads one after the other in short slices. What is compared
 * is the CPU of the two servers for the frames that arrived. Called by main.ts.
 */
import { join } from 'node:path'
import { binary } from '../harness/binaries.ts'
import type { Load, Loaded, LoadedServer, Slice } from './loader.ts'
import type { Part, Row } from './report.ts'
import { spread } from './stats.ts'

export interface FanoutCase {
  readonly members: number
  readonly rooms: number
  /** Frames that each room's speaker sends at once; it sends the next when everybody has these. */
  readonly burst: number
}

export interface FanoutEffort extends Pick<Load, 'rounds' | 'warming' | 'slice' | 'lead'> {
  /** Times that the servers are started anew: one process may be luckier with its memory than another. */
  readonly sets: number
  readonly cases: readonly FanoutCase[]
  /** Also `dist/tacet-relay`, which is built when it is stale. */
  readonly compiled: boolean
}

export const FANOUT: FanoutEffort = {
  sets: 2,
  rounds: 6,
  warming: 2,
  slice: 250,
  lead: 50,
  compiled: true,
  cases: [
    // One frame on its way in each of many rooms, as people talk.
    { members: 2, rooms: 100, burst: 1 },
    { members: 20, rooms: 10, burst: 1 },
    { members: 100, rooms: 2, burst: 1 },
    // Many frames in few rooms, as files go: less of the system's work for each, so more of the relay's.
    { members: 2, rooms: 16, burst: 8 },
    { members: 20, rooms: 2, burst: 8 },
  ],
}

const ROOT = join(import.meta.dir, '../..')
/** The padded size of every short text, which makes frames of 1.8 KB. */
const BODY_BYTES = 1_024
const BARE = 'bare'
const RELAY = 'relay'
const COMPILED = 'tacet-relay'

export async function fanout(effort: FanoutEffort): Promise<Part> {
  const rows: Row[] = []
  for (const one of effort.cases) rows.push(await rowOf(one, effort))
  return {
    name: 'fan-out',
    about:
      'Frames delivered per second of server CPU, texts of up to 1 KiB padded: a bare `Bun.serve` that publishes the same bytes, the relay ' +
      'from source, and the compiled one. `ratio`: relay to bare in the same round.',
    rows,
  }
}

async function rowOf(one: FanoutCase, effort: FanoutEffort): Promise<Row> {
  const rounds: Loaded[] = []
  for (let set = 0; set < effort.sets; set++) rounds.push(await loadSet(one, effort))
  const slicesOf = (name: string) => rounds.flatMap((loaded) => loaded[name] ?? [])
  const [bare, relay, compiled] = [slicesOf(BARE), slicesOf(RELAY), slicesOf(COMPILED)]
  const ratio = (slices: readonly Slice[]) => spread(slices.map((slice, round) => perSecond(slice) / perSecond(bare[round])))
  return {
    what: `${one.members} members, ${one.rooms} rooms, ${one.burst} at once`,
    figures: {
      'bare/s': spread(bare.map(perSecond)),
      'relay/s': spread(relay.map(perSecond)),
      ratio: ratio(relay),
      ...(compiled.length > 0 ? { 'ratio, compiled': ratio(compiled) } : {}),
      'CPUs, relay': spread(relay.map(({ cpu, wall }) => cpu / wall)),
      'CPUs, loader': spread(relay.map(({ loaderCpu, wall }) => loaderCpu / wall)),
    },
  }
}

function perSecond(slice: Slice | undefined): number {
  return slice === undefined ? Number.NaN : (slice.frames / slice.cpu) * 1000
}

async function loadSet(one: FanoutCase, effort: FanoutEffort): Promise<Loaded> {
  const flags = ['--port', '0', '--max-room-size', '0']
  const bun = process.execPath
  const servers = [
    await start(BARE, 'bare', [bun, join(import.meta.dir, 'bare.ts')]),
    await start(RELAY, 'relay', [bun, join(ROOT, 'server/main.ts'), ...flags]),
  ]
  if (effort.compiled) servers.push(await start(COMPILED, 'relay', [await binary('tacet-relay'), ...flags]))
  try {
    const { rounds, warming, slice, lead } = effort
    return await load({ ...one, servers, bodyBytes: BODY_BYTES, rounds, warming, slice, lead })
  } finally {
    for (const server of servers) await server.end()
  }
}

interface Started extends LoadedServer {
  end(): Promise<void>
}

/** Starts a server and waits until it says its port. Throws Error when it does not. */
async function start(name: string, kind: LoadedServer['kind'], command: readonly string[]): Promise<Started> {
  const child = Bun.spawn([...command], { cwd: ROOT, env: {}, stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' })
  const end = async () => {
    child.kill()
    await child.exited
  }
  const decoder = new TextDecoder()
  let said = ''
  for await (const bytes of child.stdout) {
    said += decoder.decode(bytes, { stream: true })
    const port = /listening on \S+:(\d+)\n/.exec(said)?.[1]
    if (port !== undefined) return { name, kind, port: Number(port), pid: child.pid, end }
  }
  throw new Error(`${name} does not listen\n${said}`)
}

async function load(what: Load): Promise<Loaded> {
  const command = [process.execPath, join(import.meta.dir, 'loader.ts'), JSON.stringify(what)]
  const child = Bun.spawn(command, { cwd: ROOT, env: {}, stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' })
  const said = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error('the loader failed')
  return JSON.parse(said)
}
