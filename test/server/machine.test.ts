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

/** What strace is asked for: calls with a path, and those that change or make a file without naming one there. */
const TRACED = 'file,ftruncate,fallocate,fchmod,fchown,fsetxattr,bind,io_uring_setup'

/** System calls that make, change or remove something in a file system, or could do so unseen; devices and pipes are no files. */
function writes(trace: string): readonly string[] {
  const changing = new RegExp(
    String.raw`\b(?:creat|rename\w*|unlink\w*|mkdir\w*|rmdir|link\w*|symlink\w*|f?truncate|fallocate|mknod\w*|f?l?chmod\w*|f?l?chown\w*|` +
      String.raw`\w*setxattr|\w*removexattr|utime\w*|futimesat|mount|io_uring_setup)\(|\bbind\(.*AF_UNIX.*sun_path="`,
  )
  const opening = /\bopen(?:at2?)?\(.*\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b/
  const device = /"\/dev\/(?:null|tty|urandom)"|"\/proc\//
  return trace.split('\n').filter((line) => (opening.test(line) && !device.test(line)) || changing.test(line))
}

describe('on its machine, the relay', () => {
  test('would be caught by the reading of its trace', () => {
    const lines = [
      '12 openat(AT_FDCWD, "/tmp/x", O_RDONLY|O_CLOEXEC) = 3',
      '12 openat(AT_FDCWD, "/dev/null", O_RDWR) = 3',
      '12 openat(AT_FDCWD, "/tmp/x", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 3',
      '[pid 13] openat(AT_FDCWD, "log", O_RDWR|O_CLOEXEC) = 3',
      '13 openat(AT_FDCWD, "a (copy)", O_RDWR|O_CREAT, 0600 <unfinished ...>',
      '13 openat(AT_FDCWD, "/dev/shm/x", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3',
      '13 openat2(AT_FDCWD, "a", {flags=O_WRONLY|O_APPEND, resolve=0}, 24) = 3',
      '13 rename("a", "b") = 0',
      '13 unlinkat(AT_FDCWD, "a", 0) = 0',
      '13 fchownat(AT_FDCWD, "a", 0, 0, 0) = 0',
      '13 utimensat(AT_FDCWD, "a", NULL, 0) = 0',
      '13 lsetxattr("a", "user.x", "y", 1, 0) = 0',
      '13 ftruncate(3, 0) = 0',
      '13 bind(3, {sa_family=AF_UNIX, sun_path="/tmp/s"}, 110) = 0',
      '13 io_uring_setup(128, {flags=0}) = 3',
    ]
    const harmless = [
      '13 bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      '13 readlink("/proc/self/exe", "/x", 4095) = 2',
      '13 openat(AT_FDCWD, "/proc/self/oom_score_adj", O_RDWR) = 3',
    ]
    expect(writes([...lines, ...harmless].join('\n'))).toEqual(lines.slice(2))
  })

  forEachLauncher((launcher) => {
    test.skipIf(!needs('strace', 'strace'))('opens, makes and changes no file in a whole conversation', async () => {
      const trace = joinPath(folder, 'trace')
      // Daemonized, so that signals and the exit code are the relay's; its end of the output pipe tells when the trace is whole.
      const under = ['strace', '--daemonize', '--follow-forks', `--trace=${TRACED}`, `--output=${trace}`]
      const relay = await launcher.listen({ under })
      await converse(relay)
      expect((await relay.end()).code).toBe(0)
      const text = await readFile(trace, 'utf8')
      expect(text).toContain('execve(')
      expect(text).toContain('inet_addr("127.0.0.1")')
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
