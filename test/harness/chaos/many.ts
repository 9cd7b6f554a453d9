/** Many seeds at once: processes that each take every so-manyth seed, since a run uses one core. Called by test/chaos.ts and its test. */
import { dirname } from 'node:path'
import type { Wishes } from './history.ts'
import type { Result } from './report.ts'

const PROGRAM = `${dirname(dirname(import.meta.dir))}/chaos.ts`

/** Runs seeds `from` up to `from + seeds - 1` in so many processes. Throws when one of them dies. */
export async function runMany(
  { from, seeds, jobs }: { readonly from: number; readonly seeds: number; readonly jobs: number },
  wishes: Wishes,
  each: (result: Result) => void = () => undefined,
): Promise<readonly Result[]> {
  const shares = Array.from({ length: jobs }, (_, job) => runShare(from + job, from + seeds - 1, jobs, wishes, each))
  const results = (await Promise.all(shares)).flat()
  return results.toSorted((a, b) => a.seed - b.seed)
}

async function runShare(
  from: number,
  last: number,
  step: number,
  { loss, members }: Wishes,
  each: (result: Result) => void,
): Promise<readonly Result[]> {
  const flags = [
    '--lines',
    '--from',
    from,
    '--last',
    last,
    '--step',
    step,
    '--loss',
    loss,
    ...(members === null ? [] : ['--members', members]),
  ]
  const child = Bun.spawn([process.execPath, PROGRAM, ...flags.map(String)], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const results: Result[] = []
  for await (const line of lines(child.stdout)) {
    const result: Result = JSON.parse(line)
    results.push(result)
    each(result)
  }
  const code = await child.exited
  if (code !== 0) throw new Error(`a process of chaos ended with ${code}`)
  return results
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of stream) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}
