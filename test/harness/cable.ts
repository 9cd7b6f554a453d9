/** A cable between clients and a relay that tests can cut: every connection breaks off, and none is made until it is mended. */
import { createServer, connect, type Socket } from 'node:net'

export interface Cable {
  /** Of the relay, over this cable. */
  readonly url: string
  cut(): void
  mend(): void
  stop(): Promise<void>
}

/** A cable to the relay that listens on a port of this machine. */
export async function cableTo(port: number): Promise<Cable> {
  const ends = new Set<Socket>()
  let isCut = false
  const server = createServer((client) => {
    if (isCut) return client.destroy()
    const relay = connect(port, '127.0.0.1')
    for (const end of [client, relay]) {
      ends.add(end)
      // A broken end breaks the other.
      end.on('error', () => end.destroy())
      end.on('close', () => [client, relay].forEach((one) => ends.delete(one) && one.destroy()))
    }
    return client.pipe(relay).pipe(client)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the cable has no port')
  const cut = () => {
    isCut = true
    for (const end of ends) end.destroy()
  }
  return {
    url: `ws://127.0.0.1:${address.port}/ws`,
    cut,
    mend: () => void (isCut = false),
    async stop() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
