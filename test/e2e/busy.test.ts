/**
 * A busy room over real sockets: the compiled relay, ten clients, 17 lines a second for a minute of real time, steps and beats among them. The
 * same by the hand-turned clock, for longer, is in test/client/busy.test.ts.
 */
import { expect, test } from 'bun:test'
import { type Client, createClient } from '#lib/client/client.ts'
import type { Event } from '#lib/client/events.ts'
import { copyInvite, type Invite } from '#lib/crypto/invite.ts'
import { forEachLauncher, type TestRelay } from '../harness/relay.ts'

const MEMBERS = 10
/** Of each, in a minute. */
const LINES = 102
const PAUSE = 60_000 / LINES

interface Talker {
  readonly name: string
  readonly client: Client
  readonly events: Event[]
}

function talker(name: string): Talker {
  const client = createClient()
  const events: Event[] = []
  client.on((event) => events.push(event))
  return { name, client, events }
}

/** Resolves once what a client was told suits. */
function until(client: Client, suits: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.on(() => {
      if (!suits()) return
      stop()
      resolve()
    })
    if (suits()) resolve()
  })
}

const texts = ({ events }: Talker) =>
  events.flatMap((event) => {
    if (event.is !== 'entry') return []
    const { text } = event.entry.body
    return typeof text === 'string' ? [`${event.entry.who.name}: ${text}`] : []
  })

const arrived = ({ events }: Talker) => events.filter((event) => event.is === 'member' && event.what === 'arrived').length

async function room(relay: TestRelay): Promise<readonly Talker[]> {
  const founder = talker('p0')
  founder.client.do({ do: 'create', url: relay.url, name: 'p0', adminToken: null })
  let invite: Invite | null = null
  await until(founder.client, () => founder.events.some(({ is }) => is === 'seated'))
  for (const event of founder.events) if (event.is === 'created') invite = copyInvite(event.invite)
  if (invite === null) throw new Error('no room')
  const people = [founder]
  for (let i = 1; i < MEMBERS; i++) {
    const person = talker(`p${i}`)
    people.push(person)
    person.client.do({ do: 'join', invite, name: person.name })
    await until(person.client, () => arrived(person) === i)
  }
  await Promise.all(people.map((person) => until(person.client, () => arrived(person) === MEMBERS - 1)))
  return people
}

/** One is enough: it takes its minute. */
let isTaken = false

forEachLauncher((launcher) => {
  if (!launcher.compiled || isTaken) return
  isTaken = true
  test('every line of ten who talk at once for a minute arrives everywhere, once, in order', async () => {
    const relay = await launcher.listen()
    const people = await room(relay)
    for (let line = 1; line <= LINES; line++) {
      for (const { client } of people) client.do({ do: 'say', text: `line ${line}`, class: null })
      // Not to wait for anything: people pause.
      await Bun.sleep(PAUSE)
    }
    await Promise.all(people.map((person) => until(person.client, () => texts(person).length >= MEMBERS * LINES)))
    for (const listener of people) {
      for (const { name } of people) {
        const heard = texts(listener).filter((text) => text.startsWith(`${name}: `))
        expect(heard).toEqual([...Array(LINES).keys()].map((i) => `${name}: line ${i + 1}`))
      }
      expect(listener.events.filter(({ is }) => is === 'refused' || is === 'alarm' || is === 'gaps' || is === 'reset')).toEqual(
        [],
      )
    }
    for (const { client } of people) client.do({ do: 'leave', now: true })
    await relay.end()
  }, 120_000)
})
