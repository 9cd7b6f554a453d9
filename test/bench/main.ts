/**
 * What Tacet costs, beside what it cannot do without (docs/performance.md): `./run bench`, or `./run bench NAME …` for some parts.
 * Everything is on loopback and ends within minutes. Works on Linux, which tells the CPU of other processes.
 */
import { fanout, FANOUT } from './fanout.ts'
import { join, JOIN } from './join.ts'
import { type Part, toMarkdown } from './report.ts'
import { screen, SCREEN } from './screen.ts'
import { session, SESSION } from './session.ts'
import { step, STEP } from './step.ts'
import { idle, IDLE, upkeep, UPKEEP } from './upkeep.ts'

const PARTS: ReadonlyMap<string, () => Promise<Part>> = new Map([
  ['fanout', async () => fanout(FANOUT)],
  ['session', async () => session(SESSION)],
  ['step', async () => step(STEP)],
  ['join', async () => join(JOIN)],
  ['upkeep', async () => upkeep(UPKEEP)],
  ['idle', async () => idle(IDLE)],
  ['screen', async () => screen(SCREEN)],
])

const USAGE = `usage: ./run bench [--json] [PART …]

  fanout    frames that the relay delivers for its CPU, beside a bare Bun.serve
  session   texts that a client says and hears for its CPU
  step      what a key step costs, by members
  join      what joining costs the newcomer, by members
  upkeep    bytes of beats, repair and key renewal beside those of a line, by members
  idle      bytes of a member while nobody speaks, by members
  screen    the full screen: its first frame, doing nothing, hearing a flood

Without a part: all of them, in about six minutes. --json prints one object instead of tables.
`

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.includes('-h')) return say(USAGE, 0)
  const json = words.includes('--json')
  const names = words.filter((word) => word !== '--json')
  if (names.some((name) => !PARTS.has(name))) return say(USAGE, 1)
  const parts: Part[] = []
  for (const [name, run] of PARTS) {
    if (names.length > 0 && !names.includes(name)) continue
    const part = await run()
    parts.push(part)
    if (!json) say(`${toMarkdown(part)}\n`, 0)
  }
  const { bun } = process.versions
  if (json) say(`${JSON.stringify({ bun, cores: navigator.hardwareConcurrency, parts })}\n`, 0)
  return 0
}

function say(text: string, code: number): number {
  process.stdout.write(text)
  return code
}

process.exitCode = await main(process.argv.slice(2))
