/** What each message does to the full screen, as tables: the model and a message in, the next model and the effects out (docs/terminal.md). */
import { describe, expect, test } from 'bun:test'
import type { EntryView, Event, MemberView } from '#lib/client/events.ts'
import { emptyStore, reduce, type View } from '#lib/client/store.ts'
import { armor, TEXT_BYTES } from '#lib/client/index.ts'
import type { Effect, Message, World } from '../../../cli/screen/message.ts'
import {
  type Form,
  formOf,
  type Given,
  type Model,
  SETTINGS,
  type Settings,
  type Talk,
  talkOf,
} from '../../../cli/screen/model.ts'
import { foldedIn } from '../../../cli/screen/ignoring.ts'
import { update } from '../../../cli/screen/update.ts'
import { inviteOf } from '../../harness/invites.ts'
import { KEY } from '../../harness/screen.ts'
import { ALARMS, entry, me, member } from '../../harness/told.ts'

const NOW = Date.UTC(2026, 10, 20, 12, 34)
const WORLD: World = { view: emptyStore().view, now: NOW, columns: 80, rows: 20, membersShown: false, typed: false }

/** Her name is known already: nothing is to be kept when she gets in. */
const KNOWN: Settings = { ...SETTINGS, config: { ...SETTINGS.config, name: 'alice' } }

function modelOf(screen: Model['screen']): Model {
  return { settings: KNOWN, screen, focused: true }
}

/** Keys pressed one after the other on a form. */
function pressed(form: Form, ...keys: readonly string[]): { readonly model: Model; readonly effects: readonly Effect[] } {
  return after(modelOf(form), WORLD, ...keys.map((data): Message => ({ is: 'key', data })))
}

function after(model: Model, world: World, ...messages: readonly Message[]) {
  const all: Effect[] = []
  let last = model
  for (const message of messages) {
    const [next, effects] = update(last, message, world)
    last = next
    all.push(...effects)
  }
  return { model: last, effects: all }
}

function formIn({ screen }: Model): Form {
  if (screen.is === 'talk') throw new Error('there is a talk')
  return screen
}

function talkIn({ screen }: Model): Talk {
  if (screen.is !== 'talk') throw new Error('there is no talk')
  return screen
}

const FILLED: Given = { name: 'alice', relay: 'ws://127.0.0.1:1337/ws' }

