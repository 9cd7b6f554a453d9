/** What a runtime answers to signatures: by the protocol's rule, and by its own WebCrypto. Runs in Bun, and bundled in a page of Chromium. */
import { fromHex } from '#lib/wire/bytes.ts'
import { accepts, isAdmitted } from './core.ts'

/** A signature over a message, all in hexadecimal. */
export interface Signed {
  readonly publicKey: string
  readonly message: string
  readonly signature: string
}

export interface Verdicts {
  readonly rule: readonly boolean[]
  /** Nobody asks a platform about keys that were not admitted: false. */
  readonly webCrypto: readonly boolean[]
}

export async function answer(cases: readonly Signed[]): Promise<Verdicts> {
  return { rule: cases.map(byRule), webCrypto: await Promise.all(cases.map(byWebCrypto)) }
}

function byRule({ publicKey, message, signature }: Signed): boolean {
  return accepts(fromHex(publicKey), fromHex(message), fromHex(signature))
}

async function byWebCrypto({ publicKey, message, signature }: Signed): Promise<boolean> {
  if (!isAdmitted(fromHex(publicKey))) return false
  const key = await crypto.subtle.importKey('raw', fromHex(publicKey).slice(), 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, fromHex(signature).slice(), fromHex(message).slice())
}
