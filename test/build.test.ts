/** Tests of build.ts: what it takes, and what is inside the programs that it makes. */
import { beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { binary } from './harness/binaries.ts'

/** What every label of lib/crypto begins with: whatever seals or signs holds it. */
const CLIENT_MARK = 'tacet/1 '
/** A frame that the relay alone writes. */
const RELAY_MARK = 'room_created'

describe('a compiled program', () => {
  beforeAll(async () => void (await Promise.all([binary('tacet-relay'), binary('tacet')])), 120_000)

  test('that is the relay alone holds no client code', async () => {
    const program = await readFile(await binary('tacet-relay'))
    expect(program.includes(RELAY_MARK)).toBe(true)
    expect(program.includes(CLIENT_MARK)).toBe(false)
  })

  test('that is everything holds both', async () => {
    const program = await readFile(await binary('tacet'))
    expect(program.includes(RELAY_MARK)).toBe(true)
    expect(program.includes(CLIENT_MARK)).toBe(true)
  })
})

test('the build refuses a name that is no program', () => {
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, join(import.meta.dir, '../build.ts'), 'relay', 'nonsense'])
  expect(exitCode).toBe(1)
  expect(stderr.toString()).toBe('usage: ./run build [relay] [tacet]\n')
})
