/** A conversation from its first command to its end, over a room in memory (docs/scripting.md, Input, Output, Invites). */
import { describe, expect, test } from 'bun:test'
import type { Command } from '#lib/client/commands.ts'
import type { Ending } from '#lib/client/events.ts'
import type { Invite } from '#lib/client/index.ts'
import { WAITING_COMMANDS } from '#lib/client/times.ts'
import { armor } from '#lib/crypto/invite.ts'
import type { FromRelay } from '#lib/wire/frames.ts'
import { Failure } from '../../cli/exit.ts'
import type { Face } from '../../cli/face.ts'
import type { InviteFile } from '../../cli/invitefile.ts'
import { jsonFace } from '../../cli/jsonface.ts'
import { type Output, outputTo, type Over } from '../../cli/output.ts'
import { talk } from '../../cli/talk.ts'
import { failureOf } from '../harness/failure.ts'
import { field } from '../harness/tacet.ts'
import { typing } from '../harness/typing.ts'
import { type Person, World } from '../harness/world.ts'

interface Options {
  readonly stay?: boolean
  readonly inviteFile?: InviteFile | null
  readonly out?: Output
  readonly face?: Face
}

/** Bob at a terminal that speaks JSON, in a world where frames travel by themselves. */
function sit(world: World, opening: Command, { stay = false, inviteFile = null, out, face: given }: Options = {}) {
  const bob = world.person('bob')
  const input = typing()
  let text = ''
  const output =
    out ??
    outputTo(async (bytes) => {
      text += new TextDecoder().decode(bytes)
      return bytes.length
    })
  const invite = opening.do === 'join' ? opening.invite : null
  const setup = { view: () => bob.client.store.view, out: output, invite, inviteFile, adminToken: null, allowPlain: false }
  const face = (act: (command: Command) => void) => given ?? jsonFace({ ...setup, act })
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

/** Turns the event loop until all input is taken that will be. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve))
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
    await turns()
    expect(alice.texts()).toEqual([])
    world.meddle = (frame) => [frame]
    for (const frame of held) world.inject('bob', frame)
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    world.settle()
    expect(told().filter(({ event }) => event === 'failed')).toEqual([])
    expect(alice.texts()).toEqual(texts.map((text) => `bob: ${text}`))
  })

  test('is given line by line: the next one, and the end, when the last is done with', async () => {
    const { world, join } = room()
    const taken: string[] = []
    const done = Promise.withResolvers<void>()
    const face: Face = {
      hear: () => undefined,
      take(line) {
        taken.push(line.is === 'line' ? line.text : line.is)
        return line.is === 'line' && line.text === 'slow' ? done.promise : undefined
      },
    }
    const { bob, input, talking } = sit(world, join, { face })
    input.type('slow\nnext\n')
    input.end()
    await until(world, () => taken.length > 0)
    await turns()
    expect(taken).toEqual(['slow'])
    expect(bob.of('ended')).toEqual([])
    done.resolve()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    expect(taken).toEqual(['slow', 'next'])
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

describe('a lost connection', () => {
  /** Bob, in alice’s room, whose connection was cut. */
  async function cut(options: Options = {}) {
    const { world, alice, join } = room()
    const sitting = sit(world, join, options)
    await until(world, () => alice.members().includes('arrived bob'))
    world.cut('bob')
    await until(world, () => sitting.told().at(-1)?.event === 'away')
    return { world, alice, ...sitting }
  }

  /** Bob, whose relay came back without the room. */
  async function lose(options: Options = {}) {
    const lost = await cut(options)
    lost.world.restart()
    lost.world.advance(1_000)
    await until(lost.world, () => lost.told().at(-1)?.event === 'lost')
    return lost
  }

  const kept = (told: readonly { readonly [key: string]: unknown }[]) => told.filter(({ waiting }) => waiting === true).length

  test('ends nothing: what is typed meanwhile is kept, and said before the end of the input leaves', async () => {
    const { world, alice, say, input, talking, told } = await cut()
    say('one', 'two')
    input.end()
    await until(world, () => kept(told()) === 2)
    expect(alice.texts()).toEqual([])
    world.advance(10_000)
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    world.settle()
    expect(alice.texts()).toEqual(['bob: one', 'bob: two'])
    expect(alice.members().at(-1)).toBe('left bob')
    expect(told().find(({ event }) => event === 'sent')).toMatchObject({ readers: 1 })
  })

  test('is not waited for when nothing is kept', async () => {
    const { world, input, talking } = await cut()
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
  })

  test('is waited for 30 s when something is kept: then that is told as not said', async () => {
    const { world, say, input, talking, told } = await cut()
    world.refuseDials(3_600_000)
    say('one', 'two')
    input.end()
    await turns()
    expect(kept(told())).toBe(2)
    world.advance(29_000)
    expect(told().some(({ event }) => event === 'ended')).toBe(false)
    world.advance(1_000)
    expect(await ending(world, talking)).toMatchObject({ is: 'disconnected' })
    expect(told().filter(({ fault }) => fault === 'not_sent')).toHaveLength(2)
    expect(told().at(-1)).toMatchObject({ event: 'ended', exit: 1 })
  })

  test('keeps listening after the end of the input for who stays', async () => {
    const { world, alice, input, talking, told } = await cut({ stay: true })
    input.end()
    world.advance(3_600_000)
    await until(world, () => told().some(({ returned }) => returned === true))
    alice.do({ do: 'close' })
    expect(await ending(world, talking)).toMatchObject({ is: 'closed' })
  })

  test('lets no more be typed than can be kept, and loses none of it', async () => {
    const { world, alice, say, input, talking, told } = await cut()
    const texts = Array.from({ length: 2 * WAITING_COMMANDS }, (_, i) => `text ${i}`)
    say(...texts)
    input.end()
    await turns()
    expect(kept(told())).toBeLessThan(WAITING_COMMANDS)
    world.advance(10_000)
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    world.settle()
    expect(told().filter(({ event }) => event === 'failed')).toEqual([])
    expect(alice.texts()).toEqual(texts.map((text) => `bob: ${text}`))
  })

  test('with the room lost waits for what is to be done, however long that takes', async () => {
    const { world, input, talking, told } = await lose()
    world.advance(3_600_000)
    expect(told().at(-1)).toMatchObject({ event: 'lost', why: 'forgotten' })
    input.type('{"do":"recreate"}\n')
    await until(world, () => told().at(-1)?.event === 'seated')
    expect(told().slice(-3)).toMatchObject([{ event: 'dialing' }, { event: 'created' }, { event: 'seated', returned: false }])
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
  })

  test('with the room lost ends with the input, in time also when something is kept', async () => {
    const { world, input, talking } = await lose()
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    const other = await lose()
    other.say('one')
    other.input.end()
    await turns()
    expect(kept(other.told())).toBe(1)
    other.world.advance(30_000)
    expect(await ending(other.world, other.talking)).toMatchObject({ is: 'disconnected' })
  })

  test('with the room lost loses nothing of a long input when the room is made anew', async () => {
    const { world, bob, say, input, talking, told } = await lose()
    const texts = Array.from({ length: 2 * WAITING_COMMANDS }, (_, i) => `text ${i}`)
    input.type('{"do":"recreate"}\n')
    say(...texts)
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
    expect(told().filter(({ event }) => event === 'failed')).toEqual([])
    const said = bob.entries().filter(({ kind, waiting }) => kind === 'core.text' && !waiting)
    expect(said.map(({ body }) => body['text'])).toEqual(texts)
  })

  test('with the room lost goes on in the one that somebody else made anew', async () => {
    const { world, alice, input, talking, told } = await lose()
    alice.do({ do: 'recreate', adminToken: null })
    const invite = alice.of('created').at(-1)?.invite
    if (invite === undefined) throw new Error('no room was made')
    input.type(`${JSON.stringify({ do: 'join', invite: armor(invite) })}\n`)
    await until(world, () => alice.members().at(-1) === 'arrived bob')
    alice.say('hello')
    await until(world, () => told().some(({ kind }) => kind === 'core.text'))
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
  })

  test('is no time to join, nor is one that is there: that is answered, and ends nothing', async () => {
    const { world, alice, input, talking, told } = await cut()
    const invite = alice.of('created')[0]?.invite
    if (invite === undefined) throw new Error('no room was made')
    const commands = `${JSON.stringify({ do: 'join', invite: armor(invite) })}\n{"do":"recreate"}\n`
    const faults = () =>
      told().flatMap(({ command, fault }) =>
        fault === undefined ? [] : [`${field({ command }, 'command')} ${field({ fault }, 'fault')}`],
      )
    input.type(commands)
    await until(world, () => faults().length === 2)
    world.advance(10_000)
    await until(world, () => told().some(({ returned }) => returned === true))
    input.type(commands)
    await until(world, () => faults().length === 4)
    expect(faults()).toEqual(['join busy', 'recreate away', 'join busy', 'recreate busy'])
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
  })

  test('with the room lost is not ended by an invite that leads nowhere, or elsewhere', async () => {
    const { world, alice, input, talking, told } = await lose()
    const invite = alice.of('created')[0]?.invite
    if (invite === undefined) throw new Error('no room was made')
    const nowhere = { ...invite, roomId: new Uint8Array(16) }
    const elsewhere = { ...invite, roomKey: new Uint8Array(32).fill(9) }
    for (const one of ['hello', armor(elsewhere), armor(nowhere)]) input.type(`${JSON.stringify({ do: 'join', invite: one })}\n`)
    await until(world, () => told().filter(({ event }) => event === 'lost').length === 2)
    expect(told().at(-1)).toMatchObject({ event: 'lost', why: 'refused', reason: 'not_found' })
    expect(told().filter(({ event }) => event === 'failed')).toMatchObject([
      { command: 'join', fault: 'bad_invite', text: 'this invite cannot be used: there is no invite in this text' },
      {
        command: 'join',
        fault: 'bad_invite',
        text: 'this invite cannot be used: it is an invite to another room: leave this one first',
      },
    ])
    input.end()
    expect(await ending(world, talking)).toEqual({ is: 'left' })
  })
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
