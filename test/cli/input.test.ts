/** What a typed line asks for (docs/scripting.md, Line mode). */
import { describe, expect, test } from 'bun:test'
import { type Asked, asked, helpLines } from '../../cli/input.ts'

const say = (text: string): Asked => ({ is: 'command', command: { do: 'say', text, class: null } })

describe('a line is said', () => {
  test.each<readonly [string, string]>([
    ['hello', 'hello'],
    [' hello ', ' hello '],
    ['//etc/hosts', '/etc/hosts'],
    ['//', '/'],
    [' /quit', ' /quit'],
    ['say /quit', 'say /quit'],
    ['\u2215quit', '\u2215quit'],
  ])('%j as %j', (line, text) => {
    expect(asked(line)).toEqual(say(text))
  })
})

describe('a command', () => {
  test.each<readonly [string, Asked]>([
    ['/help', { is: 'help' }],
    ['/who', { is: 'who' }],
    ['/who ', { is: 'who' }],
    ['/invite', { is: 'invite' }],
    ['/verify', { is: 'command', command: { do: 'fingerprints' } }],
    ['/verify bob', { is: 'verify', whom: 'bob', verified: true }],
    ['/verify  bob the builder ', { is: 'verify', whom: 'bob the builder', verified: true }],
    ['/unverify K7WQ2M', { is: 'verify', whom: 'K7WQ2M', verified: false }],
    ['/topic', { is: 'topic' }],
    ['/topic  tea at five ', { is: 'command', command: { do: 'topic', text: 'tea at five' } }],
    ['/topic -delete', { is: 'command', command: { do: 'topic', text: '' } }],
    ['/mode +t', { is: 'command', command: { do: 'lock', locked: true } }],
    ['/mode -t', { is: 'command', command: { do: 'lock', locked: false } }],
    ['/nick robert', { is: 'command', command: { do: 'rename', name: 'robert' } }],
    ['/me waves', { is: 'command', command: { do: 'say', text: 'waves', class: 'action' } }],
    ['/notice beep', { is: 'command', command: { do: 'say', text: 'beep', class: 'notice' } }],
    ['/rotate', { is: 'command', command: { do: 'rotate' } }],
    ['/accept bob', { is: 'accept', whom: 'bob' }],
    ['/recreate', { is: 'recreate' }],
    ['/join  my rooms/talk.room ', { is: 'join', file: 'my rooms/talk.room' }],
    ['/quit', { is: 'command', command: { do: 'leave', now: false } }],
    ['/close', { is: 'close' }],
    ['', { is: 'nothing' }],
    [' \t', { is: 'nothing' }],
  ])('%j', (line, what) => {
    expect(asked(line)).toEqual(what)
  })
})

describe('is an error and never a message:', () => {
  test.each<readonly [string, string]>([
    ['/', 'no such command. /help lists them; a text that begins with / is written with two'],
    ['/qiut', 'no such command. /help lists them; a text that begins with / is written with two'],
    ['/QUIT', 'no such command. /help lists them; a text that begins with / is written with two'],
    ['/quit\u200b', 'no such command. /help lists them; a text that begins with / is written with two'],
    ['/constructor', 'no such command. /help lists them; a text that begins with / is written with two'],
    ['/__proto__', 'no such command. /help lists them; a text that begins with / is written with two'],
    ['/etc/hosts is a file', 'no such command. /help lists them; a text that begins with / is written with two'],
    ['/quit now', '/quit takes nothing after it; nothing was done'],
    ['/close the door', '/close takes nothing after it; nothing was done'],
    ['/mode', 'it is /mode +t|-t'],
    ['/mode +s', 'it is /mode +t, to lock the topic, or /mode -t'],
    ['/nick', 'it is /nick NAME'],
    ['/notice ', 'it is /notice TEXT'],
    ['/me', 'it is /me TEXT'],
    ['/accept', 'it is /accept NAME|TAG'],
    ['/join', 'it is /join FILE'],
    ['/recreate it', '/recreate takes nothing after it; nothing was done'],
    ['/unverify', 'it is /unverify NAME|TAG'],
    ['/nick \u202eecila', 'a name cannot hold marks that turn the direction of text'],
    ['/nick a\u0007', 'a name cannot hold control characters, tabs or line breaks'],
  ])('%j', (line, why) => {
    expect(asked(line)).toEqual({ is: 'wrong', why })
  })
})

test('/help lists every command, one a line, and the way to say a slash', () => {
  const listed = helpLines().map((line) => /^\S+/.exec(line)?.[0] ?? '')
  expect(listed.at(-1)).toBe('//TEXT')
  for (const command of listed.slice(0, -1)) expect(asked(`${command} x`)).not.toMatchObject({ why: /no such command/ })
  expect(listed).toHaveLength(17)
})
