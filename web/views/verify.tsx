/**
 * Fingerprints to compare (docs/protocol.md, Fingerprints): the room's code first, since one comparison of it checks everybody, then each member's.
 * Words and digits prove sameness when they are compared whole; colours show a difference at a glance and prove nothing. Called by talk.tsx.
 */
import type { JSX } from 'preact'
import type { Event } from '#lib/client/events.ts'
import { COLOURS } from '#lib/text/lines.ts'

type Fingerprint = (Event & { readonly is: 'fingerprints' })['room']

export interface VerifyProps {
  readonly room: Fingerprint
  readonly members: readonly VerifyMember[]
  readonly onVerify: (member: string, verified: boolean) => void
}

/** Texts are harmless. */
export interface VerifyMember {
  readonly member: string
  readonly name: string
  readonly tag: string
  readonly mine: boolean
  readonly verified: boolean
  readonly fingerprint: Fingerprint
}

export function Verify({ room, members, onVerify }: VerifyProps): JSX.Element {
  return (
    <div class="verify">
      <p>
        Compare all its words or all its digits, by a way that shows who the others are, such as a call. Whoever has the same code
        has the same room and the same members. If it differs, compare member by member.
      </p>
      <section>
        <h3>The room’s code</h3>
        <Code code={room} />
      </section>
      {members.map((one) => (
        <section key={one.member}>
          <h3>
            <span dir="auto">{one.name}</span> <span class="tag">{one.tag}</span>{' '}
            {one.mine ? <span class="words">you</span> : null}
          </h3>
          <Code code={one.fingerprint} />
          {one.mine ? null : (
            <label class="tick">
              <input
                type="checkbox"
                checked={one.verified}
                onChange={({ currentTarget }) => onVerify(one.member, currentTarget.checked)}
              />
              compared, and it is the same
            </label>
          )}
        </section>
      ))}
    </div>
  )
}

function Code({ code: { words, digits, colours } }: { readonly code: Fingerprint }): JSX.Element {
  return (
    <div class="code">
      <p class="words">{words.join(' ')}</p>
      <p class="digits">{digits.join(' ')}</p>
      <p class="colours">
        {colours.map((colour) => (
          <span class={`swatch ${COLOURS[colour] ?? ''}`}>{COLOURS[colour] ?? String(colour)}</span>
        ))}
      </p>
    </div>
  )
}
