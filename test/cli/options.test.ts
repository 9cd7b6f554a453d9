/** The command line of `tacet` (docs/scripting.md). */
import { describe, expect, test } from 'bun:test'
import { type Order, parseOptions } from '../../cli/options.ts'
import { failureOf } from '../harness/failure.ts'

const manner = { name: null, allowPlain: false, json: false, plain: false, stay: false, verbose: false, clean: false }
const create: Order = { do: 'create', relay: null, inviteFile: null, ...manner }
const join: Order = { do: 'join', file: null, ...manner }

describe('is read:', () => {
  test.each<readonly [string, Order]>([
    ['create', create],
    ['create --name alice', { ...create, name: 'alice' }],
    ['create --name=alice', { ...create, name: 'alice' }],
    ['create --name=--json', { ...create, name: '--json' }],
    ['create --name=a=b', { ...create, name: 'a=b' }],
    ['create --relay wss://relay.example/ws', { ...create, relay: 'wss://relay.example/ws' }],
    ['create --invite-file talk.room --json', { ...create, inviteFile: 'talk.room', json: true }],
    ['join', join],
    ['join talk.room', { ...join, file: 'talk.room' }],
    ['join -', { ...join, file: '-' }],
    ['join --json talk.room --name bob', { ...join, file: 'talk.room', name: 'bob', json: true }],
    ['join --stay --verbose --allow-plain', { ...join, stay: true, verbose: true, allowPlain: true }],
    ['join -- --name', { ...join, file: '--name' }],
    ['join talk.room --', { ...join, file: 'talk.room' }],
    ['join --plain', { ...join, plain: true }],
    ['open talk.saved', { do: 'open', file: 'talk.saved', exportTo: null, json: false }],
    ['open talk.saved --json', { do: 'open', file: 'talk.saved', exportTo: null, json: true }],
    ['open --export talk.txt talk.saved', { do: 'open', file: 'talk.saved', exportTo: 'talk.txt', json: false }],
    ['open --help', { do: 'help', topic: 'open' }],
    ['verify-web tacet.html', { do: 'verify-web', page: 'tacet.html' }],
    ['verify-web https://talk.example/', { do: 'verify-web', page: 'https://talk.example/' }],
    ['help verify-web', { do: 'help', topic: 'verify-web' }],
    ['--name alice --allow-plain --verbose', { do: 'ask', ...manner, name: 'alice', allowPlain: true, verbose: true }],
    ['relay', { do: 'relay', words: [] }],
    ['relay --port 0 --bogus', { do: 'relay', words: ['--port', '0', '--bogus'] }],
    ['help', { do: 'help', topic: 'tacet' }],
    ['--help', { do: 'help', topic: 'tacet' }],
    ['-h', { do: 'help', topic: 'tacet' }],
    ['help join', { do: 'help', topic: 'join' }],
    ['help relay', { do: 'relay', words: ['--help'] }],
    ['join --help', { do: 'help', topic: 'join' }],
    ['create -h', { do: 'help', topic: 'create' }],
    ['--version', { do: 'version' }],
  ])('tacet %s', (words, order) => {
    expect(parseOptions(words.split(' '))).toEqual(order)
  })
})

test('without a word it asks', () => {
  expect(parseOptions([])).toEqual({ do: 'ask', ...manner })
})

describe('is refused:', () => {
  test.each<readonly [string, string]>([
    ['--plain', 'which command? create, join, open, relay, verify-web or help'],
    ['--json', 'which command? create, join, open, relay, verify-web or help'],
    ['crate', 'no such command: there are create, join, open, relay, verify-web and help'],
    ['constructor', 'no such command: there are create, join, open, relay, verify-web and help'],
    ['help me', 'no help on that: there are create, join, open, relay and verify-web'],
    ['help join me', 'help takes one command'],
    ['create talk', 'create takes flags alone'],
    ['join a b', 'join takes one file'],
    ['open', 'open takes one file'],
    ['open a b', 'open takes one file'],
    ['open a --export b --json', 'open takes --export or --json, not both'],
    [
      'open a --passphrase x',
      'a passphrase is asked for, or is the first line of the input: every user of this machine can read the command line',
    ],
    ['join --relay ws://127.0.0.1/ws', 'there is no flag --relay'],
    ['join --no-json', 'there is no flag --no-json'],
    ['join -x', 'there is no flag -x'],
    ['join -hx', 'there is no flag -x'],
    ['join --secret9', 'there is no such flag'],
    ['join --constructor', 'there is no flag --constructor'],
    ['join --name', '--name needs a value'],
    ['join --name=', '--name needs a value'],
    ['join --name --json', '--name needs a value; one that begins with a dash is written --name=VALUE'],
    ['join --json=true', '--json takes no value'],
    ['join --help=join', '--help takes no value'],
    ['join --name a --name b', '--name is given twice'],
    ['join --json --json', '--json is given twice'],
    [
      'create --admin-token hunter2',
      'the admin token is taken from the variable TACET_ADMIN_TOKEN: every user of this machine can read the command line',
    ],
    [
      'join --invite talk.room',
      'an invite is taken from a file, from TACET_INVITE or from standard input: every user of this machine can read the command line',
    ],
  ])('tacet %s', async (words, message) => {
    expect(await failureOf(() => parseOptions(words === '' ? [] : words.split(' ')))).toEqual({ code: 'usage', message })
  })
})

describe('a word that may be a secret is not repeated:', () => {
  test.each([['hunter2'], ['join a hunter2'], ['join --hunter2'], ['create hunter2'], ['help hunter2'], ['join --json=hunter2']])(
    'tacet %s',
    async (words) => {
      expect((await failureOf(() => parseOptions(words.split(' ')))).message).not.toContain('hunter2')
    },
  )
})
