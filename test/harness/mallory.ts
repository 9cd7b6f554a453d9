/** A room with somebody in it who does not keep to the rules. Called by the tests of lies and theft. */
import type { Command } from '#lib/client/commands.ts'
import { GlassClient } from './glass.ts'
import { seeded } from './random.ts'
import { World } from './world.ts'

/** alice's room with bob in it, both of flesh, and mallory of glass: what stands in her room, she says. */
export function trio(seed: number) {
  const world = new World(seed)
  const [alice, bob] = [world.person('alice'), world.person('bob')]
  const invite = alice.create()
  bob.join(invite)
  const mallory = new GlassClient(world.edges('mallory'))
  const act = (command: Command) => {
    mallory.do(command)
    world.settle()
  }
  act({ do: 'join', invite, name: 'mallory' })
  const say = (text: string) => act({ do: 'say', text, class: null })
  return { world, invite, alice, bob, mallory, act, say }
}

/** Two clients of glass with one signing key, the first thing that a client draws: devices of one member, in turn. */
export function devices(world: World, names: readonly [string, string]): readonly GlassClient[] {
  const key = seeded(99)(32)
  return names.map((name) => {
    const rest = seeded(name.length)
    let drawn = 0
    return new GlassClient(world.edges(name, (bytes) => (drawn++ === 0 ? key.slice() : rest(bytes))))
  })
}

/** A client of glass that has made a room. */
export function founderOfGlass(world: World, name: string): GlassClient {
  const client = new GlassClient(world.edges(name))
  client.do({ do: 'create', url: 'ws://127.0.0.1:1337/ws', name, adminToken: null })
  world.settle()
  return client
}
