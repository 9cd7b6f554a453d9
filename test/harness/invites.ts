/** Invites for tests: fixed ones, and any that fast-check thinks of. */
import * as fc from 'fast-check'
import type { Invite } from '#lib/crypto/invite.ts'

/** An invite whose secrets are made of one number each. */
export function inviteOf(url = 'wss://relay.example/ws'): Invite {
  const bytes = (size: number, value: number) => new Uint8Array(size).fill(value)
  return { url, roomId: bytes(16, 1), roomSecret: bytes(16, 2), roomKey: bytes(32, 3), founder: bytes(16, 4) }
}

const exactly = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })

/** Canonical addresses: hosts, ports, IPv6, paths, up to the longest. */
export const addresses: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      fc.stringMatching(/^[a-z][a-z0-9]{0,20}\.example$/),
      fc.constantFrom('[2001:db8::1]', '192.0.2.1', 'xn--bcher-kva.example'),
    ),
    fc.constantFrom('', ':8443', ':1337'),
    fc.stringMatching(/^[a-zA-Z0-9._~-]{0,400}ws$/),
  )
  .map(([host, port, path]) => `wss://${host}${port}/${path}`)

export const invites: fc.Arbitrary<Invite> = fc.record({
  url: addresses,
  roomId: exactly(16),
  roomSecret: exactly(16),
  roomKey: exactly(32),
  founder: exactly(16),
})
