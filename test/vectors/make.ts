/**
 * Writes the known answers of our own layouts: `bun test/vectors/make.ts`, by hand, when a layout has changed on purpose. Every value that
 * lib/ is given stands in the file beside what it made of it (test/harness/writing), so that another program can do without this one. The
 * tests hold lib/ to these bytes and let the second reading (test/harness/reading), which shares no code with lib/, read them.
 */
import { canonicalBytes } from '#lib/crypto/canonical.ts'
import { memberId } from '#lib/crypto/claim.ts'
import { signer } from '#lib/crypto/primitives.ts'
import { newLog } from '#lib/room/entry.ts'
import { fromHex, fromUtf8, utf8 } from '#lib/wire/bytes.ts'
import { seeded } from '../harness/random.ts'
import { makeClaim, makeRoom } from '../harness/writing/claim.ts'
import { makeBeat, makeEntry, makeRoster } from '../harness/writing/entry.ts'
import { ackOf, askOf, makeLetter, makeProof, repairOf, stateOf } from '../harness/writing/letter.ts'
import { drawParty, drawRoom, partyOf, roomOf } from '../harness/writing/party.ts'
import { makeEnvelopes, makeEpoch, makeHeader, makeLink } from '../harness/writing/ratchet.ts'
import { type GivenSaved, makeSaved } from '../harness/writing/saved.ts'
import { makeStep } from '../harness/writing/step.ts'

const MOST = Number.MAX_SAFE_INTEGER
const LAST = 0xffff_ffff
const ZEROS = '00'.repeat(32)

/** Draws values from a seed, always the same ones in the same order. */
function drawing(seed: number) {
  const random = seeded(seed)
  const hex = (bytes: number) => random(bytes).toHex()
  const seat = () => random(18).toBase64({ alphabet: 'base64url' })
  const head = (n: number) => ({ log: seat(), n, hash: hex(32) })
  const heads = (count: number) => Array.from({ length: count }, (_, i) => head(i * i))
  /** A log of the member whose signing key has this seed. */
  const logOf = (roomId: string, signingSeed: string) =>
    newLog(memberId(fromHex(roomId), signer(fromHex(signingSeed)).publicKey), random)
  const newRoom = () => drawRoom(random)
  const newParty = (name: string) => drawParty(random, name)
  return { hex, seat, logOf, head, heads, newRoom, newParty }
}

type Drawing = ReturnType<typeof drawing>

/** A case: what was given, and what was made of it. */
function vector<G, M>(name: string, given: G, make: (given: G) => M): { name: string; given: G; made: M } {
  return { name, given, made: make(given) }
}

function claims({ hex, newRoom, newParty }: Drawing) {
  const [room, other] = [newRoom(), newRoom()]
  const step = { epoch: 1, seed: hex(32), heal: true }
  const stepped = { ...newParty('bob'), seq: 7, prev: hex(32), step }
  const longest = {
    ...newParty('\u{1f98a}'.repeat(32)), // 128 bytes: the longest name
    seq: MOST,
    prev: hex(32),
    time: MOST,
    step: { epoch: LAST, seed: hex(32), heal: false },
  }
  return {
    rooms: [vector('one room', room, makeRoom), vector('another', other, makeRoom)],
    claims: [
      vector('the first of a seat', { room, party: newParty('alice') }, makeClaim),
      vector('of a step by hand', { room, party: stepped }, makeClaim),
      vector('of the longest name and the largest numbers', { room: other, party: longest }, makeClaim),
    ],
  }
}

function epochs({ hex, seat }: Drawing) {
  const roomId = hex(16)
  const epoch = { roomId, seat: seat(), epoch: 0, seed: hex(32) }
  const last = { roomId, seat: seat(), epoch: LAST, seed: hex(32) }
  const message = (content: string) => ({ content, signature: hex(64), nonce: hex(24) })
  const texts = ['', '{"kind":"core.text"}', 'é'.repeat(510), 'a'.repeat(1_021), 'a'.repeat(2_045)]
  const header = { roomId, seat: seat(), headerKey: hex(32), epoch: 3, counter: 5, nonce: hex(24) }
  return {
    epochs: [vector('the first of a seat', epoch, makeEpoch), vector('the last there can be', last, makeEpoch)],
    links: [0, 1, 1_999, LAST].map((counter) => vector(`counter ${counter}`, { roomId, chainKey: hex(32), counter }, makeLink)),
    headers: [
      vector('an entry', { ...header, type: 'entry' }, makeHeader),
      vector('a chunk', { ...header, type: 'chunk', epoch: LAST, counter: LAST, nonce: hex(24) }, makeHeader),
    ],
    envelopes: [
      vector('padded to 1,024, 1,024, 1,024, 2,048 and 2,176 bytes', { ...epoch, messages: texts.map(message) }, makeEnvelopes),
      vector('the last epoch', { ...last, messages: [message('{}')] }, makeEnvelopes),
    ],
  }
}

