/** How a run of the compiled program ends: every exit code, and what a person is told (docs/scripting.md, Exit codes). */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { armor, type Invite, parseInvite, qrText } from '#lib/crypto/invite.ts'
import { type RunningRelay, startServer } from '../../server/relay.ts'
import { binary } from '../harness/binaries.ts'
import { fakeRelay, type Manner } from '../harness/fakerelay.ts'
import { inviteOf } from '../harness/invites.ts'
import { field, type Run, runTacet, Tacet } from '../harness/tacet.ts'

setDefaultTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'tacet-test-'))
const path = (name: string) => join(folder, name)
let relay: RunningRelay
let guarded: RunningRelay

const urlOf = ({ port }: RunningRelay) => `ws://127.0.0.1:${port}/ws`
/** Where nothing listens: port 9 is for `discard`, which nobody runs. */
const NOWHERE = 'ws://127.0.0.1:9/ws'

beforeAll(async () => {
  await binary('tacet')
  relay = startServer({ port: 0, maxRoomSize: 2 })
  guarded = startServer({ port: 0, adminToken: 'sesame' })
}, 120_000)

afterAll(async () => {
  await Promise.all([relay.stop(), guarded.stop()])
  rmSync(folder, { recursive: true })
})

/** The invite of a room in which alice sits and listens. */
async function seatedRoom(url = urlOf(relay)): Promise<{ readonly alice: Tacet; readonly invite: Invite }> {
  const alice = await Tacet.start(['create', '--json', '--relay', url, '--name', 'alice'])
  await alice.until('alice is in', () => alice.of('seated').length === 1)
  return { alice, invite: parseInvite(field(alice.of('created')[0], 'invite')) }
}

function joining(invite: Invite | string, ...words: string[]): Promise<Run> {
  const text = typeof invite === 'string' ? invite : armor(invite)
  return runTacet(['join', '--name', 'bob', ...words], { env: { TACET_INVITE: text } })
}

describe('0', () => {
  test('for who leaves, or whose input ends', async () => {
    const { alice, invite } = await seatedRoom()
    const { code, stderr, stdout } = await joining(invite)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toEndWith('* you left\n')
    await alice.until('bob left', () => alice.of('member').at(-1)?.['what'] === 'left')
    alice.send({ do: 'leave' })
    expect(await alice.ended()).toEqual({ code: 0, stderr: '' })
  })

  test('for everybody when the founder closes the room, also with input that nobody ends', async () => {
    const { alice, invite } = await seatedRoom()
    const bob = await Tacet.start(['join', '--json', '--name', 'bob'], { TACET_INVITE: armor(invite) })
    await bob.until('alice is here', () => bob.of('member').at(-1)?.['what'] === 'arrived')
    alice.send({ do: 'close' })
    expect(await bob.ended()).toEqual({ code: 0, stderr: '' })
    expect(await alice.ended()).toEqual({ code: 0, stderr: '' })
    expect(bob.told.at(-1)).toMatchObject({ event: 'ended', why: 'closed', by: { name: 'alice', me: false } })
  })

  test.each([[['help']], [['--help']], [['help', 'join']], [['create', '--help']], [['--version']], [['help', 'relay']]])(
    'for %j, on standard output',
    async (words) => {
      const { code, stdout, stderr } = await runTacet(words)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(words[0] === '--version' ? /^Tacet v\d+\.\d+\.\d+ \(protocol 0x01\)\n$/ : /^usage: tacet/)
    },
  )

  test('after a relay that was stopped came back without the room, and the room was made anew', async () => {
    const short = startServer({ port: 0 })
    const { alice } = await seatedRoom(urlOf(short))
    await short.stop()
    await alice.until('no connection', () => alice.of('away').length > 0)
    expect(alice.of('away')[0]).toMatchObject({ code: 1001 })
    alice.say('meanwhile')
    await alice.until('kept', () => alice.of('entry').length === 1)
    expect(alice.of('entry')[0]).toMatchObject({ waiting: true })
    const again = startServer({ port: Number(new URL(urlOf(short)).port) })
    await alice.until('the room is lost', () => alice.of('lost').length > 0)
    alice.send({ do: 'recreate' })
    await alice.until('another room', () => alice.of('created').length === 2)
    const [first, second] = alice.of('created').map((created) => field(created, 'invite'))
    expect(second).not.toBe(first)
    const bob = await Tacet.start(['join', '--json', '--name', 'bob'], { TACET_INVITE: second ?? '' })
    await bob.until('what was written meanwhile', () => bob.texts().length === 1)
    expect(bob.texts()).toEqual(['alice: meanwhile'])
    for (const one of [alice, bob]) one.send({ do: 'leave' })
    expect([(await alice.ended()).code, (await bob.ended()).code]).toEqual([0, 0])
    await again.stop()
  })

  test('for who waits for others in an empty room is told that it is empty, and does not wait', async () => {
    const { alice, invite } = await seatedRoom()
    alice.send({ do: 'leave' })
    await alice.ended()
    const { code, stdout } = await joining(invite)
    expect(code).toBe(0)
    expect(stdout).toContain('* you are in, called bob; the room is empty, says the relay: nobody else is here\n')
  })
})

