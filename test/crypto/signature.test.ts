/**
 * Tests of the one verification rule (docs/protocol.md, Primitives): a key is admitted once, then verification is cofactorless and compares R
 * by its bytes. The same crafted cases go to everything that may ever stand behind it, and each must give the one expected answer.
 */
import { describe, expect, test } from 'bun:test'
import { ed25519 } from '@noble/curves/ed25519.js'
import sodium, { ready } from 'libsodium-wrappers-sumo'
import { LABELS } from '#lib/crypto/labels.ts'
import { type Bytes, concat, equal, fromHex, toHex, utf8 } from '#lib/wire/bytes.ts'
import { browserCore, bundled } from '../harness/browsercore.ts'
import { askChromium } from '../harness/chromium.ts'
import { codeOf } from '../harness/codeof.ts'
import * as bunCore from '../harness/core.ts'
import { craft, type Crafted, mixedOrderKeys, NON_CANONICAL, TORSION } from '../harness/crafted.ts'
import { seeded } from '../harness/random.ts'
import { needs } from '../harness/tools.ts'
import { answer, type Signed } from '../harness/verdicts.ts'
import rfc8032 from '../vectors/rfc8032.json'
import speccheck from '../vectors/ed25519-speccheck.json'
import wycheproof from '../vectors/wycheproof-ed25519.json'

await ready
const webCore = await browserCore()

const random = seeded(1)
const MESSAGE = utf8('a message')
const CRAFTED = [1, 2].flatMap(() => craft(random(32), random(32), concat(LABELS.signEntry, MESSAGE)))
const CASES: readonly Crafted[] = [
  ...rfc8032.cases.map((sample) => crafted(`RFC 8032 test ${sample.name}`, true, sample)),
  // Cases 0 to 5 and 8 to 11 stand under keys of small or mixed order, 6 and 7 hold an S that is too large.
  ...speccheck.cases.map((sample) => crafted(`speccheck ${sample.case}`, false, sample)),
  ...wycheproof.cases.map((sample) => crafted(`Wycheproof ${sample.tcId} (${sample.flag})`, sample.valid, sample)),
  ...CRAFTED,
]

describe('every crafted signature gets the one expected answer', () => {
  test('from Bun: the rule over native.bun, and its WebCrypto', async () => {
    const { rule, webCrypto } = await answer(CASES)
    expect(wrong(rule)).toEqual([])
    expect(wrong(webCrypto)).toEqual([])
  })

  test('from the rule over native.web', () => {
    const answers = CASES.map((sample) =>
      webCore.accepts(fromHex(sample.publicKey), fromHex(sample.message), fromHex(sample.signature)),
    )
    expect(wrong(answers)).toEqual([])
  })

  test.skipIf(!needs('node', 'nodejs'))('from Node: node:crypto and WebCrypto, over admitted keys', async () => {
    const { nodeCrypto, webCrypto } = await askNode(ADMITTED)
    expect(wrong(nodeCrypto, ADMITTED)).toEqual([])
    expect(wrong(webCrypto, ADMITTED)).toEqual([])
  })

  test.skipIf(!needs('chromium', 'chromium'))(
    "from Chromium: the rule as the page's bundle holds it, and its WebCrypto",
    async () => {
      const answers = await askChromium(await bundled('verdicts.ts'), CASES)
      const { rule, webCrypto } = answersOf(answers, 'rule', 'webCrypto')
      expect(wrong(rule)).toEqual([])
      expect(wrong(webCrypto)).toEqual([])
    },
    60_000,
  )

  test('from libsodium, over admitted keys: the same but for a neutral R, which it refuses', () => {
    const answers = ADMITTED.map(({ publicKey, message, signature }) => {
      if (signature.length !== 128) return false // it throws on other lengths
      return sodium.crypto_sign_verify_detached(fromHex(signature), fromHex(message), fromHex(publicKey))
    })
    expect(wrong(answers, ADMITTED)).toEqual(['R neutral', 'R neutral'])
  })
})

describe('the cases are traps', () => {
  test('a cofactored verifier takes what only the cofactor makes valid', () => {
    const taken = CRAFTED.filter(
      ({ publicKey, message, signature, valid }) =>
        !valid &&
        signature.length === 128 &&
        ed25519.verify(fromHex(signature), fromHex(message), fromHex(publicKey), { zip215: true }),
    )
    expect(new Set(taken.map(({ name }) => name.replace(/\(\d\)|, written .*/, '').trim()))).toEqual(
      new Set(['R of small order', 'R of mixed order', 'R neutral']),
    )
    expect(taken).toHaveLength(2 * (7 + 7 + 3))
  })

  test('a cofactorless verifier without admission takes signatures under keys of small and of mixed order', () => {
    const taken = speccheck.cases.filter(({ publicKey, message, signature }) =>
      bunCore.native.verifier(fromHex(publicKey))(fromHex(message), fromHex(signature)),
    )
    expect(taken.map((sample) => sample.case)).toEqual([0, 1, 2, 3, 11])
  })
})