function steps({ hex, newRoom, newParty }: Drawing) {
  const room = newRoom()
  const from = (epoch: number) => ({
    ...newParty('alice'),
    seq: epoch,
    prev: hex(32),
    step: { epoch, seed: hex(32), heal: false },
  })
  const pair = () => ({ room, to: newParty('bob'), root: hex(32), encapsulation: hex(64) })
  return {
    steps: [
      vector('the first', { ...pair(), from: from(1), previous: 25, opened: 0, roomKey: ZEROS }, makeStep),
      vector('of a removal', { ...pair(), from: from(LAST), previous: LAST, opened: LAST, roomKey: hex(32) }, makeStep),
    ],
  }
}

function letters({ hex, seat, logOf, head, heads, newRoom, newParty }: Drawing) {
  const room = newRoom()
  const pair = () => ({ room, from: newParty('alice'), to: newParty('bob'), encapsulation: hex(64) })
  const keys = () => ({ chain: hex(32), header: hex(32), file: hex(32) })
  const [empty, full] = [{ log: seat(), n: 0, hash: ZEROS }, head(LAST)]
  const first = { kind: 'state', epoch: 0, counter: 0, ...keys(), head: empty, began: empty, heads: [] }
  const later = { kind: 'state', epoch: LAST, counter: 24, ...keys(), head: full, began: { ...head(7), log: full.log }, heads: heads(3) }
  const ask = { kind: 'ask', nonce: hex(16), state: true, roster: false, entries: [] }
  const ranges = [
    { log: seat(), from: 1, to: 1 },
    { log: seat(), from: 3, to: LAST },
  ]
  const more = { kind: 'ask', nonce: hex(16), state: false, roster: true, entries: ranges }
  const ack = { kind: 'ack', state: hex(32) }
  const carol = newParty('carol')
  const { roomId } = room
  const log = logOf(roomId, carol.signingSeed)
  const said = { roomId, signingSeed: carol.signingSeed, time: Date.UTC(2026, 0, 1), roster: hex(32), salt: hex(16) }
  const { json, signature, entryHash } = makeEntry({ ...said, kind: 'core.text', body: { text: 'hello' }, seen: [], log, n: 1, prev: ZEROS })
  const { sealedClaim } = partyOf(roomOf(room), carol)
  const set = { text: 'tea at five', turn: 1, under: '' }
  const stated = makeEntry({ ...said, kind: 'core.topic', body: set, seen: [], log, n: 2, prev: entryHash })
  const topic = [{ entry: utf8(stated.json).toHex(), signature: stated.signature, seat: carol.seat, claim: sealedClaim.toHex() }]
  const nothing = { kind: 'repair', nonce: hex(16), entries: [], authors: [], roster: [] }
  const filled = {
    ...nothing,
    entries: [{ entry: utf8(json).toHex(), signature }],
    authors: [{ log, seat: carol.seat, claim: sealedClaim.toHex() }],
    roster: [
      { seat: seat(), memberId: hex(16) },
      { seat: seat(), memberId: hex(16) },
    ],
  }
  const proof = { roomId, pair: hex(32), from: seat(), to: seat() }
  return {
    states: [
      vector('the first', { ...pair(), pair: null, says: { ...first, answers: '', asked: '', proofs: [], topic: [] } }, (given) =>
        makeLetter(given, stateOf(given.says)),
      ),
      vector(
        'an answer that proves a pair secret, and two former seats',
        { ...pair(), pair: hex(32), says: { ...later, answers: hex(32), asked: hex(16), proofs: [hex(16), hex(16)], topic } },
        (given) => makeLetter(given, stateOf(given.says)),
      ),
    ],
    asks: [
      vector('for a state', { ...pair(), pair: null, says: ask }, (given) => makeLetter(given, askOf(given.says))),
      vector('for entries and a roster', { ...pair(), pair: hex(32), says: more }, (given) => makeLetter(given, askOf(given.says))),
    ],
    acks: [vector('for a state', { ...pair(), pair: hex(32), says: ack }, (given) => makeLetter(given, ackOf(given.says)))],
    repairs: [
      vector('of nothing', { ...pair(), pair: hex(32), says: nothing }, (given) => makeLetter(given, repairOf(given.says))),
      vector('of an entry, its author and a roster', { ...pair(), pair: hex(32), says: filled }, (given) =>
        makeLetter(given, repairOf(given.says)),
      ),
    ],
    proofs: [
      vector('of a seat to another', proof, makeProof),
      vector('the other way', { ...proof, from: proof.to, to: proof.from }, makeProof),
    ],
  }
}

