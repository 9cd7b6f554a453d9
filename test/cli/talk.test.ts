/** A conversation from its first command to its end, over a room in memory (docs/scripting.md, Input, Output, Invites). */
import { describe, expect, test } from 'bun:test'
import type { Command } from '#lib/client/commands.ts'
import type { Ending } from '#lib/client/events.ts'
import type { Invite } from '#lib/client/index.ts'
import { WAITING_COMMANDS } from '#lib/client/times.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { Failure } from '../../cli/exit.ts'
import type { InviteFile } from '../../cli/invitefile.ts'
import { jsonFace } from '../../cli/jsonface.ts'
import { type Output, outputTo, type Over } from '../../cli/output.ts'
import { talk } from '../../cli/talk.ts'
import { failureOf } from '../harness/failure.ts'
import { typing } from '../harness/typing.ts'
import { type Person, World } from '../harness/world.ts'

interface Options {
  readonly stay?: boolean
  readonly inviteFile?: InviteFile | null
  readonly out?: Output
}

/** Bob at a terminal that speaks JSON, in a world where frames travel by themselves. */
function sit(world: World, opening: Command, { stay = false, inviteFile = null, out }: Options = {}) {
  const bob = world.person('bob')
  const input = typing()
  let text = ''
  const output =
    out ??
    outputTo(async (bytes) => {
      text += new TextDecoder().decode(bytes)
      return bytes.length
    })
  const setup = { view: () => bob.client.store.view, out: output, invite: null, inviteFile }
  const face = (act: (command: Command) => void) => jsonFace({ ...setup, act })
  const talking = talk({ opening, client: bob.client, lines: input.lines, out: output, inviteFile, stay, face })
  const told = (): { readonly event: string; readonly [key: string]: unknown }[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  return { bob, input, told, talking, say: (...texts: string[]) => input.type(texts.map(sayLine).join('')) }
}

function sayLine(text: string): string {
  return `${JSON.stringify({ do: 'say', text })}\n`
}

/** Turns the event loop, and lets frames travel, until that is so. */
async function until(world: World, suits: () => boolean): Promise<void> {
  for (let turns = 0; !suits(); turns++) {
    if (turns > 20_000) throw new Error('never')
    world.settle()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** How it ends, with frames travelling until it does. */
async function ending(world: World, talking: Promise<Ending>): Promise<Ending> {
  let over = false
  const settled = talking.finally(() => (over = true))
  settled.catch(() => 'the caller looks at it')
  await until(world, () => over)
  return settled
}

/** Alice, who made a room, and the command to join it. */
function room(): { readonly world: World; readonly alice: Person; readonly join: Command } {
  const world = new World()
  const alice = world.person('alice')
  const invite = alice.create()
  return { world, alice, join: { do: 'join', invite, name: 'bob' } }
}

const create: Command = { do: 'create', url: 'ws://127.0.0.1:1337/ws', name: 'bob', adminToken: null }

describe('input', () => {
  test('that was there before the seat is said after it, in order, and its end leaves', async () => {
    const { world, alice, join } = room()
    const { say, input, talking, told } = sit(world, join)
    say('one', 'two')
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    world.settle()
    expect(alice.texts()).toEqual(['bob: one', 'bob: two'])
    expect(alice.members()).toEqual(['joining bob', 'arrived bob', 'left bob'])
    expect(told().at(-1)).toMatchObject({ event: 'ended', why: 'left' })
  })

  test('of more texts than the session takes in while its elders are silent comes through, each once', async () => {
    const { world, alice, join } = room()
    // Alice's state comes late.
    const held: FromRelay[] = []
    world.meddle = (frame, to) => {
      if (to.owner !== 'bob' || frame.type !== 'relay') return [frame]
      held.push(frame)
      return []
    }
    const texts = Array.from({ length: 3 * WAITING_COMMANDS }, (_, i) => `text ${i}`)
    const { say, input, talking, told } = sit(world, join)
    say(...texts)
    input.end()
    await until(world, () => told().some(({ event }) => event === 'seated'))
    for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(alice.texts()).toEqual([])
    world.meddle = (frame) => [frame]
    for (const frame of held) world.inject('bob', frame)
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    world.settle()
    expect(told().filter(({ event }) => event === 'failed')).toEqual([])
    expect(alice.texts()).toEqual(texts.map((text) => `bob: ${text}`))
  })

  test('may end without an end of the conversation', async () => {
    const { world, alice, join } = room()
    const { input, talking, told } = sit(world, join, { stay: true })
    input.end()
    await until(world, () => told().some(({ what }) => what === 'arrived'))
    alice.say('hello')
    await until(world, () => told().some(({ event }) => event === 'entry'))
    alice.do({ do: 'close' })
    expect(await ending(world, talking)).toMatchObject({ is: 'closed' })
  })

  test('behind a goodbye is not taken, and nothing is told after the end', async () => {
    const { world, join } = room()
    const { input, talking, told } = sit(world, join)
    input.type('{"do":"leave"}\n{"do":"who"}\n{"do":"say","text":"x"}\nnonsense\n')
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    expect(told().at(-1)).toMatchObject({ event: 'ended' })
    expect(told().filter(({ event }) => event === 'ended' || event === 'failed' || event === 'members')).toHaveLength(1)
    expect(input.stopped()).toBe(true)
  })

  test('that leaves while too much waits leaves at once', async () => {
    const { world, join } = room()
    world.meddle = (frame, to) => (to.owner === 'bob' && frame.type === 'relay' ? [] : [frame])
    const { input, talking, told } = sit(world, join)
    input.type('{"do":"rotate"}\n'.repeat(WAITING_COMMANDS))
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    expect(told().filter(({ fault }) => fault === 'busy')).toHaveLength(1)
  })
})

describe('a conversation that cannot begin', () => {
  test('is a failure of the command line', async () => {
    const world = new World()
    const { talking, input } = sit(world, { ...create, name: '' })
    expect(await failureOf(() => ending(world, talking))).toEqual({ code: 'usage', message: 'this cannot be a name' })
    expect(input.stopped()).toBe(true)
  })
})

test('a relay that takes the connection and says nothing is not waited for for ever', async () => {
  const { world, join } = room()
  world.meddle = (frame, to) => (to.owner === 'bob' && frame.type === 'joined' ? [] : [frame])
  const { talking, input } = sit(world, join)
  world.settle()
  world.advance(20_000)
  expect(await ending(world, talking)).toEqual({ is: 'silent' })
  expect(input.stopped()).toBe(true)
})

describe('when the output is over', () => {
  function output() {
    const over = Promise.withResolvers<Over>()
    const out: Output = { lines: () => undefined, drained: () => Promise.resolve(), abandon: () => undefined, over: over.promise }
    return { out, end: over.resolve }
  }

  test('because nobody reads, the room is left', async () => {
    const { world, alice, join } = room()
    const { out, end } = output()
    const { talking } = sit(world, join, { out })
    await until(world, () => alice.members().includes('arrived bob'))
    end({ is: 'gone' })
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    world.settle()
    expect(alice.members().at(-1)).toBe('left bob')
  })

  test.each<readonly [Over, string]>([
    [{ is: 'broken', code: 'ENOSPC' }, 'the output cannot be written (ENOSPC)'],
    [{ is: 'stuck' }, 'nobody reads the output, and too much waits for it: the room was left'],
  ])('because of %j, the room is left with a failure', async (why, message) => {
    const { world, alice, join } = room()
    const { out, end } = output()
    const { talking } = sit(world, join, { out })
    await until(world, () => alice.members().includes('arrived bob'))
    end(why)
    expect(await failureOf(() => ending(world, talking))).toEqual({ code: 'failed', message })
    world.settle()
    expect(alice.members().at(-1)).toBe('left bob')
  })
})

describe('the file for the invite', () => {
  function file(write: (invite: Invite) => void = () => undefined) {
    const done: string[] = []
    const made: InviteFile = {
      path: 'talk.room',
      write(invite) {
        write(invite)
        done.push('written')
      },
      discard: () => void done.push('discarded'),
    }
    return { done, made }
  }

  test('is written before anybody is told that it is', async () => {
    const world = new World()
    const { done, made } = file()
    const { talking, input, told } = sit(world, create, { inviteFile: made })
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    expect(done).toEqual(['written', 'discarded'])
    expect(told().find(({ event }) => event === 'created')).toEqual({ event: 'created', invite: null, file: 'talk.room' })
  })

  test('that cannot be written ends the conversation, and nobody is told that it is', async () => {
    const world = new World()
    const { done, made } = file(() => {
      throw new Failure('failed', 'the file for the invite cannot be written (ENOSPC)')
    })
    const { talking, told } = sit(world, create, { inviteFile: made })
    expect((await failureOf(() => ending(world, talking))).message).toContain('ENOSPC')
    expect(done).toEqual(['discarded'])
    expect(told().some(({ event }) => event === 'created')).toBe(false)
  })
})
