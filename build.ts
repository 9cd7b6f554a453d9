/**
 * Builds into dist/ what `./run build`, or `./run build NAME …`, asks for: the programs for this machine, and the web client. Also called by
 * test/harness/binaries.ts. `dist/tacet-relay` is the relay alone, without a line of client code; `dist/tacet` is everything, with the page in it.
 *
 * The page is one file without a request for anything else (docs/web.md). Its policy names the very script and style that are in it, so that
 * nothing else runs, whoever gets it into the page. The same sources give the same bytes.
 */
import { createHash } from 'node:crypto'
import { mkdir, rename, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = import.meta.dir
const DIST = join(ROOT, 'dist')

/** Everything that can be built: its entry, and the files and folders that can change it. */
export const PRODUCTS = {
  'tacet-relay': { entry: 'server/main.ts', inputs: ['server', 'lib/wire', 'package.json', 'bun.lock', 'build.ts'] },
  'tacet.html': { entry: 'web/index.html', inputs: ['web', 'lib', 'package.json', 'bun.lock', 'build.ts'] },
  tacet: { entry: 'cli/main.ts', inputs: ['cli', 'server', 'lib', 'web', 'package.json', 'bun.lock', 'build.ts'] },
} as const

export type Product = keyof typeof PRODUCTS

/** Where a product is, built or not. */
export function productPath(product: Product): string {
  return join(DIST, product)
}

/**
 * Builds one product and puts it in place in one step, so that whoever runs the old one meanwhile goes on undisturbed and two builds at
 * once cannot mix. Its time is the build's start: an input changed meanwhile makes it stale. Throws what Bun.build throws, and Error for a
 * page that would not do what it should.
 */
export async function build(product: Product): Promise<string> {
  const started = new Date()
  const path = productPath(product)
  const unfinished = `${path}.${process.pid}.new`
  await mkdir(DIST, { recursive: true })
  // It has the page inside, as it is now.
  if (product === 'tacet') await build('tacet.html')
  if (product === 'tacet.html') await Bun.write(unfinished, await page())
  else await compile(product, unfinished)
  await utimes(unfinished, started, started)
  await rename(unfinished, path)
  return path
}

async function compile(product: Product, outfile: string): Promise<void> {
  await Bun.build({
    entrypoints: [join(ROOT, PRODUCTS[product].entry)],
    // A binary must not do what a bunfig.toml (preload!) or .env in the current folder says.
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
    minify: true,
    bytecode: true,
    format: 'esm',
  })
}

/** The page's text. */
async function page(): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [join(ROOT, PRODUCTS['tacet.html'].entry)],
    compile: true,
    target: 'browser',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const [output, ...others] = outputs
  if (output === undefined || others.length > 0) throw new Error(`the page is ${outputs.length} files, not one`)
  return assembled(await output.text())
}

/**
 * The bundle as the page is written: with its policy, and as a browser would write it again, so that the page can tell its own hash
 * (web/self.ts). Called by `page`, and by its test. Throws Error when something else than one script and one style is in it, or what ends a script in a way that its author did not mean.
 */
export function assembled(bundle: string): string {
  const [script, ...scripts] = insides(bundle, 'script')
  const [style, ...styles] = insides(bundle, 'style')
  if (script === undefined || style === undefined || scripts.length + styles.length > 0) {
    throw new Error('the page must have one script and one style')
  }
  // With it in a script a page silently does nothing (HTML, restrictions for contents of script elements).
  if (script.includes('<!--')) throw new Error('the script holds <!--')
  const title = /<title>[^<]*<\/title>/.exec(bundle)?.[0] ?? ''
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<link rel="icon" href="data:,">`,
    title,
    `<style>${style}</style>`,
  ]
  const body = `<body><div id="app"></div><noscript>Tacet needs JavaScript: everything that it does, it does in this page.</noscript>`
  return `<!doctype html>\n<html lang="en"><head>${head.join('')}</head>${body}<script type="module">${script}</script></body></html>`
}

/** What stands in the elements of one name. */
function insides(html: string, element: 'script' | 'style'): readonly string[] {
  return [...html.matchAll(new RegExp(`<${element}\\b[^>]*>([\\s\\S]*?)</${element}>`, 'g'))].map(([, inside = '']) => inside)
}

/** Nothing but what is in the file, and sockets: which relay they go to is the person's to say. */
function policy(script: string, style: string): string {
  const rules = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'connect-src ws: wss:',
    'img-src blob: data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return rules.join('; ')
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

const NAMES: ReadonlyMap<string, Product> = new Map([
  ['relay', 'tacet-relay'],
  ['tacet-relay', 'tacet-relay'],
  ['web', 'tacet.html'],
  ['tacet.html', 'tacet.html'],
  ['tacet', 'tacet'],
])

async function main(names: readonly string[]): Promise<number> {
  const products = (names.length === 0 ? ['relay', 'web', 'tacet'] : names).map((name) => NAMES.get(name))
  if (products.includes(undefined)) {
    process.stderr.write('usage: ./run build [relay] [web] [tacet]\n')
    return 1
  }
  for (const product of products.filter((product) => product !== undefined)) {
    const started = performance.now()
    const path = await build(product)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const about = product === 'tacet.html' ? await pageAbout(path) : `${((await stat(path)).size / 1024 ** 2).toFixed(0)} MiB`
    process.stdout.write(`dist/${product}  ${about}  ${seconds} s\n`)
  }
  return 0
}

async function pageAbout(path: string): Promise<string> {
  const bytes = await Bun.file(path).bytes()
  const kib = (size: number) => `${(size / 1024).toFixed(1)} KiB`
  const digest = createHash('sha256').update(bytes).digest('hex')
  return `${kib(bytes.length)}, ${kib(Bun.gzipSync(bytes).length)} with gzip  SHA-256 ${digest}`
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
