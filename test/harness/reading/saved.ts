/** The second reading of saved talks (docs/protocol.md, Saved talk). Called by the tests of known answers. */
import { argon2id } from '@noble/hashes/argon2.js'
import { derived, fromText, join, Layout, Misread, type Octets, openSingleUse, text, unpadded } from './base.ts'

/** magic 10 ‖ version 1 ‖ salt 16 ‖ commit 32 ‖ seal(K, pad(JCS)), K 88 = HKDF(salt, Argon2id(passphrase, salt), "saved" ‖ all before the commit). */
export function readSaved(file: Octets, passphrase: string): { readonly stretched: Octets; readonly content: string } {
  const saved = new Layout(file)
  const [magic, version, salt] = [saved.take(10), saved.take(1), saved.take(16)]
  if (fromText(magic) !== 'TACET TALK' || version[0] !== 1) throw new Misread('no saved talk')
  const stretched = argon2id(text(passphrase.normalize('NFC')), salt, { t: 3, m: 65_536, p: 4, dkLen: 32 })
  const header = join(magic, version, salt)
  const material = derived('saved', salt, stretched, 88, header).rest()
  return { stretched, content: fromText(unpadded(openSingleUse(material, header, saved.rest()))) }
}
