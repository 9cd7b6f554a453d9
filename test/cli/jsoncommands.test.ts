/** Lines of JSON as commands (docs/scripting.md, Commands). */
import { describe, expect, test } from 'bun:test'
import { askedJson, type AskedJson } from '../../cli/jsoncommands.ts'

const wrong = (command: string | null, fault: string) => ({ is: 'wrong', command, fault })

describe('is a command:', () => {
  test.each<readonly [string, AskedJson]>([
    ['{"do":"say","text":"hello"}', { is: 'command', command: { do: 'say', text: 'hello', class: null } }],
    ['{"do":"say","text":"waves","class":"action"}', { is: 'command', command: { do: 'say', text: 'waves', class: 'action' } }],
    ['{"do":"say","text":"/quit","class":"notice"}', { is: 'command', command: { do: 'say', text: '/quit', class: 'notice' } }],
    ['{"text":"","do":"say"}', { is: 'command', command: { do: 'say', text: '', class: null } }],
    [' {"do":"rotate"} ', { is: 'command', command: { do: 'rotate' } }],
    [
      '{"do":"send","kind":"org.example.x","body":{"a":[1]}}',
      { is: 'command', command: { do: 'send', kind: 'org.example.x', body: { a: [1] } } },
    ],
    ['{"do":"rename","name":"al"}', { is: 'command', command: { do: 'rename', name: 'al' } }],
    ['{"do":"topic"}', { is: 'topic' }],
    ['{"do":"topic","text":""}', { is: 'command', command: { do: 'topic', text: '' } }],
    ['{"do":"lock"}', { is: 'command', command: { do: 'lock', locked: true } }],
    ['{"do":"lock","locked":false}', { is: 'command', command: { do: 'lock', locked: false } }],
    ['{"do":"fingerprints"}', { is: 'command', command: { do: 'fingerprints' } }],
    ['{"do":"verify","member":"0b"}', { is: 'command', command: { do: 'verify', member: '0b', verified: true } }],
    [
      '{"do":"verify","member":"0b","verified":false}',
      { is: 'command', command: { do: 'verify', member: '0b', verified: false } },
    ],
    ['{"do":"accept","seat":"AAAA"}', { is: 'command', command: { do: 'accept', seat: 'AAAA' } }],
    ['{"do":"recreate"}', { is: 'recreate', adminToken: null }],
    ['{"do":"recreate","adminToken":null}', { is: 'recreate', adminToken: null }],
    ['{"do":"recreate","adminToken":"sesame"}', { is: 'recreate', adminToken: 'sesame' }],
    ['{"do":"join","invite":"hello"}', { is: 'join', invite: 'hello' }],
    ['{"do":"leave"}', { is: 'command', command: { do: 'leave', now: false } }],
    ['{"do":"leave","now":true}', { is: 'command', command: { do: 'leave', now: true } }],
    ['{"do":"close"}', { is: 'command', command: { do: 'close' } }],
    ['{"do":"who"}', { is: 'who' }],
    ['{"do":"invite"}', { is: 'invite' }],
  ])('%s', (line, asked) => {
    expect(askedJson(line)).toEqual(asked)
  })
})

describe('is none:', () => {
  test.each<readonly [string, object]>([
    ['hello', wrong(null, 'bad_json')],
    ['/quit', wrong(null, 'bad_json')],
    ['', wrong(null, 'bad_json')],
    ['null', wrong(null, 'bad_json')],
    ['[]', wrong(null, 'bad_json')],
    ['"say"', wrong(null, 'bad_json')],
    ['{"do":"say","text":"a"}{"do":"leave"}', wrong(null, 'bad_json')],
    ["{'do':'say'}", wrong(null, 'bad_json')],
    ['['.repeat(100_000), wrong(null, 'bad_json')],
    ['{}', wrong(null, 'unknown_command')],
    ['{"do":1}', wrong(null, 'unknown_command')],
    ['{"do":"Say","text":"a"}', wrong(null, 'unknown_command')],
    ['{"do":"constructor"}', wrong(null, 'unknown_command')],
    ['{"do":"__proto__"}', wrong(null, 'unknown_command')],
    ['{"do":"create","url":"ws://127.0.0.1/ws","name":"a"}', wrong(null, 'unknown_command')],
    ['{"do":"topic","text":null}', wrong('topic', 'bad_fields')],
    ['{"do":"lock","locked":1}', wrong('lock', 'bad_fields')],
    ['{"do":"say"}', wrong('say', 'bad_fields')],
    ['{"do":"say","text":1}', wrong('say', 'bad_fields')],
    ['{"do":"say","text":null}', wrong('say', 'bad_fields')],
    ['{"do":"say","text":"a","class":"shout"}', wrong('say', 'bad_fields')],
    ['{"do":"say","text":"a","class":true}', wrong('say', 'bad_fields')],
    ['{"do":"say","text":"a","to":"bob"}', wrong('say', 'bad_fields')],
    ['{"do":"say","text":"a","__proto__":{}}', wrong('say', 'bad_fields')],
    ['{"do":"send","kind":"org.example.x"}', wrong('send', 'bad_fields')],
    ['{"do":"send","kind":"org.example.x","body":[]}', wrong('send', 'bad_fields')],
    ['{"do":"send","kind":"org.example.x","body":"a"}', wrong('send', 'bad_fields')],
    ['{"do":"send","kind":1,"body":{}}', wrong('send', 'bad_fields')],
    ['{"do":"rename"}', wrong('rename', 'bad_fields')],
    ['{"do":"verify","name":"bob"}', wrong('verify', 'bad_fields')],
    ['{"do":"accept"}', wrong('accept', 'bad_fields')],
    ['{"do":"accept","seat":7}', wrong('accept', 'bad_fields')],
    ['{"do":"recreate","adminToken":7}', wrong('recreate', 'bad_fields')],
    ['{"do":"join"}', wrong('join', 'bad_fields')],
    ['{"do":"join","invite":"x","name":"bob"}', wrong('join', 'bad_fields')],
    ['{"do":"leave","now":1}', wrong('leave', 'bad_fields')],
    ['{"do":"rotate","now":true}', wrong('rotate', 'bad_fields')],
  ])('%s', (line, asked) => {
    expect(askedJson(line)).toMatchObject(asked)
  })
})
