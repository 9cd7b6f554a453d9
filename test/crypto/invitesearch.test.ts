/** An invite is found in whatever a person pasted, and a damaged one is refused with the reason (docs/protocol.md, Invite). */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { armor, type Invite, InviteError, link, parseInvite, qrText, roomFile, SEARCHED_CHARS } from '#lib/crypto/invite.ts'
import { fromHex } from '#lib/wire/bytes.ts'
import { codeOf } from '../harness/codeof.ts'
import { inviteOf, invites } from '../harness/invites.ts'
import vectors from '../vectors/invite.json'

const invite = inviteOf()
const other = { ...invite, roomKey: new Uint8Array(32).fill(9) }
const armored = armor(invite)
const linked = link(invite, 'https://chat.example/')
const text = qrText(invite)

/** Each line begins with `mark`. */
function quotedWith(mark: string, lines: string): string {
  return lines.replaceAll(/^/gm, mark)
}

function wrapped(line: string, columns: number, lineBreak: string): string {
  return line.match(new RegExp(`.{1,${columns}}`, 'g'))?.join(lineBreak) ?? ''
}

describe('an invite is found', () => {
  const pasted: readonly (readonly [string, string])[] = [
    ['as armored text', armored],
    ['as a .room file', roomFile(invite)],
    ['as a link', linked],
    ['as base64url', text],
    ['in a mail', `Hi Bob,\n\nhere is the invite:\n\n${armored}\nSee you!\n-- \nAlice`],
    ['in a mail with Windows line ends', armored.replaceAll('\n', '\r\n')],
    ['in a quoted mail', quotedWith('> ', armored)],
    ['in a mail quoted twice', quotedWith('>> > ', armored)],
    ['in a quoted mail that was escaped', quotedWith('&gt; ', armored)],
    ['in a quote with bars', quotedWith(' | ', armored)],
    ['in a quote that wraps anew', wrapped(linked, 30, '\n> ')],
    ['in armor whose lines were joined', armored.replaceAll('\n', ' ')],
    ['in armor whose dashes were made longer', armored.replaceAll('-----', '—–')],
    ['in armor without its last line', armored.replace('-----END TACET INVITE-----\n', '')],
    ['in armor without its padding', armored.replaceAll('=', '')],
    ['in indented armor', quotedWith('\t   ', armored)],
    ['in a link that a mail wrapped', wrapped(linked, 76, '\n')],
    ['in a link that a mail wrapped in quoted-printable', wrapped(linked, 75, '=\r\n')],
    ['in a link with spaces in it', wrapped(linked, 10, ' ')],
    ['in a link with zero-width spaces', wrapped(linked, 7, '\u200b')],
    ['in a link with soft hyphens and a byte order mark', `\ufeff${wrapped(linked, 7, '\u00ad')}`],
    ['in a link in a sentence', `Come to ${linked}. It is open.`],
    ['in a link in smart quotes', `He wrote “${linked}”!`],
    ['in a link in angle brackets', `<${linked}>`],
    ['in a link in Markdown', `[join](${linked})`],
    ['in a link in HTML', `<a href="${linked}">${linked}</a>`],
    ['in a link with a query before the fragment', linked.replace('/#', '/?utm_source=chat&amp;utm_medium=x#')],
    ['in a link with a query behind the fragment', `${linked}?utm_source=chat&amp;fbclid=AQAAx`],
    ['in a link with a parameter behind the fragment', `${linked}&utm_source=chat`],
    ['in a link whose # was escaped', linked.replace('#', '%23')],
    ['in a link to any page', `https://other.example/deep/page#${text}`],
    ['in a fragment that names it', `https://chat.example/#invite=${text}`],
    ['in base64url with text around it', `Your code: ${text}, keep it.`],
    ['in base64 with the other two letters', text.replaceAll('-', '+').replaceAll('_', '/')],
    ['in base64url that wraps at its second letter', `A\n${text.slice(1)}`],
    ['twice', `${linked}\n\n${armored}`],
    ['behind text that looks like the beginning of one', `AQAA is how they begin. #general\n${linked}`],
    ['beside a damaged one', `${linked.slice(0, 90)}\n\n${armored}`],
  ]
  test.each(pasted)('%s', (_how, pasted) => {
    expect(parseInvite(pasted)).toEqual(invite)
  })

  test('in base64url whose double dash became one long dash', () => {
    // Three bytes that are four dashes, in whatever place of a group of letters.
    const dashed = { ...invite, roomKey: Uint8Array.from({ length: 32 }, (_, i) => [0xfb, 0xef, 0xbe][(i + 1) % 3] ?? 0) }
    const dashes = qrText(dashed)
    expect(dashes).toContain('--')
    expect(parseInvite(dashes.replaceAll('--', '—'))).toEqual(dashed)
  })
})

