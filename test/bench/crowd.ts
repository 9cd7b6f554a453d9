/**
 * A room of members at one server, in which the first speaks to all others: a burst of frames, and the next when everybody has the last.
 * The same bytes come out of either server; into the relay goes a client's frame, into the bare server what is to come out.
 * Called by loader.ts.
 */
import { toBase64 } from '#lib/wire/bytes.ts'
import { encodeFromRelay, encodeToRelay } from '#lib/wire/codec.ts'
import type { SealedFields } from '#lib/wire/frames.ts'
import { ML_KEM_PUBLIC_BYTES, PROTOCOL_VERSION, SEALED_CLAIM_BYTES } from '#lib/wire/limits.ts'
import { clientFrame, Member, serverFrame } from './member.ts'

export type ServerKind = 'relay' | 'bare'

/** Different frames that are sent in turn: a burst is a part of so many. */
export const CYCLE = 32

/** Bytes of an envelope around its padded body: commit and tag; header and signature are of one size always (docs/protocol.md, Envelopes). */
const BODY_OVERHEAD_BYTES = 32 + 16
const HEADER_BYTES = 24 + 9 + 16
const SIGNATURE_BYTES = 64 + 16

/** What is on its way may take so long, ms. */
const PATIENCE_MS = 5_000

export class Crowd {
  readonly #members: readonly Member[]
  /** What the speaker sends in turn, and the bytes of one of these frames. */
  readonly #speech: Buffer
  readonly #spokenBytes: number
  /** Bytes of one frame as it arrives. */
  readonly #heardBytes: number
  readonly #burst: number
  #next = 0
  /** Bytes that are on their way to somebody. */
  #due = 0
  #heard = 0
  #speaking = false
  #quiet: (() => void) | null = null

  private constructor(members: readonly Member[], seat: string, kind: ServerKind, burst: number, bodyBytes: number) {
    this.#members = members
    this.#burst = burst
    const envelopes = Array.from({ length: CYCLE }, () => envelope(bodyBytes))
    const texts = envelopes.map((fields) => encodeFromRelay({ type: 'broadcast', from: seat, ...fields }))
    const spoken = kind === 'bare' ? texts : envelopes.map((fields) => encodeToRelay({ type: 'broadcast', ...fields }))
    this.#speech = Buffer.concat(spoken.map(clientFrame))
    const heard = Buffer.concat(texts.map(serverFrame))
    this.#spokenBytes = this.#speech.length / CYCLE
    this.#heardBytes = heard.length / CYCLE
    for (const member of members.slice(1)) {
      member.expect(
        heard,
        (bytes) => this.#arrived(bytes),
        () => this.#quiet?.(),
      )
    }
  }

  /** `burst` frames at once, which must divide the cycle; `bodyBytes` is the padded size of what they hold. */
  static async gather(port: number, kind: ServerKind, size: number, burst: number, bodyBytes: number): Promise<Crowd> {
    const seat = randomText(18)
    if (kind === 'relay') return new Crowd(await relayRoom(port, size, seat), seat, kind, burst, bodyBytes)
    const path = `/${seat}`
    const members: Member[] = []
    while (members.length < size) members.push(await Member.open(port, path))
    return new Crowd(members, seat, kind, burst, bodyBytes)
  }

  /** Frames that all members together have received. */
  get delivered(): number {
    return this.#heard / this.#heardBytes
  }

  start(): void {
    this.#speaking = true
    this.#speak()
  }

  /** Says no more; resolves when everything said has arrived. Throws Error when it does not, or when something else came. */
  async stop(): Promise<void> {
    this.#speaking = false
    for (const member of this.#members) member.check()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#quiet = resolve
    const timer = setTimeout(resolve, PATIENCE_MS)
    if (this.#due > 0) await promise
    clearTimeout(timer)
    for (const member of this.#members) member.check()
    if (this.#due !== 0) throw new Error('frames were lost')
  }

  /** Keeps the server from pinging members that have said nothing for long. */
  stir(): void {
    for (const member of this.#members) member.stir()
  }

  close(): void {
    for (const member of this.#members) member.close()
  }

  #speak(): void {
    this.#due = this.#burst * this.#heardBytes * (this.#members.length - 1)
    const from = this.#next * this.#spokenBytes
    this.#next = (this.#next + this.#burst) % CYCLE
    this.#members[0]?.write(this.#speech.subarray(from, from + this.#burst * this.#spokenBytes))
  }

  #arrived(bytes: number): void {
    this.#heard += bytes
    this.#due -= bytes
    if (this.#due > 0) return
    if (this.#speaking) this.#speak()
    else this.#quiet?.()
  }
}

/** Members of a new room of the relay, the first under `seat`. */
async function relayRoom(port: number, size: number, seat: string): Promise<readonly Member[]> {
  const first = await Member.open(port, '/ws')
  first.say({ type: 'create', protocolVersion: PROTOCOL_VERSION })
  const { roomId, roomSecret } = await first.next()
  const members: Member[] = []
  while (members.length < size) {
    const member = members.length === 0 ? first : await Member.open(port, '/ws')
    member.say({ type: 'join', roomId, roomSecret, protocolVersion: PROTOCOL_VERSION })
    await member.next()
    const ek = randomText(ML_KEM_PUBLIC_BYTES)
    const username = members.length === 0 ? seat : randomText(18)
    member.say({ type: 'identify', username, ek, ratchetEk: ek, claim: randomText(SEALED_CLAIM_BYTES) })
    // `peer_joined`: the others know of it, so nothing of the setting up comes after this.
    for (const other of members) await other.next()
    members.push(member)
  }
  return members
}

function envelope(bodyBytes: number): SealedFields {
  return {
    payload: randomText(bodyBytes + BODY_OVERHEAD_BYTES),
    meta: randomText(HEADER_BYTES),
    sig: randomText(SIGNATURE_BYTES),
  }
}

/** Random bytes in base64. */
function randomText(bytes: number): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(bytes)))
}
