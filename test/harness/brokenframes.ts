/**
 * Frames that the relay drops without an answer, whoever sends them: not JSON, not an object, of no known type, or with fields of wrong
 * types. Used against the codec and, over sockets, against every program. Frames whose wrong values are answered are not here.
 */
import type { ToRelay } from '#lib/wire/frames.ts'
import { keyOf } from './visits.ts'

type Broken = readonly [why: string, text: string]

const NESTING = 300_000

const VALID: readonly ToRelay[] = [
  { type: 'relay', to: 'bob', payload: 'p' },
  { type: 'broadcast', payload: 'p', meta: 'm', sig: 's' },
  {
    type: 'ratchet_step',
    payloads: { bob: { kemCt: 'c', encSeed: 'e', pn: 0 } },
    newEk: keyOf('n'),
    claim: 'c',
    payload: 'p',
    meta: 'm',
    sig: 's',
  },
  { type: 'ek_update', ek: keyOf('u'), claim: 'c' },
  { type: 'rekey', ek: keyOf('a'), ratchetEk: keyOf('b'), claim: 'c' },
]

const NOT_TEXTS: readonly Broken[] = [
  ['null', 'null'],
  ['a number', '7'],
  ['true', 'true'],
  ['a list', '["p"]'],
  ['an object', '{"length":1}'],
  ['a lone high surrogate', String.raw`"x\ud800"`],
  ['a lone low surrogate', String.raw`"\udc00x"`],
]

const NOT_PAYLOADS: readonly Broken[] = [
  ['null', 'null'],
  ['a text', '"bob"'],
  ['a list', '[]'],
  ['a member that is null', '{"bob":null}'],
  ['a member that is a list', '{"bob":[]}'],
  ['a member without kemCt', '{"bob":{"encSeed":"e","pn":0}}'],
  ['an encSeed that is a number', '{"bob":{"kemCt":"c","encSeed":1,"pn":0}}'],
  ['a pn that is a text', '{"bob":{"kemCt":"c","encSeed":"e","pn":"0"}}'],
  ['a pn that is no integer', '{"bob":{"kemCt":"c","encSeed":"e","pn":0.5}}'],
  ['a pn beyond every number', '{"bob":{"kemCt":"c","encSeed":"e","pn":1e999}}'],
  ['parts that a prototype would bring', '{"bob":{"__proto__":{"kemCt":"c","encSeed":"e","pn":0}}}'],
]

/** Every field of every frame: absent, inherited, and of every wrong type. */
function wrongFields(): readonly Broken[] {
  return VALID.flatMap((frame) => Object.keys(frame).flatMap((field) => (field === 'type' ? [] : wrongValues(frame, field))))
}

function wrongValues(frame: ToRelay, field: string): readonly Broken[] {
  const others = JSON.stringify({ ...frame, [field]: undefined }).slice(0, -1)
  const wrong = (field === 'payloads' ? NOT_PAYLOADS : NOT_TEXTS).map(([why, json]): Broken => [
    `${frame.type} with ${field} that is ${why}`,
    `${others},"${field}":${json}}`,
  ])
  return wrong.concat([
    [`${frame.type} without ${field}`, `${others}}`],
    [`${frame.type} with ${field} in __proto__`, `${others},"__proto__":{"${field}":"p"}}`],
  ])
}

const WRONG_TYPES: readonly Broken[] = [
  'nonsense',
  'Broadcast',
  'broadcast ',
  '',
  '__proto__',
  'constructor',
  'toString',
  'joined',
  'rekeyed',
  'error',
].map((type) => [`type "${type}"`, JSON.stringify({ ...VALID[1], type })] as const)

const broadcast = JSON.stringify(VALID[1])

export const BROKEN_FRAMES: readonly Broken[] = [
  ['nothing', ''],
  ['white space', ' \n'],
  ['a word', 'broadcast'],
  ['half a frame', broadcast.slice(0, -1)],
  ['two frames', broadcast + broadcast],
  ['a list of frames', `[${broadcast}]`],
  ['a byte order mark before a frame', `\ufeff${broadcast}`],
  ['NUL after a frame', `${broadcast}\u0000`],
  ['a trailing comma', `${broadcast.slice(0, -1)},}`],
  ['single quotes', broadcast.replaceAll('"', "'")],
  ['a comment', `/**/${broadcast}`],
  ['a raw line break in a text', broadcast.replace('"p"', '"\n"')],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '1e999'],
  ['a text', '"broadcast"'],
  ['an empty object', '{}'],
  ['type null', '{"type":null}'],
  ['type as a list', '{"type":["rekey"]}'],
  ['a frame in __proto__', `{"__proto__":${broadcast}}`],
  ['a type in __proto__', `{"__proto__":{"type":"broadcast"},"payload":"p","meta":"m","sig":"s"}`],
  ['a good type and then a wrong one', `${broadcast.slice(0, -1)},"type":"nonsense"}`],
  ['a good field and then a wrong one', `${broadcast.slice(0, -1)},"sig":7}`],
  ['lists without end', '['.repeat(NESTING)],
  ['closed lists, deep', '['.repeat(NESTING) + ']'.repeat(NESTING)],
  ['objects without end', '{"type":'.repeat(NESTING / 2)],
  ['a frame with a deep field', broadcast.replace('"p"', '['.repeat(NESTING) + ']'.repeat(NESTING))],
  ...WRONG_TYPES,
  ...wrongFields(),
]
