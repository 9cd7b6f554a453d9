/** The bytes of an invite and its forms, against vectors made by another program and a second reading of their bytes. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { createHash } from 'node:crypto'
import { armor, decodeInvite, encodeInvite, type Invite, link, qrText, roomFile, wipeInvite } from '#lib/crypto/invite.ts'
import { type Bytes, fromHex, toHex } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { inviteOf, invites } from '../harness/invites.ts'
import vectors from '../vectors/invite.json'

const known = vectors.invites.map((vector) => {
  const { url, roomId, roomSecret, roomKey, founder } = vector
  const parts = { roomId: fromHex(roomId), roomSecret: fromHex(roomSecret), roomKey: fromHex(roomKey), founder: fromHex(founder) }
  return { ...vector, bytes: fromHex(vector.bytes), invite: { url, ...parts } satisfies Invite }
})

/** The layout of docs/protocol.md, read by offsets. */
function readAgain(bytes: Bytes): { invite: Invite; version: number; flags: number; checksum: string; length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = 4 + view.getUint16(2)
  return {
    version: view.getUint8(0),
    flags: view.getUint8(1),
    invite: {
      url: new TextDecoder().decode(bytes.slice(4, end)),
      roomId: bytes.slice(end, end + 16),
      roomSecret: bytes.slice(end + 16, end + 32),
      roomKey: bytes.slice(end + 32, end + 64),
      founder: bytes.slice(end + 64, end + 80),
    },
    checksum: toHex(bytes.slice(end + 80, end + 84)),
    length: end + 84,
  }
}

function checksumOf(body: Bytes): string {
  return createHash('sha256').update('tacet/1 invite checksum\0').update(body).digest('hex').slice(0, 8)
}

describe('a known invite', () => {
  test.each(known)('to $url has these bytes and no others', ({ bytes, invite }) => {
    expect(encodeInvite(invite)).toEqual(bytes)
    expect(decodeInvite(bytes)).toEqual(invite)
    expect(readAgain(bytes)).toEqual({
      version: 1,
      flags: 0,
      invite,
      checksum: checksumOf(bytes.subarray(0, -4)),
      length: bytes.length,
    })
  })

  test.each(known)('to $url has these texts', ({ invite, qrText: text, armor: armored, link: linked }) => {
    expect(qrText(invite)).toBe(text)
    expect(armor(invite)).toBe(armored)
    expect(link(invite, 'https://chat.example/')).toBe(linked)
    expect(roomFile(invite)).toEndWith(`\n${armored}`)
  })

  test.each(vectors.refused)('with $why is refused', ({ bytes, code }) => {
    expect(codeOf(() => decodeInvite(fromHex(bytes)))).toBe(code)
  })
})

test('decoding gives back what was encoded, and the second reading agrees', () => {
  fc.assert(
    fc.property(invites, (invite) => {
      const bytes = encodeInvite(invite)
      expect(decodeInvite(bytes)).toEqual(invite)
      expect(readAgain(bytes).invite).toEqual(invite)
    }),
    { seed: 1 },
  )
})

describe('damage', () => {
  test('of any single bit is refused', () => {
    const bytes = encodeInvite(inviteOf())
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice()
      damaged[bit >>> 3] = (damaged[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      expect([bit, codeOf(() => decodeInvite(damaged))]).not.toEqual([bit, 'nothing thrown'])
    }
  })

  test('of any byte in the address or the secrets is named as such', () => {
    const bytes = encodeInvite(inviteOf())
    for (let at = 4; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 0x20
      expect(codeOf(() => decodeInvite(damaged))).toBe('bad_checksum')
    }
  })

  test('at the end is named: every shorter invite is truncated, every longer one too long', () => {
    const bytes = encodeInvite(inviteOf())
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => decodeInvite(bytes.subarray(0, length)))).toBe('truncated')
    }
    expect(codeOf(() => decodeInvite(new Uint8Array([...bytes, 0])))).toBe('too_long')
  })

  test('never makes anything but an InviteError of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.boolean(), (bytes, current) => {
        if (current && bytes.length > 2) bytes.set([1, 0, 0])
        expect(() => decodeInvite(bytes)).toThrow(expect.objectContaining({ name: 'InviteError' }))
      }),
      { seed: 2 },
    )
  })
})

test('an address that is not UTF-8 is refused, with a checksum that holds', () => {
  const bytes = encodeInvite(inviteOf())
  bytes[8] = 0xff
  const body = bytes.subarray(0, -4)
  bytes.set(fromHex(checksumOf(body)), body.length)
  expect(codeOf(() => decodeInvite(bytes))).toBe('bad_url')
})

test('an unencrypted relay elsewhere is read only when the person allowed it', () => {
  const bytes = encodeInvite(inviteOf('ws://relay.example/ws'))
  expect(codeOf(() => decodeInvite(bytes))).toBe('not_wss')
  expect(decodeInvite(bytes, { allowPlain: true }).url).toBe('ws://relay.example/ws')
})

test('an invite with a part of a wrong length or another spelling of the address is not encoded', () => {
  for (const part of ['roomId', 'roomSecret', 'roomKey', 'founder'] as const) {
    expect(codeOf(() => encodeInvite({ ...inviteOf(), [part]: new Uint8Array(15) }))).toBe('bad_length')
  }
  expect(codeOf(() => encodeInvite(inviteOf('wss://relay.example')))).toBe('bad_url')
})

test('a decoded invite owns its bytes, and wiping it leaves no secret', () => {
  const bytes = encodeInvite(inviteOf())
  const invite = decodeInvite(bytes)
  bytes.fill(0)
  expect(invite).toEqual(inviteOf())
  wipeInvite(invite)
  expect(toHex(invite.roomKey) + toHex(invite.roomSecret)).toBe('00'.repeat(48))
})

test('armor has lines of 64 characters at most, and nothing that a mail program changes', () => {
  fc.assert(
    fc.property(invites, (invite) => {
      const lines = armor(invite).split('\n')
      expect(lines.at(0)).toBe('-----BEGIN TACET INVITE-----')
      expect(lines.slice(-2)).toEqual(['-----END TACET INVITE-----', ''])
      for (const line of lines.slice(1, -2)) expect(line).toMatch(/^[A-Za-z0-9+/]{1,64}={0,2}$/)
    }),
    { seed: 3, numRuns: 50 },
  )
})

test('the secrets of a link are in its fragment alone', () => {
  const { origin, pathname, search, hash } = new URL(link(inviteOf(), 'https://chat.example/open'))
  expect(origin + pathname + search).toBe('https://chat.example/open')
  expect(hash).toBe(`#${qrText(inviteOf())}`)
})

test('a link is made for an https page or one on this machine, and for no other', () => {
  for (const page of ['https://chat.example', 'http://localhost:8080/', 'http://127.0.0.1/x']) {
    expect(codeOf(() => link(inviteOf(), page))).toBe('nothing thrown')
  }
  for (const page of [
    'http://chat.example/',
    'javascript:0',
    'https://chat.example/#x',
    'https://chat.example/?x',
    'https://u@h/',
    'chat',
    '',
  ]) {
    expect(codeOf(() => link(inviteOf(), page))).toBe('bad_url')
  }
})
