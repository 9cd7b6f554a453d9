/** Keys in the panes that stand in place of the messages. Called by talking.ts. */
import { armor } from '#lib/client/index.ts'
import type { Effect } from '../message.ts'
import { type Action, isFor } from '../keys.ts'
import type { Pane, Settings, Talk } from '../model.ts'
import { edited, fieldOf, inserted, pasted } from './field.ts'

type Turn = readonly [Talk, readonly Effect[]]

type InvitePane = Pane & { readonly is: 'invite' }

/** Rows that the help moves at once. */
const HELP_STEP = { line: 1, page: 8 } as const

export function paneKey(talk: Talk, pane: Pane, data: string, settings: Settings): Turn {
  switch (pane.is) {
    case 'invite':
      return pane.file === null ? inviteKey(talk, pane, data, settings) : fileKey(talk, pane, data, settings)
    case 'help':
      return helpKey(talk, pane, data, settings)
  }
}

/** The pane with what is said about it. */
export function noted(talk: Talk, note: string): Talk {
  return talk.pane?.is === 'invite' ? { ...talk, pane: { ...talk.pane, note } } : talk
}

function inviteKey(talk: Talk, pane: InvitePane, data: string, { keys }: Settings): Turn {
  const { invite } = talk.standing
  if (isFor('go on', data, keys) || isFor('back', data, keys)) return [{ ...talk, pane: null }, []]
  if (data === 'c' && invite !== null) {
    return [noted(talk, 'given to the terminal’s clipboard, if it has one'), [{ do: 'copy', text: armor(invite) }]]
  }
  if (data === 's') return [{ ...talk, pane: { ...pane, file: fieldOf('invite.room'), note: null } }, []]
  if (data === 'q') return [{ ...talk, pane: { ...pane, qr: !pane.qr, note: null } }, []]
  return [talk, []]
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

function helpKey(talk: Talk, pane: Pane & { readonly is: 'help' }, data: string, { keys }: Settings): Turn {
  const pressed = (action: Action) => isFor(action, data, keys)
  const by = (rows: number): Turn => [{ ...talk, pane: { ...pane, from: Math.max(0, pane.from + rows) } }, []]
  if (pressed('page down')) return by(HELP_STEP.page)
  if (pressed('page up')) return by(-HELP_STEP.page)
  if (pressed('next')) return by(HELP_STEP.line)
  if (pressed('previous')) return by(-HELP_STEP.line)
  return pressed('back') || pressed('go on') || pressed('help') ? [{ ...talk, pane: null }, []] : [talk, []]
}