describe('1', () => {
  test.each([['create'], ['help'], ['--version']])('when the output of %s cannot be written', async (command) => {
    const flags = command === 'create' ? ['--relay', urlOf(relay), '--name', 'alice'] : []
    const words = [await binary('tacet'), command, ...flags]
    const child = Bun.spawn(['sh', '-c', '"$@" > /dev/full', 'sh', ...words], { stdin: 'ignore', stderr: 'pipe' })
    expect(await new Response(child.stderr).text()).toBe('tacet: the output cannot be written (ENOSPC)\n')
    expect(await child.exited).toBe(1)
  })

  test.each<readonly [string, Manner, string]>([
    ['closes at once', { closes: 1013 }, 'the relay takes no more rooms: try again later (1013)'],
    ['closes without a reason', { closes: 1000 }, 'the relay ended it (1000)'],
  ])('when a relay %s', async (_how, manner, reason) => {
    const fake = fakeRelay(manner)
    const { code, stderr } = await runTacet(['create', '--relay', fake.url, '--name', 'alice'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: `tacet: the connection is lost: ${reason}\n` })
    await fake.stop()
  })
})

describe('2, and nothing is dialed,', () => {
  test.each<readonly [readonly string[], string]>([
    [[], 'which command? create, join, open, relay, verify-web or help'],
    [['chat'], 'no such command: there are create, join, open, relay, verify-web and help'],
    [['create', '--nmae', 'alice'], 'there is no flag --nmae'],
    [['create'], 'a name is needed: --name NAME'],
    [['join', 'missing.room'], 'a name is needed: --name NAME'],
    [['create', '--name', 'a\u202eb'], 'a name cannot hold marks that turn the direction of text'],
    [['join', 'missing.room', '--name', 'bob'], 'the file with the invite cannot be read (ENOENT)'],
    [['join', '/', '--name', 'bob'], 'the file with the invite cannot be read (EISDIR)'],
    [
      ['create', '--name', 'alice', '--relay', 'http://127.0.0.1'],
      'relay addresses begin with wss://, not with http. One is wss://relay.example/ws',
    ],
    [
      ['create', '--name', 'alice', '--relay', NOWHERE, '--invite-file', '/'],
      'the file for the invite cannot be made (it exists, and nothing is overwritten)',
    ],
  ])('for tacet %j', async (words, why) => {
    const { code, stdout, stderr } = await runTacet(words)
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `tacet: ${why}\n'tacet help' says more\n` })
  })

  test('for an invite on the command line, with the reason', async () => {
    const { code, stdout, stderr } = await runTacet(['join', qrText(inviteOf()), '--name', 'bob'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('every user of this machine can read it there')
  })

  test('for a relay on another machine that is not encrypted, unless it is allowed', async () => {
    const plain = inviteOf('ws://192.0.2.1/ws')
    const { code, stderr } = await joining(plain)
    expect(code).toBe(2)
    expect(stderr).toContain('To go on all the same: --allow-plain')
  })

  test('for input that cannot be read', async () => {
    const words = [await binary('tacet'), 'create', '--relay', urlOf(relay), '--name', 'alice']
    const child = Bun.spawn(['sh', '-c', '"$@" < /', 'sh', ...words], { stdout: 'ignore', stderr: 'pipe' })
    expect(await new Response(child.stderr).text()).toStartWith('tacet: the input cannot be read (EISDIR)\n')
    expect(await child.exited).toBe(2)
  })
})

describe('3', () => {
  test('when nobody listens there; a file that waited for the invite is gone', async () => {
    const { code, stderr } = await runTacet([
      'create',
      '--relay',
      NOWHERE,
      '--name',
      'alice',
      '--invite-file',
      path('never.room'),
    ])
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'tacet: no relay answers at 127.0.0.1:9: is it running, and is the address right?\n',
    })
    expect(readdirSync(folder)).not.toContain('never.room')
  })

  test('when something listens there that is no relay', async () => {
    const web = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('a web page') })
    const { code, stderr } = await runTacet(['create', '--relay', `ws://127.0.0.1:${web.port}/ws`, '--name', 'alice'])
    expect(code).toBe(3)
    expect(stderr).toContain('no relay answers')
    await web.stop(true)
  })

  test('in JSON as an event, with nothing on standard error', async () => {
    const { code, stdout, stderr } = await runTacet(['create', '--json', '--relay', NOWHERE, '--name', 'alice'])
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ event: 'ended', why: 'unreachable', exit: 3 })
  })
})

