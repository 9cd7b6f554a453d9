/**
 * `tacet verify-web`: whether a page is the one that this program was built with (docs/web.md, Which page is it). Called by main.ts.
 *
 * Whoever serves a page can change it, and may do so for one reader and not for another: what is checked is what came now, to this machine.
 */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { errnoOf } from './errno.ts'
import { Failure } from './exit.ts'

/** Bytes of a page, at most: ours is far smaller. */
const MOST = 4 * 1024 * 1024

/** Only a server that does not answer takes so long (ms). */
const PATIENCE = 20_000

/** What is told: that it is the same page. Throws `Failure`: usage when it cannot be read, failed when it is another, or there is none to compare with. */
export async function verifyWeb(what: string, own: string | null): Promise<string> {
  if (own === null)
    throw new Failure('failed', 'this program has no web client to compare with: `./run build` makes one that has it')
  const bytes = /^https?:/i.test(what) ? await fetched(what) : await read(what)
  const [found, expected] = [sha256(bytes), sha256(new TextEncoder().encode(own))]
  if (found === expected) return `the page is the one that this program was built with\nSHA-256 ${found}`
  throw new Failure('failed', `this is another page\n  its SHA-256       ${found}\n  this program’s    ${expected}`)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function read(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r')
    return await gathered(file.readableWebStream())
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure('usage', `the page cannot be read (${errnoOf(error)})`)
  }
}

async function fetched(url: string): Promise<Uint8Array> {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) })
  } catch {
    throw new Failure('unreachable', 'nobody answers at this address')
  }
  if (!response.ok || response.body === null) throw new Failure('failed', `there is no page at this address (${response.status})`)
  return gathered(response.body)
}

async function gathered(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    if (!(part instanceof Uint8Array)) continue
    size += part.length
    if (size > MOST) throw new Failure('failed', 'this is another page: it is far larger')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
