/** The web client from the relay (docs/running.md, The web client): at / alone, with headers that let nobody else near it, and only when it is asked for. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningRelay, startServer } from '../../server/relay.ts'

const PAGE = `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p>the page</p>`

let relay: RunningRelay
beforeAll(() => {
  relay = startServer({ port: 0, page: PAGE })
})
afterAll(() => relay.stop())

const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${relay.port}${path}`, init)

test('GET / is the page, with its own policy, and nobody may frame it', async () => {
  const response = await ask('/')
  expect(response.status).toBe(200)
  expect(await response.text()).toBe(PAGE)
  const { headers } = response
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('access-control-allow-origin')).toBeNull()
})

test('HEAD / is the same without the body; who takes no gzip gets none', async () => {
  expect((await ask('/', { method: 'HEAD' })).headers.get('content-security-policy')).toContain('frame-ancestors')
  const plain = await ask('/', { headers: { 'Accept-Encoding': 'identity' } })
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(await plain.text()).toBe(PAGE)
})

test.each(['POST', 'PUT', 'DELETE'])('%s / is not found', async (method) => {
  expect((await ask('/', { method })).status).toBe(404)
})

test.each(['/index.html', '/tacet.html', '/app', '/%2e%2e/tacet.html'])('GET %s is not found', async (path) => {
  expect((await ask(path)).status).toBe(404)
})

test('without it / is not found, as the contract has it', async () => {
  const bare = startServer({ port: 0 })
  expect((await fetch(`http://127.0.0.1:${bare.port}/`)).status).toBe(404)
  await bare.stop()
})
