/** Keys in the panes that stand in place of the messages. Called by talking.ts. */
import { armor, qrText } from '#lib/client/index.ts'
import type { Effect, World } from '../message.ts'
import { type Action, isEnd, isFor, isHome } from '../keys.ts'
import type { Pane, Settings, Talk } from '../model.ts'
import { comparable } from '../comparing.ts'
import { scrolledMost } from '../panerows.ts'
import { movedBy } from '#lib/text/traffic.ts'
import { edited, fieldOf, inserted, pasted } from './field.ts'
import { saveKey } from './savepane.ts'

type Turn = readonly [Talk, readonly Effect[]]

type InvitePane = Pane & { readonly is: 'invite' }

/** Rows that the help moves at once. */
const HELP_STEP = { line: 1, page: 8 } as const

export function paneKey(talk: Talk, pane: Pane, data: string, settings: Settings, world: World): Turn {
  switch (pane.is) {
    case 'invite':
      return pane.file === null ? inviteKey(talk, pane, data, settings) : fileKey(talk, pane, data, settings)
    case 'help':
      return helpKey(talk, pane, data, settings, world)
    case 'verify':
      return verifyKey(talk, pane, data, settings, world)
    case 'save':
      return saveKey(talk, pane, data, settings)
    case 'events':
      return eventsKey(talk, pane, data, settings)
  }
}

/** The pane with what is said about it. */
export function noted(talk: Talk, note: string): Talk {
  return talk.pane?.is === 'invite' ? { ...talk, pane: { ...talk.pane, note } } : talk
}

const FORMS: Readonly<Record<string, InvitePane['form']>> = { l: 'line', q: 'code' }

function inviteKey(talk: Talk, pane: InvitePane, data: string, { keys }: Settings): Turn {
  const { invite } = talk.standing
  if (isFor('go on', data, keys) || isFor('back', data, keys)) return [{ ...talk, pane: null }, []]
  if (data === 'c' && invite !== null) {
    const text = pane.form === 'line' ? qrText(invite) : armor(invite)
    return [talk, [{ do: 'copy', text }]]
  }
  if (data === 's') return [{ ...talk, pane: { ...pane, file: fieldOf('invite.room'), note: null } }, []]
  const form = FORMS[data]
  if (form === undefined) return [talk, []]
  // The same key again brings the usual form back.
  return [{ ...talk, pane: { ...pane, form: pane.form === form ? 'block' : form, note: null } }, []]
}

/** The name of the file to save the invite in. */
function fileKey(talk: Talk, pane: InvitePane, data: string, { keys }: Settings): Turn {
  const { file } = pane
  const { invite } = talk.standing
  if (file === null || isFor('back', data, keys)) return [{ ...talk, pane: { ...pane, file: null } }, []]
  if (isFor('go on', data, keys)) {
    const path = file.text.trim()
    if (path === '' || invite === null) return [talk, []]
    return [{ ...talk, pane: { ...pane, file: null } }, [{ do: 'save', path, invite }]]
  }
  const paste = pasted(data)
  const next = paste === null ? edited(file, data) : inserted(file, paste.replaceAll('\n', ''))
  return next === null ? [talk, []] : [{ ...talk, pane: { ...pane, file: next } }, []]
}

/** The most rows that can be scrolled away of a pane: it has the log's place, and the row that is free there below it. */
function mostOf(pane: Pane & { readonly is: 'help' | 'verify' }, settings: Settings, { columns, rows }: World): number {
  return scrolledMost(pane, settings, columns, rows + 1)
}

function helpKey(talk: Talk, pane: Pane & { readonly is: 'help' }, data: string, settings: Settings, world: World): Turn {
  const pressed = (action: Action) => isFor(action, data, settings.keys)
  const by = (rows: number): Turn => {
    const from = Math.max(0, Math.min(pane.from + rows, mostOf(pane, settings, world)))
    return [{ ...talk, pane: { ...pane, from } }, []]
  }
  if (pressed('page down')) return by(HELP_STEP.page)
  if (pressed('page up')) return by(-HELP_STEP.page)
  if (pressed('next')) return by(HELP_STEP.line)
  if (pressed('previous')) return by(-HELP_STEP.line)
  if (pressed('oldest') || isHome(data)) return by(-Infinity)
  if (pressed('newest') || isEnd(data)) return by(Infinity)
  return pressed('back') || pressed('go on') || pressed('help') ? [{ ...talk, pane: null }, []] : [talk, []]
}

/** Up and Down go from the room's code, all of which is in sight before, through those who can be compared. */
function verifyKey(talk: Talk, pane: Pane & { readonly is: 'verify' }, data: string, settings: Settings, world: World): Turn {
  const pressed = (action: Action) => isFor(action, data, settings.keys)
  const others = comparable(pane.code)
  const at = pane.chosen ?? -1
  const to = (chosen: number | null, from: number): Turn => [{ ...talk, pane: { ...pane, chosen, from } }, []]
  const most = mostOf(pane, settings, world)
  const step = Math.max(1, world.rows - VERIFY_KEPT)
  const last = others.length - 1
  if (pressed('next') || pressed('complete') || pressed('page down')) {
    if (at < 0 && pane.from < most) return to(null, Math.min(most, pane.from + step))
    return at < last ? to(at + 1, most) : [talk, []]
  }
  if (pressed('previous') || pressed('page up'))
    return at > 0 ? to(at - 1, most) : to(null, at === 0 ? most : Math.max(0, pane.from - step))
  if (pressed('oldest') || isHome(data)) return to(null, 0)
  if (pressed('newest') || isEnd(data)) return to(last < 0 ? null : last, most)
  if (pressed('back') || pressed('verify')) return [{ ...talk, pane: null }, []]
  const who = others[at]
  if (!pressed('go on') || who === undefined) return [talk, []]
  return [talk, [{ do: 'act', command: { do: 'verify', member: who.member, verified: !who.verified } }]]
}

/** Rows of a screen that are in sight before and after a step: what keys do, and what was read last. */
const VERIFY_KEPT = 4

export const eventsPane: Pane = { is: 'events', chosen: null, open: new Set() }

/** Frames that a page of keys moves over. */
const EVENTS_PAGE = 10

function eventsKey(talk: Talk, pane: Pane & { readonly is: 'events' }, data: string, { keys }: Settings): Turn {
  const pressed = (action: Action) => isFor(action, data, keys)
  const by = (frames: number): Turn => [{ ...talk, pane: { ...pane, chosen: movedBy(talk.traffic, pane.chosen, frames) } }, []]
  if (pressed('next')) return by(1)
  if (pressed('previous')) return by(-1)
  if (pressed('page down')) return by(EVENTS_PAGE)
  if (pressed('page up')) return by(-EVENTS_PAGE)
  if (pressed('oldest') || isHome(data)) return by(-Infinity)
  if (pressed('newest') || isEnd(data)) return by(Infinity)
  if (pressed('back') || pressed('events')) return [{ ...talk, pane: null }, []]
  const chosen = pane.chosen ?? talk.traffic.items.at(-1)?.id
  if (!pressed('go on') || chosen === undefined) return [talk, []]
  const open = new Set(pane.open)
  if (!open.delete(chosen)) open.add(chosen)
  return [{ ...talk, pane: { ...pane, chosen, open } }, []]
}
