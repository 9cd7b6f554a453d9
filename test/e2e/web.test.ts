/**
 * The web client as it is built, in a real Chromium, against a real relay (docs/web.md): from the first click to the last word, with others in the
 * terminal and hostile ones in the room. In all of it the page's policy refuses nothing, since nothing is there to be refused.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { type Client, createClient, parseInvite } from '#lib/client/index.ts'
import { type RunningRelay, startServer } from '../../server/relay.ts'
import { binary } from '../harness/binaries.ts'
import { startChromium, Visitor } from '../harness/page.ts'
import { Tacet } from '../harness/tacet.ts'
import { needs } from '../harness/tools.ts'

const hasChromium = needs('chromium', 'chromium')
setDefaultTimeout(30_000)

let browser: Browser
let relay: RunningRelay
let page: string
let folder: string
const guests: Client[] = []

const url = () => `http://127.0.0.1:${relay.port}/`
const socketUrl = () => `ws://127.0.0.1:${relay.port}/ws`
const visit = (options?: Parameters<typeof Visitor.at>[2]) => Visitor.at(url(), browser, options)

/** A client of the library in this process: somebody who says what no form would let one say. */
function guest(name: string, invite: string): Client {
  const client = createClient()
  guests.push(client)
  client.do({ do: 'join', invite: parseInvite(invite, { allowPlain: true }), name })
  return client
}

/** Resolves when a client's view suits. */
function until(client: Client, suits: (client: Client) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (suits(client)) resolve()
  }
  const stop = client.store.subscribe(look)
  look()
  return promise.finally(stop)
}

const textsOf = ({ store }: Client) => store.view.entries.map(({ body }) => body['text'])
const hasHeard = (text: string) => (client: Client) => textsOf(client).includes(text)
const isAmong =
  (count: number) =>
  ({ store }: Client) =>
    [...store.view.members.values()].filter(({ presence }) => presence === 'here').length === count

beforeAll(async () => {
  if (!hasChromium) return
  page = await Bun.file(await binary('tacet.html')).text()
  await binary('tacet')
  folder = await mkdtemp(join(tmpdir(), 'tacet-web-'))
  relay = startServer({ port: 0, page })
  browser = await startChromium()
}, 120_000)

afterAll(async () => {
  if (!hasChromium) return
  for (const client of guests) client.do({ do: 'leave', now: true })
  await browser.close()
  await relay.stop()
  await rm(folder, { recursive: true })
})

describe.skipIf(!hasChromium)('two people at pages', () => {
  test('find each other by a link, say 100 messages each, and compare equal codes', async () => {
    const [alice, bob] = await Promise.all([visit(), visit({ viewport: { width: 360, height: 740 } })])
    await alice.create('alice')
    await alice.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await alice.button('Copy the link').click()
    await alice.page.getByText('copied').waitFor()
    const link = await alice.page.evaluate(() => navigator.clipboard.readText())
    expect(link).toStartWith(`${url()}#`)
    await bob.page.goto(link)
    await bob.enter('bob')
    await alice.isTold('bob is here')
    const hundred = (me: string) => Array.from({ length: 100 }, (_, i) => `${me} ${i + 1}`)
    await Promise.all([alice.sayAll(hundred('alice')), bob.sayAll(hundred('bob'))])
    // Each follows the other by this at the latest.
    await alice.say('alice is done')
    await bob.sees('alice is done')
    await bob.say('bob is done')
    await alice.sees('bob is done')
    // What is drawn is the end of the log, in order.
    const last = (await alice.texts()).filter((text) => text.startsWith('bob')).slice(-11)
    expect(last).toEqual([...hundred('bob').slice(-10), 'bob is done'])
    await bob.page.getByRole('img', { name: 'everybody here has it' }).last().waitFor()
    const codes = await Promise.all(
      [alice, bob].map(async (visitor) => {
        await visitor.button('Verify').click()
        return visitor.page.locator('.verify section').first().locator('.code').textContent()
      }),
    )
    expect(codes[0]).toBe(codes[1] ?? '')
    await alice.page.getByLabel('compared, and it is the same').check()
    await alice.page.locator('aside').getByText('✓ verified').waitFor()
    expect([...alice.problems, ...bob.problems]).toEqual([])
    await Promise.all([alice.close(), bob.close()])
  })

  test('lose their relay: the page says so, keeps what is being written, and goes on in the room made anew', async () => {
    const [alice, bob] = await Promise.all([visit(), visit()])
    const invite = await alice.create('alice')
    await bob.join('bob', invite)
    await alice.isTold('bob is here')
    await alice.message.fill('half a sentence')
    const { port } = relay
    await relay.stop()
    await alice.status.getByText('reconnecting').waitFor()
    await bob.say('said while it was away')
    await bob.page.getByRole('img', { name: 'waits for the connection' }).waitFor()
    relay = startServer({ port, page })
    await alice.button('Make the room anew').click()
    const anew = await alice.invite()
    await alice.button('Go on to the talk').click()
    expect(await alice.message.inputValue()).toBe('half a sentence')
    await bob.page.getByLabel('Its new invite').fill(anew)
    await bob.button('Go on there').click()
    await alice.sees('said while it was away')
    await alice.message.press('Enter')
    await bob.sees('half a sentence')
    expect([...alice.problems, ...bob.problems]).toEqual([])
    await Promise.all([alice.close(), bob.close()])
  })
})

