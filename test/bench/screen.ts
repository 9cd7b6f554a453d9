/**
 * What the full screen costs (docs/terminal.md): the compiled program at a real pty. Its first frame beside that of a program that draws one and
 * nothing else; what it spends while nothing happens, and hearing a flood of texts, beside a client without a screen in the same room, which
 * hears the same at the same time. Called by main.ts.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { armor, copyInvite, type Invite } from '#lib/crypto/invite.ts'
import { type Client, createClient } from '#lib/client/client.ts'
import { binary } from '../harness/binaries.ts'
import { startRelay } from '../harness/relay.ts'
import { type CpuMeter, cpuMeter } from './cpu.ts'
import type { Figure, Part, Row } from './report.ts'
import { spread } from './stats.ts'

export interface ScreenEffort {
  /** First frames of each program, in turns. */
  readonly frames: number
  /** How long it is looked at an idle program, ms. */
  readonly idle: number
  /** Texts that have been heard when it is looked again, rising. */
  readonly texts: readonly number[]
}

export const SCREEN: ScreenEffort = { frames: 21, idle: 20_000, texts: [5_000, 50_000] }

export async function screen({ frames, idle, texts }: ScreenEffort): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-bench-'))
  try {
    const first = await firstFrames(frames, folder)
    return { name: 'screen', about: ABOUT, rows: [first, ...(await inRoom(idle, texts))] }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const ABOUT =
  'The compiled program at a terminal of 80x24. The limit of the first frame: a program of the same runtime that writes one frame and nothing else. ' +
  'The limit of the others: `tacet join --json` in the same room, which hears the same and draws nothing.'

/** What was spent since the last look. */
interface Spent {
  readonly wall: Figure
  readonly cpu: Figure
  readonly memory: Figure
}

function rowOf(what: string, own: Spent, limit: Spent): Row {
  return {
    what,
    figures: {
      'time, ms': own.wall,
      'CPU, ms': own.cpu,
      'memory, MiB': own.memory,
      'limit: time, ms': limit.wall,
      'limit: CPU, ms': limit.cpu,
      'limit: memory, MiB': limit.memory,
    },
  }
}

async function firstFrames(rounds: number, folder: string): Promise<Row> {
  const programs = [
    { command: [await binary('tacet'), '--clean'], last: 'Ctrl-C leaves' },
    { command: [await compiled(folder)], last: 'and that is all' },
  ]
  const found: Single[][] = [[], []]
  for (let round = 0; round < rounds; round++)
    for (const [i, { command, last }] of programs.entries()) found[i]?.push(await firstFrame(command, last))
  const [own = [], limit = []] = found
  return rowOf('first frame', together(own), together(limit))
}

interface Single {
  readonly wall: number
  readonly cpu: number
  readonly memory: number
}

function together(rounds: readonly Single[]): Spent {
  return {
    wall: spread(rounds.map(({ wall }) => wall)),
    cpu: spread(rounds.map(({ cpu }) => cpu)),
    memory: spread(rounds.map(({ memory }) => memory)),
  }
}

async function compiled(folder: string): Promise<string> {
  const outfile = join(folder, 'bareframe')
  await Bun.build({
    entrypoints: [join(import.meta.dir, 'bareframe.ts')],
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
    minify: true,
    bytecode: true,
    format: 'esm',
  })
  return outfile
}

async function firstFrame(command: readonly string[], last: string): Promise<Single> {
  const began = performance.now()
  const shown = new Shown(command)
  await shown.until(last)
  const wall = performance.now() - began
  const single = { wall, cpu: cpuMeter()(shown.pid), memory: memoryOf(shown.pid) }
  await shown.end()
  return single
}

/** A program at a pty, whose bytes are looked at and not drawn: what a terminal spends is not measured. */
class Shown {
  readonly #child: Bun.Subprocess
  readonly #decoder = new TextDecoder()
  #text = ''
  #look: () => void = () => undefined

  constructor(command: readonly string[]) {
    this.#child = Bun.spawn([...command], {
      env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', HOME: '/nonexistent' },
      terminal: {
        cols: 80,
        rows: 24,
        data: (_terminal, bytes) => {
          // A few screens: enough for what is looked for.
          this.#text = (this.#text + this.#decoder.decode(bytes, { stream: true })).slice(-65_536)
          this.#look()
        },
      },
    })
  }

  get pid(): number {
    return this.#child.pid
  }

  type(keys: string): void {
    this.#child.terminal?.write(keys)
  }

  /** Resolves when that was written. */
  async until(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#look = () => {
      if (this.#text.includes(text)) resolve()
    }
    this.#look()
    await Promise.race([promise, this.#child.exited])
    if (!this.#text.includes(text)) throw new Error(`it ended without ${text}`)
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#child.exited
  }
}

/** The lines of a client without a screen. */
class Heard {
  readonly #child: Bun.Subprocess<'pipe', 'pipe', 'ignore'>
  #last = ''
  #look: () => void = () => undefined

  constructor(command: readonly string[], invite: Invite) {
    this.#child = Bun.spawn([...command], {
      env: { TACET_INVITE: armor(invite) },
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'ignore',
    })
    void this.#read()
  }

  get pid(): number {
    return this.#child.pid
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder()
    for await (const bytes of this.#child.stdout) {
      this.#last = (this.#last + decoder.decode(bytes, { stream: true })).slice(-65_536)
      this.#look()
    }
  }

  async until(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#look = () => {
      if (this.#last.includes(text)) resolve()
    }
    this.#look()
    await promise
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#child.exited
  }
}

