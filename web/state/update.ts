/**
 * What a message does to the page (docs/web.md): the next model and what is to be done. Pure: no clock, no document, no client; what it may look at
 * comes in as `World`. Called by app.ts alone. Forms, conversation and events have a file each beside this one.
 */
import { withSeen } from '#lib/text/traffic.ts'
import { inForm } from './forms.ts'
import { heard } from './hearing.ts'
import type { Effect, Message, World } from './message.ts'
import type { Model, Talk } from './model.ts'
import { inTalk, looked } from './talking.ts'

/** A step: the next model, and what is to be done in order. */
export type Turn = readonly [Model, readonly Effect[]]

export function update(model: Model, message: Message, world: World): Turn {
  const { screen } = model
  switch (message.is) {
    case 'about':
      return [{ ...model, about: message.shown }, []]
    case 'opening':
      return [{ ...model, leaving: message.address }, []]
    case 'notices':
      return [{ ...model, notices: { ...model.notices, ...message.change } }, []]
    case 'focus':
      return [focused(model, message.focused), []]
    case 'heard':
      return screen.is === 'talk' ? heard(model, screen, message.event, world) : [model, []]
    case 'seen':
      if (screen.is !== 'talk') return [model, []]
      return [{ ...model, screen: { ...screen, traffic: withSeen(screen.traffic, message.seen, world.now) } }, []]
    default: {
      const [next, effects] = screen.is === 'talk' ? inTalk(screen, message, world) : inForm(screen, message)
      return [next === screen ? model : { ...model, screen: next }, effects]
    }
  }
}

/** Somebody looks, or looks away. What was looked at is not new the next time. */
function focused(model: Model, isFocused: boolean): Model {
  const { screen } = model
  if (screen.is !== 'talk') return { ...model, focused: isFocused }
  return { ...model, focused: isFocused, screen: isFocused ? looked(screen) : unmarked(model, screen) }
}

function unmarked(model: Model, talk: Talk): Talk {
  return model.focused && talk.unread?.count === 0 ? { ...talk, unread: null } : talk
}