describe.skipIf(!hasChromium)('a link', () => {
  let host: Visitor
  let secret = ''
  beforeAll(async () => {
    if (!hasChromium) return
    host = await visit()
    secret = (await host.create('host'))
      .replaceAll(/-----[^-]+-----|\n/g, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
  })
  afterAll(() => host?.close())

  test.each([
    ['as it was made', (invite: string) => `#${invite}`],
    ['with a tracker behind it', (invite: string) => `#${invite}&utm_source=mail`],
    ['with an escaped mark', (invite: string) => `#%23${invite}`],
    ['with a bracket and a full stop', (invite: string) => `#${invite}).`],
    ['with a query before it', (invite: string) => `?from=chat#${invite}`],
  ])('%s joins, after a click that names the relay’s host', async (_, mangled) => {
    const visitor = await visit()
    await visitor.page.goto(`${url()}${mangled(secret)}`)
    await visitor.page.getByText(`An invite to a room on 127.0.0.1:${relay.port}`).waitFor()
    // Neither in the address bar, nor in the history, nor in a duplicate of the tab.
    expect(await visitor.page.evaluate(() => location.href + JSON.stringify(history.state))).not.toContain('#')
    expect(visitor.sockets).toEqual([])
    await visitor.page.getByLabel('Your name').fill('guest')
    await visitor.button(`Join the room on 127.0.0.1:${relay.port}`).click()
    await visitor.message.waitFor()
    expect(visitor.sockets).toEqual([socketUrl()])
    expect(visitor.problems).toEqual([])
    await visitor.close()
  })

  test('that is damaged says what is wrong, and dials nobody', async () => {
    const visitor = await visit()
    await visitor.page.goto(`${url()}#${secret.slice(0, 60)}x${secret.slice(61)}`)
    await visitor.page.getByText('the invite is damaged').waitFor()
    await visitor.page.goto(`${url()}#${secret.slice(0, -9)}`)
    await visitor.page.getByText('the invite is cut short').waitFor()
    expect(visitor.sockets).toEqual([])
    await visitor.close()
  })
})

describe.skipIf(!hasChromium)('a page', () => {
  test('from a file does the same, and tells its own hash', async () => {
    const visitor = await Visitor.at(`file://${await binary('tacet.html')}`, browser)
    await visitor.button('About Tacet').click()
    await visitor.page.getByText(new Bun.CryptoHasher('sha256').update(page).digest('hex')).waitFor()
    await visitor.button('Back').click()
    const invite = await visitor.create('alice', socketUrl())
    const other = await visit()
    await other.join('bob', invite)
    await other.say('from one page to another')
    await visitor.sees('from one page to another')
    expect([...visitor.problems, ...other.problems]).toEqual([])
    await Promise.all([visitor.close(), other.close()])
  })

  test('talks with the terminal’s program in one room, both ways', async () => {
    const visitor = await visit()
    const file = join(folder, 'talk.room')
    await Bun.write(file, await visitor.create('alice'))
    const terminal = await Tacet.start(['join', file, '--name', 'bob', '--json'])
    await visitor.isTold('bob is here')
    await visitor.say('from the page')
    await terminal.until('the page is heard', () => terminal.texts().includes('alice: from the page'))
    terminal.say('from the terminal')
    await visitor.sees('from the terminal')
    terminal.send({ do: 'leave' })
    await visitor.isTold('bob left')
    expect(visitor.problems).toEqual([])
    await visitor.close()
  })

  test('draws what others write as text, whatever it is', async () => {
    const visitor = await visit()
    const invite = await visitor.create('alice')
    const mallory = guest('<img src=x onerror=1>', invite)
    await until(mallory, isAmong(2))
    for (const text of HOSTILE) mallory.do({ do: 'say', text, class: null })
    mallory.do({ do: 'send', kind: 'org.example.x', body: { text: HOSTILE[0] ?? '' } })
    mallory.do({ do: 'topic', text: HOSTILE[0] ?? '' })
    mallory.do({ do: 'rename', name: '"><script>1</script>' })
    mallory.do({ do: 'say', text: 'the last of it', class: 'notice' })
    await visitor.sees('the last of it')
    const drawn = await visitor.texts()
    for (const text of HOSTILE) expect(drawn).toContain(text.replace(/\*\*|`+\n?|^> |\n$/gm, '').trim())
    expect(await visitor.page.locator('img, iframe, object, script:not([type=module]), svg:not(.qr), .said style').count()).toBe(
      0,
    )
    // A link opens only after its host was named, in letters that do not deceive.
    await visitor.page.getByRole('link').filter({ hasText: 'https://gооgle' }).click()
    await visitor.page.getByText('It goes to xn--').waitFor()
    await visitor.button('Stay here').click()
    expect(await visitor.page.locator('.said a[href^="javascript"]').count()).toBe(0)
    expect(visitor.problems).toEqual([])
    await visitor.close()
  })

  test('runs no script but its own, whoever gets one into it', async () => {
    const visitor = await visit()
    await visitor.page.evaluate(() => {
      const script = document.createElement('script')
      try {
        script.textContent = 'globalThis.owned = 1'
      } catch {
        script.append('globalThis.owned = 1')
      }
      document.body.append(script)
      const button = document.createElement('button')
      button.setAttribute('id', 'injected')
      try {
        button.setAttribute('onclick', 'globalThis.owned = 1')
      } catch {
        button.textContent = 'refused'
      }
      document.body.append(button)
      button.click()
    })
    expect(await visitor.page.evaluate(() => 'owned' in globalThis)).toBe(false)
    expect(visitor.problems).not.toEqual([])
    await visitor.close()
  })

  test('keeps a long talk in few elements, its beginning and its end at hand', async () => {
    const visitor = await visit()
    const invite = await visitor.create('alice')
    const bob = guest('bob', invite)
    await until(bob, isAmong(2))
    for (let i = 1; i <= 1_500; i++) bob.do({ do: 'say', text: `line ${i}`, class: null })
    await visitor.sees('line 1500')
    expect(await visitor.page.locator('.row').count()).toBeLessThan(200)
    const log = visitor.page.getByRole('region', { name: 'Messages' })
    await log.evaluate((box) => box.scrollTo(0, 0))
    await visitor.page.getByText('line 1', { exact: true }).first().waitFor()
    bob.do({ do: 'say', text: 'while nobody looked at the end', class: null })
    await visitor.button('1 new below').click()
    await visitor.sees('while nobody looked at the end')
    await visitor.page.locator('.rule.new').waitFor()
    expect(visitor.problems).toEqual([])
    await visitor.close()
  })
})

const HOSTILE = [
  '<script>globalThis.owned = 1</script>',
  '<img src=x onerror="globalThis.owned = 1">',
  '"><svg onload=alert(1)>',
  '<iframe src="javascript:alert(1)"></iframe>',
  'javascript:alert(1)',
  '[click](javascript:alert(1))',
  '<!--<script>',
  '</textarea><style>*{display:none}</style>',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '__proto__ **bold <b>x</b>** `<i>code</i>`',
  'https://gооgle.com/"onmouseover="alert(1)',
  '<a href="https://evil.example">https://good.example</a>',
  '```\n</code><script>1</script>\n```',
  '> quote <object data=x>',
]

describe.skipIf(!hasChromium)('the life of a tab', () => {
  test('a duplicate starts anew, and nothing is in any storage', async () => {
    const visitor = await visit()
    await visitor.create('alice')
    const duplicate = await visitor.context.newPage()
    await duplicate.goto(visitor.page.url())
    await duplicate.getByRole('button', { name: 'Make a room' }).waitFor()
    const stored = await visitor.page.evaluate(async () => ({
      local: localStorage.length,
      session: sessionStorage.length,
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
      cookies: document.cookie,
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }))
    expect(stored).toEqual({ local: 0, session: 0, databases: 0, caches: 0, cookies: '', workers: 0 })
    await visitor.close()
  })

  test('leaving with something unsaid asks, and without it does not', async () => {
    const visitor = await visit()
    await visitor.create('alice')
    await visitor.button('Go on to the talk').click()
    await visitor.message.fill('not said yet')
    const asked = visitor.page.waitForEvent('dialog')
    await visitor.page.close({ runBeforeUnload: true })
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
    await visitor.message.fill('')
    const closed = visitor.page.waitForEvent('close')
    await visitor.page.close({ runBeforeUnload: true })
    await closed
    await visitor.close()
  })

  test('who closes it says goodbye', async () => {
    const visitor = await visit()
    const invite = await visitor.create('alice')
    const bob = guest('bob', invite)
    await until(bob, isAmong(2))
    await visitor.page.close({ runBeforeUnload: true })
    await until(bob, ({ store }) =>
      [...store.view.members.values()].some(({ name, presence }) => name === 'alice' && presence === 'left'),
    )
    await visitor.close()
  })

  test('after five minutes of its clock that it slept through, the talk goes on', async () => {
    const visitor = await visit({ clock: true })
    const invite = await visitor.create('alice')
    const bob = guest('bob', invite)
    await until(bob, isAmong(2))
    await visitor.page.clock.fastForward('05:00')
    bob.do({ do: 'say', text: 'are you awake', class: null })
    await visitor.sees('are you awake')
    await visitor.say('I am')
    await until(bob, hasHeard('I am'))
    expect(visitor.problems).toEqual([])
    await visitor.close()
  })

  test.each([
    ['the network is back', () => void window.dispatchEvent(new Event('online'))],
    [
      'the page is shown from the cache of pages',
      () => void window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    ],
    ['the page is in sight again', () => void document.dispatchEvent(new Event('visibilitychange'))],
  ])('when %s, a lost connection is dialed at once', async (_, happens) => {
    const visitor = await visit({ clock: true })
    const { port } = relay
    const invite = await visitor.create('alice')
    const bob = guest('bob', invite)
    await until(bob, isAmong(2))
    // Its clock stands from now on: nothing but what happens can make it dial.
    await visitor.page.clock.pauseAt(Date.now() + 1_000)
    const closed = visitor.socket?.waitForEvent('close')
    await relay.stop()
    await closed
    const dialed = visitor.page.waitForEvent('websocket')
    await visitor.page.evaluate(happens)
    expect((await dialed).url()).toBe(socketUrl())
    relay = startServer({ port, page })
    await visitor.close()
  })
})

describe.skipIf(!hasChromium)('every screen', () => {
  const looks = [
    { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
    { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  ] as const
  test.each(looks)('is without a finding of axe-core at %j', async (look) => {
    const visitor = await visit(look)
    const found: string[] = []
    const lookAt = async (where: string) => {
      for (const finding of await findings(visitor)) found.push(`${where}: ${finding}`)
    }
    await lookAt('landing')
    await visitor.button('About Tacet').click()
    await lookAt('about')
    await visitor.button('Back').click()
    await visitor.button('Join a room').click()
    await lookAt('join')
    await visitor.button('Back').click()
    await visitor.button('Make a room').click()
    await visitor.page.getByLabel('Relay', { exact: true }).fill('ws://relay.example/ws')
    await lookAt('create')
    await visitor.button('Back').click()
    const invite = await visitor.create('alice', socketUrl())
    await lookAt('invite')
    const bob = guest('bob', invite)
    await until(bob, isAmong(2))
    bob.do({ do: 'say', text: 'for alice: **bold** `code` https://example.org\n> quote', class: null })
    bob.do({ do: 'topic', text: 'of all and nothing' })
    await visitor.sees('for alice')
    await visitor.say('mine')
    await lookAt('talk')
    for (const pane of ['Verify', 'Events', 'Room'] as const) {
      await visitor.page.getByRole('button', { name: pane, exact: true }).click()
      await visitor.page.locator('.pane').waitFor()
      await lookAt(pane)
    }
    expect(found).toEqual([])
    await visitor.close()
  })

  test('fits 360 pixels, and 1280 at 400 per cent, without moving sideways', async () => {
    const visitor = await visit({ viewport: { width: 320, height: 256 } })
    const fits = () => visitor.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
    expect(await fits()).toBe(true)
    await visitor.create('alice')
    expect(await fits()).toBe(true)
    await visitor.button('Go on to the talk').click()
    await visitor.say('w'.repeat(200))
    await visitor.sees('www')
    expect(await fits()).toBe(true)
    await visitor.close()
  })

  test('is used with the keyboard alone', async () => {
    const visitor = await visit()
    const { keyboard } = visitor.page
    await visitor.page.getByRole('heading', { name: 'Tacet' }).waitFor()
    await keyboard.press('Tab')
    await keyboard.press('Enter')
    await visitor.page.getByRole('heading', { name: 'Make a room' }).waitFor()
    await visitor.page.getByLabel('Your name').focus()
    await keyboard.type('alice')
    await keyboard.press('Enter')
    await visitor.page.getByText('Nobody else is here yet').waitFor()
    await keyboard.press('Escape')
    await visitor.message.waitFor()
    await visitor.close()
  })
})

/** What axe-core finds on the screen, in one line each. */
async function findings({ page }: Visitor): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const violations = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes.map(({ html, failureSummary }) => html.slice(0, 120) + " " + failureSummary).join(" | ")))',
  )
  return Array.isArray(violations) ? violations.map(String) : [String(violations)]
}