function entries({ hex, seat, logOf, head, heads }: Drawing) {
  const said = () => ({ roomId: hex(16), signingSeed: hex(32), time: Date.UTC(2026, 0, 1), roster: hex(32), salt: hex(16) })
  const inLog = () => {
    const values = said()
    return { ...values, log: logOf(values.roomId, values.signingSeed) }
  }
  const awkward = 'two\nlines, "quotes", a \\ and \u20ac, \u0000 and \u{1f98a}'
  const nested = { z: [1, -2, null, true, []], a: { '': {}, '\u00e9': MOST } }
  const text = { kind: 'core.text', body: { text: 'hello' }, seen: [] }
  const beat = { kind: 'core.beat', body: {} }
  const seats = Array.from({ length: 9 }, () => ({ seat: seat(), memberId: hex(16) }))
  const alike = ['A', 'a', '-', '_', '0', 'z'].map((first) => ({ seat: first + seat().slice(1), memberId: hex(16) }))
  return {
    entries: [
      vector('the first of a log', { ...inLog(), ...text, n: 1, prev: ZEROS }, makeEntry),
      vector(
        'a notice of awkward characters',
        { ...inLog(), ...text, body: { text: awkward, class: 'notice' }, seen: heads(2), n: 2, prev: hex(32) },
        makeEntry,
      ),
      vector(
        'of a kind that a program made up',
        { ...inLog(), kind: 'org.example.poll', body: nested, seen: heads(1), n: LAST, prev: hex(32) },
        makeEntry,
      ),
    ],
    beats: [
      vector('the first', { ...said(), ...beat, seen: [], seat: seat(), epoch: 1, counter: 0, head: head(0) }, makeBeat),
      vector(
        'with sixteen heads',
        { ...said(), ...beat, seen: heads(16), seat: seat(), epoch: LAST, counter: LAST, head: head(LAST) },
        makeBeat,
      ),
    ],
    rosters: [
      vector('of nobody', { seats: [] }, makeRoster),
      vector('of nine seats', { seats }, makeRoster),
      vector('of seats that sort by their bytes', { seats: alike }, makeRoster),
    ],
  }
}

/** Whatever text a saved talk holds; what a client writes into it is in the last. */
async function savedTalks({ hex }: Drawing) {
  const entry = { name: 'alice', tag: 'H5V7KW', verified: true, me: true, time: Date.UTC(2026, 0, 1), class: '' }
  const entries = [
    { ...entry, kind: 'core.text', text: 'hello' },
    { ...entry, kind: 'core.topic', text: 'tea at five' },
  ]
  const talk = canonicalBytes({ v: 1, time: Date.UTC(2026, 0, 2), topic: 'tea at five', entries })
  const given: readonly (readonly [string, GivenSaved])[] = [
    ['nothing', { passphrase: 'x', salt: hex(16), content: '' }],
    ['a passphrase whose accents are apart', { passphrase: 'cafe\u0301 au lait', salt: hex(16), content: 'a'.repeat(1_021) }],
    ['a talk', { passphrase: 'correct horse battery staple', salt: hex(16), content: fromUtf8(talk) }],
  ]
  return {
    files: await Promise.all(given.map(async ([name, values]) => ({ name, given: values, made: await makeSaved(values) }))),
  }
}

const LAYOUTS = [
  ['claim', claims, 1],
  ['epoch', epochs, 2],
  ['step', steps, 3],
  ['letter', letters, 4],
  ['entry', entries, 5],
  ['saved', savedTalks, 6],
] as const

function source(seed: number): string {
  return (
    `Ours: made by lib/ from what stands under "given", which test/vectors/make.ts drew from seed ${seed}, and read again, without ` +
    'lib/, by test/harness/reading. Bytes are in hexadecimal, but as frames hold them (base64) in ek, claim, payload, meta, sig, ' +
    'kemCt and encSeed, and in base64url in seats and canonical JSON.'
  )
}

for (const [name, make, seed] of LAYOUTS) {
  const json = JSON.stringify({ source: source(seed), ...(await make(drawing(seed))) }, null, 2)
  await Bun.write(`${import.meta.dir}/${name}.json`, `${json}\n`)
}
