/** Relays that are none, for tests of what a client says to them: each answers a connection, or what comes over it, in one way. */

export interface FakeRelay {
  readonly url: string
  stop(): Promise<void>
}

/** What a relay does with a connection: answers when it opens, answers each frame, or closes it with a code. */
export interface Manner {
  readonly opening?: readonly (string | Uint8Array<ArrayBuffer>)[]
  readonly answers?: Readonly<Record<string, object>>
  readonly closes?: number
}

/** A WebSocket server with bad manners, on loopback. */
export function fakeRelay({ opening = [], answers = {}, closes }: Manner): FakeRelay {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('no', { status: 404 })),
    websocket: {
      open(socket) {
        for (const frame of opening) socket.send(frame)
        if (closes !== undefined) socket.close(closes)
      },
      message(socket, frame) {
        const { type }: { readonly type: string } = JSON.parse(String(frame))
        const answer = Object.hasOwn(answers, type) ? answers[type] : undefined
        if (answer !== undefined) socket.send(JSON.stringify(answer))
      },
    },
  })
  return { url: `ws://127.0.0.1:${server.port}/ws`, stop: () => server.stop(true) }
}
