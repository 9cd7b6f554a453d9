/** Saved talks as files: known answers, one error for everything that does not open, and work only for what may be one. */
import { describe, expect, setDefaultTimeout, spyOn, test } from 'bun:test'
import { argon2id } from '@noble/hashes/argon2.js'
import { CryptoError } from '#lib/crypto/errors.ts'
import { pad } from '#lib/crypto/padding.ts'
import { PASSPHRASE_BYTES, passphraseFault, stretch } from '#lib/crypto/passphrase.ts'
import { derive, SINGLE_USE_BYTES } from '#lib/crypto/primitives.ts'
import { isSaved, openSaved, openStretched, SAVED_BYTES, SAVED_FILE_BYTES, sealSaved, sealStretched } from '#lib/crypto/saved.ts'
import { fromHex, fromUtf8, toHex, utf8 } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { flipped, someBits } from '../harness/flips.ts'
import { seeded } from '../harness/random.ts'
import { readSaved } from '../harness/reading/saved.ts'
import { makeSaved } from '../harness/writing/saved.ts'
import rfc9106 from '../vectors/rfc9106.json'
import vectors from '../vectors/saved.json'

// A passphrase takes a second or two to stretch, on a busy machine several.
setDefaultTimeout(120_000)

const random = seeded(1)
const still = () => undefined
const [KEY, SALT] = [random(32), random(16)]
const SALT_AT = 11

/** How opening fails: the code and the very words, which must not differ either. */
async function failure(opening: Promise<unknown>): Promise<string> {
  try {
    await opening
    return 'opened'
  } catch (error) {
    return error instanceof CryptoError ? `${error.code}: ${error.message}` : String(error)
  }
}

test('the library’s Argon2id gives what RFC 9106 says', () => {
  const { password, salt, secret, associatedData, tag } = rfc9106
  const options = { t: 3, m: 32, p: 4, dkLen: 32, key: fromHex(secret), personalization: fromHex(associatedData) }
  expect(toHex(argon2id(fromHex(password), fromHex(salt), options))).toBe(tag)
})

describe('a known file', () => {
  test.each(vectors.files)('is made of the same values, and read by another program: $name', async ({ given, made }) => {
    expect(await makeSaved(given)).toEqual(made)
    const { stretched, content } = readSaved(fromHex(made.file), given.passphrase)
    expect([toHex(stretched), content]).toEqual([made.stretched, given.content])
    expect(fromUtf8(openStretched(fromHex(made.file), fromHex(made.stretched)))).toBe(given.content)
  })
})

describe('a file', () => {
  test('opens with its passphrase, however its accents are written, and tells how far it is', async () => {
    const told: number[] = []
    const file = await sealSaved(utf8('hello'), 'caf\u00e9', random, (done) => told.push(done))
    expect(isSaved(file)).toBe(true)
    expect(fromUtf8(await openSaved(file, 'cafe\u0301', still))).toBe('hello')
    expect(told.at(-1)).toBe(1)
    expect(told.length).toBeGreaterThan(20)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
  })

  test('fails in the same words with a wrong passphrase, a turned bit of its salt, its seal, or its first byte, and cut short', async () => {
    const file = await sealSaved(utf8('hello'), 'right', random, still)
    const damaged = [flipped(file, SALT_AT * 8), flipped(file, file.length * 8 - 1), flipped(file, 0), file.subarray(0, -1)]
    const failures = await Promise.all([
      failure(openSaved(file, 'wrong', still)),
      ...damaged.map((one) => failure(openSaved(one, 'right', still))),
    ])
    expect(new Set(failures)).toEqual(new Set(['not_opened: wrong passphrase, or the file is damaged']))
  })

  test('does not open with any bit turned', () => {
    const file = sealStretched(utf8('hello'), KEY, SALT)
    for (const bit of [...Array(59 * 8).keys(), ...someBits(file, 400, 2)]) {
      expect(codeOf(() => openStretched(flipped(file, bit), KEY))).toBe('not_opened')
    }
  })

  test('tells only a size class of what is in it', () => {
    const sizes = [0, 1, 1_020].map((length) => sealStretched(new Uint8Array(length), KEY, SALT).length)
    expect(new Set(sizes)).toEqual(new Set([11 + 16 + 32 + 1_024 + 16]))
  })

  test('of the same talk and passphrase shares nothing with another but its first eleven bytes', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => sealSaved(utf8('hello'), 'same', random, still)))
    if (one === undefined || other === undefined) throw new Error('no files')
    const same = [...one].filter((byte, at) => byte === other[at]).length
    expect(same).toBeLessThan(11 + 40)
    expect(toHex(one.subarray(0, 11))).toBe(toHex(other.subarray(0, 11)))
  })
})