describe('4', () => {
  test('when there is no such room', async () => {
    const { code, stderr } = await joining(inviteOf(urlOf(relay)))
    const why = 'the relay has no such room: it stood empty for too long, or the relay has been restarted'
    expect({ code, stderr }).toEqual({ code: 4, stderr: `tacet: ${why}\n` })
  })

  test('when the invite is of another room', async () => {
    const { alice, invite } = await seatedRoom()
    const { code, stderr } = await joining({ ...invite, roomSecret: new Uint8Array(16) })
    expect(code).toBe(4)
    expect(stderr).toContain('joining one takes the invite as it was handed out')
    alice.end()
    await alice.ended()
  })

  test('when the room is full', async () => {
    const { alice, invite } = await seatedRoom()
    const bob = await Tacet.start(['join', '--json', '--name', 'bob'], { TACET_INVITE: armor(invite) })
    await bob.until('bob is in', () => bob.of('seated').length === 1)
    const { code, stderr } = await joining(invite)
    expect({ code, stderr }).toEqual({ code: 4, stderr: 'tacet: the room is full\n' })
    for (const who of [alice, bob]) who.end()
    for (const who of [alice, bob]) await who.ended()
  })

  test('when the relay wants an admin token, and not with it', async () => {
    const words = ['create', '--relay', urlOf(guarded), '--name', 'alice']
    const { code, stderr } = await runTacet(words)
    expect(code).toBe(4)
    expect(stderr).toContain('making a room takes its admin token')
    expect((await runTacet(words, { env: { TACET_ADMIN_TOKEN: 'sesame' } })).code).toBe(0)
  })
})

describe('5, with both versions,', () => {
  const room = { roomId: '01'.repeat(16), roomSecret: 'AQEBAQEBAQEBAQEBAQEBAQ==' }
  const made = { type: 'room_created', ...room, serverVersion: 1 }
  const older = 'this client speaks protocol 0x01, the relay 0x00: the relay is too old'
  const newer = 'this client speaks protocol 0x01, the relay 0x02: this client is too old'
  test.each<readonly [string, Manner, string]>([
    ['refuses ours', { answers: { create: { type: 'error', reason: 'version_mismatch', serverVersion: 2 } } }, newer],
    [
      'refuses ours without naming its own',
      { answers: { create: { type: 'error', reason: 'version_mismatch' } } },
      'this client speaks protocol 0x01, the relay another one that it does not name',
    ],
    ['makes a room of another', { answers: { create: { ...made, serverVersion: 2 } } }, newer],
    ['lets in under an older one', { answers: { create: made, join: { type: 'joined', members: [], serverVersion: 0 } } }, older],
  ])('when the relay %s', async (_how, manner, why) => {
    const fake = fakeRelay(manner)
    const { code, stderr } = await runTacet(['create', '--relay', fake.url, '--name', 'alice'])
    expect({ code, stderr }).toEqual({ code: 5, stderr: `tacet: ${why}\n` })
    await fake.stop()
  })
})

describe('6, with what is wrong with the invite,', () => {
  const text = qrText(inviteOf())
  const damages = [
    ['cut short', text.slice(0, 100), 'the invite is cut short'],
    ['with a slip', `${text.slice(0, 80)}x${text.slice(81)}`, 'the invite is damaged: a character was changed or lost'],
    ['of a later version', armor(inviteOf()).replace('AQAA', 'AgAA'), 'the invite is of a version this client does not know'],
    ['not there', 'hello', 'there is no invite in this text'],
    [
      'one of two',
      `${text}\n${qrText({ ...inviteOf(), founder: new Uint8Array(16) })}`,
      'the text holds more than one invite: paste the one you mean',
    ],
  ] as const

  test.each([...damages])('in a file: %s', async (what, damaged, why) => {
    writeFileSync(path(what), damaged)
    const { code, stdout, stderr } = await runTacet(['join', path(what), '--name', 'bob'])
    expect({ code, stdout, stderr }).toEqual({ code: 6, stdout: '', stderr: `tacet: the file: ${why}\n` })
  })

  test('in TACET_INVITE', async () => {
    expect(await joining('hello')).toEqual({
      code: 6,
      stdout: '',
      stderr: 'tacet: TACET_INVITE: there is no invite in this text\n',
    })
  })

  test('on standard input, also when it is named', async () => {
    for (const words of [[], ['-']]) {
      const { code, stderr } = await runTacet(['join', '--name', 'bob', ...words], { input: text.slice(0, 100) })
      expect({ code, stderr }).toEqual({ code: 6, stderr: 'tacet: the input: the invite is cut short\n' })
    }
  })
})

// That it is given up by itself, after 20 s, is tested with a clock turned by hand: test/cli/talk.test.ts.
describe('a relay that does not answer can be left:', () => {
  test.each<readonly [string, Manner]>([
    ['one that says nothing', {}],
    ['one that talks nonsense', { opening: ['nonsense', '{"type":"peer_left","username":"x"}', new Uint8Array(10)] }],
  ])('%s', async (_how, manner) => {
    const fake = fakeRelay(manner)
    const alice = await Tacet.start(['create', '--json', '--relay', fake.url, '--name', 'alice'])
    await alice.until('alice dials', () => alice.of('dialing').length === 1)
    alice.signal('SIGINT')
    expect(await alice.ended()).toEqual({ code: 0, stderr: '' })
    await fake.stop()
  })
})
