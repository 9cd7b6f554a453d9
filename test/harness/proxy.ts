/**
 * A proxy between clients and a relay that writes down every frame: what whoever owns the relay could keep. Called by the end-to-end
 * tests. Frames pass unchanged and in order.
 */
import type { ServerWebSocket } from 'bun'

export interface Passed {
  /** Which connection, counted from 0 in order of arrival. */
  readonly connection: number
  readonly way: 'to relay' | 'from relay'
  readonly text: string
}

export interface Proxy {
  readonly url: string
  readonly passed: Passed[]
  stop(): Promise<void>
}

interface Pair {
  readonly connection: number
  upstream: WebSocket | null
  readonly early: string[]
}

export function recordingProxy(relay: string): Proxy {
  const passed: Passed[] = []
  let connections = 0
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, self): Response | undefined {
      const data: Pair = { connection: connections++, upstream: null, early: [] }
      return self.upgrade(request, { data }) ? undefined : new Response('no', { status: 400 })
    },
    websocket: {
      maxPayloadLength: 32 * 1024 * 1024,
      open(client: ServerWebSocket<Pair>) {
        const upstream = new WebSocket(relay)
        client.data.upstream = upstream
        upstream.addEventListener('open', () => client.data.early.splice(0).forEach((text) => upstream.send(text)))
        upstream.addEventListener('message', ({ data }) => {
          passed.push({ connection: client.data.connection, way: 'from relay', text: String(data) })
          client.send(String(data))
        })
        upstream.addEventListener('close', ({ code }) => client.close(code === 1005 ? 1000 : code))
      },
      message({ data }: ServerWebSocket<Pair>, message) {
        const text = String(message)
        passed.push({ connection: data.connection, way: 'to relay', text })
        if (data.upstream?.readyState === WebSocket.OPEN) data.upstream.send(text)
        else data.early.push(text)
      },
      close({ data }: ServerWebSocket<Pair>) {
        data.upstream?.close()
      },
    },
  })
  return { url: `ws://127.0.0.1:${server.port}/ws`, passed, stop: () => server.stop(true) }
}
