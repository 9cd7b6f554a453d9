/** A conversation as views: the log, the members, and the pane that stands before them. Called by screen.tsx. */
import type { JSX } from 'preact'
import { armor, link, qrText } from '#lib/client/index.ts'
import type { Command } from '#lib/client/commands.ts'
import type { MemberView } from '#lib/client/events.ts'
import type { View } from '#lib/client/store.ts'
import { PRESENCES } from '#lib/text/lines.ts'
import { quoted } from '#lib/text/names.ts'
import { nameReason } from '#lib/text/reasons.ts'
import { harmless } from '#lib/text/sanitize.ts'
import { rowAt, timeOf } from './rows.ts'
import type { Around } from './around.ts'
import type { App } from './state/app.ts'
import type { Pane, Talk as TalkModel } from './state/model.ts'
import { statusParts } from './status.ts'
import { Events } from './views/events.tsx'
import { Invite } from './views/invite.tsx'
import { Ended, Lost } from './views/lost.tsx'
import { type MemberProps, Members } from './views/members.tsx'
import { RoomPane } from './views/roompane.tsx'
import { type PaneName, Talk } from './views/talk.tsx'
import { Verify } from './views/verify.tsx'

interface Props {
  readonly app: App
  readonly talk: TalkModel
  readonly around: Around
}

export function TalkScreen({ app, talk, around }: Props): JSX.Element {
  const { view } = app.shown.value
  const { pane } = talk
  return (
    <Talk
      status={statusParts(talk, view, Date.now())}
      topic={harmless(view.topic.text)}
      log={{
        length: talk.log.items.length,
        rowAt: (place) => rowAt(talk, view, place),
        atEnd: talk.atEnd,
        unread: talk.unread?.count ?? 0,
        onScroll: (atEnd) => app.take({ is: 'scrolled', atEnd }),
        onLink: (address) => app.take({ is: 'opening', address }),
      }}
      members={{ members: memberProps(view), onAccept: (seat) => asked(app, { do: 'accept', seat }) }}
      pane={pane === null ? null : { is: pane.is, inside: <Inside app={app} talk={talk} around={around} pane={pane} /> }}
      draft={app.draft}
      question={talk.question === null ? null : { ...talk.question, text: harmless(talk.question.text) }}
      notice={<Notice app={app} talk={talk} />}
      panes={panesOf(talk, view)}
      ended={talk.ended !== null}
      on={{
        say: (text) => app.take({ is: 'said', text }),
        answer: (yes) => app.take({ is: 'answered', yes }),
        pane: (name) => app.take({ is: 'paned', pane: name }),
      }}
    />
  )
}

function asked(app: App, command: Command): void {
  app.take({ is: 'asked', command })
}

function panesOf({ ended, standing }: TalkModel, { status }: View): readonly PaneName[] {
  if (ended !== null) return ['members', 'events']
  const invite: readonly PaneName[] = standing.invite === null ? [] : ['invite']
  return status.is === 'seated' || status.is === 'away'
    ? ['members', 'verify', ...invite, 'events', 'room']
    : ['members', 'events', 'room']
}

/** What is to be done when the room is lost or over. */
function Notice({ app, talk }: Omit<Props, 'around'>): JSX.Element | null {
  const { status } = app.shown.value.view
  if (talk.ended !== null) return <Ended why={talk.ended} onOver={() => app.take({ is: 'over' })} />
  if (status.is !== 'lost') return null
  const { why } = status
  return (
    <Lost
      takesToken={why.is === 'refused' && why.reason === 'forbidden'}
      onRecreate={(adminToken) => asked(app, { do: 'recreate', adminToken })}
      onJoin={(text) => app.take({ is: 'found', text })}
      onLeave={() => asked(app, { do: 'leave', now: false })}
    />
  )
}

/** The session wipes the invite of a room that it leaves for one made anew. */
function isWiped(roomKey: Uint8Array): boolean {
  return roomKey.every((byte) => byte === 0)
}

function Inside({ app, talk, around, pane }: Props & { readonly pane: Pane }): JSX.Element | null {
  const { view } = app.shown.value
  switch (pane.is) {
    case 'invite': {
      const { invite } = talk.standing
      if (invite === null || isWiped(invite.roomKey)) return null
      return (
        <Invite
          alone={!pane.asked}
          qr={around.page === null ? qrText(invite) : link(invite, around.page)}
          armored={armor(invite).trimEnd()}
          link={around.page}
          canShare={around.canShare}
          note={pane.note}
          onHand={(how) => app.take({ is: 'handed', how })}
        />
      )
    }
    case 'verify':
      return (
        <Verify
          room={pane.code.room}
          members={pane.code.members.map(({ who, fingerprint }) => ({ ...memberOf(who), fingerprint }))}
          onVerify={(member, verified) => asked(app, { do: 'verify', member, verified })}
        />
      )
    case 'members':
      return <Members members={memberProps(view)} onAccept={(seat) => asked(app, { do: 'accept', seat })} />
    case 'events':
      return <Events frames={talk.traffic.items.toReversed()} timeOf={timeOf} />
    case 'room':
      return <Room app={app} talk={talk} around={around} />
  }
}

function Room({ app, talk, around }: Props): JSX.Element {
  const { model, view } = app.shown.value
  const { status, topic } = view
  const me = 'me' in status ? status.me : null
  const desktop = async (on: boolean) => {
    const may = on && (await around.askNotices())
    app.take({ is: 'notices', change: { desktop: may ? 'on' : on ? 'denied' : 'off' } })
  }
  return (
    <RoomPane
      name={talk.standing.name}
      topic={topic.text}
      locked={topic.locked}
      founder={me?.founder ?? false}
      sound={model.notices.sound}
      desktop={model.notices.desktop}
      nameReason={nameReason}
      on={{
        rename: (name) => asked(app, { do: 'rename', name }),
        topic: (text) => asked(app, { do: 'topic', text }),
        lock: (locked) => asked(app, { do: 'lock', locked }),
        rotate: () => asked(app, { do: 'rotate' }),
        sound: (sound) => app.take({ is: 'notices', change: { sound } }),
        desktop: (on) => void desktop(on),
        leave: () => asked(app, { do: 'leave', now: false }),
        close: () => asked(app, { do: 'close' }),
      }}
    />
  )
}

/** Everybody with a seat, those that went aside. */
function memberProps({ members }: View): readonly MemberProps[] {
  return [...members.values()].filter(({ presence }) => presence !== 'left' && presence !== 'gone').map(memberOf)
}

function memberOf({ seat, name, tag, member, me, verified, confirmed, founder, presence }: MemberView): MemberProps {
  const state = me || presence === 'here' ? null : PRESENCES[presence]
  return { seat, name: quoted(name), tag, member, mine: me, verified, confirmed, founder, state }
}