describe('on a form', () => {
  test.each<readonly [string, Form, readonly string[], Partial<Form>]>([
    ['Enter on a name goes to the first way on', formOf('landing', {}), ['a', KEY.enter], { is: 'landing', at: 'to create' }],
    ['Enter on a way on goes there', formOf('landing', FILLED), [KEY.enter], { is: 'create', at: 'relay' }],
    ['the other way on is below', formOf('landing', FILLED), [KEY.down, KEY.enter], { is: 'join', at: 'invite' }],
    ['Tab goes round', formOf('landing', FILLED), [KEY.tab, KEY.tab], { at: 'name' }],
    ['Up goes back', formOf('create', FILLED), [KEY.up], { at: 'name' }],
    ['Escape goes back to the landing', formOf('join', FILLED), [KEY.escape], { is: 'landing' }],
    ['a missing name is asked for first', formOf('create', {}), [], { at: 'name' }],
  ])('%s', (_, form, keys, screen) => {
    expect(formIn(pressed(form, ...keys).model)).toMatchObject(screen)
  })

  test.each<readonly [string, Form, readonly string[], string]>([
    ['no name', formOf('landing', {}), [KEY.enter], 'a name needs at least one character that can be seen'],
    ['no address', formOf('create', { name: 'alice', relay: 'relay' }), [KEY.enter], 'relay address'],
    [
      'an address without encryption',
      formOf('create', { name: 'alice', relay: 'ws://relay.example/ws' }),
      [KEY.enter],
      '--allow-plain',
    ],
    ['no invite', formOf('join', { name: 'bob' }), [KEY.enter], 'paste the invite here'],
    [
      'a damaged invite',
      formOf('join', { name: 'bob', invite: armor(inviteOf()).replace('AQA', 'AQB') }),
      [KEY.enter],
      'damaged',
    ],
  ])('%s is told, and nothing begins', (_, form, keys, why) => {
    const { model, effects } = pressed(form, ...keys)
    expect(formIn(model).wrong?.text).toContain(why)
    expect(effects).toEqual([])
  })

  test('Enter makes the room that was filled in', () => {
    const { model, effects } = pressed(formOf('create', { ...FILLED, token: 'secret' }), KEY.enter)
    expect(model.screen.is).toBe('talk')
    expect(effects).toEqual([
      { do: 'begin', command: { do: 'create', url: 'ws://127.0.0.1:1337/ws', name: 'alice', adminToken: 'secret' } },
    ])
  })

  test('an invite that is pasted with a mail around it joins at once where the name is known', () => {
    const { effects } = pressed(formOf('landing', FILLED), `\x1b[200~hello\n${armor(inviteOf())}\nbye\x1b[201~`)
    expect(effects).toMatchObject([
      { do: 'begin', command: { do: 'join', name: 'alice', invite: { url: 'wss://relay.example/ws' } } },
    ])
  })

  test('what is no invite is taken for the path of one', () => {
    const { model, effects } = pressed(formOf('join', { name: 'bob', invite: '~/talk.room' }), KEY.enter)
    expect(effects).toEqual([{ do: 'read', path: '~/talk.room', why: 'join' }])
    const read = after(model, WORLD, { is: 'read', text: armor(inviteOf()), why: 'join' })
    expect(read.effects).toMatchObject([{ do: 'begin', command: { do: 'join' } }])
    const unreadable = after(model, WORLD, { is: 'unreadable', reason: 'it cannot be read', why: 'join' })
    expect(formIn(unreadable.model).wrong?.text).toBe('this is no invite, and as a path: it cannot be read')
  })

  test('a path is completed as far as its files agree', () => {
    const form = formOf('join', { name: 'bob', invite: 'ta' })
    expect(pressed(form, KEY.tab).effects).toEqual([{ do: 'complete', path: 'ta' }])
    const { model } = after(modelOf(form), WORLD, { is: 'completed', path: 'ta', found: ['talk.room', 'talks/'] })
    expect(formIn(model).fields.invite.text).toBe('talk')
    expect(formIn(model).found).toEqual(['talk.room', 'talks/'])
    // What was typed meanwhile stays.
    expect(formIn(after(model, WORLD, { is: 'completed', path: 'ta', found: ['taxes'] }).model).fields.invite.text).toBe('talk')
  })

  test.each<readonly [string, string, readonly string[], string]>([
    ['Backspace takes a whole picture', 'a👨‍👩‍👧', [KEY.backspace], 'a'],
    ['Ctrl-W takes a word', 'one two', ['\x17'], 'one '],
    ['Ctrl-U takes all before the cursor', 'one two', ['\x15'], ''],
    ['what is typed stands at the cursor', 'ac', ['\x1b[D', 'b'], 'abc'],
    ['Home and Delete', 'abc', [KEY.home, '\x1b[3~'], 'bc'],
    ['a paste loses what is no text', 'a', ['\x1b[200~b\x1b[31mc\x07\x1b[201~'], 'ab[31mc'],
  ])('%s', (_, name, keys, text) => {
    const form = { ...formOf('landing', { name }), at: 'name' as const }
    expect(formIn(pressed(form, ...keys).model).fields.name.text).toBe(text)
  })
})

function textOf({ body }: EntryView): string {
  return typeof body['text'] === 'string' ? body['text'] : ''
}

/** Events as they come, on the store and on the model. */
class Told {
  readonly effects: Effect[] = []
  model: Model
  view: View = emptyStore().view

  constructor(...events: readonly Event[]) {
    this.model = modelOf(talkOf(formOf('create', FILLED), null))
    this.hear(...events)
  }

  hear(...events: readonly Event[]): this {
    for (const event of events) {
      this.view = reduce(this.view, event)
      this.take({ is: 'heard', event })
    }
    return this
  }

  take(message: Message, world: Partial<World> = {}): this {
    const [model, effects] = update(this.model, message, { ...WORLD, view: this.view, ...world })
    this.model = model
    this.effects.push(...effects)
    return this
  }

  press(...keys: readonly string[]): this {
    for (const data of keys) this.take({ is: 'key', data })
    return this
  }

  enter(text: string): this {
    return this.take({ is: 'entered', text })
  }

  get talk(): Talk {
    return talkIn(this.model)
  }

  /** What stands in the log, each in short. */
  get log(): string[] {
    return this.talk.log.items.map((item) => (item.is === 'said' ? textOf(item.entry) : `${item.told.as}: ${item.told.text}`))
  }
}

