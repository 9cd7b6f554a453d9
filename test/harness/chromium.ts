/** Debian's Chromium without a window, for tests that ask what a browser answers. Needs the program: `needs('chromium', 'chromium')`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Only a failing test waits so long (ms). */
const DEADLINE = 30_000

/**
 * Loads a module in a page of a local file and calls its export `answer` with `question`; returns what it resolves to. Both must be JSON values.
 * Throws Error with what the browser said when nothing comes back.
 */
export async function askChromium(module: string, question: unknown): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'tacet-chromium-'))
  try {
    const page = join(folder, 'page.html')
    await Bun.write(page, pageOf(module, question))
    const child = Bun.spawn(
      ['chromium', ...FLAGS, `--user-data-dir=${join(folder, 'profile')}`, '--dump-dom', `file://${page}`],
      {
        stdout: 'pipe',
        stderr: 'pipe',
        timeout: DEADLINE,
      },
    )
    const [dom, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    const answer = /<output>([^<]*)<\/output>/.exec(dom)?.[1]
    if (answer === undefined) throw new Error(`no answer from the page: ${dom.slice(-2_000)} ${said.slice(-2_000)}`)
    return JSON.parse(Buffer.from(answer, 'base64').toString())
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/**
 * Base64 throughout, so that nothing in the texts can end a script. Chromium prints the page once it has loaded, and promises do not hold that up; an
 * inner document that stays open does.
 */
function pageOf(module: string, question: unknown): string {
  const base64 = (text: string) => JSON.stringify(Buffer.from(text).toString('base64'))
  return `<!doctype html><meta charset="utf-8"><title>test</title><iframe></iframe><output></output><script type="module">
    const open = document.querySelector('iframe').contentDocument.open()
    const text = (base64) => new TextDecoder().decode(Uint8Array.fromBase64(base64))
    const put = (value) => document.querySelector('output').append(new TextEncoder().encode(JSON.stringify(value)).toBase64())
    try {
      const url = URL.createObjectURL(new Blob([text(${base64(module)})], { type: 'text/javascript' }))
      const { answer } = await import(url)
      put(await answer(JSON.parse(text(${base64(JSON.stringify(question))}))))
    } catch (error) {
      put({ error: String(error) })
    }
    open.close()
  </script>`
}