describe.each([
  ['in Bun', bunCore],
  ['built for browsers', webCore],
])('admission %s', (_, { primitives: { admitKey, signer }, isAdmitted }) => {
  test('admits the keys that seeds make', () => {
    const random = seeded(2)
    for (let i = 0; i < 20; i++) {
      const { publicKey } = signer(random(32))
      expect(admitKey(publicKey).bytes).toEqual(publicKey)
    }
  })

  test.each(TORSION.map((point) => toHex(point.toBytes())))('refuses the small-order point %s', (key) => {
    expect(codeOf(() => admitKey(fromHex(key)))).toBe('bad_key')
  })

  test.each(NON_CANONICAL.map(toHex))('refuses the non-canonical encoding %s', (key) => {
    expect(codeOf(() => admitKey(fromHex(key)))).toBe('bad_key')
  })

  test.each(mixedOrderKeys(seeded(3)(32)).map(toHex))('refuses the mixed-order key %s', (key) => {
    expect(codeOf(() => admitKey(fromHex(key)))).toBe('bad_key')
  })

  test.each([0, 31, 33, 64])('refuses a key of %d bytes', (size) => {
    expect(codeOf(() => admitKey(new Uint8Array(size).fill(1)))).toBe('bad_key')
  })

  test('admits of random bytes those alone that are points of order L', () => {
    const random = seeded(4)
    let admitted = 0
    for (let i = 0; i < 300; i++) {
      const key = random(32)
      expect(isAdmitted(key)).toBe(hasPrimeOrder(key))
      if (isAdmitted(key)) admitted++
    }
    expect(admitted).toBeGreaterThan(5)
  })

  test('and the labelled check that members use give the expected answers', () => {
    const answers = CRAFTED.map(({ publicKey, signature }) =>
      admitKey(fromHex(publicKey)).verify('signEntry', MESSAGE, fromHex(signature)),
    )
    expect(wrong(answers, CRAFTED)).toEqual([])
  })
})

function crafted(name: string, valid: boolean, { publicKey, message, signature }: Signed): Crafted {
  return { name, valid, publicKey, message, signature }
}

/** The cases under keys that the rule admits: only these ever reach a platform's verifier. */
const ADMITTED = CASES.filter(({ publicKey }) => bunCore.isAdmitted(fromHex(publicKey)))

/** The names of the cases with another answer than the expected one. */
function wrong(answers: readonly boolean[], cases: readonly Crafted[] = CASES): readonly string[] {
  expect(answers).toHaveLength(cases.length)
  return cases.filter(({ valid }, i) => answers[i] !== valid).map(({ name }) => name)
}

/** The definition, not the library's shortcut: L times the point is the neutral one, and the point itself is not; its one encoding is this. */
function hasPrimeOrder(key: Bytes): boolean {
  try {
    const point = ed25519.Point.fromBytes(key.slice(), true)
    const neutral = point.multiplyUnsafe(ed25519.Point.Fn.ORDER - 1n).add(point)
    return equal(point.toBytes(), key) && !point.is0() && neutral.is0()
  } catch {
    return false // no point at all
  }
}

/** Runs in Node, which has no part of ours: reads cases, writes what its two interfaces answer. */
const NODE = `
const { createPublicKey, verify, webcrypto } = require('node:crypto')
const hex = (text) => Buffer.from(text, 'hex')
const ask = async ({ publicKey, message, signature }) => {
  const der = Buffer.concat([hex('302a300506032b6570032100'), hex(publicKey)])
  const key = await webcrypto.subtle.importKey('raw', hex(publicKey), { name: 'Ed25519' }, false, ['verify'])
  return [
    verify(null, hex(message), createPublicKey({ key: der, format: 'der', type: 'spki' }), hex(signature)),
    await webcrypto.subtle.verify({ name: 'Ed25519' }, key, hex(signature), hex(message)),
  ]
}
const cases = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
Promise.all(cases.map(ask)).then((answers) => {
  const [nodeCrypto, webCrypto] = [0, 1].map((i) => answers.map((answer) => answer[i]))
  console.log(JSON.stringify({ nodeCrypto, webCrypto }))
})
`

async function askNode(cases: readonly Signed[]) {
  const child = Bun.spawn(['node', '--no-warnings', '-e', NODE], {
    stdin: new Blob([JSON.stringify(cases)]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, said, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`node ended with ${code}: ${said}`)
  return answersOf(JSON.parse(out), 'nodeCrypto', 'webCrypto')
}

/** Lists of answers out of another program's JSON. Throws Error for anything else. */
function answersOf<Key extends string>(value: unknown, ...keys: readonly Key[]): Readonly<Record<Key, readonly boolean[]>>
function answersOf(value: unknown, ...keys: readonly string[]): Readonly<Record<string, readonly boolean[]>> {
  const lists: Record<string, readonly boolean[]> = {}
  for (const key of keys) {
    const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
    if (!Array.isArray(list)) throw new Error(`no list of answers: ${JSON.stringify(value)}`)
    lists[key] = list.map((item: unknown) => item === true)
  }
  return lists
}