const DIALING: Event = { is: 'dialing', host: 'relay.example', goesOn: false }
const CREATED: Event = { is: 'created', invite: inviteOf() }
const SEATED: Event = { is: 'seated', me: me(), others: 1, returned: false }
const ARRIVED: Event = { is: 'member', what: 'arrived', who: member(), was: null, instead: null }
const said = (n: number, text: string, late = false): Event => ({
  is: 'entry',
  entry: entry({ n, body: { text }, late, time: NOW }),
})

const inRoom = () => new Told(DIALING, SEATED, ARRIVED)

describe('what is heard', () => {
  test('stands in the log, a late entry where the store shows it', () => {
    const told = inRoom().hear(said(1, 'one'), said(3, 'three'), {
      is: 'entry',
      entry: entry({ n: 2, body: { text: 'two' }, late: true, seen: [], time: NOW }),
    })
    const texts = told.view.entries.map(textOf)
    expect(told.log.filter((line) => texts.includes(line))).toEqual(texts)
  })

  test('shows the invite until somebody comes who has it', () => {
    const told = new Told(DIALING, CREATED, SEATED)
    expect(told.talk.pane).toMatchObject({ is: 'invite', asked: false })
    expect(told.hear(ARRIVED).talk.pane).toBeNull()
    // What was asked for stays.
    expect(told.enter('/invite').hear(ARRIVED).talk.pane).toMatchObject({ is: 'invite', asked: true })
  })

  test('is counted as new while nobody looks, from its first item on', () => {
    const told = inRoom().hear(said(1, 'seen'))
    expect(told.talk.unread).toBeNull()
    told.take({ is: 'focus', focused: false }).hear(said(2, 'new'), said(3, 'newer'))
    const first = told.talk.log.items.find((item) => item.is === 'said' && item.entry.n === 2)
    expect(told.talk.unread).toMatchObject({ from: first?.id ?? -1, count: 2 })
    told.take({ is: 'focus', focused: true })
    expect(told.talk.unread).toMatchObject({ from: first?.id ?? -1, count: 0 })
    expect(told.enter('I saw it').talk.unread).toBeNull()
  })

  test('my own words are nothing new', () => {
    const told = inRoom().take({ is: 'focus', focused: false })
    told.hear({ is: 'entry', entry: entry({ who: me(), time: NOW }) })
    expect(told.talk.unread).toBeNull()
  })

  test('counts down to the next try once, however often the connection is lost', () => {
    const told = inRoom().hear({ is: 'away', code: 1006, again: 4_000 })
    told.take({ is: 'woke' }, { now: NOW + 1_000 }).hear({ is: 'away', code: 1006, again: 8_000 })
    expect(told.effects).toEqual([
      { do: 'wake', after: 1_000 },
      { do: 'wake', after: 1_000 },
    ])
    expect(told.hear({ ...SEATED, returned: true }).take({ is: 'woke' }).effects).toHaveLength(2)
  })

  test('goes back to the form, with the reason, when there was never a room', () => {
    const told = new Told(DIALING, { is: 'ended', why: { is: 'refused', reason: 'forbidden' } })
    expect(formIn(told.model)).toMatchObject({ is: 'create', wrong: { exit: 'refused' } })
    expect(told.effects).toEqual([])
    expect(formIn(new Told({ is: 'failed', fault: 'bad_url', command: 'create' }).model).wrong?.exit).toBe('usage')
  })

  test('an end that others made stays in sight until a key is pressed', () => {
    const told = inRoom().hear({ is: 'ended', why: { is: 'closed', by: member({ founder: true }) } })
    expect(told.effects).toEqual([])
    expect(told.press(KEY.enter).effects).toEqual([
      { do: 'quit', outcome: { exit: 'done', text: 'bob, the founder, closed the room' } },
    ])
  })
})

