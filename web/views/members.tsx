/** Who is here: how each is there, the name, the tag of its key, and whether it was verified. Called by talk.tsx, beside the log or in its place. */
import type { JSX } from 'preact'
import { KeyMark } from './keymark.tsx'

/** A member's seat. Texts are harmless already. */
export interface MemberProps {
  readonly seat: string
  readonly name: string
  readonly tag: string
  readonly member: string
  readonly mine: boolean
  readonly verified: boolean
  readonly confirmed: boolean
  readonly founder: boolean
  /** How it is there, in words; null when it simply is. */
  readonly state: string | null
}

export interface MembersProps {
  readonly members: readonly MemberProps[]
  /** Counts a device as its member's that proved nothing. */
  readonly onAccept: (seat: string) => void
}

export function Members({ members, onAccept }: MembersProps): JSX.Element {
  return (
    <ul class="members">
      {members.map((member) => (
        <Member key={member.seat} member={member} onAccept={onAccept} />
      ))}
    </ul>
  )
}

function Member({ member, onAccept }: { readonly member: MemberProps; readonly onAccept: (seat: string) => void }): JSX.Element {
  const { name, tag, mine, verified, confirmed, founder, state, seat } = member
  const words = [mine ? 'you' : '', founder ? 'founder' : '', state ?? ''].filter(Boolean)
  return (
    <li>
      <KeyMark member={member.member} hollow={state !== null} />
      <span class="name" dir="auto">
        {name}
      </span>
      <span class="tag">{tag}</span>
      {verified && !mine ? <span class="verified">✓ verified</span> : null}
      <span class="words">{words.join(', ')}</span>
      {confirmed ? null : (
        <span class="unsure">
          a further device that proved nothing: it may be somebody else’s
          <button type="button" onClick={() => onAccept(seat)}>
            I know that it is not
          </button>
        </span>
      )}
    </li>
  )
}