const wraps = fc
  .tuple(fc.integer({ min: 20, max: 90 }), fc.constantFrom('\n', '\r\n', '\n> ', '\r\n>> ', ' ', '\n\t', '\u200b', '=\r\n'))
  .map(
    ([columns, lineBreak]) =>
      (form: string) =>
        form
          .split('\n')
          .map((line) => wrapped(line, columns, lineBreak))
          .join('\n'),
  )
const surrounds = fc
  .constantFrom<readonly [string, string]>(
    ['', ''],
    ['“', '”'],
    ['<', '>'],
    ['(', ').'],
    ['Hello Bob,\n\n', '\n\nBye, Alice'],
    ['see https://chat.example/?a=1&amp;b=2 and ', ' soon…'],
    ['\u200e', '\u200f'],
  )
  .map(
    ([before, after]) =>
      (form: string) =>
        before + form + after,
  )
const quotes = fc.constantFrom('', '> ', '>> ', '&gt; ', '\t').map((mark) => (form: string) => quotedWith(mark, form))
const mangling = fc.tuple(wraps, surrounds, quotes).map(
  ([wrap, surround, quote]) =>
    (form: string) =>
      quote(surround(wrap(form))),
)
const forms = fc.constantFrom<(invite: Invite) => string>(
  armor,
  roomFile,
  qrText,
  (one) => link(one, 'https://chat.example/'),
  (one) => `${link(one, 'https://chat.example/open')}?utm_source=x&utm_id=1`,
)

test('every form of every invite is read after every mangling', () => {
  fc.assert(
    fc.property(invites, forms, mangling, (one, form, mangle) => {
      expect(parseInvite(mangle(form(one)))).toEqual(one)
    }),
    { seed: 1, numRuns: 1_000 },
  )
})

describe('a text is refused with the reason', () => {
  const middle = Math.floor(text.length / 2)
  const changed = (form: string, at: number, char: string) => form.slice(0, at) + char + form.slice(at + 1)
  const swapped = (form: string, at: number) => changed(form, at, form.charAt(at) === 'B' ? 'C' : 'B')
  const refused: readonly (readonly [string, string, string])[] = [
    ['no_invite', 'that is empty', ''],
    [
      'no_invite',
      'that is a letter',
      'Dear Bob, there is nothing in here. #general, #random and https://chat.example/#top are no invites.',
    ],
    ['no_invite', 'that is a page without a fragment', 'https://chat.example/'],
    ['no_invite', 'that is a hash', 'f'.repeat(128)],
    ['truncated', 'with a link that was cut', linked.slice(0, -1)],
    ['truncated', 'with a link that was cut early', linked.slice(0, 'https://chat.example/#AQAAF'.length)],
    ['truncated', 'with a link that a program shortened', `${linked.slice(0, 70)}… `],
    ['truncated', 'with base64url that was cut', text.slice(0, middle)],
    ['truncated', 'with armor that was cut', armored.slice(0, 100)],
    ['truncated', 'with armor that lacks a line', armored.split('\n').toSpliced(2, 1).join('\n')],
    ['truncated', 'with empty armor', '-----BEGIN TACET INVITE-----\n-----END TACET INVITE-----'],
    ['bad_characters', 'with a strange letter', changed(linked, 80, '*')],
    ['bad_characters', 'with a Cyrillic letter that looks right', changed(text, middle, 'а')],
    ['bad_characters', 'with a dash in armor', changed(armored, 60, '-')],
    ['bad_checksum', 'with a changed letter', swapped(linked, 80)],
    ['bad_checksum', 'with a changed letter in armor', swapped(armored, 60)],
    ['bad_checksum', 'with two letters in each other’s place', changed(changed(text, 10, text.charAt(11)), 11, text.charAt(10))],
    ['bad_checksum', 'with a doubled letter', text.slice(0, middle) + text.charAt(middle) + text.slice(middle)],
    ['bad_checksum', 'with a lost letter and words behind', `${text.slice(0, middle)}${text.slice(middle + 1)} and words behind`],
    ['bad_checksum', 'with bits in the last letter that nobody uses', changed(text, text.length - 1, spare(text))],
    ['several_invites', 'with two invites', `${linked}\n${armor(other)}`],
    ['several_invites', 'with two links in one line', `${linked} ${link(other, 'https://chat.example/')}`],
    ['too_long', 'that is too long', `${linked}${' '.repeat(SEARCHED_CHARS)}`],
  ]
  test.each(refused)('%s: one %s', (code, _what, pasted) => {
    expect(codeOf(() => parseInvite(pasted))).toBe(code)
  })

  test.each(vectors.refused)('$code: one with $why', ({ code, qrText: pasted }) => {
    expect(codeOf(() => parseInvite(`https://chat.example/#${pasted}`))).toBe(code)
  })

  test.each(vectors.refused)('$code: armored, with $why', ({ code, bytes }) => {
    const pasted = `-----BEGIN TACET INVITE-----\n${fromHex(bytes).toBase64()}\n-----END TACET INVITE-----`
    expect(codeOf(() => parseInvite(pasted))).toBe(code)
  })
})

