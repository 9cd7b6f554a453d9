/** What the relay does to the machine it runs on: it writes no file, and a compiled one does nothing that the current folder says. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { BROKEN_FRAMES } from '../harness/brokenframes.ts'
import { forEachLauncher, type TestRelay } from '../harness/relay.ts'
import { needs } from '../harness/tools.ts'
import { createRoom, keyOf, roomWith, seatOf, settled } from '../harness/visits.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'tacet-test-'))
})

afterAll(async () => rm(folder, { recursive: true }))

/** One of everything that a room can see. */
async function converse({ url }: TestRelay): Promise<void> {
  const { sockets } = await roomWith(url, 'alice', 'bob')
  const sealed = { payload: 'p'.repeat(100_000), meta: 'm', sig: 's' }
  const { ek, claim } = seatOf('alice')
  sockets[0].send({ type: 'broadcast', ...sealed })
  sockets[0].send({ type: 'relay', to: 'bob', payload: 'letter' })
  const payloads = { bob: { kemCt: 'ct', encSeed: 'seed', pn: 0 } }
  sockets[0].send({ type: 'ratchet_step', payloads, newEk: keyOf('n'), claim, ...sealed })
  sockets[0].send({ type: 'ek_update', ek, claim })
  for (const type of ['broadcast', 'relay', 'ratchet_step_fwd', 'ek_update_fwd'] as const) await sockets[1].next(type)
  for (const [, text] of BROKEN_FRAMES.slice(0, 20)) sockets[0].sendRaw(text)
  await settled(sockets[0], 'alice')
  await sockets[0].close()
  await sockets[1].next('peer_left')
}

/** System calls that make, change or remove something in a file system; devices and pipes are no files. */
function writes(trace: string): readonly string[] {
  const changing =
    /\b(?:creat|rename\w*|unlink\w*|mkdir\w*|rmdir|link\w*|symlink\w*|truncate|ftruncate|mknod\w*|chmod|fchmod\w*)\(/
  const opening = /\bopen(?:at2?)?\([^)]*\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b/
  return trace.split('\n').filter((line) => (opening.test(line) && !/"\/(?:dev|proc)\//.test(line)) || changing.test(line))
}

describe('on its machine, the relay', () => {
  test('would be caught by the reading of its trace', () => {
    const lines = [
      '12 openat(AT_FDCWD, "/tmp/x", O_RDONLY|O_CLOEXEC) = 3',
      '12 openat(AT_FDCWD, "/dev/null", O_RDWR) = 3',
      '12 openat(AT_FDCWD, "/tmp/x", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 3',
      '[pid 13] openat(AT_FDCWD, "log", O_RDWR|O_CLOEXEC) = 3',
      '13 rename("a", "b") = 0',
      '13 unlink("a") = 0',
    ]
    expect(writes(lines.join('\n'))).toEqual(lines.slice(2))
  })

  forEachLauncher((launcher) => {
    test.skipIf(!needs('strace', 'strace'))('opens, makes and changes no file in a whole conversation', async () => {
      const trace = joinPath(folder, 'trace')
      // Daemonized, so that signals and the exit code are the relay's; its end of the output pipe tells when the trace is whole.
      const under = ['strace', '--daemonize', '--follow-forks', '--trace=file,ftruncate,fchmod', `--output=${trace}`]
      const relay = await launcher.listen({ under })
      await converse(relay)
      expect((await relay.end()).code).toBe(0)
      const text = await readFile(trace, 'utf8')
      expect(text).toContain('execve(')
      expect(text).toContain('+++ exited with 0 +++')
      expect(writes(text)).toEqual([])
    })

    if (!launcher.compiled) return
    test('reads no bunfig.toml and no .env of the folder that it is started in', async () => {
      const cwd = await plantedFolder()
      const relay = await launcher.listen({ cwd })
      await createRoom(relay.url)
      const { code, stdout } = await relay.end()
      expect(code).toBe(0)
      expect(stdout).toStartWith('Tacet relay')
      expect(stdout).toContain('listening on 127.0.0.1:')
      expect(stdout).toContain('rooms of 20 members')
    })
  })

  test('would be caught by that folder: Bun itself does what it says', async () => {
    const cwd = await plantedFolder()
    const script = "console.log('HOST is', process.env.HOST)"
    const bun = Bun.spawnSync([process.execPath, '-e', script], { cwd, env: { PATH: process.env['PATH'] ?? '' } })
    expect(bun.stdout.toString()).toBe('preloaded\nHOST is 0.0.0.0\n')
  })
})

/** A folder with what a hostile repository or download could hold. */
async function plantedFolder(): Promise<string> {
  const planted = await mkdtemp(joinPath(folder, 'planted-'))
  await writeFile(joinPath(planted, 'preload.ts'), "console.log('preloaded')")
  await writeFile(joinPath(planted, 'bunfig.toml'), 'preload = ["./preload.ts"]\n')
  await writeFile(joinPath(planted, '.env'), 'ADMIN_TOKEN=planted\nMAX_ROOM_SIZE=7\nHOST=0.0.0.0\n')
  return planted
}
