/**
 * The built page in a real Chromium, for the tests of the web client. Each person has a browser context of their own, as on a device of their own.
 * Whatever the page's policy refuses, and whatever it throws, is kept and fails the test that asks. Needs the program: `needs('chromium', 'chromium')`.
 */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
  type WebSocket,
} from 'playwright-core'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Only a failing test waits so long (ms). */
const PATIENCE = 15_000

export async function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: Bun.which('chromium') ?? 'chromium', args: FLAGS })
}

/** Somebody at a page. */
export class Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** Refusals of the policy, errors that nobody caught, and errors in the console. */
  readonly problems: string[] = []
  /** Addresses of all sockets that the page ever opened. */
  readonly sockets: string[] = []
  /** The newest of them. */
  socket: WebSocket | null = null

  private constructor(context: BrowserContext, page: Page) {
    this.context = context
    this.page = page
    page.setDefaultTimeout(PATIENCE)
    page.on('pageerror', (error) => this.problems.push(`threw ${error.message}`))
    page.on('websocket', (socket) => {
      this.sockets.push(socket.url())
      this.socket = socket
    })
    page.on('console', (message) => {
      // A relay that is down is no fault of the page.
      if (message.type() === 'error' && !message.text().startsWith('WebSocket connection')) this.problems.push(message.text())
    })
  }

  /** Opens an address in a browser context of its own. `clock`: the page's clock is turned by hand. */
  static async at(
    url: string,
    browser: Browser,
    { clock = false, ...options }: BrowserContextOptions & { clock?: boolean } = {},
  ): Promise<Visitor> {
    const context = await browser.newContext(options)
    const visitor = new Visitor(context, await context.newPage())
    await visitor.page.exposeFunction('tellRefusal', (what: string) => visitor.problems.push(`refused ${what}`))
    await visitor.page.addInitScript(WATCH)
    if (clock) await visitor.page.clock.install()
    await visitor.page.goto(url)
    return visitor
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name })
  }

  get message(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' })
  }

  get status(): Locator {
    return this.page.locator('.status')
  }

  /** Makes a room; returns the text of its invite. */
  async create(name: string, relay?: string): Promise<string> {
    await this.button('Make a room').click()
    await this.page.getByLabel('Your name').fill(name)
    if (relay !== undefined) await this.page.getByLabel('Relay', { exact: true }).fill(relay)
    await this.button('Make the room').click()
    return this.invite()
  }

  /** The text of the invite that is shown. */
  async invite(): Promise<string> {
    return (await this.page.getByLabel('The invite as text').textContent()) ?? ''
  }

  async join(name: string, invite: string): Promise<void> {
    await this.button('Join a room').click()
    await this.page.getByLabel('Invite', { exact: true }).fill(invite)
    await this.enter(name)
  }

  /** Goes on with an invite that is there already. */
  async enter(name: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(name)
    await this.button('Join the room on').click()
    await this.message.waitFor()
  }

  async say(text: string): Promise<void> {
    await this.message.fill(text)
    await this.message.press('Enter')
  }

  /** Says much, as fast as the keyboard goes. */
  async sayAll(texts: readonly string[]): Promise<void> {
    await this.message.focus()
    for (const text of texts) {
      await this.page.keyboard.insertText(text)
      await this.page.keyboard.press('Enter')
    }
  }

  /** Waits until a text was said, and is in sight. */
  async sees(text: string): Promise<void> {
    await this.page.locator('.said .body').filter({ hasText: text }).last().waitFor()
  }

  /** Waits for what is told. */
  async isTold(text: string): Promise<void> {
    await this.page.locator('.told').filter({ hasText: text }).last().waitFor()
  }

  /** What was said, as far as it is drawn, in order. */
  async texts(): Promise<string[]> {
    return this.page.locator('.said .body').allTextContents()
  }

  async close(): Promise<void> {
    await this.context.close()
  }
}

const WATCH = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
  tellRefusal([violatedDirective, blockedURI, sample].join(' ')))`
