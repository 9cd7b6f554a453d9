/**
 * What the compiled program does without a connection (docs/scripting.md, When the connection is lost): a cable that is cut, a relay that
 * is killed and started again, and leaving meanwhile.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { armor, parseInvite } from '#lib/crypto/invite.ts'
import { type RunningRelay, startServer } from '../../server/relay.ts'
import { binary } from '../harness/binaries.ts'
import { type Cable, cableTo } from '../harness/cable.ts'
import { field, Tacet } from '../harness/tacet.ts'
import { Terminal } from '../harness/terminal.ts'

setDefaultTimeout(60_000)

const cwd = mkdtempSync(join(tmpdir(), 'tacet-test-'))
let tacet = ''
beforeAll(async () => void (tacet = await binary('tacet')), 120_000)
afterAll(() => rmSync(cwd, { recursive: true }))

describe('a cable that is cut', () => {
  let relay: RunningRelay
  let cable: Cable
  /** Alice sits at the relay, bob at the end of the cable. */
  let alice: Tacet
  let bob: Tacet
  let invite = ''

  beforeAll(async () => {
    relay = startServer({ port: 0, maxRoomSize: 0 })
    cable = await cableTo(relay.port)
  })
  afterAll(async () => {
    await cable.stop()
    await relay.stop()
  })

  beforeEach(async () => {
    cable.mend()
    alice = await Tacet.start(['create', '--json', '--relay', `ws://127.0.0.1:${relay.port}/ws`, '--name', 'alice'])
    await alice.until('alice is in', () => alice.of('seated').length === 1)
    invite = armor({ ...parseInvite(field(alice.of('created')[0], 'invite')), url: cable.url })
    bob = await Tacet.start(['join', '--json', '--name', 'bob'], { TACET_INVITE: invite })
    await bob.until('alice is here', () => changes(bob).includes('arrived alice'))
    await alice.until('bob is here', () => changes(alice).includes('arrived bob'))
  })

  const changes = (who: Tacet) => who.of('member').map(({ what, who }) => `${field({ what }, 'what')} ${field(who, 'name')}`)

  async function cut(): Promise<void> {
    cable.cut()
    await bob.until('bob has no connection', () => bob.of('away').length > 0)
    await alice.until('alice sees it', () => changes(alice).includes('reconnecting bob'))
  }

  async function close(): Promise<void> {
    alice.send({ do: 'close' })
    expect(await alice.ended()).toEqual({ code: 0, stderr: '' })
  }

  test('loses nothing that was said on either side, and leaves bob who he was, verified', async () => {
    const [before] = alice.of('member')
    alice.send({ do: 'verify', member: field(before?.['who'], 'member') })
    await alice.until('bob is verified', () => alice.of('verified').length === 1)
    await cut()
    alice.say('said while bob was away')
    bob.say('one')
    bob.say('two')
    await bob.until('it is kept', () => bob.of('entry').filter(({ waiting }) => waiting === true).length === 2)
    cable.mend()
    await bob.until('bob hears it', () => bob.texts().includes('alice: said while bob was away'))
    await alice.until('alice hears it', () => alice.texts().length === 3)
    expect(alice.texts()).toEqual(['alice: said while bob was away', 'bob: one', 'bob: two'])
    expect(bob.of('seated').at(-1)).toMatchObject({ returned: true, others: 1 })
    expect(bob.of('sent')).toMatchObject([{ readers: 1 }])
    // One bob, also to alice.
    expect(changes(alice)).toEqual(['joining bob', 'arrived bob', 'reconnecting bob', 'returned bob'])
    const returned = alice.of('member').at(-1)
    expect(returned).toMatchObject({ who: { verified: true, confirmed: true }, instead: field(before?.['who'], 'seat') })
    expect(field(returned?.['who'], 'member')).toBe(field(before?.['who'], 'member'))
    await close()
    expect(await bob.ended()).toEqual({ code: 0, stderr: '' })
  })

  test('keeps nobody from leaving at once by a signal, whatever is kept', async () => {
    await cut()
    bob.say('never said')
    await bob.until('it is kept', () => bob.of('entry').length === 1)
    bob.signal('SIGTERM')
    expect(await bob.ended()).toEqual({ code: 0, stderr: '' })
    expect(bob.told.slice(-2)).toMatchObject([
      { event: 'failed', fault: 'not_sent' },
      { event: 'ended', why: 'left' },
    ])
    await close()
  })

  test('keeps nobody whose input ends, when nothing is kept', async () => {
    await cut()
    bob.end()
    expect(await bob.ended()).toEqual({ code: 0, stderr: '' })
    await close()
  })

  test('is waited for at the end of the input when something is kept, and that is said before the goodbye', async () => {
    await cut()
    bob.say('last words')
    bob.end()
    await bob.until('it is kept', () => bob.of('entry').length === 1)
    cable.mend()
    expect(await bob.ended()).toEqual({ code: 0, stderr: '' })
    await alice.until('bob left', () => changes(alice).at(-1) === 'left bob')
    expect(alice.texts()).toEqual(['bob: last words'])
    await close()
  })
})

