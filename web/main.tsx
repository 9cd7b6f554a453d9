/**
 * The page's entry (docs/web.md): takes the invite out of the address before anything else, draws the first screen, and hears of what is dropped on it.
 * Nothing is sent anywhere before a click.
 */
import { effect, type Signal, signal } from '@preact/signals'
import { options, render } from 'preact'
import { titleText } from '#lib/text/unread.ts'
import { askNotices, browserPorts, canShare, fileText } from './browser.ts'
import { live } from './life.ts'
import { Screen } from './screen.tsx'
import { ownHash } from './self.ts'
import { type App, createApp } from './state/app.ts'

/** The fragment, which is in the address bar and in the history no more. Empty when there is none. */
function takenFragment(): string {
  const { hash, href } = location
  if (hash === '') return ''
  history.replaceState(null, '', href.slice(0, href.indexOf('#')))
  return hash
}

function give(app: App, fragment: string): void {
  if (fragment.length > 1) app.take({ is: 'given', text: fragment })
}

/** A file or a text with an invite may be dropped anywhere. */
function heedDrops(app: App): void {
  window.addEventListener('dragover', (event) => event.preventDefault())
  window.addEventListener('drop', (event) => {
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    const text = event.dataTransfer?.getData('text/plain') ?? ''
    if (file !== undefined) void fileText(file).then((found) => app.take({ is: 'given', text: found }))
    else if (text !== '') app.take({ is: 'given', text })
  })
}

async function tellHash(hash: Signal<string | null>): Promise<void> {
  hash.value = await ownHash(document.documentElement)
}

function start(root: Element, fragment: string): void {
  const hash = signal<string | null>(null)
  void tellHash(hash)
  const ports = browserPorts()
  const app = createApp(ports)
  give(app, fragment)
  window.addEventListener('hashchange', () => give(app, takenFragment()))
  heedDrops(app)
  live(app)
  effect(() => {
    const { screen } = app.shown.value.model
    const unread = screen.is === 'talk' ? screen.unread : null
    document.title = titleText(unread?.count ?? 0, unread?.mentioned ?? false)
  })
  // Once for each picture that is shown, however much comes meanwhile.
  options.debounceRendering = (draw) => void requestAnimationFrame(draw)
  render(<Screen app={app} around={{ hash, page: ports.page, canShare: canShare(), askNotices }} />, root)
}

const root = document.querySelector('#app')
if (root !== null) start(root, takenFragment())
