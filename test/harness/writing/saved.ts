/** What lib/ makes of the values that vectors of saved talks give. Called by test/vectors/make.ts and by the tests of saved talks. */
import { stretch } from '#lib/crypto/passphrase.ts'
import { sealStretched } from '#lib/crypto/saved.ts'
import { fromHex, toHex, utf8 } from '#lib/wire/bytes.ts'

export interface GivenSaved {
  readonly passphrase: string
  readonly salt: string
  readonly content: string
}

export async function makeSaved({ passphrase, salt, content }: GivenSaved) {
  const stretched = await stretch(passphrase, fromHex(salt), () => undefined)
  return { stretched: toHex(stretched), file: toHex(sealStretched(utf8(content), stretched, fromHex(salt))) }
}
