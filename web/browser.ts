/** The browser as the edges of the page: clipboard, files, sheets, sounds, notices. Called by main.tsx. Nothing here writes to any storage. */
import { createClient } from '#lib/client/index.ts'
import type { Ports } from './state/app.ts'
import type { Handing } from './state/message.ts'

/** Where `./run` listens. */
const DEFAULT_RELAY = 'ws://127.0.0.1:1337/ws'

export function browserPorts(): Ports {
  return {
    client: createClient,
    now: () => Date.now(),
    wake: (after, then) => void setTimeout(then, after),
    hand,
    ring,
    notify: (text) => void new Notification('Tacet', { body: text, tag: 'tacet' }),
    page: pageAddress(),
    relay: relayBeside(),
    focused: document.hasFocus(),
  }
}

/** Where others could open this page: over https, or on this machine. */
function pageAddress(): string | null {
  const { protocol, origin, pathname, hostname } = location
  const isOwn = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isOwn) ? `${origin}${pathname}` : null
}

/** A relay that serves this page is at its side. */
function relayBeside(): string {
  if (location.protocol !== 'https:' && location.protocol !== 'http:') return DEFAULT_RELAY
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`
}

async function hand(how: Handing, text: string): Promise<string | null> {
  if (how === 'file') return saved(text)
  return how === 'share' ? shared(text) : copied(text)
}

async function copied(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text)
    return 'copied'
  } catch (error) {
    return `the browser does not let this page copy (${nameOf(error)}): select the text below`
  }
}

/** How long a download may take to begin (ms). */
const KEPT = 60_000

function saved(text: string): string {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = 'invite.room'
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(address), KEPT)
  return 'saved as invite.room, where your browser saves files'
}

async function shared(text: string): Promise<string | null> {
  try {
    await navigator.share({ text })
    return null
  } catch (error) {
    return nameOf(error) === 'AbortError' ? null : `it could not be shared (${nameOf(error)})`
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}

/** The browser can open a sheet for sharing. */
export function canShare(): boolean {
  return 'share' in navigator
}

/** Asks, when it was not asked before, whether notices may be shown. */
export async function askNotices(): Promise<boolean> {
  return 'Notification' in globalThis && (await Notification.requestPermission()) === 'granted'
}

/** A short tone: its height (Hz) and its length (s). */
const TONE = { height: 660, length: 0.15 } as const

function ring(): void {
  const audio = new AudioContext()
  const tone = new OscillatorNode(audio, { frequency: TONE.height })
  const volume = new GainNode(audio, { gain: 0.1 })
  tone.connect(volume).connect(audio.destination)
  tone.addEventListener('ended', () => void audio.close())
  tone.start()
  tone.stop(audio.currentTime + TONE.length)
}

/** More of a file is not looked through for an invite. */
const FILE_BYTES = 65_536

/** The text of a file that was chosen or dropped. */
export function fileText(file: Blob): Promise<string> {
  return file.slice(0, FILE_BYTES).text()
}
