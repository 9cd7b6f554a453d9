/** What was entered in the editor: a text to say, or a command (cli/input.ts). Called by talking.ts. */
import type { Command } from '#lib/client/commands.ts'
import { TEXT_BYTES } from '#lib/client/index.ts'
import type { Invite } from '#lib/client/index.ts'
import { CLOSE_AGAIN, commandsAbout, isLost, mayClose, NOT_LOST } from '../../carrying.ts'
import type { Told } from '#lib/text/told.ts'
import { Failure } from '../../exit.ts'
import { asked, type Asked } from '../../input.ts'
import { inviteAnew } from '../../invite.ts'
import { alarm, ours, topicLine, whoLines } from '#lib/text/lines.ts'
import { emptyLog, withTold } from '#lib/text/log.ts'
import type { Effect, World } from '../message.ts'
import { ignoredLines, ignoring } from '../ignoring.ts'
import { formOf, type Settings, type Talk, talkOf } from '../model.ts'
import { set } from '../settings.ts'
import { secretIn } from '#lib/client/index.ts'
import { invitePane } from './hearing.ts'
import { eventsPane } from './panes.ts'
import { savePane } from './savepane.ts'

type Turn = readonly [Talk, readonly Effect[]]

const NOTHING_SAID = 'there is nothing to save: nothing was said yet'

/** How other programs are left. Here it is said: it may be meant so. */
const WAYS_OUT: ReadonlySet<string> = new Set(['quit', 'exit', ':q', ':wq', 'logout'])
const LEAVES = 'that is said to the room; /quit leaves'

/** Enter was pressed. A secret is asked about first. */
export function entered(talk: Talk, text: string, settings: Settings, world: World): Turn {
  const what = asked(text, 'screen')
  const why = what.is === 'command' && 'text' in what.command ? secretIn(what.command.text) : null
  if (why !== null) return [{ ...talk, question: { is: 'say', text, why } }, []]
  return carriedOut(talk, text, settings, world)
}

/** Does what a text asks for, without a question. */
export function carriedOut(talk: Talk, text: string, settings: Settings, world: World): Turn {
  const what = asked(text, 'screen')
  const size = what.is === 'command' && what.command.do === 'say' ? Buffer.byteLength(what.command.text) : 0
  // Said so here, where it can be given back as it was typed.
  if (size > TEXT_BYTES) {
    const told = alarm(`too long: it has ${size} bytes, and may have ${TEXT_BYTES}; nothing was sent`)
    return [{ ...talk, log: withTold(talk.log, [told], world.now), scroll: null }, [{ do: 'insert', text }]]
  }
  const [done, effects] = answered({ ...talk, closing: false }, what, talk.closing, settings, world)
  const next = WAYS_OUT.has(text.trim()) ? { ...done, log: withTold(done.log, [ours(LEAVES)], world.now) } : done
  return [next, what.is === 'nothing' || what.is === 'panic' ? effects : [{ do: 'remember', text }, ...effects]]
}

function answered(talk: Talk, what: Asked, again: boolean, settings: Settings, { view, now }: World): Turn {
  const tell = (...told: readonly Told[]): Turn => [{ ...talk, log: withTold(talk.log, told, now), scroll: null }, []]
  const carry = (commands: readonly Command[] | string): Turn =>
    typeof commands === 'string' ? tell(alarm(commands)) : [talk, commands.map(act)]
  switch (what.is) {
    case 'nothing':
      return [talk, []]
    case 'wrong':
      return tell(alarm(what.why))
    case 'help':
      return [{ ...talk, pane: { is: 'help', from: 0 } }, []]
    case 'who':
      return tell(...whoLines(view.members.values()))
    case 'topic':
      return tell(topicLine(view.topic))
    case 'invite':
      return talk.standing.invite === null ? tell(ours('there is no invite yet')) : [{ ...talk, pane: invitePane(true) }, []]
    case 'clear':
      return [{ ...talk, log: { ...emptyLog(), next: talk.log.next }, scroll: null, unread: null }, []]
    case 'events':
      return [{ ...talk, pane: eventsPane }, []]
    case 'save':
      return view.entries.length === 0 ? tell(ours(NOTHING_SAID)) : [{ ...talk, pane: savePane(what.file) }, []]
    case 'ignore':
      return ignored(talk, what, view, now)
    case 'panic':
      return panicked(talk)
    case 'set': {
      const done = set(settings, what.name, what.value)
      if ('wrong' in done) return tell(alarm(done.wrong))
      return [tell(...done.told.map(ours))[0], done.change === null ? [] : [{ do: 'keep', change: done.change }]]
    }
    case 'verify':
    case 'accept':
      return carry(commandsAbout(view, what))
    case 'recreate':
      return carry(isLost(view) ? [{ do: 'recreate', adminToken: tokenOf(talk, settings) }] : NOT_LOST)
    case 'join':
      return isLost(view) ? [talk, [{ do: 'read', path: what.file, why: 'join anew' }]] : carry(NOT_LOST)
    case 'close':
      if (again || !mayClose(view)) return carry([{ do: 'close' }])
      return [{ ...tell(alarm(CLOSE_AGAIN))[0], closing: true }, []]
    case 'command':
      return commanded(talk, what.command)
  }
}

function ignored(talk: Talk, { whom, on }: Asked & { readonly is: 'ignore' }, { members }: World['view'], now: number): Turn {
  const next = whom === null ? talk.ignored : ignoring(talk.ignored, members.values(), whom, on)
  if (typeof next === 'string') return [{ ...talk, log: withTold(talk.log, [alarm(next)], now), scroll: null }, []]
  const told = on ? ignoredLines(next, talk.log) : ['what was said meanwhile is shown again']
  return [{ ...talk, ignored: next, log: withTold(talk.log, told.map(ours), now), scroll: null }, []]
}

/** Nothing is waited for: neither what was said and not sent, nor whoever should hear a goodbye. */
function panicked({ origin }: Talk): Turn {
  const effects: readonly Effect[] = [
    act({ do: 'leave', now: true }),
    { do: 'erase' },
    { do: 'quit', outcome: { exit: 'done', text: '' } },
  ]
  return [{ ...talkOf(formOf(origin.is, {}), null), leaving: 'now' }, effects]
}

function act(command: Command): Effect {
  return { do: 'act', command }
}

function commanded(talk: Talk, command: Command): Turn {
  if (command.do === 'leave') return [{ ...talk, leaving: 'in turn' }, [act(command)]]
  return command.do === 'say' ? [{ ...talk, scroll: null, unread: null }, [act(command)]] : [talk, [act(command)]]
}

/** The token that this room was made with, or that of the environment. */
function tokenOf({ origin }: Talk, { adminToken }: Settings): string | null {
  return origin.fields.token.text === '' ? adminToken : origin.fields.token.text
}

/** A file was read for the invite of a room that somebody made anew. */
export function joinedAnew(talk: Talk, text: string, { allowPlain }: Settings, { now, view }: World): Turn {
  const invite = isLost(view) ? anewIn(text, allowPlain, talk.standing.invite) : NOT_LOST
  if (typeof invite === 'string') return [{ ...talk, log: withTold(talk.log, [alarm(invite)], now) }, []]
  const standing = { ...talk.standing, trying: invite }
  return [{ ...talk, standing }, [act({ do: 'join', invite, name: standing.name })]]
}

function anewIn(text: string, allowPlain: boolean, lost: Invite | null): Invite | string {
  try {
    return inviteAnew({ text, from: 'the file' }, allowPlain, lost)
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
}
