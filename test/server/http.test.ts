/** The relay contract, HTTP: the health check, the upgrade, and nothing else. */
import { describe, expect, test } from 'bun:test'
import { forEachRelay } from '../harness/relay.ts'
import { TestSocket } from '../harness/socket.ts'
import { createFrame } from '../harness/visits.ts'

describe('over HTTP', () => {
  forEachRelay([], (relay) => {
    const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${relay().port}${path}`, init)

    test('GET /health_check says OK to every origin', async () => {
      const response = await ask('/health_check')
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await response.text()).toBe('OK')
    })

    test('HEAD /health_check is the same without the body', async () => {
      const response = await ask('/health_check', { method: 'HEAD' })
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    })

    test('a query changes no route', async () => {
      expect(await (await ask('/health_check?verbose=1&x=/ws')).text()).toBe('OK')
      expect((await ask('/ws?room=x')).status).toBe(500)
      expect((await ask('/?/health_check')).status).toBe(404)
    })

    test.each(['GET', 'POST', 'HEAD', 'OPTIONS'])('%s /ws without an upgrade fails with 500', async (method) => {
      const response = await ask('/ws', { method })
      expect(response.status).toBe(500)
      expect(await response.text()).toBe(method === 'HEAD' ? '' : 'Upgrade failed')
    })

    test('/ws with an upgrade that is none fails with 500', async () => {
      const headers = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' }
      const response = await ask('/ws', { headers })
      expect(response.status).toBe(500)
      expect(await response.text()).toBe('Upgrade failed')
    })

    test('/ws with an upgrade is a socket, whatever the query says', async () => {
      const socket = await TestSocket.open(`${relay().url}?room=x`)
      socket.send(createFrame())
      await socket.next('room_created')
    })

    test('a socket is never compressed: a packed frame would tell more of what is sealed than a plain one', async () => {
      const socket = new WebSocket(relay().url)
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      socket.addEventListener('open', () => resolve(socket.extensions))
      socket.addEventListener('close', () => reject(new Error('refused')))
      expect(await promise).toBe('')
      socket.close()
    })

    test.each(['/', '/ws/', '/WS', '/health_check/', '/index.html', '/ws/../etc/passwd', '/%2e%2e/package.json'])(
      'GET %s is not found',
      async (path) => {
        const response = await ask(path)
        expect(response.status).toBe(404)
        expect(await response.text()).toBe('Not found')
      },
    )

    test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s /health_check is not found', async (method) => {
      expect((await ask('/health_check', { method })).status).toBe(404)
    })

    test.each([']:[', 'a b', 'x:99999', '%', 'x/y', '@@'])('a Host of %s changes nothing', async (Host) => {
      expect((await ask('/health_check', { headers: { Host } })).status).toBe(200)
      expect(await (await ask('/ws', { headers: { Host } })).text()).toBe('Upgrade failed')
      expect((await ask('/elsewhere', { headers: { Host } })).status).toBe(404)
      expect(await answered(relay().port, `GET /ws HTTP/1.1\r\nHost: ${Host}\r\n${UPGRADE}`)).toStartWith('HTTP/1.1 101 ')
    })

    test.each([
      ['no Host', 'GET /health_check HTTP/1.1\r\n\r\n'],
      ['no HTTP', 'OK?\r\n\r\n'],
      ['another protocol', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'],
      ['two lengths', 'POST /ws HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
      ['a header without end', `GET /health_check HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}`],
    ])('a request with %s is refused and hurts nobody', async (_, request) => {
      expect(await answered(relay().port, request)).toMatch(/^$|^HTTP\/1\.1 4\d\d /)
      expect((await ask('/health_check')).status).toBe(200)
    })

    test('an upgrade elsewhere is refused', async () => {
      expect((await ask('/', { headers: { Upgrade: 'websocket', Connection: 'Upgrade' } })).status).toBe(404)
    })
  })
})

const UPGRADE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGFjZXQgcmVsYXkgdGVzdA==\r\n\r\n'

/** What the relay answers to bytes: the head of its response, or nothing and a close. */
async function answered(port: number, request: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let heard = ''
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, bytes) {
        heard += bytes.toString('latin1')
        if (heard.includes('\r\n\r\n')) resolve(heard)
      },
      close: () => resolve(heard),
    },
  })
  socket.write(Buffer.from(request, 'latin1'))
  return promise.finally(() => socket.terminate())
}