/** Resident memory of a process, MiB. */
function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}

async function inRoom(idle: number, texts: readonly number[]): Promise<readonly Row[]> {
  const relay = await startRelay()
  const speaker = createClient()
  const folder = mkdtempSync(join(tmpdir(), 'tacet-bench-'))
  try {
    const invite = await created(speaker, relay.url)
    const file = join(folder, 'invite')
    await Bun.write(file, armor(invite))
    const tacet = await binary('tacet')
    const own = new Shown([tacet, 'join', file, '--name', 'screen', '--clean'])
    const limit = new Heard([tacet, 'join', '--json', '--stay', '--name', 'limit'], invite)
    try {
      await Promise.all([own.until('limit is here'), limit.until('"arrived"')])
      return await measured({ speaker, own, limit }, idle, texts)
    } finally {
      await own.end()
      await limit.end()
    }
  } finally {
    speaker.do({ do: 'leave', now: true })
    await relay.end()
    rmSync(folder, { recursive: true })
  }
}

interface Listening {
  readonly speaker: Client
  readonly own: Shown
  readonly limit: Heard
}

function created(client: Client, url: string): Promise<Invite> {
  return new Promise((resolve) => {
    client.on((event) => {
      if (event.is === 'created') resolve(copyInvite(event.invite))
    })
    client.do({ do: 'create', url, name: 'speaker', adminToken: null })
  })
}

/** Texts that are said at once: the next when both have them. What waits for a reader stays far below what the relay lets wait. */
const BURST = 500

async function measured({ speaker, own, limit }: Listening, idle: number, texts: readonly number[]): Promise<readonly Row[]> {
  const pids = [own.pid, limit.pid] as const
  let look = looked(pids)
  const row = (what: string, wall: number): Row => {
    const next = looked(pids)
    const [a, b] = pids.map((_, i) => ({
      wall,
      cpu: (next.cpu[i] ?? 0) - (look.cpu[i] ?? 0),
      memory: next.memory[i] ?? 0,
    }))
    look = next
    if (a === undefined || b === undefined) throw new Error('nothing was measured')
    return rowOf(what, a, b)
  }
  await Bun.sleep(idle)
  const rows = [row('idle', idle)]
  let said = 0
  for (const most of texts) {
    const began = performance.now()
    for (; said < most; said += BURST) {
      for (let i = said; i < said + BURST; i++) speaker.do({ do: 'say', text: `text number ${i} of many.`, class: null })
      const last = `text number ${said + BURST - 1} of many.`
      await Promise.all([own.until(last), limit.until(last)])
    }
    rows.push(row(`${most.toLocaleString('en')} texts heard`, performance.now() - began))
  }
  return rows
}

interface Look {
  readonly cpu: readonly number[]
  readonly memory: readonly number[]
}

function looked(pids: readonly number[], cpuOf: CpuMeter = cpuMeter()): Look {
  return { cpu: pids.map(cpuOf), memory: pids.map(memoryOf) }
}
