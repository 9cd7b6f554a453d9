/**
 * Who may import whom, as data (docs/contributing.md, Layers). Called by check.ts.
 *
 * Names: a file of ours is its path from the root, a package is `npm:` and its name, `#native` is the door of package.json's `imports`, and the platform is
 * `bun` and `node:…`. All are glob patterns. What no row allows is refused, so a new folder, package or platform module needs a row here first.
 */

export interface Rule {
  files: string
  may: string[]
}

const PLATFORM = ['bun', 'node:{*,*/*}']
/** What the terminal's screens are drawn with. */
const TERMINAL_UI = 'npm:@earendil-works/pi-tui'
/** What the page is drawn with. */
const WEB_UI = 'npm:{preact,@preact/signals}'
const CLIENT_DOORS = ['lib/client/{index,store,events,commands}.ts', 'lib/text/**']
const VIEW_DOORS = ['lib/client/{store,events,commands}.ts', 'lib/text/**']

/** The first row that matches a file is its layer. */
export const LAYERS: Rule[] = [
  { files: 'lib/wire/**', may: ['lib/wire/**'] },
  { files: 'lib/crypto/**', may: ['lib/crypto/**', 'lib/wire/**'] },
  { files: 'lib/room/**', may: ['lib/room/**', 'lib/crypto/**', 'lib/wire/**'] },
  { files: 'lib/client/**', may: ['lib/client/**', 'lib/room/**', 'lib/crypto/**', 'lib/wire/**'] },
  // Words for what a session tells: its events and its view, never the session.
  { files: 'lib/text/**', may: ['lib/text/**', 'lib/wire/**', 'lib/client/{store,events,commands}.ts'] },
  // The relay's blindness: nothing that could open what it carries is within its reach.
  { files: 'server/**', may: ['server/**', 'lib/wire/**', ...PLATFORM] },
  // Views only draw: they see the store and the words for it, never the session or a file of the app around them.
  { files: 'cli/views/**', may: ['cli/views/**', ...VIEW_DOORS, TERMINAL_UI] },
  { files: 'web/views/**', may: ['web/views/**', ...VIEW_DOORS, WEB_UI] },
  { files: 'cli/**', may: ['cli/**', ...CLIENT_DOORS, ...PLATFORM, TERMINAL_UI] },
  { files: 'web/**', may: ['web/**', ...CLIENT_DOORS, WEB_UI] },
  { files: 'build.ts', may: PLATFORM },
]

/** What single files may import beyond their layer. */
export const EXCEPTIONS: Rule[] = [
  { files: 'lib/wire/version.ts', may: ['package.json'] },
  // The table of letters that look alike is data; both ends must fold a name the same way.
  { files: 'lib/wire/names.ts', may: ['npm:unhomoglyph'] },
  { files: 'lib/crypto/{primitives,kem}.ts', may: ['npm:@noble/*', '#native'] },
  { files: 'lib/crypto/passphrase.ts', may: ['npm:@noble/*'] },
  { files: 'lib/crypto/hkdf.ts', may: ['#native'] },
  { files: 'lib/crypto/native.web.ts', may: ['npm:@noble/*'] },
  { files: 'lib/crypto/native.bun.ts', may: ['node:crypto'] },
  { files: 'lib/crypto/canonical.ts', may: ['npm:canonicalize'] },
  // A list of words is data too.
  { files: 'lib/crypto/words.ts', may: ['npm:@scure/bip39'] },
  // A drawing of an invite for a camera is made by a library.
  { files: 'cli/views/qr.ts', may: ['npm:qr'] },
  // Names of pictures are data.
  { files: 'cli/screen/emoji.ts', may: ['npm:gemoji'] },
  // One binary is relay and client: `tacet relay` starts the server and hands it the built page as a string.
  { files: 'cli/main.ts', may: ['server/main.ts'] },
  { files: 'cli/page.ts', may: ['dist/*.html'] },
  { files: 'web/views/qr.tsx', may: ['npm:qr'] },
]

/** What a layer's row never allows, only an exception: the files behind `#native`, and the module that makes a `require` no reader of imports can follow. */
export const RESERVED = ['lib/crypto/native.{bun,web}.ts', 'node:module']

/** What `#native` stands for, for the search for circles. */
export const NATIVE = ['lib/crypto/native.bun.ts', 'lib/crypto/native.web.ts']
