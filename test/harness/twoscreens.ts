/** alice and bob in one room, each in front of a full screen. Called by the tests of the full screen. */
import { formOf } from '../../cli/screen/model.ts'
import { type Opening, Sitting } from './screen.ts'
import { World } from './world.ts'

/** alice in a room of her own, as the form that the command line fills in makes it. */
export function founder(world: World, opening: Opening = {}): Sitting {
  const form = formOf('create', { name: 'alice', relay: 'ws://127.0.0.1:1337/ws' })
  return new Sitting(world, 'alice', { form, atOnce: true, ...opening })
}

/** The invite on her screen; on a small one, as she copies it. */
export async function inviteOf(sitting: Sitting): Promise<string> {
  await sitting.press('c')
  const copied = [...sitting.glass.written.matchAll(/\x1b\]52;c;(?<text>[\w+/=]*)\x07/g)].at(-1)?.groups?.['text']
  if (copied === undefined) throw new Error('no invite is shown')
  return Buffer.from(copied, 'base64').toString()
}

export interface Two {
  readonly world: World
  readonly alice: Sitting
  readonly bob: Sitting
  readonly invite: string
}

export async function two(opening: Opening = {}, seed = 1): Promise<Two> {
  const world = new World(seed)
  const alice = founder(world, opening)
  const invite = await inviteOf(alice)
  const bob = new Sitting(world, 'bob', { form: formOf('join', { name: 'bob', invite }), atOnce: true, ...opening })
  world.advance(1_000)
  return { world, alice, bob, invite }
}