describe('what is entered', () => {
  const say = (text: string): Effect => ({ do: 'act', command: { do: 'say', text, class: null } })
  const bob = member().member

  test.each<readonly [string, readonly Effect[]]>([
    ['hello', [say('hello')]],
    ['//help', [say('/help')]],
    ['/notice tea', [{ do: 'act', command: { do: 'say', text: 'tea', class: 'notice' } }]],
    ['/me waves', [{ do: 'act', command: { do: 'say', text: 'waves', class: 'action' } }]],
    ['/topic tea at five', [{ do: 'act', command: { do: 'topic', text: 'tea at five' } }]],
    ['/topic -delete', [{ do: 'act', command: { do: 'topic', text: '' } }]],
    ['/mode +t', [{ do: 'act', command: { do: 'lock', locked: true } }]],
    ['/topic', []],
    ['/ignore bob', []],
    ['/nick al', [{ do: 'act', command: { do: 'rename', name: 'al' } }]],
    ['/rotate', [{ do: 'act', command: { do: 'rotate' } }]],
    ['/verify', [{ do: 'act', command: { do: 'fingerprints' } }]],
    ['/verify bob', [{ do: 'act', command: { do: 'verify', member: bob, verified: true } }]],
    ['/unverify k7wq2m', [{ do: 'act', command: { do: 'verify', member: bob, verified: false } }]],
    ['/quit', [{ do: 'act', command: { do: 'leave', now: false } }]],
    ['/who', []],
    ['/help', []],
    ['/qiut', []],
    ['/recreate', []],
    ['/join talk.room', []],
    ['/close', []],
  ])('%s', (text, effects) => {
    const told = inRoom().enter(text)
    expect<readonly Effect[]>(told.effects).toEqual([{ do: 'remember', text } as const, ...effects])
  })

  test.each<readonly [string, string]>([
    ['/qiut', 'alarm: no such command. /help lists them; a text that begins with / is written with two'],
    ['/recreate', 'alarm: this is for a room that the relay has lost; nothing was done'],
    ['/verify carol', 'alarm: nobody here is called so. /who lists names and tags'],
    ['/who', 'ours: bob (K7WQ2M): here'],
    ['/topic', 'ours: there is no topic; anybody may set it'],
    ['/mode t', 'alarm: it is /mode +t, to lock the topic, or /mode -t'],
    ['/ignore', 'ours: nobody is ignored'],
    ['/ignore carol', 'alarm: nobody here is called so. /who lists names and tags'],
    ['/unignore bob', 'alarm: nobody called so is ignored. /ignore lists who is'],
    ['/invite', 'ours: there is no invite yet'],
    ['/close', 'alarm: this ends the room for everybody: type /close again to do it'],
  ])('%s is answered in the log', (text, line) => {
    expect(inRoom().enter(text).log.at(-1)).toBe(line)
  })

  test('a room is closed by the second /close in a row', () => {
    const close: Effect = { do: 'act', command: { do: 'close' } }
    expect(inRoom().enter('/close').enter('/close').effects).toContainEqual(close)
    expect(inRoom().enter('/close').enter('wait').enter('/close').effects).not.toContainEqual(close)
  })

  test.each(['', '/me '])('what is too long is given back: %p before it', (before) => {
    const text = before + 'x'.repeat(TEXT_BYTES + 1)
    const told = inRoom().enter(text)
    expect(told.effects).toContainEqual({ do: 'insert', text })
    expect(told.log.at(-1)).toContain('too long')
  })

  test('an invite is asked about also as a topic', () => {
    const told = inRoom().enter(`/topic ${armor(inviteOf()).replaceAll('\n', ' ')}`)
    expect(told.talk.question?.is).toBe('say')
    expect(told.effects).toEqual([])
  })

  test('/panic wipes all, the terminal too, leaves at once and ends, whatever the session says', () => {
    const told = inRoom().hear(said(1, 'a word of the talk'))
    told
      .take({ is: 'seen', seen: { way: 'in', frame: null, code: 'not_json', bytes: 9 } })
      .press(KEY.f1)
      .enter('/panic')
    expect(told.effects).toEqual([
      { do: 'act', command: { do: 'leave', now: true } },
      { do: 'erase' },
      { do: 'quit', outcome: { exit: 'done', text: '' } },
    ])
    expect(told.talk).toEqual({ ...talkOf(formOf('create', {}), null), leaving: 'now' })
  })

  test('/clear empties the screen', () => {
    expect(inRoom().hear(said(1, 'one')).enter('/clear').log).toEqual([])
  })

  test('a lost room is made anew with the token that it was made with', () => {
    const told = new Told()
    told.model = modelOf(talkOf(formOf('create', { ...FILLED, token: 'secret' }), null))
    told.hear(DIALING, SEATED, { is: 'lost', why: { is: 'forgotten' }, unsure: null }).enter('/recreate')
    expect(told.effects).toContainEqual({ do: 'act', command: { do: 'recreate', adminToken: 'secret' } })
  })
})

