/** Randomness that repeats: the same seed, the same bytes. Called by every test that draws random input, and by the session tests. */
import type { Random } from '#lib/crypto/primitives.ts'

/**
 * A source of bytes from a seed (32 bits are used). The generator is sfc32 by Chris Doty-Humphrey (PractRand), which is quick and good enough for tests;
 * no secret may ever come from it.
 */
export function seeded(seed: number): Random {
  const next = sfc32(seed)
  return (bytes) => {
    const drawn = new Uint8Array(bytes)
    for (let at = 0; at < bytes; at += 4) {
      const word = next()
      for (let i = at; i < Math.min(at + 4, bytes); i++) drawn[i] = word >>> (8 * (i - at))
    }
    return drawn
  }
}

/** The next 32-bit word of three words of state and a counter; the first words, which show the seed, are thrown away. */
function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [0, seed | 0, 0, 1]
  const next = () => {
    const word = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + word) | 0
    return word >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return next
}
