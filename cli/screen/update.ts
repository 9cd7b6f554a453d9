/**
 * What a message does to the full screen (docs/terminal.md): the next model and what is to be done. Pure: no clock, no file, no client; what it may
 * look at comes in as `World`. Called by program.ts alone. Each screen has its file in updating/.
 */
import { harmless } from '#lib/text/sanitize.ts'
import { alarm } from '#lib/text/lines.ts'
import { isFor } from './keys.ts'
import { withTold } from '#lib/text/log.ts'
import type { Effect, Message, World } from './message.ts'
import type { Form, Model, Screen, Settings, Talk } from './model.ts'
import { suited, withChange } from './settings.ts'
import { withSeen } from '#lib/text/traffic.ts'
import { begun, completed, formKey, joining } from './updating/forms.ts'
import { COUNT_MS, heard } from './updating/hearing.ts'
import { noted } from './updating/panes.ts'
import { pathCompleted, stretched, talkSaved } from './updating/savepane.ts'
import { entered, joinedAnew } from './updating/saying.ts'
import { interrupted, looked, scrolled, talkKey } from './updating/talking.ts'

/** A step: the next model, and what is to be done in order. */
export type Turn = readonly [Model, readonly Effect[]]

export function update(model: Model, message: Message, world: World): Turn {
  const { screen } = model
  if (message.is === 'focus') {
    const next = screen.is === 'talk' ? looked(model, screen, message.focused) : screen
    return [{ ...model, screen: next, focused: message.focused }, []]
  }
  if (message.is === 'seen') {
    if (screen.is !== 'talk') return [model, []]
    return [{ ...model, screen: { ...screen, traffic: withSeen(screen.traffic, message.seen, world.now) } }, []]
  }
  if (message.is === 'ground') return [{ ...model, settings: suited(model.settings, message.suits) }, []]
  if (message.is === 'heard') return screen.is === 'talk' ? heard(model, screen, message.event, world) : [model, []]
  if (message.is === 'key' && isFor('redraw', message.data, model.settings.keys)) return [model, [{ do: 'redraw' }]]
  const [next, effects] = screen.is === 'talk' ? inTalk(model, screen, message, world) : inForm(model, screen, message)
  return [{ ...model, screen: next, settings: kept(model.settings, effects) }, effects]
}

/** What is to be kept for good applies at once. */
function kept(settings: Settings, effects: readonly Effect[]): Settings {
  return effects.reduce((now, effect) => (effect.do === 'keep' ? withChange(now, effect.change) : now), settings)
}

type Rest = Exclude<Message, { is: 'focus' | 'ground' | 'heard' | 'seen' }>

function inTalk({ settings }: Model, talk: Talk, message: Rest, world: World): readonly [Screen, readonly Effect[]] {
  switch (message.is) {
    case 'key':
      return talkKey(talk, message.data, settings, world)
    case 'wheel':
      return [talk.pane === null ? scrolled(talk, message.rows, settings, world) : talk, []]
    case 'entered':
      return entered(talk, message.text, settings, world)
    case 'woke':
      return counted(talk, world)
    case 'read':
      return joinedAnew(talk, message.text, settings, world)
    case 'unreadable':
      return [{ ...talk, log: withTold(talk.log, [alarm(message.reason)], world.now) }, []]
    case 'saved':
      return [noted(talk, message.fault ?? `saved as ${message.path}, for your eyes alone`), []]
    case 'copied':
      return [copied(talk, message.fault, settings, world), []]
    case 'not kept':
      return [{ ...talk, log: withTold(talk.log, [alarm(message.reason)], world.now) }, []]
    case 'signal':
      return interrupted(talk)
    case 'completed':
      return [pathCompleted(talk, message.path, message.found), []]
    case 'stretched':
      return [stretched(talk, message.done), []]
    case 'talk saved':
      return [talkSaved(talk, message, world.now), []]
    case 'begin':
      return [talk, []]
  }
}

/** What a pane says of a copy; where there is none, only that it did not work. */
function copied(talk: Talk, fault: string | null, { config }: Settings, { now }: World): Talk {
  const [program] = config.copy ?? []
  const done = program === undefined ? 'given to the terminal’s clipboard, if it has one' : `given to ${harmless(program)}`
  if (talk.pane?.is === 'invite') return noted(talk, fault ?? done)
  return fault === null ? talk : { ...talk, log: withTold(talk.log, [alarm(fault)], now) }
}

/** While a try to connect is due, the time until then is drawn anew each second. */
function counted(talk: Talk, { now }: World): readonly [Talk, readonly Effect[]] {
  if (talk.retry === null) return [talk, []]
  return talk.retry > now ? [talk, [{ do: 'wake', after: COUNT_MS }]] : [{ ...talk, retry: null }, []]
}

function inForm({ settings }: Model, form: Form, message: Rest): readonly [Screen, readonly Effect[]] {
  switch (message.is) {
    case 'key':
      return formKey(form, message.data, settings)
    case 'begin':
      return begun(form, settings)
    case 'read':
      return joining(form, message.text, settings)
    case 'unreadable':
      return [
        { ...form, at: 'invite', wrong: { exit: 'usage', text: `this is no invite, and as a path: ${message.reason}` } },
        [],
      ]
    case 'completed':
      return [completed(form, message.path, message.found), []]
    case 'signal':
      return [form, [{ do: 'quit', outcome: { exit: 'done', text: '' } }]]
    case 'wheel':
    case 'entered':
    case 'woke':
    case 'saved':
    case 'copied':
    case 'not kept':
    case 'stretched':
    case 'talk saved':
      return [form, []]
  }
}
