/** The relay as a program: help, version, exit codes, boot lines, flags over variables, signals. The same for every way to start it. */
import { describe, expect, test } from 'bun:test'
import { VERSION } from '#lib/wire/version.ts'
import manifest from '../../package.json' with { type: 'json' }
import { USAGE } from '../../server/flags.ts'
import { BROKEN_FRAMES } from '../harness/brokenframes.ts'
import { header, OPCODE, RawSocket } from '../harness/rawsocket.ts'
import { forEachLauncher } from '../harness/relay.ts'
import { TestSocket } from '../harness/socket.ts'
import { createFrame, createRoom, join, joinFrame, roomWith, seatOf } from '../harness/visits.ts'

/** True when a room of this relay refuses a second member. */
async function holdsOne(url: string): Promise<boolean> {
  const door = await createRoom(url)
  await join(url, door)
  const second = await TestSocket.open(url)
  second.send(joinFrame(door))
  return second.next('joined').then(
    () => false,
    () => true,
  )
}

async function createsWith(url: string, adminToken: string): Promise<boolean> {
  const socket = await TestSocket.open(url)
  socket.send({ ...createFrame(), adminToken })
  return socket.next('room_created').then(
    () => true,
    () => false,
  )
}

describe('the relay program', () => {
  test('has the version of package.json', () => {
    expect(VERSION).toBe(manifest.version)
  })

  forEachLauncher((launcher) => {
    test.each(['--help', '-h'])('%s prints the usage text and ends with 0', async (flag) => {
      expect(await launcher.run({ flags: [flag] })).toEqual({ code: 0, stdout: USAGE, stderr: '' })
    })

    test('--version prints version and protocol and ends with 0', async () => {
      const printed = { code: 0, stdout: `Tacet v${manifest.version} (protocol 0x01)\n`, stderr: '' }
      expect(await launcher.run({ flags: ['--version'] })).toEqual(printed)
    })

    test.each([
      [['--prot', '1']],
      [['--port', 'http']],
      [['--port']],
      [['--room-ttl=-1']],
      [['stray']],
      [['--port=1', '--port=2']],
    ])('%p ends with 1, says why and how, and starts nothing', async (flags) => {
      const { code, stdout, stderr } = await launcher.run({ flags })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^tacet relay: .+\n\n/)
      expect(stderr).toEndWith(USAGE)
    })

    test('prints the boot line and the limits that an operator needs', async () => {
      const relay = await launcher.listen()
      const { stdout, stderr } = await relay.end()
      expect(stdout).toStartWith(
        `Tacet relay v${manifest.version} (protocol 0x01) listening on 127.0.0.1:${relay.port}\n` +
          'rooms of 20 members, kept empty for 24 h, 100000 at most; frames to 2 MiB\n',
      )
      expect(stderr).toBe('')
    })

    test('prints nothing else, whatever is sent to it', async () => {
      const relay = await launcher.listen()
      const { sockets } = await roomWith(relay.url, 'alice', 'bob')
      for (const [, text] of BROKEN_FRAMES) sockets[0].sendRaw(text)
      sockets[0].send({ type: 'broadcast', payload: 'p', meta: 'm', sig: 's' })
      await sockets[1].next('broadcast')
      const { stdout, stderr } = await relay.end()
      expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('next, '))).toHaveLength(2)
      expect(stderr).toBe('')
    })

    test.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 at %s and tells its sockets that it goes away', async (signal) => {
      const relay = await launcher.listen()
      const socket = await TestSocket.open(relay.url)
      expect((await relay.end(signal)).code).toBe(0)
      expect(await socket.closed).toBe(1001)
    })

    test('minds nothing when its output cannot be written', async () => {
      const under = ['sh', '-c', 'exec "$@" > /dev/full', 'sh']
      expect(await launcher.run({ flags: ['--help'], under })).toEqual({ code: 0, stdout: '', stderr: '' })
    })

    test('on a port in use ends with 1 and one line', async () => {
      const relay = await launcher.listen()
      expect(await launcher.run({ flags: ['--port', String(relay.port)] })).toEqual({
        code: 1,
        stdout: '',
        stderr: `tacet relay: cannot listen on 127.0.0.1:${relay.port}: the port is in use\n`,
      })
      await relay.end()
    })

    test('on an address that is not this machine’s ends with 1 and one line', async () => {
      const { code, stdout, stderr } = await launcher.run({ flags: ['--port', '0', '--host', '192.0.2.1'] })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toBe('tacet relay: cannot listen on 192.0.2.1:0: not an address of this machine\n')
    })

    test('ends at once though a member does not read, a frame is half sent and a request has no end', async () => {
      const relay = await launcher.listen()
      const { door, sockets } = await roomWith(relay.url, 'alice', 'bob')
      const slow = await RawSocket.open(relay.port)
      slow.sendText(JSON.stringify(joinFrame(door)))
      slow.sendText(JSON.stringify({ type: 'identify', ...seatOf('slow') }))
      for (const socket of sockets) await socket.next('peer_joined')
      slow.pause()
      for (let i = 0; i < 16; i++) {
        sockets[0].send({ type: 'broadcast', payload: 'p'.repeat(1024 ** 2), meta: 'm', sig: 's' })
        await sockets[1].next('broadcast')
      }
      const half = await RawSocket.open(relay.port)
      half.write(header(OPCODE.text, 1_000_000, true, true))
      const request = await Bun.connect({ hostname: '127.0.0.1', port: relay.port, socket: { data: () => undefined } })
      request.write('GET /ws HTTP/1.1\r\nHost: ')
      const asked = performance.now()
      expect((await relay.end()).code).toBe(0)
      expect(performance.now() - asked).toBeLessThan(5_000)
    })

    test('is reached on 127.0.0.1 and no other address by default', async () => {
      const relay = await launcher.listen()
      const ask = (host: string): Promise<boolean> =>
        fetch(`http://${host}:${relay.port}/health_check`).then(
          ({ ok }) => ok,
          () => false,
        )
      expect(await Promise.all(['127.0.0.1', '127.0.0.2', '[::1]'].map(ask))).toEqual([true, false, false])
      await relay.end()
    })

    test('puts an IPv6 address in brackets', async () => {
      const { code, stderr } = await launcher.run({ flags: ['--port', '0', '--host', '2001:db8::1'] })
      expect(code).toBe(1)
      expect(stderr).toStartWith('tacet relay: cannot listen on [2001:db8::1]:0: ')
    })

    test('takes its settings from variables', async () => {
      const env = { PORT: '0', HOST: '0.0.0.0', MAX_ROOM_SIZE: '0', ROOM_TTL: '0', ADMIN_TOKEN: 'token' }
      const relay = await launcher.listen({ env })
      expect(await createsWith(relay.url, 'wrong')).toBe(false)
      expect(await createsWith(relay.url, 'token')).toBe(true)
      const { stdout } = await relay.end()
      expect(stdout).toContain(` listening on 0.0.0.0:${relay.port}\n`)
      // `tacet relay` says what to do next, with an address that can be dialled.
      const next = `next, in another terminal: tacet create --relay ws://127.0.0.1:${relay.port}/ws --name NAME`
      expect(['', next]).toContain(stdout.split('\n').slice(2).join('\n').trimEnd())
      expect(stdout).toContain('rooms of any size, kept empty until the relay ends, ')
    })

    test('lets a flag win over its variable', async () => {
      const env = { HOST: '0.0.0.0', MAX_ROOM_SIZE: '5', ROOM_TTL: '5', ADMIN_TOKEN: 'of env' }
      const flags = ['--host', '127.0.0.1', '--max-room-size', '1', '--room-ttl', '0.5', '--admin-token', 'of flag']
      const relay = await launcher.listen({ env, flags })
      expect(await createsWith(relay.url, 'of env')).toBe(false)
      expect(await createsWith(relay.url, 'of flag')).toBe(true)
      const { stdout } = await relay.end()
      expect(stdout).toContain(` listening on 127.0.0.1:${relay.port}\nrooms of 1 members, kept empty for 0.5 h, `)
    })

    test('lets an empty admin token win over its variable: everybody may create', async () => {
      const relay = await launcher.listen({ env: { ADMIN_TOKEN: 'of env' }, flags: ['--admin-token='] })
      expect(await createsWith(relay.url, '')).toBe(true)
      await relay.end()
    })

    test('holds its rooms to the size it was given', async () => {
      const relay = await launcher.listen({ env: { MAX_ROOM_SIZE: '1' } })
      expect(await holdsOne(relay.url)).toBe(true)
      await relay.end()
    })

    test('takes the default for a variable that holds garbage', async () => {
      const relay = await launcher.listen({ env: { MAX_ROOM_SIZE: 'many', HOST: ' ', ADMIN_TOKEN: '' } })
      expect(await createsWith(relay.url, '')).toBe(true)
      expect((await relay.end()).stdout).toContain(`127.0.0.1:${relay.port}\nrooms of 20 members, `)
    })
  })
})