describe('saving', () => {
  const saving = (...keys: readonly string[]) =>
    inRoom()
      .hear(said(1, 'one'))
      .enter('/save a.saved')
      .press(...keys)
  const save = (passphrase: string | null): Effect => ({ do: 'save talk', path: 'a.saved', passphrase })
  const paneOf = ({ talk: { pane } }: Told) => (pane?.is === 'save' ? pane : null)
  const TWICE = ['x', KEY.enter, 'x', KEY.enter]

  test('an empty talk has nothing to save', () => {
    expect(inRoom().enter('/save').log.at(-1)).toBe('ours: there is nothing to save: nothing was said yet')
  })

  test.each<readonly [string, readonly string[], readonly Effect[], string | null]>([
    ['the same passphrase twice', TWICE, [save('x')], null],
    ['a pasted one', ['\x1b[200~one two\n\x1b[201~', KEY.enter, 'one two', KEY.enter], [save('one two')], null],
    ['no passphrase', [KEY.enter], [], 'choose a passphrase, or clear text below'],
    ['another the second time', ['x', KEY.enter, 'y', KEY.enter], [], 'the two were not the same: type it again'],
    ['one that is too long', ['x'.repeat(1_025), KEY.enter], [], 'a passphrase has 1,024 bytes at most'],
    ['no name', [KEY.up, '\x15', KEY.enter], [], 'name the file'],
    ['clear text, asked about', [KEY.down, KEY.down, KEY.enter], [], null],
    ['clear text that is meant', [KEY.down, KEY.down, KEY.enter, 'y'], [save(null)], null],
    ['clear text that is not meant', [KEY.down, KEY.down, KEY.enter, 'n', 'y'], [], null],
    ['clear text, and Enter for an answer', [KEY.down, KEY.down, KEY.enter, KEY.enter], [], null],
    ['Escape', [KEY.escape], [], null],
  ])('%s', (_, keys, effects, wrong) => {
    const told = saving(...keys)
    expect<readonly Effect[]>(told.effects.slice(1)).toEqual(effects)
    expect(paneOf(told)?.wrong ?? null).toBe(wrong)
  })

  test('keeps no passphrase once it has begun, or when two differ', () => {
    expect(JSON.stringify(saving('secret', KEY.enter, 'secret', KEY.enter).talk.pane)).not.toContain('secret')
    expect(JSON.stringify(saving('secret', KEY.enter, 'secreT', KEY.enter).talk.pane)).not.toContain('secre')
  })

  test('goes on when the pane is closed or the room, and is told in the talk', () => {
    const done = { is: 'talk saved', path: 'a\x1b.saved', sealed: true, fault: null } as const
    expect(
      saving(...TWICE, KEY.escape)
        .take(done)
        .log.at(-1),
    ).toContain('the talk is saved as a')
    const over = saving(...TWICE).hear({ is: 'ended', why: { is: 'closed', by: member({ founder: true }) } })
    expect(paneOf(over.take({ is: 'stretched', done: 0.5 }))?.done).toBe(0.5)
    expect(over.take(done).log.at(-1)).toMatch(/^ours: the talk is saved as a[^\x1b]*\.saved, under your passphrase: tacet open /)
    expect(over.talk.pane).toBeNull()
    const failed = saving(...TWICE, KEY.escape).take({ ...done, fault: 'no room' })
    expect(failed.log.at(-1)).toBe('alarm: the talk is not saved: no room')
  })

  test('what cannot be saved is told in the pane, where another name can be typed', () => {
    const told = saving(...TWICE).take({ is: 'talk saved', path: 'a.saved', sealed: true, fault: 'it exists' })
    expect(paneOf(told)).toMatchObject({ wrong: 'it exists', at: 'file', done: null, fields: { file: { text: 'a.saved' } } })
  })

  test('completes the path as far as files agree, then Tab goes on', () => {
    const told = saving(KEY.up, KEY.tab)
    expect(told.effects.at(-1)).toEqual({ do: 'complete', path: 'a.saved' })
    told.take({ is: 'completed', path: 'a.saved', found: ['a.saved.1', 'a.saved.2'] })
    expect(paneOf(told)).toMatchObject({ found: ['a.saved.1', 'a.saved.2'], fields: { file: { text: 'a.saved.' } } })
    expect(paneOf(told.press(KEY.tab))?.at).toBe('passphrase')
  })
})

