/** Input is taken no faster than it can be said (docs/scripting.md, Input). */
import { describe, expect, test } from 'bun:test'
import type { Event } from '#lib/client/events.ts'
import { createPace, type Pace } from '../../cli/pace.ts'
import { entry, me } from '../harness/told.ts'

const said: Event = { is: 'entry', entry: entry({ who: me() }) }
const kept: Event = { is: 'entry', entry: entry({ who: me(), waiting: true }) }
const sent: Event = { is: 'sent', log: 'x', upTo: 9, readers: 1 }
const heard: Event = { is: 'entry', entry: entry() }

/** With a network that takes everything at once. */
const paceOf = (most: number) => createPace(most, () => 0)

function say(pace: Pace, count: number): void {
  for (let i = 0; i < count; i++) pace.asked({ do: 'say', text: 'x', class: null })
}

/** Whether the next line may be taken by the time that the event loop has turned a few times. */
async function goesOn(pace: Pace): Promise<boolean> {
  let on = false
  void pace.mayGoOn().then(() => (on = true))
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  return on
}

describe('reading goes on', () => {
  test('while fewer texts wait than may', async () => {
    const pace = paceOf(3)
    say(pace, 2)
    expect(await goesOn(pace)).toBe(true)
  })

  test('not while as many wait, until one of them is said', async () => {
    const pace = paceOf(3)
    say(pace, 3)
    expect(await goesOn(pace)).toBe(false)
    pace.heard(heard)
    expect(await goesOn(pace)).toBe(false)
    pace.heard(said)
    expect(await goesOn(pace)).toBe(true)
  })

  test.each<Event>([
    { is: 'failed', fault: 'too_large', command: 'say' },
    { is: 'failed', fault: 'bad_kind', command: 'send' },
  ])('when one is refused: %j', async (event) => {
    const pace = paceOf(1)
    say(pace, 1)
    pace.heard(event)
    expect(await goesOn(pace)).toBe(true)
  })

  test('not while as many are kept for the connection, until they are sent', async () => {
    const pace = paceOf(3)
    say(pace, 3)
    for (let i = 0; i < 3; i++) pace.heard(kept)
    expect(await goesOn(pace)).toBe(false)
    pace.heard(sent)
    expect(await goesOn(pace)).toBe(true)
    // All places are free again, and no more than there are.
    say(pace, 3)
    expect(await goesOn(pace)).toBe(false)
  })

  test('not sooner because what is kept is told again in a room made anew', async () => {
    const pace = paceOf(3)
    say(pace, 3)
    for (let i = 0; i < 2; i++) pace.heard(kept)
    pace.heard({ is: 'seated', me: me(), others: 0, returned: false })
    for (let i = 0; i < 2; i++) pace.heard(kept)
    expect(await goesOn(pace)).toBe(false)
    pace.heard(sent)
    expect(await goesOn(pace)).toBe(true)
    // Two places are free, not four.
    say(pace, 2)
    expect(await goesOn(pace)).toBe(false)
  })

  test('when the conversation is over', async () => {
    const pace = paceOf(1)
    say(pace, 5)
    const going = pace.mayGoOn()
    pace.end()
    await going
  })

  test('not while a megabyte waits for the network', async () => {
    let unsent = 1024 * 1024 + 1
    const pace = createPace(1, () => unsent)
    expect(await goesOn(pace)).toBe(false)
    const going = pace.mayGoOn()
    unsent -= 1
    await going
  })

  test('with commands that are answered without waiting', async () => {
    const pace = paceOf(1)
    for (const command of [{ do: 'rotate' }, { do: 'fingerprints' }, { do: 'rename', name: 'x' }] as const) pace.asked(command)
    pace.heard({ is: 'failed', fault: 'not_founder', command: 'close' })
    expect(await goesOn(pace)).toBe(true)
  })
})

test('signals and the socket have a turn after every line', async () => {
  const pace = paceOf(10)
  const order: string[] = []
  setImmediate(() => order.push('socket'))
  await pace.mayGoOn()
  order.push('next line')
  expect(order).toEqual(['socket', 'next line'])
})