describe('what opens a file is wiped, and what was in it:', () => {
  /** All that was wiped meanwhile, as it was before. */
  async function wipedBy(work: () => Promise<unknown>): Promise<readonly string[]> {
    const wiped: string[] = []
    const filling = spyOn(Uint8Array.prototype, 'fill').mockImplementation(function (
      this: Uint8Array,
      value,
      from = 0,
      to = this.length,
    ) {
      if (value === 0) wiped.push(toHex(this))
      for (let i = from; i < to; i++) this[i] = value
      return this
    })
    try {
      await work()
    } finally {
      filling.mockRestore()
    }
    return wiped
  }

  const padded = toHex(pad(utf8('hello')))
  const secrets = async (file: Uint8Array, passphrase: string) => {
    const [header, salt] = [file.subarray(0, 27), file.subarray(11, 27)]
    const stretched = await stretch(passphrase, salt, still)
    return [toHex(utf8(passphrase)), toHex(stretched), toHex(derive('saved', salt, stretched, header, SINGLE_USE_BYTES))]
  }

  test('by sealing', async () => {
    let file: Uint8Array = new Uint8Array(0)
    const wiped = await wipedBy(async () => {
      file = await sealSaved(utf8('hello'), 'right', random, still)
    })
    for (const secret of [...(await secrets(file, 'right')), padded]) expect(wiped).toContain(secret)
  })

  test('by opening', async () => {
    const file = await sealSaved(utf8('hello'), 'right', random, still)
    const wiped = await wipedBy(() => openSaved(file, 'right', still))
    for (const secret of [...(await secrets(file, 'right')), padded]) expect(wiped).toContain(secret)
  })

  test('by a wrong passphrase', async () => {
    const file = await sealSaved(utf8('hello'), 'right', random, still)
    const wiped = await wipedBy(() => failure(openSaved(file, 'wrong', still)))
    for (const secret of await secrets(file, 'wrong')) expect(wiped).toContain(secret)
  })
})

describe('no work is done for', () => {
  test.each([
    ['nothing', new Uint8Array(0)],
    ['another file', random(2_000)],
    ['a file of another version', sealStretched(utf8('x'), KEY, SALT).with(10, 2)],
    ['one that is too short', sealStretched(utf8('x'), KEY, SALT).subarray(0, -1)],
    ['one that is too long', concatZeros(sealStretched(utf8('x'), KEY, SALT), SAVED_FILE_BYTES + 1)],
  ])('%s', async (_, file) => {
    const told: number[] = []
    expect(isSaved(file)).toBe(false)
    expect(await failure(openSaved(file, 'x', (done) => told.push(done)))).toStartWith('not_opened')
    expect(told).toEqual([])
  })

  test('a talk that is too large, or no passphrase', async () => {
    const told: number[] = []
    const note = (done: number) => told.push(done)
    expect(await failure(sealSaved(new Uint8Array(SAVED_BYTES + 1), 'x', random, note))).toStartWith('too_large')
    for (const passphrase of ['', '\ud800', 'x'.repeat(PASSPHRASE_BYTES + 1)]) {
      expect(await failure(sealSaved(utf8('x'), passphrase, random, note))).toStartWith('bad_length')
    }
    expect(told).toEqual([])
  })
})

test('a passphrase is any text of 1 to 1,024 bytes', () => {
  expect(['x', ' ', 'x'.repeat(1_024), '\u{1f98a}'].map(passphraseFault)).toEqual([null, null, null, null])
  expect(['', 'x'.repeat(1_025), 'é'.repeat(513), '\ud800'].map(passphraseFault)).toEqual([
    'empty',
    'too_long',
    'too_long',
    'not_text',
  ])
})

test('the work is RFC 9106’s second recommended option, and longer passphrases change it', async () => {
  const options = { t: 3, m: 64 * 1024, p: 4, dkLen: 32 }
  expect(await stretch('x', SALT, still)).toEqual(argon2id(utf8('x'), SALT, options))
  expect(toHex(await stretch('xx', SALT, still))).not.toBe(toHex(await stretch('x', SALT, still)))
})

function concatZeros(file: Uint8Array, length: number): Uint8Array {
  const long = new Uint8Array(length)
  long.set(file)
  return long
}
