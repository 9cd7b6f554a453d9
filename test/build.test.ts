/** Tests of build.ts: what it takes, and what is inside the programs that it makes. */
import { beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assembled } from '../build.ts'
import { binary } from './harness/binaries.ts'
import { runTacet } from './harness/tacet.ts'

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
  expect(stderr.toString()).toBe('usage: ./run build [relay] [web] [tacet]\n')
})

describe('the page', () => {
  const bundle = (script: string) => `<title>T</title><style>a{}</style><script type="module">${script}</script>`
  const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text)

  test('is the same to the byte, however often it is built', async () => {
    const first = await Bun.file(await binary('tacet.html')).text()
    const { exitCode } = Bun.spawnSync([process.execPath, join(import.meta.dir, '../build.ts'), 'web'])
    expect(exitCode).toBe(0)
    expect(await Bun.file(await binary('tacet.html')).text()).toBe(first)
  })

  test('asks for nothing from anywhere', async () => {
    const page = await Bun.file(await binary('tacet.html')).text()
    const beside = page.replace(/<script[^>]*>[^]*<\/script>/, '')
    expect(beside.match(/(?:src|href|url)\s*[=(]\s*["']?[^"')\s>]*/g)).toEqual(['href="data:,'])
  })

  test('has a policy that names its script and its style, and nothing else', () => {
    const page = assembled(bundle('go()'))
    expect(page).toContain(`script-src 'sha256-${sha256('go()').digest('base64')}';`)
    expect(page).toContain(`style-src 'sha256-${sha256('a{}').digest('base64')}';`)
    expect(page).toContain("default-src 'none';")
    expect(page).not.toMatch(/unsafe|\*/)
  })

  test.each([
    ['with a comment’s beginning in its script', bundle('"<!--<script>"')],
    ['with two scripts', bundle('go()') + bundle('go()')],
    ['without a script', '<style></style>'],
  ])('%s is not built', (_, made) => {
    expect(() => assembled(made)).toThrow(Error)
  })

  test('is in the program, which serves it and knows it again', async () => {
    const relay = Bun.spawn([await binary('tacet'), 'relay', '--web', '--port', '0'], { stdout: 'pipe', env: {}, cwd: '/' })
    const reader = relay.stdout.getReader()
    let boot = ''
    while (!boot.includes('next,')) boot += new TextDecoder().decode((await reader.read()).value)
    const url = /web client at (http:\S+)/.exec(boot)?.[1] ?? ''
    expect(await (await fetch(url)).text()).toBe(await Bun.file(await binary('tacet.html')).text())
    expect(await runTacet(['verify-web', url])).toMatchObject({ code: 0 })
    expect(await runTacet(['verify-web', await binary('tacet.html')])).toMatchObject({ code: 0 })
    relay.kill()
    const other = await runTacet(['verify-web', import.meta.path])
    expect(other).toMatchObject({ code: 1, stdout: '' })
    expect(other.stderr).toContain('this is another page')
    expect(await runTacet(['verify-web', '/no/such/file'])).toMatchObject({ code: 2 })
  })

  test('is not in the relay alone, which says so', async () => {
    const relay = Bun.spawnSync([await binary('tacet-relay'), '--web', '--port', '0'])
    expect(relay.exitCode).toBe(1)
    expect(relay.stderr.toString()).toContain('there is no web client in this program')
  })
})
