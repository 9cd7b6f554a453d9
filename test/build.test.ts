/** Tests of build.ts: what it takes, and what is inside the programs that it makes. */
import { beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { binary } from './harness/binaries.ts'

/** A text of each layer that the relay has nothing to do with. That all of them are in `tacet` shows that they would be found. */
const CLIENT_MARKS = [
  ['lib/crypto', 'tacet/1 '],
  ['lib/crypto', '-----BEGIN TACET INVITE-----'],
  ['lib/room', 'entry too large'],
  ['lib/client', 'unknown_seat'],
  ['lib/text', 'the founder closed the room'],
  ['cli', 'nobody else is here to read that'],
  ['@noble/ciphers', 'arx: counter overflow'],
] as const
/** A frame that the relay alone writes. */
const RELAY_MARK = '"room_created"'

describe('a compiled program', () => {
  beforeAll(async () => void (await Promise.all([binary('tacet-relay'), binary('tacet')])), 120_000)

  test('that is the relay alone holds no client code', async () => {
    const program = await readFile(await binary('tacet-relay'))
    expect(program.includes(RELAY_MARK)).toBe(true)
    expect(CLIENT_MARKS.filter(([, mark]) => program.includes(mark))).toEqual([])
  })

  test('that is everything holds both', async () => {
    const program = await readFile(await binary('tacet'))
    expect(program.includes(RELAY_MARK)).toBe(true)
    expect(CLIENT_MARKS.filter(([, mark]) => !program.includes(mark))).toEqual([])
  })
})

test('the build refuses a name that is no program', () => {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, join(import.meta.dir, '../build.ts'), 'relay', 'nonsense'])
  expect(exitCode).toBe(1)
  expect(stderr.toString()).toBe('usage: ./run build [relay] [tacet]\n')
})
