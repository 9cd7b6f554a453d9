/** Standard output (docs/scripting.md, Output): in order, whole, bounded, and over when nobody reads. */
import { describe, expect, test } from 'bun:test'
import { MOST_WAITING, outputTo, writeTo, type Write } from '../../cli/output.ts'

/** The system's error of a code. */
function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** A reader that takes what it is given when the test lets it: each write waits for `take` or `fail`. */
function reader() {
  let text = ''
  const writes: { readonly bytes: Uint8Array; readonly settle: PromiseWithResolvers<number> }[] = []
  let arrived = Promise.withResolvers<void>()
  const put: Write = (bytes) => {
    const settle = Promise.withResolvers<number>()
    writes.push({ bytes, settle })
    arrived.resolve()
    return settle.promise
  }
  async function next() {
    if (writes.length === 0) await arrived.promise
    arrived = Promise.withResolvers()
    const write = writes.shift()
    if (write === undefined) throw new Error('no write')
    return write
  }
  return {
    put,
    text: () => text,
    pending: () => writes.length,
    take: async (count?: number) => {
      const { bytes, settle } = await next()
      const taken = count ?? bytes.length
      text += new TextDecoder().decode(bytes.subarray(0, taken))
      settle.resolve(taken)
    },
    fail: async (code: string) => {
      const { settle } = await next()
      settle.reject(failure(code))
    },
  }
}

describe('lines', () => {
  test('come in order, each with its end, one write at a time', async () => {
    const { put, text, take, pending } = reader()
    const out = outputTo(put)
    out.lines('one', 'two')
    out.lines('three')
    out.lines()
    expect(pending()).toBe(1)
    await take()
    await take()
    await out.drained()
    expect(text()).toBe('one\ntwo\nthree\n')
  })

  test('that are taken in parts are written whole', async () => {
    const { put, text, take } = reader()
    const out = outputTo(put)
    out.lines('hello é')
    await take(3)
    await take(1)
    await take()
    await out.drained()
    expect(text()).toBe('hello é\n')
  })

  test('wait for who made the output non-blocking', async () => {
    const { put, text, take, fail } = reader()
    const out = outputTo(put)
    out.lines('hello')
    await take(2)
    await fail('EAGAIN')
    await fail('EAGAIN')
    await take()
    await out.drained()
    expect(text()).toBe('hello\n')
  })

  test('are drained at once when there are none', async () => {
    await outputTo(reader().put).drained()
  })
})

describe('the output is over', () => {
  test.each([['EPIPE'], ['EIO'], ['ECONNRESET']])('when nobody reads: %s', async (code) => {
    const { put, fail, pending } = reader()
    const out = outputTo(put)
    out.lines('hello')
    await fail(code)
    expect(await out.over).toEqual({ is: 'gone' })
    out.lines('more')
    await out.drained()
    expect(pending()).toBe(0)
  })

  test('when it cannot be written, with the reason', async () => {
    const { put, fail } = reader()
    const out = outputTo(put)
    out.lines('hello')
    await fail('ENOSPC')
    expect(await out.over).toEqual({ is: 'broken', code: 'ENOSPC' })
  })

  test('when too much waits for a reader who does not read: what waits is let go', async () => {
    const { put, take, text, pending } = reader()
    const out = outputTo(put, 20)
    out.lines('12345678')
    out.lines('12345678')
    let over = false
    void out.over.then(() => (over = true))
    await Promise.resolve()
    expect(over).toBe(false)
    out.lines('123')
    expect(await out.over).toEqual({ is: 'stuck' })
    // Who waits for the rest to be read would wait for ever.
    await out.drained()
    await take()
    out.lines('more')
    expect(pending()).toBe(0)
    expect(text()).toBe('12345678\n')
  })

  test('and what was read counts no more', async () => {
    const { put, take, text } = reader()
    const out = outputTo(put, 20)
    for (let i = 0; i < 10; i++) {
      out.lines('12345678')
      await take()
      await out.drained()
    }
    expect(text().length).toBe(90)
  })

  test('for who abandons it, without a reason', async () => {
    const { put, take, text } = reader()
    const out = outputTo(put)
    out.lines('one')
    out.lines('two')
    const drained = out.drained()
    out.abandon()
    await drained
    await take()
    expect(text()).toBe('one\n')
  })
})

test('the bound holds many of the longest texts', () => {
  expect(MOST_WAITING).toBeGreaterThan(100 * 65_536)
})

describe('a file descriptor', () => {
  test('that is closed breaks the output', async () => {
    const out = outputTo(writeTo(987_654))
    out.lines('hello')
    expect(await out.over).toEqual({ is: 'broken', code: 'EBADF' })
  })
})