/** The last letter of base64url with the lowest bit turned, which stands for nothing when the bytes do not fill their last letter. */
function spare(form: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet.charAt(alphabet.indexOf(form.charAt(form.length - 1)) ^ 1)
}

test('every single letter that is changed is refused', () => {
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at) === 'x' ? 'y' : 'x'
    const damaged = text.slice(0, at) + letter + text.slice(at + 1)
    expect([at, codeOf(() => parseInvite(`#${damaged}`))]).not.toEqual([at, 'nothing thrown'])
  }
})

test('an unencrypted relay is refused until the person allows it', () => {
  const pasted = qrText(inviteOf('ws://relay.example/ws'))
  expect(codeOf(() => parseInvite(pasted))).toBe('not_wss')
  expect(parseInvite(pasted, { allowPlain: true }).url).toBe('ws://relay.example/ws')
  expect(parseInvite(qrText(inviteOf('ws://localhost:1337/ws'))).url).toBe('ws://localhost:1337/ws')
})

test('no reason repeats a part of the text', () => {
  for (const pasted of [
    linked.slice(0, -1),
    `${linked.slice(0, 80)}*${linked.slice(81)}`,
    `${linked}\n${armor(other)}`,
    'secret',
  ]) {
    const words = pasted.split(/[^A-Za-z0-9_-]+/).filter((word) => word.length > 5 && word !== 'INVITE')
    try {
      parseInvite(pasted)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof InviteError)) throw error
      for (const word of words) expect(error.message).not.toContain(word)
    }
  }
})

describe('hostile text of the longest size is answered at once', () => {
  const full = (piece: string) => piece.repeat(Math.ceil(SEARCHED_CHARS / piece.length)).slice(0, SEARCHED_CHARS)
  const hostile = [
    'AQAA',
    'AQAA ',
    'AQAC AAAA',
    '#',
    '# ',
    `#${'A'.repeat(60)}`,
    `${'A'.repeat(99)}.`,
    'A',
    'A*',
    'BEGIN TACET INVITE ',
    'BEGIN TACET INVITE AQAC',
    '-',
    '> ',
    '&gt;',
    '\n',
    '=\n',
    '\r',
    ' ',
    '\u200b',
    '—',
    '\ud800',
    '%2',
  ]
  test.each(hostile)('%j', (piece) => {
    const started = performance.now()
    expect(() => parseInvite(full(piece))).toThrow(InviteError)
    // Linear work takes some 20 ms on a slow machine; quadratic work would take minutes.
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

test('any text at all is answered with an invite or a reason', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('#', 'AQAA', 'AQAC', 'BEGIN TACET INVITE', '-----', '\n> ', '=\n', text, text.slice(0, 100), text.slice(50)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        expect(parseInvite(pieces.join(''))).toEqual(invite)
      } catch (error) {
        if (!(error instanceof InviteError)) throw error
      }
    }),
    { seed: 4, numRuns: 2_000 },
  )
})
