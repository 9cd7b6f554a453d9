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

    test('/ws without an upgrade fails with 500', async () => {
      const response = await ask('/ws')
      expect(response.status).toBe(500)
      expect(await response.text()).toBe('Upgrade failed')
    })

    test('/ws with an upgrade is a socket, whatever the query says', async () => {
      const socket = await TestSocket.open(`${relay().url}?room=x`)
      socket.send(createFrame())
      await socket.next('room_created')
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
    })

    test('an upgrade elsewhere is refused', async () => {
      expect((await ask('/', { headers: { Upgrade: 'websocket', Connection: 'Upgrade' } })).status).toBe(404)
    })
  })
})