describe('a relay that is killed and started again', () => {
  async function relayAt(port: number): Promise<Terminal> {
    const relay = await Terminal.open(['relay', '--port', String(port)])
    await relay.until(/listening on 127\.0\.0\.1:\d+/)
    return relay
  }

  const portOf = (relay: Terminal) => Number(/listening on 127\.0\.0\.1:(\d+)/.exec(relay.text)?.[1])

  /** Kills it, waits until `noticed`, and starts another in its place. */
  async function replace(relay: Terminal, noticed: () => Promise<unknown>): Promise<Terminal> {
    relay.signal('SIGKILL')
    await relay.ended()
    await noticed()
    return relayAt(portOf(relay))
  }

  test('is told as it goes; the room is made anew by one and found by the other', async () => {
    const relay = await relayAt(0)
    const url = `ws://127.0.0.1:${portOf(relay)}/ws`
    const alice = await Terminal.open(['create', '--plain', '--relay', url, '--name', 'alice', '--invite-file', 'lost.room'], {
      cwd,
    })
    await alice.until('you are in')
    const bob = await Terminal.open(['join', '--plain', 'lost.room', '--name', 'bob'], { cwd, columns: 200 })
    await bob.until('alice is here')
    await alice.until('bob is here')
    bob.type('/verify alice\n')
    await bob.until('alice is now marked as verified')

    const again = await replace(relay, async () => {
      await bob.until(/! connection lost, trying again in 1 s: the relay, or the network to it, is gone \(1006\)\n/)
      bob.type('are you there?\n')
      await bob.until('* kept, it is sent when you are back\n')
      bob.type('/rotate\n')
      await bob.until('! the connection is down: try again when it is back\n')
      await bob.until(/\* still no connection, trying again in \d s\n/)
    })
    await alice.until('/recreate makes the room anew')
    await bob.until('/recreate makes the room anew')
    expect(bob.text.match(/connection lost/g)).toHaveLength(1)
    alice.type('/recreate\n')
    await alice.until(/lost[^]*the invite is in the file that you named[^]*you are in, called alice/)
    bob.type('/join lost.room\n')
    await bob.until(/lost[^]*alice is here/)
    await alice.until(/you are in[^]*bob is here[^]*you are in[^]*bob is here/)
    await alice.until('bob: are you there?')
    alice.type('here again\n')
    await bob.until('alice: here again')
    bob.type('/who\n')
    await bob.until(/\* alice \([0-9A-Z]{6}\): here, founder, verified\n/)
    alice.type('/close\n/close\n')
    expect(await alice.ended()).toBe(0)
    expect(await bob.ended()).toBe(0)
    again.type('\u0003')
    expect(await again.ended()).toBe(0)
  })

  test('ends no script: it is told that the room is lost, is still answered, and goes when its input ends', async () => {
    const relay = await relayAt(0)
    const words = ['create', '--relay', `ws://127.0.0.1:${portOf(relay)}/ws`, '--name', 'alice']
    const script = Bun.spawn([tacet, ...words], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe', env: { PATH: '/usr/bin:/bin' } })
    const reader = script.stdout.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    async function printed(what: string): Promise<void> {
      while (!text.includes(what)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`never printed: ${what}\n${text}`)
        text += value
      }
    }
    await printed('you are in')
    const again = await replace(relay, () => printed('! connection lost, '))
    await printed('! the relay has lost the room')
    void script.stdin.write('/who\n')
    void script.stdin.flush()
    await printed('): you, founder\n')
    void script.stdin.end()
    await printed('* you left\n')
    expect(await script.exited).toBe(0)
    expect(await new Response(script.stderr).text()).toBe('')
    again.type('\u0003')
    await again.ended()
  })

  test('and asks for an admin token gets the program’s again, or another', async () => {
    const relay = startServer({ port: 0, adminToken: 'sesame' })
    const { port } = relay
    const words = ['create', '--json', '--relay', `ws://127.0.0.1:${port}/ws`, '--name', 'alice']
    const alice = await Tacet.start(words, { TACET_ADMIN_TOKEN: 'sesame' })
    const seated = (times: number) => alice.until('alice is in', () => alice.of('seated').length === times)
    const lost = (times: number) => alice.until('the room is lost', () => alice.of('lost').length === times)
    await seated(1)
    await relay.stop()
    const again = startServer({ port, adminToken: 'sesame' })
    await lost(1)
    alice.send({ do: 'recreate', adminToken: 'guess' })
    await lost(2)
    expect(alice.of('lost').at(-1)).toMatchObject({ why: 'refused', reason: 'forbidden' })
    alice.send({ do: 'recreate' })
    await seated(2)
    await again.stop()
    const another = startServer({ port, adminToken: 'other' })
    await lost(3)
    alice.send({ do: 'recreate' })
    await lost(4)
    alice.send({ do: 'recreate', adminToken: 'other' })
    await seated(3)
    alice.end()
    expect((await alice.ended()).code).toBe(0)
    await another.stop()
  })
})
