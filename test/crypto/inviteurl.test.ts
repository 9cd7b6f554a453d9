/** Which relay addresses are taken, in which form, and why others are not (docs/protocol.md, Invite). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { hostOf, RELAY_URL_BYTES, relayUrl } from '#lib/crypto/invite.ts'
import { codeOf } from '../harness/codeof.ts'
import { addresses } from '../harness/invites.ts'

const strict = { allowPlain: false }
const plain = { allowPlain: true }

const TAKEN: readonly (readonly [string, string])[] = [
  ['wss://relay.example', 'wss://relay.example/ws'],
  ['wss://relay.example/', 'wss://relay.example/ws'],
  ['wss://relay.example/ws', 'wss://relay.example/ws'],
  ['wss://relay.example/other/', 'wss://relay.example/other/'],
  ['WSS://Relay.Example:443/ws', 'wss://relay.example/ws'],
  ['wss://relay.example:8443', 'wss://relay.example:8443/ws'],
  ['wss://bücher.example', 'wss://xn--bcher-kva.example/ws'],
  ['wss://relay.example/a/../b', 'wss://relay.example/b'],
  ['wss://[2001:DB8:0::1]', 'wss://[2001:db8::1]/ws'],
  ['ws://127.0.0.1:1337', 'ws://127.0.0.1:1337/ws'],
  ['ws://127.1/ws', 'ws://127.0.0.1/ws'],
  ['ws://localhost', 'ws://localhost/ws'],
  ['ws://[0:0::1]:1337', 'ws://[::1]:1337/ws'],
]

test.each(TAKEN)('%s is taken as %s', (text, canonical) => {
  expect(relayUrl(text, strict)).toBe(canonical)
  expect(relayUrl(canonical, strict)).toBe(canonical)
})

describe('refused as not encrypted', () => {
  const outside = [
    'relay.example',
    '192.168.1.7',
    '128.0.0.1',
    'localhost.example',
    '127.0.0.1.example',
    '0.0.0.0',
    '[::]',
    '[::ffff:127.0.0.1]',
    'sub.localhost',
  ]
  test.each(outside)('ws://%s, unless the person allowed it', (host) => {
    expect(codeOf(() => relayUrl(`ws://${host}/ws`, strict))).toBe('not_wss')
    expect(relayUrl(`ws://${host}/ws`, plain)).toStartWith('ws://')
  })

  test.each(['http://relay.example/ws', 'https://relay.example/ws', 'http://localhost/'])('%s, allowed or not', (text) => {
    expect(codeOf(() => relayUrl(text, strict))).toBe('not_wss')
    expect(codeOf(() => relayUrl(text, plain))).toBe('not_wss')
  })
})

const BAD = [
  '',
  'relay.example',
  'relay.example:1337',
  'wss://',
  'wss://:80',
  'wss://a b/ws',
  'ftp://relay.example/ws',
  'javascript:alert(1)',
  'file:///ws',
  'wss://bob@relay.example/ws',
  'wss://bob:secret@relay.example/ws',
  'wss://@relay.example/ws',
  'wss://relay.example/ws?',
  'wss://relay.example/ws?token=1',
  'wss://relay.example/ws#',
  'wss://relay.example/ws#top',
  ' wss://relay.example/ws',
  'wss://relay.example/ws\n',
  'wss://relay\t.example/ws',
  'wss:\\\\relay.example\\ws',
  `wss://relay.example/${'p'.repeat(RELAY_URL_BYTES)}`,
  `wss://relay.example/${'ü'.repeat(200)}`,
]

test.each(BAD)('%j is no relay address, allowed or not', (text) => {
  expect(codeOf(() => relayUrl(text, strict))).toBe('bad_url')
  expect(codeOf(() => relayUrl(text, plain))).toBe('bad_url')
})

test('an address of 512 bytes is the longest', () => {
  const longest = 'wss://relay.example/'.padEnd(RELAY_URL_BYTES, 'p')
  expect(relayUrl(longest, strict)).toBe(longest)
  expect(codeOf(() => relayUrl(`${longest}p`, strict))).toBe('bad_url')
})

test('the canonical form of a canonical address is itself, in ASCII', () => {
  fc.assert(
    fc.property(addresses, (url) => {
      expect(relayUrl(url, strict)).toBe(url)
      expect(url).toMatch(/^[!-~]+$/)
    }),
    { seed: 1 },
  )
})

test('the host is shown with its port, a host of other scripts in punycode', () => {
  expect(hostOf('wss://relay.example/ws')).toBe('relay.example')
  expect(hostOf('wss://relay.example:8443/ws')).toBe('relay.example:8443')
  expect(hostOf('wss://раураl.example/ws')).toBe('xn--l-7sba6dbr.example')
  expect(hostOf('ws://[::1]:1337/ws')).toBe('[::1]:1337')
  expect(codeOf(() => hostOf('no address'))).toBe('bad_url')
})

test('no refusal repeats the address', () => {
  for (const text of [...BAD, 'ws://relay.example/ws'].filter((text) => text.length > 6)) {
    expect(() => relayUrl(text, strict)).not.toThrow(text)
  }
})
