/**
 * The words that fingerprints are read out in (docs/protocol.md, Fingerprints): the English list of BIP 39, 2,048 words of which no two
 * share their first four letters. Called by fingerprint.ts. A published list, so that another program speaks the same words.
 */
import { wordlist } from '@scure/bip39/wordlists/english.js'

/** Bits that one word stands for. */
export const WORD_BITS = 11

/** The word for a number from 0 to 2,047. Throws `RangeError` for any other. */
export function wordOf(index: number): string {
  const word = wordlist[index]
  if (word === undefined) throw new RangeError('no such word')
  return word
}
