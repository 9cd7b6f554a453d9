/** What each message does to the page: the model and a message in, the next model and the effects out (docs/web.md). */
import { describe, expect, test } from 'bun:test'
import type { Event } from '#lib/client/events.ts'
import { armor, link, qrText, TEXT_BYTES } from '#lib/client/index.ts'
import { emptyStore, reduce, type View } from '#lib/client/store.ts'
import type { Effect, Message, World } from '../../web/state/message.ts'
import { type Form, formOf, type Model, modelOf, type Talk, talkOf } from '../../web/state/model.ts'
import { update } from '../../web/state/update.ts'
import { inviteOf } from '../harness/invites.ts'
import { entry, lost, me, member } from '../harness/told.ts'

const RELAY = 'wss://relay.example/ws'
const WORLD: World = { view: emptyStore().view, now: 1_000_000, page: 'https://talk.example/' }
const BEGINNING = modelOf(RELAY, true)

function after(model: Model, messages: readonly Message[], world = WORLD) {
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

const typed = (field: 'name' | 'relay' | 'token' | 'invite', text: string): Message => ({ is: 'typed', field, text })
const given = (text: string): Message => ({ is: 'given', text })
const SUBMIT: Message = { is: 'submitted' }

describe('a form', () => {
  test('makes a room on the relay that is offered, once there is a name', () => {
    const { model, effects } = after(BEGINNING, [{ is: 'turned', to: 'create' }, SUBMIT])
    expect(formIn(model).wrong).toMatchObject({ at: 'name' })
    expect(effects).toEqual([])
    const second = after(model, [typed('name', ' alice '), SUBMIT])
    expect(second.effects).toEqual([{ do: 'begin', command: { do: 'create', url: RELAY, name: 'alice', adminToken: null } }])
    expect(talkIn(second.model).seated).toBe(false)
  })

  test('takes an invite out of whatever is given, and shows no text of it', () => {
    const invite = inviteOf()
    for (const text of [`see #${qrText(invite)} there`, armor(invite), link(invite, 'https://talk.example/')]) {
      const form = formIn(after(BEGINNING, [given(text)]).model)
      expect(form).toMatchObject({ is: 'join', invite: { url: invite.url }, fields: { invite: '' }, wrong: null })
    }
    expect(formIn(after(BEGINNING, [{ is: 'turned', to: 'join' }, typed('invite', armor(invite))]).model).invite).not.toBeNull()
  })

  test('says what is wrong with an invite that is given, and with one that is typed when it is to be used', () => {
    const damaged = qrText(inviteOf()).slice(0, -4)
    expect(formIn(after(BEGINNING, [given(`#${damaged}`)]).model).wrong?.text).toBe('the invite is cut short')
    const typing = after(BEGINNING, [{ is: 'turned', to: 'join' }, typed('name', 'bob'), typed('invite', damaged)])
    expect(formIn(typing.model).wrong).toBeNull()
    expect(formIn(after(typing.model, [SUBMIT]).model).wrong).toEqual({ at: 'invite', text: 'the invite is cut short' })
  })

  test('joins with what it was given after a click, and not before', () => {
    const { model, effects } = after(BEGINNING, [given(armor(inviteOf())), typed('name', 'bob')])
    expect(effects).toEqual([])
    expect(after(model, [SUBMIT]).effects).toMatchObject([{ do: 'begin', command: { do: 'join', name: 'bob' } }])
  })

  test('goes to no unencrypted relay elsewhere before the person allows it, and that relay alone', () => {
    const plain = inviteOf('ws://relay.example/ws')
    const joining = after(BEGINNING, [given(armor(plain)), typed('name', 'bob'), SUBMIT])
    expect(joining.effects).toEqual([])
    expect(formIn(joining.model).wrong?.at).toBe('invite')
    expect(after(joining.model, [{ is: 'allowed', plain: true }, SUBMIT]).effects).toHaveLength(1)
    const other: readonly Message[] = [{ is: 'allowed', plain: true }, given(armor(plain)), SUBMIT]
    expect(after(joining.model, other).effects).toEqual([])
    const creating = after(BEGINNING, [
      { is: 'turned', to: 'create' },
      typed('name', 'a'),
      typed('relay', 'ws://relay.example/ws'),
      SUBMIT,
    ])
    expect(formIn(creating.model).wrong?.at).toBe('relay')
  })
})

/** A conversation in which these events were told. */
function talking(events: readonly Event[], { focused = true } = {}): { readonly model: Model; readonly world: World } {
  const origin = formOf('join', { name: 'alice' })
  let view: View = emptyStore().view
  let model: Model = { ...BEGINNING, focused, screen: talkOf(origin, inviteOf()) }
  for (const event of events) {
    view = reduce(view, event)
    model = update(model, { is: 'heard', event }, { ...WORLD, view })[0]
  }
  return { model, world: { ...WORLD, view } }
}

const SEATED: Event = { is: 'seated', me: me(), others: 1, returned: false }
const heard = (text: string, n = 1): Event => ({ is: 'entry', entry: entry({ n, body: { text } }) })
const say = (text: string): Message => ({ is: 'said', text })

describe('in a conversation', () => {
  test('what is said is a command, and an empty text is none', () => {
    const { model, world } = talking([SEATED])
    expect(after(model, [say('hello'), say(' \n ')], world).effects).toEqual([
      { do: 'act', command: { do: 'say', text: 'hello', class: null } },
    ])
  })

  test.each([
    ['an invite', armor(inviteOf())],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['a command of the terminal', '/quit'],
  ])('%s is asked about before it is said; a no gives it back', (_, text) => {
    const { model, world } = talking([SEATED])
    const asked = after(model, [say(text)], world)
    expect(asked.effects).toEqual([])
    expect(talkIn(asked.model).question?.text).toBe(text)
    expect(after(asked.model, [{ is: 'answered', yes: false }], world).effects).toEqual([{ do: 'draft', text }])
    expect(after(asked.model, [{ is: 'answered', yes: true }], world).effects).toMatchObject([{ do: 'act' }])
  })

  test('a text that is too long is told and given back', () => {
    const { model, world } = talking([SEATED])
    const text = 'x'.repeat(TEXT_BYTES + 1)
    expect(after(model, [say(text)], world).effects).toEqual([{ do: 'draft', text }])
  })

  test('what comes while nobody looks is counted, rings, and is new until it is looked at and left', () => {
    const { model, world } = talking([SEATED, heard('one'), heard('two for alice', 2)], { focused: false })
    expect(talkIn(model).unread).toMatchObject({ count: 2, mentioned: true })
    const event = heard('three', 3)
    expect(update(model, { is: 'heard', event }, world)[1]).toEqual([{ do: 'ring', unread: 3, mentioned: true }])
    const looked = after(model, [{ is: 'focus', focused: true }], world).model
    expect(talkIn(looked).unread).toMatchObject({ count: 0, mentioned: false })
    expect(talkIn(after(looked, [{ is: 'focus', focused: false }], world).model).unread).toBeNull()
  })

  test('the invite is handed out as what it is asked for: a link where there is a page for it, a file, a text', () => {
    const { model, world } = talking([SEATED])
    const invite = inviteOf()
    const handed = (how: 'link' | 'text' | 'file' | 'share', page = world.page) =>
      after(model, [{ is: 'handed', how }], { ...world, page }).effects.map((effect) => ('text' in effect ? effect.text : ''))
    expect(handed('link')).toEqual([link(invite, 'https://talk.example/')])
    expect(handed('share', null)).toEqual([qrText(invite)])
    expect(handed('text')).toEqual([qrText(invite)])
    expect(handed('file')[0]).toContain('-----BEGIN TACET INVITE-----')
  })

  test('a lost room goes on with an invite of the same key, and with no other', () => {
    const { model, world } = talking([SEATED, lost()])
    const stranger = { ...inviteOf(), roomKey: new Uint8Array(32).fill(7) }
    const refused = after(model, [{ is: 'found', text: armor(stranger) }], world)
    expect(refused.effects).toEqual([])
    expect(talkIn(refused.model).log.items.at(-1)).toMatchObject({ told: { as: 'alarm' } })
    expect(after(model, [{ is: 'found', text: armor(inviteOf()) }], world).effects).toMatchObject([
      { do: 'act', command: { do: 'join', name: 'alice' } },
    ])
  })

  test('who never got in is back at the form, with the reason', () => {
    const { model } = talking([{ is: 'ended', why: { is: 'refused', reason: 'room_full' } }])
    expect(formIn(model)).toMatchObject({ is: 'join', wrong: { at: null, text: 'the room is full' } })
  })

  test('the end by another’s doing leaves what was said in sight until that is read; by one’s own it does not', () => {
    const closed = talking([SEATED, { is: 'ended', why: { is: 'closed', by: member() } }])
    expect(talkIn(closed.model).ended).toBe('bob, the founder, closed the room')
    expect(talkIn(closed.model).standing.invite).toBeNull()
    expect(formIn(after(closed.model, [{ is: 'over' }], closed.world).model).is).toBe('landing')
    expect(formIn(talking([SEATED, { is: 'ended', why: { is: 'left' } }]).model).is).toBe('landing')
  })
})