describe('a member who is ignored', () => {
  const ignored = () => inRoom().enter('/ignore bob')
  const by = (who: MemberView): Event => ({ is: 'entry', entry: entry({ who }) })
  const fold = ({ talk }: Told) => foldedIn(talk.log, talk.ignored)

  test('says what is counted, and is not new, rings nothing and is not told that', () => {
    const told = ignored().take({ is: 'focus', focused: false }).hear(said(1, 'alice, hello'), said(2, 'alice?'))
    expect(fold(told)).toBe(2)
    expect(told.talk.unread).toBeNull()
    expect(told.effects).toEqual([{ do: 'remember', text: '/ignore bob' }])
    expect(told.enter('/ignore').log.at(-1)).toBe('ours: ignored: bob (K7WQ2M), 2 messages not shown')
  })

  test('is so under another name, and another with its name is not', () => {
    const told = ignored().hear(by(member({ name: 'robert' })))
    expect(fold(told)).toBe(1)
    const other = member({ member: '0c'.repeat(16), seat: 'seat-of-another', tag: 'AAAAAA' })
    expect(fold(told.hear(by(other)))).toBe(1)
  })

  test('is heard again, with what was said meanwhile, also when it is gone', () => {
    const told = ignored().hear(said(1, 'one'), {
      is: 'member',
      what: 'left',
      who: member({ presence: 'left' }),
      was: null,
      instead: null,
    })
    expect(fold(told.enter('/unignore k7wq2m'))).toBe(0)
    expect(told.enter('/ignore').log.at(-1)).toBe('ours: nobody is ignored')
  })
})

describe('leaving', () => {
  const leave = (now: boolean): Effect => ({ do: 'act', command: { do: 'leave', now } })
  const interrupted: Effect = { do: 'quit', outcome: { exit: 'interrupted', text: 'interrupted' } }

  test.each<readonly [string, readonly string[], readonly Effect[]]>([
    ['Ctrl-C: at once', [KEY.ctrlC], [leave(true)]],
    ['Ctrl-C twice: without a goodbye', [KEY.ctrlC, KEY.ctrlC], [leave(true), interrupted]],
    ['Ctrl-D: when all is said', [KEY.ctrlD], [leave(false)]],
    ['Ctrl-D, and Ctrl-C when that takes long', [KEY.ctrlD, KEY.ctrlC], [leave(false), leave(true)]],
  ])('%s', (_, keys, effects) => {
    expect(inRoom().press(...keys).effects).toEqual([...effects])
  })

  test('Ctrl-D is the editor’s where something is typed', () => {
    expect(inRoom().take({ is: 'key', data: KEY.ctrlD }, { typed: true }).effects).toEqual([{ do: 'type', data: KEY.ctrlD }])
  })

  test('what waits for the handshake holds nobody who leaves', () => {
    expect(inRoom().hear({ is: 'failed', fault: 'busy', command: 'leave' }).effects).toEqual([leave(true)])
  })
})

describe('the window', () => {
  const filled = () => inRoom().hear(...Array.from({ length: 100 }, (_, i) => said(i + 1, `number ${i + 1}`)))

  test('goes back by pages and comes to the end again', () => {
    const told = filled().press(KEY.pageUp)
    expect(told.talk.scroll).not.toBeNull()
    expect(told.press(KEY.pageDown).talk.scroll).toBeNull()
    expect(told.press(KEY.home).talk.scroll).not.toBeNull()
    expect(told.press(KEY.end).talk.scroll).toBeNull()
  })

  test('stays where it is while others talk, and counts what they say', () => {
    const told = filled().press(KEY.pageUp)
    const { scroll } = told.talk
    told.hear(said(101, 'one more'))
    expect(told.talk.scroll).toEqual(scroll)
    expect(told.talk.unread?.count).toBe(1)
    expect(told.enter('an answer').talk.scroll).toBeNull()
  })

  test('does not go beyond the beginning', () => {
    const told = filled().press(KEY.home)
    const { scroll } = told.talk
    expect(told.press(KEY.pageUp).take({ is: 'wheel', rows: -3 }).talk.scroll).toEqual(scroll)
  })

  test('is not moved where everything is in sight', () => {
    expect(inRoom().press(KEY.pageUp, KEY.home).take({ is: 'wheel', rows: -3 }).talk.scroll).toBeNull()
  })
})

test('alarms and gaps are told in the log', () => {
  const told = inRoom().hear(
    { is: 'alarm', alarm: ALARMS.fork },
    { is: 'gaps', gaps: [{ log: 'seat-of-bob', name: 'bob', from: 2, to: 3, by: null, unavailable: false }] },
  )
  expect(told.log.slice(-2)).toEqual([
    expect.stringMatching(/^alarm: bob told different people different things/),
    'alarm: 2 messages missing from bob, asking for them',
  ])
})
