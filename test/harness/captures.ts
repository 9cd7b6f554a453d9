/**
 * Every screen as text, for docs/screens.md: what the real program draws at 80x24 for a person whose keys are pressed here. All is seeded and the
 * clock is turned by hand, so that the same program draws the same. Called by test/captures.ts, which writes the page, and by the test that compares.
 */
import { formOf } from '../../cli/screen/model.ts'
import { KEY, Sitting } from './screen.ts'
import { founder, inviteOf, two } from './twoscreens.ts'
import { World } from './world.ts'

interface Capture {
  readonly title: string
  readonly about: string
  readonly rows: readonly string[]
}

const SEED = 4

/** The page. */
export async function screensPage(): Promise<string> {
  const captures = [...(await first()), ...(await talk()), ...(await panes()), ...(await trouble())]
  const parts = captures.map(({ title, about, rows }) => `## ${title}\n\n${about}\n\n\`\`\`text\n${rows.join('\n')}\n\`\`\`\n`)
  return `# Screens\n\n${ABOUT}\n\n${parts.join('\n')}`
}

const ABOUT = `Each screen of the [full screen](terminal.md) in a terminal of 80 columns and 24 rows, without its colours. \`bun test/captures.ts\` draws this page anew from
the program itself; a test holds it to what the program draws. Rooms, keys and invites in it were made for it in memory.`

async function capture(title: string, about: string, sitting: Sitting): Promise<Capture> {
  const rows = (await sitting.look()).split('\n').map((row) => row.trimEnd())
  return { title, about, rows }
}

async function first(): Promise<readonly Capture[]> {
  const world = new World(SEED)
  const alice = new Sitting(world, 'alice')
  const landing = await capture('The first screen', '`tacet` without a word.', alice)
  await alice.type('alice')
  await alice.press(KEY.enter, KEY.enter)
  const create = await capture('Make a room', 'The name is known by now; the relay is the one used last.', alice)
  await alice.press(KEY.enter)
  const invite = await capture('The invite', 'The room is there. This stays until somebody comes.', alice)
  const joining = new Sitting(world, 'bob', { form: formOf('join', { name: 'bob' }) })
  const join = await capture('Join a room', 'With an invite that somebody handed over.', joining)
  return [landing, create, invite, join]
}

/** The talk that most screens are of. */
async function talking() {
  const room = await two({}, SEED)
  const { world, alice, bob, invite } = room
  const carol = new Sitting(world, 'carol', { form: formOf('join', { name: 'carol', invite }), atOnce: true })
  world.advance(1_000)
  await bob.enter('hello, is this the right room?')
  await alice.enter('it is. **Compare** the code with F3, then we know that nobody stands between us')
  world.advance(10_000)
  await carol.enter('/me waves')
  await bob.enter('日本語, עברית and 👋 stay in their columns')
  await alice.enter('bob: `./run test` says 0 failed')
  world.settle()
  return { ...room, carol }
}

async function talk(): Promise<readonly Capture[]> {
  const { alice } = await talking()
  const plain = await capture('The talk', 'Marks at the left are Tacet’s alone: nobody can write there.', alice)
  await alice.press(KEY.f2)
  const members = await capture('Who is here', 'F2; from 100 columns on it is there by itself.', alice)
  await alice.press(KEY.f2)
  await alice.type('/ve')
  const completing = await capture('Completing', 'Commands, names and pictures are offered while they are typed.', alice)
  await alice.press(KEY.escape, ...Array.from({ length: 3 }, () => KEY.backspace))
  await alice.paste(['one', 'two', 'three', 'four', 'five', 'six'].join('\n'))
  const question = await capture(
    'A long paste',
    'It is asked about above 5 lines or 4 KiB; an invite and a private key always are.',
    alice,
  )
  return [plain, members, completing, question]
}

async function panes(): Promise<readonly Capture[]> {
  const { alice } = await talking()
  await alice.press(KEY.f1)
  const help = await capture('Help', 'F1 or `/help`.', alice)
  await alice.press(KEY.escape, KEY.f3, KEY.down, KEY.enter)
  const verify = await capture('Fingerprints', 'F3 or `/verify`. Bob has been compared.', alice)
  await alice.press(KEY.escape, KEY.f4)
  const events = await capture('Frames', 'F4 or `/events`: what the relay sees.', alice)
  await alice.press(KEY.enter)
  const open = await capture('A frame, opened', 'Enter opens it.', alice)
  return [help, verify, events, open]
}

async function trouble(): Promise<readonly Capture[]> {
  const { world, alice, bob } = await talking()
  world.refuseDials(20_000)
  world.cut('alice')
  world.settle()
  await alice.enter('said while the line is down')
  const away = await capture('The connection is lost', 'What is said meanwhile waits.', alice)
  world.advance(60_000)
  world.restart()
  world.advance(30_000)
  const lost = await capture('The relay has lost the room', 'As it does when it is restarted.', bob)
  const other = new World(SEED)
  const closer = founder(other)
  const guest = new Sitting(other, 'bob', { form: formOf('join', { name: 'bob', invite: await inviteOf(closer) }), atOnce: true })
  other.advance(1_000)
  await guest.enter('goodbye')
  await closer.enter('/close')
  await closer.enter('/close')
  const closed = await capture('The room is closed', 'What was said stays until Enter.', guest)
  return [away, lost, closed]
}
